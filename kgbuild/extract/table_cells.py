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
#: A number with a comma between digits: "45,3", "1,200"; the comma; a number with a point, no part of a formula or DOI.
_WITH_COMMA = re.compile(r"(?<![\d.,])(\d+),(\d+)(?![\d.,])")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_WITH_POINT = re.compile(r"(?<![\w.,])\d+\.\d+(?![\w.,/])")


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
        """The words of a cell with a point for a decimal comma, as spreadsheets of some countries write it."""
        text = self.text(cell.span)
        return _DECIMAL_COMMA.sub(".", text) if self._has_decimal_commas else text

    @cached_property
    def _has_decimal_commas(self) -> bool:
        """Whether a table's file writes decimals with commas: one at least parts no thousands, and none has a point."""
        if self._doc.metadata.format not in TABLE_FILES:
            return False  # in a paper's table "10,20" may be two numbers
        texts = [self.text(cell.span) for cell in self.cells if not cell.is_header]
        numbers = [match for text in texts for match in _WITH_COMMA.finditer(text)]
        is_sure = any(len(whole) > 3 or whole == "0" or len(rest) != 3 for whole, rest in (n.groups() for n in numbers))
        return is_sure and not any(map(_WITH_POINT.search, texts))

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
