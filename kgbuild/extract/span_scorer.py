"""Mentions chosen among all spans that may be some, each weighed as a whole.

The tagger decides word by word, and is unsure of names that it never met. Here a span is a mention of its type by a
logistic regression over what `spans` knows of it; of spans that overlap the most probable one stays, and its
probability is the mention's score. What is surely a mention in one place of a document is one in all. Worth 2 points of
F1 (BioRED, GNormPlus) to 8 (CRAFT).
"""

import lzma
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from kgbuild.abbreviation import find_abbreviations
from kgbuild.concept import KnownNames
from kgbuild.document import Mention, Span
from kgbuild.errors import ModelError
from kgbuild.extract.agreement import MIN_LENGTH, find_places
from kgbuild.extract.decode import without_overlaps
from kgbuild.extract.labels import LabelSet
from kgbuild.extract.spans import FEATURES, Candidates, Tagged, find_candidates
from kgbuild.extract.usage import USAGE_FILES, Usage

__all__ = ["SCORER_FILES", "SpanScorer", "TypeWeights"]

WEIGHTS = "spans.json"
#: The files of a model's folder that hold a scorer.
SCORER_FILES = (WEIGHTS, *USAGE_FILES)
#: The probability from which a span is a mention: near half of the F1 that is reached, where F1 is best (Lipton et al.
#: 2014, https://arxiv.org/abs/1402.1892).
THRESHOLD = 0.4
#: A name so probable in one place, and so long, is a mention in all places of its document, unless names of its type
#: stand in others ("EGFR inhibitor"): of genes that were found so on development documents three in ten were right.
SURE, MIN_AGAIN = 0.7, 4
IN_OTHERS = frozenset({"Gene", "Variant"})
#: What is found for another place's sake is less sure than that one: so many times, on development documents.
AGAIN = 0.88
#: Types of which a longer name that ends with one is another one: "atypical depression".
QUALIFIED = frozenset({"Disease"})
#: Words behind which a name speaks of something else.
JOINING = frozenset({"and", "at", "by", "for", "from", "in", "of", "on", "or", "to", "with", "without"})


class TypeWeights(msgspec.Struct, frozen=True):
    """The logistic regression of a type: probability = sigmoid(bias + sum of weights times features)."""

    bias: float
    weights: dict[str, float]


class SpanScorer:
    """What weighs the spans of a model; of types without weights the tagger's mentions stay."""

    def __init__(self, weights: Mapping[str, TypeWeights], usage: Usage) -> None:
        self.weights = dict(weights)
        self.usage = usage
        self._columns = {
            type_: np.array([fitted.weights[name] for name in FEATURES]) for type_, fitted in weights.items()
        }

    @classmethod
    def load(cls, folder: Path) -> "SpanScorer | None":
        """The scorer of a model; None if it has none, ModelError if its files are damaged."""
        if not (folder / WEIGHTS).exists():
            return None
        try:
            weights = msgspec.json.decode((folder / WEIGHTS).read_bytes(), type=dict[str, TypeWeights])
            return cls(weights, Usage.load(folder))
        except (OSError, ValueError, KeyError, EOFError, lzma.LZMAError, msgspec.MsgspecError) as error:
            raise ModelError(f"{folder}: what weighs spans is damaged ({error}); get the model anew") from error

    def save(self, folder: Path) -> None:
        """Write it into the folder of its model."""
        (folder / WEIGHTS).write_bytes(msgspec.json.format(msgspec.json.encode(self.weights), indent=1) + b"\n")
        self.usage.save(folder)

    def choose(self, tagged: Tagged, labels: LabelSet, names: KnownNames, *, agent: str) -> list[Mention]:
        """The mentions of a document, without overlaps and sorted by place."""
        found = find_candidates(tagged, labels, tuple(self.weights), self.usage, names)
        others = (mention for mention in tagged.mentions if mention.type not in self.weights)
        chosen = without_overlaps([*others, *self._mentions(found, agent)])
        return sorted([*chosen, *self._again(tagged, chosen)], key=lambda mention: mention.span)

    def scores(self, found: Candidates) -> list[float]:
        """The probability of each span to be a mention, rounded to six digits."""
        scores = []
        for type_, row in zip(found.types, found.rows, strict=True):
            logit = float((row * self._columns[type_]).sum()) + self.weights[type_].bias
            scores.append(round(float(1 / (1 + np.exp(-logit))), 6))
        return scores

    def _again(self, tagged: Tagged, chosen: Sequence[Mention]) -> Iterator[Mention]:
        """The free places of what abbreviates a mention or surely is one elsewhere."""
        document = tagged.document
        best: dict[str, Mention] = {}
        for mention in sorted(chosen, key=lambda mention: (mention.score, mention.type)):
            if mention.type in self.weights:
                best[document.text_of(mention.span).lower()] = mention
        found = {
            document.text_of(mention.span): mention
            for name, mention in best.items()
            if mention.score >= SURE and len(name) >= MIN_AGAIN and mention.type not in IN_OTHERS
        }
        for short, long in find_abbreviations(document.text).items():
            written_out = _written_out(long.lower(), best)
            if written_out is not None and len(short) >= MIN_LENGTH:
                found[short] = written_out
        taken = {place for mention in chosen for place in range(mention.span.start, mention.span.end)}
        places = find_places(document, tagged.words, set(found))
        for name in sorted(places, key=lambda name: (-len(name), name)):
            for first, last in places[name]:
                span = Span(int(tagged.words.start[first]), int(tagged.words.end[last - 1]))
                if taken.isdisjoint(range(span.start, span.end)):
                    taken.update(range(span.start, span.end))
                    yield msgspec.structs.replace(found[name], span=span, score=round(found[name].score * AGAIN, 6))

    def _mentions(self, found: Candidates, agent: str) -> Iterator[Mention]:
        columns = zip(found.spans, found.types, found.tagged, found.inside.tolist(), self.scores(found), strict=True)
        for span, type_, tagged, inside, score in columns:
            if score >= THRESHOLD:
                raw = tagged.raw_score if tagged is not None else round(inside, 6)
                yield Mention(span, type_, score=score, raw_score=raw, agent=agent)


def _written_out(long_form: str, mentions: Mapping[str, Mention]) -> Mention | None:
    """The mention, by its name in small letters, that a long form is, or ends with if that makes it one too."""
    if long_form in mentions:
        return mentions[long_form]
    words = long_form.split(" ")
    for start in range(1, len(words)):
        if words[start - 1] in JOINING:  # a "model for end-stage liver disease" is none
            return None
        mention = mentions.get(" ".join(words[start:]))
        if mention is not None and mention.type in QUALIFIED:
            return mention
    return None
