"""The embedded property graph: a Ladybug database (https://ladybugdb.com) loaded from the Parquet tables.

Nodes are labelled by entity type, relationships by predicate in UPPER_SNAKE. Beside them stand ``(:Evidence)`` and
``(:Measurement)``, each ``-[:FROM_DOCUMENT]->(:Document)``; nodes are ``-[:MENTIONED_IN {count}]->(:Document)`` and
``-[:HAS_MEASUREMENT]->(:Measurement)``. The same labels and types are used in Neo4j.
"""

import logging
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import ladybug
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kgbuild.errors import ConfigError, GraphError
from kgbuild.schema import Schema
from kgbuild.store.parquet import read_tables
from kgbuild.tables import Tables

__all__ = ["build_cypher", "database_path", "open_cypher", "relationship_type"]

logger = logging.getLogger(__name__)

#: columns of NODES that a node has as properties
NODE_PROPERTIES = ("id", "name", "linked", "xrefs", "synonyms", "mention_count", "document_count")

EDGE_PROPERTIES = (
    "id",
    "belief",
    "evidence_count",
    "documents",
    "negated_count",
    "speculated_count",
    "biolink_predicate",
)
DOCUMENT_PROPERTIES = ("id", "title", "year", "journal", "doi", "pmid", "pmcid", "retracted")

#: properties not called as their column is: END and TABLE are words of Cypher; the calibrated score is *the* score
RENAMED = {
    "start": "start_offset",
    "end": "end_offset",
    "table": "table_number",
    "row": "table_row",
    "column": "table_column",
    "calibrated": "score",
}

#: what `edge` and FROM_DOCUMENT say is left out
EVIDENCE_PROPERTIES = (
    *("id", "edge", "kind", "text", "section", "start", "end"),
    *("subject_start", "subject_end", "object_start", "object_end"),
    *("polarity", "modality", "novel", "calibrated", "raw", "agent", "revision", "table", "row", "column"),
)
MEASUREMENT_PROPERTIES = (
    *("id", "property", "property_text", "property_type", "value", "low", "high", "uncertainty", "unit"),
    *(
        "si_value",
        "si_unit",
        "relation",
        "conditions",
        "start",
        "end",
        "text",
        "section",
        "table",
        "row",
        "column",
        "score",
    ),
)

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

_TYPES = {
    pa.string(): "STRING",
    pa.large_string(): "STRING",
    pa.int64(): "INT64",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.list_(pa.string()): "STRING[]",
}


def relationship_type(predicate: str) -> str:
    """A predicate as a relationship type.

    >>> relationship_type("DIRECT-REGULATOR"), relationship_type("has_value")
    ('DIRECT_REGULATOR', 'HAS_VALUE')
    """
    return predicate.replace("-", "_").upper()


def database_path(folder: Path) -> Path:
    """Where the database lies in a graph's folder."""
    return folder / "cypher" / "graph.lbug"


def build_cypher(folder: Path, schema: Schema) -> None:
    """Load the folder's tables into `folder/cypher`, which is replaced when all is loaded."""
    unfinished = folder / ".cypher.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    tables = read_tables(folder)
    try:
        with ladybug.Database(unfinished / "graph.lbug") as database, ladybug.Connection(database) as connection:
            _Loader(connection, unfinished).load(tables, schema)
    except RuntimeError as error:
        raise GraphError(f"{folder}: the Cypher database cannot be built: {error}") from error
    shutil.rmtree(folder / "cypher", ignore_errors=True)
    unfinished.rename(folder / "cypher")
    logger.info(
        "store: %d nodes, %d relationships in %s", tables.nodes.num_rows, tables.edges.num_rows, folder / "cypher"
    )


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

    def load(self, tables: Tables, schema: Schema) -> None:
        types = dict(zip(*(tables.nodes[name].to_pylist() for name in ("id", "type")), strict=True))
        labels = sorted(schema.entities)
        self._load_nodes(tables, labels)
        self._load_relationships(tables.edges, schema, types)
        self._load_mentions(tables.mentions, labels, types)
        self._load_measured(tables.measurements, labels, types)
        self._part.unlink(missing_ok=True)

    def _load_nodes(self, tables: Tables, labels: Iterable[str]) -> None:
        for label in labels:
            of_label = tables.nodes.filter(pc.equal(tables.nodes["type"], label))
            self._create_nodes(label, of_label.select(NODE_PROPERTIES))
        self._create_nodes("Document", tables.documents.select(DOCUMENT_PROPERTIES))
        self._create_nodes("Evidence", tables.evidence.select(EVIDENCE_PROPERTIES))
        self._create_nodes("Measurement", _with_condition_texts(tables.measurements.select(MEASUREMENT_PROPERTIES)))
        self._create_relationships(
            "FROM_DOCUMENT", [("Evidence", "Document"), ("Measurement", "Document")], pa.schema([])
        )
        for label, table in (("Evidence", tables.evidence), ("Measurement", tables.measurements)):
            self._copy_relationships("FROM_DOCUMENT", label, "Document", _ends(table, "id", "document"))

    def _load_relationships(self, edges: pa.Table, schema: Schema, types: dict[str, str]) -> None:
        properties = edges.select(EDGE_PROPERTIES)
        for relation in schema.relations.values():
            self._create_relationships(relationship_type(relation.name), relation.directed_pairs, properties.schema)
        ends = _ends(edges, "subject", "object")
        table = pa.table({**dict(zip(ends.column_names, ends.columns, strict=True)), **_columns(properties)})
        for (predicate, subject, object), part in _grouped(
            table,
            edges["predicate"].to_pylist(),
            [types[node] for node in edges["subject"].to_pylist()],
            [types[node] for node in edges["object"].to_pylist()],
        ):
            self._copy_relationships(relationship_type(predicate), subject, object, part)

    def _load_mentions(self, mentions: pa.Table, labels: list[str], types: dict[str, str]) -> None:
        counted = mentions.group_by(["node", "document"]).aggregate([([], "count_all")])
        counted = counted.sort_by([("node", "ascending"), ("document", "ascending")])
        counted = counted.select(["node", "document", "count_all"]).rename_columns(["from", "to", "count"])
        self._create_relationships(
            "MENTIONED_IN", [(label, "Document") for label in labels], pa.schema([("count", pa.int64())])
        )
        for (label,), part in _grouped(counted, [types[node] for node in counted["from"].to_pylist()]):
            self._copy_relationships("MENTIONED_IN", label, "Document", part)

    def _load_measured(self, measurements: pa.Table, labels: list[str], types: dict[str, str]) -> None:
        self._create_relationships("HAS_MEASUREMENT", [(label, "Measurement") for label in labels], pa.schema([]))
        named = measurements.filter(pc.not_equal(measurements["subject"], ""))
        ends = _ends(named, "subject", "id")
        for (label,), part in _grouped(ends, [types[node] for node in ends["from"].to_pylist()]):
            self._copy_relationships("HAS_MEASUREMENT", label, "Measurement", part)

    def _create_nodes(self, label: str, table: pa.Table) -> None:
        table = table.rename_columns([RENAMED.get(name, name) for name in table.column_names])
        self._run(f"CREATE NODE TABLE {_quoted(label)}({_declared(table.schema)}, PRIMARY KEY (id))")
        self._copy(f"COPY {_quoted(label)} FROM $file", table)

    def _create_relationships(self, type: str, pairs: Iterable[tuple[str, str]], properties: pa.Schema) -> None:
        joins = [f"FROM {_quoted(start)} TO {_quoted(end)}" for start, end in pairs]
        declared = [_declared(properties)] if len(properties) else []
        self._run(f"CREATE REL TABLE {_quoted(type)}({', '.join([*joins, *declared])})")

    def _copy_relationships(self, type: str, start: str, end: str, table: pa.Table) -> None:
        # the labels are checked identifiers, so that they need no escaping inside the quotes
        _quoted(start), _quoted(end)
        self._copy(f"COPY {_quoted(type)} FROM $file (from='{start}', to='{end}')", table)

    def _copy(self, statement: str, table: pa.Table) -> None:
        if table.num_rows:
            pq.write_table(table, self._part, compression="none")
            self._run(statement.replace("$file", _string(str(self._part))))

    def _run(self, statement: str) -> None:
        self._connection.execute(statement)


def _quoted(name: str) -> str:
    if not _IDENTIFIER.fullmatch(name):
        raise ConfigError(f"expected a name of letters, digits and _ for a label or relationship type, found {name!r}")
    return f"`{name}`"


def _string(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _declared(schema: pa.Schema) -> str:
    return ", ".join(f"`{field.name}` {_TYPES[field.type]}" for field in schema)


def _columns(table: pa.Table) -> dict[str, pa.ChunkedArray]:
    return dict(zip(table.column_names, table.columns, strict=True))


def _ends(table: pa.Table, start: str, end: str) -> pa.Table:
    return pa.table({"from": table[start], "to": table[end]})


def _with_condition_texts(measurements: pa.Table) -> pa.Table:
    """Conditions as texts, "temperature = 25 °C"."""
    texts = [
        [f"{condition['name']} = {condition['value']}" for condition in conditions]
        for conditions in measurements["conditions"].to_pylist()
    ]
    index = measurements.column_names.index("conditions")
    return measurements.set_column(index, "conditions", pa.array(texts, pa.list_(pa.string())))


def _grouped(table: pa.Table, *keys: list[str]) -> Iterator[tuple[tuple[str, ...], pa.Table]]:
    """The rows of each distinct combination of keys, in the order of the keys."""
    places: dict[tuple[str, ...], list[int]] = {}
    for index, key in enumerate(zip(*keys, strict=True)):
        places.setdefault(key, []).append(index)
    for key in sorted(places):
        yield key, table.take(pa.array(places[key], pa.int64()))
