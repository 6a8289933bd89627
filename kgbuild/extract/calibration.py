"""Thresholds and calibration of a trained model on development documents.

Mentions: Platt scaling per type of the raw score, fitted to whether the predicted mention is right. Relations: Platt
scaling with weights of what stands around the pair, and the threshold with the best F0.5, as a wrong edge costs its
reader more than a missing one. The expected calibration error is measured on the half that was not fitted, and averaged
over both halves.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

import msgspec
import numpy as np

from kgbuild.extract.labels import Calibration, LabelSet, calibrate
from kgbuild.extract.logistic import fit_logistic
from kgbuild.extract.scoring import GoldPrediction, decode_again

__all__ = ["Case", "calibration_errors", "expected_calibration_error", "fit_bias", "fit_calibration", "novelty_cases"]

#: Fewer cases than this are left uncalibrated: two parameters would fit noise.
MIN_CASES = 30
#: Fewer true cases than this give no threshold.
MIN_TRUE = 10
#: Weight of recall against precision in the choice of a relation's threshold.
BETA = 0.5
#: A pair that is less probable than this is not reported, even where F0.5 would gain by it: full texts have many more
#: pairs that are unrelated than the abstracts that it is measured on.
MIN_PROBABILITY = 0.35
#: A relation that is wrong more often than three times in four at its best threshold is not reported.
MIN_PRECISION = 0.25
NEVER = 2.0
#: Biases that are tried.
BIASES = (-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0)
#: A gain in F1 below this is chance: a large bias for it shifts every other text the more.
BIAS_TOLERANCE = 0.002
N_BINS = 10


class Case(NamedTuple):
    """A raw score, whether what it was given to is right, what stands around it, and the half of its document."""

    raw: float
    correct: bool
    circumstances: frozenset[str] = frozenset()
    half: int = 0


Cases = list[Case]


def fit_calibration(labels: LabelSet, predictions: Sequence[GoldPrediction]) -> LabelSet:
    """The labels with thresholds and calibration fitted on the predictions."""
    mentions, relations = _mention_cases(predictions), _relation_cases(predictions)
    fitted = []
    for relation in labels.relations:
        cases = relations.get(relation.name, [])
        scaling = _platt(cases)
        threshold = max(_best_threshold(cases, scaling), MIN_PROBABILITY)
        fitted.append(msgspec.structs.replace(relation, threshold=threshold, calibration=scaling))
    calibration = {name: _platt(mentions.get(name, [])) for name in labels.entities}
    novelty = _platt(novelty_cases(predictions))
    return msgspec.structs.replace(labels, relations=tuple(fitted), calibration=calibration, novelty=novelty)


def fit_bias(labels: LabelSet, predictions: Sequence[GoldPrediction]) -> LabelSet:
    """The labels with the bias per type, of a coarse grid: the smallest whose F1 is all but the best."""
    bias = {}
    for name in labels.entities:
        concerned = [prediction for prediction in predictions if name in prediction.gold.entities]
        scores = {value: _type_f1(name, value, labels, concerned) for value in BIASES}
        good = [value for value in BIASES if scores[value] >= max(scores.values()) - BIAS_TOLERANCE]
        smallest = min(good, key=lambda value: (abs(value), value))
        if smallest:
            bias[name] = smallest
    return msgspec.structs.replace(labels, bias=bias)


def calibration_errors(
    labels: LabelSet, predictions: Sequence[GoldPrediction], *, weighed: Collection[str] = ()
) -> dict[str, tuple[float, int]]:
    """Type or relation -> (expected calibration error of reported scores by two-fold fitting, number of cases).

    The scores of mentions of the `weighed` types were fitted on the other half already.
    """
    cases = {name: found for name, found in _mention_cases(predictions).items() if name not in weighed}
    errors = _weighed_errors(predictions, weighed)
    found = _relation_cases(predictions)
    for relation in labels.relations:
        cases[relation.name] = [c for c in found[relation.name] if relation.is_reported(c.raw, c.circumstances)]
    if novelty := novelty_cases(predictions):
        cases["novelty"] = novelty
    errors |= {name: (_two_fold_error(found), len(found)) for name, found in cases.items()}
    return dict(sorted(errors.items()))


def expected_calibration_error(probabilities: Sequence[float], correct: Sequence[bool]) -> float:
    """Mean gap between probability and share correct over ten equal bins, weighted by their sizes (Guo et al. 2017).

    >>> expected_calibration_error([0.9, 0.9], [True, False])
    0.4
    """
    p, c = np.array(probabilities), np.array(correct, dtype=np.float64)
    if not len(p):
        return 0.0
    bins = np.minimum((p * N_BINS).astype(int), N_BINS - 1)
    gaps = [abs(p[bins == b].mean() - c[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return round(float(sum(gaps)), 4)


def _type_f1(name: str, bias: float, labels: LabelSet, predictions: Sequence[GoldPrediction]) -> float:
    index = labels.entities.index(name)
    alone = LabelSet((name,), bias={name: bias})
    hits = reported = expected = 0
    for prediction in predictions:
        one = replace(prediction, probabilities=prediction.probabilities[:, index : index + 1])
        found = {mention.span for mention in decode_again(one, alone).predicted}
        wanted = {mention.span for mention in prediction.expected if mention.type == name}
        hits, reported, expected = hits + len(found & wanted), reported + len(found), expected + len(wanted)
    return 2 * hits / max(reported + expected, 1)


def _weighed_errors(predictions: Sequence[GoldPrediction], types: Collection[str]) -> dict[str, tuple[float, int]]:
    scored: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for prediction in predictions:
        right = {(mention.span, mention.type) for mention in prediction.expected}
        for mention in (mention for mention in prediction.predicted if mention.type in types):
            scored[mention.type].append((mention.score, (mention.span, mention.type) in right))
    return {
        name: (expected_calibration_error([score for score, _ in found], [right for _, right in found]), len(found))
        for name, found in scored.items()
    }


def _mention_cases(predictions: Sequence[GoldPrediction]) -> dict[str, Cases]:
    cases: dict[str, Cases] = defaultdict(list)
    for prediction in predictions:
        right = {(mention.span, mention.type) for mention in prediction.expected}
        for mention in prediction.predicted:
            is_right = (mention.span, mention.type) in right
            cases[mention.type].append(Case(mention.raw_score, is_right, half=prediction.gold.half))
    return cases


def _relation_cases(predictions: Sequence[GoldPrediction]) -> dict[str, Cases]:
    cases: dict[str, Cases] = defaultdict(list)
    for prediction in predictions:
        for decision in prediction.decisions:
            case = Case(decision.score, decision.correct, decision.circumstances, prediction.gold.half)
            cases[decision.relation].append(case)
    return cases


def novelty_cases(predictions: Sequence[GoldPrediction]) -> Cases:
    """Raw score that it is told as new, and whether it is, of each related pair of which the corpora say so."""
    return [
        Case(decision.novelty, decision.novel, half=prediction.gold.half)
        for prediction in predictions
        for decision in prediction.decisions
        if decision.correct and decision.novel is not None
    ]


def _best_threshold(cases: Cases, calibration: Calibration) -> float:
    # the probability with the best F0.5 over the pairs; never reached where too little is known or all would be noise
    n_true = sum(case.correct for case in cases)
    if n_true < MIN_TRUE:
        return NEVER
    scored = [(calibrate(case.raw, calibration, case.circumstances), case.correct) for case in cases]
    scored.sort(key=lambda pair: -pair[0])
    hits = np.cumsum([correct for _, correct in scored])
    precision, recall = hits / np.arange(1, len(scored) + 1), hits / n_true
    f_beta = (1 + BETA**2) * precision * recall / np.maximum(BETA**2 * precision + recall, 1e-9)
    is_last = np.diff([probability for probability, _ in scored], append=-1.0) != 0  # of those that are equal
    best = int((f_beta * is_last).argmax())
    return scored[best][0] if precision[best] >= MIN_PRECISION else NEVER


def _platt(cases: Cases) -> Calibration:
    n_right = sum(case.correct for case in cases)
    if len(cases) < MIN_CASES or n_right in (0, len(cases)):
        return Calibration()
    names = sorted(frozenset().union(*(case.circumstances for case in cases)))
    raw = np.clip([case.raw for case in cases], 1e-6, 1 - 1e-6)
    around = [[float(name in case.circumstances) for name in names] for case in cases]
    features = np.column_stack([np.log(raw / (1 - raw)), np.ones(len(cases)), around])
    # a normal prior of unit variance on the weights of circumstances, which may be rare
    precision = np.array([0.0, 0.0, *(1.0 for _ in names)])
    weights = fit_logistic(features, np.array([case.correct for case in cases]), precision)
    slope, offset, *others = (round(value, 4) for value in weights.tolist())
    return Calibration(slope, offset, dict(zip(names, others, strict=True)))


def _two_fold_error(cases: Cases) -> float:
    # of each half of the documents by itself: in both together they would cancel out, as one is too sure where the
    # other is not enough
    halves = [[case for case in cases if case.half == half] for half in (0, 1)]
    errors = []
    for fitted, measured in (halves, halves[::-1]):
        if not measured:
            continue
        calibration = _platt(fitted)
        probabilities = [calibrate(case.raw, calibration, case.circumstances) for case in measured]
        errors.append(expected_calibration_error(probabilities, [case.correct for case in measured]))
    return round(float(np.mean(errors)), 4) if errors else 0.0
