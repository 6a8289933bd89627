"""Rows into transactions: batches that several sessions write at a time without waiting for one another's locks.

A relationship locks the nodes at its ends. Nodes are shared out among buckets by a hash of their identifiers; a batch
holds rows of one pair of buckets, and no two batches that share a bucket are under way together. It locks the last
relationships of these nodes as well, whose other ends are anywhere: the more sessions, the more deadlocks, after which
the driver repeats a batch.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple, TypeVar
from zlib import crc32

import neo4j
import pyarrow as pa
from neo4j.exceptions import ConstraintError, IncompleteCommit

from kgbuild.document import Failure
from kgbuild.store.neo4j.report import PartCount
from kgbuild.store.neo4j.statements import Statement

__all__ = ["Progress", "Writer", "until_told"]

#: Rows that wait for others of their buckets; beyond that the fullest batch is written as it is.
MOST_WAITING_ROWS = 50_000

#: Rows of a table that become Python objects together.
ROWS_AT_ONCE = 4096

#: How often a connection may break while a transaction is committed.
COMMITS = 5

#: Rows written so far, of how many, and of which part the last were.
Progress = Callable[[int, int, str], None]

Result = TypeVar("Result")

_Row = tuple[Any, ...]
_Key = tuple[Statement, frozenset[int]]


class _Batch(NamedTuple):
    statement: Statement
    buckets: frozenset[int]
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
        self._sessions = sessions
        self._n_buckets = 2 * sessions  # so that as many pairs are free of one another as there are sessions
        self._fresh = set(fresh)
        self._progress = progress
        self._gathered: defaultdict[_Key, list[_Row]] = defaultdict(list)
        self._n_gathered = 0
        self._waiting: list[_Batch] = []
        self._running: dict[Future[_Written], _Batch] = {}
        self._busy: set[int] = set()
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
        while self._running or self._waiting:
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
        key = statement, frozenset(crc32(row[end].encode()) % self._n_buckets for end in statement.ends)
        rows = self._gathered[key]
        rows.append(row)
        self._n_gathered += 1
        if len(rows) == self._batch_rows:
            self._release(key)
        elif self._n_gathered > MOST_WAITING_ROWS:
            self._release(max(self._gathered, key=lambda key: len(self._gathered[key])))

    def _release(self, key: _Key) -> None:
        rows = self._gathered.pop(key)
        self._n_gathered -= len(rows)
        while len(self._waiting) >= self._sessions:
            self._wait()
        self._waiting.append(_Batch(*key, rows))
        self._start()

    def _start(self) -> None:
        for batch in list(self._waiting):
            if len(self._running) == self._sessions:
                return
            if self._busy.isdisjoint(batch.buckets):
                self._waiting.remove(batch)
                self._busy |= batch.buckets
                self._running[self._pool.submit(self._write, batch)] = batch

    def _wait(self) -> None:
        for future in wait(self._running, return_when=FIRST_COMPLETED).done:
            batch = self._running.pop(future)
            self._busy -= batch.buckets
            self._note(batch, future.result())
        self._start()

    def _note(self, batch: _Batch, written: _Written) -> None:
        statement = batch.statement
        parts = {statement.part: written.nodes if statement.link or not statement.ends else written.relationships}
        if statement.link:
            parts[statement.link] = written.relationships
        for part, created in parts.items():
            self._taken[part] += written.taken
            self._created[part] += created
            self.rejected.extend(Failure(part, "load", reason) for reason in written.missing)
        self._progress(len(batch.rows) * len(parts), statement.part)

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
