"""RDF files, compared with statements that are made one by one, and read back by Oxigraph and rdflib."""

import gzip
import io
import math
from collections.abc import Iterable
from pathlib import Path

import pytest
import rdflib
from naive_rdf import naive_quads
from papers import CONCEPTS, papers
from pyoxigraph import Literal, Quad, RdfFormat, Store, Triple, parse

from kgbuild.assemble import assemble
from kgbuild.document import Document, Measurement, Metadata, Quantity, Span
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
)
from kgbuild.export.graph.source import GraphSource
from kgbuild.graph import Edge, Evidence, Node
from kgbuild.graph import Triple as Statement
from kgbuild.prefixes import NAMESPACES, VOCABULARIES, iri_of_curie
from kgbuild.schema import load_schema
from kgbuild.store import build_rdf, distinct, ranges, statements, write_tables
from kgbuild.store.parquet import read_table
from kgbuild.store.rdf import open_rdf
from kgbuild.tables import (
    SCHEMAS,
    Tables,
    document_row,
    edge_row,
    evidence_row,
    measurement_row,
    mention_row,
    node_row,
)

SCHEMA = load_schema("science")
KG, RDF = VOCABULARIES["kg"], VOCABULARIES["rdf"]
WRITERS = {
    "nquads": (NQUADS, RdfFormat.N_QUADS),
    "trig": (TRIG, RdfFormat.TRIG),
    "turtle": (TURTLE, RdfFormat.TURTLE),
    "nquads-rdf11": (NQUADS_RDF11, RdfFormat.N_QUADS),
    "trig-rdf11": (TRIG_RDF11, RdfFormat.TRIG),
    "turtle-rdf11": (TURTLE_RDF11, RdfFormat.TURTLE),
    "jsonld": (JSONLD, RdfFormat.JSON_LD),
}
OF_RDF_1_1 = {
    "nquads-rdf11": "nquads",
    "trig-rdf11": "trig",
    "turtle-rdf11": "turtle",
    "jsonld": "json-ld",
}
WITHOUT_GRAPHS = {"turtle", "turtle-rdf11"}

TEXTS = (
    'a "quoted" word, a \\ and a \\" and a \\n that is none',
    "lines\nof\r\ntext\twith tabs\x0b\x0c",
    "controls \x01\x08\x1f\x7f and none",
    "µ 𝛼 日本 \u2028 \ufeff e\u0301 \ufffd",
    "<http://example.org/> ?x { } . ; # no comment ^^xsd:double @en",
    " ",
    "plain",
)
CURIES = (
    "MESH:D001241",
    "DOI:10.1000/a b<c>#d",
    "no colon",
    "µ:é",
    "tool:%20",
    "tool:a:b",
    "PUBCHEM.COMPOUND:1.",
    "HP:-1",
    "kgb:x'y\"z",
    ":local",
    "GO:",
    "a b:c",
)
NUMBERS = (0.1 + 0.2, 1.0, -0.0, 1e300, 5e-324, math.inf, -math.inf, math.nan, 1e-7)


@pytest.fixture(params=["papers", "nasty", "prefixed"])
def graph(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "graph"
    match request.param:
        case "papers":
            write_tables(folder, assemble(papers(), schema=SCHEMA, concept=CONCEPTS.get))
        case "nasty":
            write_tables(folder, nasty_tables(CURIES))
        case "prefixed":
            write_tables(folder, nasty_tables(("MESH:1", "GO:2", "kgb:3")))
    return folder


def nasty_tables(curies: Iterable[str]) -> Tables:
    """Every odd identifier and every odd text in every place."""
    curies = tuple(curies)
    n = max(len(curies), len(TEXTS), len(NUMBERS))

    def odd(values, i):
        return values[i % len(values)]

    nodes = [
        Node(curie, odd(TEXTS, i), "Gene", xrefs=curies[:i], synonyms=TEXTS[:i], linked=bool(i % 2))
        for i, curie in enumerate(curies)
    ]
    edges = [Edge(item.triple, (item,)) for item in (odd_evidence(curies, i) for i in range(n))]
    documents = [
        Document(curie, "x" * i, odd(TEXTS, i), Metadata(licence=licence, year=2000 + i if i % 2 else None))
        for i, (curie, licence) in enumerate(
            zip(curies, ("http://example.org/by/4.0/?a#b", "", "all rights reserved") * n, strict=False)
        )
    ]
    measured = [
        measurement_row(
            Measurement("", "", Quantity(number, unit=unit), Span(i, i + 1), (("at", odd(TEXTS, i)),) * (i % 2)),
            document=odd(curies, i),
            subject=odd(curies, i) if i % 2 else "",
            subject_text=odd(TEXTS, i),
            property=("", "QUDT:Mass", odd(curies, i))[i % 3],
            property_text="",
            property_type="",
            text=odd(TEXTS, i),
            section="",
            cell=(None, None, None),
        )
        for i, (number, unit) in enumerate(zip(NUMBERS, ("", "S/cm", "mW.cm-2", "1", "%{wt}") * 2, strict=False))
    ]
    mentioned = [
        mention_row(
            node=odd(curies, i),
            document=odd(curies, i + 1),
            span=Span(j, j + 1),
            text="x",
            type="Gene",
            section="",
            score=1.0,
            link_score=1.0,
            negated=False,
            uncertain=False,
        )
        for i in range(n)
        for j in range(2)
    ]
    rows = {
        "nodes": [node_row(node, "biolink:Gene") for node in nodes],
        "edges": [edge_row(edge, "biolink:related_to") for edge in edges],
        "evidence": [evidence_row(edge.evidence[0]) for edge in edges],
        "documents": sorted(map(document_row, documents), key=lambda row: row["id"]),
        "measurements": measured,
        "mentions": mentioned,
    }
    return Tables(**{name: table(name, rows[name]) for name in SCHEMAS})


def table(name, rows):
    return SCHEMAS[name].empty_table() if not rows else SCHEMAS[name].empty_table().from_pylist(rows, SCHEMAS[name])


def odd_evidence(curies: tuple[str, ...], i: int) -> Evidence:
    subject, document, object = (curies[(i + j) % len(curies)] for j in range(3))
    return Evidence(
        triple=Statement(subject, f"Bind{i}", object),
        kind="text",
        document=document,
        section=TEXTS[i % len(TEXTS)],
        span=Span(i, i + 3),
        subject_span=Span(i, i + 1),
        object_span=Span(i + 1, i + 2),
        text=TEXTS[i % len(TEXTS)] if i % 4 else "",
        agent=("a/b", "m", "m m", "")[i % 4],
        revision=("1", "", "é/1")[i % 3],
        raw=NUMBERS[i % len(NUMBERS)],
        calibrated=0.5,
        polarity="negated" if i % 2 else "affirmed",
        novel=(None, True, False)[i % 3],
    )


def written(tmp_path: Path, graph: Path, writer: RdfWriter, name: str = "graph.rdf") -> tuple[bytes, int]:
    path = tmp_path / name
    n = writer.write(GraphSource(graph), path)["statements"]
    content = path.read_bytes()
    return gzip.decompress(content) if name.endswith(".gz") else content, n


def read_back(content: bytes, format: RdfFormat) -> list[Quad]:
    return [in_shortest_form(quad) for quad in parse(io.BytesIO(content), format=format)]


def in_shortest_form(quad: Quad) -> Quad:
    """ "1e+20" and "100000000000000000000" are one number."""
    said = quad.object
    if isinstance(said, Literal) and said.datatype.value == NAMESPACES["xsd"] + "double":
        said = Literal(float(said.value))
    return Quad(quad.subject, quad.predicate, said, quad.graph_name)


def reified(quads: Iterable[Quad]) -> Iterable[Quad]:
    for quad in quads:
        if not isinstance(quad.object, Triple):
            yield quad
            continue
        edge, graph = quad.subject, quad.graph_name
        yield Quad(edge, named(RDF + "type"), named(RDF + "Statement"), graph)
        for part in ("subject", "predicate", "object"):
            yield Quad(edge, named(RDF + part), getattr(quad.object, part), graph)


def named(iri: str):
    from pyoxigraph import NamedNode

    return NamedNode(iri)


def is_header(quad: Quad) -> bool:
    about = (f"{NAMESPACES['kgb']}{name}" for name in ("dataset", "run/", "agent/"))
    return quad.subject.value.startswith(tuple(about)) or quad.predicate.value.startswith(NAMESPACES["rdfs"] + "sub")


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_holds_the_statements_that_are_made_one_by_one(tmp_path: Path, graph: Path, name: str) -> None:
    writer, format = WRITERS[name]
    content, n = written(tmp_path, graph, writer)
    read = read_back(content, format)
    assert len(read) == len(set(read)) == n, "a statement is written twice, or not counted"
    expected = set(naive_quads(graph))
    expected = set(reified(expected)) if writer.is_reified else expected
    if name in WITHOUT_GRAPHS:
        expected = {Quad(*quad.triple) for quad in expected}
    assert {quad for quad in read if not is_header(quad)} == expected


@pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")  # rdflib's own parsers use what it deprecates
@pytest.mark.parametrize("name", OF_RDF_1_1)
def test_rdflib_reads_the_same_from_what_is_written_for_rdf_1_1(tmp_path: Path, graph: Path, name: str) -> None:
    writer, format = WRITERS[name]
    content, n = written(tmp_path, graph, writer)
    read = rdflib.Dataset(default_union=True)
    read.parse(data=content, format=OF_RDF_1_1[name])
    terms = {(str(s), str(p), plain(o)) for s, p, o, _ in read.quads()}
    assert terms == {(q.subject.value, q.predicate.value, plain(q.object)) for q in read_back(content, format)}
    assert len(terms) == n


def plain(term: object) -> str:
    """A term of either library as text, numbers by value."""
    value = term.toPython() if isinstance(term, rdflib.Literal) else getattr(term, "value", str(term))
    datatype = getattr(term, "datatype", None)
    if datatype is not None and str(getattr(datatype, "value", datatype)).endswith("double"):
        return repr(float(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("name", ["nquads", "trig"])
def test_a_file_holds_what_the_triple_store_holds(tmp_path: Path, graph: Path, name: str, ending: str) -> None:
    build_rdf(graph)
    writer, format = WRITERS[name]
    content, n = written(tmp_path, graph, writer, f"graph.rdf{ending}")
    loaded = Store()
    loaded.load(content, format)
    stored = open_rdf(graph)
    assert set(loaded) == set(stored)
    assert n == len(stored)


@pytest.mark.parametrize("name", ["graph.ttl", "graph.ttl.gz"])
def test_equal_tables_give_equal_bytes(tmp_path: Path, graph: Path, name: str) -> None:
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        TURTLE.write(GraphSource(graph), tmp_path / place / name)
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("name", WRITERS)
def test_an_empty_graph_gives_a_header_and_nothing_else(tmp_path: Path, name: str) -> None:
    write_tables(tmp_path, assemble([], schema=SCHEMA, concept=CONCEPTS.get))
    writer, format = WRITERS[name]
    content, _ = written(tmp_path, tmp_path, writer)
    assert all(map(is_header, read_back(content, format)))


def test_a_folder_that_is_no_graph_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="found no nodes"):
        NQUADS.write(GraphSource(tmp_path), tmp_path / "out.nq")


def test_denied_edges_are_told_of_but_not_asserted(tmp_path: Path, graph: Path) -> None:
    content, _ = written(tmp_path, graph, NQUADS)
    quads = read_back(content, RdfFormat.N_QUADS)
    asserted = {quad.triple for quad in quads}
    told = {quad.subject.value: quad.object in asserted for quad in quads if isinstance(quad.object, Triple)}
    assert told == {
        iri_of_curie(row["id"]): row["evidence_count"] > row["negated_count"]
        for row in read_table(graph, "edges").to_pylist()
    }


def test_the_header_counts_what_the_graph_holds(tmp_path: Path) -> None:
    write_tables(tmp_path, assemble(papers(), schema=SCHEMA, concept=CONCEPTS.get))
    build_rdf(tmp_path)
    store = open_rdf(tmp_path)

    def ask(text: str) -> list[tuple[str, ...]]:
        rows = store.query(text, prefixes=NAMESPACES, use_default_graph_as_union=True)
        return sorted(tuple(term.value for term in row) for row in rows)

    assert ask("SELECT ?n { kgb:dataset a void:Dataset, dcat:Dataset ; void:triples ?n }") == [(str(len(store)),)]
    parts = ask("SELECT ?c ?n { kgb:dataset void:classPartition [ void:class ?c ; void:entities ?n ] } ORDER BY ?c")
    instances = ask("SELECT ?c (COUNT(?x) AS ?n) { ?p void:class ?c . ?x a ?c } GROUP BY ?c")
    assert parts == instances
    assert ("https://w3id.org/kgbuild/vocab/Evidence", "8") in parts
    graphs = ask("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
    described = ask("SELECT ?g { GRAPH kgb:graph { ?g a prov:Entity ; prov:wasDerivedFrom ?paper } }")
    assert graphs == sorted([*described, (iri_of_curie("kgb:graph"),)])
    models = ask(
        """SELECT ?name { ?e a kg:Evidence ; prov:wasDerivedFrom PMC:PMC4 ; prov:wasGeneratedBy ?run .
        ?run prov:wasAssociatedWith [ rdfs:label ?name ] }"""
    )
    assert models == [("tables",)]


@pytest.mark.parametrize("rows", [2, 7])
def test_statements_are_the_same_in_whatever_batches_they_are_made(
    tmp_path: Path, graph: Path, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, n = written(tmp_path, graph, NQUADS)
    monkeypatch.setattr(distinct, "DISTINCT_ROWS", {"evidence": rows, "mentions": rows})
    monkeypatch.setattr(ranges, "RANGES_AT_ONCE", 2)
    monkeypatch.setattr(distinct, "BATCH_ROWS", rows)
    monkeypatch.setattr(statements, "BLOCK_ROWS", rows)
    again, _ = written(tmp_path, graph, NQUADS)
    assert len(again.splitlines()) == n
    assert set(again.splitlines()) == set(content.splitlines())
