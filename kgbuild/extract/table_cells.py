"""A table's cells by place, with their words."""

import re
from collections.abc import Sequence
from functools import cached_property

from kgbuild.document import Cell, Document, Span

__all__ = ["TABLE_FILES", "TableCells"]

#: Formats of files that are tables.
TABLE_FILES = frozenset({"csv", "xlsx"})

#: A number with its uncertainty, "5.0 ± 0.1".
_MEASURED = re.compile(r"\d\s?(?:±|\+/?-)\s?\d")
#: A number with a comma between digits: "45,3", "1,200"; one with points that part thousands; one with a decimal point.
_WITH_COMMA = re.compile(r"(?<![\d.,])(\d+),(\d+)(?![\d.,])")
_WITH_THOUSANDS = re.compile(r"(?<![\w.,])[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?(?![\w.,/])")
_WITH_POINT = re.compile(r"(?<![\w.,])\d+\.\d+(?:[eE][-+]?\d+)?(?![\w.,/])")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
#: What stands behind a number and is none of it: "6.0 [12]", "130*", "3.4 †".
_MARKS = re.compile(r"(?:\s?\[\d+(?:\s?[,–-]\s?\d+)*\]|\s?[*†‡§¶#])+\Z")


class TableCells:
    """The cells of one table of a document."""

    def __init__(self, doc: Document, cells: Sequence[Cell]) -> None:
        self._doc = doc
        self.cells = cells

    def text(self, span: Span) -> str:
        """The words at a place."""
        return self._doc.text_of(span)

    def texts(self, spans: Sequence[Span]) -> list[str]:
        """The words at several places."""
        return [self.text(span) for span in spans]

    def at(self, span: Span) -> Cell:
        """The cell that fills a place."""
        return self._by_span[span]

    def row(self, cell: Cell) -> Sequence[Cell]:
        """The cells that begin in the row of this one."""
        return self._rows[cell.row]

    def standing_in(self, row: int) -> Sequence[Cell]:
        """The cells of a row, with those that begin above and reach into it, in the order of columns."""
        return self._standing.get(row, ())

    def column(self, cell: Cell) -> Sequence[Cell]:
        """The cells that begin in the column of this one."""
        return self._columns[cell.column]

    def number(self, cell: Cell) -> str:
        """The words of a cell without marks of notes and citations, and with a point for a decimal comma, as
        spreadsheets of some countries write it.
        """
        text = _MARKS.sub("", self.text(cell.span))
        if cell.column not in self._with_decimal_commas:
            return text
        text = _WITH_THOUSANDS.sub(lambda match: match[0].replace(".", ""), text)
        return _DECIMAL_COMMA.sub(".", text)

    @cached_property
    def _with_decimal_commas(self) -> frozenset[int]:
        """The columns of a table's file in which commas are decimal: all, where one comma at least parts no thousands,
        but those with decimal points.
        """
        if self._doc.metadata.format not in TABLE_FILES:
            return frozenset()  # in a paper's table "10,20" may be two numbers
        below = {
            column: [self.text(cell.span) for cell in cells if not cell.is_header]
            for column, cells in self._columns.items()
        }
        with_points = {column for column, texts in below.items() if any(map(_has_decimal_point, texts))}
        numbers = (
            match.groups()
            for column, texts in below.items()
            if column not in with_points
            for text in texts
            for match in _WITH_COMMA.finditer(text)
        )
        is_sure = any(len(whole) > 3 or whole == "0" or len(rest) != 3 for whole, rest in numbers)
        return frozenset(below.keys() - with_points) if is_sure else frozenset()

    @cached_property
    def measured_columns(self) -> frozenset[int]:
        """The columns in which some number has an uncertainty."""
        below = (cell for cell in self.cells if not cell.is_header)
        return frozenset(cell.column for cell in below if _MEASURED.search(self.text(cell.span)))

    @cached_property
    def _by_span(self) -> dict[Span, Cell]:
        return {cell.span: cell for cell in self.cells}

    @cached_property
    def _rows(self) -> dict[int, list[Cell]]:
        rows: dict[int, list[Cell]] = {}
        for cell in self.cells:
            rows.setdefault(cell.row, []).append(cell)
        return rows

    @cached_property
    def _standing(self) -> dict[int, list[Cell]]:
        rows: dict[int, list[Cell]] = {}
        for cell in sorted(self.cells, key=lambda cell: cell.column):
            for row in range(cell.row, cell.row + cell.row_span):
                rows.setdefault(row, []).append(cell)
        return rows

    @cached_property
    def _columns(self) -> dict[int, list[Cell]]:
        columns: dict[int, list[Cell]] = {}
        for cell in self.cells:
            columns.setdefault(cell.column, []).append(cell)
        return columns


def _has_decimal_point(text: str) -> bool:
    return any(_WITH_THOUSANDS.fullmatch(match[0]) is None for match in _WITH_POINT.finditer(text))
