"""A graph's tables as a labelled property graph: what Ladybug and Neo4j are loaded with, part by part.

Nodes are labelled by entity type, relationships by predicate in UPPER_SNAKE. Beside them stand ``(:Evidence)`` and
``(:Measurement)``, each ``-[:FROM_DOCUMENT]->(:Document)``; nodes are ``-[:MENTIONED_IN {count}]->(:Document)`` and
``-[:HAS_MEASUREMENT]->(:Measurement)``.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kgbuild.errors import ConfigError
from kgbuild.schema import Schema
from kgbuild.tables import EDGES, Tables

__all__ = [
    "LEXICAL_LABELS",
    "NodePart",
    "RelationshipPart",
    "RelationshipType",
    "node_parts",
    "quoted",
    "relationship_parts",
    "relationship_type",
    "relationship_types",
]

#: labels that every graph has besides the schema's entity types
LEXICAL_LABELS = ("Document", "Evidence", "Measurement")

#: columns of NODES that a node has as properties
NODE_PROPERTIES = ("id", "name", "linked", "xrefs", "synonyms", "mention_count", "document_count")
EDGE_PROPERTIES = (
    *("id", "belief", "evidence_count", "documents", "negated_count", "speculated_count", "biolink_predicate"),
)
DOCUMENT_PROPERTIES = ("id", "title", "year", "journal", "doi", "pmid", "pmcid", "retracted")

#: properties not called as their column is: END and TABLE are words of Cypher; the calibrated score is *the* score
RENAMED = {
    "start": "start_offset",
    "end": "end_offset",
    "table": "table_number",
    "row": "table_row",
    "column": "table_column",
    "calibrated": "score",
}

#: what `edge` and FROM_DOCUMENT say is left out
EVIDENCE_PROPERTIES = (
    *("id", "edge", "kind", "text", "section", "start", "end"),
    *("subject_start", "subject_end", "object_start", "object_end"),
    *("polarity", "modality", "novel", "calibrated", "raw", "agent", "revision", "table", "row", "column"),
)
MEASUREMENT_PROPERTIES = (
    *("id", "property", "property_text", "property_type", "value", "low", "high", "uncertainty", "unit"),
    *("si_value", "si_unit", "relation", "conditions", "start", "end", "text", "section", "table", "row", "column"),
    "score",
)

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class NodePart(NamedTuple):
    """Nodes of one label; the table's columns are their properties, `id` the first."""

    label: str
    table: pa.Table


class RelationshipType(NamedTuple):
    """A relationship type, the (start, end) labels that it joins, and its properties."""

    name: str
    pairs: tuple[tuple[str, str], ...]
    properties: pa.Schema


class RelationshipPart(NamedTuple):
    """Relationships of one type between two labels; columns `from` and `to` hold the ends, the others properties."""

    type: str
    start: str
    end: str
    table: pa.Table


def relationship_type(predicate: str) -> str:
    """A predicate as a relationship type.

    >>> relationship_type("DIRECT-REGULATOR"), relationship_type("has_value")
    ('DIRECT_REGULATOR', 'HAS_VALUE')
    """
    return predicate.replace("-", "_").upper()


def quoted(name: str) -> str:
    """A label, type or property between backticks; ConfigError for what could end the quotes and inject Cypher."""
    if not _IDENTIFIER.fullmatch(name):
        raise ConfigError(f"expected a name of letters, digits and _ for a label or relationship type, found {name!r}")
    return f"`{name}`"


def node_parts(tables: Tables, labels: Iterable[str]) -> Iterator[NodePart]:
    """All nodes: a part for each of these entity types, then the lexical ones; some may be empty."""
    for label in labels:
        of_label = tables.nodes.filter(pc.equal(tables.nodes["type"], label))
        yield NodePart(label, of_label.select(NODE_PROPERTIES))
    yield NodePart("Document", tables.documents.select(DOCUMENT_PROPERTIES))
    yield NodePart("Evidence", _renamed(tables.evidence.select(EVIDENCE_PROPERTIES)))
    measurements = _with_condition_texts(tables.measurements.select(MEASUREMENT_PROPERTIES))
    yield NodePart("Measurement", _renamed(measurements))


def relationship_types(schema: Schema) -> Iterator[RelationshipType]:
    """All types that a graph of the schema may have."""
    labels = sorted(schema.entities)
    edge_properties = pa.schema([EDGES.field(name) for name in EDGE_PROPERTIES])
    for relation in schema.relations.values():
        yield RelationshipType(relationship_type(relation.name), tuple(relation.directed_pairs), edge_properties)
    nothing = pa.schema([])
    yield RelationshipType("FROM_DOCUMENT", (("Evidence", "Document"), ("Measurement", "Document")), nothing)
    counted = pa.schema([("count", pa.int64())])
    yield RelationshipType("MENTIONED_IN", tuple((label, "Document") for label in labels), counted)
    yield RelationshipType("HAS_MEASUREMENT", tuple((label, "Measurement") for label in labels), nothing)


def relationship_parts(tables: Tables) -> Iterator[RelationshipPart]:
    """All relationships, by type and labels."""
    types = dict(zip(*(tables.nodes[name].to_pylist() for name in ("id", "type")), strict=True))
    yield from _edges(tables.edges, types)
    for label, table in (("Evidence", tables.evidence), ("Measurement", tables.measurements)):
        yield RelationshipPart("FROM_DOCUMENT", label, "Document", _ends(table, "id", "document"))
    yield from _mentions(tables.mentions, types)
    named = tables.measurements.filter(pc.not_equal(tables.measurements["subject"], ""))
    ends = _ends(named, "subject", "id")
    for (label,), part in _grouped(ends, [types[node] for node in ends["from"].to_pylist()]):
        yield RelationshipPart("HAS_MEASUREMENT", label, "Measurement", part)


def _edges(edges: pa.Table, types: dict[str, str]) -> Iterator[RelationshipPart]:
    table = pa.table({**_columns(_ends(edges, "subject", "object")), **_columns(edges.select(EDGE_PROPERTIES))})
    for (predicate, start, end), part in _grouped(
        table,
        edges["predicate"].to_pylist(),
        [types[node] for node in edges["subject"].to_pylist()],
        [types[node] for node in edges["object"].to_pylist()],
    ):
        yield RelationshipPart(relationship_type(predicate), start, end, part)


def _mentions(mentions: pa.Table, types: dict[str, str]) -> Iterator[RelationshipPart]:
    counted = mentions.group_by(["node", "document"]).aggregate([([], "count_all")])
    counted = counted.sort_by([("node", "ascending"), ("document", "ascending")])
    counted = counted.select(["node", "document", "count_all"]).rename_columns(["from", "to", "count"])
    for (label,), part in _grouped(counted, [types[node] for node in counted["from"].to_pylist()]):
        yield RelationshipPart("MENTIONED_IN", label, "Document", part)


def _renamed(table: pa.Table) -> pa.Table:
    return table.rename_columns([RENAMED.get(name, name) for name in table.column_names])


def _columns(table: pa.Table) -> dict[str, pa.ChunkedArray]:
    return dict(zip(table.column_names, table.columns, strict=True))


def _ends(table: pa.Table, start: str, end: str) -> pa.Table:
    return pa.table({"from": table[start], "to": table[end]})


def _with_condition_texts(measurements: pa.Table) -> pa.Table:
    """Conditions as texts, "temperature = 25 °C"."""
    texts = [
        [f"{condition['name']} = {condition['value']}" for condition in conditions]
        for conditions in measurements["conditions"].to_pylist()
    ]
    index = measurements.column_names.index("conditions")
    return measurements.set_column(index, "conditions", pa.array(texts, pa.list_(pa.string())))


def _grouped(table: pa.Table, *keys: list[str]) -> Iterator[tuple[tuple[str, ...], pa.Table]]:
    """The rows of each distinct combination of keys, in the order of the keys."""
    places: dict[tuple[str, ...], list[int]] = {}
    for index, key in enumerate(zip(*keys, strict=True)):
        places.setdefault(key, []).append(index)
    for key in sorted(places):
        yield key, table.take(pa.array(places[key], pa.int64()))
