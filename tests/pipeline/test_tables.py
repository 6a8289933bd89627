"""Tables on their way into a graph."""

from pathlib import Path

import pytest

from kgbuild.config import Part
from kgbuild.extract.tables import TableReader
from kgbuild.pipeline import recipe
from kgbuild.schema import load_schema
from kgbuild.store.parquet import read_table

TABLE = "Composition,Density (g/cm3),Colour\nZnO-P2O5,3.1,white\nPbO-P2O5,4.2,\n"


@pytest.fixture
def table(workplace):
    (workplace.folder / "glasses.csv").write_text(TABLE, "utf-8")
    return "glasses.csv"


def rows(name: str, graph: str = "graph") -> list[dict]:
    return read_table(Path(graph), name).to_pylist()


def test_cells_become_measurements_and_table_evidence_with_their_places(workplace, table):
    report = workplace.build(table, tables="materials")
    assert report.graph.counts["measurements"] == 2
    found = {row["subject_text"]: row for row in rows("measurements")}
    glass = found["PbO-P2O5"]
    assert (glass["property_type"], glass["property_text"]) == ("density", "Density")
    assert (glass["value"], glass["unit"], glass["si_value"], glass["si_unit"]) == (4.2, "g.cm-3", 4200.0, "kg.m-3")
    assert (glass["text"], glass["table"], glass["row"], glass["column"]) == ("4.2", 0, 2, 1)
    nodes = {row["id"]: row for row in rows("nodes")}
    assert (nodes[glass["subject"]]["type"], nodes[glass["property"]]["type"]) == ("Material", "Property")
    evidence = {(item["subject"], item["row"]): item for item in rows("evidence")}
    stated = evidence[glass["subject"], 2]
    assert (stated["kind"], stated["predicate"], stated["object"]) == ("table", "has_property", glass["property"])
    assert (stated["table"], stated["column"], stated["text"]) == (0, 1, "PbO-P2O5 | 4.2")


def test_columns_of_numbers_that_gave_nothing_are_listed_as_failures(workplace):
    (workplace.folder / "glasses.csv").write_text("Composition,Strength ksi\nZnO-P2O5,3.1\n", "utf-8")
    for _ in range(2):  # also where the document is there already
        report = workplace.build("glasses.csv", tables="materials")
        assert report.graph.failures == {"columns": 1}
        assert "Strength ksi" in Path("graph/failures.jsonl").read_text("utf-8")


def test_another_schema_reads_the_tables_again_without_extraction(workplace, table):
    workplace.build(table, tables="materials")
    workplace.calls()
    report = workplace.build(table, tables="biomedical")
    assert (workplace.calls(), report.relinked) == ({"link": 1}, 1)
    assert rows("measurements") == [] and rows("nodes") == []
    workplace.build(table, tables="materials")
    assert workplace.calls() == {"link": 1}
    workplace.build(table, to="fresh", tables="materials")
    assert workplace.artefacts() == workplace.artefacts("fresh")


def test_annotations_that_are_kept_gain_nothing_from_tables(workplace, table):
    workplace.build(table, tables="materials", given="mentions")
    assert rows("measurements") == []


@pytest.mark.parametrize(("schema", "reads"), [("materials", True), ("science", True), ("biomedical", False)])
def test_tables_are_read_where_the_schema_has_a_place_for_properties(monkeypatch, schema, reads):
    monkeypatch.setattr("kgbuild.registry.load", lambda kind, name: lambda: None)
    stages = recipe(Part("any"), Part("any"), schema=load_schema(schema))()
    assert stages.tables is not None and (stages.tables.version != TableReader([]).version) is reads
