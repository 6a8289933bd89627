"""What a node and an edge of a network file carry: the columns of their tables, and all evidence with the edge."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO
from xml.sax.saxutils import quoteattr

import msgspec
import pyarrow as pa

from kgbuild.export.graph.source import StatedEdge, is_denied
from kgbuild.tables import EDGES, NODES, Row

__all__ = [
    "EDGE_ATTRIBUTES",
    "NODE_ATTRIBUTES",
    "edge_attributes",
    "edge_label",
    "json_bytes",
    "json_text",
    "node_attributes",
    "write_items",
    "xml_attributes",
    "xml_type",
    "xml_value",
]

#: what a piece of evidence need not repeat, since it stands with its edge
_IN_EDGE = frozenset({"edge", "subject", "predicate", "object"})

_WORDS = {pa.string(): "string", pa.int64(): "long", pa.float64(): "double", pa.bool_(): "boolean"}

#: attribute -> string, long, double, boolean, strings or records; `id` and ends are no attributes
NODE_ATTRIBUTES: dict[str, str] = {
    field.name: _WORDS.get(field.type, "strings") for field in NODES if field.name != "id"
}
EDGE_ATTRIBUTES: dict[str, str] = {
    **{field.name: _WORDS[field.type] for field in EDGES if field.name not in ("id", "subject", "object")},
    "negated": "boolean",  # papers only deny it
    "evidence": "records",
}

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def node_attributes(row: Row) -> dict[str, Any]:
    """The attributes of a row of NODES."""
    return {name: row[name] for name in NODE_ATTRIBUTES}


def edge_attributes(edge: StatedEdge) -> dict[str, Any]:
    """The attributes of an edge; evidence as rows without what is empty."""
    attributes = {name: edge.row[name] for name in EDGE_ATTRIBUTES if name in edge.row}
    evidence = [
        {name: value for name, value in row.items() if name not in _IN_EDGE and value is not None}
        for row in edge.evidence
    ]
    return attributes | {"negated": edge.is_denied, "evidence": evidence}


def edge_label(edge: Row) -> str:
    """What is drawn on an edge: its predicate, or "not" and the predicate where papers only deny it."""
    return f"not {edge['predicate']}" if is_denied(edge) else str(edge["predicate"])


def json_bytes(value: object) -> bytes:
    """A value as JSON on one line, in UTF-8."""
    return msgspec.json.encode(value)


def json_text(value: object) -> str:
    """A value as JSON on one line."""
    return json_bytes(value).decode()


def write_items(stream: BinaryIO, items: Iterable[object]) -> int:
    """Write the items of a JSON array, one a line, without its brackets; how many they were."""
    count = 0
    for item in items:
        stream.write((b",\n" if count else b"\n") + json_bytes(item))
        count += 1
    return count


def xml_safe(text: str) -> str:
    r"""The text with U+FFFD for characters that XML cannot hold.

    >>> xml_safe("a\x0bb") == "a\ufffdb"
    True
    """
    return _NOT_XML.sub("\ufffd", text)


def xml_attributes(names: Mapping[str, str]) -> str:
    """The attributes of an element, quoted."""
    return " ".join(f"{key}={quoteattr(xml_safe(value))}" for key, value in names.items())


def xml_type(kind: str) -> str:
    """The type of an attribute in GraphML and GEXF; their texts hold lists as JSON."""
    return "string" if kind in ("strings", "records") else kind


def xml_value(value: object) -> str:
    """A value as these formats write it, not yet quoted or escaped."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return xml_safe(json_text(value) if isinstance(value, list) else str(value))
