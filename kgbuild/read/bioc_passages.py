"""What the infons of a BioC passage say of its kind and section, and the cells of a table's text.

The types are those of PMC's open-access collection ("title_2", "fig_caption", section_type "METHODS"), of PubTator
("title", "abstract"), and of our own writer.
"""

import re
from typing import Any

from kgbuild.document import BlockKind, Cell, Passage, Span
from kgbuild.read.grid import CellSpec, Grid

__all__ = ["Headings", "passage_blocks", "table_cells"]

#: passage type -> kind; see `_kind` for those with numbers
KINDS: dict[str, BlockKind] = {
    "title": "title",
    "front": "title",
    "abstract": "abstract",
    "paragraph": "paragraph",
    "heading": "heading",
    "caption": "caption",
    "fig_caption": "caption",
    "fig_title_caption": "caption",
    "fig_title": "caption",
    "table_caption": "caption",
    "table_title_caption": "caption",
    "table": "table",
    "table_footnote": "footnote",
    "table_foot": "footnote",
    "footnote": "footnote",
    "fn": "footnote",
    "ref": "reference",
}
#: section_type -> section where no heading was seen yet
SECTIONS = {
    "ABSTRACT": "Abstract",
    "INTRO": "Introduction",
    "METHODS": "Methods",
    "RESULTS": "Results",
    "DISCUSS": "Discussion",
    "CONCL": "Conclusion",
    "CASE": "Case",
    "SUPPL": "Supplement",
    "ACK_FUND": "Acknowledgements",
    "AUTH_CONT": "Author contributions",
    "COMP_INT": "Competing interests",
    "ABBR": "Abbreviations",
    "APPENDIX": "Appendix",
}
#: sections that are never under the heading before them
APART = frozenset({"ACK_FUND", "AUTH_CONT", "COMP_INT", "ABSTRACT"})

_HEADING = re.compile(r"(?:abstract_)?title_(\d+)")

Infons = dict[str, Any]


class Headings:
    """The headings above the place that the reader has reached, and the tables seen so far."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._tables: dict[str, int] = {}
        self._n_unnamed = 0

    def section(self, infons: Infons) -> str:
        """The section of a passage: the headings above it, else what its infons say."""
        named = str(infons.get("section") or "")
        if named:
            return named
        section_type = str(infons.get("section_type") or "")
        if self._path and section_type not in APART:
            return " > ".join(self._path)
        return SECTIONS.get(section_type, "")

    def push(self, level: int, heading: str) -> str:
        """Enters the section of a heading of this level, from 1; its path."""
        self._path = [*self._path[: level - 1], heading]
        return " > ".join(self._path)

    def table(self, infons: Infons, kind: BlockKind) -> int:
        """The number of the table that a table passage, its caption or footnote belongs to."""
        name = str(infons.get("id") or infons.get("file") or "")
        # without a name: a table ends what its captions began, footnotes follow it
        key = name or f"#{self._n_unnamed - (kind == 'footnote')}"
        if not name and kind == "table":
            self._n_unnamed += 1
        return self._tables.setdefault(key, len(self._tables))


def passage_blocks(infons: Infons, span: Span, text: str, headings: Headings) -> list[Passage]:
    """The block of a passage, or none when it holds only blanks."""
    words = text[span.start : span.end].strip()
    if not words:
        return []
    kind = _kind(infons)
    if kind == "title":
        return [Passage(span, kind)]
    if kind == "heading":
        section = str(infons.get("section") or "") or headings.push(_level(infons), words)
        return [Passage(span, kind, section)]
    if kind == "reference":
        return [Passage(span, kind, str(infons.get("section") or "References"))]
    section = headings.section(infons) or ("Abstract" if kind == "abstract" else "")
    return [Passage(span, kind, section, headings.table(infons, kind) if _is_of_table(infons) else None)]


def table_cells(text: str, block: Passage) -> list[Cell]:
    """The cells of a table block whose columns are separated by tabs or bars and whose rows by line ends."""
    rows: list[list[CellSpec]] = []
    spans: dict[tuple[int, int], Span] = {}
    start = block.span.start
    for number, row in enumerate(text[start : block.span.end].split("\n")):
        specs: list[CellSpec] = []
        for column, cell in enumerate(re.split(r"(?:\t)" if "\t" in row else r"(?: \| )", row)):
            separator = 1 if "\t" in row else 3
            first = start + len(cell) - len(cell.lstrip())
            spans[number, column] = Span(first, first + len(cell.strip()))
            specs.append(CellSpec(cell.strip()))
            start += len(cell) + separator
        start += 1 - separator
        rows.append(specs)
    grid = Grid(rows, None)
    return grid.records(block.table or 0, spans) if grid.cells else []


def _kind(infons: Infons) -> BlockKind:
    name = str(infons.get("type") or "").lower()
    if str(infons.get("section_type") or "").upper() == "REF":
        return "reference"  # also the heading above the references, a "title"
    if name in KINDS:
        return KINDS[name]
    if _HEADING.fullmatch(name):
        return "heading"
    if name.startswith("abstract"):
        return "abstract"
    if str(infons.get("section_type") or "").upper() == "TITLE":
        return "title"
    return "paragraph"


def _level(infons: Infons) -> int:
    match = _HEADING.fullmatch(str(infons.get("type") or "").lower())
    return int(match[1]) if match else 1


def _is_of_table(infons: Infons) -> bool:
    return str(infons.get("type") or "").lower().startswith("table")
