"""Document text under construction: blocks on lines of their own, tables rendered row by row with their cells' places.

Every reader that lays out text itself goes through here, so that spans, headers and white space mean the same.
"""

import re
from collections.abc import Sequence

import msgspec

from kgbuild.document import BlockKind, Cell, Document, Metadata, Passage, Span, content_id
from kgbuild.read.grid import CellSpec, Grid

__all__ = ["CellSpec", "TextBuilder", "clean"]

CELL_SEPARATOR = " | "

#: soft hyphen, zero-width space and joiners' kin, byte order mark, and controls other than white space
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0e-\x1b\x7f]")


class TextBuilder:
    r"""Blocks and tables in the order of reading; `build` gives the document.

    Blocks are separated by a line feed, which no block but a table contains. Within a block white space is collapsed to
    single blanks. Text that is empty after that adds nothing.

    >>> builder = TextBuilder()
    >>> table = builder.new_table()
    >>> _ = builder.add("caption", "Table 1.  Films", "Results", table=table)
    >>> rows = [[CellSpec("Film"), CellSpec("d (nm)")], [CellSpec("ZnO"), CellSpec("30")]]
    >>> builder.add_table(rows, "Results", table=table)
    >>> builder.text
    'Table 1. Films\nFilm | d (nm)\nZnO | 30'
    >>> cell = builder.build(title="Films").cells[-1]
    >>> [builder.text[span.start:span.end] for span in cell.row_header + cell.column_header]
    ['ZnO', 'd (nm)']
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._n_tables = 0
        self._blocks: list[Passage] = []
        self._cells: list[Cell] = []

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._parts)

    def add(self, kind: BlockKind, text: str, section: str = "", *, table: int | None = None) -> Span | None:
        """Appends a block, white space collapsed; its span, or None when nothing is left of the text."""
        cleaned = clean(text)
        if not cleaned:
            return None
        start = self._begin_line()
        self._append(cleaned)
        return self._close_block(start, kind, section, table)

    def new_table(self) -> int:
        """The number of the next table, from 0: for its captions, its footnotes and `add_table`."""
        self._n_tables += 1
        return self._n_tables - 1

    def add_table(
        self,
        rows: Sequence[Sequence[CellSpec]],
        section: str = "",
        *,
        table: int | None = None,
        header_rows: int | None = None,
    ) -> None:
        """Appends a table block: a line a row, ``" | "`` between columns, covered and empty places left empty.

        `table` is from `new_table` (a new one when None). `header_rows` is the number of leading header rows where the
        file says so; None guesses: leading rows of header cells, else a first row of words above numbers. Empty rows
        take no line and empty cells are not recorded, but both count in the coordinates. A table without any text adds
        nothing.
        """
        number = self.new_table() if table is None else table
        cleaned = [[msgspec.structs.replace(spec, text=clean(spec.text)) for spec in row] for row in rows]
        grid = Grid(cleaned, header_rows)
        if not grid.cells:
            return
        spans: dict[tuple[int, int], Span] = {}
        start = self._begin_line()
        for position, row in enumerate(grid.filled_rows()):
            if position:
                self._append("\n")
            self._append_row(grid, row, spans)
        self._close_block(start, "table", section, number)
        self._cells.extend(grid.records(number, spans))

    def build(self, *, id: str = "", title: str = "", metadata: Metadata | None = None) -> Document:
        """The document; without an identifier it gets one from its text."""
        text = self.text
        return Document(
            id=id or content_id(text),
            text=text,
            title=clean(title),
            metadata=metadata or Metadata(),
            blocks=tuple(self._blocks),
            cells=tuple(self._cells),
        )

    def _begin_line(self) -> int:
        if self._length:
            self._append("\n")
        return self._length

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _close_block(self, start: int, kind: BlockKind, section: str, table: int | None) -> Span:
        span = Span(start, self._length)
        self._blocks.append(Passage(span, kind, section, table))
        return span

    def _append_row(self, grid: Grid, row: int, spans: dict[tuple[int, int], Span]) -> None:
        for column in range(grid.last_column(row) + 1):
            if column:
                self._append(CELL_SEPARATOR)
            cell = grid.cells.get((row, column))
            if cell is not None:
                start = self._length
                self._append(cell.text)
                spans[row, column] = Span(start, self._length)


def clean(text: str) -> str:
    r"""The text with white space collapsed to single blanks and trimmed, without soft hyphens and invisible marks.

    >>> clean(" di\u00adnitro\u00a0 phenol\n")
    'dinitro phenol'
    """
    return " ".join(_INVISIBLE.sub("", text).split())
