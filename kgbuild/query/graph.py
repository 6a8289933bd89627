"""A graph's folder as one object, for notebooks and scripts: its tables as data frames, its queries, its reasons."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from kgbuild.errors import ConfigError
from kgbuild.query.cypher import cypher
from kgbuild.query.rows import Rows
from kgbuild.query.sparql import sparql
from kgbuild.query.why import Explanation, why
from kgbuild.store.lock import reading
from kgbuild.store.parquet import read_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Frames", "Graph"]


class Frames(NamedTuple):
    """The tables of a graph as pandas data frames; columns as in `kgbuild.tables`, numbers and truth may be missing."""

    nodes: "pd.DataFrame"
    edges: "pd.DataFrame"
    evidence: "pd.DataFrame"
    mentions: "pd.DataFrame"
    documents: "pd.DataFrame"
    measurements: "pd.DataFrame"


class Graph:
    """The graph in a folder, which is only read; GraphError if there is none."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """A table, "edges" say, or some of its columns, as Arrow."""
        return read_table(self.folder, name, columns=columns)

    def to_pandas(self) -> Frames:
        """All tables as data frames, indexed by identifier; ConfigError where pandas is not installed."""
        try:
            import pandas as pd
        except ImportError as error:
            raise ConfigError("to_pandas needs pandas: pip install 'kgbuild[pandas]'") from error
        # numbers that are not known would otherwise turn a column of whole numbers into one of fractions
        types = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
        with reading(self.folder):
            tables = [self.table(name) for name in Frames._fields]
        return Frames(*(table.to_pandas(types_mapper=types.get).set_index("id") for table in tables))

    def cypher(self, query: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """The rows that a Cypher query gives."""
        return cypher(self.folder, query, parameters)

    def sparql(self, query: str) -> Rows:
        """The rows that a SPARQL query gives."""
        return sparql(self.folder, query)

    def why(self, subject: str, object: str, predicate: str | None = None) -> list[Explanation]:
        """The edges between two nodes with their evidence."""
        with reading(self.folder):
            return why(self.folder, subject, object, predicate)
