"""Columns of numbers in a table's file of which nothing became a measurement, told to whoever gave the file.

In a spreadsheet somebody wants every column to be read; in a paper's tables most numbers are counts and statistics, and
nothing is told of them. Nor is it of identifiers, counts, dates, errors and the conditions of what was measured.
"""

import re
from collections.abc import Iterator, Sequence

from kgbuild.document import COLUMNS, Cell, Document, Failure
from kgbuild.extract.quantities import parse_quantities
from kgbuild.extract.table_conditions import is_condition, is_no_value

__all__ = ["tell_unmeasured"]

#: Formats of files that are tables.
FORMATS = frozenset({"csv", "xlsx"})
#: Cells that tell whether a column holds numbers.
SAMPLE = 50
#: Columns that are named, at most.
MOST_NAMED = 12

_COUNTED = re.compile(
    r"(?:^|[\W_])(?:ids?|identifiers?|pubmedid|idx|accession|no|nr|numbers?|num|index|indices|ranks?|order|counts?|n|years?|dates?|"
    r"months?|chr|chrom|chromosome|pos|positions?|start|end|pages?|rows?|reference|formula|smiles|inchi)(?:$|[\W_])",
    re.IGNORECASE,
)


def tell_unmeasured(doc: Document) -> Failure | None:
    """Which columns of numbers of a table's file gave no measurement; None if all did, and for other documents."""
    if doc.metadata.format not in FORMATS:
        return None
    names = list(dict.fromkeys(_unmeasured(doc)))
    if not names:
        return None
    quoted = ", ".join(f'"{name}"' for name in names[:MOST_NAMED])
    others = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    column = "column" if len(names) == 1 else "columns"
    reason = (
        f"no measurement is read from the {column} of numbers {quoted}{others}: "
        "a header has to name one property of the schema, by more than a symbol of several, with its unit"
    )
    return Failure(doc.metadata.source, COLUMNS, f"{doc.metadata.source}: {reason}", document=doc.id)


def _unmeasured(doc: Document) -> Iterator[str]:
    measured = {measurement.span for measurement in doc.measurements}
    told = {name for measurement in doc.measurements for name, _ in measurement.conditions}
    columns: dict[tuple[int, int], list[Cell]] = {}
    for cell in doc.cells:
        if not cell.is_header and cell.column_header:
            columns.setdefault((cell.table, cell.column), []).append(cell)
    for cells in columns.values():
        heads = list(dict.fromkeys(doc.text_of(span) for span in cells[0].column_header))
        name = " ".join(heads)
        is_other = _COUNTED.search(name) or name in told or any(is_no_value(head) for head in heads)
        is_used = bool(measured) and any(map(is_condition, heads))
        if not (is_other or is_used or measured & {cell.span for cell in cells}) and _are_numbers(doc, cells):
            yield name


def _are_numbers(doc: Document, cells: Sequence[Cell]) -> bool:
    """Whether most cells of a column are quantities; ones and noughts are truth values."""
    sample = [doc.text_of(cell.span) for cell in cells[:SAMPLE]]
    return not {"0", "1"}.issuperset(sample) and sum(bool(parse_quantities(text)) for text in sample) * 2 > len(sample)
