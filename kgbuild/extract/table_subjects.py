"""What a value in a table is about: the substance that its row or column names, or the labels that tell it apart.

A substance is one that the extractor found there and that covers the cell, a name under a header such as "Composition",
or a formula under one such as "Sample". A sample's label ("S2") is no name outside of its table.
"""

import re
from collections.abc import Callable, Iterator

import msgspec

from kgbuild.document import Cell, Mention, Span
from kgbuild.extract.headers import SAMPLES
from kgbuild.extract.table_cells import TableCells
from kgbuild.extract.table_results import holds_results
from kgbuild.formula import is_one_formula, normalise_formula
from kgbuild.formula.composition import composition_of
from kgbuild.formula.elements import ELEMENTS

__all__ = ["Name", "names_of", "row_labels", "substance_of"]

#: Headers of columns whose cells are names of substances, whatever they look like.
_NAMING = re.compile(
    r"\b(?:compositions?|materials?|compounds?|alloys?|formulas?|formulae|chemicals?|oxides?|polymers?|catalysts?|"
    r"elements?|steels?|ceramics?|substances?|solvents?|electrolytes?|fluids?|minerals?|metals?|salts?|drugs?|systems?|"
    r"inhibitors?|ligands?|derivatives?|analog(?:ue)?s?|complex(?:es)?|composites?|blends?|adsorbents?|precursors?|"
    r"perovskites?|semiconductors?|superconductors?)"
    r"\b(?! (?:content|concentration|loading|ratio|no|number|id)\b)",
    re.IGNORECASE,
)
#: What joins the formulas of a composite: "Fe3O4@SiO2", "Al2O3-ZrO2".
_JOINED = re.compile(r"[/@:]|(?<=\w)[-–](?=[A-Z])")
#: A formula of so many elements with two letters is no label.
_FEW_SYMBOLS = 3
_LONG_SYMBOL = re.compile(r"[A-Z][a-z]")
#: Names beside values that are none: "Value", "Units", what a standard asks for.
_NO_NAME = re.compile(
    r"\b(?:values?|units?|symbols?|refs?|references?|methods?|standards?|limits?|requirements?|notes?|remarks?)\b\W*$|"
    r"\b(?:astm|iso|din|en)[ -]?[a-z]?\d|^(?:samples?|specimens?|materials?|results?|data)?\W*$",
    re.IGNORECASE,
)
#: Names that make the value something else than the property's: "Ratio (B/A)", "p-value", "SD".
_DERIVED = re.compile(
    r"\b(?:ratio|difference|change|increase|decrease|error|deviation|std|s\.?d\.?|s\.?e\.?m?|cv|p(?:[- ]?values?)?)\b"
    r"\W*(?:$|\()|\b(?:ratio|difference|change) (?:of|in|between|to)\b",
    re.IGNORECASE,
)
#: "A1", "3b", "x = 0.2": labels even where names are expected.
_LABEL = re.compile(r"[A-Za-z]?[-−\s]?\d+(?:\.\d+)?[a-z]?|[A-Za-z]|.*=.*|\W*")
#: What tells which alloy or polymer it is: "718", "316L", "6061-T6", "X".
_GRADE = re.compile(r"[A-Z]{0,2}\d{1,4}[A-Z]{0,2}(?:-[A-Z]\d{0,3})?|[A-Z]")
#: Share of a cell's letters and digits that a mention has to cover to be what the cell is about.
_COVERED = 0.6
_LONGEST_NAME = 80


class Name(msgspec.Struct, frozen=True):
    """A cell that may name the subject. `is_naming`: a header says that it does; `label`: what to call it if not, or ""
    where it only says what others are.
    """

    span: Span
    is_naming: bool
    label: str


def names_of(table: TableCells, cell: Cell, property_name: Span, *, is_row: bool) -> list[Name] | None:
    """The names on the side of a value that its property does not head, the likeliest first.

    `is_row` says that rows name the subjects. None where a name makes the value something else.
    """
    names = list(_row_names(table, cell) if is_row else _column_names(table, cell, property_name))
    names = [name for name in names if not _NO_NAME.search(table.text(name.span))]
    if any(_DERIVED.search(table.text(name.span)) for name in names):
        return None
    return sorted(names, key=lambda name: not name.is_naming)  # keeps the order among equals


def row_labels(table: TableCells, cell: Cell, is_property: Callable[[tuple[Span, ...]], bool]) -> list[tuple[str, str]]:
    """What tells a row without a name from others: the cells before the value that no property heads.

    Results are left out, unless nothing else stands there.
    """
    before = [
        other
        for other in table.row(cell)
        if other.column < cell.column and other.column_header and not is_property(other.column_header)
    ]
    telling = [other for other in before if not holds_results(table, other)] or before
    return [(" ".join(table.texts(other.column_header)), table.text(other.span)) for other in telling]


def substance_of(table: TableCells, name: Name, inside: list[Mention]) -> Mention | Span | None:
    """The mention that a name is, of those inside it, or its place where it is none yet but a substance's name.

    A formula is one name: without its last element it is another alloy's.
    """
    text = table.text(name.span)
    covering = [m for m in inside if _size(table.text(m.span)) >= _COVERED * _size(text)]
    if len(covering) == 1:
        is_cut = covering[0].span != name.span and (
            is_one_formula(text) or (name.is_naming and _is_kind(text, table.text(covering[0].span)))
        )
        return name.span if is_cut else covering[0]
    if name.is_naming:
        return name.span if len(text) <= _LONGEST_NAME and not _is_label(table, name, text) else None
    return name.span if SAMPLES.fullmatch(name.label) and _is_formula(table, name, text) else None


def _is_kind(text: str, named: str) -> bool:
    """Whether a name is that of a kind, and the text tells which of it: "Steel" of "304 Steel"."""
    before, _, after = text.partition(named)
    beside = f"{before} {after}".split()
    return normalise_formula(named) is None and bool(beside) and all(map(_GRADE.fullmatch, beside))


def _is_formula(table: TableCells, name: Name, text: str) -> bool:
    """Whether a text is a formula and not one of a series of labels, "SiC1" and "SiC2"."""
    is_substance = all(map(composition_of, _JOINED.split(text)))
    if not is_substance and (normalise_formula(text) is None or len(_LONG_SYMBOL.findall(text)) < _FEW_SYMBOLS):
        return False
    cell = table.at(name.span)
    beside = {table.text(other.span) for other in (*table.column(cell), *table.row(cell))}
    stem = text.rstrip("0123456789")
    return text == stem or not {f"{stem}1", f"{stem}2"} <= beside


def _is_label(table: TableCells, name: Name, text: str) -> bool:
    """Whether a text is a label; "W" is tungsten beside "Cu" or "SiC", if no letter in its column is but a letter."""
    if text in ELEMENTS:
        below = {table.text(cell.span) for cell in table.column(table.at(name.span)) if cell.column_header}
        letters = {other for other in below if _LABEL.fullmatch(other)}
        others = below - letters
        return not letters <= ELEMENTS or not any(other in ELEMENTS or normalise_formula(other) for other in others)
    return _LABEL.fullmatch(text) is not None


def _row_names(table: TableCells, cell: Cell) -> Iterator[Name]:
    for span in reversed(cell.row_header):
        yield _named(table, table.at(span))
    for other in table.row(cell):
        if other.span not in cell.row_header and other is not cell and _is_naming(table.texts(other.column_header)):
            yield _named(table, other)


def _column_names(table: TableCells, cell: Cell, property_name: Span) -> Iterator[Name]:
    """The columns' headers; "Property/Composition" in the corner says what they are. Then the row's other headers."""
    corner = next((table.texts(table.at(s).column_header) for s in cell.row_header if property_name.within(s)), [])
    parts = re.split(r"[/\\]", corner[-1]) if corner else []
    is_naming = len(parts) > 1 and _is_naming(parts[1:])
    over = [span for span in cell.column_header[:-1] if _is_over_all(table, table.at(span))]
    label = " ".join(dict.fromkeys(table.texts(over))) or "column"
    for span in reversed(cell.column_header):
        yield Name(span, is_naming, "" if span in over else label)
    for span in cell.row_header:
        if not property_name.within(span) and _is_naming(table.texts(table.at(span).column_header)):
            yield _named(table, table.at(span))


def _is_over_all(table: TableCells, header: Cell) -> bool:
    """Whether a header says what all columns up to the table's end are: "Bacterial strain" over their names."""
    beside = [other for other in table.standing_in(header.row) if other.column != header.column]
    return header.column_span > 1 and all(
        other.column < header.column and other.column_span == 1 for other in beside if table.text(other.span).strip()
    )


def _named(table: TableCells, cell: Cell) -> Name:
    headers = list(dict.fromkeys(table.texts(cell.column_header)))  # one that stands over two rows may be written twice
    return Name(cell.span, _is_naming(headers), " ".join(headers) or "row")


def _is_naming(headers: list[str]) -> bool:
    return any(_NAMING.search(header) for header in headers)


def _size(text: str) -> int:
    return sum(character.isalnum() for character in text)
