"""A server that dies in the middle of a load."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest
from papers import CONCEPTS, asthma_trial
from servers import Neo4jProcess, own_neo4j

from kgbuild.assemble import assemble
from kgbuild.errors import GraphError
from kgbuild.schema import load_schema
from kgbuild.store.neo4j import LoadReport, load_neo4j
from kgbuild.store.parquet import read_tables, write_tables


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jProcess]:
    with own_neo4j(tmp_path_factory.mktemp("neo4j")) as found:
        yield found


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import msgspec

    folder = tmp_path_factory.mktemp("graph")
    trial = asthma_trial()
    many = [msgspec.structs.replace(trial, id=f"PMID:{number}") for number in range(200)]
    write_tables(folder, assemble(many, schema=load_schema(), concept=CONCEPTS.get))
    return folder


def load(graph: Path, process: Neo4jProcess, **options) -> LoadReport:
    server = process.server
    return load_neo4j(graph, server.uri, user=server.user, password=server.password, batch_rows=20, **options)


def assert_there_once(graph: Path, process: Neo4jProcess) -> None:
    tables = read_tables(graph)
    server = process.server
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:

        def ids(query: str) -> list[str]:
            return sorted(record[0] for record in driver.execute_query(query).records)

        assert ids("MATCH (n) WHERE n.linked IS NOT NULL RETURN n.id") == tables.nodes["id"].to_pylist()
        assert ids("MATCH (n:Document) RETURN n.id") == tables.documents["id"].to_pylist()
        assert ids("MATCH (n:Evidence) RETURN n.id") == tables.evidence["id"].to_pylist()
        assert ids("MATCH (n:Evidence)-[:FROM_DOCUMENT]->() RETURN n.id") == tables.evidence["id"].to_pylist()
        assert ids("MATCH ()-[r]->() WHERE r.id IS NOT NULL RETURN r.id") == tables.edges["id"].to_pylist()
        pairs = {(row["node"], row["document"]) for row in tables.mentions.to_pylist()}
        mentioned = ids("MATCH (n)-[:MENTIONED_IN]->(d) RETURN n.id + ' ' + d.id")
        assert mentioned == sorted(" ".join(pair) for pair in pairs)


def killing(process: Neo4jProcess, at: int, then):
    """Progress that kills the server once so many rows are in."""
    done = []

    def progress(rows: int, total: int, part: str) -> None:
        if rows >= at and not done:
            done.append(rows)
            process.kill()
            then()

    return progress


def test_a_server_that_comes_back_has_everything_once(process, graph):
    restart = threading.Thread(target=lambda: (time.sleep(1), process.start()))
    report = load(graph, process, progress=killing(process, 500, restart.start), patience_seconds=600)
    restart.join()
    assert not report.rejected and all(part.given == part.created + part.matched for part in report.parts)
    assert_there_once(graph, process)


def test_a_server_that_stays_away_is_an_error_and_the_same_load_again_completes(process, graph):
    server = process.server
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n")
    started = time.monotonic()
    with pytest.raises(GraphError, match=r"does not answer.*start the server and run the same command again"):
        load(graph, process, progress=killing(process, 700, lambda: None), patience_seconds=2)
    assert time.monotonic() - started < 60
    process.start()
    report = load(graph, process)
    assert 0 < report.n_created < sum(part.given for part in report.parts)
    assert_there_once(graph, process)
