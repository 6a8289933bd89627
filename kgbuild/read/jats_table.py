"""Tables of JATS articles, in HTML's model or in CALS (``tgroup``, ``entry``), with captions and footnotes.

Each table of a wrap has a number of its own; caption and footnotes belong to the first. Of a table that is only a
picture the caption is read.
"""

import re

from kgbuild.read.inline import inline_text
from kgbuild.read.layout import CellSpec, TextBuilder, clean
from kgbuild.read.xml import Element

__all__ = ["numbered", "read_table"]

TABLES = ("table", "array")
ROWS = ("tr", "row")
CELLS = ("td", "th", "entry")
#: parts of a wrap that hold no words of their own
SILENT = frozenset(
    {"label", "caption", "graphic", "media", "object-id", "alt-text", "long-desc", "permissions", "attrib"}
)

_EDGE_BREAKS = re.compile(r"\A[\s;]*\s;\s|(?:\s;\s*)+\Z")


def read_table(node: Element, section: str, builder: TextBuilder) -> None:
    """Adds a ``table-wrap``, or a table without one, to the text: caption, rows, footnotes."""
    first = builder.new_table()
    captions = [node] if node.tag not in TABLES else []
    for wrap in captions:
        builder.add("caption", numbered(wrap.find("label"), wrap.find("caption")), section, table=first)
    number = first
    for table in _tables(node):
        rows = _rows(table)
        head = table.find(".//thead")
        # a head without any text says nothing about headers
        has_head = head is not None and clean("".join(head.itertext()))
        n_head = sum(1 for row in head.iter(*ROWS)) if has_head else None
        builder.add_table(rows, section, table=number, header_rows=n_head)
        number = builder.new_table() if table is not _tables(node)[-1] else number
    for part in node:
        if part.tag == "table-wrap-foot":
            _footnotes(part, section, builder, first)
        elif node.tag not in TABLES and part.tag not in SILENT | {"table", "alternatives", "array"}:
            builder.add("paragraph", inline_text(part), section, table=first)


def numbered(label: Element | None, caption: Element | None) -> str:
    """A caption with its label in front, as "Table 1. Films"."""
    number = clean(inline_text(label)).rstrip(".:")
    words = clean(inline_text(caption, place="header"))
    return f"{number}. {words}" if number and words else number or words


def _tables(node: Element) -> list[Element]:
    """The tables that do not lie in another one; of alternative versions all that have rows."""
    if node.tag in TABLES:
        return [node]
    found = [table for table in node.iter(*TABLES) if next(table.iterancestors(*TABLES), None) is None]
    return [table for table in found if next(table.iter(*ROWS), None) is not None]


def _rows(table: Element) -> list[list[CellSpec]]:
    columns = {spec.get("colname", ""): number for number, spec in enumerate(table.iter("colspec"))}
    rows = [row for row in table.iter(*ROWS) if next(row.iterancestors(*TABLES), None) is table]
    return [[_cell(cell, columns, row is rows[0]) for cell in row if cell.tag in CELLS] for row in rows]


def _cell(cell: Element, columns: dict[str, int], in_first_row: bool) -> CellSpec:
    is_header = cell.tag == "th" or next(cell.iterancestors("thead"), None) is not None
    # breaks in the first row wrap a header's words even where the file does not mark it as one
    text = inline_text(cell, place="header" if is_header or in_first_row else "cell")
    text = _EDGE_BREAKS.sub("", text)
    if cell.tag != "entry":
        return CellSpec(text, is_header, _count(cell.get("rowspan"), 0), _count(cell.get("colspan"), 1))
    first, last = columns.get(cell.get("namest", ""), 0), columns.get(cell.get("nameend", ""), 0)
    return CellSpec(text, is_header, _count(cell.get("morerows", "0"), 0) + 1, max(last - first + 1, 1))


def _count(text: str | None, least: int) -> int:
    """A span as written: 1 when it is missing or no number."""
    match = re.match(r"\s*(\d{1,6})", text or "")
    return max(int(match[1]), least) if match else 1


def _footnotes(foot: Element, section: str, builder: TextBuilder, table: int) -> None:
    notes = [note for note in foot.iter("fn", "p", "attrib") if note.tag == "fn" or note.getparent() is foot]
    for note in notes:
        builder.add("footnote", inline_text(note, place="note"), section, table=table)
    if not notes:
        builder.add("footnote", inline_text(foot), section, table=table)
