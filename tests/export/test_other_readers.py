"""Annotations that were exported from a graph, read by the package bioc and checked by its validators."""

import sys
from pathlib import Path

import bioc
import pytest
from bioc import biocjson, biocxml, pubtator

sys.path.insert(0, str(Path(__file__).parent.parent))  # for papers.py

from graphs import publish_graph
from papers import asthma_trial, gene_study, materials_table

from kgbuild.cli.group import run
from kgbuild.document import Document
from kgbuild.export.document_id import plain_id
from kgbuild.store.parquet import read_table

PAPERS = (asthma_trial(), gene_study(), materials_table())


@pytest.fixture(scope="module")
def graph(tmp_path_factory) -> Path:
    return publish_graph(tmp_path_factory.mktemp("graphs") / "graph", PAPERS)


def exported(graph: Path, format_name: str, path: Path) -> Path:
    assert run(["export", str(graph), "-O", format_name, "-o", str(path)]) == 0
    return path


def collection(format_name: str, path: Path) -> bioc.BioCCollection:
    with path.open(encoding="utf-8") as stream:
        return biocxml.load(stream) if format_name == "bioc-xml" else biocjson.load(stream)


def document_of(id_: str) -> Document:
    (document,) = (document for document in PAPERS if plain_id(document.id) == id_)
    return document


@pytest.mark.parametrize("format_name", ["bioc-xml", "bioc-json"])
def test_bioc_reads_every_mention_and_relation_of_a_graph_and_finds_nothing_wrong(graph, tmp_path, format_name):
    found = collection(format_name, exported(graph, format_name, tmp_path / "out"))
    bioc.validate(found)
    assert [document.id for document in found.documents] == [
        plain_id(id_) for id_ in sorted(paper.id for paper in PAPERS)
    ]
    mentions = set()
    for document in found.documents:
        paper = document_of(document.id)
        holders = (document, *document.passages)
        annotations = {item.id: item for holder in holders for item in holder.annotations}
        places = {id_: (item.total_span.offset, item.total_span.end) for id_, item in annotations.items()}
        assert {(*places[id_], item.infons["type"], item.text) for id_, item in annotations.items()} == {
            (mention.span.start, mention.span.end, mention.type, paper.text_of(mention.span))
            for mention in paper.mentions
        }
        mentions |= {
            (paper.id, *places[id_], node)
            for id_, item in annotations.items()
            for node in item.infons["identifier"].split("|")
            if node != "-"
        }
        names = {id_: f"{start}-{end}-{annotations[id_].infons['type']}" for id_, (start, end) in places.items()}
        stated = []
        for relation in document.relations:
            ends = {node.role: names[node.refid] for node in relation.nodes}
            stated.append((ends["subject"], relation.infons["type"], ends["object"], relation.infons.get("polarity")))
        assert stated == [
            (item.subject, item.predicate, item.object, None if item.polarity == "affirmed" else item.polarity)
            for item in paper.relations
        ]
    rows = read_table(graph, "mentions").to_pylist()
    linked = {(row["document"], row["start"], row["end"], row["node"]) for row in rows if row["link_score"]}
    assert mentions == {row for row in linked if not row[3].startswith("kgb:")}


def test_bioc_reads_every_mention_and_relation_of_pubtator(graph, tmp_path):
    with exported(graph, "pubtator", tmp_path / "out").open(encoding="utf-8") as stream:
        found = pubtator.load(stream)
    assert [document.pmid for document in found] == [plain_id(id_) for id_ in sorted(paper.id for paper in PAPERS)]
    for document in found:
        paper = document_of(document.pmid)
        assert f"{document.title} {document.abstract or ''}".strip() == paper.text.replace("\n", " ")
        assert {(a.start, a.end, a.type, a.text, a.id) for a in document.annotations} == {
            (m.span.start, m.span.end, m.type, paper.text_of(m.span), "|".join(m.concepts) or "-")
            for m in paper.mentions
        }
        by_id = paper.mention_index()
        concepts = {id_: mention.concepts or (id_,) for id_, mention in by_id.items()}
        assert {(r.type, r.id1, r.id2) for r in document.relations} == {
            (r.predicate, subject, object_)
            for r in paper.relations
            for subject in concepts[r.subject]
            for object_ in concepts[r.object]
        }
