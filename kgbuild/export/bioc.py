"""Documents as BioC records, which `bioc_xml` and `bioc_json` write: passages from blocks, annotations from mentions.

Offsets are those of `Document.text`. Stretches outside all blocks become paragraphs; a mention that no passage holds
whole is an annotation of the document. Sentences are not written.
"""

import re
from collections.abc import Iterator

import msgspec

from kgbuild.document import GIVEN_AGENT, Document, Mention, Passage, Relation, Span
from kgbuild.export.document_id import plain_id

__all__ = ["Annotation", "Location", "Node", "Record", "RecordPassage", "RecordRelation", "record_of"]

SOURCE = "kgbuild"
NOVELTY = {True: "Novel", False: "No"}
_TEXT = re.compile(r"[^\n]*\S[^\n]*")


class Location(msgspec.Struct, frozen=True):
    """A stretch of text."""

    offset: int
    length: int


class Node(msgspec.Struct, frozen=True):
    """An argument of a relation."""

    refid: str
    role: str


class Annotation(msgspec.Struct, frozen=True):
    """A mention."""

    id: str
    infons: dict[str, str]
    text: str
    locations: list[Location]


class RecordRelation(msgspec.Struct, frozen=True):
    """A relation between two mentions."""

    id: str
    infons: dict[str, str]
    nodes: list[Node]


class RecordPassage(msgspec.Struct, frozen=True):
    """A block."""

    offset: int
    infons: dict[str, str]
    text: str
    sentences: list[str]
    annotations: list[Annotation]
    relations: list[RecordRelation]


class Record(msgspec.Struct, frozen=True):
    """A document."""

    id: str
    infons: dict[str, str]
    passages: list[RecordPassage]
    annotations: list[Annotation]
    relations: list[RecordRelation]


def record_of(document: Document) -> Record:
    """The document as a BioC record; annotations are numbered in the order of the text, from 0."""
    blocks = list(_blocks(document))
    held: dict[Passage | None, list[Annotation]] = {}
    for number, mention in enumerate(document.mentions):
        block = next((block for block in blocks if mention.span.within(block.span)), None)
        held.setdefault(block, []).append(_annotation(document, mention, number))
    return Record(
        id=plain_id(document.id),
        infons=_document_infons(document),
        passages=[_passage(document, block, held.get(block, [])) for block in blocks],
        annotations=held.get(None, []),
        relations=list(_relations(document)),
    )


def _blocks(document: Document) -> Iterator[Passage]:
    reached = 0
    for block in sorted(document.blocks, key=lambda block: block.span):
        yield from _paragraphs(document.text, reached, block.span.start)
        yield block
        reached = max(reached, block.span.end)
    yield from _paragraphs(document.text, reached, len(document.text))


def _paragraphs(text: str, start: int, end: int) -> Iterator[Passage]:
    for match in _TEXT.finditer(text, start, end):
        yield Passage(Span(match.start(), match.end()), "paragraph")


def _document_infons(document: Document) -> dict[str, str]:
    metadata = document.metadata
    infons = {
        "year": str(metadata.year or ""),
        "journal": metadata.journal,
        "article-id_doi": metadata.doi,
        "article-id_pmid": metadata.pmid,
        "article-id_pmc": metadata.pmcid,
        "license": metadata.licence,
    }
    return {key: value for key, value in infons.items() if value}


def _passage(document: Document, block: Passage, annotations: list[Annotation]) -> RecordPassage:
    infons = {"type": _passage_type(block)}
    if block.section:
        infons["section"] = block.section
    if block.table is not None:
        infons["id"] = f"table-{block.table}"
    return RecordPassage(block.span.start, infons, document.text_of(block.span), [], annotations, [])


def _passage_type(block: Passage) -> str:
    if block.kind == "heading":
        return f"title_{block.section.count(' > ') + 1}"
    if block.kind == "reference":
        return "ref"
    if block.kind == "caption":
        return "fig_caption" if block.table is None else "table_caption"
    return "table_footnote" if block.kind == "footnote" and block.table is not None else block.kind


def _annotation(document: Document, mention: Mention, number: int) -> Annotation:
    infons = {"type": mention.type, "identifier": "|".join(mention.concepts) or "-"}
    if any("|" in curie for curie in mention.concepts):
        infons["identifier"] = ",".join(mention.concepts)
    if mention.original_type:
        infons["original_type"] = mention.original_type
    if mention.agent and mention.agent != GIVEN_AGENT:
        infons |= {"score": f"{mention.score:.4f}", "agent": mention.agent}
    span = mention.span
    return Annotation(str(number), infons, document.text_of(span), [Location(span.start, span.end - span.start)])


def _relations(document: Document) -> Iterator[RecordRelation]:
    numbers = {mention.id: str(number) for number, mention in enumerate(document.mentions)}
    for number, relation in enumerate(document.relations):
        nodes = [Node(numbers[relation.subject], "subject"), Node(numbers[relation.object], "object")]
        yield RecordRelation(f"R{number}", _relation_infons(relation), nodes)


def _relation_infons(relation: Relation) -> dict[str, str]:
    infons = {"type": relation.predicate}
    if relation.novel is not None:
        infons["novel"] = NOVELTY[relation.novel]
    if relation.agent and relation.agent != GIVEN_AGENT:
        infons |= {"score": f"{relation.score:.4f}", "agent": relation.agent}
    if relation.polarity != "affirmed":
        infons["polarity"] = relation.polarity
    if relation.modality != "asserted":
        infons["modality"] = relation.modality
    return infons
