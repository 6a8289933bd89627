from pathlib import Path

import msgspec
import pytest
from papers import CONCEPTS, asthma_trial, papers

from kgbuild.assemble import assemble
from kgbuild.errors import ConfigError, GraphError
from kgbuild.query import cypher, sparql
from kgbuild.schema import EntityType, Schema, load_schema
from kgbuild.store import build_cypher, build_rdf, read_tables, write_tables
from kgbuild.store.parquet import read_table
from kgbuild.tables import Tables, evidence_from_row, evidence_row, node_from_row, node_row

SCHEMA = load_schema("science")


@pytest.fixture
def tables() -> Tables:
    return assemble(papers(), schema=SCHEMA, concept=CONCEPTS.get)


def test_rows_give_back_the_records_that_they_hold(tables: Tables) -> None:
    for row in tables.evidence.to_pylist():
        assert evidence_row(evidence_from_row(row)) == row
    for row in tables.nodes.to_pylist():
        assert node_row(node_from_row(row), row["category"]) == row


def test_writing_leaves_nothing_but_the_tables(tmp_path: Path, tables: Tables) -> None:
    write_tables(tmp_path, tables)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("documents.parquet", "edges.parquet", "evidence.parquet"),
        *("measurements.parquet", "mentions.parquet", "nodes.parquet"),
    ]


def test_a_missing_table_names_the_folder_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match=r"nodes\.parquet; run kgbuild build"):
        read_table(tmp_path, "nodes")


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more"])
def test_a_damaged_table_is_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "nodes.parquet").write_bytes(content)
    with pytest.raises(GraphError, match="damaged"):
        read_table(tmp_path, "nodes")


def test_a_table_with_other_columns_is_an_error(tmp_path: Path, tables: Tables) -> None:
    write_tables(tmp_path, tables)
    (tmp_path / "edges.parquet").replace(tmp_path / "nodes.parquet")
    with pytest.raises(GraphError, match="incompatible"):
        read_tables(tmp_path)


def test_an_empty_graph_can_be_stored_and_asked(tmp_path: Path) -> None:
    write_tables(tmp_path, assemble([], schema=SCHEMA, concept=CONCEPTS.get))
    build_cypher(tmp_path, SCHEMA)
    build_rdf(tmp_path)
    assert list(cypher(tmp_path, "MATCH (:Gene)-[r:BIND]->(n) RETURN n").rows) == []
    assert list(sparql(tmp_path, "SELECT ?n { ?n a kg:Gene }").rows) == []


def test_building_again_replaces_what_was_there(tmp_path: Path, tables: Tables) -> None:
    for content in (tables, assemble([asthma_trial()], schema=SCHEMA, concept=CONCEPTS.get)):
        write_tables(tmp_path, content)
        build_cypher(tmp_path, SCHEMA)
        build_rdf(tmp_path)
    assert list(cypher(tmp_path, "MATCH (d:Document) RETURN d.id").rows) == [("PMID:1",)]
    assert list(sparql(tmp_path, "SELECT ?d { ?d a kg:Document }").rows) == [("PMID:1",)]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_every_edge_of_the_tables_is_in_both_stores(tmp_path: Path, tables: Tables) -> None:
    write_tables(tmp_path, tables)
    build_cypher(tmp_path, SCHEMA)
    build_rdf(tmp_path)
    expected = set(tables.edges["id"].to_pylist())
    assert {row[0] for row in cypher(tmp_path, "MATCH ()-[r]->() WHERE r.belief >= 0 RETURN r.id").rows} == expected
    assert {row[0] for row in sparql(tmp_path, "SELECT ?e { ?e rdf:reifies ?t }").rows} == expected


def test_a_schema_made_in_code_cannot_inject_cypher(tmp_path: Path, tables: Tables) -> None:
    name = "Gene`(id STRING); DROP TABLE Gene; //"
    schema: Schema = msgspec.structs.replace(SCHEMA, entities=SCHEMA.entities | {name: EntityType(name)})
    write_tables(tmp_path, tables)
    with pytest.raises(ConfigError, match="DROP TABLE"):
        build_cypher(tmp_path, schema)
    assert not (tmp_path / "cypher").exists()
