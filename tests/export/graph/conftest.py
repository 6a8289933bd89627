"""The graph that the formats are written from."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # for papers.py

from papers import CONCEPTS, papers

from kgbuild.assemble import assemble
from kgbuild.schema import load_schema
from kgbuild.store.parquet import read_tables, write_tables


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    write_tables(folder, assemble(papers(), schema=load_schema("science"), concept=CONCEPTS.get))
    return folder


@pytest.fixture(scope="module")
def tables(folder):
    return read_tables(folder)
