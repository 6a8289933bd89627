"""GraphML (http://graphml.graphdrawing.org): a directed graph whose parallel edges have identifiers of their own.

GraphML knows no lists: cross-references, synonyms and evidence are JSON arrays in a text. Control characters that XML
cannot hold become U+FFFD.
"""

from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import escape

from kgbuild.export.graph.attributes import (
    EDGE_ATTRIBUTES,
    NODE_ATTRIBUTES,
    edge_attributes,
    node_attributes,
    xml_attributes,
    xml_type,
    xml_value,
)
from kgbuild.export.graph.source import GraphSource

__all__ = ["FILES", "write"]

FILES: tuple[str, ...] = ()

_CARRIAGE_RETURN = {"\r": "&#13;"}  # which parsers would read as a newline

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'


def write(graph: GraphSource, path: Path) -> dict[str, int]:
    """Write one file; how many nodes and edges it holds."""
    counts = {"nodes": 0, "edges": 0}
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(_HEAD)
        for domain, attributes in (("node", NODE_ATTRIBUTES), ("edge", EDGE_ATTRIBUTES)):
            for name, kind in attributes.items():
                key = f'id="{domain}-{name}" for="{domain}" attr.name="{name}" attr.type="{xml_type(kind)}"'
                stream.write(f"<key {key}/>\n")
        stream.write('<graph id="kgbuild" edgedefault="directed">\n')
        for row in graph.rows("nodes"):
            _write(stream, "node", {"id": row["id"]}, node_attributes(row))
            counts["nodes"] += 1
        for edge in graph.edges():
            ends = {"id": edge.row["id"], "source": edge.row["subject"], "target": edge.row["object"]}
            _write(stream, "edge", ends, edge_attributes(edge))
            counts["edges"] += 1
        stream.write("</graph>\n</graphml>\n")
    return counts


def _write(stream: TextIO, element: str, names: dict[str, str], values: dict[str, Any]) -> None:
    data = "".join(
        f'<data key="{element}-{name}">{escape(xml_value(value), _CARRIAGE_RETURN)}</data>'
        for name, value in values.items()
        if value is not None
    )
    stream.write(f"<{element} {xml_attributes(names)}>{data}</{element}>\n")
