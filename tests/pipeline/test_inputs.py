"""Builds from folders that hold more than well-behaved papers."""

import json
import os
from pathlib import Path

import pyarrow.parquet as pq


def sources(graph: str = "graph") -> list[str]:
    return sorted(pq.read_table(Path(graph, "documents.parquet"))["source"].to_pylist())


def failures(graph: str = "graph") -> list[dict[str, str]]:
    return [json.loads(line) for line in Path(graph, "failures.jsonl").read_text("utf-8").splitlines()]


def test_a_file_whose_name_is_not_utf8_is_read_under_an_escaped_name(workplace):
    workplace.papers("papers/a.txt", range(2))
    Path("papers", os.fsdecode(b"caf\xe9.txt")).write_text("We gave aspirin against fever.", "utf-8")
    Path("papers", os.fsdecode(b"\xe9.pdf")).write_text("%PDF-1.4", "utf-8")
    assert workplace.build("papers").read == 3
    assert sources() == ["papers/a.txt", "papers/a.txt", "papers/caf\\xe9.txt"]
    assert [failure["source"] for failure in failures()] == ["papers/\\xe9.pdf"]


def test_a_build_beside_an_old_graph_does_not_read_that_graph(workplace):
    workplace.papers("papers/a.txt", range(2))
    workplace.build("papers/a.txt", to="papers/old")
    assert workplace.build("papers", to="new").read == 2
    assert sources("new") == ["papers/a.txt", "papers/a.txt"]
    (failure,) = failures("new")
    assert failure["source"] == "papers/old" and "is a graph of kgbuild" in failure["reason"]
