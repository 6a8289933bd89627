"""Cytoscape.js elements (https://js.cytoscape.org/#notation/elements-json), which Cytoscape and networkx read too.

The classes of an element are its type or predicate, and `negated` where papers only deny an edge, for style sheets.
"""

from pathlib import Path
from typing import Any

from kgbuild.export.graph.attributes import edge_attributes, edge_label, node_attributes, write_items
from kgbuild.export.graph.source import GraphSource, StatedEdge
from kgbuild.tables import Row

__all__ = ["FILES", "write"]

FILES: tuple[str, ...] = ()


def write(graph: GraphSource, path: Path) -> dict[str, int]:
    """Write one file; how many nodes and edges it holds."""
    with path.open("wb") as stream:
        stream.write(b'{"data":{},"directed":true,"multigraph":true,"elements":{"nodes":[')
        nodes = write_items(stream, map(_node, graph.rows("nodes")))
        stream.write(b'\n],"edges":[')
        edges = write_items(stream, map(_edge, graph.edges()))
        stream.write(b"\n]}}\n")
    return {"nodes": nodes, "edges": edges}


def _node(row: Row) -> dict[str, Any]:
    # networkx finds a node by its "value"
    return {"data": {"id": row["id"], "value": row["id"], **node_attributes(row)}, "classes": row["type"]}


def _edge(edge: StatedEdge) -> dict[str, Any]:
    ends = {"source": edge.row["subject"], "target": edge.row["object"]}
    # networkx keeps parallel edges apart by "key"
    names = {"id": edge.row["id"], "key": edge.row["id"], "label": edge_label(edge.row)}
    classes = f"{edge.row['predicate']} negated" if edge.is_denied else edge.row["predicate"]
    return {"data": {**names, **ends, **edge_attributes(edge)}, "classes": classes}
