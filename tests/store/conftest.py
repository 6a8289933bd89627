"""One Neo4j server for all tests that only write to it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))  # for papers.py

from servers import Neo4jServer, neo4j_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    with neo4j_server(tmp_path_factory.mktemp("neo4j")) as found:
        yield found


@pytest.fixture
def driver(server: Neo4jServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[neo4j.Driver]:
    """A connection to the server, whose user the environment names; the server is empty afterwards."""
    monkeypatch.setenv("NEO4J_USER", server.user)
    monkeypatch.setenv("NEO4J_PASSWORD", server.password)
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as found:
        yield found
        found.execute_query("MATCH (n) DETACH DELETE n")
