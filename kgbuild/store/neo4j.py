"""Loads a graph into Neo4j 5 over Bolt, with the official driver.

Nodes are merged on `id`, edges on their ends and `id`, so that parallel edges stay parallel and a second load changes
nothing; a grown graph adds what is new and updates what changed. Batches are transactions that the driver repeats after
transient errors. After each part the numbers are reconciled: rows in = created + matched + rejected.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import msgspec
import neo4j
import pyarrow as pa
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from kgbuild.document import Failure
from kgbuild.errors import GraphError
from kgbuild.store.parquet import read_tables
from kgbuild.store.property_graph import (
    LEXICAL_LABELS,
    NodePart,
    RelationshipPart,
    node_parts,
    quoted,
    relationship_parts,
)
from kgbuild.tables import Row, Tables

__all__ = ["EvidenceForm", "LoadReport", "PartCount", "load_neo4j"]

logger = logging.getLogger(__name__)

#: How evidence is written: as nodes, as lists of texts and documents on its edge, or not at all.
EvidenceForm = Literal["nodes", "properties", "none"]

BATCH_ROWS = 5000
SESSIONS = 4
FULL_TEXT_INDEX = "kgbuild_names"


class PartCount(msgspec.Struct, frozen=True):
    """Rows of one kind of node or relationship: given = created + matched + rejected."""

    part: str
    given: int
    created: int
    matched: int
    rejected: int


class LoadReport(msgspec.Struct, frozen=True):
    """What a load did, part by part, with the rows that the server did not take, and why."""

    parts: tuple[PartCount, ...]
    rejected: tuple[Failure, ...]
    seconds: float

    @property
    def n_created(self) -> int:
        """Nodes and relationships that were not there before."""
        return sum(part.created for part in self.parts)


Progress = Callable[[str, int], None]


def load_neo4j(
    folder: Path,
    uri: str,
    *,
    user: str,
    password: str,
    database: str | None = None,
    evidence: EvidenceForm = "nodes",
    full_text: bool = False,
    batch_rows: int = BATCH_ROWS,
    sessions: int = SESSIONS,
    progress: Progress = lambda part, rows: None,
) -> LoadReport:
    """Load the graph in a folder into the server at `uri` (bolt://host:port or neo4j://…).

    `progress` is told the part and how many of its rows are in. GraphError if the server cannot be reached, refuses the
    password or the graph.
    """
    started = time.monotonic()
    tables = read_tables(folder)
    try:
        with neo4j.GraphDatabase.driver(uri, auth=(user, password)) as driver:
            driver.verify_connectivity()
            loader = _Loader(driver, database, batch_rows, sessions, progress)
            loader.load(tables, evidence, full_text=full_text)
    except AuthError as error:
        raise GraphError(f"{uri} refuses user {user!r}: set NEO4J_USER and NEO4J_PASSWORD") from error
    except (DriverError, Neo4jError, ValueError, OSError) as error:
        raise GraphError(
            f"{uri}: expected a Neo4j 5 server, found: {error}; what was loaded stays, and loading again goes on"
        ) from error
    return LoadReport(tuple(loader.counts), tuple(loader.rejected), time.monotonic() - started)


class _Loader:
    """Writes parts batch by batch, several batches at a time."""

    def __init__(
        self, driver: neo4j.Driver, database: str | None, batch_rows: int, sessions: int, progress: Progress
    ) -> None:
        self._driver = driver
        self._database = database
        self._batch_rows = batch_rows
        self._sessions = sessions
        self._progress = progress
        self.counts: list[PartCount] = []
        self.rejected: list[Failure] = []

    def load(self, tables: Tables, evidence: EvidenceForm, *, full_text: bool) -> None:
        labels = sorted(set(tables.nodes["type"].to_pylist()))
        self._declare([*labels, *LEXICAL_LABELS], full_text=full_text)
        if evidence == "properties":
            summaries = _evidence_by_edge(tables.evidence)
        hidden = () if evidence == "nodes" else ("Evidence",)
        for nodes in node_parts(tables, labels):
            if nodes.label not in hidden:
                self._load_nodes(nodes)
        for relationships in relationship_parts(tables):
            if relationships.start in hidden:
                continue
            if evidence == "properties" and "id" in relationships.table.column_names:
                relationships = relationships._replace(table=_with_evidence(relationships.table, summaries))
            self._load_relationships(relationships)

    def _declare(self, labels: Sequence[str], *, full_text: bool) -> None:
        for label in labels:
            self._run(
                f"CREATE CONSTRAINT {quoted(label + '_id')} IF NOT EXISTS "
                f"FOR (n:{quoted(label)}) REQUIRE n.id IS UNIQUE"
            )
        if full_text:
            union = "|".join(quoted(label) for label in labels if label not in LEXICAL_LABELS)
            self._run(
                f"CREATE FULLTEXT INDEX {FULL_TEXT_INDEX} IF NOT EXISTS FOR (n:{union}) ON EACH [n.name, n.synonyms]"
            )
        self._run("CALL db.awaitIndexes(300)")

    def _load_nodes(self, part: NodePart) -> None:
        statement = f"UNWIND $rows AS row MERGE (n:{quoted(part.label)} {{id: row.id}}) SET n += row RETURN count(*)"
        self._load(part.label, part.table.to_pylist(), statement, lambda _rows: iter(()))

    def _load_relationships(self, part: RelationshipPart) -> None:
        key = " {id: row.properties.id}" if "id" in part.table.column_names else ""
        ends = f"MATCH (a:{quoted(part.start)} {{id: row.start}}) MATCH (b:{quoted(part.end)} {{id: row.end}})"
        statement = (
            f"UNWIND $rows AS row {ends} MERGE (a)-[r:{quoted(part.type)}{key}]->(b) SET r += row.properties "
            "RETURN count(*)"
        )
        missing = (
            f"UNWIND $rows AS row OPTIONAL MATCH (a:{quoted(part.start)} {{id: row.start}}) "
            f"OPTIONAL MATCH (b:{quoted(part.end)} {{id: row.end}}) WITH row, a, b WHERE a IS NULL OR b IS NULL "
            "RETURN row.start, row.end, CASE WHEN a IS NULL THEN row.start ELSE row.end END"
        )
        name = f"({part.start})-[{part.type}]->({part.end})"

        def find_missing(rows: list[Row]) -> Iterator[str]:
            for start, end, absent in self._run(missing, rows=rows):
                yield f"{start} -> {end}: {absent} is not in the database"

        self._load(name, list(map(_relationship, part.table.to_pylist())), statement, find_missing)

    def _load(
        self,
        name: str,
        rows: list[Row],
        statement: str,
        find_missing: Callable[[list[Row]], Iterator[str]],
    ) -> None:
        if not rows:
            return
        batches = [rows[place : place + self._batch_rows] for place in range(0, len(rows), self._batch_rows)]
        created = taken = 0
        with ThreadPoolExecutor(self._sessions) as pool:
            for batch, (n_taken, n_created) in zip(
                batches, pool.map(lambda batch: self._write(statement, batch), batches), strict=True
            ):
                taken, created = taken + n_taken, created + n_created
                self._progress(name, taken)
                if n_taken < len(batch):
                    reasons = find_missing(batch)
                    self.rejected.extend(Failure(name, "load", reason) for reason in reasons)
        count = PartCount(name, len(rows), created, taken - created, len(rows) - taken)
        self.counts.append(count)
        logger.info("%s: %d in = %d created + %d matched + %d rejected", *msgspec.structs.astuple(count))

    def _write(self, statement: str, rows: list[Row]) -> tuple[int, int]:
        # rows that were taken, and how many nodes or relationships they made
        def work(transaction: neo4j.ManagedTransaction) -> tuple[int, int]:
            result = transaction.run(statement, rows=rows)
            taken = result.single(strict=True)[0]
            counters = result.consume().counters
            return taken, counters.nodes_created + counters.relationships_created

        with self._driver.session(database=self._database) as session:
            return session.execute_write(work)

    def _run(self, statement: str, **parameters: Any) -> list[neo4j.Record]:
        with self._driver.session(database=self._database) as session:
            return list(session.run(statement, parameters))


def _relationship(row: Row) -> Row:
    return {"start": row.pop("from"), "end": row.pop("to"), "properties": row}


def _evidence_by_edge(evidence: pa.Table) -> dict[str, tuple[list[str], list[str]]]:
    """Edge -> texts and documents of its evidence, the surest first."""
    columns = ("edge", "text", "document")
    ordered = evidence.sort_by([("edge", "ascending"), ("calibrated", "descending"), ("id", "ascending")])
    found: dict[str, tuple[list[str], list[str]]] = {}
    for edge, text, document in zip(*(ordered[name].to_pylist() for name in columns), strict=True):
        texts, documents = found.setdefault(edge, ([], []))
        texts.append(text)
        documents.append(document)
    return found


def _with_evidence(table: pa.Table, found: dict[str, tuple[list[str], list[str]]]) -> pa.Table:
    edges = table["id"].to_pylist()
    lists = pa.list_(pa.string())
    table = table.append_column("evidence_texts", pa.array([found[edge][0] for edge in edges], lists))
    return table.append_column("evidence_documents", pa.array([found[edge][1] for edge in edges], lists))
