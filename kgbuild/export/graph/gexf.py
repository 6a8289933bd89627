"""GEXF 1.3 (https://gexf.net), for Gephi: labels are names and predicates, "not" before a predicate that papers deny.

Cross-references, synonyms and evidence are JSON arrays in a text, since lists of GEXF cannot hold every character.
Control characters that XML cannot hold become U+FFFD.
"""

from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import quoteattr

from kgbuild.export.graph.attributes import (
    EDGE_ATTRIBUTES,
    NODE_ATTRIBUTES,
    edge_attributes,
    edge_label,
    node_attributes,
    xml_attributes,
    xml_type,
    xml_value,
)
from kgbuild.export.graph.source import GraphSource

__all__ = ["FILES", "write"]

FILES: tuple[str, ...] = ()

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" version="1.3">\n'


def write(graph: GraphSource, path: Path) -> dict[str, int]:
    """Write one file; how many nodes and edges it holds."""
    counts = {"nodes": graph.count("nodes"), "edges": graph.count("edges")}
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(f'{_HEAD}<graph mode="static" defaultedgetype="directed">\n')
        for domain, attributes in (("node", NODE_ATTRIBUTES), ("edge", EDGE_ATTRIBUTES)):
            stream.write(f'<attributes class="{domain}">\n')
            for name, kind in attributes.items():
                stream.write(f'<attribute id="{name}" title="{name}" type="{xml_type(kind)}"/>\n')
            stream.write("</attributes>\n")
        stream.write(f'<nodes count="{counts["nodes"]}">\n')
        for row in graph.rows("nodes"):
            _write(stream, "node", {"id": row["id"], "label": row["name"]}, node_attributes(row))
        stream.write(f'</nodes>\n<edges count="{counts["edges"]}">\n')
        for edge in graph.edges():
            ends = {"id": edge.row["id"], "source": edge.row["subject"], "target": edge.row["object"]}
            names = {"kind": edge.row["predicate"], "label": edge_label(edge.row)}  # Gephi tells parallel edges by kind
            _write(stream, "edge", ends | names, edge_attributes(edge))
        stream.write("</edges>\n</graph>\n</gexf>\n")
    return counts


def _write(stream: TextIO, element: str, names: dict[str, str], values: dict[str, Any]) -> None:
    data = "".join(
        f'<attvalue for="{name}" value={quoteattr(xml_value(value))}/>'
        for name, value in values.items()
        if value is not None
    )
    stream.write(f"<{element} {xml_attributes(names)}><attvalues>{data}</attvalues></{element}>\n")
