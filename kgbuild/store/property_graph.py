"""A graph as a labelled property graph: the labels, relationship types and properties of Ladybug and Neo4j.

Nodes are labelled by entity type, relationships by predicate in UPPER_SNAKE. Beside them stand ``(:Evidence)`` and
``(:Measurement)``, each ``-[:FROM_DOCUMENT]->(:Document)``; nodes are ``-[:MENTIONED_IN {count}]->(:Document)`` and
``-[:HAS_MEASUREMENT]->(:Measurement)``. `kgbuild.store.parts` gives what they hold.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa

from kgbuild.config import EvidenceForm
from kgbuild.errors import ConfigError
from kgbuild.schema import Schema
from kgbuild.tables import EDGES, NODES, SCHEMAS

__all__ = [
    "DOCUMENT_PROPERTIES",
    "EDGE_PROPERTIES",
    "LEXICAL",
    "NODE_PROPERTIES",
    "RENAMED",
    "NodeType",
    "RelationshipType",
    "lexical_labels",
    "node_types",
    "quoted",
    "relationship_type",
    "relationship_types",
]

#: columns of NODES that a node has as properties
NODE_PROPERTIES = (
    *("id", "name", "linked", "xrefs", "synonyms", "reduced_formula", "elements", "mention_count", "document_count"),
)
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
    *("si_value", "si_low", "si_high", "si_unit", "relation", "conditions"),
    *("start", "end", "text", "section", "table", "row", "column", "score"),
)

#: label that every graph has besides the schema's entity types -> its table, and the columns that are its properties
LEXICAL = {
    "Document": ("documents", DOCUMENT_PROPERTIES),
    "Evidence": ("evidence", EVIDENCE_PROPERTIES),
    "Measurement": ("measurements", MEASUREMENT_PROPERTIES),
}

NODE_COLUMNS = pa.schema([NODES.field(name) for name in NODE_PROPERTIES])
EDGE_COLUMNS = pa.schema([EDGES.field(name) for name in EDGE_PROPERTIES])

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class NodeType(NamedTuple):
    """A label and the properties of its nodes, `id` the first."""

    label: str
    properties: pa.Schema


class RelationshipType(NamedTuple):
    """A relationship type, the (start, end) labels that it joins, and its properties."""

    name: str
    pairs: tuple[tuple[str, str], ...]
    properties: pa.Schema


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


def lexical_labels(evidence: EvidenceForm) -> list[str]:
    """The labels besides entity types that a graph has with evidence in this form, documents first."""
    return [label for label in LEXICAL if evidence == "nodes" or label != "Evidence"]


def node_types(schema: Schema) -> Iterator[NodeType]:
    """All types of nodes that a graph of the schema may have: its entity types, then the lexical ones."""
    for label in sorted(schema.entities):
        yield NodeType(label, NODE_COLUMNS)
    for label, (table, names) in LEXICAL.items():
        fields = [SCHEMAS[table].field(name) for name in names]
        yield NodeType(label, pa.schema([_property(field) for field in fields]))


def relationship_types(schema: Schema) -> Iterator[RelationshipType]:
    """All types of relationships that a graph of the schema may have."""
    labels = sorted(schema.entities)
    for relation in schema.relations.values():
        yield RelationshipType(relationship_type(relation.name), tuple(relation.directed_pairs), EDGE_COLUMNS)
    nothing = pa.schema([])
    yield RelationshipType("FROM_DOCUMENT", (("Evidence", "Document"), ("Measurement", "Document")), nothing)
    counted = pa.schema([("count", pa.int64())])
    yield RelationshipType("MENTIONED_IN", tuple((label, "Document") for label in labels), counted)
    yield RelationshipType("HAS_MEASUREMENT", tuple((label, "Measurement") for label in labels), nothing)


def _property(field: pa.Field) -> pa.Field:
    type_ = pa.list_(pa.string()) if field.name == "conditions" else field.type
    return pa.field(RENAMED.get(field.name, field.name), type_)
