"""Tables that need not fit in memory: gathered in files, joined by DuckDB (https://duckdb.org), sorted in ranges.

Texts are ordered by their bytes in UTF-8, as in the tables of a graph; what is not known comes last.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kgbuild.errors import GraphError
from kgbuild.store.ranges import SORTED_ROWS, evenly_spaced, sorted_rows

__all__ = ["Workbench", "workbench"]

#: What DuckDB may hold before it writes to disk.
MEMORY = "512MB"
#: Rows that are Python objects at one time.
BATCH_ROWS = 4096
#: Values that tell how those of a column are spread.
SAMPLED_ROWS = 65536

#: read soon and once
_FORMAT: dict[str, Any] = {"compression": "lz4", "use_dictionary": False, "write_statistics": False}

_QUIET = "SET enable_progress_bar = false"

Row = dict[str, Any]


class Workbench:
    """A few tables that are filled row by row, then asked."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, tables: Mapping[str, pa.Schema]) -> None:
        self._connection = connection
        connection.execute(_QUIET)
        self._folder = folder
        self._tables: dict[str, _Table] = {}
        for name, schema in tables.items():
            self.create(name, schema)

    def create(self, name: str, schema: pa.Schema) -> None:
        """Make an empty table."""
        self._tables[name] = _Table(schema, Path(mkdtemp(prefix=f"{name}-", dir=self._folder)))

    def add(self, name: str, row: Row) -> None:
        """Put a row into a table; its keys are the table's columns."""
        self._tables[name].add(row)

    def add_file(self, name: str, path: Path, **constants: int) -> None:
        """Put the rows of a Parquet file into a table; columns that it lacks are given as constants.

        The file is read where it lies, and must stay there.
        """
        self._tables[name].add_file(path, constants)

    def drop(self, name: str) -> None:
        """Forget a table."""
        self._tables.pop(name).drop()

    def batches(self, query: str, *parameters: str, size: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """The answer to a query, in batches of rows; the parameters are its question marks."""
        for name in self._tables.keys() & set(re.findall(r"\w+", query)):
            self._connection.execute(f"CREATE OR REPLACE VIEW {name} AS {self._tables[name].ended()}")
        cursor = self._connection.cursor()  # of its own: rows may be put into other tables meanwhile
        cursor.execute(_QUIET)
        yield from cursor.sql(query, params=list(parameters)).to_arrow_reader(size)

    def rows(self, query: str, *parameters: str) -> Iterator[Row]:
        """The answer to a query, row by row."""
        for batch in self.batches(query, *parameters):
            yield from batch.to_pylist()

    def ordered(self, query: str, by: Sequence[str], *parameters: str) -> Iterator[Row]:
        """The answer to a query, which is asked several times, in the order of columns; "-column" is descending.

        The first is of texts, none of which is null, and ascending. Rows of equal texts there are sorted in memory.
        """
        (n_rows,) = (row["n"] for row in self.rows(f"SELECT count(*) AS n FROM ({query})", *parameters))
        sampled = f'SELECT "{by[0]}" AS key FROM ({query}) USING SAMPLE {SAMPLED_ROWS} ROWS (reservoir, 0)'
        sample = [row["key"] for row in self.rows(sampled, *parameters)] if n_rows > SORTED_ROWS else []

        def read() -> Iterator[pa.Table]:
            for batch in self.batches(query, *parameters, size=SORTED_ROWS // 2):
                yield pa.Table.from_batches([batch])

        bounds = evenly_spaced(sample, -(-n_rows // SORTED_ROWS)) if sample else []
        yield from sorted_rows(read, by, bounds, folder=self._folder)


class _Table:
    """Rows in Parquet files: of its own, each ended when the table is asked, and of others."""

    def __init__(self, schema: pa.Schema, folder: Path) -> None:
        self._schema = schema
        self._folder = folder
        self._own: list[Path] = []
        self._parts: list[str] = []
        self._pending: list[Row] = []
        self._writer: pq.ParquetWriter | None = None

    def add(self, row: Row) -> None:
        self._pending.append(row)
        if len(self._pending) == BATCH_ROWS:
            self._write()

    def add_file(self, path: Path, constants: Mapping[str, int]) -> None:
        given = [f'{constants[name]} AS "{name}"' if name in constants else f'"{name}"' for name in self._schema.names]
        self._parts.append(f"SELECT {', '.join(given)} FROM {_parquet(path)}")

    def ended(self) -> str:
        """The query for the rows up to now; those that come later are in the next file."""
        if self._pending or not self._parts:
            self._write()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        return " UNION ALL ".join(self._parts)

    def drop(self) -> None:
        self.ended()
        for path in self._own:
            path.unlink()

    def _write(self) -> None:
        rows, self._pending = self._pending, []
        if self._writer is None:
            path = self._folder / f"{len(self._own)}.parquet"
            self._own.append(path)
            self._parts.append(f"SELECT * FROM {_parquet(path)}")
            self._writer = pq.ParquetWriter(path, self._schema, **_FORMAT)
        self._writer.write_table(pa.Table.from_pylist(rows, self._schema))


def _parquet(path: Path) -> str:
    """The rows of a file as DuckDB reads them; in its name nothing is a pattern."""
    literal = re.sub(r"[\[*?]", r"[\g<0>]", str(path)).replace("'", "''")
    return f"read_parquet('{literal}', hive_partitioning = false)"


@contextmanager
def workbench(folder: Path, tables: Mapping[str, pa.Schema]) -> Iterator[Workbench]:
    """A workbench with these tables; its files lie in the folder until the block ends."""
    with TemporaryDirectory(prefix=".workbench-", dir=folder) as scratch:
        spilled = f"{scratch}/spilled"
        with duckdb.connect(config={"memory_limit": MEMORY, "threads": 2, "temp_directory": spilled}) as connection:
            bench = Workbench(connection, Path(scratch), tables)
            try:
                yield bench
            except duckdb.Error as error:
                raise GraphError(
                    f"{folder}: expected tables that can be read, and room on disk for others, found: {error}"
                ) from error
