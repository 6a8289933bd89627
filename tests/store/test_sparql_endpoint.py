"""Loading into real SPARQL servers: Apache Jena Fuseki, or the one at SPARQL_URL, and Oxigraph."""

import base64
import json
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from papers import CONCEPTS, asthma_trial, papers
from pyoxigraph import Quad, RdfFormat, Store
from servers import SparqlServer, fuseki_server, oxigraph_server

from kgbuild.assemble import assemble
from kgbuild.cli.group import run
from kgbuild.errors import ConfigError, GraphError
from kgbuild.pipeline.report import FORMAT_VERSION
from kgbuild.prefixes import iri_of_curie
from kgbuild.schema import load_schema
from kgbuild.store import sparql_endpoint
from kgbuild.store.dataset import dataset_blocks
from kgbuild.store.parquet import write_tables
from kgbuild.store.rdf_syntax import nquads
from kgbuild.store.sparql_endpoint import EndpointReport, load_endpoint

FOREIGN = "<http://example.org/s> <http://example.org/p> <http://example.org/o> <http://example.org/graph> .\n"


@pytest.fixture(scope="module", params=[fuseki_server, oxigraph_server], ids=["fuseki", "oxigraph"])
def running_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparqlServer]:
    with request.param(tmp_path_factory.mktemp("sparql")) as found:
        yield found


@pytest.fixture
def server(running_server: SparqlServer) -> Iterator[SparqlServer]:
    assert content(running_server) == set(), "the server's dataset must be empty"
    yield running_server
    for graph in {quad.graph_name.value for quad in content(running_server)}:
        send(running_server, f"{running_server.quads}?graph={urllib.parse.quote(graph, safe='')}", method="DELETE")


def send(server: SparqlServer, url: str, body: bytes | None = None, *, method: str = "GET", **headers: str) -> bytes:
    if server.user is not None:
        token = base64.b64encode(f"{server.user}:{server.password}".encode()).decode()
        headers["Authorization"] = f"Basic {token}"
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method)) as answer:
        return answer.read()


def content(server: SparqlServer) -> set[Quad]:
    return quads_of(send(server, server.quads, Accept="application/n-quads"))


def quads_of(lines: bytes) -> set[Quad]:
    """The quads as a store holds them, in which equal numbers are equal."""
    store = Store()
    store.load(lines, RdfFormat.N_QUADS)
    return set(store)


def expected(graph: Path) -> set[Quad]:
    return quads_of(b"".join(map(bytes, nquads(dataset_blocks(graph)))))


def without_digest(quads: set[Quad]) -> set[Quad]:
    return {quad for quad in quads if quad.predicate.value != iri_of_curie("dcterms:identifier")}


def write_graph(folder: Path, documents) -> Path:
    write_tables(folder, assemble(documents, schema=load_schema(), concept=CONCEPTS.get))
    return folder


def load(graph: Path, server: SparqlServer, **options) -> EndpointReport:
    return load_endpoint(graph, server.url, user=server.user, password=server.password, **options)


def test_every_statement_arrives_in_its_graph_and_a_second_load_sends_none(server, tmp_path):
    graph = write_graph(tmp_path, papers())
    told = []
    first = load(graph, server, chunk_bytes=10_000, progress=lambda sent, given: told.append((sent, given)))
    held = content(server)
    assert without_digest(held) == expected(graph)
    assert first.given == first.sent == len(expected(graph)) and first.replaced == 0
    assert len(told) > 3 and told[-1] == (first.given, first.given)
    second = load(graph, server)
    assert (second.given, second.sent, second.replaced) == (first.given, 0, 0)
    assert content(server) == held


def test_a_grown_graph_takes_the_place_of_the_former_one_and_leaves_other_graphs_alone(server, tmp_path):
    send(server, server.quads, FOREIGN.encode(), method="POST", Content_Type="application/n-quads")
    small = write_graph(tmp_path / "small", [asthma_trial()])
    n_small = load(small, server).given
    grown = write_graph(tmp_path / "grown", papers())
    assert load(grown, server).replaced == n_small
    assert without_digest(content(server)) == expected(grown) | quads_of(FOREIGN.encode())
    load(small, server)
    assert without_digest(content(server)) == expected(small) | quads_of(FOREIGN.encode())


def test_a_load_that_was_broken_off_leaves_nothing_in_the_way_of_the_next(server, tmp_path):
    class Interruption(BaseException):
        pass

    def break_off(sent: int, given: int) -> None:
        if sent > given / 2:
            raise Interruption

    with pytest.raises(Interruption):
        load(write_graph(tmp_path / "whole", papers()), server, chunk_bytes=10_000, progress=break_off)
    assert content(server)
    other = write_graph(tmp_path / "other", [asthma_trial()])
    load(other, server)
    assert without_digest(content(server)) == expected(other)


def test_what_was_taken_away_on_the_server_is_loaded_again(server, tmp_path):
    graph = write_graph(tmp_path, papers())
    load(graph, server)
    lost = iri_of_curie("kgb:document/PMID:1")
    send(server, f"{server.quads}?graph={urllib.parse.quote(lost, safe='')}", method="DELETE")
    assert load(graph, server).sent
    assert without_digest(content(server)) == expected(graph)


def test_all_graphs_together_answer_a_query_with_triple_terms(server, tmp_path):
    load(write_graph(tmp_path, papers()), server)
    query = """PREFIX kg: <https://w3id.org/kgbuild/vocab/> PREFIX oa: <http://www.w3.org/ns/oa#>
        PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> PREFIX mesh: <http://id.nlm.nih.gov/mesh/>
        SELECT ?text { ?edge rdf:reifies <<( mesh:D007052 kg:CID mesh:D001249 )>> . ?e kg:edge ?edge ;
        kg:polarity "negated" ; oa:hasSelector/oa:exact ?text }"""
    body = send(
        server,
        f"{server.url}?{server.union}",
        query.encode(),
        method="POST",
        Content_Type="application/sparql-query",
        Accept="application/sparql-results+json",
    )
    (row,) = json.loads(body)["results"]["bindings"]
    assert row["text"]["value"] == " Ibuprofen did not cause asthma."


def test_the_command_says_what_it_did_and_never_the_password(server, tmp_path, monkeypatch, capfd):
    graph = write_graph(tmp_path, papers())
    (graph / "manifest.json").write_bytes(MANIFEST)
    monkeypatch.setenv("SPARQL_PASSWORD", server.password)
    if server.user is not None:
        monkeypatch.setenv("SPARQL_USER", server.user)
    n = len(expected(graph))
    assert run(["load", str(graph), "--to", server.url]) == 0
    assert f"{n} statements, {n} loaded; " in capfd.readouterr().err
    assert run(["load", str(graph), "--to", server.url]) == 0
    assert f"{n} statements, all there already; " in capfd.readouterr().err
    if server.user is not None:
        monkeypatch.setenv("SPARQL_PASSWORD", "a wrong secret")
        assert run(["load", str(graph), "--to", server.url]) == 1
        told = capfd.readouterr().err
        assert "refuses the user; set SPARQL_USER and SPARQL_PASSWORD" in told
        assert "secret" not in told


def test_options_of_neo4j_are_refused_for_a_sparql_server(tmp_path, capfd):
    (tmp_path / "manifest.json").write_bytes(MANIFEST)
    assert run(["load", str(tmp_path), "--to", "http://127.0.0.1:1/sparql", "--full-text"]) == 2
    assert "--full-text is for Neo4j" in capfd.readouterr().err


MANIFEST = json.dumps(
    {
        **{"format": FORMAT_VERSION, "makers": [], "counts": {}, "mentions": {}, "failures": {}},
        **dict.fromkeys(("kgbuild", "schema", "schema_version"), ""),
    }
).encode()


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        ("http://127.0.0.1:1/ds/sparql", GraphError, "found none that answers"),
        ("http://127.0.0.1:1/ds", ConfigError, "ends in /sparql or /query"),
        ("http://me:secret@127.0.0.1:1/ds/sparql", ConfigError, "SPARQL_USER and SPARQL_PASSWORD"),
    ],
)
def test_an_address_without_a_server_is_one_clear_error(tmp_path, url, error, words):
    graph = write_graph(tmp_path, [asthma_trial()])
    with pytest.raises(error, match=words) as caught:
        load_endpoint(graph, url)
    assert "secret" not in str(caught.value)


class Answers(BaseHTTPRequestHandler):
    """Gives prepared answers, each once, and keeps what it was asked."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(dict(self.headers))
        status, body, headers = self.server.answers.pop(0)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def answering(monkeypatch) -> Iterator[HTTPServer]:
    monkeypatch.setattr(sparql_endpoint, "WAITS", (0.0, 0.0))
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        server.answers, server.asked = [], []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_busy_server_is_asked_again(answering, tmp_path):
    graph = write_graph(tmp_path, [asthma_trial()])
    n = len(expected(graph)) + 1
    rows = json.dumps({"results": {"bindings": []}}).encode()

    def counted(n: int) -> bytes:
        return json.dumps({"results": {"bindings": [{"n": {"value": str(n)}}]}}).encode()

    answering.answers = [(503, b"", {}), (429, b"", {}), (200, rows, {}), (200, counted(0), {})]
    answering.answers += [(503, b"", {}), (204, b"", {}), (204, b"", {}), (200, counted(n), {})]
    report = load_endpoint(graph, f"http://127.0.0.1:{answering.server_port}/sparql")
    assert report.sent == n - 1
    assert answering.answers == []


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([(503, b"out of order", {})] * 3, "503 Service Unavailable.*out of order"),
        ([(301, b"", {"Location": "http://elsewhere.example/sparql"})], "moved to http://elsewhere.example/sparql"),
        ([(404, b"", {})], "expected a dataset that can be written to"),
        ([(200, b"<html>", {})], "no SPARQL results"),
        ([(500, b"a b\n c", {})], "500 Internal Server Error.: a b c"),
    ],
)
def test_what_a_server_refuses_is_one_clear_error(answering, tmp_path, answers, words):
    graph = write_graph(tmp_path, [asthma_trial()])
    answering.answers = list(answers)
    with pytest.raises(GraphError, match=words) as caught:
        load_endpoint(graph, f"http://127.0.0.1:{answering.server_port}/sparql", user="me", password="secret")
    assert "secret" not in str(caught.value)
    assert len(answering.asked) == len(answers), "nothing goes to another server"


def test_a_server_that_lost_some_of_it_is_told_of(answering, tmp_path):
    graph = write_graph(tmp_path, [asthma_trial()])

    def counted(n: int) -> bytes:
        return json.dumps({"results": {"bindings": [{"n": {"value": str(n)}}]}}).encode()

    answering.answers = [(200, b'{"results": {"bindings": []}}', {}), (200, counted(0), {}), (204, b"", {})]
    answering.answers += [(204, b"", {}), (200, counted(7), {})]
    with pytest.raises(GraphError, match=r"expected \d+ statements after the load, found 6"):
        load_endpoint(graph, f"http://127.0.0.1:{answering.server_port}/sparql")
