"""The commands over small papers, with the stages of `fake_stages` in the place of a model."""

import functools
import io
import json
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

import kgbuild.pipeline
from kgbuild.cli import group
from kgbuild.cli.group import run
from kgbuild.cli.options import settle_run
from kgbuild.errors import ConfigError, ModelError
from kgbuild.interruption import KEPT

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


def test_annotations_go_into_a_pipe_that_stays_one(papers):
    os.mkfifo("pipe")
    received = []
    reader = threading.Thread(target=lambda: received.append(Path("pipe").read_text("utf-8")))
    reader.start()
    assert run(["annotate", "paper.txt", "-o", "pipe", "-O", "pubtator"]) == 0
    reader.join(10)
    assert Path("pipe").is_fifo()
    assert received[0].startswith("7|t|Gift")


def test_a_link_to_the_output_is_followed(papers):
    Path("real").mkdir()
    Path("out.txt").symlink_to("real/out.txt")
    assert run(["annotate", "paper.txt", "-o", "out.txt", "-O", "pubtator"]) == 0
    assert Path("out.txt").is_symlink()
    assert Path("real/out.txt").read_text("utf-8").startswith("7|t|Gift")


@pytest.mark.parametrize(("output", "words"), [(".", "found a folder"), ("no/such/file", "does not exist")])
def test_an_output_that_cannot_be_written_is_refused_before_anything_is_done(papers, capsys, output, words):
    assert run(["annotate", "paper.txt", "-o", output, "-O", "pubtator"]) == 1
    assert words in capsys.readouterr().err
    assert not Path("calls.log").exists()


def test_a_vocabulary_of_the_command_line_stands_beside_those_of_the_file(tmp_path):
    (tmp_path / "run.toml").write_text('[link]\noverrides = {Disease = "a.tsv", Gene = "b.tsv"}\n', "utf-8")
    given = {
        "curation": None,
        "given": None,
        "model": None,
        "device": None,
        "precision": None,
        "threshold": None,
        "config": tmp_path / "run.toml",
    }
    settled = settle_run(ontologies=("Disease=c.tsv",), **given)
    assert settled.link.settings["overrides"] == {"Disease": "c.tsv", "Gene": "b.tsv"}
    with pytest.raises(ConfigError, match="given twice"):
        settle_run(ontologies=("Disease=c.tsv", "Disease=d.tsv"), **given)


def test_a_query_that_is_no_utf_8_is_an_error(papers, capsys, monkeypatch):
    assert run(["build", "paper.txt", "-o", "graph"]) == 0
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"RETURN '\xff'")))
    assert run(["query", "graph", "-"]) == 1
    assert "expected a query in UTF-8, found the byte 0xff" in capsys.readouterr().err


def test_the_settings_of_parts_are_listed_with_type_and_default(capsys):
    assert run(["list", "--settings", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"table": "link", "use": "lexical", "key": "threshold", "type": "float", "default": "0.3"} in rows
    assert {row["table"] for row in rows} == {"extract", "link"}


def test_a_command_that_is_terminated_ends_as_an_interrupted_one(monkeypatch, capsys):
    monkeypatch.setattr(group.kgbuild, "main", lambda *_, **__: os.kill(os.getpid(), signal.SIGTERM))
    monkeypatch.setattr("sys.argv", ["kgbuild"])
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit) as ended:
            group.main()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 130
    assert capsys.readouterr().err == "interrupted\n"


@pytest.mark.parametrize("n_written", [0, 5])
def test_an_interrupted_load_promises_only_what_was_written(tmp_path, monkeypatch, capsys, n_written):
    def interrupted(*arguments, progress, **settings):
        if n_written:
            progress(n_written, 10, "Disease")
        raise KeyboardInterrupt

    monkeypatch.setenv("NEO4J_PASSWORD", "secret")
    monkeypatch.setattr("kgbuild.cli.load.open_graph", lambda graph: None)
    monkeypatch.setattr("kgbuild.store.neo4j.load_neo4j", interrupted)
    assert run(["load", str(tmp_path), "--to", "bolt://localhost:7687"]) == group.INTERRUPTED
    assert (KEPT in capsys.readouterr().err) == bool(n_written)


@pytest.mark.parametrize("address", ["ftp://host", "bolt", "bolt://", "localhost:7687", "http:/host"])
def test_a_load_names_what_an_address_begins_with_before_all_else(tmp_path, capsys, address):
    assert run(["load", str(tmp_path / "none"), "--to", address]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "expected an address that begins with bolt://" in said and f"found '{address}'" in said


@pytest.mark.parametrize("checkpoint", [None, "teacher-1.pt"])
def test_interrupted_training_promises_only_what_a_checkpoint_holds(tmp_path, monkeypatch, capsys, checkpoint):
    def interrupted(recipe, data, output, **settings):
        output.mkdir()
        if checkpoint:
            (output / checkpoint).touch()
        raise KeyboardInterrupt

    monkeypatch.setattr("kgbuild.extract.training.train", interrupted)
    assert run(["train", "science", "--data", str(tmp_path), "-o", str(tmp_path / "model")]) == group.INTERRUPTED
    assert (KEPT in capsys.readouterr().err) == bool(checkpoint)


def test_an_error_says_what_is_kept(papers, monkeypatch, capsys):
    def failed(*paths, **settings):
        error = ModelError("no memory on the device")
        error.add_note(KEPT)
        raise error

    monkeypatch.setattr(kgbuild.pipeline, "build", failed)
    assert run(["build", "paper.txt", "-o", "graph"]) == 1
    assert capsys.readouterr().err == f"error: no memory on the device; {KEPT}\n"


@pytest.mark.parametrize("notes", [[], ["what was finished is kept"]])
def test_an_interrupted_command_promises_only_what_is_noted(papers, monkeypatch, capsys, notes):
    def interrupted(*paths, **settings):
        interrupt = KeyboardInterrupt()
        for note in notes:
            interrupt.add_note(note)
        raise interrupt

    monkeypatch.setattr(kgbuild.pipeline, "build", interrupted)
    assert run(["build", "paper.txt", "-o", "graph"]) == group.INTERRUPTED
    assert capsys.readouterr().err.strip() == "; ".join(["interrupted", *notes])
