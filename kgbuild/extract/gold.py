"""A gold document and what its corpus says about it: a type that a corpus does not annotate is unknown, not absent."""

import re
from collections.abc import Iterable

import msgspec

from kgbuild.document import Document, Mention, Span, content_hash

__all__ = ["GoldDocument"]

#: Letters and digits at the start of a text by which a document is told again under another identifier.
SAME_BEGINNING = 60


class GoldDocument(msgspec.Struct, frozen=True):
    """A document with gold mentions and relations, segmented into passages.

    `entities` and `relations` are the types that its corpus annotates. `annotated` are the passages, by index,
    that were annotated in full; None means all. `concept_level` says that relations hold between concepts, wherever
    they are named.
    """

    corpus: str
    document: Document
    entities: frozenset[str]
    relations: frozenset[str] = frozenset()
    annotated: frozenset[int] | None = None
    concept_level: bool = False

    def told(self, mentions: Iterable[Mention]) -> tuple[Mention, ...]:
        """Those of which its corpus says something: of types that it annotates, within passages annotated in full."""
        spans = self.annotated_spans()
        return tuple(m for m in mentions if m.type in self.entities and any(m.span.within(span) for span in spans))

    @property
    def beginning(self) -> str:
        """Its first letters and digits, in small letters: in these copies of a text agree, not in blanks and marks."""
        return re.sub(r"[\W_]+", "", self.document.text[:200]).casefold()[:SAME_BEGINNING]

    @property
    def half(self) -> int:
        """In which half of a set of documents it is, 0 or 1: the same for copies of a text in several corpora."""
        return int(content_hash(self.beginning), 16) % 2

    def annotated_spans(self) -> tuple[Span, ...]:
        """The spans of the passages that were annotated in full."""
        passages = self.document.passages
        return tuple(p.span for i, p in enumerate(passages) if self.annotated is None or i in self.annotated)
