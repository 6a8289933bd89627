"""The rows of a graph's tables for checking: some at a time, with the rows of other tables that they name."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kgbuild.store.parquet import read_table

__all__ = ["REFERENCES", "Index", "Rows"]

#: table -> column -> the table whose rows it names; "" names none
REFERENCES = {
    "edges": {"subject": "nodes", "object": "nodes"},
    "evidence": {"edge": "edges", "document": "documents", "subject": "nodes", "object": "nodes"},
    "mentions": {"node": "nodes", "document": "documents"},
    "measurements": {"subject": "nodes", "document": "documents"},
}


class Rows:
    """Some rows of a table by column, from row number `place` on."""

    def __init__(self, table: pa.Table, place: int, references: dict[str, pa.Array], previous_id: str | None) -> None:
        self._table = table
        self._references = references
        self.place = place
        self.previous_id = previous_id

    def __getitem__(self, column: str) -> pa.Array:
        return self._table[column].combine_chunks()

    def row_of(self, column: str) -> pa.Array:
        """The row numbers of what a column refers to, null for nothing."""
        return self._references[column].slice(self.place, self._table.num_rows)


class Index:
    """What rows of other tables are asked of: types of nodes, lengths of documents, ends and evidence of edges."""

    def __init__(self, folder: Path) -> None:
        ids = {name: _column(folder, name, "id") for name in ("nodes", "edges", "documents")}
        self.references = {
            table: {
                column: pc.index_in(_column(folder, table, column), value_set=ids[target])
                for column, target in columns.items()
            }
            for table, columns in REFERENCES.items()
        }
        self.node_types = _column(folder, "nodes", "type")
        self.lengths = _column(folder, "documents", "length")
        evidence = self.references["evidence"]["edge"].drop_null().to_numpy()
        self.evidence_counts = pa.array(np.bincount(evidence, minlength=len(ids["edges"])), pa.int64())

    def types(self, rows: Rows, column: str) -> pa.Array:
        return self.node_types.take(rows.row_of(column))


def _column(folder: Path, table: str, column: str) -> pa.Array:
    return read_table(folder, table, columns=[column])[column].combine_chunks()
