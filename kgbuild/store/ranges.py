"""The rows of a table by ranges of a column of text, in memory that does not grow with the table.

One pass over the table writes them into a file for each range, among temporary files.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

__all__ = ["SORTED_ROWS", "evenly_spaced", "gathered", "sorted_rows"]

#: Ranges whose rows are gathered in one pass over the table, each in a file of its own.
RANGES_AT_ONCE = 128
#: Rows that are sorted in memory, about.
SORTED_ROWS = 32768
#: Rows that are Python objects at one time.
BATCH_ROWS = 4096

Read = Callable[[], Iterable[pa.Table]]


def gathered(read: Read, key: str, bounds: Sequence[str], *, folder: Path | None = None) -> Iterator[pa.Table]:
    """The rows below the first bound, those from it to below the second, and so on: a table for each range.

    `read` gives the rows, in any order, and is called again for each RANGES_AT_ONCE ranges. The files lie in `folder`,
    or among the system's temporary ones.
    """
    ends = ["", *bounds, None]
    for first in range(0, len(ends) - 1, RANGES_AT_ONCE):
        with TemporaryDirectory(prefix="kgbuild-", dir=folder) as scratch:
            for path in _gather(read(), key, ends[first : first + RANGES_AT_ONCE + 1], Path(scratch)):
                yield _taken(path)


def sorted_rows(
    read: Read, by: Sequence[str], bounds: Sequence[str], *, folder: Path | None = None
) -> Iterator[dict[str, Any]]:
    """The rows in the order of columns, of which the first has the bounds; "-column" is descending."""
    keys = [(column.removeprefix("-"), "descending" if column[0] == "-" else "ascending") for column in by]
    for table in gathered(read, by[0], bounds, folder=folder):
        for batch in table.sort_by(keys).to_batches(BATCH_ROWS):
            yield from batch.to_pylist()


def evenly_spaced(sample: Iterable[str], n_ranges: int) -> list[str]:
    """Bounds that part values like those of a sample into so many ranges of about equal size, or fewer."""
    ordered = sorted(sample)
    return sorted({ordered[len(ordered) * i // n_ranges] for i in range(1, n_ranges)})


def _taken(path: Path) -> pa.Table:
    """The rows of a file that `_gather` made, which is removed."""
    with pa.OSFile(str(path)) as file:
        rows = pa.ipc.open_stream(file).read_all()
    path.unlink()
    return rows


def _gather(tables: Iterable[pa.Table], key: str, bounds: Sequence[str | None], scratch: Path) -> list[Path]:
    """A file for each range between two bounds, with the rows in it; None is no bound."""
    paths = [scratch / f"{place}.arrow" for place in range(len(bounds) - 1)]
    with ExitStack() as stack:
        writers: list[pa.RecordBatchStreamWriter] = []
        for table in tables:
            if not writers:
                options = pa.ipc.IpcWriteOptions(compression="lz4")
                files = [stack.enter_context(pa.OSFile(str(path), "wb")) for path in paths]
                writers = [
                    stack.enter_context(pa.ipc.new_stream(file, table.schema, options=options)) for file in files
                ]
            ordered = table.sort_by(key)
            keys = ordered[key].to_pylist()
            places = [len(keys) if bound is None else bisect_left(keys, bound) for bound in bounds]
            for writer, (start, stop) in zip(writers, pairwise(places), strict=True):
                if start < stop:
                    writer.write_table(ordered.slice(start, stop - start))
    return paths if writers else []
