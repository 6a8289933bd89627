import sys
from pathlib import Path

import pytest
from papers import ASPIRIN, ASTHMA, CONCEPTS, papers

from kgbuild.assemble import assemble
from kgbuild.errors import ConfigError, GraphError
from kgbuild.query import Graph
from kgbuild.schema import load_schema
from kgbuild.store import build_cypher, build_rdf, write_tables
from kgbuild.tables import SCHEMAS


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    folder, schema = tmp_path_factory.mktemp("graph"), load_schema("science")
    write_tables(folder, assemble(papers(), schema=schema, concept=CONCEPTS.get))
    build_cypher(folder, schema)
    build_rdf(folder)
    return Graph(folder)


def test_data_frames_hold_every_row_and_keep_whole_numbers_whole(graph):
    frames = graph.to_pandas()
    for name, frame in frames._asdict().items():
        assert list(frame.index) == graph.table(name)["id"].to_pylist()
        assert [frame.index.name, *frame.columns] == SCHEMAS[name].names
    assert str(frames.documents["year"].dtype) == "Int64"
    assert frames.documents["year"].isna().sum() == 2
    joined = frames.evidence.join(frames.edges[["belief"]], on="edge")
    causes = joined[(joined["subject"] == ASPIRIN) & (joined["object"] == ASTHMA)]
    assert list(causes["belief"].round(6)) == [0.85, 0.85]


def test_a_graph_is_asked_through_one_object(graph):
    assert next(graph.cypher("MATCH (n {id: $id}) RETURN n.name", {"id": ASPIRIN}).rows) == ("Aspirin",)
    assert next(graph.sparql("SELECT ?name { MESH:D001249 rdfs:label ?name }").rows) == ("Asthma",)
    assert [item.predicate for item in graph.why("aspirin", "asthma")] == ["CID"]
    assert graph.table("nodes", ["id"]).column_names == ["id"]


def test_a_missing_graph_and_missing_pandas_say_what_to_do(graph, monkeypatch):
    with pytest.raises(GraphError, match="nowhere: expected a graph"):
        Graph("nowhere").table("nodes")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ConfigError, match=r"kgbuild\[pandas\]"):
        Graph(Path("x")).to_pandas()
