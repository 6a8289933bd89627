"""A graph's folder read for export: the rows of its Parquet files as they stream by, edges with their evidence.

Only a batch of rows is held in memory. Evidence lies by its own identifier and is sorted by edge on disk, among the
system's temporary files.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path

import msgspec

from kgbuild.errors import GraphError
from kgbuild.papers import IDENTIFIERS, papers_of
from kgbuild.store.parquet import count_rows, key_bounds, read_batches, read_table, table_path
from kgbuild.store.ranges import SORTED_ROWS, sorted_rows
from kgbuild.tables import Row

__all__ = ["GraphSource", "StatedEdge"]

_BY_EDGE = ("edge", "document", "start", "id")


class StatedEdge(msgspec.Struct, frozen=True):
    """A row of EDGES with its rows of EVIDENCE, in the order of documents and places."""

    row: Row
    evidence: tuple[Row, ...]

    @property
    def is_denied(self) -> bool:
        """Whether papers only deny it, so that it must not be presented as a fact."""
        return is_denied(self.row)


def is_denied(edge: Row) -> bool:
    """Whether all evidence of a row of EDGES speaks against it."""
    return bool(edge["evidence_count"] <= edge["negated_count"])


class GraphSource:
    """The tables of the graph in a folder; GraphError if one is missing, damaged or does not fit the others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def count(self, name: str) -> int:
        """How many rows a table has."""
        return count_rows(self.folder, name)

    def rows(self, name: str, columns: Sequence[str] | None = None) -> Iterator[Row]:
        """The rows of a table of SCHEMAS, or those columns of them, by identifier."""
        for batch in read_batches(self.folder, name, columns=columns):
            yield from batch.to_pylist()

    def edges(self) -> Iterator[StatedEdge]:
        """Every edge with all its evidence, by identifier."""
        groups = groupby(self._evidence_by_edge(), key=lambda row: row["edge"])
        for row in self.rows("edges"):
            edge_id, evidence = next(groups, ("", iter(())))
            edge = StatedEdge(row, tuple(evidence))
            if edge_id != row["id"] or len(edge.evidence) != row["evidence_count"]:
                raise self._inconsistent(f"expected the {row['evidence_count']} rows of {row['id']}")
            yield edge
        if (left := next(groups, None)) is not None:
            raise self._inconsistent(f"{left[0]} is not in edges.parquet")

    def papers(self) -> dict[str, str]:
        """Document to paper, as `papers_of` tells."""
        return papers_of(read_table(self.folder, "documents", columns=["id", *IDENTIFIERS]))

    def _evidence_by_edge(self) -> Iterator[Row]:
        bounds = key_bounds(self.folder, "evidence", "edge", rows=SORTED_ROWS)
        return sorted_rows(partial(read_batches, self.folder, "evidence"), _BY_EDGE, bounds)

    def _inconsistent(self, why: str) -> GraphError:
        path = table_path(self.folder, "evidence")
        return GraphError(f"{path}: damaged or made by an incompatible version ({why}); run kgbuild build again")
