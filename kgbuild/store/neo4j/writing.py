"""Rows into transactions: batches of one part each, which several sessions write at a time.

Batches are not kept from one another's nodes. A transaction that creates relationships locks what they touch when it is
committed, the nodes in one order for all, so that one waits for another for a moment. Batches that share no node get
past that together and meet at the other relationships of their nodes, in any order: a deadlock, and a second's wait.
Merges lock row by row, and some die of it as well; the driver repeats a transaction that did.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

import neo4j
import pyarrow as pa
from neo4j.exceptions import ConstraintError, IncompleteCommit

from kgbuild.document import Failure
from kgbuild.store.neo4j.report import PartCount
from kgbuild.store.neo4j.statements import Statement

__all__ = ["Progress", "Writer", "until_told"]

#: Rows that wait for others of their part; beyond that the fullest batch is written as it is.
MOST_WAITING_ROWS = 50_000

#: Rows of a table that become Python objects together.
ROWS_AT_ONCE = 4096

#: How often a connection may break while a transaction is committed.
COMMITS = 5

#: Rows written so far, of how many, and of which part the last were.
Progress = Callable[[int, int, str], None]

Result = TypeVar("Result")

_Row = tuple[Any, ...]


class _Batch(NamedTuple):
    statement: Statement
    rows: list[_Row]


class _Written(NamedTuple):
    """What became of a batch: rows that were taken, nodes and relationships made, and the reasons of what was not."""

    taken: int
    nodes: int
    relationships: int
    missing: tuple[str, ...]


class Writer:
    """Writes rows, and counts what becomes of them. `fresh` labels and types have nothing in the database yet."""

    def __init__(
        self,
        driver: neo4j.Driver,
        database: str | None,
        *,
        batch_rows: int,
        sessions: int,
        fresh: Iterable[str],
        progress: Callable[[int, str], None],
    ) -> None:
        self._driver = driver
        self._database = database
        self._batch_rows = batch_rows
        self._most_given = 2 * sessions  # a batch for each session to go on with
        self._fresh = set(fresh)
        self._progress = progress
        self._gathered: defaultdict[Statement, list[_Row]] = defaultdict(list)
        self._n_gathered = 0
        self._writing: dict[Future[_Written], _Batch] = {}
        self._given: Counter[str] = Counter()
        self._taken: Counter[str] = Counter()
        self._created: Counter[str] = Counter()
        self._pool = ThreadPoolExecutor(sessions)
        self.rejected: list[Failure] = []

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def add(self, statement: Statement, table: pa.Table) -> None:
        """Write the rows of a table, now or with others."""
        for batch in table.to_batches(max_chunksize=ROWS_AT_ONCE):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                self._gather(statement, row)
        self._given[statement.part] += table.num_rows
        if statement.link:
            self._given[statement.link] += table.num_rows

    def finish(self) -> None:
        """Return when all rows are written."""
        while self._gathered:
            self._release(next(iter(self._gathered)))
        while self._writing:
            self._wait()

    def counts(self) -> tuple[PartCount, ...]:
        """What became of the rows of each part, in the order in which they came."""
        return tuple(
            PartCount(
                part, given, self._created[part], self._taken[part] - self._created[part], given - self._taken[part]
            )
            for part, given in self._given.items()
        )

    def _gather(self, statement: Statement, row: _Row) -> None:
        rows = self._gathered[statement]
        rows.append(row)
        self._n_gathered += 1
        if len(rows) == self._batch_rows:
            self._release(statement)
        elif self._n_gathered > MOST_WAITING_ROWS:
            self._release(max(self._gathered, key=lambda statement: len(self._gathered[statement])))

    def _release(self, statement: Statement) -> None:
        batch = _Batch(statement, self._gathered.pop(statement))
        self._n_gathered -= len(batch.rows)
        while len(self._writing) >= self._most_given:
            self._wait()
        self._writing[self._pool.submit(self._write, batch)] = batch

    def _wait(self) -> None:
        for future in wait(self._writing, return_when=FIRST_COMPLETED).done:
            self._note(self._writing.pop(future), future.result())

    def _note(self, batch: _Batch, written: _Written) -> None:
        statement = batch.statement
        parts = {statement.part: written.relationships if statement.of_relationships else written.nodes}
        if statement.link:
            parts[statement.link] = written.relationships
        for part, created in parts.items():
            self._taken[part] += written.taken
            self._created[part] += created
            self.rejected.extend(Failure(part, "load", reason) for reason in written.missing)
        self._progress(len(batch.rows) * len(parts), statement.part)
        # the driver's result keeps the rows in a cycle of references; the garbage collector counts new containers, not
        # what they hold, and would let ever more rows wait for it
        batch.rows.clear()

    def _write(self, batch: _Batch) -> _Written:
        return until_told(lambda: self._try(batch))

    def _try(self, batch: _Batch) -> _Written:
        statement, rows = batch.statement, batch.rows
        with self._driver.session(database=self._database) as session:
            if statement.create and statement.target in self._fresh:
                try:
                    return session.execute_write(_write_rows, statement, statement.create, rows)
                except ConstraintError:  # rows that a lost answer had told of, or that another load wrote
                    self._fresh.discard(statement.target)
            return session.execute_write(_write_rows, statement, statement.merge, rows)


def until_told(transact: Callable[[], Result]) -> Result:
    """What a transaction gives, which may be repeated: again if the connection broke while it was committed, since
    nobody knows then whether it was. The driver does not do that by itself, as it does where it knows.
    """
    for _ in range(COMMITS - 1):
        with suppress(IncompleteCommit):
            return transact()
    return transact()


def _write_rows(transaction: neo4j.ManagedTransaction, statement: Statement, text: str, rows: list[_Row]) -> _Written:
    if statement.relabel:
        transaction.run(statement.relabel, rows=rows).consume()
    result = transaction.run(text, rows=rows)
    taken = result.single(strict=True)[0]
    counters = result.consume().counters
    missing = () if taken == len(rows) else tuple(map(_reason, transaction.run(statement.missing, rows=rows)))
    return _Written(taken, counters.nodes_created, counters.relationships_created, missing)


def _reason(record: neo4j.Record) -> str:
    start, end, absent = record
    return f"{start} -> {end}: {absent} is not in the database"
