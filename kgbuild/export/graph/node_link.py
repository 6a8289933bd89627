"""Node-link JSON (https://networkx.org): a directed multigraph whose edges are keyed by their identifiers.

`networkx.node_link_graph` reads it; D3 takes the same form. Evidence is a list of objects at each edge.
"""

from pathlib import Path

from kgbuild.export.graph.attributes import edge_attributes, node_attributes, write_items
from kgbuild.export.graph.source import GraphSource

__all__ = ["FILES", "write"]

FILES: tuple[str, ...] = ()


def write(graph: GraphSource, path: Path) -> dict[str, int]:
    """Write one file; how many nodes and edges it holds."""
    with path.open("wb") as stream:
        stream.write(b'{"directed":true,"multigraph":true,"graph":{},"nodes":[')
        nodes = write_items(stream, ({"id": row["id"], **node_attributes(row)} for row in graph.rows("nodes")))
        stream.write(b'\n],"edges":[')
        edges = write_items(
            stream,
            (
                {
                    "source": edge.row["subject"],
                    "target": edge.row["object"],
                    "key": edge.row["id"],
                    **edge_attributes(edge),
                }
                for edge in graph.edges()
            ),
        )
        stream.write(b"\n]}\n")
    return {"nodes": nodes, "edges": edges}
