"""Loads a graph into Neo4j 5 over Bolt, with the official driver and without plug-ins.

Nodes are merged on `id`, edges on their ends and `id`, so that parallel edges stay parallel and a second load changes
nothing; a grown graph adds what is new and updates what changed. A transaction that fails because of a lock, or because
the server is away, is tried again until the server's absence exhausts PATIENCE_SECONDS. What was loaded stays, and the
same load again completes it. After each part the numbers are reconciled: rows in = created + matched + rejected.

The graph's folder has no vectors: with an encoder the names of entities get theirs once they are in the database.
"""

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import neo4j
from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable, SessionExpired

from kgbuild.config import EvidenceForm
from kgbuild.errors import ConfigError, GraphError
from kgbuild.store.neo4j.remove import remove
from kgbuild.store.neo4j.report import LoadReport, Removal
from kgbuild.store.neo4j.statements import (
    EVIDENCE_INDEX,
    full_text_index,
    node_statement,
    relationship_statement,
    uniqueness,
)
from kgbuild.store.neo4j.vectors import NameEncoder, write_vectors
from kgbuild.store.neo4j.writing import Progress, Writer, until_told
from kgbuild.store.parts import count_parts, entity_parts, entity_types, lexical_parts, relationship_parts
from kgbuild.store.property_graph import LEXICAL, lexical_labels, quoted

__all__ = ["Retraction", "load_neo4j"]

logger = logging.getLogger(__name__)

BATCH_ROWS = 5000
#: More wait for one another's commits.
SESSIONS = 2

#: How long a transaction is tried again while the server does not answer.
PATIENCE_SECONDS = 120.0


class Retraction(NamedTuple):
    """Documents or models (agent@revision) that must go; `before` is the graph's folder with them, the loaded one is
    without.
    """

    targets: Sequence[str]
    before: Path


def load_neo4j(
    folder: Path,
    uri: str,
    *,
    user: str,
    password: str,
    database: str | None = None,
    evidence: EvidenceForm = "nodes",
    full_text: bool = False,
    encoder: NameEncoder | None = None,
    retraction: Retraction | None = None,
    batch_rows: int = BATCH_ROWS,
    sessions: int = SESSIONS,
    patience_seconds: float = PATIENCE_SECONDS,
    progress: Progress = lambda done, total, part: None,
) -> LoadReport:
    """Load the graph in a folder into the server at `uri` (bolt://host:port or neo4j://…), after what is retracted.

    The encoder gives the names of entities vectors, with an index for each label; that needs Neo4j 5.15.
    GraphError if the server cannot be reached or does not come back in time, refuses the password or the graph;
    ConfigError, before anything is written, if a name of the graph is none for Cypher.
    """
    _check_uri(uri)
    started = time.monotonic()
    try:
        with neo4j.GraphDatabase.driver(
            uri, auth=(user, password), max_transaction_retry_time=patience_seconds, notifications_min_severity="OFF"
        ) as driver:
            driver.verify_connectivity()
            session = _Server(driver, database)
            labels, types = entity_types(folder)
            lexical = lexical_labels(evidence)
            others = session.declare(labels, types, lexical, full_text=full_text)
            removed: tuple[Removal, ...] = ()
            if retraction is not None:
                removed = remove(session.run, retraction.before, folder, retraction.targets)
            fresh = session.fresh([*others, *lexical], types)
            with Writer(
                driver,
                database,
                batch_rows=batch_rows,
                sessions=sessions,
                fresh=fresh,
                progress=_counting(progress, folder, lexical),
            ) as writer:
                _write(writer, folder, lexical, sorted(set(others) - set(fresh)), evidence)
            n_vectors = 0 if encoder is None else write_vectors(session.run, labels, encoder, progress)
    except AuthError as error:
        raise GraphError(f"{uri} refuses user {user!r}: set NEO4J_USER and NEO4J_PASSWORD") from error
    except (ServiceUnavailable, SessionExpired) as error:
        raise GraphError(
            f"{uri}: expected a Neo4j 5 server, which does not answer ({_plain(error)}); what was loaded stays: start "
            "the server and run the same command again"
        ) from error
    except (DriverError, Neo4jError, ValueError, OSError) as error:
        raise GraphError(
            f"{uri}: expected a Neo4j 5 server, found: {_plain(error)}; what was loaded stays, and the same "
            "command again goes on"
        ) from error
    for count in writer.counts():
        logger.info("%s: %d in = %d created + %d matched + %d rejected", *msgspec.structs.astuple(count))
    return LoadReport(writer.counts(), tuple(writer.rejected), time.monotonic() - started, removed, n_vectors)


def _plain(error: Exception) -> str:
    """Its message on one line."""
    return " ".join(str(error).split())


def _check_uri(uri: str) -> None:
    if "@" in urlsplit(uri).netloc:  # told without the address, which would tell the password
        raise ConfigError(
            "expected an address without user and password, such as bolt://HOST:PORT; give them in NEO4J_USER and "
            "NEO4J_PASSWORD"
        )


def _counting(progress: Progress, folder: Path, lexical: Sequence[str]) -> Any:
    total, done = count_parts(folder, lexical), 0

    def add(rows: int, part: str) -> None:
        nonlocal done
        done += rows
        progress(done, total, part)

    return add


def _write(writer: Writer, folder: Path, lexical: Sequence[str], others: Sequence[str], evidence: EvidenceForm) -> None:
    for part in entity_parts(folder):
        writer.add(node_statement(part, other_labels=others), part.table)
    for label in lexical:
        for part in lexical_parts(folder, [label]):
            table = part.table if part.documents is None else part.table.append_column("document", part.documents)
            writer.add(node_statement(part), table)
        writer.finish()  # what has relationships must be there before them
    for relationships in relationship_parts(folder, with_evidence=evidence == "properties"):
        writer.add(relationship_statement(relationships), relationships.table)
    writer.finish()


class _Server:
    """Short statements, each a transaction that is tried again while the server is away."""

    def __init__(self, driver: neo4j.Driver, database: str | None) -> None:
        self._driver = driver
        self._database = database

    def run(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """The rows that a statement gives."""

        def ask() -> list[tuple[Any, ...]]:
            answer = self._driver.execute_query(statement, parameters, database_=self._database)
            return [tuple(row) for row in answer.records]

        return until_told(ask)

    def declare(
        self, labels: Sequence[str], types: Sequence[str], lexical: Sequence[str], *, full_text: bool
    ) -> list[str]:
        """Make constraints and indexes; the labels of entities that the database has them for."""
        expected = {("NODE", label) for label in (*labels, *lexical)} | {("RELATIONSHIP", type_) for type_ in types}
        unique = self._unique()
        statements = [uniqueness(entity, name) for entity, name in sorted(expected - unique)]
        statements += [EVIDENCE_INDEX] if "Evidence" in lexical else []
        statements += [full_text_index(labels)] if full_text and labels else []
        for statement in statements:
            self.run(statement)
        self.run("CALL db.awaitIndexes(300)")
        unique = self._unique()
        if expected - unique:
            missing = ", ".join(sorted(name for _, name in expected - unique))
            raise GraphError(f"expected constraints that make id unique, which cannot be made for {missing}")
        return sorted({name for entity, name in unique if entity == "NODE"} - set(LEXICAL))

    def _unique(self) -> set[tuple[str, str]]:
        """What has a constraint that makes `id` unique: NODE and a label, or RELATIONSHIP and a type."""
        constraints = self.run(
            "SHOW CONSTRAINTS YIELD type, entityType, labelsOrTypes, properties "
            "WHERE type CONTAINS 'UNIQUENESS' AND properties = ['id'] RETURN entityType, labelsOrTypes"
        )
        return {(entity, names[0]) for entity, names in constraints}

    def fresh(self, labels: Sequence[str], types: Sequence[str]) -> list[str]:
        """The labels, and types as in -[TYPE]->, that nothing in the database has; told by the server's counts."""
        patterns = {label: f"(:{quoted(label)})" for label in labels}
        patterns |= {f"-[{type_}]->": f"()-[:{quoted(type_)}]->()" for type_ in types}
        (counts,) = self.run(f"RETURN {', '.join(f'COUNT {{ {pattern} }}' for pattern in patterns.values())}")
        return [name for name, count in zip(patterns, counts, strict=True) if count == 0]
