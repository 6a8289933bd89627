"""`import`: our own exports come back, other people's files become evidence, and what has no place is told."""

import gzip
import json
import shutil
from pathlib import Path

import pytest
from papers import ASPIRIN, ASTHMA, CONCEPTS, COX2, IBUPROFEN, papers

from kgbuild.assemble import assemble
from kgbuild.cli.group import run
from kgbuild.errors import ConfigError, GraphError, ReadError
from kgbuild.export.graph import kgx_jsonl, kgx_tsv
from kgbuild.export.graph.rdf_files import JSONLD, NQUADS, NQUADS_RDF11, TRIG, TURTLE, TURTLE_RDF11
from kgbuild.export.graph.source import GraphSource
from kgbuild.pipeline import ImportReport, import_graphs
from kgbuild.query import cypher, sparql, why
from kgbuild.schema import load_schema
from kgbuild.store.parquet import read_table, read_tables, write_tables
from kgbuild.tables import Row
from kgbuild.validate import validate

SCIENCE = load_schema("science")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    write_tables(folder, assemble(papers(), schema=SCIENCE, concept=CONCEPTS.get))
    return folder


def imported(*paths: Path, to: Path, **named: str) -> ImportReport:
    return import_graphs(paths, to, schema=SCIENCE, named=named)


def rows(graph: Path, name: str) -> list[Row]:
    return read_table(graph, name).to_pylist()


def failures(graph: Path) -> list[str]:
    return [json.loads(line)["reason"] for line in (graph / "failures.jsonl").read_text("utf-8").splitlines()]


def write_lines(path: Path, *records: Row) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


# ── our own exports ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("writer", [kgx_tsv, kgx_jsonl])
def test_nodes_edges_and_evidence_come_back_from_kgx(writer, built, tmp_path):
    (tmp_path / "kgx").mkdir()
    writer.write(GraphSource(built), tmp_path / "kgx")
    report = imported(tmp_path / "kgx", to=tmp_path / "graph")
    assert report.rejected == {}
    before, after = read_tables(built), read_tables(tmp_path / "graph")
    for name in ("nodes", "edges", "evidence"):
        assert getattr(after, name).equals(getattr(before, name)), name
    # not in the format: titles, mentions, measurements, documents without evidence
    cited = {row["document"] for row in rows(built, "evidence")}
    assert {row["id"] for row in rows(tmp_path / "graph", "documents")} == cited
    assert (after.mentions.num_rows, after.measurements.num_rows) == (0, 0)


@pytest.mark.parametrize(
    ("writer", "name"),
    [
        (NQUADS, "graph.nq"),
        (TURTLE, "graph.ttl"),
        (TRIG, "graph.trig"),
        (NQUADS_RDF11, "graph.nq.gz"),
        (TURTLE_RDF11, "graph.ttl"),
        (JSONLD, "graph.jsonld"),
    ],
)
def test_rdf_comes_back_and_goes_out_again_byte_for_byte(writer, name, built, tmp_path):
    path = tmp_path / name
    writer.write(GraphSource(built), path)
    graph = tmp_path / "graph"
    assert imported(path, to=graph).rejected == {}
    (tmp_path / "again").mkdir()
    writer.write(GraphSource(graph), tmp_path / "again" / name)
    assert (tmp_path / "again" / name).read_bytes() == path.read_bytes()
    before, after = read_tables(built), read_tables(graph)
    for table in ("nodes", "edges", "evidence"):
        assert getattr(after, table).equals(getattr(before, table)), table
    # not in RDF: where a document was read from and its length, the words of a measurement's subject, mentions' places
    untold = ["source", "format", "length"]
    assert after.documents.drop(untold).equals(before.documents.drop(untold))
    assert after.measurements.drop(["subject_text"]).equals(before.measurements.drop(["subject_text"]))
    assert list(validate(graph, SCIENCE)) == []


# ── KGX of others ───────────────────────────────────────────────────────────────────────────────────────────────────

ASPIRIN_NODE = {"id": ASPIRIN, "category": ["biolink:SmallMolecule", "biolink:NamedThing"], "name": "Aspirin"}
ASTHMA_NODE = {"id": ASTHMA, "category": ["biolink:Disease"], "name": "Asthma"}
CAUSES = {"id": "e1", "subject": ASPIRIN, "predicate": "biolink:causes", "object": ASTHMA}


def kgx(folder: Path, nodes: list[Row], edges: list[Row]) -> Path:
    folder.mkdir()
    write_lines(folder / "x_nodes.jsonl", *nodes)
    write_lines(folder / "x_edges.jsonl", *edges)
    return folder


def test_an_edge_is_evidence_for_each_of_its_publications_and_has_the_belief_that_it_was_given(tmp_path):
    edge = CAUSES | {
        "publications": ["PMID:7", "PMID:8"],
        "has_confidence_score": 0.96,
        "primary_knowledge_source": "infores:ctd",
    }
    imported(kgx(tmp_path / "kgx", [ASPIRIN_NODE, ASTHMA_NODE], [edge]), to=tmp_path / "graph")
    evidence = rows(tmp_path / "graph", "evidence")
    assert sorted(
        (row["kind"], row["document"], row["agent"], row["revision"], row["subject_start"]) for row in evidence
    ) == [
        ("import", "PMID:7", "infores:ctd", "x_edges.jsonl:1", None),
        ("import", "PMID:8", "infores:ctd", "x_edges.jsonl:1", None),
    ]
    (found,) = rows(tmp_path / "graph", "edges")
    assert (found["subject"], found["predicate"], found["object"], found["documents"]) == (ASPIRIN, "CID", ASTHMA, 2)
    assert found["belief"] == pytest.approx(0.96)


def test_an_edge_without_publication_or_score_has_its_file_as_its_document(tmp_path):
    imported(kgx(tmp_path / "kgx", [ASPIRIN_NODE, ASTHMA_NODE], [CAUSES]), to=tmp_path / "graph")
    (item,) = rows(tmp_path / "graph", "evidence")
    (document,) = rows(tmp_path / "graph", "documents")
    assert (item["document"], item["calibrated"]) == (document["id"], pytest.approx(0.99))
    assert (document["title"], document["format"]) == ("x_edges.jsonl", "import")
    assert why(tmp_path / "graph", "Aspirin", "Asthma")[0].reasons[0].agent == "import"


def test_text_mining_results_of_others_keep_their_sentence_score_and_places(tmp_path):
    result = {
        "supporting_text": ["Aspirin causes asthma."],
        "subject_location_in_text": [0, 7],
        "object_location_in_text": [15, 21],
        "extraction_confidence_score": 0.7,
        "supporting_text_section_type": "abstract",
        "supporting_document_year": 2018,
    }
    studies = {"s": {"id": "s", "xref": ["PMID:9"], "has_study_results": [result]}}
    edge = CAUSES | {"has_supporting_studies": studies, "publications": ["PMID:9"], "negated": True}
    imported(kgx(tmp_path / "kgx", [ASPIRIN_NODE, ASTHMA_NODE], [edge]), to=tmp_path / "graph")
    (item,) = rows(tmp_path / "graph", "evidence")
    assert {name: item[name] for name in ("document", "text", "section", "calibrated", "polarity", "start", "end")} == {
        **{"document": "PMID:9", "text": "Aspirin causes asthma.", "section": "abstract", "calibrated": 0.7},
        **{"polarity": "negated", "start": 0, "end": 22},
    }
    assert rows(tmp_path / "graph", "documents")[0]["year"] == 2018
    (reason,) = why(tmp_path / "graph", ASPIRIN, ASTHMA)[0].reasons
    assert (reason.text[slice(*reason.subject)], reason.text[slice(*reason.object)]) == ("Aspirin", "asthma")


def test_whatever_has_no_place_is_counted_with_its_reason_and_first_record(tmp_path):
    nodes = [
        ASPIRIN_NODE | {"taxon": "NCBITaxon:1"},
        ASTHMA_NODE,
        {"id": "x:1", "category": ["biolink:Agent"]},
        {"name": "nobody"},
    ]
    edges = [
        CAUSES,
        CAUSES | {"predicate": "biolink:treats"},
        CAUSES | {"predicate": "biolink:treats", "has_confidence_score": 950, "species_context_qualifier": "x"},
        CAUSES | {"object": "x:1"},
        {"subject": ASPIRIN, "object": ASTHMA},
    ]
    folder = kgx(tmp_path / "kgx", nodes, edges)
    with (folder / "x_edges.jsonl").open("a", encoding="utf-8") as stream:
        stream.write("{broken\n")
    report = imported(folder, to=tmp_path / "graph")
    graph = tmp_path / "graph"
    assert sorted(failures(graph)) == [
        "edge: its object is no node, or one that was rejected: record 4",
        "edge: predicate biolink:treats from Chemical to Disease is no relation of schema science: "
        "2 records, the first is 2",
        "has_confidence_score is no probability: record 3",
        "node: category biolink:Agent is no entity type of schema science: record 3",
        "slot species_context_qualifier has no place in a graph: record 3",
        "slot taxon has no place in a graph: record 1",
        "the edge lacks its subject, predicate or object: record 5",
        "the line is no JSON object: record 6",
        "the node has no id: record 4",
    ]
    assert sum(report.rejected.values()) == 10
    assert len(rows(graph, "edges")) == 1
    assert json.loads((graph / "manifest.json").read_text("utf-8"))["failures"] == {"import": 9}


def test_a_line_with_too_few_cells_is_told_and_the_next_is_read(tmp_path):
    (tmp_path / "nodes.tsv").write_text(
        f"id\tcategory\tname\n{ASPIRIN}\tbiolink:Drug\n{ASTHMA}\tbiolink:Disease|biolink:NamedThing\tAsthma\n", "utf-8"
    )
    imported(tmp_path / "nodes.tsv", to=tmp_path / "graph")
    assert [row["name"] for row in rows(tmp_path / "graph", "nodes")] == ["Asthma"]
    assert failures(tmp_path / "graph") == ["the line has not as many cells as the header: record 1"]


def test_identifiers_are_respelled_so_that_they_meet_ours_and_ends_without_a_record_are_typed_by_prefix(tmp_path):
    edge = {"subject": "msh:D001241", "predicate": "biolink:causes", "object": "obo:x"}
    edges = [edge | {"object": "http://purl.obolibrary.org/obo/MONDO_0004979", "publications": ["pubmed:1"]}]
    imported(kgx(tmp_path / "kgx", [ASPIRIN_NODE], edges), to=tmp_path / "graph")
    (found,) = rows(tmp_path / "graph", "edges")
    assert (found["subject"], found["object"]) == (ASPIRIN, "MONDO:0004979")
    assert {row["id"]: row["type"] for row in rows(tmp_path / "graph", "nodes")}["MONDO:0004979"] == "Disease"
    assert rows(tmp_path / "graph", "evidence")[0]["document"] == "PMID:1"


def test_a_symmetric_relation_is_one_edge_in_both_directions_and_a_directed_one_is_never_turned(tmp_path):
    gene = {"id": COX2, "category": ["biolink:Gene"], "name": "PTGS2"}
    binds = {"predicate": "biolink:physically_interacts_with"}
    edges = [
        binds | {"subject": COX2, "object": ASPIRIN, "publications": ["PMID:1"]},
        binds | {"subject": ASPIRIN, "object": COX2, "publications": ["PMID:2"]},
        {"subject": ASTHMA, "predicate": "biolink:causes", "object": ASPIRIN},
    ]
    imported(kgx(tmp_path / "kgx", [ASPIRIN_NODE, ASTHMA_NODE, gene], edges), to=tmp_path / "graph")
    (found,) = rows(tmp_path / "graph", "edges")
    assert (found["subject"], found["predicate"], found["object"]) == (ASPIRIN, "Bind", COX2)
    assert found["evidence_count"] == 2
    assert len(failures(tmp_path / "graph")) == 1


# ── RDF of others ───────────────────────────────────────────────────────────────────────────────────────────────────

PREFIXES = """
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix biolink: <https://w3id.org/biolink/vocab/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix mesh: <http://id.nlm.nih.gov/mesh/> .
@prefix ex: <http://example.org/> .
"""
TRIPLES = """
mesh:D001241 a biolink:Drug ; rdfs:label "Aspirin" ; skos:altLabel "ASA" ; biolink:causes mesh:D001249 .
mesh:D001249 a biolink:Disease ; skos:prefLabel "Asthma" ;
    skos:exactMatch <http://purl.obolibrary.org/obo/MONDO_0004979> .
ex:pill a ex:Drug ; rdfs:label "Pill" ; ex:worsens mesh:D001249 ; ex:colour "white" .
"""


def test_resources_are_nodes_and_statements_between_them_edges(tmp_path):
    path = tmp_path / "theirs.ttl"
    path.write_text(PREFIXES + TRIPLES, "utf-8")
    graph = tmp_path / "graph"
    imported(path, to=graph, **{"http://example.org/Drug": "Chemical", "http://example.org/worsens": "CID"})
    nodes = {row["id"]: (row["type"], row["name"], row["synonyms"], row["xrefs"]) for row in rows(graph, "nodes")}
    assert nodes == {
        ASPIRIN: ("Chemical", "Aspirin", ["ASA"], []),
        ASTHMA: ("Disease", "Asthma", [], ["MONDO:0004979"]),
        "http://example.org/pill": ("Chemical", "Pill", [], []),
    }
    assert {(row["subject"], row["predicate"], row["object"]) for row in rows(graph, "edges")} == {
        (ASPIRIN, "CID", ASTHMA),
        ("http://example.org/pill", "CID", ASTHMA),
    }
    assert failures(graph) == ["property http://example.org/colour with a text has no place in a graph: record 11"]
    assert list(sparql(graph, "SELECT ?x { ?x kg:CID ?d ; rdfs:label 'Pill' }").rows) == [("http://example.org/pill",)]


REMARKS = """
mesh:D001241 biolink:causes mesh:D001249 .
<< mesh:D001241 biolink:causes mesh:D001249 >> dcterms:source <http://identifiers.org/pubmed/5> ;
    biolink:has_confidence_score 0.5 ; biolink:supporting_text "It does." .
<< mesh:D007052 biolink:causes mesh:D001249 >> dcterms:source <http://identifiers.org/pubmed/6> .
[] a rdf:Statement ; rdf:subject mesh:D007052 ; rdf:predicate biolink:causes ; rdf:object mesh:D005334 ;
    biolink:negated true .
mesh:D001241 a biolink:Drug . mesh:D007052 a biolink:Drug .
mesh:D001249 a biolink:Disease . mesh:D005334 a biolink:PhenotypicFeature .
"""


def test_what_is_said_of_a_statement_is_its_source_and_score_and_a_quotation_is_no_statement(tmp_path):
    (tmp_path / "theirs.ttl").write_text(PREFIXES + REMARKS, "utf-8")
    imported(tmp_path / "theirs.ttl", to=tmp_path / "graph")
    found = {
        (row["subject"], row["object"], row["polarity"], row["text"], round(row["calibrated"], 6))
        for row in rows(tmp_path / "graph", "evidence")
    }
    assert found == {
        (ASPIRIN, ASTHMA, "affirmed", "It does.", 0.5),
        (IBUPROFEN, "MESH:D005334", "negated", "", 0.99),
    }
    assert "PMID:5" in {row["document"] for row in rows(tmp_path / "graph", "evidence")}
    (reason,) = failures(tmp_path / "graph")
    assert reason.startswith("the statement is quoted and not asserted")


def test_a_named_graph_is_the_source_of_its_statements_and_all_syntaxes_say_the_same(tmp_path):
    lines = [
        f"<http://id.nlm.nih.gov/mesh/{ASPIRIN[5:]}> <{predicate}> <{object_}> <http://identifiers.org/pubmed/3> ."
        for predicate, object_ in (
            ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "https://w3id.org/biolink/vocab/Drug"),
            ("https://w3id.org/biolink/vocab/causes", f"http://id.nlm.nih.gov/mesh/{ASTHMA[5:]}"),
        )
    ]
    asthma = f"<http://id.nlm.nih.gov/mesh/{ASTHMA[5:]}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
    lines.append(f"{asthma}<https://w3id.org/biolink/vocab/Disease> .")
    (tmp_path / "theirs.nq").write_text("\n".join(lines), "utf-8")
    imported(tmp_path / "theirs.nq", to=tmp_path / "graph")
    (item,) = rows(tmp_path / "graph", "evidence")
    assert (item["document"], item["revision"]) == ("PMID:3", "theirs.nq:2")


def test_rdf_xml_is_read(tmp_path):
    (tmp_path / "theirs.rdf").write_text(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:b="https://w3id.org/biolink/vocab/">
        <b:Drug rdf:about="http://id.nlm.nih.gov/mesh/D001241"><b:causes>
        <b:Disease rdf:about="http://id.nlm.nih.gov/mesh/D001249"/></b:causes></b:Drug></rdf:RDF>""",
        "utf-8",
    )
    imported(tmp_path / "theirs.rdf", to=tmp_path / "graph")
    assert [(row["subject"], row["object"]) for row in rows(tmp_path / "graph", "edges")] == [(ASPIRIN, ASTHMA)]


def test_a_file_that_breaks_off_is_read_to_there_and_told(tmp_path):
    (tmp_path / "theirs.ttl").write_text(PREFIXES + TRIPLES + "ex:broken <", "utf-8")
    imported(tmp_path / "theirs.ttl", to=tmp_path / "graph")
    assert len(rows(tmp_path / "graph", "edges")) == 1
    assert [reason for reason in failures(tmp_path / "graph") if reason.startswith("the file breaks off here")]


# ── the folder ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_order_of_files_and_a_second_run_make_no_difference_and_gz_is_read(tmp_path):
    folder = kgx(tmp_path / "kgx", [ASPIRIN_NODE, ASTHMA_NODE], [CAUSES | {"publications": ["PMID:1"]}])
    nodes, edges = sorted(folder.iterdir(), reverse=True)
    imported(nodes, edges, to=tmp_path / "one")
    imported(edges, nodes, to=tmp_path / "two")
    for name in ("nodes", "edges", "evidence", "documents"):
        paths = [tmp_path / graph / f"{name}.parquet" for graph in ("one", "two")]
        assert paths[0].read_bytes() == paths[1].read_bytes()
    assert (tmp_path / "one" / "manifest.json").read_bytes() == (tmp_path / "two" / "manifest.json").read_bytes()
    for path in (nodes, edges):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    imported(folder, to=tmp_path / "three")
    assert rows(tmp_path / "three", "edges") == rows(tmp_path / "one", "edges")


def test_an_imported_graph_is_asked_in_cypher_and_sparql(tmp_path):
    imported(kgx(tmp_path / "kgx", [ASPIRIN_NODE, ASTHMA_NODE], [CAUSES]), to=tmp_path / "graph")
    assert list(cypher(tmp_path / "graph", "MATCH (a)-[r:CID]->(b) RETURN a.name, b.name").rows) == [
        ("Aspirin", "Asthma")
    ]
    assert list(sparql(tmp_path / "graph", "SELECT ?a { ?a kg:CID MESH:D001249 }").rows) == [(ASPIRIN,)]


def test_what_is_no_graph_or_already_there_is_refused_and_nothing_is_left(tmp_path):
    (tmp_path / "notes.txt").write_text("x", "utf-8")
    (tmp_path / "empty").mkdir()
    for path in ("notes.txt", "nowhere", "empty"):
        with pytest.raises(ReadError, match=path):
            imported(tmp_path / path, to=tmp_path / "graph")
    write_lines(tmp_path / "a.jsonl", ASPIRIN_NODE)
    with pytest.raises(GraphError, match="expected a new or empty folder"):
        imported(tmp_path / "a.jsonl", to=tmp_path)
    with pytest.raises(ConfigError, match="x=Nothing"):
        imported(tmp_path / "a.jsonl", to=tmp_path / "graph", x="Nothing")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "empty", "notes.txt"]


def test_the_command_tells_what_was_not_used(tmp_path, capsys):
    kgx(tmp_path / "kgx", [ASPIRIN_NODE, ASTHMA_NODE], [CAUSES, CAUSES | {"predicate": "biolink:treats"}])
    assert run(["import", str(tmp_path / "kgx"), "-o", str(tmp_path / "graph")]) == 0
    told = capsys.readouterr().err
    assert "2 nodes, 1 edges, 1 pieces of evidence from 2 files" in told
    assert (
        "not used: edge: predicate biolink:treats from Chemical to Disease is no relation of schema science: 1" in told
    )
    shutil.rmtree(tmp_path / "graph")
    taken = ["--take", "biolink:treats=Negative_Correlation"]
    assert run(["import", str(tmp_path / "kgx"), "-o", str(tmp_path / "graph"), *taken]) == 0
    assert "2 edges" in capsys.readouterr().err
    assert run(["import", str(tmp_path / "kgx"), "-o", str(tmp_path / "other"), "--take", "treats"]) == 2
