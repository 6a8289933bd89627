"""Spans of a text that may be mentions, and what is known of each: by the tags, by annotated papers, by ontologies.

Rows are laid out for all types at once; what reads letters goes span by span, all else by arrays.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from kgbuild.abbreviation import find_abbreviations
from kgbuild.concept import KnownNames
from kgbuild.document import Document, Mention, Span
from kgbuild.extract.decode import BEGIN, OUTSIDE, mention_words
from kgbuild.extract.labels import LabelSet
from kgbuild.extract.usage import NO_USE, Usage, usage_key
from kgbuild.extract.windows import Words

__all__ = ["FEATURES", "MAX_WORDS", "Candidates", "Tagged", "find_candidates", "is_wellformed"]

FloatArray = NDArray[np.float64]

#: The columns of `Candidates.rows`; probabilities as logits, shares with half a case added on either side.
FEATURES = (
    # by the tags: the mean and the least probability of its words to lie inside, that of its first word to begin a
    # mention, of the word before it to lie inside, of the word behind it to go on, of its words to be another type
    *("inside", "least_inside", "begins", "inside_before", "goes_on", "other_type"),
    # whether they make it a mention, and its mean again
    *("tagged", "tagged_inside"),
    # in annotated papers: the share of its places that are mentions, again by their number, and whether it has any
    *("use", "often_used", "unused"),
    # whether an ontology has it, and annotated papers do not
    *("known", "only_known"),
    # in annotated papers: of its first word to be the first of a mention, of its last to be the last, and whether they
    # have no places; of the words on both sides of it to be inside of one
    *("first", "first_unused", "last", "last_unused", "before", "behind"),
    # whether it abbreviates what is tagged as a mention of the type, or something else
    *("abbreviates", "abbreviates_other"),
    # its form: of two words or more, of four or more, of few letters, without capitals; between dashes and in brackets
    *("words_2", "words_4", "short", "lower", "dash_before", "dash_behind", "in_brackets"),
    # its places in the text: how far the highest and the mean of their means lie above its own, and how many they are
    *("highest", "average", "places"),
)
#: A span with a word that is less probable to lie inside is none.
LEAST_INSIDE = 0.005
#: A span that is no known name is one from this mean probability on.
LOG_UNKNOWN_INSIDE = math.log(0.3)
#: A name is known by annotated papers if at least this share of its places are mentions.
LEAST_USE = 0.05
MAX_WORDS = 10
#: Letters of a short name, at most.
SHORT = 3
#: What `logit` clips probabilities to.
SMALLEST = 1e-4

#: Marks that no name has, and ends of clauses.
_ODD = re.compile(r"[^\w\s()'’,.+\-‐‑–]|, |\. ")  # the dashes and quotes of printed texts


@dataclass(frozen=True, slots=True)
class Tagged:
    """What the tagger says of a document: its words, for each and each type of the labels the probabilities of
    outside, begin and inside, (words, types, 3), and the mentions that they spell.
    """

    document: Document
    words: Words
    probabilities: NDArray[np.float32]
    mentions: Sequence[Mention]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Spans that may be mentions of a type; `tagged` is the mention that they are by the tags.

    inside: (spans,) the geometric mean of the words' probabilities to lie inside; rows: (spans, FEATURES).
    """

    spans: Sequence[Span]
    types: Sequence[str]
    tagged: Sequence[Mention | None]
    inside: FloatArray
    rows: FloatArray


def find_candidates(
    tagged: Tagged, labels: LabelSet, types: Sequence[str], usage: Usage, names: KnownNames
) -> Candidates:
    """What may be a mention of these types: the tagged mentions, and spans whose words all lie inside with some
    probability, if this is high or the name is known.
    """
    builder = _Builder(tagged, usage, names)
    by_type: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in tagged.mentions:
        by_type[mention.type].append(mention)
    for type_ in types:
        builder.add(type_, labels.entities.index(type_), by_type[type_])
    return builder.candidates()


class _Builder:
    """Gathers the spans of all types, then lays their rows out."""

    def __init__(self, tagged: Tagged, usage: Usage, names: KnownNames) -> None:
        self._tagged = tagged
        self._usage = usage
        self._names = names
        self._text = tagged.document.text
        self._start, self._end = tagged.words.start.tolist(), tagged.words.end.tolist()
        self._inside = 1.0 - tagged.probabilities[..., OUTSIDE].astype(np.float64)  # (words, types)
        logs = np.log(np.maximum(self._inside, 1e-9))
        self._sums = np.vstack([np.zeros((1, logs.shape[1])), logs.cumsum(0)])
        self._long_forms = find_abbreviations(self._text)
        self._written_out: set[str] = set()  # what is tagged of the type at hand
        self._kinds: list[int] = []
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        self._spans: list[Span] = []
        self._types: list[str] = []
        self._mentions: list[Mention | None] = []
        self._read: list[tuple[float, ...]] = []

    def add(self, type_: str, kind: int, mentions: Sequence[Mention]) -> None:
        """The spans that may be mentions of a type."""
        known = cache(lambda name: self._names.knows(name, type_))
        used = self._usage.names.get(type_, {})
        self._written_out = {self._text_of(mention.span).lower() for mention in mentions}
        for mention in mentions:
            first, last = mention_words(self._tagged.words, mention.span)
            if first < last:
                self._append(type_, kind, first, last, mention.span, mention, known(self._text_of(mention.span)))
        taken = {(mention.span.start, mention.span.end) for mention in mentions}
        sums = self._sums[:, kind].tolist()
        for first, last in self._runs(kind):
            start, end = self._start[first], self._end[last - 1]
            name = self._text[start:end]
            if (start, end) in taken or not is_wellformed(name):
                continue
            n, named = used.get(usage_key(name), (0, 0))
            is_named = n > 0 and named >= LEAST_USE * n
            is_inside = sums[last] - sums[first] >= LOG_UNKNOWN_INSIDE * (last - first)
            if is_named or is_inside or self._long_form(name) in self._written_out or (n == 0 and known(name)):
                self._append(type_, kind, first, last, Span(start, end), None, known(name))

    def candidates(self) -> Candidates:
        """All that were added."""
        first, last, kind = (np.array(column, np.int64) for column in (self._firsts, self._lasts, self._kinds))
        if not len(first):
            return Candidates((), (), (), np.zeros(0), np.zeros((0, len(FEATURES))))
        inside = np.exp((self._sums[last, kind] - self._sums[first, kind]) / (last - first))
        tags = self._by_tags(first, last, kind, inside)
        rows = np.hstack([tags, np.array(self._read), self._by_places(tags[:, 0])])
        return Candidates(self._spans, self._types, self._mentions, inside, rows)

    def _append(
        self, type_: str, kind: int, first: int, last: int, span: Span, mention: Mention | None, is_known: bool
    ) -> None:
        self._kinds.append(kind)
        self._firsts.append(first)
        self._lasts.append(last)
        self._spans.append(span)
        self._types.append(type_)
        self._mentions.append(mention)
        self._read.append(self._by_letters(type_, first, last, span, is_known))

    def _runs(self, kind: int) -> Iterator[tuple[int, int]]:
        """Words [first, last) of one passage that all may lie inside, the shorter ones first."""
        passage = self._tagged.words.passage
        may = self._inside[:, kind] >= LEAST_INSIDE
        joined = may[1:] & may[:-1] & (passage[1:] == passage[:-1])  # (words - 1,)
        alive = np.flatnonzero(may)
        for length in range(1, MAX_WORDS + 1):
            if not len(alive):
                return
            yield from ((first, first + length) for first in alive.tolist())
            alive = alive[alive + length < len(may)]
            alive = alive[joined[alive + length - 1]]

    def _by_tags(
        self, first: NDArray[np.int64], last: NDArray[np.int64], kind: NDArray[np.int64], inside: FloatArray
    ) -> FloatArray:
        """The first eight columns."""
        passage, probabilities = self._tagged.words.passage, self._tagged.probabilities
        is_mention = np.array([mention is not None for mention in self._mentions])
        of_others = _highest_of_others(self._inside)
        ranges = list(zip(first.tolist(), last.tolist(), kind.tolist(), strict=True))
        least = np.array([self._inside[a:b, k].min() for a, b, k in ranges])
        other = np.array([of_others[a:b, k].max() for a, b, k in ranges])
        begins = probabilities[first, kind, BEGIN].astype(np.float64)
        before = np.maximum(first - 1, 0)
        has_before = (first > 0) & (passage[before] == passage[first])
        behind = np.minimum(last, len(passage) - 1)
        has_behind = (last < len(passage)) & (passage[behind] == passage[first])
        on = np.maximum(self._inside[behind, kind] - probabilities[behind, kind, BEGIN], 0.0)
        means = _logit(inside)
        columns = (
            means,
            _logit(least),
            _logit(begins),
            _logit(np.where(has_before, self._inside[before, kind], 0.0)),
            _logit(np.where(has_behind, on, 0.0)),
            _logit(other),
            is_mention.astype(np.float64),
            is_mention * means,
        )
        return np.stack(columns, axis=1)

    def _by_letters(self, type_: str, first: int, last: int, span: Span, is_known: bool) -> tuple[float, ...]:
        """What annotated papers, ontologies and the form of the span say."""
        text, name, words = self._text, self._text_of(span), self._usage.words.get(type_, {})
        n, named = self._usage.names.get(type_, {}).get(usage_key(name), (0, 0))
        use = _share(named, n, 0.5) if n else 0.0
        own = words.get(self._word(first), NO_USE), words.get(self._word(last - 1), NO_USE)
        passage = self._tagged.words.passage
        has_before = first > 0 and passage[first - 1] == passage[first]
        has_behind = last < len(passage) and passage[last] == passage[first]
        before = words.get(self._word(first - 1), NO_USE) if has_before else NO_USE
        behind = words.get(self._word(last), NO_USE) if has_behind else NO_USE
        long_form = self._long_form(name)
        left, right = text[span.start - 1 : span.start], text[span.end : span.end + 1]
        return (
            use,
            use * min(1.0, math.log1p(n) / 3),
            n == 0,
            is_known,
            is_known and n == 0,
            _share(own[0].first, own[0].n, 0.2),
            own[0].n == 0,
            _share(own[1].last, own[1].n, 0.2),
            own[1].n == 0,
            _share(before.inside, before.n, 0.2),
            _share(behind.inside, behind.n, 0.2),
            bool(long_form) and long_form in self._written_out,
            bool(long_form) and long_form not in self._written_out,
            last - first >= 2,
            last - first >= 4,
            len(name) <= SHORT,
            name.islower(),
            left == "-",
            right == "-",
            (left, right) == ("(", ")"),
        )

    def _by_places(self, means: FloatArray) -> FloatArray:
        """The last three columns."""
        places: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        for place, (kind, span) in enumerate(zip(self._kinds, self._spans, strict=True)):
            name = self._text_of(span)
            places[kind, self._long_form(name) or name.lower()].append(place)
        columns = np.zeros((len(means), 3))
        for found in places.values():
            of_name = means[found]
            columns[found, 0] = of_name.max() - of_name
            columns[found, 1] = of_name.mean() - of_name
            columns[found, 2] = np.log(len(found))
        return columns

    def _text_of(self, span: Span) -> str:
        return self._text[span.start : span.end]

    def _long_form(self, name: str) -> str:
        return self._long_forms.get(name, "").lower()

    def _word(self, place: int) -> str:
        return self._text[self._start[place] : self._end[place]].lower()


def _highest_of_others(inside: FloatArray) -> FloatArray:
    """(words, types) of the highest probability of a word to lie inside of another type."""
    if inside.shape[1] == 1:
        return np.zeros_like(inside)
    ordered = np.sort(inside, axis=1)
    highest, second = ordered[:, -1:], ordered[:, -2:-1]
    return np.where(inside == highest, np.where(inside == highest, second, highest), highest)


def _logit(probabilities: FloatArray) -> FloatArray:
    clipped = np.clip(probabilities, SMALLEST, 1 - SMALLEST)
    logits: FloatArray = np.log(clipped) - np.log1p(-clipped)
    return logits


def _share(part: int, n: int, added: float) -> float:
    """The logit of a share, with so many cases added to the part; -1 of nothing."""
    if not n:
        return -1.0
    share = max((part + added) / (n + 1), SMALLEST)
    return math.log(share / (1 - share))


@lru_cache(maxsize=65536)
def is_wellformed(name: str) -> bool:
    """Whether a span begins and ends as names do, and has both brackets or none."""
    if len(name) < 2 or _ODD.search(name) or not name[0].isalnum() or not (name[-1].isalnum() or name[-1] == ")"):
        return False
    depth = 0
    for letter in name:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return False
    return depth == 0
