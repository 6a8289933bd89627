"""BioC documents, whether they came as XML or JSON, as our records.

Comeau et al. 2013, https://bioc.sourceforge.net; the infons of identifiers are those of PubTator, GNormPlus and BioRED.
Each tool chooses its own infon keys, listed at the top.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from kgbuild.document import Document, Failure, Mention, Metadata, Relation, Span, content_id
from kgbuild.read.bioc_layout import Layout, Piece, best_text
from kgbuild.read.bioc_passages import Headings, passage_blocks, table_cells
from kgbuild.read.given import ConceptIndex, document_id, given_mention, given_relation, unique_mentions

__all__ = [
    "BioCAnnotation",
    "BioCDocument",
    "BioCLocation",
    "BioCNode",
    "BioCPassage",
    "BioCRelation",
    "BioCSentence",
    "read_document",
]

#: infon keys of identifiers, in lower case -> the prefix that their bare values lack
IDENTIFIERS = {
    "identifier": "",
    "identifiers": "",
    "ncbi gene": "NCBIGene",
    "ncbi gene identifier": "NCBIGene",
    "ncbigene": "NCBIGene",
    "gene_id": "NCBIGene",
    "ncbi taxonomy": "NCBITaxon",
    "ncbitaxonomy": "NCBITaxon",
    "mesh": "MESH",
    "omim": "OMIM",
    "dbsnp": "DBSNP",
    "rsid": "DBSNP",
    "cellosaurus": "CVCL",
    "chebi": "CHEBI",
}
#: pairs of relation infons that name the two concepts, subject first
CONCEPT_PAIRS = (("entity1", "entity2"), ("Chemical", "Disease"), ("arg1", "arg2"), ("role1", "role2"))
#: roles of the node that a relation is about rather than from
OBJECT_ROLES = frozenset({"object", "target", "arg2", "role2"})
PREDICATE_KEYS = ("type", "relation", "relation type")
NOVELTY = {"novel": True, "no": False}
#: type of an annotation that names none
UNTYPED = "Entity"
#: predicate of a relation that names none: BioRED's most general
UNTYPED_RELATION = "Association"

Infons = dict[str, Any]


class BioCLocation(msgspec.Struct, frozen=True):
    """A stretch of text, in code points from the start of the document."""

    offset: int
    length: int


class BioCNode(msgspec.Struct, frozen=True):
    """An argument of a relation: the annotation's id and its role."""

    refid: str | int = ""
    role: str = ""


class BioCAnnotation(msgspec.Struct, frozen=True):
    """A mention; several locations when it is discontinuous."""

    id: str | int | None = None
    infons: Infons = {}
    text: str | None = ""
    locations: list[BioCLocation] = []


class BioCRelation(msgspec.Struct, frozen=True):
    """A relation between annotations, or between concepts that its infons name."""

    id: str | int | None = None
    infons: Infons = {}
    nodes: list[BioCNode] = []


class BioCSentence(msgspec.Struct, frozen=True):
    """A sentence of a passage that has no text of its own."""

    offset: int = 0
    text: str | None = ""
    infons: Infons = {}
    annotations: list[BioCAnnotation] = []
    relations: list[BioCRelation] = []


class BioCPassage(msgspec.Struct, frozen=True):
    """A paragraph, title, caption, table."""

    offset: int = 0
    text: str | None = ""
    infons: Infons = {}
    sentences: list[BioCSentence] = []
    annotations: list[BioCAnnotation] = []
    relations: list[BioCRelation] = []


class BioCDocument(msgspec.Struct, frozen=True):
    """A document."""

    id: str | int = ""
    infons: Infons = {}
    passages: list[BioCPassage] = []
    annotations: list[BioCAnnotation] = []
    relations: list[BioCRelation] = []


def read_document(record: BioCDocument, name: str) -> Iterator[Document | Failure]:
    """The document of a BioC record, after a failure for each annotation or relation not taken as it is."""
    curie = document_id(str(record.id), scheme="bioc") if record.id != "" else ""
    reader = _Reader(record)
    if not reader.layout.text.strip():
        yield Failure(name, "read", f"{name}: document {record.id}: expected text, found none", document=curie)
        return
    document = reader.document(curie, name)
    for problem in reader.layout.problems:
        yield Failure(name, "read", f"{name}: document {record.id}: {problem}", document=document.id)
    yield document


class _Reader:
    """One document while it is read: its layout, and its annotations by id and by concept."""

    def __init__(self, record: BioCDocument) -> None:
        self.record = record
        #: number of the passage of each piece
        self.passages: list[int] = []
        #: annotations with the piece that they stand in, None for those of the whole document
        self.annotations: list[tuple[BioCAnnotation, int | None]] = []
        self.relations = list(record.relations)
        self.layout = Layout(self._pieces())
        self.annotations += [(annotation, None) for annotation in record.annotations]
        self.by_id: dict[str, Mention] = {}
        self.index = ConceptIndex()

    def document(self, curie: str, name: str) -> Document:
        """The document; what could not be read is added to the layout's problems."""
        text = self.layout.text
        headings = Headings()
        blocks = [
            block
            for number, passage in enumerate(self.record.passages)
            for block in passage_blocks(passage.infons, self._passage_span(number), text, headings)
        ]
        title = next((text[block.span.start : block.span.end] for block in blocks if block.kind == "title"), "")
        mentions = unique_mentions(self._mentions())
        return Document(
            id=curie or content_id(text),
            text=text,
            title=" ".join(title.split()),
            metadata=_metadata(self.record, curie, name),
            blocks=tuple(blocks),
            cells=tuple(cell for block in blocks if block.kind == "table" for cell in table_cells(text, block)),
            mentions=tuple(mentions),
            relations=tuple(dict.fromkeys(self._relations())),
        )

    def _pieces(self) -> Iterator[Piece]:
        for number, passage in enumerate(self.record.passages):
            self.relations += passage.relations
            parts: list[BioCPassage | BioCSentence] = [passage] if passage.text else list(passage.sentences)
            if passage.text:
                # annotations of sentences beside a text of the passage stand in that text
                for sentence in passage.sentences:
                    self.relations += sentence.relations
                    self.annotations += [(annotation, len(self.passages)) for annotation in sentence.annotations]
            for position, part in enumerate(parts):
                if part is not passage:
                    self.relations += part.relations
                self.annotations += [(annotation, len(self.passages)) for annotation in part.annotations]
                self.passages.append(number)
                yield Piece(part.offset, _part_text(part), position > 0)
            if not passage.text and passage.annotations:
                self.annotations += [(annotation, None) for annotation in passage.annotations]

    def _passage_span(self, number: int) -> Span:
        spans = [span for span, of in zip(self.layout.spans, self.passages, strict=True) if of == number]
        return Span(spans[0].start, spans[-1].end) if spans else Span(0, 0)

    def _mentions(self) -> Iterator[Mention]:
        for annotation, piece in self.annotations:
            span = self._span(annotation, piece)
            if span is None:
                continue
            label = str(annotation.infons.get("type") or UNTYPED)
            field = _identifier_field(annotation.infons)
            mention = given_mention(span, label, field)
            self.by_id[str(annotation.id)] = mention
            self.index.add(mention, field)
            yield mention

    def _span(self, annotation: BioCAnnotation, piece: int | None) -> Span | None:
        locations = sorted(annotation.locations, key=lambda location: location.offset)
        if not locations:
            self._problem("annotation", annotation.id, "has no location")
            return None
        words = annotation.text or ""
        first, last = locations[0], locations[-1]
        if len(locations) > 1:
            self._problem("annotation", annotation.id, "is discontinuous; taken from its first to its last part")
            words = ""
        length = last.offset + last.length - first.offset
        span, problem = self.layout.locate(first.offset, length, words, piece)
        if problem:
            self._problem("annotation", annotation.id, problem)
        return span

    def _relations(self) -> Iterator[Relation]:
        for relation in self.relations:
            pair = self._arguments(relation)
            if isinstance(pair, str):
                self._problem("relation", relation.id, pair)
                continue
            predicate = next((str(relation.infons[key]) for key in PREDICATE_KEYS if relation.infons.get(key)), "")
            novel = NOVELTY.get(str(relation.infons.get("novel", "")).lower())
            yield given_relation(pair[0], predicate or UNTYPED_RELATION, pair[1], novel=novel)

    def _arguments(self, relation: BioCRelation) -> tuple[Mention, Mention] | str:
        """The two mentions of a relation, or why there are none."""
        if len(relation.nodes) != 2:
            return self._concept_arguments(relation)
        nodes = list(relation.nodes)
        if nodes[0].role.lower() in OBJECT_ROLES and nodes[1].role.lower() not in OBJECT_ROLES:
            nodes.reverse()
        missing = [str(node.refid) for node in nodes if str(node.refid) not in self.by_id]
        if missing:
            return f"no annotation {' and no '.join(missing)}"
        first, second = (self.by_id[str(node.refid)] for node in nodes)
        return "both nodes are the same mention" if first.id == second.id else (first, second)

    def _concept_arguments(self, relation: BioCRelation) -> tuple[Mention, Mention] | str:
        infons = relation.infons
        for subject_key, object_key in CONCEPT_PAIRS:
            if infons.get(subject_key) and infons.get(object_key):
                subject, object_ = (_concept_of(infons[key]) for key in (subject_key, object_key))
                return self.index.closest(subject, object_) or f"no two mentions of {subject} and {object_}"
        return f"expected 2 nodes or concepts, found {len(relation.nodes)}"

    def _problem(self, what: str, identifier: str | int | None, reason: str) -> None:
        self.layout.problems.append(f"{what} {identifier}: {reason}")


def _part_text(part: BioCPassage | BioCSentence) -> str:
    annotations = [
        (annotation.locations[0].offset, annotation.locations[0].length, annotation.text or "")
        for annotation in part.annotations
        if len(annotation.locations) == 1
    ]
    return best_text(part.text or "", part.offset, annotations)


def _identifier_field(infons: Infons) -> str:
    """All identifiers of an annotation in one field, with prefixes."""
    pieces: list[str] = []
    for key, value in infons.items():
        prefix = IDENTIFIERS.get(key.lower())
        if prefix is None or value in (None, ""):
            continue
        pieces += [piece if not prefix or ":" in piece else f"{prefix}:{piece}" for piece in _values(value, prefix)]
    return ",".join(pieces)


def _values(value: object, prefix: str) -> list[str]:
    if not prefix:
        return [str(value)]
    return [piece.strip() for piece in str(value).replace(";", ",").replace("|", ",").split(",") if piece.strip()]


def _concept_of(value: object) -> str:
    # PubTator 3 writes a record in JSON and "Disease|MESH:D003409" in XML, others the identifier alone
    if isinstance(value, dict):
        return str(value.get("identifier", ""))
    type_name, bar, identifier = str(value).partition("|")
    return identifier if bar and type_name.isalpha() and len(type_name) > 1 else str(value)


def _metadata(record: BioCDocument, curie: str, name: str) -> Metadata:
    first = record.passages[0].infons if record.passages else {}
    known = {key.lower(): str(value).strip() for key, value in {**first, **record.infons}.items() if value}
    year = known.get("year", "")
    return Metadata(
        source=name,
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
        journal=known.get("journal", ""),
        doi=known.get("article-id_doi", known.get("doi", "")),
        pmid=known.get("article-id_pmid", curie.removeprefix("PMID:") if curie.startswith("PMID:") else ""),
        pmcid=known.get("article-id_pmc", curie.removeprefix("PMC:") if curie.startswith("PMC:") else ""),
        licence=known.get("license", ""),
    )
