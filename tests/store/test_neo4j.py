"""Loading into a real Neo4j server."""

from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest
from papers import CONCEPTS, asthma_trial, papers
from servers import Neo4jServer, neo4j_server

from kgbuild.assemble import assemble
from kgbuild.errors import ConfigError, GraphError
from kgbuild.schema import load_schema
from kgbuild.store.neo4j import LoadReport, load_neo4j
from kgbuild.store.parquet import write_tables
from kgbuild.store.property_graph import quoted


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    with neo4j_server(tmp_path_factory.mktemp("neo4j")) as found:
        yield found


@pytest.fixture
def driver(server: Neo4jServer) -> Iterator[neo4j.Driver]:
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as found:
        yield found
        found.execute_query("MATCH (n) DETACH DELETE n")


def write_graph(folder: Path, documents) -> Path:
    write_tables(folder, assemble(documents, schema=load_schema(), concept=CONCEPTS.get))
    return folder


def load(graph: Path, server: Neo4jServer, **options) -> LoadReport:
    return load_neo4j(graph, server.uri, user=server.user, password=server.password, **options)


def ask(driver: neo4j.Driver, query: str) -> list[tuple]:
    return [tuple(record) for record in driver.execute_query(query).records]


def content(driver: neo4j.Driver) -> list[list[tuple]]:
    nodes = ask(driver, "MATCH (n) RETURN labels(n), n.id, properties(n) ORDER BY labels(n), n.id")
    edges = ask(
        driver, "MATCH (a)-[r]->(b) RETURN a.id, type(r), r.id, b.id, properties(r) ORDER BY a.id, type(r), r.id, b.id"
    )
    return [nodes, edges]


def test_all_nodes_and_edges_arrive_and_a_second_load_changes_nothing(driver, server, tmp_path):
    graph = write_graph(tmp_path, papers())
    first = load(graph, server, batch_rows=3)
    assert all(part.given == part.created and not part.rejected for part in first.parts)
    before = content(driver)
    second = load(graph, server)
    assert second.n_created == 0 and all(part.given == part.matched for part in second.parts)
    assert content(driver) == before
    rows = ask(
        driver, "MATCH (c:Chemical {name: 'Aspirin'})-[r]->(d:Disease) RETURN type(r), d.id, r.belief, r.evidence_count"
    )
    assert rows and all(row[3] >= 1 for row in rows)


def test_parallel_statements_stay_parallel(driver, server, tmp_path):
    load(write_graph(tmp_path, papers()), server)
    (stored,) = ask(driver, "MATCH (a)-[r]->(b) WHERE r.id IS NOT NULL RETURN count(r)")
    (evidence,) = ask(driver, "MATCH (e:Evidence) RETURN count(DISTINCT e.edge)")
    assert stored == evidence


def test_a_grown_graph_adds_the_difference(driver, server, tmp_path):
    load(write_graph(tmp_path / "small", [asthma_trial()]), server)
    grown = write_graph(tmp_path / "grown", papers())
    report = load(grown, server)
    assert 0 < report.n_created < sum(part.given for part in report.parts)
    after = content(driver)
    driver.execute_query("MATCH (n) DETACH DELETE n")
    load(grown, server)
    assert content(driver) == after


def test_evidence_can_stand_on_its_edge(driver, server, tmp_path):
    load(write_graph(tmp_path, papers()), server, evidence="properties")
    assert ask(driver, "MATCH (e:Evidence) RETURN e") == []
    rows = ask(
        driver,
        "MATCH ()-[r]->() WHERE r.id IS NOT NULL RETURN r.evidence_texts, r.evidence_documents, r.evidence_count",
    )
    assert rows and all(len(texts) == len(documents) == count for texts, documents, count in rows)


def test_names_are_found_by_full_text_search(driver, server, tmp_path):
    load(write_graph(tmp_path, papers()), server, full_text=True)
    driver.execute_query("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()")
    rows = ask(
        driver, "CALL db.index.fulltext.queryNodes('kgbuild_names', 'acetylsalicylic') YIELD node RETURN node.name"
    )
    assert rows == [("Aspirin",)]


def test_a_wrong_password_and_a_missing_server_are_one_clear_error(server, tmp_path):
    graph = write_graph(tmp_path, [asthma_trial()])
    with pytest.raises(GraphError, match="refuses user"):
        load_neo4j(graph, server.uri, user=server.user, password="wrong")
    with pytest.raises(GraphError, match="expected a Neo4j 5 server"):
        load_neo4j(graph, "bolt://127.0.0.1:1", user="neo4j", password="x")


@pytest.mark.parametrize("name", ["a`b", "a b", "", "1a", "Gene`) DETACH DELETE n //"])
def test_names_that_could_inject_cypher_are_refused(name):
    with pytest.raises(ConfigError):
        quoted(name)
