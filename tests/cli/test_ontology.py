"""`kgbuild ontology` over small files."""

import json
from pathlib import Path

import pytest

from kgbuild.cli.group import run

OBO = """format-version: 1.2

[Term]
id: MONDO:0000001
name: mumps
synonym: "epidemic parotitis" EXACT []
xref: MESH:D009107

[Term]
id: MONDO:0000002
name: late mumps
xref: MESH:D009107

[Term]
id: MONDO:0000003
name: obsolete mumps
is_obsolete: true
replaced_by: MONDO:0000001

[Typedef]
id: part_of
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KGBUILD_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    Path("mine.obo").write_text(OBO, "utf-8")


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_adding_tells_time_size_and_what_is_not_used(capsys):
    assert run(["ontology", "add", "mine.obo"]) == 0
    printed = capsys.readouterr()
    (row,) = rows(printed.out)
    assert (row["name"], row["concepts"], row["obsolete"], row["names"]) == ("mine", 3, 1, 3)
    words = printed.err.splitlines()
    assert words[0] == "compiling mine.obo"
    assert words[1].startswith("mine: compiled in ") and words[1].endswith("3 concepts, 3 names, 0.0 MB on disk")
    assert words[2] == "  passed over: 1 [Typedef] stanzas"
    assert "2 of 2 cross-references are not used as equivalences" in words[3]
    assert "MONDO:0000001 and MONDO:0000002; `kgbuild ontology mappings mine`" in words[3]
    assert run(["ontology", "add", "mine.obo"]) == 0
    assert "mine: was compiled already: 3 concepts" in capsys.readouterr().err


def test_list_show_search_and_mappings(capsys):
    run(["ontology", "add", "mine.obo"])
    capsys.readouterr()
    assert run(["ontology", "list"]) == 0
    listed = rows(capsys.readouterr().out)
    assert run(["ontology", "show", "mine"]) == 0
    assert rows(capsys.readouterr().out) == listed
    assert run(["ontology", "search", "epidemic parotitis"]) == 0
    (row,) = rows(capsys.readouterr().out)
    assert row == {
        "curie": "MONDO:0000001",
        "name": "mumps",
        "type": "Disease",
        "reason": "same name as the exact synonym 'epidemic parotitis'",
    }
    assert run(["ontology", "mappings", "mine"]) == 0
    assert rows(capsys.readouterr().out) == [
        {"subject": s, "object": "MESH:D009107", "would_merge": "MONDO:0000001, MONDO:0000002"}
        for s in ("MONDO:0000001", "MONDO:0000002")
    ]


def test_an_identifier_that_is_only_a_cross_reference_shows_whose(capsys):
    run(["ontology", "add", "mine.obo"])
    capsys.readouterr()
    assert run(["ontology", "show", "MESH:D009107"]) == 0
    printed = capsys.readouterr()
    assert [row["curie"] for row in rows(printed.out)] == ["MONDO:0000001", "MONDO:0000002"]
    assert printed.err == (
        "MESH:D009107: no compiled ontology has this concept itself; it is a cross-reference of MONDO:0000001 mumps, "
        "MONDO:0000002 late mumps\n"
    )
    assert run(["ontology", "show", "MONDO:0000001"]) == 0
    assert capsys.readouterr().err == ""
    assert run(["ontology", "show", "MESH:D1"]) == 1
    assert "no compiled ontology has the concept 'MESH:D1' or refers to it" in capsys.readouterr().err


def test_what_is_damaged_in_the_cache_is_passed_over(capsys):
    run(["ontology", "add", "mine.obo"])
    damaged = Path("cache/ontologies/other-1/meta.json")
    damaged.parent.mkdir()
    damaged.write_text('{"name": "x"}', "utf-8")
    capsys.readouterr()
    assert run(["ontology", "list"]) == 0
    assert [row["name"] for row in rows(capsys.readouterr().out)] == ["mine"]


def test_show_tells_what_is_known_of_a_concept(capsys):
    run(["ontology", "add", "mine.obo"])
    capsys.readouterr()
    assert run(["ontology", "show", "MONDO:0000001"]) == 0
    (row,) = rows(capsys.readouterr().out)
    assert (row["name"], row["synonyms"], row["xrefs"]) == ("mumps", "epidemic parotitis (exact)", "MESH:D009107")
    assert run(["ontology", "show", "MONDO:0000003"]) == 0
    (row,) = rows(capsys.readouterr().out)
    assert (row["obsolete"], row["replaced_by"]) == (True, "MONDO:0000001")
    assert run(["ontology", "show", "MONDO:9"]) == 1
    assert "no compiled ontology has the concept 'MONDO:9'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.obo", "missing.obo: neither a file"),
        ("famplex.tsv", "famplex.tsv: a table without a column of identifiers"),
    ],
)
def test_what_cannot_be_added_is_one_clear_error(capsys, name, words):
    Path("famplex.tsv").write_text("FPLX\tAKT\n", "utf-8")
    assert run(["ontology", "add", name]) == 1
    printed = capsys.readouterr()
    assert printed.out == "" and words in printed.err and "Traceback" not in printed.err


TABLE = """id\tname\ttype
lab:1\tmumps\tDisease
17\tmeasles\tDisease
lab:3\trubella\t
lab:4\t\tDisease
lab:5\tpertussis\tillness
\tcholera\tDisease
"""


def test_rows_of_a_table_that_cannot_be_linked_to_are_told_with_the_first_of_them(capsys):
    Path("lab.tsv").write_text(TABLE, "utf-8")
    assert run(["ontology", "add", "lab.tsv"]) == 0
    words = capsys.readouterr().err.splitlines()
    assert words[2:] == [
        "  passed over: 1 rows whose identifier has no prefix (the first: 17 measles)",
        "  passed over: 1 rows without an identifier (the first: cholera)",
        "  not linked to: 1 of 4 concepts without a name (the first: lab:4)",
        "  not linked to: 1 of 4 concepts without an entity type (the first: lab:3 rubella)",
    ]


@pytest.mark.parametrize("name", ["", " ", "???"])
def test_a_name_without_letters_is_refused(name, capsys):
    assert run(["ontology", "search", name]) == 2
    assert "without a letter or digit" in capsys.readouterr().err
