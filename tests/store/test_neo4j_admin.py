"""The bulk import: exported, imported by the real program, answered by a real server as after a load."""

import re
from collections.abc import Iterator
from pathlib import Path

import neo4j
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from graphs import publish_graph
from papers import mention, papers
from servers import Neo4jProcess, admin, configure, free_port, own_neo4j
from servers import run as run_program

from kgbuild.assemble import assemble
from kgbuild.cli.group import run
from kgbuild.config import EVIDENCE_FORMS, EvidenceForm
from kgbuild.document import Document, Relation, Span
from kgbuild.export.graph.neo4j_admin import FILES, next_step, write
from kgbuild.export.graph.source import GraphSource
from kgbuild.schema import load_schema
from kgbuild.store.neo4j import load_neo4j
from kgbuild.store.parquet import write_tables
from kgbuild.tables import EVIDENCE


def odd_paper() -> Document:
    text = 'Odd "names", with; commas\\, line\nbreaks and \x1f signs.'
    names = ('"names", with', "line\nbreaks", "commas\\,", "\x1f signs", "Odd")
    genes = tuple(mention(text, name, "Gene") for name in names)
    said = Relation(genes[0].id, "Bind", genes[1].id, Span(0, text.index(" and")), 0.9, agent="m@1")
    return Document("PMID:9", text, title='"A\\", b', mentions=genes, relations=(said,))


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What PMID:1 says is told without its words, as imported edges may be."""
    folder = publish_graph(tmp_path_factory.mktemp("graph") / "graph", [*papers(), odd_paper()])
    rows = pq.read_table(folder / "evidence.parquet").to_pylist()
    silent = [row | {"text": "" if row["document"] == "PMID:1" else row["text"]} for row in rows]
    pq.write_table(pa.Table.from_pylist(silent, EVIDENCE), folder / "evidence.parquet")
    return folder


@pytest.fixture(scope="module", params=EVIDENCE_FORMS)
def evidence(request: pytest.FixtureRequest) -> EvidenceForm:
    return request.param


@pytest.fixture(scope="module")
def imported(graph: Path, evidence: EvidenceForm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jProcess]:
    out = tmp_path_factory.mktemp("export") / "with blanks"
    assert run(["export", str(graph), "-O", "neo4j-admin", "--evidence", evidence, "-o", str(out)]) == 0
    without = {"evidence.csv", "evidence_documents.csv"} if evidence != "nodes" else set()
    assert {path.name for path in out.iterdir()} == set(FILES) - without

    def import_all(home: Path) -> None:
        run_program("sh", "-c", next_step(out), NEO4J_ADMIN=str(admin(home)))

    with own_neo4j(tmp_path_factory.mktemp("neo4j"), import_all) as process:
        process.constraints = (out / "constraints.cypher").read_text("utf-8")
        yield process


def content(driver: neo4j.Driver) -> list[list[dict]]:
    queries = (
        "MATCH (n) RETURN labels(n), n.id, properties(n) ORDER BY labels(n), n.id",
        "MATCH (a)-[r]->(b) RETURN a.id, type(r), r.id, b.id, properties(r) ORDER BY a.id, type(r), r.id, b.id",
    )
    return [[record.data() for record in driver.execute_query(query).records] for query in queries]


def declared(driver: neo4j.Driver) -> list[tuple]:
    query = """SHOW INDEXES YIELD name, type, labelsOrTypes, properties, owningConstraint, state
        RETURN name, type, labelsOrTypes, properties, owningConstraint, state ORDER BY name"""
    return [tuple(record) for record in driver.execute_query(query).records]


def test_an_import_is_what_a_load_makes(imported, graph, evidence):
    server = imported.server
    login = {"user": server.user, "password": server.password, "evidence": evidence}
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        assert driver.execute_query("MATCH (n) WHERE n.synonyms = [] RETURN n").records == []
        of_import = content(driver)
        held = {name for row in of_import[1] for name in row["properties(r)"]}
        assert ("evidence_texts" in held, "evidence_documents" in held) == (evidence == "properties",) * 2
        assert any("Evidence" in row["labels(n)"] for row in of_import[0]) is (evidence == "nodes")
        for statement in imported.constraints.split(";\n")[:-1]:
            driver.execute_query(statement)
        driver.execute_query("CALL db.awaitIndexes(300)")
        indexes = declared(driver)
        report = load_neo4j(graph, server.uri, **login)
        assert report.n_created == 0 and not report.rejected
        assert declared(driver) == indexes
        of_both = content(driver)
        assert without_empty_lists(of_both) == of_import
        driver.execute_query("MATCH (n) DETACH DELETE n")
        load_neo4j(graph, server.uri, **login)
        assert content(driver) == of_both


def without_empty_lists(found: list[list[dict]]) -> list[list[dict]]:
    return [
        [{key: kept(value) if key.startswith("properties") else value for key, value in row.items()} for row in rows]
        for rows in found
    ]


def kept(properties: dict) -> dict:
    return {name: value for name, value in properties.items() if value not in ([], [""])}


def test_the_command_is_told(graph, tmp_path, capsys):
    out = tmp_path / "the graph"
    assert run(["export", str(graph), "-O", "neo4j-admin", "-o", str(out)]) == 0
    assert capsys.readouterr().err.splitlines()[-1] == f"sh '{out}/import.sh'" == next_step(out)


def test_one_form_of_evidence_replaces_another(graph, tmp_path):
    export = ["export", str(graph), "-O", "neo4j-admin", "-o", str(tmp_path / "out"), "--force", "--evidence"]
    assert run([*export, "nodes"]) == 0 and (tmp_path / "out" / "evidence.csv").exists()
    assert run([*export, "none"]) == 0 and not (tmp_path / "out" / "evidence.csv").exists()


def exported(folder: Path, texts: list[str]) -> Path:
    """The files of a graph of one edge, which papers state in these words; evidence stands on it."""
    papers = []
    for number, words in enumerate(texts):
        text = f"A and B. {words}"
        genes = mention(text, "A", "Gene", "NCBIGene:1"), mention(text, "B", "Gene", "NCBIGene:2")
        said = Relation(genes[0].id, "Bind", genes[1].id, Span(0, len(text)), 0.9, agent="m@1")
        papers.append(Document(f"PMID:{number}", text, mentions=genes, relations=(said,)))
    write_tables(folder, assemble(papers, schema=load_schema(), concept={}.get))
    (folder / "out").mkdir()
    assert write(GraphSource(folder), folder / "out", evidence="properties")["edges"] == 1
    return folder / "out"


@pytest.mark.parametrize(
    ("words", "told"),
    [("Short.", []), ("Broken\nline.", ["--multiline-fields=true"]), ("Old\rline.", ["--multiline-fields=true"])],
)
def test_the_program_is_told_of_lines_that_end_within_a_field(tmp_path, words, told):
    script = (exported(tmp_path, ["Plain.", words]) / "import.sh").read_text("utf-8")
    assert [word for word in script.split() if word.startswith(("--multiline", "--read"))] == told


def test_an_edge_with_megabytes_of_evidence_is_imported(tmp_path):
    out = exported(tmp_path, ["word " * 300_000] * 3)
    configure(tmp_path / "neo4j", free_port())
    run_program("sh", str(out / "import.sh"), NEO4J_ADMIN=str(admin(tmp_path / "neo4j")))
    script = out / "import.sh"
    script.write_text(re.sub(r" --read-buffer-size=\d+", "", script.read_text("utf-8")), "utf-8")
    with pytest.raises(AssertionError, match="IMPORT FAILED"):
        run_program("sh", str(script), "neo4j", "--overwrite-destination", NEO4J_ADMIN=str(admin(tmp_path / "neo4j")))
