import sys
from pathlib import Path

import pytest

from kgbuild.assemble import assemble
from kgbuild.schema import load_schema
from kgbuild.store import build_cypher, build_rdf, write_tables

sys.path.insert(0, str(Path(__file__).parent.parent))  # for papers.py

import papers


@pytest.fixture(scope="session")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of the five papers, in a folder whose name needs quoting."""
    folder = tmp_path_factory.mktemp("graph") / "it's a \\ graph"
    schema = load_schema()
    write_tables(folder, assemble(papers.papers(), schema=schema, concept=papers.CONCEPTS.get))
    build_cypher(folder, schema)
    build_rdf(folder)
    return folder
