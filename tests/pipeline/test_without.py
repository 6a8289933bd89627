"""A graph without a document or a model, against the graph of the rest."""

import sys
from pathlib import Path

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))  # for papers.py

from graphs import publish_graph
from papers import ASTHMA, CONCEPTS, FEVER, asthma_review, asthma_trial, gene_study, mention, papers, sentences

from kgbuild.assemble import assemble
from kgbuild.document import Document, Mention, Relation, Span
from kgbuild.errors import ConfigError
from kgbuild.extract.measurements import find_measurements
from kgbuild.extract.tables import TableReader
from kgbuild.pipeline.node_names import node_form
from kgbuild.pipeline.without import write_without
from kgbuild.schema import load_schema
from kgbuild.store.parquet import read_tables, write_tables
from kgbuild.tables import SCHEMAS

SCHEMA = load_schema()


def without(folder: Path, documents, *targets: str) -> dict[str, list]:
    graph = publish_graph(folder / "graph", documents)
    write_without(graph, targets, folder / "rest", schema=SCHEMA)
    return rows(folder / "rest")


def built(folder: Path, documents) -> dict[str, list]:
    write_tables(folder / "built", assemble(documents, schema=SCHEMA, concept=CONCEPTS.get, normalise=node_form))
    return rows(folder / "built")


def rows(folder: Path) -> dict[str, list]:
    tables = read_tables(folder)
    return {name: getattr(tables, name).to_pylist() for name in SCHEMAS}


@pytest.mark.parametrize("gone", papers(), ids=lambda paper: paper.id)
def test_without_a_document_is_the_graph_of_the_others(tmp_path, gone):
    rest = [paper for paper in papers() if paper.id != gone.id]
    assert without(tmp_path, papers(), gone.id) == built(tmp_path, rest)


def test_without_all_documents_nothing_is_left(tmp_path):
    left = without(tmp_path, papers(), *(paper.id for paper in papers()))
    assert left == {name: [] for name in SCHEMAS}


def test_without_what_is_not_there_nothing_changes(tmp_path):
    assert without(tmp_path, papers(), "PMID:999", "nobody@0") == built(tmp_path, papers())


def by(document: Document, agent: str) -> Document:
    """The document as if this model had read it."""
    return msgspec.structs.replace(
        document,
        mentions=tuple(msgspec.structs.replace(item, agent=agent) for item in document.mentions),
        relations=tuple(msgspec.structs.replace(item, agent=agent) for item in document.relations),
    )


def test_without_a_model_go_its_mentions_and_statements_and_the_documents_stay(tmp_path):
    found = without(tmp_path, [asthma_trial(), by(asthma_review(), "n@2"), gene_study()], "n@2")
    unread = msgspec.structs.replace(asthma_review(), mentions=(), relations=())
    assert found == built(tmp_path, [asthma_trial(), unread, gene_study()])


def test_statements_between_mentions_of_a_model_that_goes_go_with_them(tmp_path):
    text = "Aspirin causes asthma and fever."
    chemical = mention(text, "Aspirin", "Chemical", "MESH:D001241")
    asthma = mention(text, "asthma", "Disease", ASTHMA)
    fever = msgspec.structs.replace(mention(text, "fever", "Disease", FEVER), agent="n@2")
    (sentence,) = sentences(text, "Results")
    relations = tuple(Relation(chemical.id, "CID", end.id, sentence.span, 0.8, agent="m@1") for end in (asthma, fever))
    paper = Document("PMID:8", text, passages=(sentence,), mentions=(chemical, asthma, fever), relations=relations)
    rest = msgspec.structs.replace(paper, mentions=(chemical, asthma), relations=relations[:1])
    assert without(tmp_path, [paper], "n@2") == built(tmp_path, [rest])


def test_measurements_of_a_model_that_goes_go_whatever_property_they_are_of(tmp_path):
    text = "A density of 5 g/cm3."
    (sentence,) = sentences(text, "Results")
    ends = (Mention(Span(2, 9), "Property", agent="n@2"), Mention(Span(13, 20), "Quantity", agent="n@2"))
    relation = Relation(ends[0].id, "has_value", ends[1].id, sentence.span, 0.8, agent="n@2")
    paper = Document("PMID:8", text, passages=(sentence,), mentions=ends, relations=(relation,))
    paper = msgspec.structs.replace(paper, measurements=find_measurements(paper))
    read = TableReader(SCHEMA.properties.values()).read(paper)
    assert [m.property_type for m in read.measurements] == ["density"]
    rest = msgspec.structs.replace(paper, mentions=(), relations=(), measurements=())
    assert without(tmp_path, [read], "n@2") == built(tmp_path, [rest])


def test_a_node_that_only_the_document_made_a_disease_gets_its_other_type_and_its_statements_are_settled_again(
    tmp_path,
):
    text = "Aspirin lowers fever."
    chemical, fever = mention(text, "Aspirin", "Chemical", "MESH:D001241"), mention(text, "fever", "Phenotype", FEVER)
    (sentence,) = sentences(text, "Results")
    relation = Relation(chemical.id, "Negative_Correlation", fever.id, sentence.span, 0.8, agent="m@1")
    study = Document("PMID:6", text, passages=(sentence,), mentions=(chemical, fever), relations=(relation,))
    more = "Fever and fever and Fever."
    named = tuple(
        mention(more, word, "Disease", FEVER, occurrence=n) for word, n in (("Fever", 0), ("fever", 0), ("Fever", 1))
    )
    other = Document("PMID:7", more, mentions=named)
    assert {row["type"] for row in built(tmp_path, [study, other])["nodes"]} == {"Chemical", "Disease"}
    assert without(tmp_path, [study, other], "PMID:7") == built(tmp_path, [study])


def test_another_schema_is_refused(tmp_path):
    graph = publish_graph(tmp_path / "graph", papers())
    with pytest.raises(ConfigError, match="with which it was built"):
        write_without(graph, ["PMID:1"], tmp_path / "rest", schema=load_schema("materials"))
