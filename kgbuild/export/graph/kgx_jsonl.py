"""KGX as JSON Lines: a node or an association a line, as `kgbuild.export.graph.kgx` makes them."""

from collections.abc import Iterable
from pathlib import Path

from kgbuild.export.graph.attributes import json_bytes
from kgbuild.export.graph.kgx import Record, associations, named_thing
from kgbuild.export.graph.source import GraphSource

__all__ = ["FILES", "write"]

FILES: tuple[str, ...] = ("nodes.jsonl", "edges.jsonl")


def write(graph: GraphSource, path: Path) -> dict[str, int]:
    """Write both files into the folder; how many lines each has."""
    return {
        "nodes": _write_lines(path / "nodes.jsonl", map(named_thing, graph.rows("nodes"))),
        "associations": _write_lines(path / "edges.jsonl", associations(graph)),
    }


def _write_lines(path: Path, records: Iterable[Record]) -> int:
    count = 0
    with path.open("wb") as stream:
        for record in records:
            stream.write(json_bytes(record) + b"\n")
            count += 1
    return count
