"""Builds from folders that hold more than well-behaved papers."""

import json
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kgbuild.pipeline.merge import merge
from kgbuild.schema import load_schema


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


RECORD = """<PubmedArticle><MedlineCitation><PMID Version="{version}">{pmid}</PMID>
<DateRevised><Year>{year}</Year><Month>01</Month><Day>01</Day></DateRevised>
<Article><ArticleTitle>{title}</ArticleTitle>{types}</Article></MedlineCitation></PubmedArticle>"""
RETRACTED = "<PublicationTypeList><PublicationType>Retracted Publication</PublicationType></PublicationTypeList>"


def pubmed(name: str, *records: str) -> str:
    Path(name).write_text(f"<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>", "utf-8")
    return name


def record(year: int, *, pmid: int = 1, version: int = 1, title: str = "We gave aspirin.", types: str = "") -> str:
    return RECORD.format(year=year, pmid=pmid, version=version, title=title, types=types)


def documents(graph: str = "graph") -> list[tuple[object, ...]]:
    table = pq.read_table(Path(graph, "documents.parquet"))
    return sorted(zip(*(table[name].to_pylist() for name in ("id", "title", "retracted")), strict=True))


ORDERS = pytest.mark.parametrize("order", [1, -1])


@ORDERS
def test_the_newest_record_of_a_citation_wins_over_longer_ones(workplace, order):
    files = [
        pubmed("a.xml", record(2018, title="We gave aspirin against much fever.")),
        pubmed("b.xml", record(2020, types=RETRACTED), record(2019, pmid=2, version=2, title="New.")),
        pubmed("c.xml", record(2019, title="We gave aspirin against."), record(2021, pmid=2, title="Old, and long.")),
    ]
    workplace.build(*files[::order])
    assert documents() == [("PMID:1", "We gave aspirin.", True), ("PMID:2", "New.", False)]
    assert len(failures()) == 3


@ORDERS
def test_a_retraction_that_comes_in_a_later_build_marks_the_paper(workplace, order):
    files = [pubmed("z.xml", record(2018)), pubmed("a.xml", record(2019, types=RETRACTED))]
    for file in files[::order]:
        workplace.build(file)
    assert documents() == [("PMID:1", "We gave aspirin.", True)]


@ORDERS
def test_a_longer_text_of_another_format_wins_over_the_newest_record_only(workplace, order):
    text = "We gave aspirin, and found no fever."
    Path("full.txt").write_text(f"1|t|{text}\n1|a|More.\n", "utf-8")
    files = [
        pubmed("a.xml", record(2018, title=f"{text} And much more of it.")),
        pubmed("b.xml", record(2019)),
        "full.txt",
    ]
    workplace.build(*files[::order])
    assert documents() == [("PMID:1", text, False)]


@ORDERS
def test_a_citation_that_pubmed_deletes_leaves_the_graph_and_stays_out(workplace, order):
    files = [
        pubmed("a.xml", record(2018), record(2018, pmid=2)),
        pubmed("b.xml", record(2019), "<DeleteCitation><PMID>1</PMID></DeleteCitation>"),
    ]
    for file in files[::order]:
        workplace.build(file)
    assert [id for id, *_ in documents()] == ["PMID:2"]
    assert [failure["document"] for failure in failures() if failure["stage"] == "deleted"] == ["PMID:1"]
    pubmed("b.xml", record(2019))
    workplace.build("b.xml")
    assert [id for id, *_ in documents()] == ["PMID:1", "PMID:2"]


def test_a_merge_leaves_out_what_one_of_its_graphs_was_told_to_delete(workplace):
    workplace.build(pubmed("a.xml", record(2018), record(2018, pmid=2)), to="first")
    workplace.build(
        pubmed("b.xml", record(2019, pmid=3), "<DeleteCitation><PMID>1</PMID></DeleteCitation>"), to="second"
    )
    merge([Path("first"), Path("second")], Path("merged"), schema=load_schema("science"))
    assert [id for id, *_ in documents("merged")] == ["PMID:2", "PMID:3"]
