"""Nanopublications: read back by rdflib, their hashes computed again from what was read."""

import base64
import gzip
import hashlib
from collections import defaultdict
from pathlib import Path

import pytest
import rdflib
from papers import CONCEPTS, papers

from kgbuild.assemble import assemble
from kgbuild.export.graph import nanopub
from kgbuild.export.graph.source import GraphSource
from kgbuild.prefixes import VOCABULARIES, iri_of_curie
from kgbuild.schema import load_schema
from kgbuild.store.parquet import read_table, write_tables

NP = rdflib.Namespace("http://www.nanopub.org/nschema#")
OWL = rdflib.OWL
KG = rdflib.Namespace(VOCABULARIES["kg"])
PROV = rdflib.PROV
Quads = set[tuple[rdflib.term.Node, ...]]

pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")  # rdflib's parsers use such


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    write_tables(tmp_path / "graph", assemble(papers(), schema=load_schema(), concept=CONCEPTS.get))
    return tmp_path / "graph"


def read(path: Path) -> dict[str, dict[str, Quads]]:
    """Nanopublication -> part -> its triples."""
    dataset = rdflib.Dataset()
    content = path.read_bytes()
    dataset.parse(data=gzip.decompress(content) if path.suffix == ".gz" else content, format="trig")
    found: dict[str, dict[str, Quads]] = defaultdict(lambda: defaultdict(set))
    for subject, predicate, object, name in dataset.quads():
        iri, _, part = str(name).partition("#")
        found[iri][part].add((subject, predicate, object))
    return found


def written(graph: Path, path: Path) -> dict[str, dict[str, Quads]]:
    counts = nanopub.write(GraphSource(graph), path)
    found = read(path)
    assert counts == {"nanopublications": len(found)}
    return found


@pytest.mark.parametrize("name", ["graph.trig", "graph.trig.gz"])
def test_every_edge_is_a_nanopublication_of_four_graphs(graph: Path, tmp_path: Path, name: str) -> None:
    found = written(graph, tmp_path / name)
    edges = {iri_of_curie(row["id"]) for row in read_table(graph, "edges").to_pylist()}
    assert {str(edge) for parts in found.values() for _, p, edge in parts["pubinfo"] if p == KG.edge} == edges
    for iri, parts in found.items():
        nanopublication = rdflib.URIRef(iri)
        assert parts["Head"] == {
            (nanopublication, rdflib.RDF.type, NP.Nanopublication),
            (nanopublication, NP.hasAssertion, rdflib.URIRef(f"{iri}#assertion")),
            (nanopublication, NP.hasProvenance, rdflib.URIRef(f"{iri}#provenance")),
            (nanopublication, NP.hasPublicationInfo, rdflib.URIRef(f"{iri}#pubinfo")),
        }
        assert set(parts) == {"Head", "assertion", "provenance", "pubinfo"}
        assert any(subject == rdflib.URIRef(f"{iri}#assertion") for subject, _, _ in parts["provenance"])
        assert any(subject == nanopublication for subject, _, _ in parts["pubinfo"])


def test_a_denied_edge_is_a_negative_assertion_and_never_a_statement(graph: Path, tmp_path: Path) -> None:
    found = written(graph, tmp_path / "graph.trig")
    asserted = {triple for parts in found.values() for triple in parts["assertion"]}
    for row in read_table(graph, "edges").to_pylist():
        triple = tuple(
            rdflib.URIRef(iri_of_curie(c)) for c in (row["subject"], f"kg:{row['predicate']}", row["object"])
        )
        is_denied = row["evidence_count"] == row["negated_count"]
        assert (triple in asserted) != is_denied
        denial = rdflib.URIRef(iri_of_curie(row["id"]))
        parts = (OWL.sourceIndividual, OWL.assertionProperty, OWL.targetIndividual)
        assert ({(denial, part, term) for part, term in zip(parts, triple, strict=True)} <= asserted) == is_denied
    assert any(p == OWL.targetIndividual for _, p, _ in asserted)


def test_provenance_names_all_evidence_with_its_paper_and_model(graph: Path, tmp_path: Path) -> None:
    found = written(graph, tmp_path / "graph.trig")
    told = {
        (str(s), str(p), str(o))
        for parts in found.values()
        for s, p, o in parts["provenance"]
        if p in (PROV.wasDerivedFrom, PROV.wasGeneratedBy, rdflib.URIRef(VOCABULARIES["oa"] + "exact"))
    }
    for row in read_table(graph, "evidence").to_pylist():
        evidence = iri_of_curie(row["id"])
        assert (evidence, str(PROV.wasDerivedFrom), iri_of_curie(row["document"])) in told
        run = iri_of_curie(f"kgb:run/{row['agent']}@{row['revision']}")
        assert (evidence, str(PROV.wasGeneratedBy), run) in told
        assert (f"{evidence}-text", VOCABULARIES["oa"] + "exact", row["text"]) in told


def test_identifiers_are_hashes_of_the_content(graph: Path, tmp_path: Path) -> None:
    for iri, parts in written(graph, tmp_path / "graph.trig").items():
        code = iri.rpartition("/")[2]
        quads = [(f"{iri}#{part}", *triple) for part, triples in parts.items() for triple in triples]
        assert code == artifact_code(quads, code)


def artifact_code(quads, code: str) -> str:
    """Trusty URI specification 1, module RA, by its words."""

    def preprocessed(term) -> str:
        return str(term).replace(code, " ")

    def order(quad):
        *iris, object = quad
        if isinstance(object, rdflib.Literal):
            return (*map(preprocessed, iris), 1, str(object), str(object.datatype or rdflib.XSD.string))
        return (*map(preprocessed, iris), 0, preprocessed(object), "")

    words = ""
    for *iris, object in sorted(quads, key=order):
        for iri in iris:
            words += preprocessed(iri) + "\n"
        if isinstance(object, rdflib.Literal):
            label = str(object).replace("\\", "\\\\").replace("\n", "\\n")
            words += f"^{object.datatype or rdflib.XSD.string} {label}\n"
        else:
            words += preprocessed(object) + "\n"
    return "RA" + base64.b64encode(hashlib.sha256(words.encode()).digest(), b"-_").decode().rstrip("=")


def test_equal_tables_give_equal_bytes_and_other_evidence_another_identifier(graph: Path, tmp_path: Path) -> None:
    first = written(graph, tmp_path / "one.trig")
    written(graph, tmp_path / "two.trig")
    assert (tmp_path / "one.trig").read_bytes() == (tmp_path / "two.trig").read_bytes()
    write_tables(graph, assemble(papers()[:1], schema=load_schema(), concept=CONCEPTS.get))
    fewer = written(graph, tmp_path / "three.trig")
    shared = set(first) & set(fewer)
    assert len(shared) == 2, "of three edges one has more evidence in the other paper"


def test_an_empty_graph_gives_an_empty_file(tmp_path: Path) -> None:
    write_tables(tmp_path, assemble([], schema=load_schema(), concept=CONCEPTS.get))
    assert written(tmp_path, tmp_path / "empty.trig") == {}
