"""The distinct rows of some columns of a table, in memory that does not grow with it."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa

from kgbuild.store.parquet import ROWS_PER_GROUP, count_rows, read_batches
from kgbuild.store.ranges import gathered

__all__ = ["distinct_rows"]

BATCH_ROWS = 16384

#: Rows of a table of which the distinct ones are found together. The statements of evidence come in the order of
#: these parts; those of mentions, of which there are more, are in the same order whatever their size.
DISTINCT_ROWS = {"evidence": 1 << 18, "mentions": 1 << 17}


def distinct_rows(folder: Path, name: str, columns: Sequence[str]) -> Iterator[pa.Table]:
    """The distinct rows of some columns, one of them `document`, which the table is not sorted by.

    They are found for some documents at a time, whose rows are gathered among the system's temporary files, and come
    in the order of documents.
    """
    bounds = _document_bounds(folder, n_ranges=count_rows(folder, name) // DISTINCT_ROWS[name] + 1)
    by_document = [(column, "ascending") for column in sorted(columns, key=lambda column: column != "document")]
    read = partial(read_batches, folder, name, columns=columns, size=ROWS_PER_GROUP)
    for rows in gathered(read, "document", bounds):
        rows = rows.group_by(list(columns), use_threads=False).aggregate([]).sort_by(by_document)
        for batch in rows.to_batches(BATCH_ROWS):
            yield pa.Table.from_batches([batch])


def _document_bounds(folder: Path, *, n_ranges: int) -> list[str]:
    """Identifiers that part the documents into so many ranges of about equal size."""
    if n_ranges == 1:
        return []
    step = max(1, count_rows(folder, "documents") // n_ranges)
    bounds: list[str] = []
    place = 0
    for batch in read_batches(folder, "documents", columns=["id"], size=BATCH_ROWS):
        bounds += batch["id"][-place % step :: step].to_pylist()
        place += batch.num_rows
    return bounds[1:n_ranges]
