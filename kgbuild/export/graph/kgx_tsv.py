"""KGX as TSV: columns are the slots of `kgbuild.export.graph.kgx`, lists are joined by "|".

The format knows no escapes: in plain values tabs and line ends become blanks, and in items of a list "|" becomes "¦".
`has_supporting_studies` is JSON with such characters escaped and loses nothing.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kgbuild.export.graph.attributes import json_text
from kgbuild.export.graph.kgx import ASSOCIATION, NAMED_THING, Record, associations, named_thing
from kgbuild.export.graph.source import GraphSource

__all__ = ["FILES", "write"]

FILES: tuple[str, ...] = ("nodes.tsv", "edges.tsv")

_BLANKS = {ord(character): " " for character in "\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"}
#: JSON leaves these as they are, and some readers take them for line ends
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "\x85\u2028\u2029"}


def write(graph: GraphSource, path: Path) -> dict[str, int]:
    """Write both files into the folder; how many records each has."""
    return {
        "nodes": _write_table(path / "nodes.tsv", NAMED_THING, map(named_thing, graph.rows("nodes"))),
        "associations": _write_table(path / "edges.tsv", ASSOCIATION, associations(graph)),
    }


def _write_table(path: Path, columns: tuple[str, ...], records: Iterable[Record]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("\t".join(columns) + "\n")
        for record in records:
            stream.write("\t".join(_text(record[column]) for column in columns) + "\n")
            count += 1
    return count


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return json_text(value).replace("|", "\\u007c").translate(_ESCAPES)
    if isinstance(value, list):
        return "|".join(str(item).translate(_BLANKS).replace("|", "¦") for item in value)
    return str(value).translate(_BLANKS)
