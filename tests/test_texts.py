"""Texts in, documents out: the Python function and the spaCy component, with the stages of the pipeline's tests."""

import sys
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, DocBin

sys.path.insert(0, str(Path(__file__).parent / "pipeline"))

from fake_stages import FakeExtractor, FakeLinker

import kgbuild
from kgbuild.pipeline import Stages
from kgbuild.spacy_component import KgbuildComponent
from kgbuild.texts import annotate_with

TEXT = "Cisplatin causes nausea.\n\nMüdigkeit (β) follows aspirin."


@pytest.fixture
def stages(tmp_path: Path) -> Stages:
    return Stages(FakeExtractor("1", tmp_path / "log", 0.0), FakeLinker("1", tmp_path / "log"))


def test_offsets_point_into_the_text_as_it_was_given(stages: Stages) -> None:
    first, second = annotate_with(stages, [TEXT, ""])
    assert first.text == TEXT
    assert [first.text_of(mention.span) for mention in first.mentions] == ["nausea", "Müdigkeit", "aspirin"]
    assert [first.text_of(passage.span) for passage in first.passages] == TEXT.split("\n\n")
    assert (second.mentions, second.passages) == ((), ())


def test_equal_texts_are_equal_documents(stages: Stages) -> None:
    first, second = annotate_with(stages, [TEXT, TEXT])
    assert first == second


def test_the_function_is_found_on_the_package() -> None:
    assert kgbuild.annotate.__module__ == "kgbuild.texts"
    with pytest.raises(AttributeError, match="no attribute 'anotate'"):
        _ = kgbuild.anotate


def described(doc: Doc) -> list[tuple[str, str, str]]:
    return [(span.text, span.label_, span.kb_id_) for span in doc.spans["kgbuild"]]


def test_spacy_documents_get_mentions_and_relations(stages: Stages) -> None:
    component = KgbuildComponent(stages)
    doc = component(spacy.blank("en")(TEXT))
    assert described(doc) == [
        ("nausea", "Disease", "MESH:D009325"),
        ("Müdigkeit", "Disease", ""),
        ("aspirin", "Chemical", "MESH:D001241"),
    ]
    assert [entity.text for entity in doc.ents] == ["nausea", "Müdigkeit", "aspirin"]
    assert doc.ents[0]._.kb_ents == (("MESH:D009325", 1.0),)
    assert {(r["head_text"], r["label"], r["tail_text"]) for r in doc._.relations} == {("aspirin", "CID", "Müdigkeit")}


def test_entities_that_stand_there_already_are_kept(stages: Stages) -> None:
    doc = spacy.blank("en")(TEXT)
    doc.ents = [doc.char_span(0, 23, label="SENTENCE")]
    KgbuildComponent(stages)(doc)
    assert [entity.label_ for entity in doc.ents] == ["SENTENCE", "Disease", "Chemical"]
    assert len(doc.spans["kgbuild"]) == 3


def test_a_stream_keeps_its_order(stages: Stages) -> None:
    nlp = spacy.blank("en")
    texts = [f"aspirin {number}" for number in range(5)]
    assert [doc.text for doc in KgbuildComponent(stages).pipe(nlp.pipe(texts), batch_size=2)] == texts


def test_results_survive_a_doc_bin(stages: Stages) -> None:
    nlp = spacy.blank("en")
    doc = KgbuildComponent(stages)(nlp(TEXT))
    (again,) = DocBin().from_bytes(DocBin(docs=[doc], store_user_data=True).to_bytes()).get_docs(nlp.vocab)
    assert described(again) == described(doc)
    assert again._.relations == doc._.relations
    assert again.ents[0]._.kb_ents == doc.ents[0]._.kb_ents
