"""Excel workbooks: each sheet a table under a heading of its name, merged cells as spans, formulas as last computed.

The file's name is the title, and no part of the text; nor is the name that a program gave a sheet ("Sheet1").
"""

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from kgbuild.document import Document, Failure
from kgbuild.errors import ReadError
from kgbuild.read.flat_table import MOST_ROWS, build_document, sort_rows
from kgbuild.read.layout import CellSpec, TextBuilder

__all__ = ["read", "sniff"]

LARGEST_UNPACKED = 512 * 1024 * 1024

#: What spreadsheet programs call new sheets, in the languages in which the most of them run.
_GIVEN_NAME = re.compile(
    r"(?:sheet|worksheet|table|chart|tabelle|tabellenblatt|feuil(?:le)?|hoja|foglio|planilha|folha|blad|ark|taul(?:ukko)?|"
    r"arkusz|list|munka(?:lap)?|sayfa|лист|аркуш|工作表|シート)[\s_-]*\d*(?:\s?\(\d+\))?",
    re.IGNORECASE,
)

Place = tuple[int, int]


def sniff(head: bytes, name: str) -> bool:
    """Whether it is a zip archive that holds a workbook, not one inside a text or presentation."""
    if not head.startswith(b"PK\x03\x04") or b"word/" in head or b"ppt/" in head:
        return False
    return b"xl/" in head or name.lower().endswith((".xlsx", ".xlsm"))


def read(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The workbook as one document; rows beyond the limit and formulas without a value are failures."""
    raw = stream.read()
    builder = TextBuilder()
    for sheet, formulas in zip(_sheets(raw, name, values=True), _sheets(raw, name, values=False), strict=True):
        missing = _add_sheet(builder, sheet, formulas)
        if missing:
            place = f"{name}: sheet {sheet.title!r}: {missing} formulas have no computed value"
            yield Failure(name, "read", f"{place}; open and save the file in a spreadsheet program")
        if (sheet.max_row or 0) > MOST_ROWS:
            yield Failure(name, "read", f"{name}: sheet {sheet.title!r}: rows after {MOST_ROWS} are left out")
    if not builder.text:
        raise ReadError(f"{name}: expected a table, found only empty sheets")
    yield build_document(builder, name)


def _sheets(raw: bytes, name: str, *, values: bool) -> list[Worksheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise ReadError(f"{name}: expected at most {LARGEST_UNPACKED} bytes unpacked, found {unpacked}")
        with warnings.catch_warnings():
            # openpyxl warns of drawings, validation and styles that it leaves out; none holds text of cells
            warnings.simplefilter("ignore")
            return list(openpyxl.load_workbook(io.BytesIO(raw), data_only=values).worksheets)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise ReadError(f"{name}: expected an Excel workbook (.xlsx): {error}") from error


def _add_sheet(builder: TextBuilder, sheet: Worksheet, formulas: Worksheet) -> int:
    """Adds the sheet's table; the number of its formulas without a value."""
    filled = {place: _text(cell.value) for place, cell in _stored(sheet) if cell.value is not None}
    cells = {place: text for place, text in filled.items() if text and place[0] < MOST_ROWS}
    missing = sum(cell.data_type == "f" and place not in filled for place, cell in _stored(formulas))
    if not cells:
        return missing
    if not _GIVEN_NAME.fullmatch(sheet.title.strip()):
        builder.add("heading", sheet.title, sheet.title)
    spans, covered = _merged(sheet)
    widths = _widths(cells)
    found = sort_rows([[cells.get((row, column), "") for column in range(width)] for row, width in enumerate(widths)])
    merged_rows = {row for (row, _), (_, width) in spans.items() if width > 1}  # in which what is not merged is apart
    spans |= {place: (1, width) for place, width in found.widths.items() if place[0] not in merged_rows}
    covered |= {place for place in found.covered if place[0] not in merged_rows}
    table = builder.new_table()
    for caption in found.captions:
        builder.add("caption", caption, sheet.title, table=table)
    specs = [
        [
            _spec(cells.get((row, column), ""), spans.get((row, column), (1, 1)))
            for column in range(widths[row])
            if (row, column) not in covered
        ]
        for row in range(found.first, found.last)
        if row not in found.rules
    ]
    builder.add_table(specs, sheet.title, table=table, header_rows=found.header_rows)
    for footnote in found.footnotes:
        builder.add("footnote", footnote, sheet.title, table=table)
    return missing


def _widths(cells: Iterable[Place]) -> list[int]:
    """The number of columns of each row up to its last filled one: a sheet may be thousands wide in one row only."""
    places = list(cells)
    widths = [0] * (1 + max(row for row, _ in places))
    for row, column in places:
        widths[row] = max(widths[row], column + 1)
    return widths


def _spec(text: str, span: tuple[int, int]) -> CellSpec:
    return CellSpec(text, row_span=span[0], column_span=span[1])


def _stored(sheet: Worksheet) -> Iterator[tuple[Place, Cell | MergedCell]]:
    # the public iterators make a cell for every place of the sheet, and a sheet may claim millions
    for (row, column), cell in sheet._cells.items():
        yield (row - 1, column - 1), cell


def _merged(sheet: Worksheet) -> tuple[dict[Place, tuple[int, int]], set[Place]]:
    """The spans (rows, columns) of merged cells by their top left place, and the places that they cover."""
    spans: dict[Place, tuple[int, int]] = {}
    covered: set[Place] = set()
    for merged in sheet.merged_cells.ranges:
        top, left = merged.min_row - 1, merged.min_col - 1
        spans[top, left] = (merged.size["rows"], merged.size["columns"])
        covered |= {(row - 1, column - 1) for row, column in merged.cells} - {(top, left)}
    return spans, covered


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        # fifteen digits are what a spreadsheet shows; more are rounding errors
        return f"{value:.15g}"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()
