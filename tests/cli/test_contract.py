"""What every command keeps: help, exit codes, data on stdout and words on stderr."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from kgbuild.cli.group import COMMANDS, run

HEAVY = ("torch", "spacy", "pandas", "pyarrow", "numpy", "transformers", "ladybug", "pyoxigraph", "lxml", "rich")
SUBCOMMANDS = [
    *((name,) for name in COMMANDS),
    *(("ontology", name) for name in ("add", "list", "show", "mappings", "search")),
]


def kgbuild(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "kgbuild", *arguments], capture_output=True, text=True, **options)


@pytest.mark.parametrize("command", [(), *SUBCOMMANDS], ids=" ".join)
def test_help_gives_an_example(command, capsys):
    assert run([*command, "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Usage: kgbuild")
    assert "Example" in out
    assert f"kgbuild {' '.join(command)}".strip() in out.rpartition("Example")[2]


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)], ids=" ".join)
def test_help_imports_nothing_heavy(command):
    code = (
        "import sys; from kgbuild.cli.group import run; run(sys.argv[1:]); "
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command, "--help"], capture_output=True, text=True)
    assert done.stderr == "[]\n"


def test_every_command_has_the_help_that_the_list_promises(capsys):
    assert run(["--help"]) == 0
    out = capsys.readouterr().out
    for name, (_, words) in COMMANDS.items():
        assert f"  {name} " in out
        assert words in out


def test_version_goes_to_stdout(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == "kgbuild, version 0.1.0\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("build",),
        ("build", "a.txt"),
        ("build", "a.txt", "-o", "g", "--given", "all"),
        ("annotate", "a.txt", "-o", "-", "-O", "word"),
        ("query", "graph"),
        ("query", "graph", "MATCH (n) RETURN n", "--sparql", "SELECT * {}"),
        ("why", "graph", "a", "b", "c", "d"),
        ("merge", "one", "-o", "out"),
        ("merge", "one", "two"),
        ("diff", "one"),
        ("evaluate", "gold.txt"),
        ("ontology", "nonsense"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_exits_with_two(arguments, capsys):
    assert run(list(arguments)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Usage: kgbuild" in printed.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("query", "nowhere", "MATCH (n) RETURN n"), "nowhere: expected the folder of a graph"),
        (("why", "nowhere", "a", "b"), "nowhere: expected the folder of a graph"),
        (("merge", "nowhere", "no", "-o", "g"), "nowhere: expected the folder of a graph"),
        (("diff", "nowhere", "no"), "nowhere: expected the folder of a graph"),
        (("evaluate", "nowhere.txt", "nowhere.txt"), "nowhere.txt: no such file"),
        (("build", "a.txt", "-o", "graph", "-s", "nonsense"), "nonsense"),
        (("build", "a.txt", "-o", "graph", "--config", "nowhere.toml"), "nowhere.toml: expected a TOML file"),
        (("build", "nowhere.txt", "-o", "graph"), "nowhere.txt: no such file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_our_errors_are_one_line_and_exit_with_one(arguments, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(list(arguments)) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert words in printed.err
    assert "Traceback" not in printed.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command", [("build", "-o", "graph"), ("annotate", "-o", "out.txt", "-O", "pubtator")], ids=" ".join
)
@pytest.mark.parametrize("in_file", [False, True], ids=["option", "file"])
def test_an_ontology_for_a_type_that_is_not_in_the_schema_is_refused(command, in_file, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("paper.txt").write_text("1|t|Aspirin\n1|a|Text.\n", "utf-8")
    Path("medic.tsv").write_text("id\tname\nMESH:D1\tpain\n", "utf-8")
    Path("run.toml").write_text("[link.overrides]\ndiseas = 'medic.tsv'\n", "utf-8")
    told = ["--config", "run.toml"] if in_file else ["--ontology", "diseas=medic.tsv"]
    assert run([*command, "paper.txt", "-s", "biomedical", *told]) == 1
    printed = capsys.readouterr().err
    assert len(printed.splitlines()) == 1
    assert "'diseas', which the schema 'biomedical' does not have; its entity types: " in printed
    assert "Chemical, Disease, " in printed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["medic.tsv", "paper.txt", "run.toml"]


def test_verbose_shows_where_an_error_arose(capsys):
    assert run(["query", "nowhere", "MATCH (n) RETURN n", "-v"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_that_stops_reading_is_no_error():
    command = [sys.executable, "-m", "kgbuild", "list", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as writer:
        writer.stdout.close()
        assert writer.stderr.read() == b""
    assert writer.returncode == 0


def test_list_names_every_kind_of_part(capsys):
    assert run(["list", "--csv"]) == 0
    out = capsys.readouterr().out
    for line in (
        "readers,jats,",
        "writers,pubtator,",
        "extractors,transformer,",
        "linkers,lexical,",
        "schemas,science,",
    ):
        assert line in out


def test_the_rows_of_the_list_are_json_lines_where_stdout_is_no_terminal():
    first = kgbuild("list").stdout.splitlines()[0]
    assert first.startswith('{"kind": "readers", "name": ')


def test_evaluate_prints_scores_and_names_what_is_missing(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mention = "{0}\t0\t7\taspirin\tChemical\tMESH:D001241\n"
    Path("gold.txt").write_text("".join(f"{n}|t|aspirin\n{n}|a|Text.\n{mention.format(n)}\n" for n in (1, 2)), "utf-8")
    Path("predicted.txt").write_text(f"1|t|aspirin\n1|a|Text.\n{mention.format(1)}\n", "utf-8")
    assert run(["evaluate", "gold.txt", "predicted.txt", "--csv"]) == 0
    printed = capsys.readouterr()
    assert "mentions,all,1.0,0.5,0.6667,1,1,2\n" in printed.out
    assert "1 documents in the gold but not predicted, counted as missed: PMID:2" in printed.err


def test_the_query_may_come_from_stdin(monkeypatch, capsys):
    from kgbuild.cli.query import _text

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"MATCH (n) RETURN n")))
    assert _text("-") == "MATCH (n) RETURN n"


def test_a_build_of_nothing_that_can_be_read_fails(tmp_path, capsys):
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 8)
    assert run(["build", str(tmp_path / "noise.bin"), "-o", str(tmp_path / "graph")]) == 1
    told = capsys.readouterr().err
    assert "none of what was given holds a document that can be read" in told
    assert (tmp_path / "graph" / "failures.jsonl").read_text("utf-8").count("\n") == 1
