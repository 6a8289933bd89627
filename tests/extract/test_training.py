"""Recipes, corpora and a training run from file to card."""

import gzip
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from kgbuild.document import Document, Mention, Passage, Span
from kgbuild.encoder import Encoder
from kgbuild.errors import ConfigError, TrainingDataError
from kgbuild.extract import span_training
from kgbuild.extract.calibration import expected_calibration_error
from kgbuild.extract.corpora import mulms
from kgbuild.extract.examples import collect_labels, true_pairs
from kgbuild.extract.extractor import TransformerExtractor
from kgbuild.extract.labels import LabelSet
from kgbuild.extract.metrics import recorder
from kgbuild.extract.model import RELATION_PARTS, ExtractionModel
from kgbuild.extract.recipe import Recipe, RelationSettings, load_recipe, split_gold
from kgbuild.extract.span_scorer import SCORER_FILES, SpanScorer
from kgbuild.extract.teaching import annotated_only, tag_probabilities, teach
from kgbuild.extract.training import begin, development_score, model_examples, train
from kgbuild.int8 import load_ranges
from kgbuild.segment import segment

RECORD = """{id}|t|Naloxone and hypertension {id}
{id}|a|Naloxone induced hypertension in rats. Clonidine did not.
{id}\t0\t8\tNaloxone\tChemical\tD009270
{id}\t13\t25\thypertension\tDisease\tD006973
{id}\t28\t36\tNaloxone\tChemical\tD009270
{id}\t45\t57\thypertension\tDisease\tD006973
{id}\t67\t76\tClonidine\tChemical\tD003000
{id}\tCID\tD009270\tD006973

"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "train.txt").write_text("".join(RECORD.format(id=n) for n in range(1, 9)), "utf-8")
    (tmp_path / "dev.txt").write_text("".join(RECORD.format(id=n) for n in (8, 9)), "utf-8")
    return tmp_path


def recipe(data: Path, encoder: Path, epochs: int = 1) -> Recipe:
    path = data / "recipe.toml"
    path.write_text(
        f"""
[train]
encoder = "{encoder}"
epochs = {epochs}
batch_tokens = 256
[[corpus]]
name = "toy"
format = "pubtator"
train = ["train.txt"]
dev = ["dev.txt"]
entities = ["Chemical", "Disease"]
relations = ["CID"]
licence = "CC0"
""",
        "utf-8",
    )
    return load_recipe(str(path))


def test_a_document_of_the_development_part_is_not_trained_on(data: Path, tiny_encoder: Path) -> None:
    gold, dev = split_gold(recipe(data, tiny_encoder), data)
    assert [item.document.id for item in gold] == [f"PMID:{n}" for n in range(1, 8)]
    assert [item.document.id for item in dev] == ["PMID:8", "PMID:9"]


@pytest.mark.parametrize(("first", "n", "expected"), [(19, 9, 2), (9, 2, 1), (1, 200, 42)])
def test_a_share_of_few_documents_is_never_none(
    data: Path, tiny_encoder: Path, first: int, n: int, expected: int
) -> None:
    chosen = recipe(data, tiny_encoder)
    corpus = msgspec.structs.replace(chosen.corpus[0], dev=(), dev_share=0.2)
    (data / "train.txt").write_text("".join(RECORD.format(id=n) for n in range(first, first + n)), "utf-8")
    train, dev = split_gold(msgspec.structs.replace(chosen, corpus=(corpus,)), data)
    assert (len(train), len(dev)) == (n - expected, expected)


def test_an_abstract_under_another_number_is_held_out_too(data: Path, tiny_encoder: Path) -> None:
    (data / "dev.txt").write_text(RECORD.format(id=3).replace("3|", "900|").replace("3\t", "900\t"), "utf-8")
    train, dev = split_gold(recipe(data, tiny_encoder), data)
    assert [gold.document.id for gold in dev] == ["PMID:900"]
    assert "PMID:3" not in [gold.document.id for gold in train]


def test_labels_are_the_types_and_pairs_of_the_corpus(data: Path, tiny_encoder: Path) -> None:
    gold, _ = split_gold(recipe(data, tiny_encoder), data)
    labels = collect_labels(gold, frozenset())
    assert labels.entities == ("Chemical", "Disease")
    assert [(r.name, r.pairs, r.symmetric) for r in labels.relations] == [("CID", (("Chemical", "Disease"),), False)]
    assert true_pairs(gold[0]) == {("MESH:D009270", "CID", "MESH:D006973")}


def test_a_run_leaves_a_model_with_its_card_and_the_same_run_the_same_weights(data: Path, tiny_encoder: Path) -> None:
    chosen = recipe(data, tiny_encoder, epochs=2)
    report = train(chosen, data, data / "one", device="cpu", command="kgbuild train recipe.toml")
    again = train(chosen, data, data / "two", device="cpu")
    assert (data / "one/model.safetensors").read_bytes() == (data / "two/model.safetensors").read_bytes()
    assert report.mentions == again.mentions
    assert set(report.mentions["toy"]) == {"Chemical", "Disease", "all"}
    card = (data / "one/README.md").read_text("utf-8")
    assert "| toy | CC0 | Chemical, Disease | CID |" in card and "kgbuild train recipe.toml" in card
    assert not (data / "one/checkpoint.pt").exists()
    ranges = load_ranges(data / "one")["encoder.layer.0.attention.self.query"]  # (2, width)
    assert (ranges[0] < ranges[1]).all()


def test_a_run_begins_from_another_model(data: Path, tiny_encoder: Path, tmp_path: Path) -> None:
    train(recipe(data, tiny_encoder), data, tmp_path / "first", device="cpu")
    first = ExtractionModel.load(tmp_path / "first")
    wider = LabelSet(("Chemical", "Gene", "Disease"))
    model = ExtractionModel(Encoder.load(str(tiny_encoder)), wider)
    model.begin_from(tmp_path / "first")
    old, new = first.state_dict(), model.state_dict()
    assert torch.equal(new["neighbour_layer.weight"], old["neighbour_layer.weight"])
    assert torch.equal(new["mention_head.2.weight"][6:9], old["mention_head.2.weight"][3:6])  # of diseases
    assert torch.equal(new["mention_head.2.bias"][:3], old["mention_head.2.bias"][:3])
    assert not torch.equal(new["mention_head.2.weight"][3:6], old["mention_head.2.weight"][3:6])


def test_a_share_of_the_former_weights_is_kept(data: Path, tiny_encoder: Path) -> None:
    chosen = recipe(data, tiny_encoder, epochs=3)
    train(chosen, data, data / "first", device="cpu")
    half = msgspec.structs.replace(chosen, train=msgspec.structs.replace(chosen.train, keep=0.5))
    for name, settings in (("all", chosen), ("half", half)):
        train(settings, data, data / name, device="cpu", start=data / "first")
    first, new, kept = (
        ExtractionModel.load(data / name).state_dict()["neighbour_layer.weight"] for name in ("first", "all", "half")
    )
    assert float((new - first).norm()) > 0.1
    torch.testing.assert_close(kept, (first + new) / 2, atol=1e-3, rtol=1e-3)
    with pytest.raises(ConfigError, match="name one with --start"):
        train(half, data, data / "none", device="cpu")


def test_the_card_says_how_well_novelty_is_told(data: Path, tiny_encoder: Path) -> None:
    train(recipe(data, tiny_encoder), data, data / "untold", device="cpu")
    assert "told as new" not in (data / "untold/README.md").read_text("utf-8")
    for name in ("train.txt", "dev.txt"):
        text = (data / name).read_text("utf-8")
        (data / name).write_text(text.replace("CID\tD009270\tD006973", "CID\tD009270\tD006973\tNovel"), "utf-8")
    train(recipe(data, tiny_encoder, epochs=3), data, data / "told", device="cpu")
    assert "rightly of 1.000 of 2 pairs of mentions; 1.000 have" in (data / "told/README.md").read_text("utf-8")
    assert ExtractionModel.load(data / "told").labels.relations[0].tells_novelty


def test_relations_alone_leave_encoder_and_mentions_as_they_are(data: Path, tiny_encoder: Path) -> None:
    chosen = recipe(data, tiny_encoder)
    train(chosen, data, data / "first", device="cpu")
    with_relations = msgspec.structs.replace(chosen, relations=RelationSettings(epochs=5, batch_tokens=512))
    for name in ("second", "again"):
        train(with_relations, data, data / name, device="cpu", start=data / "first", only="relations")
    first, second = (ExtractionModel.load(data / name).state_dict() for name in ("first", "second"))
    changed = {name for name in first if not torch.equal(first[name], second[name])}
    assert {"relation_head.0.weight", "context_query.weight", "context_layer.weight"} <= changed
    assert all(name.startswith(RELATION_PARTS) for name in changed)
    assert (data / "second/model.safetensors").read_bytes() == (data / "again/model.safetensors").read_bytes()
    assert not (data / "second/relations.pt").exists()


class Names:
    """An ontology that knows nothing."""

    names_version = "1"

    def knows(self, name: str, type: str) -> bool:
        return False


def test_spans_alone_leave_all_weights_as_they_are(
    data: Path, tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(span_training, "MIN_MENTIONS", 2)
    (data / "dev.txt").write_text("".join(RECORD.format(id=n) for n in range(8, 20)), "utf-8")
    chosen = recipe(data, tiny_encoder)
    train(chosen, data, data / "first", device="cpu")
    assert SpanScorer.load(data / "first") is None
    with_spans = with_settings(chosen, spans=("Chemical",))
    for name in ("second", "again"):
        train(with_spans, data, data / name, device="cpu", start=data / "first", only="spans", names=Names())
    weights = [(data / name / "model.safetensors").read_bytes() for name in ("first", "second")]
    assert weights[0] == weights[1]
    scorer = SpanScorer.load(data / "second")
    assert scorer is not None
    assert set(scorer.weights) == {"Chemical"}
    assert scorer.usage.names["Chemical"]["naloxone"] == (14, 14)  # of seven records, one of which is for development
    for name in SCORER_FILES:
        assert (data / "second" / name).read_bytes() == (data / "again" / name).read_bytes()
    assert "F1 by tags alone" in (data / "second/README.md").read_text("utf-8")
    with pytest.raises(ConfigError, match=r"\[train\] spans needs the names of ontologies"):
        train(with_spans, data, data / "none", device="cpu")
    with pytest.raises(ConfigError, match=r"add \[train\] spans"):
        train(chosen, data, data / "none", device="cpu", start=data / "first", only="spans", names=Names())


def test_a_model_that_is_there_is_not_written_over(data: Path, tiny_encoder: Path) -> None:
    chosen = recipe(data, tiny_encoder)
    train(chosen, data, data / "first", device="cpu")
    before = (data / "first/model.safetensors").read_bytes()
    with pytest.raises(ConfigError, match="holds a model already"):
        train(with_settings(chosen, seed=2), data, data / "first", device="cpu")
    assert (data / "first/model.safetensors").read_bytes() == before


def test_what_a_corpus_does_not_annotate_is_refused_before_a_step(data: Path, tiny_encoder: Path) -> None:
    chosen = recipe(data, tiny_encoder)
    corpus = msgspec.structs.replace(chosen.corpus[0], entities=("Chemical", "Diseases"), relations=())
    with pytest.raises(
        ConfigError, match=r"'toy': entities: .* has Diseases; they have Chemical \(30\), Disease \(20\)"
    ):
        train(msgspec.structs.replace(chosen, corpus=(corpus,)), data, data / "typo", device="cpu")
    assert not (data / "typo").exists()


@pytest.mark.parametrize(
    ("old", "new"), [('licence = "CC0"', "dev_share = 1.5"), ("[[corpus]]", "[relations]\nepochs = -1\n[[corpus]]")]
)
def test_a_number_out_of_bounds_is_refused(data: Path, tiny_encoder: Path, old: str, new: str) -> None:
    recipe(data, tiny_encoder)
    path = data / "recipe.toml"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(ConfigError, match=r"recipe\.toml: \[.*(dev_share|epochs): Expected"):
        load_recipe(str(path))


def test_relations_follow_the_joint_training_where_the_recipe_says_so(data: Path, tiny_encoder: Path) -> None:
    chosen = recipe(data, tiny_encoder)
    steps: list[int] = []
    train(
        msgspec.structs.replace(chosen, relations=RelationSettings(epochs=3, batch_tokens=4096)),
        data,
        data / "both",
        device="cpu",
        progress=lambda step, n_steps, words: steps.append(step),
    )
    assert steps[-3:] == [1, 2, 3]  # all windows fit into one batch
    assert len(steps) > 3


def test_relations_alone_need_a_model_of_the_same_types_and_epochs(data: Path, tiny_encoder: Path) -> None:
    chosen = recipe(data, tiny_encoder)
    with_relations = msgspec.structs.replace(chosen, relations=RelationSettings(epochs=1))
    train(chosen, data, data / "first", device="cpu")
    with pytest.raises(ConfigError, match="--start"):
        train(with_relations, data, data / "none", device="cpu", only="relations")
    with pytest.raises(ConfigError, match=r"\[relations\] epochs"):
        train(chosen, data, data / "none", device="cpu", start=data / "first", only="relations")
    narrow = msgspec.structs.replace(
        with_relations, corpus=(msgspec.structs.replace(chosen.corpus[0], entities=("Chemical",), relations=()),)
    )
    with pytest.raises(ConfigError, match=r"found Chemical$"):
        train(narrow, data, data / "none", device="cpu", start=data / "first", only="relations")


def test_an_interrupted_run_of_relations_goes_on_and_never_beside_another_encoder(
    data: Path, tiny_encoder: Path
) -> None:
    chosen = msgspec.structs.replace(recipe(data, tiny_encoder), relations=RelationSettings(epochs=3))
    train(recipe(data, tiny_encoder), data, data / "first", device="cpu")
    train(chosen, data, data / "whole", device="cpu")

    def interrupt(step: int, n_steps: int, words: str) -> None:
        if words.startswith("relations epoch 3"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(chosen, data, data / "cut", device="cpu", progress=interrupt)
    with pytest.raises(ConfigError, match="another recipe"):
        train(chosen, data, data / "cut", device="cpu", start=data / "first", only="relations")
    train(chosen, data, data / "cut", device="cpu")
    assert (data / "cut/model.safetensors").read_bytes() == (data / "whole/model.safetensors").read_bytes()


def with_settings(chosen: Recipe, **settings: object) -> Recipe:
    return msgspec.structs.replace(chosen, train=msgspec.structs.replace(chosen.train, **settings))


def test_adapters_leave_a_model_like_any_other(data: Path, tiny_encoder: Path) -> None:
    report = train(
        with_settings(recipe(data, tiny_encoder, epochs=3), lora=4, learning_rate=0.1),
        data,
        data / "lora",
        device="cpu",
    )
    tuned = ExtractionModel.load(report.folder).state_dict()
    pretrained = Encoder.load(str(tiny_encoder)).state_dict()
    query, embeddings = (
        "transformer.encoder.layer.0.attention.self.query.weight",
        "transformer.embeddings.word_embeddings.weight",
    )
    assert not torch.allclose(tuned[f"encoder.{query}"], pretrained[query], atol=1e-3)
    assert torch.equal(tuned[f"encoder.{embeddings}"], pretrained[embeddings])


def test_a_run_that_no_longer_improves_ends_with_its_best_weights(
    data: Path, tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = iter([0.3, 0.5, 0.4, 0.2, 0.9])
    seen: list[torch.Tensor] = []

    def score(model: ExtractionModel, dev: object) -> float:
        seen.append(model.neighbour_layer.weight.detach().clone())
        return next(scores)

    monkeypatch.setattr("kgbuild.extract.training.development_score", score)
    train(with_settings(recipe(data, tiny_encoder, epochs=5), patience=2), data, data / "stopped", device="cpu")
    lines = (data / "stopped/metrics.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["score"] for line in lines] == [0.3, 0.5, 0.4, 0.2]  # the fifth epoch was not run
    kept = ExtractionModel.load(data / "stopped").neighbour_layer.weight
    assert [torch.equal(kept, weight.half().float()) for weight in seen] == [False, True, False, False]


def test_patience_without_development_documents_is_refused(data: Path, tiny_encoder: Path) -> None:
    chosen = with_settings(recipe(data, tiny_encoder), patience=2)
    (data / "dev.txt").unlink()
    alone = msgspec.structs.replace(chosen, corpus=(msgspec.structs.replace(chosen.corpus[0], dev=()),))
    with pytest.raises(ConfigError, match="dev_share"):
        train(alone, data, data / "out", device="cpu")


def test_the_score_of_a_run_is_the_mean_of_its_corpora(data: Path, tiny_encoder: Path) -> None:
    _, dev = split_gold(recipe(data, tiny_encoder), data)
    model = ExtractionModel(Encoder.load(str(tiny_encoder)), LabelSet(("Chemical", "Disease")))
    assert 0.0 <= development_score(model, dev) <= 1.0
    assert development_score(model, []) == 0.0


def test_figures_go_to_tensorboard_by_name(tmp_path: Path) -> None:
    recorder(tmp_path, "tensorboard")(1, {"loss": 0.5})
    assert list((tmp_path / "tensorboard").glob("events*"))
    assert json.loads((tmp_path / "metrics.jsonl").read_text("utf-8")) == {"epoch": 1, "loss": 0.5}


def test_an_unknown_tracker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="tracker must be one of tensorboard, wandb"):
        recorder(tmp_path, "paper")


def test_an_interrupted_run_goes_on_to_the_same_weights(data: Path, tiny_encoder: Path) -> None:
    chosen = recipe(data, tiny_encoder, epochs=2)
    train(chosen, data, data / "whole", device="cpu")

    def interrupt(step: int, n_steps: int, words: str) -> None:
        if step == n_steps:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(chosen, data, data / "cut", device="cpu", progress=interrupt)
    assert (data / "cut/checkpoint.pt").exists()
    train(chosen, data, data / "cut", device="cpu")
    assert (data / "cut/model.safetensors").read_bytes() == (data / "whole/model.safetensors").read_bytes()


def test_a_checkpoint_of_another_recipe_is_refused(data: Path, tiny_encoder: Path) -> None:
    def interrupt(step: int, n_steps: int, words: str) -> None:
        if step == n_steps:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(recipe(data, tiny_encoder, epochs=2), data, data / "cut", device="cpu", progress=interrupt)
    with pytest.raises(ConfigError, match="another recipe"):
        train(recipe(data, tiny_encoder, epochs=3), data, data / "cut", device="cpu")


def test_a_trained_model_annotates_documents_in_order(data: Path, tiny_encoder: Path) -> None:
    train(recipe(data, tiny_encoder), data, data / "model", device="cpu")
    extractor = TransformerExtractor(str(data / "model"), device="cpu")
    texts = ["Naloxone.", "", "Clonidine induced hypertension."]
    documents = [
        segment(Document(f"kgb:{n}", text, blocks=(Passage(Span(0, len(text)), "paragraph"),) if text else ()))
        for n, text in enumerate(texts)
    ]
    found = list(extractor.annotate(documents))
    assert [doc.id for doc in found] == ["kgb:0", "kgb:1", "kgb:2"]
    assert [doc.text for doc in found] == texts


def test_given_mentions_are_kept_and_only_relations_are_added(data: Path, tiny_encoder: Path) -> None:
    train(recipe(data, tiny_encoder), data, data / "model", device="cpu")
    config = data / "model/config.json"
    config.write_text(config.read_text("utf-8").replace('"threshold": 2.0', '"threshold": 0.0'), "utf-8")  # report all
    extractor = TransformerExtractor(str(data / "model"), device="cpu", relation_threshold=0.0)
    text = "Clonidine induced hypertension."
    given = (Mention(Span(0, 9), "Chemical", agent="given"), Mention(Span(18, 30), "Disease", agent="given"))
    doc = segment(Document("kgb:1", text, blocks=(Passage(Span(0, len(text)), "paragraph"),), mentions=given))
    (found,) = extractor.annotate([doc], given_mentions=True)
    assert found.mentions == given
    assert [(relation.subject, relation.predicate, relation.object) for relation in found.relations] == [
        ("0-9-Chemical", "CID", "18-30-Disease")
    ]


def test_a_mention_of_a_type_that_the_model_does_not_know_is_kept(data: Path, tiny_encoder: Path) -> None:
    train(recipe(data, tiny_encoder), data, data / "model", device="cpu")
    extractor = TransformerExtractor(str(data / "model"), device="cpu")
    given = (Mention(Span(0, 4), "CellType", agent="given"),)
    doc = segment(Document("kgb:1", "Mast cells.", blocks=(Passage(Span(0, 11), "paragraph"),), mentions=given))
    assert next(extractor.annotate([doc], given_mentions=True)).mentions == given


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[train]\nepoch = 3\n", r"r\.toml: \[train\] has no key 'epoch'; did you mean 'epochs'\?"),
        ("corpus = 3\n", r"expected a table \[\[corpus\]\]"),
        ("[[corpus]]\nname = 'x'\n", r"\[\[corpus\]\] 'x' lacks 'format'"),
        ("corpus = [", "expected a TOML file"),
    ],
)
def test_a_wrong_recipe_names_the_file_and_the_key(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "r.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=message):
        load_recipe(str(tmp_path / "r.toml"))


def test_an_unknown_recipe_lists_the_bundled_ones() -> None:
    with pytest.raises(ConfigError, match="science"):
        load_recipe("nothing")


def test_a_missing_corpus_file_is_named(data: Path, tiny_encoder: Path) -> None:
    chosen = recipe(data, tiny_encoder)
    (data / "train.txt").unlink()
    with pytest.raises(TrainingDataError, match=r"train\.txt"):
        split_gold(chosen, data)


def test_a_measurement_frame_joins_its_arguments(tmp_path: Path) -> None:
    text = "The conductivity of YSZ was 0.1 S/cm by EIS."
    places = {"PROPERTY": (4, 16), "MAT": (20, 23), "MEASUREMENT": (24, 27), "VALUE": (28, 36), "TECHNIQUE": (40, 43)}
    ids = {name: n for n, name in enumerate(places)}
    record = {
        "doc_id": "a",
        "title": None,
        "text": text,
        "sentences": [[0, len(text)]],
        "entities": [{"id": ids[t], "begin": a, "end": b, "type": t} for t, (a, b) in places.items()],
        "relations": [
            {"type": "measuresProperty", "governor": ids["MEASUREMENT"], "dependent": ids["PROPERTY"]},
            {"type": "conditionSampleFeatures", "governor": ids["MEASUREMENT"], "dependent": ids["MAT"]},
            {"type": "usesTechnique", "governor": ids["MEASUREMENT"], "dependent": ids["TECHNIQUE"]},
            {"type": "propertyValue", "governor": ids["PROPERTY"], "dependent": ids["VALUE"]},
        ],
    }
    path = tmp_path / "m.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(record).encode()))
    entities = frozenset({"Material", "Property", "Quantity", "Method"})
    relations = frozenset({"has_value", "has_property", "measured_by"})
    (gold,) = mulms.read(path, corpus="mulms", entities=entities, relations=relations)
    doc = gold.document
    named = {mention.id: doc.text_of(mention.span) for mention in doc.mentions}
    assert [(named[r.subject], r.predicate, named[r.object]) for r in doc.relations] == [
        ("conductivity", "has_value", "0.1 S/cm"),
        ("conductivity", "measured_by", "EIS"),
        ("YSZ", "has_property", "conductivity"),
    ]


def test_calibration_error_is_the_weighted_gap_of_the_bins() -> None:
    assert expected_calibration_error([], []) == 0.0
    # bin of 0.95: mean 0.95 against 1.0; bin of 0.15: mean 0.15 against 0.5
    assert expected_calibration_error([0.95, 0.95, 0.15, 0.15], [True, True, True, False]) == pytest.approx(0.2)


def test_the_bundled_model_can_be_loaded_and_read_a_sentence() -> None:
    text = "Cisplatin causes nephrotoxicity in rats."
    doc = segment(Document("kgb:1", text, blocks=(Passage(Span(0, len(text)), "paragraph"),)))
    (found,) = TransformerExtractor(device="cpu").annotate([doc])
    named = {(doc.text_of(mention.span), mention.type) for mention in found.mentions}
    assert {("Cisplatin", "Chemical"), ("nephrotoxicity", "Disease"), ("rats", "Species")} <= named


TAUGHT = """
[[corpus]]
name = "text"
format = "abstracts"
train = ["text.jsonl"]
entities = []
[pretrain]
epochs = 2
batch_tokens = 512
[teachers]
number = 2
epochs = 2
"""


def taught_recipe(data: Path, encoder: Path) -> Recipe:
    recipe(data, encoder)
    path = data / "recipe.toml"
    path.write_text(path.read_text("utf-8") + TAUGHT, "utf-8")
    lines = [{"id": n, "title": "Naloxone", "abstract": f"Clonidine and naloxone {n} in rats."} for n in range(6)]
    (data / "text.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return load_recipe(str(path))


def test_a_student_begins_as_the_mean_of_its_teachers_and_learns_what_they_say(data: Path, tiny_encoder: Path) -> None:
    chosen = taught_recipe(data, tiny_encoder)
    gold, _ = split_gold(chosen, data)
    model = begin(chosen, gold, device=torch.device("cpu"))
    examples = model_examples(model, gold, chosen.train)
    assert {example.corpus for example in examples} == {"toy", "text"}
    assert {example.corpus for example in annotated_only(examples)} == {"toy"}
    found = teach(model, examples, chosen, identity="", folder=data)
    student = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    weights = [torch.load(data / f"teacher-{n}.pt", weights_only=True)["model"] for n in (1, 2)]
    said = []
    for teacher in weights:
        model.load_state_dict(teacher)
        said.append(tag_probabilities(model, examples))
    name = "mention_head.2.weight"
    assert not torch.equal(weights[0][name], weights[1][name])
    assert torch.allclose(student[name], (weights[0][name] + weights[1][name]) / 2)
    for example, first, second in zip(found, *said, strict=True):
        assert example.taught is not None
        assert np.allclose(example.taught, (first + second) / 2, atol=2e-3)


def test_pretraining_and_teachers_give_the_same_weights_after_an_interruption(data: Path, tiny_encoder: Path) -> None:
    chosen = taught_recipe(data, tiny_encoder)
    parts: list[str] = []
    train(chosen, data, data / "whole", device="cpu", progress=lambda *told: parts.append(told[2].split("epoch")[0]))
    assert list(dict.fromkeys(parts)) == ["pretraining ", "teacher 1 of 2, ", "teacher 2 of 2, ", ""]
    for last in ("pretraining epoch 2", "teacher 1 of 2, epoch 2", "teacher 2 of 2, epoch 1"):

        def interrupt(done: int, total: int, words: str, last: str = last) -> None:
            if words.startswith(last):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            train(chosen, data, data / "cut", device="cpu", progress=interrupt)
    train(chosen, data, data / "cut", device="cpu")
    weights = [(data / name / "model.safetensors").read_bytes() for name in ("whole", "cut")]
    assert weights[0] == weights[1]
    left = {path.name for path in (data / "cut").iterdir()}
    assert left == {"README.md", "config.json", "metrics.jsonl", "model.safetensors", "ranges.safetensors"}
