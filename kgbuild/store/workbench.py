"""Tables that need not fit in memory: gathered, sorted and joined on disk, by DuckDB (https://duckdb.org).

Texts are ordered by their bytes in UTF-8, as in the tables of a graph; what is not known comes last.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from kgbuild.errors import GraphError

__all__ = ["Workbench", "workbench"]

#: What DuckDB may hold before it writes to disk.
MEMORY = "512MB"
BATCH_ROWS = 8192

_QUIET = "SET enable_progress_bar = false"

Row = dict[str, Any]


class Workbench:
    """A database of a few tables that are filled row by row, then asked."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Schema]) -> None:
        self._connection = connection
        connection.execute(_QUIET)
        self._schemas: dict[str, pa.Schema] = {}
        self._pending: dict[str, list[Row]] = {}
        for name, schema in tables.items():
            self.create(name, schema)

    def create(self, name: str, schema: pa.Schema) -> None:
        """Make an empty table."""
        self._schemas[name] = schema
        self._pending[name] = []
        self._insert(f"CREATE TABLE {name} AS SELECT * FROM batch", schema.empty_table())

    def add(self, name: str, row: Row) -> None:
        """Put a row into a table; its keys are the table's columns."""
        pending = self._pending[name]
        pending.append(row)
        if len(pending) == BATCH_ROWS:
            self._flush(name)

    def add_file(self, name: str, path: Path, **constants: int) -> None:
        """Put the rows of a Parquet file into a table; columns that it lacks are given as constants."""
        given = [f"{value} AS {column}" for column, value in constants.items()]
        names = [f'"{column}"' for column in self._schemas[name].names if column not in constants]
        query = f"INSERT INTO {name} BY NAME SELECT {', '.join([*names, *given])} FROM read_parquet(?)"
        self._connection.execute(query, [str(path)])

    def drop(self, name: str) -> None:
        """Forget a table."""
        del self._schemas[name], self._pending[name]
        self._connection.execute(f"DROP TABLE {name}")

    def batches(self, query: str, *parameters: str) -> Iterator[pa.RecordBatch]:
        """The answer to a query, in batches of rows; the parameters are its question marks."""
        for name in self._schemas:
            self._flush(name)
        cursor = self._connection.cursor()  # of its own: rows may be put into other tables meanwhile
        cursor.execute(_QUIET)
        yield from cursor.sql(query, params=list(parameters)).to_arrow_reader(BATCH_ROWS)

    def rows(self, query: str, *parameters: str) -> Iterator[Row]:
        """The answer to a query, row by row."""
        for batch in self.batches(query, *parameters):
            yield from batch.to_pylist()

    def _flush(self, name: str) -> None:
        rows, self._pending[name] = self._pending[name], []
        if rows:
            self._insert(f"INSERT INTO {name} SELECT * FROM batch", pa.Table.from_pylist(rows, self._schemas[name]))

    def _insert(self, statement: str, batch: pa.Table) -> None:
        self._connection.register("batch", batch)
        self._connection.execute(statement)
        self._connection.unregister("batch")


@contextmanager
def workbench(folder: Path, tables: Mapping[str, pa.Schema]) -> Iterator[Workbench]:
    """A workbench with these tables; its files lie in the folder until the block ends."""
    with TemporaryDirectory(prefix=".workbench-", dir=folder) as scratch:
        settings: Iterable[tuple[str, str | int]] = (
            ("memory_limit", MEMORY),
            ("threads", 2),
            ("temp_directory", f"{scratch}/spilled"),
        )
        with duckdb.connect(f"{scratch}/tables.db", config=dict(settings)) as connection:
            try:
                yield Workbench(connection, tables)
            except duckdb.Error as error:
                raise GraphError(
                    f"{folder}: expected room on disk for the tables of the graph, found: {error}"
                ) from error
