"""The tables of a graph: their columns, one function that makes a row for each record, and the set of all of them.

Assembly makes them, `kgbuild.store` writes them as Parquet, and every store, query and export is made from them.
Offsets are half-open code points of the document's text; scores lie in [0, 1]. Every table is sorted by its `id`,
which is unique.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from kgbuild.document import Document, Failure, Measurement, Span, content_hash
from kgbuild.formula import Composition
from kgbuild.graph import Edge, Evidence, Node, Triple

__all__ = [
    "DOCUMENTS",
    "EDGES",
    "EVIDENCE",
    "MEASUREMENTS",
    "MENTIONS",
    "NODES",
    "SCHEMAS",
    "Row",
    "Tables",
    "document_row",
    "edge_row",
    "evidence_from_row",
    "evidence_row",
    "measurement_row",
    "mention_row",
    "node_from_row",
    "node_row",
]

Row = dict[str, Any]

_TEXT = pa.large_string()  # 2 GiB is too little for the sentences of a million papers
_NAMES = pa.list_(pa.string())

NODES = pa.schema(
    [
        ("id", pa.string()),  # CURIE, or kgb: identifier of an unlinked name
        ("name", pa.string()),
        ("type", pa.string()),  # entity type of the schema
        ("category", pa.string()),  # Biolink class
        ("linked", pa.bool_()),
        ("xrefs", _NAMES),
        ("synonyms", _NAMES),
        ("reduced_formula", pa.string()),  # of a substance that has a formula among its names, else ""
        ("elements", _NAMES),  # their symbols
        ("mention_count", pa.int64()),
        ("document_count", pa.int64()),
    ]
)

EDGES = pa.schema(
    [
        ("id", pa.string()),
        ("subject", pa.string()),
        ("predicate", pa.string()),  # relation type of the schema
        ("object", pa.string()),
        ("belief", pa.float64()),
        ("evidence_count", pa.int64()),
        ("documents", pa.int64()),  # how many documents speak of it, for or against
        ("negated_count", pa.int64()),
        ("speculated_count", pa.int64()),
        ("biolink_predicate", pa.string()),
    ]
)

EVIDENCE = pa.schema(
    [
        ("id", pa.string()),
        ("edge", pa.string()),
        ("subject", pa.string()),
        ("predicate", pa.string()),
        ("object", pa.string()),
        ("kind", pa.string()),
        ("document", pa.string()),
        ("section", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("subject_start", pa.int64()),  # these four may be null in an import
        ("subject_end", pa.int64()),
        ("object_start", pa.int64()),
        ("object_end", pa.int64()),
        ("text", _TEXT),
        ("agent", pa.string()),
        ("revision", pa.string()),
        ("raw", pa.float64()),
        ("calibrated", pa.float64()),
        ("polarity", pa.string()),
        ("modality", pa.string()),
        ("novel", pa.bool_()),
        ("table", pa.int64()),
        ("row", pa.int64()),
        ("column", pa.int64()),
    ]
)

MENTIONS = pa.schema(
    [
        ("id", pa.string()),
        ("node", pa.string()),
        ("document", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("text", _TEXT),
        ("type", pa.string()),  # as typed, or as an unlinked name's others in its document; the node's may differ
        ("section", pa.string()),
        ("score", pa.float64()),
        ("link_score", pa.float64()),
        ("negated", pa.bool_()),
        ("uncertain", pa.bool_()),
    ]
)

DOCUMENTS = pa.schema(
    [
        ("id", pa.string()),
        ("title", pa.string()),
        ("year", pa.int64()),
        ("journal", pa.string()),
        ("doi", pa.string()),
        ("pmid", pa.string()),
        ("pmcid", pa.string()),
        ("retracted", pa.bool_()),
        ("licence", pa.string()),  # its link, else its words, or ""
        ("length", pa.int64()),  # characters of its text
        ("source", pa.string()),
        ("format", pa.string()),
    ]
)

MEASUREMENTS = pa.schema(
    [
        ("id", pa.string()),
        ("document", pa.string()),
        ("subject", pa.string()),  # node, or "" where none is named
        ("subject_text", pa.string()),
        ("property", pa.string()),  # node or CURIE, or ""
        ("property_text", pa.string()),
        ("property_type", pa.string()),  # property of the schema, or ""
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("uncertainty", pa.float64()),
        ("unit", pa.string()),  # UCUM
        ("si_value", pa.float64()),
        ("si_low", pa.float64()),
        ("si_high", pa.float64()),
        ("si_unit", pa.string()),
        ("relation", pa.string()),  # = < > ~
        ("conditions", pa.list_(pa.struct([("name", pa.string()), ("value", pa.string())]))),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("text", _TEXT),
        ("section", pa.string()),
        ("table", pa.int64()),
        ("row", pa.int64()),
        ("column", pa.int64()),
        ("score", pa.float64()),
    ]
)

#: file name without ending -> columns
SCHEMAS: dict[str, pa.Schema] = {
    "nodes": NODES,
    "edges": EDGES,
    "evidence": EVIDENCE,
    "mentions": MENTIONS,
    "documents": DOCUMENTS,
    "measurements": MEASUREMENTS,
}


class Tables(msgspec.Struct, frozen=True):
    """A graph as tables, with what was rejected on the way and the counts in and out."""

    nodes: pa.Table
    edges: pa.Table
    evidence: pa.Table
    mentions: pa.Table
    documents: pa.Table
    measurements: pa.Table
    failures: tuple[Failure, ...] = ()
    counts: dict[str, int] = {}


def node_row(node: Node, category: str) -> Row:
    """Row of NODES; `category` is the Biolink class of the node's type."""
    return {
        "id": node.id,
        "name": node.name,
        "type": node.type,
        "category": category,
        "linked": node.linked,
        "xrefs": list(node.xrefs),
        "synonyms": list(node.synonyms),
        "reduced_formula": node.composition.reduced_formula,
        "elements": list(node.composition.elements),
        "mention_count": node.mention_count,
        "document_count": node.document_count,
    }


def node_from_row(row: Row) -> Node:
    """The node that a row of NODES holds."""
    fields = {name: row[name] for name in ("id", "name", "type", "linked", "mention_count", "document_count")}
    composition = Composition(row["reduced_formula"], tuple(row["elements"]))
    return Node(**fields, xrefs=tuple(row["xrefs"]), synonyms=tuple(row["synonyms"]), composition=composition)


def edge_row(edge: Edge, biolink_predicate: str) -> Row:
    """Row of EDGES."""
    return {
        "id": edge.triple.id,
        "subject": edge.triple.subject,
        "predicate": edge.triple.predicate,
        "object": edge.triple.object,
        "belief": edge.belief,
        "evidence_count": len(edge.evidence),
        "documents": len(edge.documents),
        "negated_count": sum(item.polarity == "negated" for item in edge.evidence),
        "speculated_count": sum(item.modality == "speculated" for item in edge.evidence),
        "biolink_predicate": biolink_predicate,
    }


def evidence_row(item: Evidence) -> Row:
    """Row of EVIDENCE."""
    return {
        "id": item.id,
        "edge": item.triple.id,
        "subject": item.triple.subject,
        "predicate": item.triple.predicate,
        "object": item.triple.object,
        "kind": item.kind,
        "document": item.document,
        "section": item.section,
        "start": item.span.start,
        "end": item.span.end,
        **_ends(item, "subject"),
        **_ends(item, "object"),
        "text": item.text,
        "agent": item.agent,
        "revision": item.revision,
        "raw": item.raw,
        "calibrated": item.calibrated,
        "polarity": item.polarity,
        "modality": item.modality,
        "novel": item.novel,
        "table": item.table,
        "row": item.row,
        "column": item.column,
    }


def evidence_from_row(row: Row) -> Evidence:
    """The evidence that a row of EVIDENCE holds."""
    return Evidence(
        triple=Triple(row["subject"], row["predicate"], row["object"]),
        kind=row["kind"],
        document=row["document"],
        section=row["section"],
        span=Span(row["start"], row["end"]),
        subject_span=_span(row, "subject"),
        object_span=_span(row, "object"),
        text=row["text"],
        agent=row["agent"],
        revision=row["revision"],
        raw=row["raw"],
        calibrated=row["calibrated"],
        polarity=row["polarity"],
        modality=row["modality"],
        novel=row["novel"],
        table=row["table"],
        row=row["row"],
        column=row["column"],
    )


def mention_row(
    *,
    node: str,
    document: str,
    span: Span,
    text: str,
    type: str,
    section: str,
    score: float,
    link_score: float,
    negated: bool,
    uncertain: bool,
) -> Row:
    """Row of MENTIONS: one for each node that a mention names."""
    return {
        "id": "kgb:mention-" + content_hash(document, f"{span.start}-{span.end}", type, node),
        "node": node,
        "document": document,
        "start": span.start,
        "end": span.end,
        "text": text,
        "type": type,
        "section": section,
        "score": score,
        "link_score": link_score,
        "negated": negated,
        "uncertain": uncertain,
    }


def document_row(document: Document) -> Row:
    """Row of DOCUMENTS."""
    metadata = document.metadata
    return {
        "id": document.id,
        "title": document.title,
        "year": metadata.year,
        "journal": metadata.journal,
        "doi": metadata.doi,
        "pmid": metadata.pmid,
        "pmcid": metadata.pmcid,
        "retracted": metadata.retracted,
        "licence": metadata.licence,
        "length": len(document.text),
        "source": metadata.source,
        "format": metadata.format,
    }


def measurement_row(
    measurement: Measurement,
    *,
    document: str,
    subject: str,
    subject_text: str,
    property: str,
    property_text: str,
    property_type: str,
    text: str,
    section: str,
    cell: Sequence[int | None],
) -> Row:
    """Row of MEASUREMENTS; `cell` is table, row and column, or three times None."""
    quantity = measurement.quantity
    place = f"{measurement.span.start}-{measurement.span.end}"
    content = repr((measurement.subject, measurement.property, quantity, measurement.conditions))
    return {
        "id": "kgb:measurement-" + content_hash(document, place, subject, property, content),
        "document": document,
        "subject": subject,
        "subject_text": subject_text,
        "property": property,
        "property_text": property_text,
        "property_type": property_type,
        "value": quantity.value,
        "low": quantity.low,
        "high": quantity.high,
        "uncertainty": quantity.uncertainty,
        "unit": quantity.unit,
        "si_value": quantity.si_value,
        "si_low": quantity.si_low,
        "si_high": quantity.si_high,
        "si_unit": quantity.si_unit,
        "relation": quantity.relation,
        "conditions": _pairs(measurement.conditions),
        "start": measurement.span.start,
        "end": measurement.span.end,
        "text": text,
        "section": section,
        "table": cell[0],
        "row": cell[1],
        "column": cell[2],
        "score": measurement.score,
    }


def _ends(item: Evidence, end: str) -> Row:
    span = item.subject_span if end == "subject" else item.object_span
    return {f"{end}_start": None if span is None else span.start, f"{end}_end": None if span is None else span.end}


def _span(row: Row, end: str) -> Span | None:
    return None if row[f"{end}_start"] is None else Span(row[f"{end}_start"], row[f"{end}_end"])


def _pairs(conditions: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in conditions]
