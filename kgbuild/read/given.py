"""Mentions and relations that an annotated file already carries, as our records: by "given", with score 1.

Annotated corpora state relations between concepts, we between mentions: `ConceptIndex` finds the mentions.
"""

import re
from collections.abc import Iterable

import msgspec

from kgbuild.document import GIVEN_AGENT, Mention, Relation, Span
from kgbuild.read.labels import entity_type, read_concepts, split_identifiers

__all__ = ["ConceptIndex", "document_id", "given_mention", "given_relation", "same_words", "unique_mentions"]


_OWN_ID = re.compile(r"(?:PMID|PMC|DOI|kgb|bioc|pubtator):.+")


def document_id(identifier: str, *, scheme: str) -> str:
    """CURIE of a document from its identifier in a file; the writers turn it back into what it was.

    >>> document_id("227508", scheme="pubtator"), document_id("PMC13900", scheme="bioc")
    ('PMID:227508', 'PMC:PMC13900')
    """
    if identifier.isascii() and identifier.isdecimal():
        return f"PMID:{identifier}"
    if re.fullmatch(r"PMC\d+", identifier):
        return f"PMC:{identifier}"
    return identifier if _OWN_ID.fullmatch(identifier) else f"{scheme}:{identifier}"


def given_mention(span: Span, label: str, field: str = "") -> Mention:
    """A mention of a corpus label with the concepts of its identifier field."""
    type_name = entity_type(label)
    concepts = read_concepts(field, type_name)
    return Mention(
        span=span,
        type=type_name,
        concepts=concepts,
        link_score=1.0 if concepts else 0.0,
        original_type="" if label == type_name else label,
        agent=GIVEN_AGENT,
    )


def given_relation(
    subject: Mention, predicate: str, object_: Mention, *, novel: bool | None = None, score: float = 1.0
) -> Relation:
    """A relation between two mentions; its evidence is the text from the first to the second."""
    span = Span(min(subject.span.start, object_.span.start), max(subject.span.end, object_.span.end))
    return Relation(
        subject=subject.id,
        predicate=predicate,
        object=object_.id,
        span=span,
        score=score,
        novel=novel,
        agent=GIVEN_AGENT,
    )


def unique_mentions(mentions: Iterable[Mention]) -> list[Mention]:
    """Mentions sorted by place and type; those of equal place and type become one with the concepts of all."""
    merged: dict[str, Mention] = {}
    for mention in mentions:
        known = merged.get(mention.id)
        if known is not None:
            concepts = tuple(dict.fromkeys(known.concepts + mention.concepts))
            mention = msgspec.structs.replace(known, concepts=concepts, link_score=1.0 if concepts else 0.0)
        merged[mention.id] = mention
    return sorted(merged.values(), key=lambda mention: (mention.span, mention.type))


def same_words(left: str, right: str) -> bool:
    """Whether two texts have the same letters and digits, whatever their case, blanks and punctuation.

    >>> same_words('" DEAD " box', "DEAD box")
    True
    """
    return _letters(left) == _letters(right) != "" or left.strip() == right.strip() != ""


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


class ConceptIndex:
    """The mentions of a document by every identifier that a relation may name them with."""

    def __init__(self) -> None:
        self._mentions: dict[str, list[Mention]] = {}

    def add(self, mention: Mention, field: str) -> None:
        """Files the mention under its identifier field, the field's parts, its CURIEs and its own id."""
        keys = [field.strip(), *split_identifiers(field), *mention.concepts, mention.id]
        for key in dict.fromkeys(keys):
            self._mentions.setdefault(key, []).append(mention)

    def mentions(self, identifier: str) -> list[Mention]:
        """The mentions of a concept: those of it alone where there are some, else also those of it among others."""
        found = self._mentions.get(identifier.strip(), [])
        return [mention for mention in found if len(mention.concepts) < 2] or found

    def closest(self, subject: str, object_: str) -> tuple[Mention, Mention] | None:
        """The two mentions of these concepts with the least text between them, the first of several; None if none."""
        pairs = [
            (first, second)
            for first in self.mentions(subject)
            for second in self.mentions(object_)
            if first.id != second.id
        ]
        return min(pairs, key=_distance, default=None)


def _distance(pair: tuple[Mention, Mention]) -> tuple[int, Span, Span]:
    first, second = (mention.span for mention in pair)
    gap = max(first.start, second.start) - min(first.end, second.end)
    return max(gap, 0), first, second
