"""The embedded property graph: a Ladybug database (https://ladybugdb.com) loaded from the Parquet tables.

Its labels, relationship types and properties are those of `kgbuild.store.property_graph`, the same as in Neo4j.
"""

import logging
import shutil
from itertools import chain
from pathlib import Path

import ladybug
import pyarrow as pa
import pyarrow.parquet as pq

from kgbuild.errors import GraphError
from kgbuild.schema import Schema
from kgbuild.store.parquet import count_rows
from kgbuild.store.parts import (
    NodePart,
    RelationshipPart,
    entity_parts,
    from_document,
    lexical_parts,
    relationship_parts,
)
from kgbuild.store.property_graph import NodeType, RelationshipType, node_types, quoted, relationship_types

__all__ = ["build_cypher", "database_path", "open_cypher"]

logger = logging.getLogger(__name__)

_TYPES = {
    pa.string(): "STRING",
    pa.large_string(): "STRING",
    pa.int64(): "INT64",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.list_(pa.string()): "STRING[]",
}


def database_path(folder: Path) -> Path:
    """Where the database lies in a graph's folder."""
    return folder / "cypher" / "graph.lbug"


def build_cypher(folder: Path, schema: Schema) -> None:
    """Load the folder's tables into `folder/cypher`, which is replaced when all is loaded."""
    unfinished = folder / ".cypher.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        with ladybug.Database(unfinished / "graph.lbug") as database, ladybug.Connection(database) as connection:
            _Loader(connection, unfinished).load(folder, schema)
    except RuntimeError as error:
        raise GraphError(f"{folder}: the Cypher database cannot be built: {error}") from error
    shutil.rmtree(folder / "cypher", ignore_errors=True)
    unfinished.rename(folder / "cypher")
    counts = [count_rows(folder, name) for name in ("nodes", "edges")]
    logger.info("store: %d nodes, %d relationships in %s", *counts, folder / "cypher")


def open_cypher(folder: Path) -> ladybug.Database:
    """The database, read-only. GraphError if it is missing or damaged."""
    path = database_path(folder)
    if not path.is_file():
        raise GraphError(
            f"{folder}: expected a graph, found no {path.relative_to(folder)}; run kgbuild build PATH… -o GRAPH"
        )
    try:
        return ladybug.Database(path, read_only=True)
    except RuntimeError as error:
        raise GraphError(f"{path}: damaged or made by another version ({error}); run kgbuild build again") from error


class _Loader:
    """Creates tables and copies into them by way of Parquet files in a scratch folder."""

    def __init__(self, connection: ladybug.Connection, scratch: Path) -> None:
        self._connection = connection
        self._part = scratch / "part.parquet"

    def load(self, folder: Path, schema: Schema) -> None:
        for label in node_types(schema):
            self._create_label(label)
        for type_ in relationship_types(schema):
            self._create(type_)
        for nodes in chain(entity_parts(folder), lexical_parts(folder)):
            self._load_nodes(nodes)
            if nodes.documents is not None:
                self._load_relationships(from_document(nodes))
        for relationships in relationship_parts(folder):
            self._load_relationships(relationships)
        self._part.unlink(missing_ok=True)

    def _create_label(self, type_: NodeType) -> None:
        self._run(f"CREATE NODE TABLE {quoted(type_.label)}({_declared(type_.properties)}, PRIMARY KEY (id))")

    def _create(self, type_: RelationshipType) -> None:
        joins = [f"FROM {quoted(start)} TO {quoted(end)}" for start, end in type_.pairs]
        declared = [_declared(type_.properties)] if len(type_.properties) else []
        self._run(f"CREATE REL TABLE {quoted(type_.name)}({', '.join([*joins, *declared])})")

    def _load_nodes(self, part: NodePart) -> None:
        self._copy(f"COPY {quoted(part.label)} FROM $file", part.table)

    def _load_relationships(self, part: RelationshipPart) -> None:
        # the labels are checked identifiers, so that they need no escaping inside the quotes
        quoted(part.start), quoted(part.end)
        self._copy(f"COPY {quoted(part.type)} FROM $file (from='{part.start}', to='{part.end}')", part.table)

    def _copy(self, statement: str, table: pa.Table) -> None:
        if table.num_rows:
            pq.write_table(table, self._part, compression="none")
            self._run(statement.replace("$file", _string(str(self._part))))

    def _run(self, statement: str) -> None:
        self._connection.execute(statement)


def _string(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _declared(schema: pa.Schema) -> str:
    return ", ".join(f"`{field.name}` {_TYPES[field.type]}" for field in schema)
