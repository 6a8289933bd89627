"""The documents of finished graphs, and `kgbuild export` of them."""

import gzip
from pathlib import Path

import msgspec
import pytest

from kgbuild.cli.group import run
from kgbuild.document import Document, Mention, Relation, Span
from kgbuild.pipeline import documents, graph_documents, merge
from kgbuild.pipeline.documents import joined
from kgbuild.pipeline.shards import Shards
from kgbuild.schema import load_schema


def stored(graph: str) -> dict[str, Document]:
    shards = Shards(Path(graph, "documents"))
    return {record.document.id: record.document for name in shards.names() for record in shards.records(name)}


@pytest.mark.parametrize("sorted_characters", [1, 100, 10_000_000])
def test_documents_come_in_the_order_of_their_identifiers(workplace, monkeypatch, sorted_characters):
    monkeypatch.setattr(documents, "SORTED_CHARACTERS", sorted_characters)
    workplace.build(workplace.papers("a.txt", range(0, 30)))
    expected = stored("graph")
    assert list(graph_documents(Path("graph"))) == [expected[id_] for id_ in sorted(expected)]


def test_a_graph_without_documents_has_none(workplace):
    Path("empty.txt").write_bytes(b"")
    workplace.build("empty.txt")
    assert list(graph_documents(Path("graph"))) == []


def test_a_paper_that_two_models_read_comes_once_with_the_relations_of_both(workplace):
    workplace.papers("a.txt", range(0, 4))
    workplace.build("a.txt", to="a")
    workplace.build("a.txt", to="b", extractor="second@1")
    merge([Path("a"), Path("b")], Path("merged"), schema=load_schema())
    of_a, of_b = stored("a"), stored("b")
    for document in graph_documents(Path("merged")):
        one, other = of_a[document.id], of_b[document.id]
        assert {mention.id for mention in document.mentions} == {m.id for m in (*one.mentions, *other.mentions)}
        assert set(document.relations) == {*one.relations, *other.relations}


def test_of_two_findings_of_one_mention_the_surer_is_taken_whatever_the_order():
    unsure, sure = (Mention(Span(0, 3), "Gene", score=score, concepts=("X:1",)) for score in (0.4, 0.9))
    other = Mention(Span(4, 7), "Gene", score=0.5)
    relation = Relation(unsure.id, "Bind", other.id, Span(0, 7), score=0.5, agent="m@1")
    one = Document("PMID:1", "abc def", mentions=(unsure, other), relations=(relation,))
    two = msgspec.structs.replace(one, mentions=(sure, other))
    for readings in ([one, two], [two, one]):
        assert joined(readings) == two


@pytest.mark.parametrize("format_name", ["pubtator", "bioc-xml", "bioc-json", "jsonl"])
def test_annotations_are_exported_as_annotate_writes_them(workplace, capsys, format_name):
    workplace.build(workplace.papers("a.txt", range(0, 6)))
    assert run(["export", "graph", "-O", format_name, "-o", "out"]) == 0
    assert "out: 6 documents" in capsys.readouterr().err
    assert run(["export", "graph", "-O", format_name, "-o", "out.gz"]) == 0
    assert gzip.decompress(Path("out.gz").read_bytes()) == Path("out").read_bytes()
    # what was exported is what annotate makes of the documents that jsonl holds
    assert run(["export", "graph", "-O", "jsonl", "-o", "all.jsonl"]) == 0
    assert run(["annotate", "all.jsonl", "-O", format_name, "-o", "again", "--given", "relations"]) == 0
    if format_name != "jsonl":  # of which the source and the passages are its own
        assert Path("again").read_bytes() == Path("out").read_bytes()


def test_the_same_graph_gives_the_same_bytes_however_it_was_built(workplace):
    workplace.papers("a.txt", range(0, 9))
    workplace.papers("b.txt", range(9, 20))
    workplace.build("a.txt", "b.txt", to="one")
    workplace.build("b.txt", to="two")
    workplace.build("a.txt", to="two")
    for graph in ("one", "two"):
        assert run(["export", graph, "-O", "bioc-json", "-o", f"{graph}.json"]) == 0
    assert Path("one.json").read_bytes() == Path("two.json").read_bytes()


def test_evidence_in_other_forms_is_refused_for_documents(workplace, capsys):
    workplace.build(workplace.papers("a.txt", range(0, 1)))
    assert run(["export", "graph", "-O", "pubtator", "--evidence", "none", "-o", "out"]) == 2
    assert "pubtator holds documents" in capsys.readouterr().err
    assert not Path("out").exists()
