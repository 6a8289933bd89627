"""Delimited tables (comma, tab, semicolon, bar, blanks) with what stands around them: captions, rules, notes.

One file is one document, its tables separated by a line of stars or by blank lines where the number of columns changes.
The file's name is its title, and no part of its text: nothing in it is told.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec

from kgbuild.document import Document, Failure
from kgbuild.errors import ReadError
from kgbuild.read.decode import decode_text, is_textual
from kgbuild.read.flat_table import MOST_ROWS, build_document, sort_rows
from kgbuild.read.layout import CellSpec, TextBuilder
from kgbuild.read.quoting import DelimitedRow, split_rows

__all__ = ["read", "sniff"]

DELIMITERS = ("\t", ",", ";", "|", " ")
ENDINGS = (".csv", ".tsv", ".tab")
SAMPLE_LINES = 200
#: cells longer than this on average are sentences that happen to hold commas
LONGEST_CELL = 40

_Row = tuple[int, list[str]]


class _Sample(msgspec.Struct, frozen=True, order=True):
    """How well a delimiter cuts the first lines: the share of them with the usual number of columns, and that."""

    share: float
    n_columns: int
    delimiter: str


def sniff(head: bytes, name: str) -> bool:
    """Whether it is text named as a table, or whose lines are cut into equally many short cells by one delimiter."""
    if not is_textual(head):
        return False
    if name.lower().endswith(ENDINGS):
        return True
    if name.lower().endswith((".md", ".markdown")):
        return False
    lines = _sample_lines(decode_text(head)[0])
    if len(lines) < 3:
        return False
    best = _best_delimiter(lines)
    if best is None or best.delimiter == " ":
        return False
    if best.delimiter == "\t":
        return best.share > 0.4
    cell_length = sum(map(len, lines)) / (len(lines) * best.n_columns)
    return best.share > 0.9 and best.n_columns > 2 and cell_length < LONGEST_CELL


def read(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The one document of the file; repairs, long rows and rows beyond the limit are failures."""
    text, notes = decode_text(stream.read())
    lines = _sample_lines(text)
    if not lines:
        raise ReadError(f"{name}: expected a table, found only blanks")
    best = _best_delimiter(lines)
    rows, assumed = _rows(text, best)
    notes += assumed
    builder = TextBuilder()
    for part in _parts(rows):
        notes += _add_table(builder, part)
    for note in notes:
        yield Failure(name, "read", f"{name}: {note}")
    yield build_document(builder, name)


def _sample_lines(text: str) -> list[str]:
    return [line for line in text[:100_000].split("\n") if line.strip()][:SAMPLE_LINES]


def _best_delimiter(lines: list[str]) -> _Sample | None:
    samples = [sample for delimiter in DELIMITERS if (sample := _try(lines, delimiter)) is not None]
    wide = [sample for sample in samples if sample.delimiter != " "]
    # blanks also stand between words: only where nothing else cuts, and every line alike
    found = [sample for sample in wide if sample.share > 0.5] or [s for s in samples if s.share > 0.95] or wide
    return max(found, default=None)


def _try(lines: list[str], delimiter: str) -> _Sample | None:
    counts = Counter(len(row.cells) for row in split_rows("\n".join(lines), delimiter))
    n_columns, n_lines = max(counts.items(), key=lambda item: (item[0] > 1, item[1], item[0]))
    return _Sample(n_lines / counts.total(), n_columns, delimiter) if n_columns > 1 else None


def _rows(text: str, best: _Sample | None) -> tuple[list[_Row], list[str]]:
    """The rows with their lines, cells stripped, comments as one cell; and notes on what was assumed or left out."""
    rows: list[_Row] = []
    stray: list[int] = []
    n_columns = best.n_columns if best is not None else 1
    for line, cells, has_stray_quote in _split(text, best):
        if len(rows) == MOST_ROWS:
            return rows, [
                *_stray_quotes(stray),
                f"expected at most {MOST_ROWS} rows, found more; the rest is left out: split the file",
            ]
        stray += [line] if has_stray_quote else []
        if cells and cells[0].startswith("#") and len(cells) != n_columns and len(rows) < SAMPLE_LINES:
            cells = [", ".join(cells).lstrip("# ")]
        rows.append((line, [cell.strip() for cell in cells]))
    return rows, _stray_quotes(stray)


def _split(text: str, best: _Sample | None) -> Iterable[DelimitedRow]:
    if best is not None:
        return split_rows(text, best.delimiter, n_columns=best.n_columns)
    return (DelimitedRow(line, [words]) for line, words in enumerate(text.replace("\0", "").split("\n"), start=1))


def _stray_quotes(lines: list[int]) -> list[str]:
    if not lines:
        return []
    return [
        f"{len(lines)} lines have a quote mark that opens a cell and does not close it, the first line {lines[0]}; "
        "it is taken for text, and the cell to end at the next delimiter"
    ]


def _parts(rows: list[_Row]) -> Iterator[list[_Row]]:
    """The tables of the file: cut at lines of stars, and at blank lines where the columns change in number."""
    part: list[_Row] = []
    is_gap = False
    for line, cells in rows:
        filled = [cell for cell in cells if cell]
        if len(filled) == 1 and len(filled[0]) > 3 and set(filled[0]) == {"*"}:
            yield part
            part, is_gap = [], False
            continue
        if not filled:
            is_gap = True
            continue
        if is_gap and len(part) > 1 and len(cells) > 1 and abs(len(cells) - len(part[-1][1])) > 1:
            yield part
            part = []
        part.append((line, cells))
        is_gap = False
    yield part


def _add_table(builder: TextBuilder, part: list[_Row]) -> list[str]:
    if not part:
        return []
    rows = [cells for _, cells in part]
    found = sort_rows(rows)
    table = builder.new_table()
    for caption in found.captions:
        builder.add("caption", caption, table=table)
    body = [number for number in range(found.first, found.last) if number not in found.rules]
    covered = found.covered
    specs = [
        [
            CellSpec(cell, column_span=found.widths.get((number, column), 1))
            for column, cell in enumerate(rows[number])
            if (number, column) not in covered
        ]
        for number in body
    ]
    builder.add_table(specs, table=table, header_rows=found.header_rows)
    for footnote in found.footnotes:
        builder.add("footnote", footnote, table=table)
    return _long_rows(part, body)


def _long_rows(part: list[_Row], body: list[int]) -> list[str]:
    if not body:
        return []
    width = Counter(len(part[number][1]) for number in body).most_common(1)[0][0]
    width = max(width, len(part[body[0]][1]))
    long = [part[number] for number in body if any(part[number][1][width:])]
    if not long:
        return []
    line, cells = long[0]
    return [f"{len(long)} rows are longer than the {width} columns, the first in line {line} with {len(cells)}; kept"]
