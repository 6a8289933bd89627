"""Rows of delimited text in which a quote mark may open a cell (RFC 4180), or be an inch, a ditto or half a pair.

A quote that opens a cell counts as such when it is closed before a delimiter or the end of a line, on this line or a
later one. Where lines that a cell would swallow are rows by themselves, and for every other quote, it is read as text.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kgbuild.errors import ReadError

__all__ = ["DelimitedRow", "split_rows"]

LARGEST_FIELD = 10_000_000
#: A cell of so many lines, each of which would be a row, is none, although commas may stand in the text of a cell.
SUSPICIOUS_LINES = 10
#: share of the lines that must be rows by themselves
MOST = 0.8
#: stands for a quote that is text while the csv module splits a line; a noncharacter, which no text holds
_LITERAL = "\ufdd0"


class DelimitedRow(NamedTuple):
    """Cells, the number of the last line they come from, and whether a quote mark was taken for text in them."""

    line: int
    cells: list[str]
    has_stray_quote: bool = False


def split_rows(text: str, delimiter: str, *, n_columns: int = 0) -> Iterator[DelimitedRow]:
    r"""The rows of the text; `n_columns` is how many cells they usually have, 0 where that is not known.

    >>> [row.cells for row in split_rows('a,"b\nc"\nd,"e\n', ",", n_columns=2)]
    [['a', 'b\nc'], ['d', '"e']]
    """
    csv.field_size_limit(LARGEST_FIELD)
    lines = list(io.StringIO(text, newline=""))
    place = 0
    while place < len(lines):
        row, n_lines = _next_row(lines, place, delimiter, n_columns)
        yield row
        place += n_lines


def _next_row(lines: Sequence[str], place: int, delimiter: str, n_columns: int) -> tuple[DelimitedRow, int]:
    """The row that begins on a line, and how many lines it takes."""
    cells, n_lines = _quoted(lines, place, delimiter) if '"' in lines[place] else ([], 1)
    if cells and not _are_rows(lines[place : place + n_lines], cells, delimiter, n_columns):
        return DelimitedRow(place + n_lines, cells), n_lines
    return _literal_row(lines[place], place, delimiter), 1


def _quoted(lines: Sequence[str], place: int, delimiter: str) -> tuple[list[str], int]:
    """The cells as RFC 4180 has them, from as many lines as they take; none where quotes do not stand as it has it."""
    following = map(lines.__getitem__, range(place, len(lines)))
    reader = csv.reader(following, delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        return next(reader), reader.line_num
    except csv.Error:
        return [], 0


def _are_rows(lines: Sequence[str], cells: list[str], delimiter: str, n_columns: int) -> bool:
    """Whether lines that could be one row with these cells are a row each, of the usual number of columns."""
    if len(lines) == 1 or not n_columns:
        return False
    filled = [line for line in lines if line.strip()]
    usual = sum(len(_literal_row(line, 0, delimiter).cells) == n_columns for line in filled)
    if usual < MOST * len(filled):
        return False
    return len(cells) != n_columns or len(filled) >= SUSPICIOUS_LINES or any(_is_swallowed(c, delimiter) for c in cells)


def _is_swallowed(cell: str, delimiter: str) -> bool:
    """Whether a cell of several lines looks like the end of one row to the beginning of another: it holds tabs, or what
    closes it follows a delimiter, as what opens a cell does.
    """
    if "\n" not in cell and "\r" not in cell:
        return False
    return (delimiter == "\t" and delimiter in cell) or cell.rstrip(" ").endswith(delimiter)


def _literal_row(line: str, place: int, delimiter: str) -> DelimitedRow:
    """The row of one line, in which a quote that opens a cell without closing it is text."""
    if '"' not in line:
        return DelimitedRow(place + 1, _split(line, delimiter, place))
    closed = re.compile(rf' *"(?:[^"]|"")*" *(?={re.escape(delimiter)}|[\r\n]|$)')
    parts, start = [], 0
    while start < len(line):
        match = closed.match(line, start)
        stop = line.find(delimiter, match.end() if match else start)
        stop = len(line) if stop < 0 else stop + 1
        parts.append(line[start:stop] if match else line[start:stop].replace('"', _LITERAL))
        start = stop
    masked = "".join(parts)
    cells = [cell.replace(_LITERAL, '"') for cell in _split(masked, delimiter, place)]
    return DelimitedRow(place + 1, cells, has_stray_quote=_LITERAL in masked)


def _split(line: str, delimiter: str, place: int) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:
        raise ReadError(f"line {place + 1}: {error}; expected cells of at most {LARGEST_FIELD} characters") from error
