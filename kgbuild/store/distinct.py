"""The distinct rows of some columns of a table, in memory that does not grow with it."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from kgbuild.store.parquet import ROWS_PER_GROUP, count_rows, read_batches

__all__ = ["distinct_rows"]

BATCH_ROWS = 16384

#: Rows of a table of which the distinct ones are found together. The statements of evidence come in the order of
#: these parts; those of mentions, of which there are more, are in the same order whatever their size.
DISTINCT_ROWS = {"evidence": 1 << 18, "mentions": 1 << 17}

#: Ranges of documents whose rows are gathered in one pass over the table, each in a file of its own.
RANGES_AT_ONCE = 128


def distinct_rows(folder: Path, name: str, columns: Sequence[str]) -> Iterator[pa.Table]:
    """The distinct rows of some columns, one of them `document`, which the table is not sorted by.

    They are found for some documents at a time, whose rows are gathered among the system's temporary files, and come
    in the order of documents.
    """
    bounds = ["", *_document_bounds(folder, n_ranges=count_rows(folder, name) // DISTINCT_ROWS[name] + 1), None]
    for first in range(0, len(bounds) - 1, RANGES_AT_ONCE):
        with TemporaryDirectory(prefix="kgbuild-") as scratch:
            for path in _gather(folder, name, columns, bounds[first : first + RANGES_AT_ONCE + 1], Path(scratch)):
                yield from _distinct_in(path, columns)


def _distinct_in(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    """The distinct rows of a file that `_gather` made, which is removed."""
    with pa.OSFile(str(path)) as file:
        rows = pa.ipc.open_stream(file).read_all()
    path.unlink()
    rows = rows.group_by(list(columns), use_threads=False).aggregate([])
    by_document = sorted(columns, key=lambda column: column != "document")
    rows = rows.sort_by([(column, "ascending") for column in by_document])
    for batch in rows.to_batches(BATCH_ROWS):
        yield pa.Table.from_batches([batch])


def _gather(folder: Path, name: str, columns: Sequence[str], bounds: Sequence[str | None], scratch: Path) -> list[Path]:
    """A file for each range of documents between two bounds, with the rows of the table in it; None is no bound."""
    paths = [scratch / f"{place}.arrow" for place in range(len(bounds) - 1)]
    with ExitStack() as stack:
        writers: list[pa.RecordBatchStreamWriter] = []
        for table in read_batches(folder, name, columns=columns, size=ROWS_PER_GROUP):
            if not writers:
                options = pa.ipc.IpcWriteOptions(compression="lz4")
                files = [stack.enter_context(pa.OSFile(str(path), "wb")) for path in paths]
                writers = [
                    stack.enter_context(pa.ipc.new_stream(file, table.schema, options=options)) for file in files
                ]
            ordered = table.sort_by("document")
            documents = ordered["document"].to_pylist()
            places = [len(documents) if bound is None else bisect_left(documents, bound) for bound in bounds]
            for writer, (start, stop) in zip(writers, pairwise(places), strict=True):
                if start < stop:
                    writer.write_table(ordered.slice(start, stop - start))
    return paths if writers else []


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
