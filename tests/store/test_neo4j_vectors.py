"""Vectors of names in a real Neo4j server."""

from pathlib import Path

import neo4j
import numpy as np
import pyarrow.parquet as pq
import pytest
from graphs import publish_graph
from papers import CONCEPTS, asthma_trial, mention, papers
from servers import Neo4jServer

from kgbuild.assemble import assemble
from kgbuild.cli.group import run
from kgbuild.document import Document
from kgbuild.errors import GraphError
from kgbuild.schema import load_schema
from kgbuild.sentence_vectors import SentenceEncoder
from kgbuild.store.neo4j import LoadReport, load_neo4j
from kgbuild.store.parquet import write_tables

#: the index is approximate: asked for one it may miss the nearest even of four
NEAREST = (
    "CALL db.index.vector.queryNodes('kgbuild_vectors_Disease', 10, $question) YIELD node, score "
    "RETURN node.name ORDER BY score DESC LIMIT 1"
)
VECTORS = "MATCH (n) WHERE n.embedding IS NOT NULL RETURN n.name, n.embedding ORDER BY n.name"


class Recording:
    """An encoder that remembers what it was asked."""

    width = 8

    def __init__(self, *, most: int = 1000) -> None:
        self.names: list[str] = []
        self._most = most

    def encode(self, texts):
        if len(self.names) + len(texts) > self._most:
            raise OSError("the power is gone")
        self.names.extend(texts)
        return np.stack([np.random.default_rng(list(text.encode())).normal(size=self.width) for text in texts])


def write_graph(folder: Path, documents) -> Path:
    write_tables(folder, assemble(documents, schema=load_schema(), concept=CONCEPTS.get))
    return folder


def load(graph: Path, server: Neo4jServer, encoder=None) -> LoadReport:
    return load_neo4j(graph, server.uri, user=server.user, password=server.password, encoder=encoder)


def ask(driver: neo4j.Driver, query: str, **parameters) -> list[tuple]:
    return [tuple(record) for record in driver.execute_query(query, parameters).records]


@pytest.fixture
def driver(driver: neo4j.Driver):
    yield driver
    for (name,) in ask(driver, "SHOW VECTOR INDEXES YIELD name"):
        driver.execute_query(f"DROP INDEX `{name}`")  # of another width than the next test's


def names_of(graph: Path) -> list[str]:
    return sorted(pq.read_table(graph / "nodes.parquet")["name"].to_pylist())


def diseases(*names: str) -> Document:
    text = " and ".join(names)
    found = tuple(mention(text, name, "Disease", f"MESH:D{number}") for number, name in enumerate(names))
    return Document("PMID:9", text, mentions=found)


def test_a_node_is_the_nearest_to_its_own_vector(driver, server, tmp_path):
    graph, encoder = write_graph(tmp_path, papers()), Recording()
    report = load(graph, server, encoder)
    assert sorted(encoder.names) == names_of(graph) and report.n_vectors == len(encoder.names)
    for label in ("Chemical", "Disease", "Gene"):
        rows = ask(
            driver,
            f"MATCH (n:{label}) "
            f"CALL (n) {{ CALL db.index.vector.queryNodes('kgbuild_vectors_{label}', 10, n.embedding) "
            "YIELD node, score RETURN node, score ORDER BY score DESC LIMIT 1 } RETURN n.id, node.id, score",
        )
        assert rows and all(id_ == nearest and score > 0.9 for id_, nearest, score in rows)


def test_a_second_load_encodes_nothing_and_a_grown_graph_the_difference(driver, server, tmp_path):
    small, grown = write_graph(tmp_path / "small", [asthma_trial()]), write_graph(tmp_path / "grown", papers())
    load(small, server, Recording())
    before = ask(driver, VECTORS)
    again, more = Recording(), Recording()
    assert load(small, server, again).n_vectors == 0 and again.names == []
    load(small, server)
    assert ask(driver, VECTORS) == before
    load(grown, server, more)
    assert 0 < len(more.names) < len(names_of(grown))
    assert [name for name, _ in ask(driver, VECTORS)] == names_of(grown)


@pytest.mark.parametrize("between", [False, True], ids=["at-once", "load-without-vectors-between"])
def test_a_node_with_a_new_name_gets_the_vector_of_that_name(driver, server, tmp_path, between):
    load(write_graph(tmp_path / "old", [diseases("renal insufficiency", "fever")]), server, Recording())
    renamed, encoder = write_graph(tmp_path / "new", [diseases("kidney failure", "fever")]), Recording()
    if between:
        load(renamed, server)
    load(renamed, server, encoder)
    assert encoder.names == ["kidney failure"]
    (vector,) = Recording().encode(["kidney failure"])
    assert dict(ask(driver, VECTORS))["kidney failure"] == pytest.approx(vector.tolist(), abs=1e-6)


def test_vectors_that_were_cut_off_are_completed(driver, server, tmp_path, monkeypatch):
    monkeypatch.setattr("kgbuild.store.neo4j.vectors.AT_ONCE", 2)
    graph, encoder = write_graph(tmp_path, papers()), Recording()
    with pytest.raises(GraphError, match="what was loaded stays"):
        load(graph, server, Recording(most=3))
    assert 0 < load(graph, server, encoder).n_vectors < len(names_of(graph))
    assert [name for name, _ in ask(driver, VECTORS)] == names_of(graph)


def test_a_question_finds_a_name_that_means_the_same(driver, server, tmp_path, capsys):
    graph = publish_graph(tmp_path / "graph", [diseases("asthma", "renal insufficiency", "heart block", "migraine")])
    for n_new in (4, 0):
        assert run(["load", str(graph), "--to", server.uri, "--vectors"]) == 0
        assert f"vectors: {n_new} names had none" in capsys.readouterr().err
    (question,) = SentenceEncoder().encode(["kidney failure"]).tolist()
    assert ask(driver, NEAREST, question=question) == [("renal insufficiency",)]
