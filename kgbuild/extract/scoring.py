"""Scores of a model on gold documents: strict mentions and, from gold mentions, relations, per corpus and type."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kgbuild.document import Mention
from kgbuild.evaluate import Score
from kgbuild.extract.arguments import Argument
from kgbuild.extract.decode import decode_mentions
from kgbuild.extract.examples import Statement, is_novel, is_true, told_novelty, true_pairs
from kgbuild.extract.gold import GoldDocument
from kgbuild.extract.inference import ScoredPair, encode, score_pairs
from kgbuild.extract.labels import LabelSet
from kgbuild.extract.model import ExtractionModel
from kgbuild.extract.windows import Words

__all__ = ["Decision", "GoldPrediction", "Scores", "decode_again", "mention_scores", "predict_gold", "relation_scores"]

#: corpus -> type or relation -> (precision, recall, F1)
Scores = dict[str, dict[str, tuple[float, float, float]]]

BATCH_TOKENS = 4096
#: Documents encoded together.
CHUNK = 32


@dataclass(frozen=True, slots=True)
class Decision:
    """One relation asked of one pair of gold mentions: what it would state, its raw score, whether it holds.

    `circumstances` are those of the pair; `novelty` is the raw score that it is told as new, `novel` whether it is,
    None where the corpus does not say.
    """

    relation: str
    statements: frozenset[Statement]
    score: float
    circumstances: frozenset[str]
    correct: bool
    novelty: float = 0.0
    novel: bool | None = None


@dataclass(frozen=True, slots=True)
class GoldPrediction:
    """What a model says of a gold document.

    `predicted` and `expected` are mentions of the types and within the passages that the corpus annotates; `decisions`
    are on the relations that it annotates, from gold mentions. `words` and `probabilities` (words, types, 3) are kept
    to decode again with other settings.
    """

    gold: GoldDocument
    words: Words
    probabilities: NDArray[np.float32]
    predicted: tuple[Mention, ...]
    expected: tuple[Mention, ...]
    decisions: tuple[Decision, ...]


def predict_gold(model: ExtractionModel, documents: Sequence[GoldDocument]) -> Iterator[GoldPrediction]:
    """The predictions for each document, by one encoder pass."""
    device = next(model.parameters()).device
    for start in range(0, len(documents), CHUNK):
        chunk = documents[start : start + CHUNK]
        encoded = encode(model, [gold.document for gold in chunk], device, batch_tokens=BATCH_TOKENS)
        given = [gold.document.mentions if gold.relations else () for gold in chunk]
        scored = score_pairs(model, encoded, given, device)
        for gold, item, pairs in zip(chunk, encoded, scored, strict=True):
            spans = gold.annotated_spans()
            expected = tuple(m for m in gold.document.mentions if any(m.span.within(s) for s in spans))
            decisions = tuple(_decisions(gold, pairs, model.labels))
            raw = GoldPrediction(gold, item.words, item.probabilities, (), expected, decisions)
            yield decode_again(raw, model.labels)


def decode_again(prediction: GoldPrediction, labels: LabelSet) -> GoldPrediction:
    """The prediction with its mentions decoded by these labels."""
    gold = prediction.gold
    found = decode_mentions(gold.document, prediction.words, prediction.probabilities, labels, agent="")
    return replace(prediction, predicted=gold.told(found))


def mention_scores(predictions: Sequence[GoldPrediction]) -> Scores:
    """Strict span and type; "all" is the micro average."""
    counts = _Counts()
    for prediction in predictions:
        found = {(mention.type, mention.span) for mention in prediction.predicted}
        wanted = {(mention.type, mention.span) for mention in prediction.expected}
        for column, keys in enumerate((found & wanted, found - wanted, wanted - found)):
            for name, _ in keys:
                counts.add(prediction.gold.corpus, name, column)
    return counts.scores()


def relation_scores(predictions: Sequence[GoldPrediction], labels: LabelSet) -> Scores:
    """Statements given gold mentions, by concept where the corpus has concepts; those out of reach count as missed."""
    counts = _Counts()
    relations = {relation.name: relation for relation in labels.relations}
    for prediction in predictions:
        truth = true_pairs(prediction.gold)
        reported = {d for d in prediction.decisions if relations[d.relation].is_reported(d.score, d.circumstances)}
        found = {statement for decision in reported for statement in decision.statements & truth}
        wrong = {(d.relation, d.statements) for d in reported if not d.statements & truth}
        names = [name for _, name, _ in found], [name for name, _ in wrong], [name for _, name, _ in truth - found]
        for column, column_names in enumerate(names):
            for name in column_names:
                counts.add(prediction.gold.corpus, name, column)
    return counts.scores()


def _decisions(gold: GoldDocument, pairs: Sequence[ScoredPair], labels: LabelSet) -> Iterator[Decision]:
    truth, told = true_pairs(gold), told_novelty(gold)
    mentions = gold.document.mentions
    for pair in pairs:
        a, b = mentions[pair.subject], mentions[pair.object]
        subjects, objects = (a.concepts, b.concepts) if gold.concept_level else ((a.id,), (b.id,))
        for index, score in pair.scores:
            relation = labels.relations[index]
            if relation.name not in gold.relations:
                continue
            statements = {(x, relation.name, y) for x in subjects for y in objects}
            if relation.symmetric:
                statements |= {(y, relation.name, x) for x in subjects for y in objects}
            ends = Argument("", (pair.subject,)), Argument("", (pair.object,))
            correct, novel = is_true(truth, gold, relation, *ends), is_novel(told, gold, relation, *ends)
            yield Decision(
                relation.name, frozenset(statements), score, pair.circumstances, correct, pair.novelty, novel
            )


class _Counts:
    """True positives, false positives, false negatives by corpus and name, and over all names of a corpus."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))

    def add(self, corpus: str, name: str, column: int) -> None:
        self._rows[corpus][name][column] += 1
        self._rows[corpus]["all"][column] += 1

    def scores(self) -> Scores:
        return {
            corpus: {name: _rounded(*row) for name, row in sorted(rows.items())}
            for corpus, rows in sorted(self._rows.items())
        }


def _rounded(true_positive: int, false_positive: int, false_negative: int) -> tuple[float, float, float]:
    score = Score(true_positive, true_positive + false_positive, true_positive + false_negative)
    return round(score.precision, 4), round(score.recall, 4), round(score.f1, 4)
