"""Rows of a spreadsheet or delimited file sorted into captions, header, body and notes.

Such files do not mark their parts. A row with one filled cell above the first full row is a caption, one below the last
is a note, rules of dashes or pluses are neither; the first row of words is the header, with units or names below it. A
heading over several columns stands in the first of them, or in each.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import PurePath

import msgspec

from kgbuild.document import Document, content_id
from kgbuild.read.grid import is_numeric
from kgbuild.read.layout import TextBuilder

__all__ = ["MOST_ROWS", "FlatTable", "build_document", "sort_rows"]

#: rows of a table beyond these are left out, with a failure: a larger one is a database, not a paper's
MOST_ROWS = 200_000
#: share of rows with one filled cell above which such rows belong to the table
MOST_LONE = 0.2
MOST_HEADER_ROWS = 3
#: Rows below a header that tell whether its columns hold numbers.
SAMPLE_ROWS = 50

_RULE = re.compile(r"[+\-=*_#~.─—|\s]{3,}")
_UNIT = re.compile(r"[(\[].{1,20}[)\]]|[%°µμÅ]\S{0,5}|[A-Za-zµμ°Ω]{1,4}(?:[/·*^ −-][A-Za-z0-9µμ^−-]{1,6})+")


class FlatTable(msgspec.Struct, frozen=True):
    """The parts of a table; `first` and `last` bound its rows (half-open) in the file's."""

    captions: list[str]
    first: int
    last: int
    header_rows: int
    footnotes: list[str]
    #: numbers of rows between that are only rules
    rules: frozenset[int]
    #: row and column of a heading -> the columns over which it stands, where they are several
    widths: dict[tuple[int, int], int] = {}

    @property
    def covered(self) -> set[tuple[int, int]]:
        """The empty places over which a heading further to the left stands."""
        return {(row, right) for (row, left), width in self.widths.items() for right in range(left + 1, left + width)}


def build_document(builder: TextBuilder, name: str) -> Document:
    """The document of a table's file of this name, which is its title.

    What a table says depends on the title, too, so files of one content and two names are two documents.
    """
    title = PurePath(name).stem
    return builder.build(id=content_id(title, builder.text), title=title)


def sort_rows(rows: Sequence[Sequence[str]]) -> FlatTable:
    """What each row of a file is; empty rows belong to the body.

    >>> table = sort_rows([["Table 1"], ["Film", "d (nm)"], ["ZnO", "30"], ["a measured twice"]])
    >>> table.captions, table.first, table.last, table.header_rows, table.footnotes
    (['Table 1'], 1, 3, 1, ['a measured twice'])
    """
    width = max((_n_filled(row) for row in rows), default=0)
    rules = frozenset(number for number, row in enumerate(rows) if _is_rule(row))
    filled = [number for number, row in enumerate(rows) if any(row) and number not in rules]
    if width < 2 or not filled:
        return FlatTable([], 0, len(rows), _n_header_rows(rows, filled) if width else 0, [], rules)
    full = [number for number in filled if _n_filled(rows[number]) > 1]
    left = min(_first_column(rows[number]) for number in full)
    # a lone cell beyond the first column heads that column
    first = next(number for number in filled if number == full[0] or _first_column(rows[number]) > left)
    last = full[-1] + 1
    captions = [_only(rows[number]) for number in filled if number < first]
    n_lone = sum(first <= number < last and _n_filled(rows[number]) == 1 for number in filled)
    # where names without values stand between the rows, those at the end are no notes
    has_notes = n_lone <= (last - first) * MOST_LONE
    footnotes = [_only(rows[number]) for number in filled if has_notes and number >= last and _is_note(rows[number])]
    if footnotes:
        last = max((number + 1 for number in filled if number >= last and not _is_note(rows[number])), default=last)
    else:
        last = len(rows)
    body = [number for number in filled if first <= number < last]
    n_header = _n_header_rows(rows, body)
    return FlatTable(captions, first, last, n_header, footnotes, rules, _widths(rows, body[:n_header]))


def _n_filled(row: Sequence[str]) -> int:
    return sum(bool(cell) for cell in row)


def _first_column(row: Sequence[str]) -> int:
    return next(column for column, cell in enumerate(row) if cell)


def _only(row: Sequence[str]) -> str:
    return next(cell for cell in row if cell)


def _is_rule(row: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell]
    return bool(cells) and all(_RULE.fullmatch(cell) for cell in cells)


def _is_note(row: Sequence[str]) -> bool:
    """Whether a lone cell below the table is a note, not the last row's name: it says something in words."""
    return _n_filled(row) == 1 and len(_only(row).split()) > 2


def _n_header_rows(rows: Sequence[Sequence[str]], body: list[int]) -> int:
    if len(body) < 2:
        return 0
    head = rows[body[0]]
    if any(is_numeric(cell) for cell in head if cell):
        return 0
    count = 1
    while count < min(len(body) - 1, MOST_HEADER_ROWS):
        below = [rows[number] for number in body[count + 1 : count + 1 + SAMPLE_ROWS]]
        if not _continues_header(rows[body[count - 1]], rows[body[count]], below):
            break
        count += 1
    return count


def _continues_header(head: Sequence[str], row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row is units below names, or names below a heading that stands over several columns."""
    cells = [cell for cell in row if cell]
    if cells and all(_UNIT.fullmatch(cell) for cell in cells):
        return True
    head = [*head, *[""] * (len(row) - len(head))]
    repeats = any(left and left == right for left, right in pairwise(head))
    gaps = any(left and not right for left, right in pairwise(head[1:]))
    if not row or not (repeats or gaps):
        return False
    if not row[0]:
        is_grouped = sum(_width(head, row, column) for column in range(len(head))) == len(cells)
        return repeats or is_grouped or not any(is_numeric(cell) for cell in cells)
    # what names the rows may stand beside the lower headings, or twice
    return head[0] in ("", row[0]) and _are_words_above_numbers(row, below)


def _are_words_above_numbers(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row has no number, and most columns in which it has a word have numbers below."""
    columns = [column for column, cell in enumerate(row) if cell and column]
    if any(is_numeric(row[column]) for column in columns):
        return False
    n_numeric = 0
    for column in columns:
        cells = [other[column] for other in below if len(other) > column and other[column]]
        n_numeric += sum(map(is_numeric, cells)) * 2 > len(cells)
    return n_numeric * 2 > len(columns)


def _widths(rows: Sequence[Sequence[str]], header: list[int]) -> dict[tuple[int, int], int]:
    """The widths of the headings that stand in the first of several columns, by row and column."""
    widths: dict[tuple[int, int], int] = {}
    for upper, lower in reversed(list(pairwise(header))):
        filled = list(rows[lower])
        for column in range(len(filled)):
            for right in range(column, column + widths.get((lower, column), 1)):
                filled[right] = filled[column]
        found = {column: _width(rows[upper], filled, column) for column in range(len(rows[upper]))}
        widths |= {(upper, column): width for column, width in found.items() if width > 1}
    return widths


def _width(head: Sequence[str], row: Sequence[str], column: int) -> int:
    """The columns over which a heading stands, up to the next one or to where nothing stands below; 0 if but one."""
    end = column
    while end < len(row) and row[end] and head[column] and (end == column or not any(head[end : end + 1])):
        end += 1
    return end - column if end - column > 1 else 0
