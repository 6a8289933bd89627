"""A sound graph breaks no rule; each way of spoiling it breaks the rule that speaks of it, and no other."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from papers import CONCEPTS, papers

from kgbuild.assemble import assemble
from kgbuild.cli.group import run
from kgbuild.pipeline.report import FORMAT_VERSION
from kgbuild.schema import load_schema
from kgbuild.store.parquet import write_tables
from kgbuild.tables import SCHEMAS, Row, Tables
from kgbuild.validate import checks, validate

SCHEMA = load_schema("science")


@pytest.fixture
def rows() -> dict[str, list[Row]]:
    tables = assemble(papers(), schema=SCHEMA, concept=CONCEPTS.get)
    return {name: getattr(tables, name).to_pylist() for name in SCHEMAS}


def broken(folder: Path, rows: dict[str, list[Row]]) -> list[tuple[str, str, int]]:
    write_tables(folder, Tables(**{name: pa.Table.from_pylist(rows[name], schema) for name, schema in SCHEMAS.items()}))
    return [(item.table, item.rule, item.count) for item in validate(folder, SCHEMA)]


def test_a_graph_as_it_is_assembled_breaks_no_rule(tmp_path: Path, rows: dict[str, list[Row]]) -> None:
    assert broken(tmp_path, rows) == []


def test_an_empty_graph_breaks_no_rule(tmp_path: Path) -> None:
    assert broken(tmp_path, {name: [] for name in SCHEMAS}) == []


def put(table: str, column: str, value: object, *, row: int = 0) -> Callable[[dict[str, list[Row]]], None]:
    def spoil(rows: dict[str, list[Row]]) -> None:
        rows[table][row][column] = value

    return spoil


def take_all_evidence_of_an_edge(rows: dict[str, list[Row]]) -> None:
    edge = rows["edges"][0]
    edge["evidence_count"] = 0
    rows["evidence"] = [row for row in rows["evidence"] if row["edge"] != edge["id"]]


def take_one_piece_of_evidence(rows: dict[str, list[Row]]) -> None:
    del rows["evidence"][0]


def turn_an_edge_round(rows: dict[str, list[Row]]) -> None:
    (edge,) = [row for row in rows["edges"] if row["predicate"] == "has_value"]
    for row in (edge, *(row for row in rows["evidence"] if row["edge"] == edge["id"])):
        row["subject"], row["object"] = row["object"], row["subject"]


def double_a_node(rows: dict[str, list[Row]]) -> None:
    rows["nodes"].insert(0, dict(rows["nodes"][0]))


def move_the_end_of_the_text(rows: dict[str, list[Row]]) -> None:
    (paper,) = [row for row in rows["documents"] if row["id"] == "PMID:2"]
    paper["length"] = 20


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (put("nodes", "id", "no curie", row=-1), ("nodes", "identifier is no CURIE", 1)),
        (double_a_node, ("nodes", "identifiers are not unique and in order", 1)),
        (put("nodes", "name", ""), ("nodes", "no name", 1)),
        (put("nodes", "type", "Ghost", row=1), ("nodes", "type is not in the schema", 1)),
        (put("nodes", "xrefs", ["CHEBI:1", "odd one"]), ("nodes", "cross-reference is no CURIE", 1)),
        (put("edges", "predicate", "haunts"), ("edges", "predicate is not in the schema", 1)),
        (put("edges", "subject", "MESH:D0"), ("edges", "subject is not in nodes", 1)),
        (put("edges", "belief", 1.5), ("edges", "belief is not between 0 and 1", 1)),
        (put("edges", "belief", float("nan")), ("edges", "belief is not between 0 and 1", 1)),
        (put("edges", "negated_count", 9), ("edges", "more evidence denied or speculated than there is", 1)),
        (turn_an_edge_round, ("edges", "predicate does not join these types", 1)),
        (take_all_evidence_of_an_edge, ("edges", "no evidence", 1)),
        (take_one_piece_of_evidence, ("edges", "evidence_count is not the number of its evidence", 1)),
        (put("evidence", "edge", "kgb:edge-0"), ("evidence", "edge is not in edges", 1)),
        (put("evidence", "document", "PMID:404"), ("evidence", "document is not in documents", 1)),
        (put("evidence", "agent", ""), ("evidence", "no agent", 1)),
        (put("evidence", "polarity", "perhaps"), ("evidence", "polarity is neither affirmed nor negated", 1)),
        (put("evidence", "subject", "CHEBI:50822", row=1), ("evidence", "subject is not that of its edge", 1)),
        (put("evidence", "raw", None), ("evidence", "raw is not between 0 and 1", 1)),
        (put("evidence", "start", -1), ("evidence", "start and end are no place in the document", 1)),
        (
            put("evidence", "object_end", 10**6),
            ("evidence", "object_start and object_end are no place in the document", 1),
        ),
        (put("evidence", "text", "something else"), ("evidence", "text is not as long as its place", 1)),
        (move_the_end_of_the_text, ("evidence", "start and end are no place in the document", 1)),
        (put("mentions", "node", "MESH:D0"), ("mentions", "node is not in nodes", 1)),
        (put("mentions", "score", None), ("mentions", "score is not between 0 and 1", 1)),
        (put("mentions", "link_score", 1.5), ("mentions", "link_score is not between 0 and 1", 1)),
        (put("mentions", "end", 0), ("mentions", "start and end are no place in the document", 1)),
        (put("measurements", "subject", "MESH:D0"), ("measurements", "subject is not in nodes", 1)),
        (put("measurements", "value", None), ("measurements", "neither a value nor a bound", 1)),
        (
            put("measurements", "property_type", "ghostliness"),
            ("measurements", "property_type is not in the schema", 1),
        ),
        (put("measurements", "property", "a word"), ("measurements", "property is no CURIE", 1)),
    ],
)
def test_a_spoilt_row_breaks_its_rule(tmp_path: Path, rows: dict[str, list[Row]], spoil, rule) -> None:
    spoil(rows)
    assert rule in broken(tmp_path, rows)


def test_a_mention_of_which_an_import_knows_the_document_alone_needs_no_score(tmp_path, rows) -> None:
    rows["mentions"][0] |= dict.fromkeys(("start", "end", "score", "link_score"))
    assert broken(tmp_path, rows) == []
    rows["mentions"][0]["score"] = 1.5
    assert broken(tmp_path, rows) == [("mentions", "score is not between 0 and 1", 1)]


def test_only_the_rule_that_is_broken_is_told(tmp_path: Path, rows: dict[str, list[Row]]) -> None:
    rows["edges"][0]["belief"] = rows["edges"][2]["belief"] = -0.5
    assert broken(tmp_path, rows) == [("edges", "belief is not between 0 and 1", 2)]


@pytest.mark.parametrize("batch_rows", [1, 2, 65536])
def test_rows_are_told_apart_in_whatever_batches_they_come(
    tmp_path: Path, rows: dict[str, list[Row]], batch_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "BATCH_ROWS", batch_rows)
    last = rows["evidence"][-1]
    last["end"] += 1
    double_a_node(rows)
    take_one_piece_of_evidence(rows)
    assert sorted(broken(tmp_path, rows)) == [
        ("edges", "evidence_count is not the number of its evidence", 1),
        *([("evidence", "start and end are no place in the document", 1)] if ends_its_text(rows, last) else []),
        ("evidence", "text is not as long as its place", 1),
        ("nodes", "identifiers are not unique and in order", 1),
    ]


def ends_its_text(rows: dict[str, list[Row]], evidence: Row) -> bool:
    return any(row["id"] == evidence["document"] and row["length"] < evidence["end"] for row in rows["documents"])


def test_examples_say_which_rows_and_what_they_hold(tmp_path: Path, rows: dict[str, list[Row]]) -> None:
    for row in rows["nodes"]:
        row["type"] = "Ghost"
    broken(tmp_path, rows)
    (types, *_) = [item for item in validate(tmp_path, SCHEMA) if item.table == "nodes"]
    assert types.count == len(rows["nodes"])
    assert types.examples == tuple(f"{row['id']} (type Ghost)" for row in rows["nodes"][:3])


def manifest(folder: Path) -> None:
    names = {"kgbuild": "", "schema": "science", "schema_version": SCHEMA.version}
    content = {"format": FORMAT_VERSION, "makers": [], "counts": {}, "mentions": {}, "failures": {}, **names}
    (folder / "manifest.json").write_text(json.dumps(content), "utf-8")


def test_the_command_tells_each_broken_rule_on_a_line_and_exits_with_1(tmp_path, rows, capfd) -> None:
    broken(tmp_path, rows)
    manifest(tmp_path)
    assert run(["validate", str(tmp_path)]) == 0
    assert capfd.readouterr() == ("", f"{tmp_path}: every row of every table is as it should be\n")
    rows["edges"][0]["belief"] = 2.0
    rows["nodes"][0]["name"] = ""
    broken(tmp_path, rows)
    assert run(["validate", str(tmp_path), "--csv"]) == 1
    out, err = capfd.readouterr()
    edge, node = rows["edges"][0]["id"], rows["nodes"][0]["id"]
    assert out.splitlines() == [
        "table,rule,count,examples",
        f'nodes,no name,1,"[""{node}""]"',
        f'edges,belief is not between 0 and 1,1,"[""{edge} (belief 2.0)""]"',
    ]
    assert "2 rules are broken" in err
