"""Ten questions of a biologist and a materials scientist, each in Cypher and in SPARQL, asked of a graph of papers."""

import base64
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import neo4j
import pytest
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results
from servers import SparqlServer, fuseki_server, neo4j_server

from kgbuild import query
from kgbuild.config import Part
from kgbuild.pipeline import build, recipe
from kgbuild.prefixes import NAMESPACES
from kgbuild.schema import load_schema
from kgbuild.store.neo4j import load_neo4j
from kgbuild.store.rdf import open_rdf
from kgbuild.store.sparql_endpoint import load_endpoint

PREFIXES = [f"PREFIX {prefix}: <{iri}>" for prefix, iri in NAMESPACES.items()]

DATA = Path(__file__).parent / "data"
VOCABULARIES = {
    "Chemical": "chemicals",
    "Disease": "diseases",
    "Gene": "genes",
    "Material": "materials",
    "Species": "species",
}


@dataclass(frozen=True)
class Question:
    words: str
    cypher: str
    sparql: str


QUESTIONS = (
    Question(
        "Which diseases does cisplatin have to do with?",
        """MATCH (c:Chemical {name: 'Cisplatin'})-[r]-(d:Disease)
           WHERE r.evidence_count > r.negated_count RETURN DISTINCT d.name""",
        """SELECT DISTINCT ?name { ?c a kg:Chemical ; rdfs:label "Cisplatin" . ?d a kg:Disease ; rdfs:label ?name .
           { ?c ?r ?d } UNION { ?d ?r ?c } }""",
    ),
    Question(
        "Which chemicals cause liver injury?",
        """MATCH (c:Chemical)-[r:CID|POSITIVE_CORRELATION]-(d:Disease {name: 'Chemical and Drug Induced Liver Injury'})
           WHERE r.evidence_count > r.negated_count RETURN DISTINCT c.name""",
        """SELECT DISTINCT ?name { ?c a kg:Chemical ; rdfs:label ?name .
           ?d rdfs:label "Chemical and Drug Induced Liver Injury" .
           ?c kg:CID|kg:Positive_Correlation|^kg:Positive_Correlation ?d }""",
    ),
    Question(
        "Which chemicals are joined to polyuria, and how surely?",
        """MATCH (c:Chemical)-[r]-(d:Disease {id: 'MESH:D011141'})
           RETURN c.name, r.id, r.belief""",
        """SELECT ?name ?edge ?belief {
           ?c a kg:Chemical ; rdfs:label ?name . ?edge kg:belief ?belief .
           { ?edge rdf:reifies <<( ?c ?r MESH:D011141 )>> } UNION { ?edge rdf:reifies <<( MESH:D011141 ?r ?c )>> } }""",
    ),
    Question(
        "Which papers speak of BRCA1?",
        "MATCH (:Gene {id: 'NCBIGene:672'})-[:MENTIONED_IN]->(paper:Document) RETURN paper.id, paper.title",
        """SELECT ?paper (COALESCE(?given, '') AS ?title) {
           NCBIGene:672 kg:mentionedIn ?paper . OPTIONAL { ?paper dcterms:title ?given } }""",
    ),
    Question(
        "Which species stand in how many papers?",
        """MATCH (s:Species)-[:MENTIONED_IN]->(paper:Document)
           WITH s, count(DISTINCT paper) AS papers RETURN s.name, papers""",
        """SELECT ?name (COUNT(DISTINCT ?paper) AS ?papers) {
           ?s a kg:Species ; rdfs:label ?name ; kg:mentionedIn ?paper } GROUP BY ?s ?name""",
    ),
    Question(
        "Which sentences say something of acetaminophen and liver injury?",
        """MATCH (c:Chemical {name: 'Acetaminophen'})-[r]-(d:Disease {name: 'Chemical and Drug Induced Liver Injury'})
           MATCH (e:Evidence {edge: r.id})-[:FROM_DOCUMENT]->(paper:Document) RETURN paper.id, e.text, e.polarity""",
        """SELECT ?paper ?text ?polarity { ?c rdfs:label "Acetaminophen" .
           ?d rdfs:label "Chemical and Drug Induced Liver Injury" .
           { ?edge rdf:reifies <<( ?c ?r ?d )>> } UNION { ?edge rdf:reifies <<( ?d ?r ?c )>> }
           ?e kg:edge ?edge ; prov:wasDerivedFrom ?paper ; oa:hasSelector/oa:exact ?text ; kg:polarity ?polarity }""",
    ),
    Question(
        "Which chemicals stand in one paper with kidney diseases?",
        """MATCH (c:Chemical)-[:MENTIONED_IN]->(:Document)<-[:MENTIONED_IN]-(:Disease {name: 'Kidney Diseases'})
           RETURN DISTINCT c.name""",
        """SELECT DISTINCT ?name { ?c a kg:Chemical ; rdfs:label ?name ; kg:mentionedIn ?paper .
           ?d a kg:Disease ; rdfs:label "Kidney Diseases" ; kg:mentionedIn ?paper }""",
    ),
    Question(
        "Which materials stand in most papers or are named most often?",
        "MATCH (m:Material) WHERE m.mention_count >= 3 RETURN m.name, m.mention_count, m.document_count",
        """SELECT ?name ?mentions ?papers { ?m a kg:Material ; rdfs:label ?name ; kg:mentionCount ?mentions ;
           kg:documentCount ?papers . FILTER(?mentions >= 3) }""",
    ),
    Question(
        "Which materials come in which form, with which property, or are used as what?",
        """MATCH (m:Material)-[r:HAS_FORM|HAS_PROPERTY|USED_AS|USED_IN]->(x)
           WHERE r.evidence_count > r.negated_count RETURN DISTINCT m.name, x.name""",
        """SELECT DISTINCT ?material ?other { ?m a kg:Material ; kg:has_form|kg:has_property|kg:used_as|kg:used_in ?x .
           ?m rdfs:label ?material . ?x rdfs:label ?other }""",
    ),
    Question(
        "Which materials were measured or made by which methods, in which papers together?",
        """MATCH (m:Material)-[:MENTIONED_IN]->(paper:Document)<-[:MENTIONED_IN]-(x:Method)
           RETURN DISTINCT paper.id, m.name, x.name""",
        """SELECT DISTINCT ?paper ?material ?method { ?m a kg:Material ; rdfs:label ?material ; kg:mentionedIn ?paper .
           ?x a kg:Method ; rdfs:label ?method ; kg:mentionedIn ?paper }""",
    ),
)


def build_graph(papers: Sequence[Path], output: Path, *, workers: int = 1) -> Path:
    schema = load_schema()
    vocabularies = {type_: str(DATA / "ontology" / f"{name}.tsv") for type_, name in VOCABULARIES.items()}
    stages = recipe(
        Part("transformer", {"device": "cpu"}),
        Part("lexical", {"ontologies": [], "overrides": vocabularies}),
        schema=schema,
    )
    build([str(path) for path in papers], output, recipe=stages, schema=schema, workers=workers)
    return output


@pytest.fixture(scope="session")
def demo_graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("questions")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KGBUILD_CACHE", str(folder / "cache"))
        return build_graph([DATA / "demo"], folder / "graph")


@pytest.fixture(scope="session")
def papers_graph(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_graph([shared_data / "documents"], tmp_path_factory.mktemp("papers") / "graph")


def test_two_workers_and_another_order_make_the_same_tables(
    demo_graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KGBUILD_CACHE", str(tmp_path / "cache"))
    papers = sorted((DATA / "demo").iterdir(), reverse=True)
    again = build_graph(papers, tmp_path / "graph", workers=2)
    tables = sorted(path.name for path in demo_graph.glob("*.parquet"))
    assert "evidence.parquet" in tables
    for name in tables:
        assert (again / name).read_bytes() == (demo_graph / name).read_bytes(), name


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.words)
def test_cypher_and_sparql_answer_alike_from_the_demonstration_corpus(demo_graph: Path, question: Question) -> None:
    assert rows_of_both(demo_graph, question)


@pytest.fixture(scope="module")
def neo4j_driver(demo_graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[neo4j.Driver]:
    """A session with a Neo4j server that holds the graph, and no other."""
    with neo4j_server(tmp_path_factory.mktemp("neo4j")) as server:
        login = (server.user, server.password)
        # a question may name a label or relationship type that the graph has no case of, which Neo4j would warn of
        with neo4j.GraphDatabase.driver(server.uri, auth=login, notifications_min_severity="OFF") as driver:
            load_neo4j(demo_graph, server.uri, user=server.user, password=server.password)
            yield driver
            driver.execute_query("MATCH (n) DETACH DELETE n")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.words)
def test_neo4j_answers_like_the_embedded_database(
    demo_graph: Path, neo4j_driver: neo4j.Driver, question: Question
) -> None:
    by_neo4j = sorted(repr(tuple(record)) for record in neo4j_driver.execute_query(question.cypher).records)
    assert by_neo4j == sorted(map(repr, query.cypher(demo_graph, question.cypher).rows))
    assert by_neo4j


@pytest.mark.slow
def test_cypher_and_sparql_answer_alike_from_some_two_hundred_papers(papers_graph: Path) -> None:
    answers = [rows_of_both(papers_graph, question) for question in QUESTIONS]
    assert sum(map(bool, answers)) > len(QUESTIONS) // 2  # the papers do not speak of everything


@pytest.fixture(scope="module")
def sparql_server(demo_graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparqlServer]:
    with fuseki_server(tmp_path_factory.mktemp("fuseki")) as server:
        load_endpoint(demo_graph, server.url, user=server.user, password=server.password)
        yield server


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.words)
def test_a_sparql_server_answers_like_the_embedded_store(
    demo_graph: Path, sparql_server: SparqlServer, question: Question
) -> None:
    asked = ask(sparql_server, "\n".join((*PREFIXES, question.sparql)))
    embedded = open_rdf(demo_graph).query(question.sparql, prefixes=NAMESPACES, use_default_graph_as_union=True)
    answers = [sorted(tuple(map(plain, row)) for row in rows) for rows in (asked, embedded)]
    assert answers[0] == answers[1]
    assert answers[0]


def ask(server: SparqlServer, query: str) -> QuerySolutions:
    headers = {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"}
    token = base64.b64encode(f"{server.user}:{server.password}".encode()).decode()
    headers["Authorization"] = f"Basic {token}"
    request = urllib.request.Request(f"{server.url}?{server.union}", query.encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return parse_query_results(answer.read(), QueryResultsFormat.JSON)


def plain(term: NamedNode | Literal) -> str:
    is_number = isinstance(term, Literal) and term.datatype.value.endswith("double")
    return repr(float(term.value)) if is_number else term.value


def rows_of_both(graph: Path, question: Question) -> list[str]:
    """The rows that both languages give."""
    by_cypher = sorted(map(repr, query.cypher(graph, question.cypher).rows))
    assert by_cypher == sorted(map(repr, query.sparql(graph, question.sparql).rows))
    return by_cypher
