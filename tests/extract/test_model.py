"""The model: losses by hand, masks, saving, and results that do not depend on the batch."""

import dataclasses
import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from kgbuild.document import Document, Mention, Span
from kgbuild.encoder import Encoder
from kgbuild.errors import ModelError
from kgbuild.extract.fitting import mention_loss, relation_loss
from kgbuild.extract.inference import encode, score_pairs
from kgbuild.extract.labels import LabelSet, RelationLabel
from kgbuild.extract.model import FORMAT, ExtractionModel
from kgbuild.segment import segment

CPU = torch.device("cpu")
LABELS = LabelSet(
    ("Chemical", "Disease"),
    (
        RelationLabel("CID", (("Chemical", "Disease"),)),
        RelationLabel("Bind", (("Chemical", "Chemical"),), symmetric=True),
    ),
)


@pytest.fixture(scope="module")
def model(tiny_encoder: Path) -> ExtractionModel:
    torch.manual_seed(5)
    made = ExtractionModel(Encoder.load(str(tiny_encoder)), LABELS).eval()
    torch.nn.init.normal_(made.context_layer.weight)  # a fresh model does without the words around a pair
    return made


def document(number: int, text: str) -> Document:
    return segment(Document(f"kgb:doc-{number}", text, blocks=()))


def paper(number: int, n_sentences: int) -> Document:
    from kgbuild.document import Passage

    text = " ".join(["Naloxone reverses the effect of clonidine in hypertension."] * n_sentences)
    return segment(Document(f"kgb:doc-{number}", text, blocks=(Passage(Span(0, len(text)), "paragraph"),)))


def mentions_of(doc: Document) -> list[Mention]:
    result = []
    for word, type in (("Naloxone", "Chemical"), ("clonidine", "Chemical"), ("hypertension", "Disease")):
        start = doc.text.index(word)
        result.append(Mention(Span(start, start + len(word)), type))
    return result


def test_mention_loss_is_the_cross_entropy_of_annotated_types_only() -> None:
    logits = torch.zeros(2, 2, 3)
    logits[0, 0] = torch.tensor([0.0, math.log(2), 0.0])
    tags = torch.tensor([[1, 0], [0, 0]])
    mask = torch.tensor([[True, False], [False, False]])
    # the tag's probability is 2 / (1 + 2 + 1); one word counts
    assert mention_loss(logits, tags, mask).item() == pytest.approx(-math.log(0.5))


def test_relation_loss_counts_allowed_relations_of_pairs_that_have_one() -> None:
    logits = torch.tensor([[0.0, 9.0], [0.0, 0.0]])
    targets = torch.tensor([[1.0, 0.0], [0.0, 0.0]])
    mask = torch.tensor([[True, False], [False, False]])
    assert relation_loss(logits, targets, mask).item() == pytest.approx(math.log(2))


def test_a_saved_model_gives_the_same_scores_up_to_float16(model: ExtractionModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = ExtractionModel.load(tmp_path)
    assert loaded.labels == model.labels
    doc = paper(1, 2)
    before = encode(model, [doc], CPU, batch_tokens=4096)[0].probabilities
    after = encode(loaded, [doc], CPU, batch_tokens=4096)[0].probabilities
    assert abs(before - after).max() < 2e-3


def test_a_model_of_another_format_is_refused(model: ExtractionModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    config = tmp_path / "config.json"
    config.write_text(config.read_text("utf-8").replace(f'"format": {FORMAT}', '"format": 1'), "utf-8")
    with pytest.raises(ModelError, match=f"format {FORMAT}, found 1"):
        ExtractionModel.load(tmp_path)


def test_weights_that_lack_a_tensor_are_refused(model: ExtractionModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    tensors = load_file(tmp_path / "model.safetensors")
    del tensors["relation_head.3.bias"]
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match="relation_head"):
        ExtractionModel.load(tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"config\.json and model\.safetensors"):
        ExtractionModel.load(tmp_path)


@pytest.mark.parametrize("batch_tokens", [512, 2048, 100_000])
def test_a_document_is_read_the_same_alone_and_among_others(model: ExtractionModel, batch_tokens: int) -> None:
    documents = [paper(n, n_sentences) for n, n_sentences in enumerate((1, 7, 2, 90, 3, 1))]
    together = encode(model, documents, CPU, batch_tokens=batch_tokens)
    found = [mentions_of(doc) for doc in documents]
    pairs = score_pairs(model, together, found, CPU)
    for doc, mentions, encoded, scored in zip(documents, found, together, pairs, strict=True):
        (alone,) = encode(model, [doc], CPU, batch_tokens=512)
        assert (alone.probabilities == encoded.probabilities).all()
        assert score_pairs(model, [alone], [mentions], CPU) == [scored]


def test_every_word_of_a_long_text_is_read(model: ExtractionModel) -> None:
    doc = paper(1, 120)
    (encoded,) = encode(model, [doc], CPU, batch_tokens=4096)
    assert len(encoded.windows) > 1
    assert len(encoded.probabilities) == len(encoded.words) == 120 * 9


def test_a_document_without_text_is_read_as_nothing(model: ExtractionModel) -> None:
    (encoded,) = encode(model, [document(1, "")], CPU, batch_tokens=4096)
    assert len(encoded.probabilities) == 0
    assert score_pairs(model, [encoded], [[]], CPU) == [[]]


def test_pairs_are_those_that_a_relation_may_join(model: ExtractionModel) -> None:
    doc = paper(1, 1)
    encoded = encode(model, [doc], CPU, batch_tokens=4096)
    (pairs,) = score_pairs(model, encoded, [mentions_of(doc)], CPU)
    names = [(pair.subject, pair.object, [model.labels.relations[i].name for i, _ in pair.scores]) for pair in pairs]
    assert names == [(0, 1, ["Bind"]), (0, 2, ["CID"]), (1, 2, ["CID"])]


def test_a_pair_attends_to_the_words_of_its_own_window(model: ExtractionModel) -> None:
    doc, longer = paper(1, 1), paper(1, 2)
    windows = encode(model, [doc, longer], CPU, batch_tokens=4096)
    found = mentions_of(doc)

    def scores(context: float) -> list[float]:
        changed = dataclasses.replace(windows[1], vectors=[windows[1].vectors[0].clone()])
        changed.vectors[0][9:] += context  # of the second sentence
        return [
            score
            for pairs in score_pairs(model, [windows[0], changed], [found, found], CPU)
            for pair in pairs
            for _, score in pair.scores
        ]

    near, far = scores(0.0), scores(2.0)
    assert near[:3] == far[:3]
    assert all(a != b for a, b in zip(near[3:], far[3:], strict=True))
