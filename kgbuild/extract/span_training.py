"""The weights of a `SpanScorer`, fitted on development documents, and the usage of names in training documents.

The tagger knows its training documents by heart: weights that were fitted on them would trust it too much. There are
some thirty weights a type, and thousands of spans in the development documents. What is said of the mentions of one
half of these is said by weights that were fitted on the other half.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kgbuild.concept import KnownNames
from kgbuild.extract.decode import decode_mentions, mention_words
from kgbuild.extract.gold import GoldDocument
from kgbuild.extract.labels import LabelSet
from kgbuild.extract.logistic import fit_logistic
from kgbuild.extract.scoring import GoldPrediction
from kgbuild.extract.span_scorer import SpanScorer, TypeWeights
from kgbuild.extract.spans import FEATURES, MAX_WORDS, Candidates, Tagged, find_candidates, is_wellformed
from kgbuild.extract.usage import Usage, WordUse, usage_key
from kgbuild.extract.windows import Words, read_words

__all__ = ["count_usage", "fit_spans"]

logger = logging.getLogger(__name__)

#: A type with fewer mentions in one half of the development documents keeps the tagger's: its weights would fit noise.
MIN_MENTIONS = 50
#: From so many places on count names and words that are in no mention.
MIN_NAMES, MIN_WORDS = 2, 10
#: Precision of the normal prior on the weight of a feature of unit variance.
PRECISION = 3.0
#: Documents whose words are held at once.
CHUNK = 200


def count_usage(documents: Sequence[GoldDocument], tokenizer: Any, types: Collection[str], names: KnownNames) -> Usage:
    """How the documents use words, and the names that some of them make mentions of these types or ontologies know."""
    marked: defaultdict[str, set[str]] = defaultdict(set)
    for gold in documents:
        for mention in gold.document.mentions:
            marked[mention.type].add(usage_key(gold.document.text_of(mention.span)))
    places: defaultdict[str, Counter[str]] = defaultdict(Counter)
    named: defaultdict[str, Counter[str]] = defaultdict(Counter)
    words: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0, 0]))
    for start in range(0, len(documents), CHUNK):
        chunk = documents[start : start + CHUNK]
        for gold, found in zip(chunk, read_words([item.document for item in chunk], tokenizer), strict=True):
            in_use = _InUse(gold, found)
            for type_ in sorted(gold.entities.intersection(types)):
                for word, counts in in_use.words(type_):
                    words[type_][word] = [a + b for a, b in zip(words[type_][word], counts, strict=True)]
                for name, is_mention in in_use.names(type_):
                    places[type_][name] += 1
                    named[type_][name] += is_mention
    of_names = {
        type_: {
            name: (n, named[type_][name])
            for name, n in found.items()
            if named[type_][name] or name in marked[type_] or (n >= MIN_NAMES and names.knows(name, type_))
        }
        for type_, found in places.items()
    }
    of_words = {
        type_: {word: WordUse(*n) for word, n in found.items() if n[1] or n[0] >= MIN_WORDS}
        for type_, found in words.items()
    }
    return Usage(of_names, of_words)


class _InUse:
    """The words and names of an annotated document, as `Usage` has them."""

    def __init__(self, gold: GoldDocument, words: Words) -> None:
        self._gold = gold
        text = gold.document.text
        self._places = list(zip(words.start.tolist(), words.end.tolist(), words.passage.tolist(), strict=True))
        annotated = gold.annotated
        self._counts = [annotated is None or passage in annotated for _, _, passage in self._places]
        self._forms = [text[start:end].lower() for start, end, _ in self._places]
        self._words = words

    def words(self, type_: str) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
        """Each place of a word: 1, whether it lies inside of a mention, is its first word, is its last."""
        marks = np.zeros((len(self._forms), 3), dtype=np.int64)
        for mention in self._gold.document.mentions:
            first, last = mention_words(self._words, mention.span)
            if mention.type == type_ and first < last:
                marks[first:last, 0] = 1
                marks[first, 1] = marks[last - 1, 2] = 1
        for form, counts, (inside, begins, ends) in zip(self._forms, self._counts, marks.tolist(), strict=True):
            if counts:
                yield form, (1, inside, begins, ends)

    def names(self, type_: str) -> Iterator[tuple[str, bool]]:
        """Each place of up to so many words as spans have, and whether it is a mention."""
        text = self._gold.document.text
        mentions = {(m.span.start, m.span.end) for m in self._gold.document.mentions if m.type == type_}
        for first, (start, _, passage) in enumerate(self._places):
            if not self._counts[first]:
                continue
            for _, end, other in self._places[first : first + MAX_WORDS]:
                if other != passage:
                    break
                if is_wellformed(text[start:end]):
                    yield usage_key(text[start:end]), (start, end) in mentions


class _Case(NamedTuple):
    """A development document with its spans, and which of them its corpus speaks of and holds for mentions."""

    prediction: GoldPrediction
    tagged: Tagged
    found: Candidates
    is_told: NDArray[np.bool_]
    is_mention: NDArray[np.bool_]
    half: int


def fit_spans(
    predictions: Sequence[GoldPrediction], labels: LabelSet, types: Sequence[str], usage: Usage, names: KnownNames
) -> tuple[SpanScorer, list[GoldPrediction]]:
    """What weighs the spans of these types, by all development documents, and the predictions with the mentions that
    the weights of the other half of them choose.
    """
    counts = Counter((p.gold.half, mention.type) for p in predictions for mention in p.expected)
    rare = [type_ for type_ in types if min(counts[half, type_] for half in (0, 1)) < MIN_MENTIONS]
    if rare:
        logger.warning("spans are not weighed of types with few mentions in development documents: %s", ", ".join(rare))
    types = tuple(type_ for type_ in types if type_ not in rare)
    cases = [_case(prediction, labels, types, usage, names) for prediction in predictions]
    halves = [SpanScorer(_fit_types([case for case in cases if case.half != half], types), usage) for half in (0, 1)]
    chosen = (halves[case.half].choose(case.tagged, labels, names, agent="") for case in cases)
    told_by_other_half = [
        replace(case.prediction, predicted=case.prediction.gold.told(mentions))
        for case, mentions in zip(cases, chosen, strict=True)
    ]
    return SpanScorer(_fit_types(cases, types), usage), told_by_other_half


def _case(prediction: GoldPrediction, labels: LabelSet, types: Sequence[str], usage: Usage, names: KnownNames) -> _Case:
    gold, words, probabilities = prediction.gold, prediction.words, prediction.probabilities
    mentions = decode_mentions(gold.document, words, probabilities, labels, agent="")
    tagged = Tagged(gold.document, words, probabilities, mentions)
    found = find_candidates(tagged, labels, types, usage, names)
    annotated = gold.annotated_spans()
    expected = {(mention.span, mention.type) for mention in prediction.expected}
    places = list(zip(found.spans, found.types, strict=True))
    is_told = [type_ in gold.entities and any(span.within(part) for part in annotated) for span, type_ in places]
    is_mention = [place in expected for place in places]
    return _Case(prediction, tagged, found, np.array(is_told, np.bool_), np.array(is_mention, np.bool_), gold.half)


def _fit_types(cases: Sequence[_Case], types: Sequence[str]) -> dict[str, TypeWeights]:
    fitted = {}
    for type_ in types:
        of_type = [np.array([kind == type_ for kind in case.found.types], np.bool_) & case.is_told for case in cases]
        rows = np.concatenate([case.found.rows[chosen] for case, chosen in zip(cases, of_type, strict=True)])
        target = np.concatenate([case.is_mention[chosen] for case, chosen in zip(cases, of_type, strict=True)])
        fitted[type_] = _fit(rows, target)
    return fitted


def _fit(rows: NDArray[np.float64], target: NDArray[np.bool_]) -> TypeWeights:
    """Logistic regression with a normal prior on the weights of the standardised features."""
    mean, scale = rows.mean(0), np.maximum(rows.std(0), 1e-6)
    standardised = np.column_stack([(rows - mean) / scale, np.ones(len(rows))])
    found = fit_logistic(standardised, target, np.array([*(PRECISION for _ in FEATURES), 0.0]))
    own = found[:-1] / scale
    bias = float(found[-1] - (own * mean).sum())
    return TypeWeights(
        round(bias, 4), {name: round(float(value), 4) for name, value in zip(FEATURES, own, strict=True)}
    )
