"""A graph's folder read for export: the rows of its Parquet files as they stream by, edges with their evidence.

Only a batch of rows is held in memory. Evidence lies by its own identifier and is sorted by edge on disk, among the
system's temporary files.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from tempfile import gettempdir

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from kgbuild.errors import GraphError
from kgbuild.papers import IDENTIFIERS, papers_of
from kgbuild.store.workbench import workbench
from kgbuild.tables import SCHEMAS, Row

__all__ = ["GraphSource", "StatedEdge"]

BATCH_ROWS = 8192

_BY_EDGE = "SELECT * FROM read_parquet(?) ORDER BY edge, document, start, id"


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
        with self._open(name) as file:
            return int(file.metadata.num_rows)

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a table of SCHEMAS, by identifier."""
        with self._open(name) as file:
            try:
                for batch in file.iter_batches(BATCH_ROWS):
                    yield from pa.Table.from_batches([batch]).cast(SCHEMAS[name]).to_pylist()
            except (pa.ArrowException, ValueError, OSError) as error:
                raise self._damaged(name, error) from error

    def edges(self) -> Iterator[StatedEdge]:
        """Every edge with all its evidence, by identifier."""
        groups = groupby(self._evidence_by_edge(), key=lambda row: row["edge"])
        for row in self.rows("edges"):
            edge_id, evidence = next(groups, ("", iter(())))
            edge = StatedEdge(row, tuple(evidence))
            if edge_id != row["id"] or len(edge.evidence) != row["evidence_count"]:
                raise self._damaged("evidence", f"expected the {row['evidence_count']} rows of {row['id']}")
            yield edge
        if (left := next(groups, None)) is not None:
            raise self._damaged("evidence", f"{left[0]} is not in edges.parquet")

    def papers(self) -> dict[str, str]:
        """Document to paper, as `papers_of` tells."""
        with self._open("documents") as file:
            return papers_of(file.read(columns=["id", *IDENTIFIERS]))

    def _evidence_by_edge(self) -> Iterator[Row]:
        self._open("evidence").close()  # says what is wrong with it
        with workbench(Path(gettempdir()), {}) as bench:
            yield from bench.rows(_BY_EDGE, str(self.folder / "evidence.parquet"))

    def _open(self, name: str) -> pq.ParquetFile:
        path = self.folder / f"{name}.parquet"
        if not path.is_file():
            raise GraphError(
                f"{self.folder}: expected a graph, found no {path.name}; run kgbuild build PATH… -o {self.folder}"
            )
        try:
            return pq.ParquetFile(path)
        except (pa.ArrowException, ValueError, OSError) as error:
            raise self._damaged(name, error) from error

    def _damaged(self, name: str, why: object) -> GraphError:
        path = self.folder / f"{name}.parquet"
        return GraphError(f"{path}: damaged or made by an incompatible version ({why}); run kgbuild build again")
