"""The extractor: how far apart the ends of a relation may stand."""

import re
from pathlib import Path

import msgspec
import pytest
import torch

from kgbuild.document import Document, Mention, Passage, Relation, Span
from kgbuild.encoder import Encoder
from kgbuild.errors import ConfigError, ModelError
from kgbuild.extract import parts
from kgbuild.extract.extractor import TransformerExtractor
from kgbuild.extract.labels import Calibration, LabelSet, RelationLabel
from kgbuild.extract.model import ExtractionModel
from kgbuild.extract.span_scorer import SpanScorer, TypeWeights
from kgbuild.extract.spans import FEATURES
from kgbuild.extract.usage import Usage
from kgbuild.segment import segment

ANY = LabelSet(("Chemical", "Disease"), (RelationLabel("CID", (("Chemical", "Disease"),), threshold=0.0),))


@pytest.fixture(scope="module")
def extractor(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> TransformerExtractor:
    """Reports CID for every pair that it considers."""
    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(5)
    ExtractionModel(Encoder.load(str(tiny_encoder)), ANY).save(folder)
    return TransformerExtractor(str(folder), device="cpu", relation_threshold=0.0)


def relations(extractor: TransformerExtractor, *blocks: tuple[str, str]) -> tuple[Relation, ...]:
    """What is found between "Naloxone" and "hypertension", each named once in these (kind, text)."""
    return relations_in_sections(extractor, *((kind, words, "") for kind, words in blocks))


def relations_in_sections(extractor: TransformerExtractor, *blocks: tuple[str, str, str]) -> tuple[Relation, ...]:
    """The same in (kind, text, section)."""
    text, places = "", []
    for kind, words, section in blocks:
        places.append(Passage(Span(len(text), len(text) + len(words)), kind, section))
        text += words + "\n"
    doc = segment(Document("PMID:1", text, blocks=tuple(places)))
    named = [("Naloxone", "Chemical"), ("hypertension", "Disease")]
    spans = [(Span(text.index(name), text.index(name) + len(name)), type) for name, type in named]
    (found,) = extractor.annotate([doc.replace_mentions(Mention(*item) for item in spans)], given_mentions=True)
    return found.relations


APART = "Naloxone was given. Rats had hypertension."
BODY = "The methods were those of earlier work. " * 100


def test_relations_of_an_abstract_may_join_sentences(extractor: TransformerExtractor) -> None:
    assert len(relations(extractor, ("title", "A paper"), ("abstract", APART), ("paragraph", BODY))) == 1


def test_relations_of_a_body_stay_within_a_sentence(extractor: TransformerExtractor) -> None:
    title = ("title", "A paper")
    assert relations(extractor, title, ("paragraph", APART), ("paragraph", BODY)) == ()
    together = "Naloxone caused hypertension."
    (found,) = relations(extractor, title, ("paragraph", together), ("paragraph", BODY))
    assert found.span == Span(len("A paper\n"), len("A paper\n") + len(together))


def test_a_text_of_one_window_is_read_as_an_abstract(extractor: TransformerExtractor) -> None:
    assert len(relations(extractor, ("paragraph", APART))) == 1


def test_another_abstract_is_read_as_a_body(extractor: TransformerExtractor) -> None:
    blocks = (("abstract", "A.", "Abstract > Aims"), ("abstract", APART, "Abstract > Results"), ("paragraph", BODY, ""))
    assert len(relations_in_sections(extractor, *blocks)) == 1
    blocks = (("abstract", "A.", "Abstract > Aims"), ("abstract", APART, "Author summary"), ("paragraph", BODY, ""))
    assert relations_in_sections(extractor, *blocks) == ()


def test_names_in_the_cells_of_a_table_are_not_joined(extractor: TransformerExtractor) -> None:
    assert relations(extractor, ("table", "Naloxone | 1 mg\nnone | hypertension")) == ()
    assert relations(extractor, ("table", "Naloxone | hypertension")) == ()
    assert len(relations(extractor, ("caption", "Naloxone and hypertension."), ("table", "a | b"))) == 1


def test_nothing_is_related_under_headings_of_lists(extractor: TransformerExtractor) -> None:
    together = "Naloxone caused hypertension."
    assert relations_in_sections(extractor, ("paragraph", together, "Back matter > Abbreviations:")) == ()
    assert len(relations_in_sections(extractor, ("paragraph", together, "Results"))) == 1


def test_relations_of_a_text_that_are_given_stay_in_tables(extractor: TransformerExtractor) -> None:
    text = "Naloxone | hypertension"
    mentions = (Mention(Span(0, 8), "Chemical"), Mention(Span(11, 23), "Disease"))
    given = Relation(mentions[0].id, "CID", mentions[1].id, Span(0, len(text)))
    blocks = (Passage(Span(0, len(text)), "table"),)
    doc = segment(Document("PMID:1", text, blocks=blocks, mentions=mentions, relations=(given,)))
    (found,) = extractor.annotate([doc], given_mentions=True)
    assert found.relations == (given,)


def scored(extractor: TransformerExtractor, chemical: float, disease: float) -> list[float]:
    text = "Naloxone caused hypertension."
    mentions = (Mention(Span(0, 8), "Chemical", score=chemical), Mention(Span(16, 28), "Disease", score=disease))
    doc = segment(Document("PMID:1", text, blocks=(Passage(Span(0, len(text)), "paragraph"),), mentions=mentions))
    (found,) = extractor.annotate([doc], given_mentions=True)
    return [relation.score for relation in found.relations]


def test_relations_go_with_the_mentions_that_columns_lose(
    extractor: TransformerExtractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    doc = segment(Document("PMID:1", BODY[:200], blocks=(Passage(Span(0, 200), "abstract"),)))
    (before,) = extractor.annotate([doc])
    lost = before.relations[0].subject
    monkeypatch.setattr(
        "kgbuild.extract.extractor.agree_in_columns",
        lambda doc, mentions, known, agent: [m for m in mentions if m.id != lost],
    )
    (after,) = extractor.annotate([doc])
    assert lost in {mention.id for mention in before.mentions} - {mention.id for mention in after.mentions}
    assert after.relations == tuple(r for r in before.relations if lost not in (r.subject, r.object))


def test_a_relation_is_as_probable_as_its_mentions_and_itself_together(extractor: TransformerExtractor) -> None:
    (certain,) = scored(extractor, 1.0, 1.0)
    (doubtful,) = scored(extractor, 0.5, 0.8)
    assert doubtful == pytest.approx(0.4 * certain, abs=1e-6)


def test_novelty_is_told_of_relations_that_it_was_learnt_for(
    extractor: TransformerExtractor, tiny_encoder: Path, tmp_path: Path
) -> None:
    (plain,) = relations(extractor, ("paragraph", APART))
    assert plain.novel is None
    for offset, expected in ((9.0, True), (-9.0, False)):
        telling = tuple(msgspec.structs.replace(label, tells_novelty=True) for label in ANY.relations)
        labels = msgspec.structs.replace(ANY, relations=telling, novelty=Calibration(0.1, offset))
        ExtractionModel(Encoder.load(str(tiny_encoder)), labels).save(tmp_path / str(expected))
        told = TransformerExtractor(str(tmp_path / str(expected)), device="cpu", relation_threshold=0.0)
        (found,) = relations(told, ("paragraph", APART))
        assert found.novel is expected


def test_a_relation_below_the_threshold_is_not_reported(extractor: TransformerExtractor) -> None:
    (certain,) = scored(extractor, 1.0, 1.0)
    strict = TransformerExtractor(str(extractor.folder), device="cpu", relation_threshold=min(0.9 * certain, 1.0))
    assert len(scored(strict, 1.0, 1.0)) == 1
    assert scored(strict, 0.8, 1.0) == []
    assert strict.revision != extractor.revision


def test_what_is_found_is_of_another_revision_in_another_precision(extractor: TransformerExtractor) -> None:
    plain, short = (
        TransformerExtractor(str(extractor.folder), device="cpu", relation_threshold=0.0, precision=precision)
        for precision in ("float32", "bfloat16")
    )
    assert plain.revision != short.revision
    assert extractor.revision in (plain.revision, short.revision)
    (exact,), (rounded,) = scored(plain, 1.0, 1.0), scored(short, 1.0, 1.0)
    assert exact != rounded
    assert exact == pytest.approx(rounded, abs=0.01)


def test_a_threshold_that_is_no_probability_is_refused(extractor: TransformerExtractor) -> None:
    with pytest.raises(ConfigError, match=r"relation_threshold must lie in \[0, 1\], is 2"):
        TransformerExtractor(str(extractor.folder), device="cpu", relation_threshold=2.0)


def test_a_document_that_is_read_in_parts_keeps_all_mentions_and_relations(
    extractor: TransformerExtractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = " ".join(f"Then drug-{n} caused disease-{n}." for n in range(40))
    doc = segment(Document("PMID:1", text, blocks=(Passage(Span(0, len(text)), "caption"),)))
    named = [(r"drug-\d+", "Chemical"), (r"disease-\d+", "Disease")]
    mentions = [Mention(Span(*found.span()), type) for name, type in named for found in re.finditer(name, text)]
    doc, other = doc.replace_mentions(mentions), segment(Document("PMID:2", "Naloxone"))
    (whole,) = extractor.annotate([doc], given_mentions=True)
    monkeypatch.setattr(parts, "PART_CHARACTERS", 100)
    first, second = extractor.annotate([doc, other], given_mentions=True)
    assert (first.mentions, second.id) == (doc.mentions, "PMID:2")
    assert [(r.subject, r.object) for r in first.relations] == [(r.subject, r.object) for r in whole.relations]
    assert len(first.relations) == 40


def test_mentions_are_marked_where_their_passage_denies_or_doubts_them(extractor: TransformerExtractor) -> None:
    text = "There was no asthma. A possible tumour was seen. Fever was seen."
    doc = segment(Document("PMID:1", text))
    names = ("asthma", "tumour", "Fever")
    mentions = [Mention(Span(text.index(name), text.index(name) + len(name)), "Disease") for name in names]
    (found,) = extractor.annotate([doc.replace_mentions(mentions)], given_mentions=True)
    assert [(m.negated, m.uncertain) for m in found.mentions] == [(True, False), (False, True), (False, False)]


def test_weights_are_loaded_with_the_first_document_and_the_revision_is_known_before(
    extractor: TransformerExtractor, tmp_path: Path
) -> None:
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((extractor.folder / name).read_bytes())
    config = tmp_path / "config.json"
    elsewhere = TransformerExtractor(str(tmp_path), device="cpu", relation_threshold=0.0)
    assert elsewhere.revision == extractor.revision
    config.write_text(re.sub(r'"encoder": ?"', '"encoder":"/no/such', config.read_text("utf-8")), "utf-8")
    unloaded = TransformerExtractor(str(tmp_path), device="cpu", relation_threshold=0.0)
    assert list(unloaded.annotate([])) == []
    with pytest.raises(ModelError):
        list(unloaded.annotate([segment(Document("PMID:1", "Naloxone."))]))


def test_weights_of_another_format_are_refused_before_any_document(
    extractor: TransformerExtractor, tmp_path: Path
) -> None:
    config = (extractor.folder / "config.json").read_text("utf-8")
    (tmp_path / "config.json").write_text(re.sub(r'"format": ?\d+', '"format":1', config), "utf-8")
    (tmp_path / "model.safetensors").write_bytes((extractor.folder / "model.safetensors").read_bytes())
    with pytest.raises(ModelError, match="found 1"):
        TransformerExtractor(str(tmp_path), device="cpu")


def test_weights_that_are_cut_off_are_no_fault_of_the_text(extractor: TransformerExtractor, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes((extractor.folder / "config.json").read_bytes())
    weights = (extractor.folder / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    cut = TransformerExtractor(str(tmp_path), device="cpu")
    with pytest.raises(ModelError, match="is not a kgbuild model"):
        list(cut.annotate([segment(Document("PMID:1", "Naloxone."))]))


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("out of memory"), RuntimeError("no driver"), KeyError("x")])
def test_whatever_keeps_a_model_from_being_loaded_is_told_of_the_model(
    extractor: TransformerExtractor, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def load(folder: Path) -> ExtractionModel:
        raise error

    unloaded = TransformerExtractor(str(extractor.folder), device="cpu")
    monkeypatch.setattr(ExtractionModel, "load", load)
    with pytest.raises(ModelError, match=rf"cannot be loaded on cpu \({type(error).__name__}: "):
        list(unloaded.annotate([segment(Document("PMID:1", "Naloxone."))]))


class Names:
    """An ontology with one name."""

    def __init__(self, version: str = "1") -> None:
        self.names_version = version

    def knows(self, name: str, type: str) -> bool:
        return (name, type) == ("foscarnet", "Chemical")


@pytest.fixture
def weighing(extractor: TransformerExtractor, tmp_path: Path) -> Path:
    """The same model with weights by which what an ontology knows is a mention, and nothing else of a type is one."""
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((extractor.folder / name).read_bytes())
    weights = dict.fromkeys(FEATURES, 0.0) | {"known": 9.0}
    SpanScorer({type_: TypeWeights(-5.0, weights) for type_ in ANY.entities}, Usage({}, {})).save(tmp_path)
    return tmp_path


def test_names_of_ontologies_are_found_once_they_are_told(weighing: Path) -> None:
    extractor = TransformerExtractor(str(weighing), device="cpu")
    text = segment(Document("PMID:1", "We gave foscarnet with water."))
    (by_tags,) = extractor.annotate([text])
    extractor.use_names(Names())
    (found,) = extractor.annotate([text])
    assert [(found.text_of(m.span), m.type, m.score) for m in found.mentions] == [("foscarnet", "Chemical", 0.982014)]
    assert {m.agent for m in found.mentions} == {extractor.agent}
    assert found.mentions != by_tags.mentions


def test_the_revision_tells_the_names_that_are_used(extractor: TransformerExtractor, weighing: Path) -> None:
    told, other, silent = (TransformerExtractor(str(weighing), device="cpu", relation_threshold=0.0) for _ in range(3))
    told.use_names(Names("abcdefghij"))
    other.use_names(Names("klmnopqrst"))
    assert (told.revision, other.revision) == (f"{silent.revision}-abcdefgh", f"{silent.revision}-klmnopqr")
    assert silent.revision != extractor.revision
    # a model without weights for spans uses them in tables
    plain = TransformerExtractor(str(extractor.folder), device="cpu", relation_threshold=0.0)
    plain.use_names(Names("abcdefghij"))
    assert plain.revision == f"{extractor.revision}-abcdefgh"
