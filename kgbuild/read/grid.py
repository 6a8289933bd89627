"""A table's cells laid out on a grid, and which of them head which rows and columns.

Row and column spans follow HTML's rules. What the file does not say about headers is guessed: words above numbers are a
header row, with what stands below its cells over several columns, the first column of words names its rows, a lone cell
at the start of a row heads the rows below it, and a name left out beside others of a second column is the one above,
where the rows show that they stand in groups.
"""

import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from kgbuild.document import Cell, Span

__all__ = ["CellSpec", "Grid", "is_numeric"]

#: HTML's own bound on a column span; files with more are broken
LARGEST_SPAN = 1000

_NUMBER_START = re.compile(r"[\s<>≤≥=~≈±+\-−–(\[]*[.,]?\d")
_MISSING = re.compile(r"[\s.\-−–—*/]*|n\.?\s?[adsr]\.?|none|nil|nan|trace|tr\.?", re.IGNORECASE)

#: What names a row of figures over the rows above it: "Mean", "Mean ± SD (n = 3)", "Grand total".
_SUMMARY = re.compile(
    r"(?:\([^()]*\)|\W|(?:means?|averages?|avg|medians?|modes?|totals?|sub-?totals?|sums?|grand|overall|all|pooled|ranges?|"
    r"min|max|minimum|maximum|standard|std|dev|deviations?|errors?|variances?|s\.?d|s\.?e|s\.?e\.?m|r\.?s\.?d|c\.?v|"
    r"c\.?i|iqr|values?|of|and|n)\b)+",
    re.IGNORECASE,
)

Place = tuple[int, int]


class CellSpec(msgspec.Struct, frozen=True):
    """A table cell as its file has it: rows list only the cells that begin in them, as in HTML.

    A `row_span` of 0 reaches to the last row. `is_header` is what the file says (``th``, ``thead``), not a guess.
    """

    text: str
    is_header: bool = False
    row_span: int = 1
    column_span: int = 1


class Grid:
    """Cells at their places after spans were laid out, with the headers of each worked out."""

    def __init__(self, rows: Sequence[Sequence[CellSpec]], header_rows: int | None) -> None:
        self.n_rows = len(rows)
        #: top left place -> cell with its spans bounded by the grid; only cells that hold text
        self.cells: dict[Place, CellSpec] = {}
        #: any place of a cell with text -> its top left place
        self._owner: dict[Place, Place] = {}
        self.n_columns = 0
        self._lay_out(rows)
        self._by_row: list[list[int]] = [[] for _ in range(self.n_rows)]
        for row, column in sorted(self.cells):
            self._by_row[row].append(column)
        self._n_header_rows = self._guess_header_rows() if header_rows is None else header_rows
        while self._is_below_groups(self._n_header_rows):
            self._n_header_rows += 1
        if header_rows is None and self._is_words_below_groups(self._n_header_rows):
            self._n_header_rows += 1
        self._header_columns = self._find_header_columns()
        left_out = self._names_left_out()
        if left_out:
            self._owner.update({(row, 0): name for row, name in left_out.items()})
            self._header_columns = [0, 1]

    def filled_rows(self) -> list[int]:
        """The rows in which a cell with text begins."""
        return [row for row in range(self.n_rows) if self._by_row[row]]

    def last_column(self, row: int) -> int:
        """The last column in which a cell with text begins in this row."""
        return self._by_row[row][-1]

    def records(self, table: int, spans: dict[Place, Span]) -> list[Cell]:
        """The cells in reading order with the spans of their headers."""
        found: list[Cell] = []
        header_rows = list(range(self._n_header_rows))
        section: Place | None = None
        for row in self.filled_rows():
            in_header = row < self._n_header_rows
            repeated = not in_header and self._is_repeated_header(row)
            if repeated:
                # a header row in the middle starts anew; one right below another stacks on it
                header_rows = [*header_rows, row] if header_rows and header_rows[-1] == row - 1 else [row]
            if repeated or in_header:
                section = None
            elif self._is_section(row):
                section = (row, self._by_row[row][0])
            for column in self._by_row[row]:
                place = (row, column)
                cell = self.cells[place]
                is_header = in_header or repeated or place == section or self._heads_row(place)
                found.append(
                    Cell(
                        spans[place],
                        table,
                        row,
                        column,
                        row_header=() if in_header or repeated else self._row_header(place, section, spans),
                        column_header=() if place == section else self._column_header(place, header_rows, spans),
                        is_header=is_header,
                        row_span=cell.row_span,
                        column_span=cell.column_span,
                    )
                )
        return found

    def _lay_out(self, rows: Sequence[Sequence[CellSpec]]) -> None:
        taken: set[Place] = set()
        for row, specs in enumerate(rows):
            column = 0
            for spec in specs:
                while (row, column) in taken:
                    column += 1
                height = min(spec.row_span or self.n_rows, self.n_rows - row)
                width = min(max(spec.column_span, 1), LARGEST_SPAN)
                self._place(CellSpec(spec.text, spec.is_header, max(height, 1), width), row, column, taken)
                column += width
            self.n_columns = max(self.n_columns, column)

    def _place(self, cell: CellSpec, row: int, column: int, taken: set[Place]) -> None:
        places = [(row + down, column + right) for down in range(cell.row_span) for right in range(cell.column_span)]
        if cell.row_span > 1 or cell.column_span > 1:
            taken.update(places)
        if cell.text:
            self.cells[row, column] = cell
            for place in places:
                self._owner.setdefault(place, (row, column))

    def _guess_header_rows(self) -> int:
        marked = 0
        while marked < self.n_rows and self._by_row[marked] and self._all_marked(marked):
            marked += 1
        if 0 < marked < self.n_rows:
            return self._extend_over_spans(marked)
        if marked or self.n_rows < 2 or not self._by_row[0]:
            return 0
        # the corner may hold a year or the like
        words_on_top = not any(is_numeric(self.cells[0, column].text) for column in self._by_row[0] if column)
        numbers_below = any(
            is_numeric(cell.text) for (row, column), cell in self.cells.items() if row and (0, column) in self._owner
        )
        return self._extend_over_spans(1) if words_on_top and numbers_below and len(self._by_row[0]) > 1 else 0

    def _extend_over_spans(self, n_rows: int) -> int:
        """A header cell that reaches down makes the rows beside it header rows, if any row is left below."""
        reach = max((row + self.cells[row, c].row_span for row in range(n_rows) for c in self._by_row[row]), default=0)
        return reach if n_rows < reach < self.n_rows else n_rows

    def _is_below_groups(self, row: int) -> bool:
        """Whether every cell of a row stands below a header cell of several columns, and the first column is empty."""
        return self._may_head(row) and (row, 0) not in self._owner and all(map(self._is_grouped, self._places(row)))

    def _is_words_below_groups(self, row: int) -> bool:
        """Whether a row is words above numbers, some below a header cell of several columns; no corner above."""
        if not self._may_head(row) or (row - 1, 0) in self._owner or not any(map(self._is_grouped, self._places(row))):
            return False
        columns = [column for _, column in self._places(row) if column]
        n_numeric = sum(not self._is_textual(column, below=row + 1) for column in columns)
        return not any(is_numeric(self.cells[row, column].text) for column in columns) and n_numeric * 2 > len(columns)

    def _may_head(self, row: int) -> bool:
        """Whether a row has several cells, and stands below a header row and above others."""
        return 0 < row < self.n_rows - 1 and len(self._by_row[row]) > 1

    def _places(self, row: int) -> list[Place]:
        return [(row, column) for column in self._by_row[row]]

    def _is_grouped(self, place: Place) -> bool:
        """Whether the cell above a place stands over several columns."""
        above = self._owner.get((place[0] - 1, place[1]))
        return above is not None and self.cells[above].column_span > 1

    def _all_marked(self, row: int) -> bool:
        return all(self.cells[row, column].is_header for column in self._by_row[row])

    def _find_header_columns(self) -> list[int]:
        """The columns that name their rows: the first textual one of the first two, and the next below a row span."""
        first = next((column for column in (0, 1) if self._is_textual(column)), None)
        if first is None or self.n_columns < 2:
            return []
        columns = [first]
        while self._has_row_spans(columns[-1]) and self._is_textual(columns[-1] + 1):
            columns.append(columns[-1] + 1)
        return columns if columns[-1] < self.n_columns - 1 else columns[:-1]

    def _names_left_out(self) -> dict[int, Place]:
        """Rows without a name -> the name above them, where the first column names groups of rows, once each.

        The second column names every row. That there are groups show its names, if most rows without a name share
        theirs with another group, up to the last such row of a group; else that no group is of one row.
        """
        body = [row for row in range(self._n_header_rows, self.n_rows) if self._by_row[row]]
        if self.n_columns < 3 or len(body) < 2 or (body[0], 0) not in self._owner or self._has_row_spans(0):
            return {}  # a name that spans rows reaches no further
        if any((row, 1) not in self.cells for row in body) or not (self._is_textual(0) and self._is_textual(1)):
            return {}
        groups = self._groups(body)
        among = Counter(label for group in groups for label in {self._label(row) for row in group})
        shared = [[row for row in group[1:] if among[self._label(row)] > 1] for group in groups]
        if 0 < sum(len(group) - 1 for group in groups) <= 2 * sum(map(len, shared)):
            groups = [
                [row for row in group if row <= max(rows, default=-1)]
                for group, rows in zip(groups, shared, strict=True)
            ]
        elif len(groups) < 2 or any(len(group) < 2 for group in groups):
            return {}
        return {row: (group[0], 0) for group in groups for row in group[1:]}

    def _groups(self, rows: list[int]) -> list[list[int]]:
        """Each row with a name, and those without one below it up to a summary."""
        groups: list[list[int]] = []
        is_open = True
        for row in rows:
            if (row, 0) in self._owner:
                groups.append([row])
                is_open = True
                continue
            is_open = is_open and _SUMMARY.fullmatch(self._label(row)) is None
            if is_open:
                groups[-1].append(row)
        return groups

    def _label(self, row: int) -> str:
        """What names a row in the second column."""
        return self.cells[row, 1].text.casefold()

    def _cells_below(self, row: int, column: int) -> list[CellSpec]:
        return [cell for (other, at), cell in self.cells.items() if at == column and other >= row]

    def _is_textual(self, column: int, *, below: int | None = None) -> bool:
        cells = self._cells_below(self._n_header_rows if below is None else below, column)
        texts = [cell.text for cell in cells if not _MISSING.fullmatch(cell.text)]
        return sum(not is_numeric(text) for text in texts) * 2 > len(texts)

    def _has_row_spans(self, column: int) -> bool:
        return any(cell.row_span > 1 for cell in self._cells_below(self._n_header_rows, column))

    def _is_repeated_header(self, row: int) -> bool:
        return len(self._by_row[row]) > 1 and self._all_marked(row)

    def _is_section(self, row: int) -> bool:
        """Whether the only cell of a row stands first and has nothing beside it, from above neither."""
        if len(self._by_row[row]) != 1 or self.n_columns < 2:
            return False
        column = self._by_row[row][0]
        cell = self.cells[row, column]
        owners = {self._owner[row, at] for at in range(self.n_columns) if (row, at) in self._owner}
        return column == 0 and cell.row_span == 1 and len(owners) == 1 and not is_numeric(cell.text)

    def _heads_row(self, place: Place) -> bool:
        return place[1] in self._header_columns or self.cells[place].is_header

    def _row_header(self, place: Place, section: Place | None, spans: dict[Place, Span]) -> tuple[Span, ...]:
        row, column = place
        owners = [section] if section is not None and section != place else []
        for left in range(column):
            owner = self._owner.get((row, left))
            if owner is not None and owner not in owners and self._heads_row(owner) and owner[0] >= self._n_header_rows:
                owners.append(owner)
        return tuple(spans[owner] for owner in owners)

    def _column_header(self, place: Place, header_rows: list[int], spans: dict[Place, Span]) -> tuple[Span, ...]:
        row, column = place
        owners: list[Place] = []
        for above in header_rows:
            owner = self._owner.get((above, column))
            if above < row and owner is not None and owner != place and owner not in owners:
                owners.append(owner)
        return tuple(spans[owner] for owner in owners)


def is_numeric(text: str) -> bool:
    """Whether a cell holds a number rather than words: it begins with one and has no more than a unit's letters.

    >>> [is_numeric(t) for t in ("12 (34%)", "< 0.001", "5.09 × 10^-4", "2-methylpropane", "Age", "")]
    [True, True, True, False, False, False]
    """
    if not _NUMBER_START.match(text):
        return False
    n_digits = sum(char.isdigit() for char in text)
    return sum(char.isalpha() for char in text) <= n_digits + 2
