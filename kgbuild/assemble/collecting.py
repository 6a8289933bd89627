"""Rows gathered into Arrow tables batch by batch, each tagged with the document version that it came from."""

from collections.abc import Iterable, Set

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kgbuild.tables import Row

__all__ = ["Collector", "sorted_unique", "table_of"]

#: Rows held as Python objects before they become a batch.
BATCH_ROWS = 8192


class Collector:
    """A growing table; memory beyond the table itself is one batch."""

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._rows: list[Row] = []
        self._versions: list[int] = []
        self._batches: list[pa.RecordBatch] = []
        self._batch_versions: list[pa.Array] = []

    def add(self, rows: Iterable[Row], version: int) -> None:
        """Append rows of one version of a document."""
        before = len(self._rows)
        self._rows.extend(rows)
        self._versions.extend([version] * (len(self._rows) - before))
        if len(self._rows) >= BATCH_ROWS:
            self._flush()

    def table(self, superseded: Set[int]) -> pa.Table:
        """All rows but those of superseded versions, in order of arrival."""
        self._flush()
        table = pa.Table.from_batches(self._batches, self._schema)
        if not superseded:
            return table
        versions = pa.chunked_array(self._batch_versions, pa.int64())
        return table.filter(pc.invert(pc.is_in(versions, pa.array(sorted(superseded), pa.int64()))))

    def _flush(self) -> None:
        if self._rows:
            self._batches.append(pa.RecordBatch.from_pylist(self._rows, self._schema))
            self._batch_versions.append(pa.array(self._versions, pa.int64()))
            self._rows, self._versions = [], []


def table_of(rows: Iterable[Row], schema: pa.Schema) -> pa.Table:
    """A table of these rows, built in batches."""
    collector = Collector(schema)
    for row in rows:
        collector.add((row,), 0)
    return collector.table(frozenset())


def sorted_unique(table: pa.Table, then: Iterable[tuple[str, str]] = ()) -> pa.Table:
    """The table sorted by `id`; of rows with one id the first by the columns and directions of `then` remains."""
    table = table.sort_by([("id", "ascending"), *then])
    if table.num_rows == 0:
        return table
    ids = table["id"].combine_chunks()
    repeated = pc.equal(ids[1:], ids[:-1])
    keep = np.concatenate(([True], ~repeated.to_numpy(zero_copy_only=False)))
    return table.filter(pa.array(keep))
