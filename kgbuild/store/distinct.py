"""The distinct rows of some columns of a table, in memory that does not grow with it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from kgbuild.store.parquet import count_rows, read_batches

__all__ = ["distinct_rows"]

BATCH_ROWS = 16384

#: Rows of mentions or evidence of which the distinct ones are found together.
DISTINCT_ROWS = 1 << 18


def distinct_rows(folder: Path, name: str, columns: Sequence[str]) -> Iterator[pa.Table]:
    """The distinct rows of some columns, one of them `document`, which the table is not sorted by.

    They are found for some documents at a time, in a pass over the table for each, and come in the order of documents.
    """
    bounds = _document_bounds(folder, n_ranges=count_rows(folder, name) // DISTINCT_ROWS + 1)
    for low, high in zip(["", *bounds], [*bounds, None], strict=True):
        parts = []
        for batch in read_batches(folder, name, columns=columns, size=BATCH_ROWS):
            is_within = pc.greater_equal(batch["document"], low)
            if high is not None:
                is_within = pc.and_(is_within, pc.less(batch["document"], high))
            parts.append(batch.filter(is_within))
        if not parts:
            return
        found = pa.concat_tables(parts).group_by(list(columns), use_threads=False).aggregate([])
        parts.clear()  # or they would be in memory beside the next ones
        by_document = sorted(columns, key=lambda column: column != "document")
        for batch in found.sort_by([(column, "ascending") for column in by_document]).to_batches(BATCH_ROWS):
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
