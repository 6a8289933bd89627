"""The tables of a graph as Parquet files in its folder, and back.

Compression, row groups and column order are fixed, so that equal tables give equal bytes. A file is written beside its
place and renamed into it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kgbuild.errors import GraphError
from kgbuild.store.ranges import evenly_spaced
from kgbuild.tables import SCHEMAS, Row, Tables

__all__ = [
    "column_names",
    "count_rows",
    "key_bounds",
    "read_batches",
    "read_range",
    "read_table",
    "read_tables",
    "table_path",
    "write_rows",
    "write_tables",
]

ROWS_PER_GROUP = 65536
ROWS_PER_BATCH = 4096
_FORMAT: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 3,
    "version": "2.6",
    "data_page_version": "1.0",
}

#: Keys that tell how the values of a column are spread.
SAMPLED_KEYS = 65536

#: Values from the first to below the second; None where there is no bound.
Range = tuple[str | None, str | None]


def table_path(folder: Path, name: str) -> Path:
    """Where a table of SCHEMAS lies in a graph's folder."""
    return folder / f"{name}.parquet"


def write_tables(folder: Path, tables: Tables) -> None:
    """Write every table into the folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in SCHEMAS.items():
        _write(getattr(tables, name).cast(schema), table_path(folder, name))


def write_rows(folder: Path, name: str, rows: Iterable[Row]) -> int:
    """Write a table as its rows come, of which a row group is in memory; how many they were. Equal bytes as above."""
    path = table_path(folder, name)
    unfinished = path.with_name(f".{path.name}.unfinished")
    n_rows = 0
    with pq.ParquetWriter(unfinished, SCHEMAS[name], **_FORMAT) as writer:
        remaining = iter(rows)
        while group := _next_group(remaining, SCHEMAS[name]):
            writer.write_table(group, ROWS_PER_GROUP)
            n_rows += group.num_rows
    unfinished.replace(path)
    return n_rows


def read_tables(folder: Path) -> Tables:
    """All tables of a graph; failures and counts stand in its manifest."""
    return Tables(**{name: read_table(folder, name) for name in SCHEMAS})


def read_table(
    folder: Path,
    name: str,
    *,
    columns: Sequence[str] | None = None,
    filters: Sequence[tuple[str, str, Any]] | None = None,
) -> pa.Table:
    """One table, or those columns and rows of it; `filters` as in pyarrow. GraphError if it is missing or damaged."""
    with _reading(folder, name) as path:
        # Parquet calls the items of a list "element", Arrow "item"
        return pq.read_table(path, columns=columns, filters=filters).cast(_schema(name, columns))


def column_names(folder: Path, name: str) -> list[str]:
    """The columns that a table has; those of SCHEMAS, but in a graph of another version."""
    with _reading(folder, name) as path:
        return list(pq.read_schema(path).names)


def read_batches(
    folder: Path, name: str, *, columns: Sequence[str] | None = None, size: int = ROWS_PER_BATCH
) -> Iterator[pa.Table]:
    """The rows of a table in their order, at most `size` of a row group at a time, of which no more are in memory.

    Errors as `read_table`.
    """
    with _reading(folder, name) as path, pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):  # a reader of all groups holds ever more memory
            for batch in file.iter_batches(batch_size=size, row_groups=[group], columns=columns):
                yield pa.Table.from_batches([batch]).cast(_schema(name, columns))


def count_rows(folder: Path, name: str) -> int:
    """How many rows a table has; errors as `read_table`."""
    with _reading(folder, name) as path:
        return int(pq.read_metadata(path).num_rows)


def key_bounds(folder: Path, name: str, key: str, *, rows: int) -> list[str]:
    """Bounds that part a column of text, in order, into ranges of about so many rows each."""
    n_rows = count_rows(folder, name)
    if n_rows <= rows:
        return []
    step = -(-n_rows // SAMPLED_KEYS)
    sample: list[str] = []
    place = 0
    for batch in read_batches(folder, name, columns=[key]):
        sample += batch[key].take(pa.array(range(-place % step, batch.num_rows, step), pa.int64())).to_pylist()
        place += batch.num_rows
    return evenly_spaced(sample, -(-n_rows // rows))


def read_range(folder: Path, name: str, key: str, range_: Range, *, columns: Sequence[str]) -> pa.Table:
    """Those rows of a table whose key is in the range; quick if the table is sorted by it."""
    low, high = range_
    filters = [(key, ">=", low)] if low is not None else []
    filters += [(key, "<", high)] if high is not None else []
    return read_table(folder, name, columns=columns, filters=filters or None)


@contextmanager
def _reading(folder: Path, name: str) -> Iterator[Path]:
    path = table_path(folder, name)
    if not path.is_file():
        raise GraphError(f"{folder}: expected a graph, found no {path.name}; run kgbuild build PATH… -o {folder}")
    try:
        yield path
    except (pa.ArrowException, ValueError, OSError) as error:
        raise GraphError(
            f"{path}: damaged or made by an incompatible version ({error}); run kgbuild build again"
        ) from error


def _schema(name: str, columns: Sequence[str] | None) -> pa.Schema:
    return pa.schema([SCHEMAS[name].field(column) for column in columns or SCHEMAS[name].names])


def _next_group(rows: Iterator[Row], schema: pa.Schema) -> pa.Table:
    """The rows of the next row group, empty at the end; made of smaller batches, since dictionaries take more room."""
    sizes = [ROWS_PER_BATCH] * (ROWS_PER_GROUP // ROWS_PER_BATCH)
    batches = (pa.Table.from_pylist(list(islice(rows, size)), schema) for size in sizes)
    return pa.concat_tables(batches).combine_chunks()


def _write(table: pa.Table, path: Path) -> None:
    unfinished = path.with_name(f".{path.name}.unfinished")
    pq.write_table(table.combine_chunks(), unfinished, row_group_size=ROWS_PER_GROUP, **_FORMAT)
    unfinished.replace(path)
