"""The commands over small papers, with the stages of `fake_stages` in the place of a model."""

import functools
import json
import sys
from pathlib import Path

import pytest

import kgbuild.pipeline
from kgbuild.cli.group import run

sys.path.insert(0, str(Path(__file__).parent.parent / "pipeline"))

import fake_stages

PAPER = """\
7|t|Gift für α-cells
7|a|We gave aspirin against fever.

"""
GIVEN = PAPER.rstrip("\n") + "\n7\t25\t32\taspirin\tChemical\tMESH:D000001\n7\t41\t46\tfever\tDisease\t-\n\n"


@pytest.fixture
def papers(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        kgbuild.pipeline, "recipe", lambda *parts, **settings: functools.partial(fake_stages.load, "calls.log")
    )
    Path("paper.txt").write_text(PAPER, "utf-8")
    Path("given.txt").write_text(GIVEN, "utf-8")
    Path("empty.txt").write_bytes(b"")
    return tmp_path


def test_build_query_and_why_from_paper_to_sentence(papers, capsys):
    assert run(["build", "paper.txt", "empty.txt", "-o", "graph"]) == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "graph: 1 document, 2 nodes, 1 edge, 1 piece of evidence, 0 measurements\n" in printed.err
    assert "graph/failures.jsonl lists 1 file or record not read, or only after repair\n" in printed.err

    assert run(["query", "graph", "MATCH (a:Chemical)-[r:CID]->(b) RETURN a.name AS a, b.name AS b"]) == 0
    assert json.loads(capsys.readouterr().out) == {"a": "aspirin", "b": "fever"}
    assert run(["why", "graph", "aspirin", "fever"]) == 0
    assert "We gave [aspirin] against [fever]." in capsys.readouterr().out
    assert run(["why", "graph", "aspirin", "CID", "fever", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["predicate"] == "CID"


def test_an_edge_that_is_not_there_is_an_error(papers, capsys):
    assert run(["build", "paper.txt", "-o", "graph"]) == 0
    assert run(["why", "graph", "aspirin", "Association", "fever"]) == 1
    assert "no edge Association joins 'aspirin' and 'fever'" in capsys.readouterr().err


def test_annotate_writes_text_and_offsets_as_they_came(papers, capsys):
    assert run(["annotate", "paper.txt", "empty.txt", "-o", "out.txt", "-O", "pubtator"]) == 0
    printed = capsys.readouterr()
    assert (printed.out, "empty.txt" in printed.err) == ("", True)
    assert Path("out.txt").read_text("utf-8") == (
        PAPER.rstrip("\n") + "\n"
        "7\t25\t32\taspirin\tChemical\tMESH:D001241\n"
        "7\t41\t46\tfever\tDisease\tMESH:D005334\n"
        "7\tCID\tMESH:D001241\tMESH:D005334\n\n"
    )


def test_annotate_writes_to_stdout(papers, capfdbinary):
    assert run(["annotate", "paper.txt", "-o", "-", "-O", "jsonl"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["id"] == "PMID:7"


def test_annotate_keeps_given_mentions_and_links_them_anew(papers):
    assert run(["annotate", "given.txt", "-o", "out.txt", "-O", "pubtator", "--given", "mentions"]) == 0
    lines = Path("out.txt").read_text("utf-8").splitlines()
    assert [line.split("\t")[-1] for line in lines[2:4]] == ["MESH:D001241", "MESH:D005334"]


def test_annotate_keeps_given_links_and_adds_relations(papers):
    assert run(["annotate", "given.txt", "-o", "out.txt", "-O", "pubtator", "--given", "links"]) == 0
    out = Path("out.txt").read_text("utf-8")
    assert out == GIVEN.rstrip("\n") + "\n7\tCID\tMESH:D000001\t41-46-Disease\n\n"


def test_annotate_fails_and_writes_nothing_when_nothing_can_be_read(papers, capsys):
    assert run(["annotate", "empty.txt", "-o", "out.txt", "-O", "pubtator"]) == 1
    assert "expected at least one document" in capsys.readouterr().err
    assert sorted(path.name for path in papers.iterdir()) == ["empty.txt", "given.txt", "paper.txt"]


def test_an_unfinished_graph_is_not_queried(papers, capsys):
    assert run(["build", "paper.txt", "-o", "graph"]) == 0
    Path("graph/manifest.json").unlink()
    assert run(["query", "graph", "MATCH (n) RETURN n"]) == 1
    assert "run kgbuild build again" in capsys.readouterr().err
