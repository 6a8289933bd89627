"""A gold document and what its corpus says about it: a type that a corpus does not annotate is unknown, not absent."""

import msgspec

from kgbuild.document import Document, Span

__all__ = ["GoldDocument"]


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

    def annotated_spans(self) -> tuple[Span, ...]:
        """The spans of the passages that were annotated in full."""
        passages = self.document.passages
        return tuple(p.span for i, p in enumerate(passages) if self.annotated is None or i in self.annotated)
