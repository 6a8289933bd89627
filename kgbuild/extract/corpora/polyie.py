"""PolyIE (Cheung et al. 2024, https://arxiv.org/abs/2311.07715): properties of polymers in articles, Apache-2.0.

JSON of words: `text[article][paragraph]`, BIO tags `label`, and `relation`, tuples of compound, property and value as
[start, end) words. The text is made anew from the words, with blanks where print has them.
"""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from kgbuild.document import GIVEN_AGENT, Document, Mention, Passage, Span
from kgbuild.extract.gold import GoldDocument
from kgbuild.read.given import given_relation
from kgbuild.segment import segment

__all__ = ["read"]

TYPES = {"CN": "Material", "PN": "Property", "PV": "Quantity"}
#: between the compound and the property of a tuple, between its property and its value
PREDICATES = ("has_property", "has_value")
#: words without a blank before them, after them, on both sides of them
CLOSING = frozenset(",.;:?!)]}%°′")
OPENING = frozenset("([{")
JOINING = frozenset("-–/")
#: Ends of words that belong to the sentence.
STOPS = ".,;:"

#: [start, end) of words
Words = tuple[int, int]


def read(path: Path, *, corpus: str, entities: frozenset[str], relations: frozenset[str]) -> Iterator[GoldDocument]:
    """The paragraphs of one part, such as `train_split.txt.gz`, each a document."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        record = json.load(stream)
    part = path.name.partition("_")[0]
    for number, article in enumerate(zip(record["text"], record["label"], record["relation"], strict=True)):
        for row, (words, tags, tuples) in enumerate(zip(*article, strict=True)):
            doc = _document(f"{corpus}:{part}-{number}-{row}", words, tags, tuples, entities, relations)
            yield GoldDocument(corpus, doc, entities, relations)


def _document(
    identifier: str,
    words: Sequence[str],
    tags: Sequence[str],
    tuples: Sequence[Sequence[Sequence[int]]],
    entities: frozenset[str],
    relations: frozenset[str],
) -> Document:
    tagged = list(_tagged(tags))
    text, spans = _joined(words, [place for place, _ in tagged])
    mentions: dict[Words, Mention] = {}
    for (start, end), label in tagged:
        last = words[end - 1]
        span = Span(spans[start].start, spans[end - 1].end - (len(last) - len(last.rstrip(STOPS) or last)))
        name = text[span.start : span.end]
        # slips: a closing bracket as a property, values without a figure ("nm", "organic solvents")
        if TYPES.get(label) in entities and re.search(r"\d" if label == "PV" else r"\w", name):
            mentions[start, end] = Mention(span, TYPES[label], original_type=label, agent=GIVEN_AGENT)
    doc = segment(Document(identifier, text, blocks=(Passage(Span(0, len(text)), "paragraph"),)))
    stated = {
        given_relation(mentions[first], predicate, mentions[second])
        for members in tuples
        for predicate, first, second in zip(PREDICATES, _places(members), _places(members[1:]), strict=False)
        if predicate in relations and first in mentions and second in mentions
    }
    found = sorted(stated, key=lambda relation: (relation.subject, relation.predicate, relation.object))
    return msgspec.structs.replace(doc.replace_mentions(mentions.values()), relations=tuple(found))


def _places(members: Sequence[Sequence[int]]) -> list[Words]:
    return [(start, end) for start, end in members]


def _tagged(tags: Sequence[str]) -> Iterator[tuple[Words, str]]:
    start = 0
    for end in range(1, len(tags) + 1):
        label = tags[start][2:]
        if end < len(tags) and label and tags[end] == f"I-{label}":
            continue
        if label:
            yield (start, end), label
        start = end


def _joined(words: Sequence[str], places: Sequence[Words]) -> tuple[str, list[Span]]:
    """The text, and where each word stands in it; raised figures lose their sign ("cm^-2")."""
    inside = {word for start, end in places for word in range(start + 1, end)}  # its left neighbour is of the same name
    text = ""
    spans = []
    for i, word in enumerate(words):
        shown = word.replace("^", "") or word
        if i and not _touch(words, i, within=i in inside):
            text += " "
        spans.append(Span(len(text), len(text) + len(shown)))
        text += shown
    return text, spans


def _touch(words: Sequence[str], i: int, *, within: bool) -> bool:
    left, right = words[i - 1], words[i]
    if right in CLOSING or left in OPENING:
        return True
    if right in JOINING or left in JOINING:  # "open - circuit"
        before, after = (i - 1, i + 1) if right in JOINING else (i - 2, i)
        return before >= 0 and after < len(words) and words[before][-1].isalnum() and words[after][0].isalnum()
    if not within:
        return False
    # lowered letters, figures and blends: "V oc", "PC 71 BM", "P3HT : PCBM"
    return (len(left) == 1 and left.isupper() and right.isalnum()) or left.isdigit() or right.isdigit() or left == ":"
