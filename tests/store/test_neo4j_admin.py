"""The bulk import: exported, imported by the real program, answered by a real server as after a load."""

from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest
from graphs import publish_graph
from papers import mention, papers
from servers import Neo4jServer, admin, own_neo4j
from servers import run as run_program

from kgbuild.cli.group import run
from kgbuild.document import Document
from kgbuild.export.graph.neo4j_admin import FILES
from kgbuild.store.neo4j import load_neo4j


def odd_paper() -> Document:
    text = 'Odd "names", with; commas\\, line\nbreaks and \x1f signs.'
    names = ('"names", with', "line\nbreaks", "commas\\,", "\x1f signs", "Odd")
    return Document("PMID:9", text, title='"A\\", b', mentions=tuple(mention(text, name, "Gene") for name in names))


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_graph(tmp_path_factory.mktemp("graph") / "graph", [*papers(), odd_paper()])


@pytest.fixture(scope="module")
def imported(graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    out = tmp_path_factory.mktemp("export") / "with blanks"
    assert run(["export", str(graph), "-O", "neo4j-admin", "-o", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    script = out / "import.sh"
    script.chmod(0o755)

    def import_all(home: Path) -> None:
        run_program(script, NEO4J_ADMIN=str(admin(home)))

    with own_neo4j(tmp_path_factory.mktemp("neo4j"), import_all) as process:
        process.constraints = (out / "constraints.cypher").read_text("utf-8")
        yield process


def content(driver: neo4j.Driver) -> list[list[dict]]:
    queries = (
        "MATCH (n) RETURN labels(n), n.id, properties(n) ORDER BY labels(n), n.id",
        "MATCH (a)-[r]->(b) RETURN a.id, type(r), r.id, b.id, properties(r) ORDER BY a.id, type(r), r.id, b.id",
    )
    return [[record.data() for record in driver.execute_query(query).records] for query in queries]


def test_an_import_is_what_a_load_makes(imported, graph):
    server = imported.server
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        assert driver.execute_query("MATCH (n) WHERE n.synonyms = [] RETURN n").records == []
        of_import = content(driver)
        for statement in imported.constraints.split(";\n")[:-1]:
            driver.execute_query(statement)
        report = load_neo4j(graph, server.uri, user=server.user, password=server.password)
        assert report.n_created == 0 and not report.rejected
        of_both = content(driver)
        assert without_empty_lists(of_both) == of_import
        driver.execute_query("MATCH (n) DETACH DELETE n")
        load_neo4j(graph, server.uri, user=server.user, password=server.password)
        assert content(driver) == of_both


def without_empty_lists(found: list[list[dict]]) -> list[list[dict]]:
    return [
        [{key: kept(value) if key.startswith("properties") else value for key, value in row.items()} for row in rows]
        for rows in found
    ]


def kept(properties: dict) -> dict:
    return {name: value for name, value in properties.items() if value != []}


def test_the_command_is_told(graph, tmp_path, capsys):
    assert run(["export", str(graph), "-O", "neo4j-admin", "-o", str(tmp_path / "out")]) == 0
    command = capsys.readouterr().err.splitlines()[-1]
    assert command.startswith(f"cd {tmp_path / 'out'} && neo4j-admin database import full --nodes=nodes.csv ")
    assert command.removeprefix(f"cd {tmp_path / 'out'} && neo4j-admin ").removesuffix(" neo4j") in (
        tmp_path / "out" / "import.sh"
    ).read_text("utf-8")
