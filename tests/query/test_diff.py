from pathlib import Path

import msgspec
from papers import ASPIRIN, ASTHMA, CONCEPTS, asthma_review, asthma_trial, gene_study, papers

from kgbuild.assemble import assemble
from kgbuild.document import Document
from kgbuild.graph import Triple
from kgbuild.query.diff import count_differences, diff
from kgbuild.query.rows import render_csv, render_json, render_table
from kgbuild.schema import load_schema
from kgbuild.store import write_tables
from kgbuild.store.parquet import read_table

CAUSES = Triple(ASPIRIN, "CID", ASTHMA)


def graph(folder: Path, *documents: Document) -> Path:
    write_tables(folder, assemble(documents, schema=load_schema("science"), concept=CONCEPTS.get))
    return folder


def ids(folder: Path, name: str) -> set[str]:
    return set(read_table(folder, name)["id"].to_pylist())


def test_a_graph_does_not_differ_from_itself(tmp_path: Path) -> None:
    one = graph(tmp_path / "a", *papers())
    assert list(diff(one, one).rows) == []
    sizes = {name: len(ids(one, name)) for name in ("nodes", "edges", "evidence")}
    assert list(count_differences(one, one).rows) == [(name, 0, 0, 0, size) for name, size in sizes.items()]


def test_all_that_a_new_paper_brings_is_added(tmp_path: Path) -> None:
    old = graph(tmp_path / "a", asthma_trial())
    new = graph(tmp_path / "b", asthma_trial(), gene_study())
    for name in ("nodes", "edges", "evidence"):
        changes = [row for row in diff(old, new).rows if row[1] == name]
        assert {row[2] for row in changes if row[0] == "added"} == ids(new, name) - ids(old, name)
        assert not [row for row in changes if row[0] == "removed"]
        assert [row[2] for row in changes] == sorted(row[2] for row in changes)


def test_the_other_way_round_it_is_removed(tmp_path: Path) -> None:
    one, other = graph(tmp_path / "a", asthma_trial()), graph(tmp_path / "b", *papers())
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    expected = [
        (turned[change], record, id_, after, before) for change, record, id_, _, before, after in diff(one, other).rows
    ]
    assert [(*row[:3], *row[4:]) for row in diff(other, one).rows] == expected


def test_a_changed_edge_shows_its_belief_before_and_after(tmp_path: Path) -> None:
    old = graph(tmp_path / "a", asthma_trial())
    new = graph(tmp_path / "b", asthma_trial(), asthma_review())
    rows = list(diff(old, new, records=["edges"]).rows)
    (change, record, id_, label, before, after) = next(row for row in rows if row[2] == CAUSES.id)
    assert (change, record, id_, label) == ("changed", "edges", CAUSES.id, f"{ASPIRIN} CID {ASTHMA}")
    assert set(before) == set(after) == {"belief", "evidence_count", "documents", "speculated_count"}
    assert (before["belief"], round(after["belief"], 9)) == (0.8, 0.85)  # 1 - 0.2 * (1 - 0.5 * 0.5)


def test_a_record_of_one_graph_shows_what_it_is(tmp_path: Path) -> None:
    empty, full = graph(tmp_path / "a"), graph(tmp_path / "b", asthma_trial())
    rows = {row[2]: row for row in diff(empty, full, records=["nodes", "edges"]).rows}
    assert rows[ASPIRIN] == (
        *("added", "nodes", ASPIRIN, "Aspirin", None),
        {"type": "Chemical", "linked": True, "mention_count": 2},
    )
    assert rows[CAUSES.id][4] is None
    assert rows[CAUSES.id][5]["belief"] == 0.8


def test_evidence_read_with_another_score_is_changed(tmp_path: Path) -> None:
    paper = asthma_trial()
    surer = msgspec.structs.replace(paper.relations[0], score=0.9)
    read_again = msgspec.structs.replace(paper, relations=(surer, *paper.relations[1:]))
    old, new = graph(tmp_path / "a", paper), graph(tmp_path / "b", read_again)
    ((change, _, _, label, before, after),) = diff(old, new, records=["evidence"]).rows
    assert (change, label) == ("changed", f"{ASPIRIN} CID {ASTHMA}")
    assert (before, after) == ({"calibrated": 0.8}, {"calibrated": 0.9})


def test_differences_can_be_rendered(tmp_path: Path) -> None:
    old, new = graph(tmp_path / "a", asthma_trial()), graph(tmp_path / "b", asthma_review())
    for render in (render_json, render_csv, render_table):
        assert ASTHMA in "".join(render(diff(old, new)))
