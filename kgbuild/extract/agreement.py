"""Mentions that agree with one another within a document.

A name is looked at in all its places, together with the abbreviation that the document defines for it. Where the tags
are for it in the mean of these places it is a mention in each of them that has none of another type; else in none. A
place where a name found elsewhere is longer than the mention there gets the whole name. An abbreviation has the type of
what it stands for.

Worth 1 to 4 points of F1 on abstracts (BC5CDR, NCBI Disease, BioRED, GNormPlus, SOFC-Exp), for a tagger that sees each
place of a name by itself.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from kgbuild.abbreviation import find_abbreviations
from kgbuild.document import Document, Mention, Span
from kgbuild.extract.labels import Calibration, LabelSet, calibrate
from kgbuild.extract.windows import Words

__all__ = ["MAX_CASED", "MIN_LENGTH", "agree", "find_places"]

#: A name is one of mentions if its places are so probable, on average.
ENOUGH = 0.55
#: A mention so probable stays whatever the other places of its name say.
SURE = 0.9
#: Shorter names stand for themselves: the T of "T cells" is no testosterone, though "testosterone (T)" may stand there.
MIN_LENGTH = 2
#: Names so short are the same in the same letters only: "ER" is not "er".
MAX_CASED = 5
#: A place that the tags are surely not for gets no mention from others.
HERE = 0.05


def agree(
    doc: Document, words: Words, outside: NDArray[np.float32], labels: LabelSet, mentions: Sequence[Mention], agent: str
) -> list[Mention]:
    """The mentions of a document, which do not overlap, made to agree; sorted by place.

    outside: (words, types), the probability of each word to lie outside all mentions of a type.
    """
    long_forms = {short: long for short, long in find_abbreviations(doc.text).items() if len(short) >= MIN_LENGTH}
    logs = np.log(np.maximum(1.0 - outside, 1e-6))  # (words, types)
    groups: defaultdict[tuple[str, str], list[Mention]] = defaultdict(list)
    names: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for mention in mentions:
        name = doc.text_of(mention.span)
        key = (_key(long_forms.get(name, name)), mention.type)
        groups[key].append(mention)
        names[key] |= {name} if len(name) >= MIN_LENGTH else set()
    for short, long in long_forms.items():
        for key in groups:
            if key[0] == _key(long):
                names[key] |= {short, long}
    places = find_places(doc, words, {name for found in names.values() for name in found})
    kept: list[Mention] = []
    accepted: list[tuple[str, str, float]] = []
    for key, found in groups.items():
        kind = labels.entities.index(key[1])
        inside = [_inside(logs[first:last, kind]) for name in names[key] for first, last in places[name]]
        probability = math.fsum(inside) / len(inside) if inside else 1.0
        if probability >= ENOUGH:
            accepted += [(name, key[1], probability) for name in names[key]]
        kept += [mention for mention in found if probability >= ENOUGH or mention.raw_score >= SURE]
    taken = {place: mention for mention in kept for place in range(mention.span.start, mention.span.end)}
    # the longer name first; of two types the more probable one
    for name, type_, probability in sorted(accepted, key=lambda item: (-len(item[0]), item[0], -item[2], item[1])):
        for first, last in places[name]:
            if _inside(logs[first:last, labels.entities.index(type_)]) < HERE:
                continue
            start = int(words.start[first])
            span = Span(start, start + len(name))
            there = {taken[place].span: taken[place] for place in range(span.start, span.end) if place in taken}
            if span in there or not all(m.type == type_ and m.span.within(span) for m in there.values()):
                continue
            score = calibrate(probability, labels.calibration.get(type_, Calibration()))
            added = Mention(span, type_, score=score, raw_score=round(probability, 6), agent=agent)
            taken |= dict.fromkeys(range(span.start, span.end), added)
    found_now = {mention.span: mention for mention in taken.values()}
    return list(_typed_as_long_forms(doc, [found_now[span] for span in sorted(found_now)], long_forms))


def _typed_as_long_forms(
    doc: Document, mentions: Sequence[Mention], long_forms: Mapping[str, str]
) -> Iterator[Mention]:
    """The mentions, abbreviations with the type of what they stand for: CLZ is no gene if cilostazol is a chemical."""
    types: defaultdict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        types[_key(doc.text_of(mention.span))].add(mention.type)
    for mention in mentions:
        long = long_forms.get(doc.text_of(mention.span))
        known = types[_key(long)] if long else set()
        yield msgspec.structs.replace(mention, type=min(known)) if len(known) == 1 else mention


def _key(name: str) -> str:
    return name if len(name) <= MAX_CASED else name.lower()


def find_places(doc: Document, words: Words, names: set[str]) -> dict[str, list[tuple[int, int]]]:
    """Name -> the words [first, last) of each of its places: whole words of one passage."""
    # a part of a long document holds the words of a stretch of its text
    bounds = (int(words.start[0]), int(words.end[-1])) if len(words) else (0, 0)
    text, lowered = doc.text, doc.text.lower()
    places: dict[str, list[tuple[int, int]]] = {}
    for name in names:
        is_cased = len(name) <= MAX_CASED or len(lowered) != len(text)
        places[name] = list(
            _words_of(words, _starts(*((text, name) if is_cased else (lowered, name.lower())), *bounds), name)
        )
    return places


def _starts(text: str, name: str, first: int, last: int) -> Iterator[int]:
    start = text.find(name, first, last)
    while start >= 0:
        yield start
        start = text.find(name, start + len(name), last)


def _words_of(words: Words, starts: Iterator[int], name: str) -> Iterator[tuple[int, int]]:
    for start in starts:
        first = int(np.searchsorted(words.start, start, side="left"))
        last = int(np.searchsorted(words.end, start + len(name), side="left")) + 1
        if (
            first < last <= len(words)
            and int(words.start[first]) == start
            and int(words.end[last - 1]) == start + len(name)
            and words.passage[first] == words.passage[last - 1]
        ):
            yield first, last


def _inside(logs: NDArray[np.float32]) -> float:
    """How probable a span is one of a type: the geometric mean of its words' probabilities not to lie outside.

    logs: (words,), the logarithms of these probabilities.
    """
    return float(np.exp(np.add.reduce(logs) / np.float32(len(logs))))
