"""Cypher and SPARQL answer alike, change nothing, reach nothing outside, and say what is wrong with a query."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from papers import mention

from kgbuild.assemble import assemble
from kgbuild.concept import Concept
from kgbuild.document import Document
from kgbuild.errors import GraphError, QueryError
from kgbuild.query import Rows, cypher, sparql
from kgbuild.schema import load_schema
from kgbuild.store import build_cypher, build_rdf, write_tables
from kgbuild.store.statements import TERMS

Ask = Callable[[Path, str], Rows]

ODD_IDENTIFIERS = (
    "MESH:D001241",
    "kgb:Li[Ni0.5Mn1.5]O4",
    "mat:(Ba,Sr)TiO3{x=0.5}",
    "mat:Fe2O3·nH2O",
    'mat:50%25a\\b^`"',
    "mat:µ:é#?/",
    "http://example.org/a%20b#c",
    "https://bioregistry.io/MESH:D1",
)
NO_CURIES = ("no colon", "c|Allele|A|689", "mat:x = 0.5", "MESH:")

QUESTIONS = {
    "what causes asthma, and how sure": (
        "MATCH (c:Chemical)-[r:CID]->(d:Disease {name: 'Asthma'}) WHERE r.belief > 0 RETURN c.name, r.documents",
        "SELECT ?n ?k { ?c kg:CID MESH:D001249 ; rdfs:label ?n . << ?c kg:CID MESH:D001249 ~ ?e >> kg:documents ?k }",
        {("Aspirin", 2)},
    ),
    "what is denied": (
        "MATCH (a)-[r]->(b) WHERE r.negated_count > 0 RETURN a.id, label(r), b.id",
        "SELECT ?s (REPLACE(STR(?p), '^.*/', '') AS ?name) ?o "
        "{ ?e rdf:reifies <<( ?s ?p ?o )>> ; kg:negatedCount ?n FILTER(?n > 0) }",
        {("MESH:D007052", "CID", "MESH:D001249")},
    ),
    "which nodes are unlinked": (
        "MATCH (n) WHERE n.linked = false RETURN n.name",
        "SELECT ?n { ?x kg:linked false ; rdfs:label ?n }",
        {("Blörb-1",), ("Band gap",), ("5.1",)},
    ),
    "which papers mention aspirin": (
        "MATCH (:Chemical {id: 'MESH:D001241'})-[:MENTIONED_IN]->(d:Document) RETURN d.id",
        "SELECT ?d { MESH:D001241 kg:mentionedIn ?d }",
        {("PMID:1",), ("PMID:2",), ("PMID:3",)},
    ),
    "which sentences speculate": (
        "MATCH (e:Evidence {modality: 'speculated'})-[:FROM_DOCUMENT]->(d) RETURN e.text, e.start_offset, d.id",
        "SELECT ?t ?s ?d { ?e kg:modality 'speculated' ; prov:wasDerivedFrom ?d ; oa:hasSelector ?x . "
        "?x oa:exact ?t ; oa:start ?s }",
        {("Asthma may be caused by acetylsalicylic acid.", 0, "PMID:2")},
    ),
    "what was measured, where": (
        "MATCH (n:Material)-[:HAS_MEASUREMENT]->(m:Measurement) "
        "RETURN n.name, m.property_type, m.value, m.unit, m.table_row, m.conditions[1]",
        "SELECT ?n ?p ?v ?u ?r ?c { ?m kg:subject/rdfs:label ?n ; kg:propertyType ?p ; qudt:numericValue ?v ; "
        "qudt:ucumCode ?u ; kg:row ?r ; kg:condition ?c }",
        {("ZrO2", "band_gap", 5.1, "eV", 1, "temperature = 300 K")},
    ),
    "what affects anything, in Biolink's words": (
        "MATCH (a)-[r]->(b) WHERE r.biolink_predicate = 'biolink:physically_interacts_with' RETURN a.name, b.name",
        "SELECT ?a ?b { ?x ?p ?y . ?p rdfs:subPropertyOf biolink:physically_interacts_with . "
        "?x rdfs:label ?a . ?y rdfs:label ?b }",
        {("Aspirin", "PTGS2"), ("Ibuprofen", "PTGS2"), ("PTGS2", "Blörb-1")},
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_both_engines_give_the_answer(graph: Path, question: str) -> None:
    in_cypher, in_sparql, answer = QUESTIONS[question]
    assert set(cypher(graph, in_cypher).rows) == answer
    assert set(sparql(graph, in_sparql).rows) == answer


def test_a_denied_statement_is_reified_and_not_asserted(graph: Path) -> None:
    assert list(sparql(graph, "ASK { MESH:D007052 kg:CID MESH:D001249 }").rows) == [(False,)]
    assert list(sparql(graph, "ASK { ?e rdf:reifies <<( MESH:D007052 kg:CID MESH:D001249 )>> }").rows) == [(True,)]


def test_parameters_are_values_and_never_cypher(graph: Path) -> None:
    text = "MATCH (n) WHERE n.name = $name RETURN n.id"
    assert list(cypher(graph, text, {"name": "Aspirin"}).rows) == [("MESH:D001241",)]
    assert list(cypher(graph, text, {"name": "' OR true //"}).rows) == []


def test_nodes_and_paths_come_as_plain_values(graph: Path) -> None:
    rows = cypher(graph, "MATCH p = (a:Chemical)-[r:CID]->(b:Disease) WHERE r.belief > 0 RETURN a, p")
    ((node, path),) = rows.rows
    assert rows.columns == ("a", "p")
    assert (node["label"], node["id"], node["xrefs"]) == ("Chemical", "MESH:D001241", ["CHEBI:15365"])
    assert [edge["label"] for edge in path["relationships"]] == ["CID"]
    assert not any(key.startswith("_") for key in node)


def test_the_other_forms_of_sparql_have_columns_too(graph: Path) -> None:
    rows = sparql(graph, "CONSTRUCT { ?s kg:CID ?o } WHERE { ?s kg:CID ?o }")
    assert (rows.columns, list(rows.rows)) == (
        ("subject", "predicate", "object"),
        [("MESH:D001241", "kg:CID", "MESH:D001249")],
    )
    assert list(sparql(graph, "SELECT ?t { ?e rdf:reifies ?t ; kg:negatedCount 1 }").rows) == [
        (["MESH:D007052", "kg:CID", "MESH:D001249"],)
    ]


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (cypher, "CREATE (:Gene {id: 'x'})"),
        (cypher, "MATCH (n:Gene) SET n.name = 'x'"),
        (cypher, "MATCH (n) DETACH DELETE n"),
        (cypher, "DROP TABLE Gene"),
        (sparql, "INSERT DATA { <a:a> <a:b> <a:c> }"),
        (sparql, "DELETE WHERE { ?s ?p ?o }"),
    ],
)
def test_a_write_is_refused(graph: Path, ask: Ask, text: str) -> None:
    with pytest.raises(QueryError, match="read-only"):
        ask(graph, text)
    assert list(cypher(graph, "MATCH (n:Gene) RETURN count(n)").rows) == [(2,)]


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (cypher, "COPY (MATCH (n) RETURN n.id) TO 'leak.csv'"),
        (cypher, "copy/**/(MATCH (n) RETURN n.id) TO 'leak.csv'"),
        (cypher, "COPY(MATCH (n) RETURN n.id) TO 'leak.csv'"),
        (cypher, "UPDATE json"),
        (cypher, "CALL READ_PARQUET('x.parquet') RETURN *"),
        (cypher, "CALL read_csv_serial('/etc/passwd') RETURN *"),
        (cypher, "CALL /* x */ read_csv_parallel('/etc/passwd') RETURN *"),
        (cypher, "CALL `READ_NPY`('x.npy') RETURN *"),
        (cypher, "CALL threads=1"),
        (cypher, "RETURN 1; COPY (MATCH (n) RETURN n.id) TO 'leak.csv'"),
        (cypher, "LOAD FROM 'nodes.parquet' RETURN *"),
        (cypher, "LOAD // why not\nFROM 'nodes.parquet' RETURN *"),
        (cypher, "INSTALL httpfs"),
        (cypher, "EXPORT DATABASE 'everything'"),
        (cypher, "ATTACH 'other.db' AS other (dbtype duckdb)"),
        (sparql, "SELECT * { SERVICE <http://example.org/sparql> { ?s ?p ?o } }"),
        (sparql, "SELECT * { service silent <http://example.org/sparql> { ?s ?p ?o } }"),
        (sparql, "ASK { ?s ?p 1SERVICE<http://example.org/sparql>{ ?s ?p ?service } }"),
        (sparql, "ASK { ?s ?p '''it's''' . SERVICE <http://example.org/sparql> { ?s ?p 'it' } }"),
        (sparql, 'ASK { ?s ?p """say "a" #""" . SERVICE <http://example.org/sparql> { ?s ?p "b" } }'),
    ],
)
def test_a_query_reaches_nothing_outside_the_graph(
    graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Ask, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(QueryError, match="refused"):
        ask(graph, text)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (cypher, "RETURN 'LOAD FROM x' AS load"),
        (cypher, 'MATCH (n:Gene) WHERE n.name = "COPY (that)" RETURN n.name // USE it'),
        (sparql, "SELECT ?s { ?s rdfs:label 'SERVICE <x>' } # SERVICE <x>"),
        (sparql, "SELECT ?s { ?s rdfs:label '''it's 'a' SERVICE <x> { ?s ?p ?o }''' }"),
        (sparql, 'SELECT ?s { ?s rdfs:label """one "\n SERVICE <x> { } INSERT DATA { }""" } # it\'s'),
        (sparql, "PREFIX service: <http://service/> SELECT ?Service ?aervice { ?Service service:service ?aervice }"),
    ],
)
def test_texts_and_comments_may_say_anything(graph: Path, ask: Ask, text: str) -> None:
    list(ask(graph, text).rows)


@pytest.mark.parametrize(
    ("ask", "text", "words"),
    [
        (
            cypher,
            "MATCH (n:Gen) RETURN n",
            ("Gen does not exist. Did you mean Gene?", "labels:", "Gene", "relationship types:", "CID"),
        ),
        (cypher, "MATCH (n RETURN n", ("Parser exception", "line: 1")),
        (cypher, "RETURN 1; RETURN 2", ("one Cypher statement", "2")),
        (cypher, "MATCH (n) RETURN $missing", ("missing",)),
        (cypher, "", ("empty",)),
        (sparql, "SELECT ?x { ?x a foo:Bar }", ("Prefix not found", "kg", "MESH")),
        (sparql, "SELECT ?x {", ("error at 1:",)),
        (sparql, "", ("error at 1:",)),
        (sparql, "SELECT ?service { SERVICE <http://example.org/> { ?s ?p ?o }", ("error at 1:61",)),
    ],
)
def test_an_error_says_what_is_wrong_and_what_there_is(
    graph: Path, ask: Ask, text: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(QueryError) as error:
        ask(graph, text)
    assert all(word in str(error.value) for word in words)


def test_a_word_of_updates_in_a_text_does_not_make_an_update_of_a_wrong_query(graph: Path) -> None:
    with pytest.raises(QueryError) as error:
        sparql(graph, "SELECT ?s { ?s rdfs:label 'INSERT or DELETE' ")
    assert "read-only" not in str(error.value)


def test_both_engines_give_every_identifier_as_the_tables_hold_it(tmp_path: Path) -> None:
    given = (*ODD_IDENTIFIERS, *NO_CURIES)
    text = " ".join(f"w{number:02}" for number in range(len(given)))
    mentions = [mention(text, f"w{number:02}", "Material", id) for number, id in enumerate(given)]
    unlinked = mention(text + " (Li[Ni0.5 Mn1.5]O4)", "(Li[Ni0.5 Mn1.5]O4)", "Material")
    paper = Document("DOI:10.1/a<b>(c);2-#", text + " (Li[Ni0.5 Mn1.5]O4)", mentions=(*mentions, unlinked))
    schema = load_schema()
    tables = assemble([paper], schema=schema, concept=lambda id: Concept(id, id, "Material", xrefs=(f"{id}'",)))
    write_tables(tmp_path, tables)
    build_cypher(tmp_path, schema)
    build_rdf(tmp_path)
    held = set(tables.nodes["id"].to_pylist())
    assert held > set(ODD_IDENTIFIERS) and held.isdisjoint(NO_CURIES)
    assert len(tables.failures) == len(NO_CURIES)
    for in_cypher, in_sparql in (
        ("MATCH (n:Material) RETURN n.id", "SELECT ?n { ?n a kg:Material }"),
        ("MATCH (n:Material)-[:MENTIONED_IN]->(d) RETURN n.id, d.id", "SELECT ?n ?d { ?n kg:mentionedIn ?d }"),
        ("MATCH (n:Material) UNWIND n.xrefs AS x RETURN n.id, x", "SELECT ?n ?x { ?n skos:closeMatch ?x }"),
    ):
        answer = sorted(cypher(tmp_path, in_cypher).rows)
        assert answer == sorted(sparql(tmp_path, in_sparql).rows)
        assert {row[0] for row in answer} >= {id for id in ODD_IDENTIFIERS if not id.startswith("kgb:")}


@pytest.mark.parametrize(("ask", "text"), [(cypher, "RETURN 1"), (sparql, "ASK {}")])
def test_without_a_graph_the_error_says_what_to_do(tmp_path: Path, ask: Ask, text: str) -> None:
    with pytest.raises(GraphError, match="kgbuild build"):
        ask(tmp_path, text)


@pytest.mark.parametrize(
    ("ask", "text", "file"), [(cypher, "RETURN 1", "cypher/graph.lbug"), (sparql, "ASK {}", "rdf/CURRENT")]
)
def test_a_damaged_graph_is_said_to_be_damaged(tmp_path: Path, ask: Ask, text: str, file: str) -> None:
    path = tmp_path / file
    path.parent.mkdir()
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(GraphError, match="damaged"):
        ask(tmp_path, text)


def test_two_queries_may_be_open_at_once(graph: Path) -> None:
    open_rows: list[tuple[Any, ...]] = []
    first, second = (cypher(graph, "MATCH (n) RETURN n.id ORDER BY n.id") for _ in range(2))
    for pair in zip(first.rows, second.rows, strict=True):
        open_rows.append(pair)
    assert all(left == right for left, right in open_rows)
    third, fourth = (sparql(graph, "SELECT ?n { ?n kg:linked true } ORDER BY ?n") for _ in range(2))
    assert list(third.rows) == list(fourth.rows)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT ?x { ?x a kg:Gnee }", ["kg:Gnee; did you mean kg:Gene?"]),
        ("SELECT (COUNT(*) AS ?n) { ?x kg:cid/kg:cid ?y }", ["kg:cid; did you mean kg:CID?"]),
        ("SELECT ?x { ?x rdfs:lable 'x' ; kg:zzz ?y }", ["rdfs:lable; did you mean rdfs:label?", "kg:zzz"]),
        ("prefix k: <https://w3id.org/kgbuild/vocab/> ASK { ?x a k:Genes }", ["kg:Genes; did you mean kg:Gene?"]),
        ("ASK { ?x <https://w3id.org/kgbuild/vocab/believe> 1 }", ["kg:believe; did you mean kg:belief?"]),
        ("ASK { ?kg a kg:Gene ; rdfs:label 'kg:Gnee', \"it's <kg:Gnee>\", '''kg:Gnee''' } # kg:Gnee", []),
        ("ASK { ?a kg:belief ?b . ?c kg:belief ?d FILTER(?a<?b && xsd:integer(?d)>?c) } LIMIT 1", []),
        ("PREFIX kg: <http://example.org/> ASK { ?x a kg:Gnee }", []),
        ("CONSTRUCT { ?s kg:mine ?o } WHERE { ?s kg:CID ?o }", []),
        ("ASK { ?x kg:siLow ?y ; dcterms:license ?z ; rdfs:label 'x'@en ; kg:column 1.5 }", []),
        ("ASK { MESH:D007052 kg:CID MESH:D0000 . kgb:edge-1 kg:belief 0 }", []),
    ],
)
def test_what_the_graph_does_not_have_is_said(
    graph: Path, text: str, words: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    list(sparql(graph, text).rows)
    assert [record.getMessage() for record in caplog.records] == [f"the graph has no {word}" for word in words]


def test_every_term_of_a_graph_is_known_or_of_its_schema(graph: Path) -> None:
    schema = load_schema()
    own = {f"kg:{name}" for name in (*schema.entities, *schema.relations)}
    rows = sparql(graph, "SELECT DISTINCT ?p { ?s ?p ?o . ?s a ?c FILTER(?c IN (kg:Evidence, kg:Measurement)) }").rows
    terms = {term for (term,) in rows}
    rows = sparql(graph, "SELECT DISTINCT ?p { ?s ?p ?o . FILTER(?s != kgb:dataset) . ?s kg:linked|kg:belief ?v }").rows
    terms |= {term for (term,) in rows}
    assert len(terms) > 30
    assert terms - own - TERMS == set()
