"""The answer to a query, and its three renderings: a table for people, JSON Lines and CSV for programs."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
from rich.cells import cell_len

from kgbuild.errors import QueryError

__all__ = ["Rows", "render_csv", "render_json", "render_table"]


class Rows(msgspec.Struct, frozen=True):
    """Column names, and rows of plain values (texts, numbers, None, lists, dictionaries) that are read once."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


def render_json(rows: Rows) -> Iterator[str]:
    """A JSON object a line, in which the columns keep their order; QueryError where two columns share a name."""
    twice = sorted(name for name, n in Counter(rows.columns).items() if n > 1)
    if twice:
        raise QueryError(
            f"an object holds a name once, but these columns stand twice: {', '.join(twice)}; rename with AS"
        )
    for row in rows.rows:
        yield json.dumps(dict(zip(rows.columns, row, strict=True)), ensure_ascii=False, default=str) + "\n"


def render_csv(rows: Rows) -> Iterator[str]:
    """A header and a line a row (RFC 4180 with plain newlines); lists and dictionaries as JSON, None as nothing.

    Numbers keep all their digits; a table for people shows six of them.
    """
    yield _csv_line(rows.columns)
    for row in rows.rows:
        yield _csv_line(tuple(repr(value) if isinstance(value, float) else _cell(value) for value in row))


def render_table(rows: Rows) -> Iterator[str]:
    """Columns aligned by their width on a terminal, numbers to the right. All rows are held in memory."""
    kept = list(rows.rows)
    table = [tuple(_cell(value).replace("\n", " ") for value in row) for row in kept]
    widths = [max(map(cell_len, column)) for column in zip(rows.columns, *table, strict=True)]
    numeric = [
        all(isinstance(row[index], int | float) or row[index] is None for row in kept) for index in range(len(widths))
    ]
    yield _aligned(rows.columns, widths, numeric)
    yield "  ".join("─" * width for width in widths) + "\n"
    for line in table:
        yield _aligned(line, widths, numeric)


def _aligned(cells: tuple[str, ...], widths: list[int], numeric: list[bool]) -> str:
    padded = []
    for cell, width, right in zip(cells, widths, numeric, strict=True):
        blanks = " " * (width - cell_len(cell))
        padded.append(blanks + cell if right else cell + blanks)
    return "  ".join(padded).rstrip() + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _csv_line(cells: tuple[str, ...]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(cells)
    return stream.getvalue()
