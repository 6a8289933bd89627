"""`kgbuild export`: refusals, which need no graph, and what it says."""

from pathlib import Path

from kgbuild.cli.group import run


def test_an_unknown_format_is_refused_with_the_known_ones(capsys):
    assert run(["export", "graph", "-O", "word", "-o", "out"]) == 2
    error = capsys.readouterr().err
    for name in (
        "csv",
        "cx2",
        "cytoscape",
        "gexf",
        "graphml",
        "kgx-jsonl",
        "kgx-tsv",
        "node-link",
        "pyg",
        "pykeen",
        "sssom",
    ):
        assert f"'{name}'" in error


def test_evidence_in_other_forms_is_for_neo4j_alone(capsys):
    assert run(["export", "graph", "-O", "graphml", "--evidence", "none", "-o", "out"]) == 2
    assert "graphml has evidence in one form only" in capsys.readouterr().err


def test_a_folder_without_a_graph_is_refused_and_nothing_is_made(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["export", "nowhere", "-O", "csv", "-o", "out"]) == 1
    assert "nowhere: expected the folder of a graph" in capsys.readouterr().err
    assert list(Path().iterdir()) == []
