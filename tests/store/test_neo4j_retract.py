"""Retracting from a real Neo4j server leaves what a load without the document or the model would have made."""

from pathlib import Path

import msgspec
import neo4j
import pytest
from graphs import publish_graph
from papers import asthma_review, asthma_trial, gene_study, papers
from servers import Neo4jServer

from kgbuild.cli.group import run
from kgbuild.store.neo4j import load_neo4j


def content(driver: neo4j.Driver) -> list[list[dict]]:
    queries = (
        "MATCH (n) RETURN labels(n), n.id, properties(n) ORDER BY labels(n), n.id",
        "MATCH (a)-[r]->(b) RETURN a.id, type(r), r.id, b.id, properties(r) ORDER BY a.id, type(r), r.id, b.id",
    )
    return [[record.data() for record in driver.execute_query(query).records] for query in queries]


def load(folder: Path, server: Neo4jServer, *options: str) -> int:
    return run(["load", str(folder), "--to", server.uri, *options])


def loaded_alone(driver: neo4j.Driver, server: Neo4jServer, folder: Path, documents, *options: str) -> list[list[dict]]:
    """What a database holds that never saw more than these documents."""
    driver.execute_query("MATCH (n) DETACH DELETE n")
    assert load(publish_graph(folder, documents), server, *options) == 0
    return content(driver)


@pytest.mark.parametrize("evidence", ["nodes", "properties", "none"])
def test_a_retracted_document_leaves_what_a_load_of_the_others_makes(driver, server, tmp_path, evidence, capfd):
    graph = publish_graph(tmp_path / "graph", papers())
    form = ("--evidence", evidence)
    assert load(graph, server, *form) == 0
    assert load(graph, server, *form, "--retract", "PMID:1") == 0
    assert "Document: 1 removed\n" in capfd.readouterr().err
    left = content(driver)
    assert load(graph, server, *form, "--retract", "PMID:1") == 0
    again = capfd.readouterr().err
    assert "Document: 0 removed\n" in again and "nodes: 0 removed\n" in again and "edges: 0 removed\n" in again
    assert ": 0 nodes and relationships created" in again
    assert content(driver) == left
    rest = [paper for paper in papers() if paper.id != "PMID:1"]
    assert left == loaded_alone(driver, server, tmp_path / "rest", rest, *form)


def test_a_retracted_model_leaves_what_the_others_read(driver, server, tmp_path):
    other = asthma_review()
    other = msgspec.structs.replace(
        other,
        mentions=tuple(msgspec.structs.replace(item, agent="n@2") for item in other.mentions),
        relations=tuple(msgspec.structs.replace(item, agent="n@2") for item in other.relations),
    )
    graph = publish_graph(tmp_path / "graph", [asthma_trial(), other, gene_study()])
    assert load(graph, server) == 0
    assert load(graph, server, "--retract", "n@2") == 0
    left = content(driver)
    unread = msgspec.structs.replace(other, mentions=(), relations=())
    assert left == loaded_alone(driver, server, tmp_path / "rest", [asthma_trial(), unread, gene_study()])


def test_what_the_graph_holds_no_more_is_retracted_from_the_database(driver, server, tmp_path, capfd):
    assert load(publish_graph(tmp_path / "former", papers()), server) == 0
    rest = [paper for paper in papers() if paper.id != "PMID:3"]
    graph = publish_graph(tmp_path / "graph", rest)
    assert load(graph, server, "--retract", "PMID:3") == 0
    assert "nodes: 2 removed\n" in capfd.readouterr().err
    assert content(driver) == loaded_alone(driver, server, tmp_path / "rest", rest)


def test_what_other_graphs_support_is_kept(driver, server, tmp_path, capfd):
    assert load(publish_graph(tmp_path / "theirs", [asthma_review()]), server) == 0
    assert load(publish_graph(tmp_path / "ours", [asthma_trial()]), server, "--retract", "PMID:1") == 0
    err = capfd.readouterr().err
    assert load(tmp_path / "ours", server) == 0
    assert load(tmp_path / "ours", server, "--retract", "PMID:1") == 0
    assert "edges: 2 removed, 1 kept, which other evidence supports" in capfd.readouterr().err
    assert "Document: 0 removed" in err
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as fresh:
        rows = fresh.execute_query("MATCH (c:Chemical)-[r]->(d:Disease) RETURN c.name, type(r), d.name").records
    assert [tuple(row) for row in rows] == [("Aspirin", "CID", "Asthma")]


def test_a_removal_that_was_cut_off_is_completed_by_the_same_command(driver, server, tmp_path, monkeypatch):
    from kgbuild.store.neo4j import load as loading

    graph = publish_graph(tmp_path / "graph", papers())
    rest = [paper for paper in papers() if paper.id != "PMID:3"]
    former = publish_graph(tmp_path / "rest", rest)
    assert load(graph, server) == 0
    run_statement = loading._Server.run
    for cut in (8, 12, 16):
        calls = iter(range(1000))

        def cut_off(self, statement, calls=calls, cut=cut, **parameters):
            if "targets" in parameters and next(calls) == cut:
                raise OSError("cut off")
            return run_statement(self, statement, **parameters)

        monkeypatch.setattr(loading._Server, "run", cut_off)
        assert load(former, server, "--retract", "PMID:3") == 1
    monkeypatch.setattr(loading._Server, "run", run_statement)
    assert load(former, server, "--retract", "PMID:3") == 0
    left = content(driver)
    driver.execute_query("MATCH (n) DETACH DELETE n")
    assert load_neo4j(former, server.uri, user=server.user, password=server.password).n_created > 0
    assert left == content(driver)
