"""SHACL shapes, by pySHACL: the exported graph conforms, and does not when it is spoilt."""

import pyshacl
import pytest
import rdflib
from papers import CONCEPTS, papers

from kgbuild.assemble import assemble
from kgbuild.export.graph.rdf_files import TURTLE_RDF11
from kgbuild.export.graph.source import GraphSource
from kgbuild.prefixes import NAMESPACES, iri_of_curie
from kgbuild.schema import load_schema, schema_names
from kgbuild.store.parquet import write_tables
from kgbuild.validate import shapes

SCHEMA = load_schema("science")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # pySHACL and rdflib use what they deprecate


@pytest.fixture(scope="module")
def turtle(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("graph")
    write_tables(folder, assemble(papers(), schema=SCHEMA, concept=CONCEPTS.get))
    TURTLE_RDF11.write(GraphSource(folder), folder / "graph.ttl")
    return (folder / "graph.ttl").read_text("utf-8")


@pytest.fixture(scope="module")
def shapes_graph() -> rdflib.Graph:
    return rdflib.Graph().parse(data=shapes(SCHEMA), format="turtle")


def results(turtle: str, shapes_graph: rdflib.Graph, change: str = "") -> list[str]:
    data = rdflib.Graph().parse(data=turtle, format="turtle")
    if change:
        data.update(change, initNs=NAMESPACES)
    conforms, report, _ = pyshacl.validate(data, shacl_graph=shapes_graph)
    focus = rdflib.URIRef("http://www.w3.org/ns/shacl#focusNode")
    found = sorted({str(node) for node in report.objects(None, focus)})
    assert conforms == (not found)
    return found


def test_an_exported_graph_conforms(turtle: str, shapes_graph: rdflib.Graph) -> None:
    assert results(turtle, shapes_graph) == []


@pytest.mark.parametrize(
    ("change", "focus"),
    [
        ("DELETE { ?x rdfs:label ?name } WHERE { VALUES ?x { MESH:D001241 } ?x rdfs:label ?name }", "MESH:D001241"),
        ("INSERT DATA { MESH:D001249 kg:CID MESH:D001241 }", "MESH:D001249"),
        ("INSERT DATA { MESH:D001241 kg:CID MESH:D001241 }", "MESH:D001241"),
        ("DELETE { ?e kg:edge ?x } INSERT { ?e kg:edge kgb:other } WHERE { ?e kg:edge ?x }", "edge"),
        ("DELETE { ?e kg:score ?x } INSERT { ?e kg:score 2.0e0 } WHERE { ?e a kg:Evidence ; kg:score ?x }", "evidence"),
        ("DELETE WHERE { ?e prov:wasGeneratedBy ?run }", "evidence"),
        (
            "DELETE { ?s oa:end ?x } INSERT { ?s oa:end -1 } WHERE { ?e kg:subjectSelector ?s . ?s oa:end ?x }",
            "evidence",
        ),
        ("INSERT { ?e kg:polarity 'perhaps' } WHERE { ?e a kg:Evidence }", "evidence"),
        ("DELETE WHERE { ?m qudt:numericValue ?value }", "measurement"),
    ],
)
def test_a_spoilt_graph_does_not_conform(turtle: str, shapes_graph: rdflib.Graph, change: str, focus: str) -> None:
    found = results(turtle, shapes_graph, change)
    assert found
    expected = iri_of_curie(focus) if ":" in focus else f"{NAMESPACES['kgb']}{focus}-"
    assert all(node.startswith(expected) for node in found)


@pytest.mark.parametrize("name", schema_names())
def test_every_type_and_relation_of_a_schema_has_a_shape(name: str) -> None:
    schema = load_schema(name)
    graph = rdflib.Graph().parse(data=shapes(schema), format="turtle")
    told = {str(shape).rpartition("shape-")[2] for shape in graph.subjects(rdflib.RDF.type, None)}
    assert {f"type-{name}" for name in schema.entities} | {f"relation-{name}" for name in schema.relations} <= told
