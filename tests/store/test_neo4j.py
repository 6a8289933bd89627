"""Loading into a real Neo4j server."""

from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import neo4j
import neo4j.exceptions
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from graphs import publish_graph
from papers import CONCEPTS, FEVER, asthma_trial, mention, papers
from servers import Neo4jServer

from kgbuild.assemble import assemble
from kgbuild.cli.group import run
from kgbuild.document import Document, Failure
from kgbuild.errors import ConfigError, GraphError
from kgbuild.schema import load_schema
from kgbuild.store.neo4j import LoadReport, load_neo4j, writing
from kgbuild.store.neo4j.statements import node_statement, relationship_statement
from kgbuild.store.neo4j.writing import Writer, _write_rows
from kgbuild.store.parquet import write_tables
from kgbuild.store.parts import entity_parts, lexical_parts, relationship_parts
from kgbuild.store.property_graph import quoted
from kgbuild.tables import SCHEMAS, Tables


@pytest.fixture
def graph_folder(tmp_path: Path) -> Path:
    """A graph as `kgbuild build` leaves it, for the command line."""
    return publish_graph(tmp_path / "graph", papers())


def write_graph(folder: Path, documents) -> Path:
    write_tables(folder, assemble(documents, schema=load_schema(), concept=CONCEPTS.get))
    return folder


def load(graph: Path, server: Neo4jServer, **options) -> LoadReport:
    return load_neo4j(graph, server.uri, user=server.user, password=server.password, **options)


def ask(driver: neo4j.Driver, query: str, **parameters) -> list[tuple]:
    return [tuple(record) for record in driver.execute_query(query, parameters).records]


def content(driver: neo4j.Driver) -> list[list[tuple]]:
    nodes = ask(driver, "MATCH (n) RETURN labels(n), n.id, properties(n) ORDER BY labels(n), n.id")
    edges = ask(
        driver, "MATCH (a)-[r]->(b) RETURN a.id, type(r), r.id, b.id, properties(r) ORDER BY a.id, type(r), r.id, b.id"
    )
    return [nodes, edges]


def test_all_nodes_and_edges_arrive_and_a_second_load_changes_nothing(driver, server, tmp_path):
    graph = write_graph(tmp_path, papers())
    first = load(graph, server, batch_rows=3)
    assert all(part.given == part.created and not part.rejected for part in first.parts)
    before = content(driver)
    assert len(ask(driver, "MATCH (n) RETURN n.id")) == sum(p.given for p in first.parts if not p.part.startswith("("))
    second = load(graph, server)
    assert second.n_created == 0 and all(part.given == part.matched for part in second.parts)
    assert content(driver) == before
    rows = ask(
        driver, "MATCH (c:Chemical {name: 'Aspirin'})-[r]->(d:Disease) RETURN type(r), d.id, r.belief, r.evidence_count"
    )
    assert rows and all(row[3] >= 1 for row in rows)


def test_parallel_statements_stay_parallel(driver, server, tmp_path):
    tables = assemble(papers(), schema=load_schema(), concept=CONCEPTS.get)
    edge = tables.edges.slice(0, 1)
    other = edge.set_column(0, edge.schema.field(0), pa.array(["kgb:other"], edge.schema.field(0).type))
    assert edge.schema.names[0] == "id"
    edges = pa.concat_tables([tables.edges, other])
    write_tables(tmp_path, Tables(**{name: getattr(tables, name) for name in SCHEMAS} | {"edges": edges}))
    between = "MATCH (a {id: $subject})-[r]->(b {id: $object}) RETURN type(r), r.id ORDER BY r.id"
    (row,) = edge.to_pylist()
    for _ in range(2):
        load(tmp_path, server)
        found = ask(driver, between, subject=row["subject"], object=row["object"])
        assert {id for _, id in found} >= {row["id"], "kgb:other"}
        assert len({type for type, id in found if id in (row["id"], "kgb:other")}) == 1
        assert len(found) == len(set(found))


def test_a_grown_graph_adds_the_difference(driver, server, tmp_path):
    load(write_graph(tmp_path / "small", [asthma_trial()]), server)
    grown = write_graph(tmp_path / "grown", papers())
    report = load(grown, server)
    assert 0 < report.n_created < sum(part.given for part in report.parts)
    after = content(driver)
    driver.execute_query("MATCH (n) DETACH DELETE n")
    load(grown, server)
    assert content(driver) == after


def test_evidence_can_stand_on_its_edge(driver, server, tmp_path):
    load(write_graph(tmp_path, papers()), server, evidence="properties")
    assert ask(driver, "MATCH (e:Evidence) RETURN e") == []
    rows = ask(
        driver,
        "MATCH ()-[r]->() WHERE r.id IS NOT NULL RETURN r.evidence_texts, r.evidence_documents, r.evidence_count",
    )
    assert rows and all(len(texts) == len(documents) == count for texts, documents, count in rows)


def test_names_are_found_by_full_text_search(driver, server, tmp_path):
    load(write_graph(tmp_path, papers()), server, full_text=True)
    driver.execute_query("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()")
    rows = ask(
        driver, "CALL db.index.fulltext.queryNodes('kgbuild_names', 'acetylsalicylic') YIELD node RETURN node.name"
    )
    assert rows == [("Aspirin",)]


def test_a_wrong_password_and_a_missing_server_are_one_clear_error(server, tmp_path):
    graph = write_graph(tmp_path, [asthma_trial()])
    with pytest.raises(GraphError, match="refuses user"):
        load_neo4j(graph, server.uri, user=server.user, password="wrong")
    with pytest.raises(GraphError, match="expected a Neo4j 5 server"):
        load_neo4j(graph, "bolt://127.0.0.1:1", user="neo4j", password="x")


def test_a_row_of_another_load_or_of_a_lost_answer_is_matched_though_its_label_was_new(driver, server, tmp_path):
    graph = write_graph(tmp_path, papers())
    load(graph, server)
    before = content(driver)
    with Writer(
        driver,
        None,
        batch_rows=4,
        sessions=2,
        fresh=["Chemical", "Evidence", "-[CID]->"],  # as another load saw it that began before this one
        progress=lambda rows, part: None,
    ) as writer:
        for part in entity_parts(graph):
            writer.add(node_statement(part), part.table)
        for part in lexical_parts(graph, ["Evidence"]):
            writer.add(node_statement(part), part.table.append_column("document", part.documents))
        for part in relationship_parts(graph):
            writer.add(relationship_statement(part), part.table)
        writer.finish()
    assert all(part.given == part.matched for part in writer.counts())
    assert content(driver) == before


def test_rows_without_their_ends_are_rejected_with_reasons_and_the_rest_is_loaded(driver, server, tmp_path):
    graph = write_graph(tmp_path, papers())
    documents = pq.read_table(graph / "documents.parquet")
    pq.write_table(documents.filter(pc.not_equal(documents["id"], "PMID:1")), graph / "documents.parquet")
    report = load(graph, server)
    assert all(part.given == part.created + part.matched + part.rejected for part in report.parts)
    counts = {part.part: part for part in report.parts}
    assert counts["Evidence"].rejected == counts["(Evidence)-[FROM_DOCUMENT]->(Document)"].rejected == 3
    reasons = [failure.reason for failure in report.rejected if failure.source == "Evidence"]
    assert len(reasons) == 3 and all(reason.endswith("PMID:1 is not in the database") for reason in reasons)
    assert ask(driver, "MATCH (e:Evidence) RETURN count(e)") == [(counts["Evidence"].created,)]


def test_the_command_writes_rejected_rows_with_their_reasons(driver, server, graph_folder):
    (documents,) = graph_folder.rglob("documents.parquet")
    rows = pq.read_table(documents)
    pq.write_table(rows.filter(pc.not_equal(rows["id"], "PMID:1")), documents)
    run(["load", str(graph_folder), "--to", server.uri])
    lines = (graph_folder / "load-rejected.jsonl").read_text("utf-8").splitlines()
    told = [msgspec.json.decode(line, type=Failure) for line in lines]
    assert {failure.stage for failure in told} == {"load"}
    assert len([failure for failure in told if failure.source == "Evidence" and "PMID:1" in failure.reason]) == 3


def test_a_transaction_that_dies_of_a_deadlock_is_written_again_once(driver, server, tmp_path, monkeypatch):
    graph, tries = write_graph(tmp_path, papers()), list[str]()

    def write(transaction, statement, text, rows):
        written = _write_rows(transaction, statement, text, rows)
        tries.append(statement.part)
        if len(tries) == 1:
            raise neo4j.exceptions.TransientError("a deadlock, before the commit")
        return written

    monkeypatch.setattr(writing, "_write_rows", write)
    report = load(graph, server)
    assert tries.count(tries[0]) == 2
    assert all(part.given == part.created and not part.rejected for part in report.parts)
    assert ask(driver, "MATCH (n) RETURN n.id, count(*) AS times ORDER BY times DESC LIMIT 1")[0][1] == 1


def test_rows_that_are_written_are_let_go(driver, server, tmp_path, monkeypatch):
    graph, given = write_graph(tmp_path, papers()), list[list]()

    def write(transaction, statement, text, rows):
        given.append(rows)  # as the driver does in a result, which is garbage in a cycle
        return _write_rows(transaction, statement, text, rows)

    monkeypatch.setattr(writing, "_write_rows", write)
    load(graph, server, batch_rows=3)
    assert given and not any(given)


def test_a_node_that_papers_now_call_otherwise_gets_its_new_label(driver, server, tmp_path):
    fever, other = "Fever is bad.", "Fever and fever and fever."
    first = Document("PMID:6", fever, mentions=(mention(fever, "Fever", "Phenotype", FEVER),))
    later = (mention(other, "fever", "Disease", FEVER, occurrence=n) for n in range(2))
    load(write_graph(tmp_path / "small", [first]), server)
    assert ask(driver, "MATCH (n) WHERE n.id = $id RETURN labels(n)", id=FEVER) == [(["Phenotype"],)]
    load(write_graph(tmp_path / "grown", [first, Document("PMID:7", other, mentions=tuple(later))]), server)
    assert ask(driver, "MATCH (n) WHERE n.id = $id RETURN labels(n), n.mention_count", id=FEVER) == [(["Disease"], 3)]


@pytest.mark.parametrize("table", ["nodes", "edges"])
def test_a_hostile_schema_is_refused_before_anything_is_written(driver, server, tmp_path, table):
    graph = write_graph(tmp_path, papers())
    rows = pq.read_table(graph / f"{table}.parquet")
    column = "type" if table == "nodes" else "predicate"
    names = pa.array(["Gene`) DETACH DELETE n //"] * rows.num_rows)
    place = rows.column_names.index(column)
    pq.write_table(rows.set_column(place, column, names), graph / f"{table}.parquet")
    with pytest.raises(ConfigError, match="letters, digits"):
        load(graph, server)
    assert ask(driver, "MATCH (n) RETURN n") == []


@pytest.mark.parametrize("verbose", [(), ("-v",)], ids=["plain", "verbose"])
@pytest.mark.parametrize("case", ["right", "wrong", "absent", "in-uri"])
def test_credentials_are_in_no_output(server, graph_folder, case, verbose, monkeypatch, capfd, driver):
    secret = server.password if case == "right" else "Wr0ng-s3cret"
    address = urlsplit(server.uri)
    uri = {"absent": "bolt://127.0.0.1:1", "in-uri": f"bolt://neo4j:{secret}@{address.netloc}"}.get(case, server.uri)
    monkeypatch.setenv("NEO4J_PASSWORD", secret)
    assert run(["load", str(graph_folder), "--to", uri, *verbose]) == (0 if case == "right" else 1)
    printed = capfd.readouterr()
    assert printed.out == "" and printed.err
    assert secret not in printed.err
    assert ("Traceback" in printed.err) is bool(verbose and case != "right")


@pytest.mark.parametrize("name", ["a`b", "a b", "", "1a", "Gene`) DETACH DELETE n //"])
def test_names_that_could_inject_cypher_are_refused(name):
    with pytest.raises(ConfigError):
        quoted(name)
