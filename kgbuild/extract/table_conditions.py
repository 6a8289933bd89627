"""Under which conditions a value in a table holds: what columns of temperatures, times and the like say, and columns
that tell the rows of one subject apart ("Target" beside the IC50s of one drug).
"""

import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache

from kgbuild.document import Cell, Span
from kgbuild.extract.headers import bare_readings, parse_header
from kgbuild.extract.table_cells import TableCells
from kgbuild.extract.table_results import holds_results
from kgbuild.extract.units import Unit, as_temperature

__all__ = ["condition_columns", "is_condition", "is_no_value", "telling_cells", "telling_columns"]

_STEP = (
    r"(?:(?:test(?:ing)?|measur\w+|anneal\w+|sinter\w+|calcin\w+|reaction|growth|deposition|age?ing|substrate|heating|"
    r"heat treatment|firing|operating|working|processing|applied|holding|soaking)\s)?"
)
#: Columns that say under which conditions the others hold. "Melting temperature" is none.
_CONDITION = re.compile(
    rf"{_STEP}(?:temp(?:erature)?|pressure|time|duration|frequency|wavelength|(?:\w+ )?field|humidity)|T",
    re.IGNORECASE,
)
_TEMPERATURES = ("temp", "temperature")
#: Columns that say where a value is from, in which unit or how sure it is, not what it is a value of.
_NO_CONDITION = re.compile(
    r"\b(?:refs?|references?|citations?|cited|literature|doi|pmid|url|links?|notes?|remarks?|comments?|errors?|"
    r"uncertainty|deviation|std|p[- ]?values?)\b|^(?:(?:data )?sources?|units?|s\.?d|s\.?e\.?m|p)\W*$",
    re.IGNORECASE,
)
#: Cells that cite: "[12]", "10.1000/182", "Smith et al., 2010".
_CITATION = re.compile(r"\[[\d,;\s–-]+\]|.*(?:\b10\.\d{4,}/|https?://|\bet al\b).*")
#: Cells that stand for no value.
_NOTHING = re.compile(r"NA|N/A|n/?a|[Nn]a[Nn]|N\.?D\.?|[-–—.\s]*")
_LONGEST_CONDITION = 40


def condition_columns(table: TableCells, cell: Cell, *, is_row: bool) -> Iterator[tuple[str, str]]:
    """What the columns of conditions say in a cell's row, or the rows of conditions in its column."""
    for other in table.row(cell) if is_row else table.column(cell):
        for span in other.column_header if is_row else other.row_header:
            named = _condition(table.text(span))
            if named is not None and other is not cell and not other.is_header:
                name, unit = named
                yield name, _with_unit_text(table.number(other), unit)


def is_condition(head: str) -> bool:
    """Whether a header is that of a condition of whatever stands beside it."""
    return _condition(head) is not None


def is_no_value(head: str) -> bool:
    """Whether a header says where other values are from or how sure they are."""
    return _NO_CONDITION.search(head) is not None


def telling_columns(
    table: TableCells, rows: Collection[int], is_property: Callable[[tuple[Span, ...]], bool]
) -> set[int]:
    """The columns whose cells differ among these rows and say of what the values beside them are."""
    beside = [{cell.column: cell for cell in table.standing_in(row)} for row in rows]
    telling: set[int] = set()
    for column in {column for cells in beside for column in cells}:
        filled = [cells[column] for cells in beside if column in cells]
        texts = {table.text(cell.span) for cell in filled}
        differ = len(texts) > 1 or len(filled) < len(beside)
        if differ and all(_may_tell(table, cell) and not is_property(cell.column_header) for cell in filled):
            telling.add(column)
    return telling


def telling_cells(table: TableCells, row: int, columns: Collection[int]) -> Iterator[tuple[str, str]]:
    """Headers and cells of these columns in a row, in the order of columns, but for cells that stand for no value."""
    for cell in table.standing_in(row):
        if cell.column in columns and not _NOTHING.fullmatch(table.text(cell.span)):
            yield " ".join(dict.fromkeys(table.texts(cell.column_header))), table.text(cell.span)


def _may_tell(table: TableCells, cell: Cell) -> bool:
    text, heads = table.text(cell.span), table.texts(cell.column_header)
    if cell.is_header or not heads or len(text) > _LONGEST_CONDITION or _CITATION.fullmatch(text):
        return False
    if holds_results(table, cell):
        return False
    return not any(is_no_value(head) or is_condition(head) for head in heads)  # the latter is told anyway


@lru_cache(maxsize=4096)
def _condition(head: str) -> tuple[str, Unit | None] | None:
    """What a header of conditions speaks of, and in which unit; None where it is none."""
    header = parse_header(head)
    for reading in (header, *bare_readings(head, header)):
        words = (head[start:end].lower() for start, end in reading.words)
        name = " ".join(word for word in words if word not in ("property", "value"))
        if not _CONDITION.fullmatch(name):
            continue
        may_be_temperature = name == "t" or name.endswith(_TEMPERATURES)
        temperature = as_temperature(reading.unit.ucum) if reading.unit and may_be_temperature else None
        unit = temperature or reading.unit
        if name == "t":
            name = _of_t(unit, is_capital="T" in head)
        return (name, unit) if name else None
    return None


def _of_t(unit: Unit | None, *, is_capital: bool) -> str:
    """What T or t is by its unit: a temperature, a time, or, as a thickness, no condition ("")."""
    if unit is None:
        return "temperature" if is_capital else ""
    return {"K": "temperature", "s": "time"}.get(unit.to_si(1.0)[1], "")


def _with_unit_text(value: str, unit: Unit | None) -> str:
    if unit is None or any(character.isalpha() for character in value):
        return value
    return f"{value} {unit.ucum}"
