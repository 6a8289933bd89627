"""Columns of results: what was found of a row's sample, which is no condition under which other values of it hold.

Only what cannot be a condition counts: many a unit (°C, nm, mg/mL) is that of results here and of treatments there.
"""

import re
from functools import cache, lru_cache

from kgbuild.document import Cell
from kgbuild.extract.headers import parse_header
from kgbuild.extract.table_cells import TableCells
from kgbuild.extract.units import parse_unit
from kgbuild.formula import normalise_formula

__all__ = ["holds_results", "is_set"]

#: Units of densities, which have the dimension of concentrations.
_DENSITIES = frozenset({"g.cm-3", "kg.m-3"})
#: Units of which, whatever the prefix, nobody sets a value.
_RESULT_UNITS = ("J/mol", "J/g", "J/g K", "cm3/mol", "S/cm", "Ω cm", "W/m K", "V/K", "cm-1", "m2/g", "cm2/V s")
_STATISTIC = re.compile(r"\bCIs?\b|\bconfidence (?:interval|limit)s?\b", re.IGNORECASE)
#: What somebody sets, and contents, which are measured, too, and tell samples apart all the same.
_SET = re.compile(
    r"\bpH\b|\b(?:composition|contents?|ratio|concentration|dos(?:e|age)|loading|thickness|energy input|cement|"
    r"fib(?:re|er)s?)\b",
    re.IGNORECASE,
)


def is_set(head: str) -> bool:
    """Whether a header tells what somebody set, or what a sample consists of."""
    return _SET.search(head) is not None


def holds_results(table: TableCells, cell: Cell) -> bool:
    """Whether the column of a cell holds results, by its headers' units and words, or as its values are uncertain."""
    said = _are_of_results(tuple(table.texts(cell.column_header)))
    return cell.column in table.measured_columns if said is None else said


@lru_cache(maxsize=1 << 12)
def _are_of_results(heads: tuple[str, ...]) -> bool | None:
    """Whether headers are those of results; None if they do not tell."""
    if any(_STATISTIC.search(head) for head in heads):
        return True
    if any("%" in head or is_set(head) or normalise_formula(head) for head in heads):
        return False
    units = [unit for head in heads if (unit := parse_header(head).unit) is not None]
    if any(unit.ucum in _DENSITIES or unit.to_si(1.0)[1] in _result_dimensions() for unit in units):
        return True
    return None


@cache
def _result_dimensions() -> frozenset[str]:
    return frozenset(unit.to_si(1.0)[1] for text in _RESULT_UNITS if (unit := parse_unit(text)) is not None)
