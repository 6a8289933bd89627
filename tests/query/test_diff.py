from pathlib import Path

import msgspec
import pytest
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


def by_place(folder: Path) -> list[str]:
    """Evidence of what `asthma_trial` does not say."""
    rows = [row for row in read_table(folder, "evidence").to_pylist() if row["document"] != asthma_trial().id]
    return [row["id"] for row in sorted(rows, key=lambda row: (row["edge"], row["document"], row["subject_start"]))]


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
        order = sorted(row[2] for row in changes) if name != "evidence" else by_place(new)
        assert [row[2] for row in changes] == order


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


def read_by(paper: Document, agent: str, score: float) -> Document:
    relations = tuple(msgspec.structs.replace(relation, agent=agent, score=score) for relation in paper.relations)
    return msgspec.structs.replace(paper, relations=relations)


@pytest.mark.parametrize(
    ("agent", "was", "is_"), [("m@2", {"revision": "1"}, {"revision": "2"}), ("n@1", {"agent": "m"}, {"agent": "n"})]
)
def test_evidence_of_another_model_at_the_same_place_is_changed(
    tmp_path: Path, agent: str, was: dict[str, str], is_: dict[str, str]
) -> None:
    old = graph(tmp_path / "a", read_by(asthma_trial(), "m@1", 0.8))
    new = graph(tmp_path / "b", read_by(asthma_trial(), agent, 0.9))
    rows = list(diff(old, new, records=["evidence"]).rows)
    assert {(row[0], row[2]) for row in rows} == {("changed", id_) for id_ in ids(new, "evidence")}
    for *_, before, after in rows:
        assert (before, after) == (was | {"calibrated": 0.8}, is_ | {"calibrated": 0.9})
    assert list(count_differences(old, new, records=["evidence"]).rows) == [("evidence", 0, 0, len(rows), 0)]


def test_of_several_models_at_a_place_each_is_compared_with_itself(tmp_path: Path) -> None:
    paper = asthma_trial()
    old = graph(tmp_path / "a", read_by(paper, "m@1", 0.8), read_by(paper, "n@1", 0.7))
    new = graph(tmp_path / "b", read_by(paper, "n@2", 0.9), read_by(paper, "o@1", 0.6))
    n = len(paper.relations)
    assert list(count_differences(old, new, records=["evidence"]).rows) == [("evidence", 0, 0, 2 * n, 0)]
    pairs = {
        (before.get("agent", "n"), before.get("revision", "1"), after.get("agent", "n"), after.get("revision", "1"))
        for *_, before, after in diff(old, new, records=["evidence"]).rows
    }
    assert pairs == {("n", "1", "n", "2"), ("m", "1", "o", "1")}


def test_what_only_the_new_model_reads_is_added(tmp_path: Path) -> None:
    paper = asthma_trial()
    some = msgspec.structs.replace(read_by(paper, "m@1", 0.8), relations=read_by(paper, "m@1", 0.8).relations[:1])
    old, new = graph(tmp_path / "a", some), graph(tmp_path / "b", read_by(paper, "m@2", 0.8))
    n = len(paper.relations)
    assert n > 1
    assert list(count_differences(old, new, records=["evidence"]).rows) == [("evidence", n - 1, 0, 1, 0)]
    assert list(count_differences(new, old, records=["evidence"]).rows) == [("evidence", 0, n - 1, 1, 0)]


def test_differences_can_be_rendered(tmp_path: Path) -> None:
    old, new = graph(tmp_path / "a", asthma_trial()), graph(tmp_path / "b", asthma_review())
    for render in (render_json, render_csv, render_table):
        assert ASTHMA in "".join(render(diff(old, new)))
