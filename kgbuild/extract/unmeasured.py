"""Columns of numbers in a table's file of which nothing became a measurement, and numbers in others, told to its giver.

In a spreadsheet somebody wants every column to be read; in a paper's tables most numbers are counts and statistics, and
nothing is told of them. Nor is it of identifiers, counts, dates, errors and the conditions of what was measured, and of
tables of genes and variants, whose numbers are statistics.
"""

import re
from collections.abc import Sequence

from kgbuild.document import COLUMNS, Cell, Document, Failure
from kgbuild.extract.columns import type_named_by
from kgbuild.extract.headers import parse_header
from kgbuild.extract.quantities import parse_quantities
from kgbuild.extract.table_cells import TABLE_FILES
from kgbuild.extract.table_conditions import is_condition, is_no_value

__all__ = ["tell_unmeasured"]

#: Cells that tell whether a column holds numbers.
SAMPLE = 50
#: Columns, and cells, that are named, at most.
MOST_NAMED = 12

#: Words of headers of identifiers, counts and places, which are nothing else: "Reference density" is none.
_COUNTED_WORD = (
    r"(?:ids?|identifiers?|pubmedid|idx|accession|no|nr|numbers?|num|index|indices|ranks?|order|counts?|n|years?|dates?|"
    r"months?|chr|chrom|chromosome|pos|positions?|start|end|pages?|rows?|reference|formula|smiles|inchi)"
)
_COUNTED = re.compile(
    rf"{_COUNTED_WORD}(?: {_COUNTED_WORD})*|(?:no|numbers?|counts?) of .*|"
    r".* (?:ids?|no|nr|numbers?|num|counts?|year|date)"
)
#: Headers of tables whose numbers are statistics.
_VARIANTS = re.compile(
    r"(?:.* )?(?:snps?|rs ?ids?|dbsnp)(?: .*)?|(?:.* )?variants?(?: ids?)?|marker ?name|chr|chrom|chromosome|"
    r"(?:gene|ensembl|entrez)(?: gene)? ids?|ensembl"
)
_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
#: "Reference density (g/cm3)" is a value, "Reference" alone none.
_GIVEN = re.compile(r"(?:reference|literature)\s+", re.IGNORECASE)


def tell_unmeasured(doc: Document) -> Failure | None:
    """Which columns of numbers of a table's file gave no measurement, and which numbers of others; None if all did, and
    for other documents.
    """
    if doc.metadata.format not in TABLE_FILES:
        return None
    columns, cells = _unmeasured(doc)
    told = []
    if columns:
        column = "column" if len(columns) == 1 else "columns"
        told.append(
            f"no measurement is read from the {column} of numbers {_quoted(columns)}: a header has to name a property "
            "of the schema in words, or by a symbol that it has alone, and its unit, as in Band gap (eV)"
        )
    if cells:
        n_cells = "a cell is" if len(cells) == 1 else f"{len(cells)} cells are"
        told.append(f"{n_cells} not understood in columns that are: {_quoted(cells)}")
    if not told:
        return None
    return Failure(doc.metadata.source, COLUMNS, f"{doc.metadata.source}: {'; '.join(told)}", document=doc.id)


def _quoted(names: Sequence[str]) -> str:
    others = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(f'"{name}"' for name in names[:MOST_NAMED]) + others


def _unmeasured(doc: Document) -> tuple[list[str], list[str]]:
    """The columns of numbers without a measurement, and the cells with a digit in columns of one, by their words."""
    measured = {measurement.span for measurement in doc.measurements}
    told = {name for measurement in doc.measurements for name, _ in measurement.conditions}
    columns: dict[tuple[int, int], list[Cell]] = {}
    for cell in doc.cells:
        if not cell.is_header and cell.column_header:
            columns.setdefault((cell.table, cell.column), []).append(cell)
    headers = {(cell.table, cell.column_header[-1]) for cell in doc.cells if cell.column_header}
    of_genes = {table for table, header in headers if _names_genes(doc.text_of(header))}
    unread: dict[str, None] = {}
    not_understood: list[str] = []
    for (table, _), cells in columns.items():
        heads = list(dict.fromkeys(doc.text_of(span) for span in cells[0].column_header))
        name = " ".join(heads)
        if not measured.isdisjoint(cell.span for cell in cells):
            left = (doc.text_of(cell.span) for cell in cells if cell.span not in measured)
            not_understood += (f"{name}: {text}" for text in left if _DIGIT.search(text))
            continue
        is_other = _COUNTED.fullmatch(_plain(name)) or name in told or any(map(_is_no_value, heads))
        is_used = bool(measured) and any(map(is_condition, heads))
        if not (table in of_genes or is_other or is_used) and _are_numbers(doc, cells):
            unread[name] = None
    return list(unread), not_understood


def _plain(head: str) -> str:
    """The words of a header in lower case."""
    return " ".join(_WORD.findall(head)).lower()


def _names_genes(head: str) -> bool:
    """Whether a column of this header names genes or variants."""
    return type_named_by(head) == "Gene" or _VARIANTS.fullmatch(_plain(head)) is not None


def _is_no_value(head: str) -> bool:
    return is_no_value(head if parse_header(head).unit is None else _GIVEN.sub("", head))


def _are_numbers(doc: Document, cells: Sequence[Cell]) -> bool:
    """Whether most cells of a column are quantities; ones and noughts are truth values."""
    sample = [doc.text_of(cell.span) for cell in cells[:SAMPLE]]
    return not {"0", "1"}.issuperset(sample) and sum(bool(parse_quantities(text)) for text in sample) * 2 > len(sample)
