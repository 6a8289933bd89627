"""CX2, the exchange format of NDEx and Cytoscape (https://cytoscape.org/cx/cx2/specification/cytoscape-exchange-format-specification-(version-2)/).

CX2 counts nodes and edges from 0; `represents` holds our identifiers. A piece of evidence is a JSON object in a text,
since attributes cannot nest.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from kgbuild.export.graph.attributes import (
    EDGE_ATTRIBUTES,
    NODE_ATTRIBUTES,
    edge_attributes,
    edge_label,
    json_bytes,
    json_text,
    node_attributes,
    write_items,
)
from kgbuild.export.graph.source import GraphSource

__all__ = ["FILES", "write"]

FILES: tuple[str, ...] = ()

_TYPES = {"strings": "list_of_string", "records": "list_of_string"}


def write(graph: GraphSource, path: Path) -> dict[str, int]:
    """Write one file; how many nodes and edges it holds."""
    places: dict[str, int] = {}
    counts = {name: graph.count(name) for name in ("nodes", "edges")}
    with path.open("wb") as stream:
        stream.write(b'[{"CXVersion":"2.0","hasFragments":false},\n')
        elements = {"attributeDeclarations": 1, **counts}
        described = [{"elementCount": n, "name": name} for name, n in elements.items()]
        stream.write(json_bytes({"metaData": described}) + b",\n")
        stream.write(json_bytes({"attributeDeclarations": [_declarations()]}) + b",\n")
        _write_aspect(stream, "nodes", _nodes(graph, places))
        _write_aspect(stream, "edges", _edges(graph, places))
        stream.write(b'{"status":[{"error":"","success":true}]}]\n')
    return counts


def _write_aspect(stream: BinaryIO, name: str, items: Iterator[dict[str, Any]]) -> None:
    stream.write(b'{"%s":[' % name.encode())
    write_items(stream, items)
    stream.write(b"\n]},\n")


def _declarations() -> dict[str, dict[str, dict[str, str]]]:
    added = {"nodes": ("represents",), "edges": ("represents", "interaction")}
    return {
        name: {key: {"d": "string"} for key in added[name]}
        | {key: {"d": _TYPES.get(kind, kind)} for key, kind in attributes.items()}
        for name, attributes in (("nodes", NODE_ATTRIBUTES), ("edges", EDGE_ATTRIBUTES))
    }


def _nodes(graph: GraphSource, places: dict[str, int]) -> Iterator[dict[str, Any]]:
    for place, row in enumerate(graph.rows("nodes")):
        places[row["id"]] = place
        yield {"id": place, "v": {"represents": row["id"], **node_attributes(row)}}


def _edges(graph: GraphSource, places: dict[str, int]) -> Iterator[dict[str, Any]]:
    for place, edge in enumerate(graph.edges()):
        values = edge_attributes(edge)
        values["evidence"] = [json_text(row) for row in values["evidence"]]
        names = {"represents": edge.row["id"], "interaction": edge_label(edge.row)}
        yield {
            "id": place,
            "s": places[edge.row["subject"]],
            "t": places[edge.row["object"]],
            "v": names | values,
        }
