"""The tables of a graph as CSV (RFC 4180, UTF-8), one file each, columns as in `kgbuild.tables`.

Lists are JSON arrays, truth is `true` or `false`, and what is not known is empty. `edges.csv` has one column more:
`negated`, whether papers only deny the edge.
"""

import csv
from pathlib import Path
from typing import Any

from kgbuild.export.graph.attributes import json_text
from kgbuild.export.graph.source import GraphSource, is_denied
from kgbuild.tables import SCHEMAS, Row

__all__ = ["FILES", "write"]

FILES: tuple[str, ...] = tuple(f"{name}.csv" for name in SCHEMAS)


def write(graph: GraphSource, path: Path) -> dict[str, int]:
    """Write a file for each table into the folder; how many rows each has."""
    return {name: _write_table(graph, name, path / f"{name}.csv") for name in SCHEMAS}


def _write_table(graph: GraphSource, name: str, path: Path) -> int:
    columns = [*SCHEMAS[name].names, *(["negated"] if name == "edges" else [])]
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        for row in graph.rows(name):
            values: Row = row | {"negated": is_denied(row)} if name == "edges" else row
            writer.writerow([_text(values[column]) for column in columns])
            count += 1
    return count


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json_text(value) if isinstance(value, list) else str(value)
