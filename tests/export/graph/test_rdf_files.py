import gzip
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from papers import CONCEPTS, papers
from pyoxigraph import RdfFormat, Store, Triple, parse

from kgbuild.assemble import assemble
from kgbuild.errors import GraphError
from kgbuild.export.graph.rdf_files import (
    JSONLD,
    NQUADS,
    NQUADS_RDF11,
    TRIG,
    TRIG_RDF11,
    TURTLE,
    TURTLE_RDF11,
    RdfWriter,
    reified,
)
from kgbuild.export.graph.source import GraphSource
from kgbuild.prefixes import VOCABULARIES, iri_of_curie
from kgbuild.schema import load_schema
from kgbuild.store import build_rdf, write_tables
from kgbuild.store.parquet import read_table
from kgbuild.store.rdf import open_rdf, triples

SCHEMA = load_schema("science")
BELIEF = rdflib.URIRef(VOCABULARIES["kg"] + "belief")


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    folder = tmp_path / "graph"
    write_tables(folder, assemble(papers(), schema=SCHEMA, concept=CONCEPTS.get))
    return folder


def read_back(path: Path, format: RdfFormat) -> set[Triple]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    read = [quad.triple for quad in parse(io.BytesIO(content), format=format)]
    assert len(read) == len(set(read)), "a statement is written twice"
    return set(read)


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("writer", [NQUADS, TURTLE, TRIG])
def test_a_file_holds_what_the_triple_store_holds(tmp_path: Path, graph: Path, writer: RdfWriter, ending: str) -> None:
    build_rdf(graph)
    path = tmp_path / f"graph.rdf{ending}"
    counts = writer.write(GraphSource(graph), path)
    stored: Store = open_rdf(graph)
    assert read_back(path, writer.format) == {quad.triple for quad in stored}
    assert counts == {"statements": len(stored)}


@pytest.mark.parametrize("writer", [JSONLD, NQUADS_RDF11, TURTLE_RDF11, TRIG_RDF11])
def test_a_file_of_rdf_1_1_holds_the_reified_statements(tmp_path: Path, graph: Path, writer: RdfWriter) -> None:
    path = tmp_path / "graph.rdf"
    writer.write(GraphSource(graph), path)
    assert read_back(path, writer.format) == set(reified(triples(graph)))


@pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")  # rdflib's own parsers use what it deprecates
@pytest.mark.parametrize(
    ("writer", "name"), [(NQUADS_RDF11, "nquads"), (TURTLE_RDF11, "turtle"), (TRIG_RDF11, "trig"), (JSONLD, "json-ld")]
)
def test_rdflib_reads_what_is_written_for_rdf_1_1(tmp_path: Path, graph: Path, writer: RdfWriter, name: str) -> None:
    path = tmp_path / "graph.rdf"
    writer.write(GraphSource(graph), path)
    read = rdflib.Dataset(default_union=True)
    read.parse(path, format=name)
    assert sorted(edges_of(read), key=lambda edge: edge["id"]) == read_edges(graph)
    assert len(read) == len(set(reified(triples(graph))))


def edges_of(read: rdflib.Dataset) -> Iterator[dict[str, object]]:
    for edge in read.subjects(rdflib.RDF.type, rdflib.RDF.Statement):
        parts = {name: read.value(edge, rdflib.RDF[name]) for name in ("subject", "predicate", "object")}
        is_asserted = (parts["subject"], parts["predicate"], parts["object"]) in read
        yield {"id": str(edge), "belief": read.value(edge, BELIEF).toPython(), "asserted": is_asserted}


def read_edges(graph: Path) -> list[dict[str, object]]:
    return [
        {
            "id": iri_of_curie(row["id"]),
            "belief": row["belief"],
            "asserted": row["evidence_count"] > row["negated_count"],
        }
        for row in read_table(graph, "edges").to_pylist()
    ]


@pytest.mark.parametrize("name", ["graph.ttl", "graph.ttl.gz"])
def test_equal_tables_give_equal_bytes(tmp_path: Path, graph: Path, name: str) -> None:
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        TURTLE.write(GraphSource(graph), tmp_path / place / name)
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("writer", [NQUADS, TURTLE, TRIG, JSONLD])
def test_an_empty_graph_gives_a_file_without_statements(tmp_path: Path, writer: RdfWriter) -> None:
    write_tables(tmp_path, assemble([], schema=SCHEMA, concept=CONCEPTS.get))
    writer.write(GraphSource(tmp_path), tmp_path / "out")
    assert read_back(tmp_path / "out", writer.format) == set()


def test_a_folder_that_is_no_graph_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="found no nodes"):
        NQUADS.write(GraphSource(tmp_path), tmp_path / "out.nq")
