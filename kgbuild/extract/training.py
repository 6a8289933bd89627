"""Training of an extraction model by a recipe: batches, losses, checkpoints, scores on development documents.

A run is resumable: each epoch leaves a checkpoint, and a run with the same recipe goes on from it. The same recipe,
data and seed give the same weights on the same machine and number of threads.
"""

import logging
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import msgspec
import torch
from torch import Tensor, nn

from kgbuild.concept import KnownNames
from kgbuild.document import content_hash
from kgbuild.encoder import Encoder, choose_device
from kgbuild.errors import ConfigError
from kgbuild.extract.calibration import fit_bias, fit_calibration
from kgbuild.extract.card import write_card
from kgbuild.extract.examples import Example, collect_labels, make_examples
from kgbuild.extract.fitting import Progress, fit, joint_loss
from kgbuild.extract.gold import GoldDocument
from kgbuild.extract.inference import encode
from kgbuild.extract.model import ExtractionModel
from kgbuild.extract.pretraining import pretrain
from kgbuild.extract.recipe import Recipe, TrainSettings, require_annotated, split_gold
from kgbuild.extract.relation_training import fit_relations
from kgbuild.extract.scoring import (
    BATCH_TOKENS,
    CHUNK,
    Scores,
    decode_again,
    mention_scores,
    predict_gold,
    relation_scores,
)
from kgbuild.extract.span_training import count_usage, fit_spans
from kgbuild.extract.teaching import annotated_only, teach
from kgbuild.extract.usage import Usage
from kgbuild.extract.windows import read_words
from kgbuild.int8 import observe_ranges, save_ranges

__all__ = ["TrainReport", "begin", "describe", "development_score", "model_examples", "train", "usual_ranges"]

logger = logging.getLogger(__name__)

#: Documents in which it is observed within which ranges the encoder computes; up to twice as many.
RANGE_DOCUMENTS = 200


@dataclass(frozen=True, slots=True)
class TrainReport:
    """Where the model lies and how it scores on development documents."""

    folder: Path
    mentions: Scores
    relations: Scores


def train(
    recipe: Recipe,
    data: Path,
    output: Path,
    *,
    device: str = "auto",
    start: Path | None = None,
    only: Literal["", "relations", "spans"] = "",
    names: KnownNames | None = None,
    command: str = "kgbuild train",
    progress: Progress | None = None,
) -> TrainReport:
    """Train by the recipe on the corpora under `data` and write weights, config and card to `output`.

    `start` is a model to begin from, perhaps of other types and relations, instead of the pretrained encoder alone;
    with `only` its encoder and mentions stay as they are, and one part of the recipe is run. `names` are those that
    ontologies know, for a recipe with `spans`.
    `progress` is told steps done, steps in all and a few words; `command` stands in the card as what made the model.
    ConfigError if `output` holds a run of another recipe, there is nothing to do, or patience without documents for it.
    """
    settings = recipe.train
    if (output / "model.safetensors").exists() and not any(output.glob("*.pt")):
        raise ConfigError(f"{output} holds a model already; choose another folder, or remove it")
    if only and start is None:
        raise ConfigError(f"{only} alone are learnt of a model that is there already; name it with --start")
    if only == "relations" and not recipe.relations.epochs:
        raise ConfigError(
            "relations alone were asked for, and the recipe has no epochs for them; add [relations] epochs"
        )
    if only == "spans" and not settings.spans:
        raise ConfigError("spans alone were asked for, and the recipe has none; add [train] spans, a list of types")
    if settings.spans and names is None:
        raise ConfigError("[train] spans needs the names of ontologies")
    gold, dev = split_gold(recipe, data)
    require_annotated(recipe, [*gold, *dev], data)
    if settings.patience and not dev:
        # without a score the first epoch would be the best one
        raise ConfigError("[train] patience needs development documents; give a corpus dev files or a dev_share")
    if settings.keep and start is None:
        raise ConfigError("[train] keep is a share of the model that a run begins from; name one with --start")
    if settings.keep and settings.lora:
        raise ConfigError("[train] keep is for runs that train the whole encoder; leave it out, or lora")
    target = choose_device(device)
    model = begin(recipe, gold, device=target, start=start, keeps_types=bool(only))
    n_types = len(model.labels.entities)
    logger.info("%d documents to train on, %d to develop on, %d types", len(gold), len(dev), n_types)
    examples = model_examples(model, gold, settings) if only != "spans" else []
    output.mkdir(parents=True, exist_ok=True)
    joint, alone = output / "checkpoint.pt", output / "relations.pt"
    if not only:
        kept = [(name, p) for name, p in model.named_parameters() if p.requires_grad and settings.keep]
        former = {name: parameter.detach().clone() for name, parameter in kept}
        examples = _prepare(model, examples, recipe, output, progress)
        fit(
            model,
            examples,
            settings,
            loss=partial(joint_loss, relation_weight=settings.relation_weight, teacher_weight=recipe.teachers.weight),
            identity=_identity(recipe, model, examples),
            checkpoint=joint,
            shares=recipe.shares,
            score=lambda: development_score(model, dev),
            progress=progress,
        )
        _keep(model, former, settings.keep)
    if settings.lora:
        _merge_adapters(model, settings)
    if recipe.relations.epochs and only != "spans":
        # its identity is of the encoder as it is now: what was fitted beside another one is of no use
        identity = _identity(recipe, model, examples)
        fit_relations(model, examples, recipe, identity=identity, checkpoint=alone, progress=progress)
    model.save(output)
    save_ranges(usual_ranges(model, gold), output)
    usage = None
    if settings.spans and names is not None:
        usage = count_usage(gold, model.encoder.tokenizer, settings.spans, names)
    report = describe(recipe, output, dev, device=target, command=command, usage=usage, names=names)
    for file in output.glob("*.pt"):
        file.unlink()
    return report


def usual_ranges(model: ExtractionModel, gold: Sequence[GoldDocument]) -> dict[str, Tensor]:
    """Within which bounds the inputs of the encoder's layers lie, in a sample of the documents."""
    sample = [item.document for item in gold[:: max(len(gold) // RANGE_DOCUMENTS, 1)]]
    device = next(model.parameters()).device
    with observe_ranges(model.encoder.transformer) as observed:
        for start in range(0, len(sample), CHUNK):
            encode(model, sample[start : start + CHUNK], device, batch_tokens=BATCH_TOKENS)
    return observed.ranges()


def _prepare(
    model: ExtractionModel, examples: list[Example], recipe: Recipe, output: Path, progress: Progress | None
) -> list[Example]:
    """Pretraining and teachers, as far as the recipe has them; the examples to train on."""
    if recipe.pretrain.epochs:
        identity = _identity(recipe, model, examples)
        checkpoint = output / "pretrained.pt"
        pretrain(model.encoder, examples, recipe, identity=identity, checkpoint=checkpoint, progress=progress)
    if not recipe.teachers.number:
        return annotated_only(examples)
    identity = _identity(recipe, model, examples)
    return teach(model, examples, recipe, identity=identity, folder=output, progress=progress)


def begin(
    recipe: Recipe,
    gold: Sequence[GoldDocument],
    *,
    device: torch.device,
    start: Path | None = None,
    keeps_types: bool = False,
) -> ExtractionModel:
    """The model of a recipe as it is before its first step, with the types and relations of its training documents.

    ConfigError if it `keeps_types` of the model to start from, and those are others.
    """
    torch.manual_seed(recipe.train.seed)
    symmetric = frozenset(name for corpus in recipe.corpus if corpus.symmetric for name in corpus.relations)
    labels = collect_labels(gold, symmetric)
    model = ExtractionModel(Encoder.load(recipe.train.encoder), labels)
    if start is not None:
        known = model.begin_from(start)
        if keeps_types and set(known.entities) != set(labels.entities):
            raise ConfigError(
                f"a part alone leaves the mentions of {start} as they are; expected a recipe of its types "
                f"{', '.join(known.entities)}, found {', '.join(labels.entities)}"
            )
    _choose_parameters(model, recipe.train)
    return model.to(device)


def describe(
    recipe: Recipe,
    folder: Path,
    dev: Sequence[GoldDocument],
    *,
    device: torch.device,
    command: str,
    usage: Usage | None = None,
    names: KnownNames | None = None,
) -> TrainReport:
    """Calibrate and score the model in a folder on development documents; its config and card are written anew.

    With the `usage` of names in training documents, and those that ontologies know, it learns to weigh spans as well.
    """
    model = ExtractionModel.load(folder).to(device)  # what was written: float16 weights
    predictions = list(predict_gold(model, dev))
    model.labels = fit_bias(model.labels, predictions)
    predictions = [decode_again(prediction, model.labels) for prediction in predictions]
    model.labels = fit_calibration(model.labels, predictions)
    model.save_config(folder)
    by_tags = mention_scores(predictions)
    weighed: tuple[str, ...] = ()
    if usage is not None and names is not None:
        scorer, predictions = fit_spans(predictions, model.labels, recipe.train.spans, usage, names)
        scorer.save(folder)
        weighed = tuple(scorer.weights)
    write_card(folder / "README.md", recipe, model, predictions, by_tags=by_tags, weighed=weighed, command=command)
    return TrainReport(folder, mention_scores(predictions), relation_scores(predictions, model.labels))


def development_score(model: ExtractionModel, dev: Sequence[GoldDocument]) -> float:
    """Mean over corpora of the F1 of their mentions and, where they have relations, of those; 0 without documents."""
    predictions = list(predict_gold(model, dev))
    labels = fit_calibration(model.labels, predictions)
    scores = [*mention_scores(predictions).values(), *relation_scores(predictions, labels).values()]
    return sum(corpus["all"][2] for corpus in scores) / max(len(scores), 1)


def _keep(model: ExtractionModel, former: Mapping[str, Tensor], share: float) -> None:
    """Move the parameters this share of the way back to what they were before."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name in former:
                parameter.lerp_(former[name], share)


def _choose_parameters(model: ExtractionModel, settings: TrainSettings) -> None:
    """What of the encoder is trained: adapters, everything, or everything but the word embeddings."""
    if settings.lora:
        model.encoder.transformer = _with_adapters(model.encoder.transformer, settings.lora)
    elif settings.freeze_word_embeddings:
        model.encoder.word_embeddings.requires_grad_(False)


def _with_adapters(transformer: nn.Module, rank: int) -> nn.Module:
    try:
        import peft
    except ImportError as error:
        raise ConfigError("[train] lora needs the package peft: pip install 'kgbuild[lora]'") from error
    settings = peft.LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=0.05, target_modules="all-linear")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers by names that those have given up
        return peft.get_peft_model(transformer, settings)


def _merge_adapters(model: ExtractionModel, settings: TrainSettings) -> None:
    model.encoder.transformer = model.encoder.transformer.merge_and_unload()  # type: ignore[operator]
    model.requires_grad_(True)  # all of it is to be saved ...
    if settings.freeze_word_embeddings:  # ... but what is the encoder's own
        model.encoder.word_embeddings.requires_grad_(False)


def model_examples(model: ExtractionModel, gold: Sequence[GoldDocument], settings: TrainSettings) -> list[Example]:
    """The windows of the documents, as the model's encoder and labels need them."""
    words = read_words([item.document for item in gold], model.encoder.tokenizer)
    size = min(settings.window, model.encoder.max_pieces)
    return [
        example
        for item, item_words in zip(gold, words, strict=True)
        for example in make_examples(item, item_words, model.labels, size=size, overlap=settings.overlap)
    ]


def _identity(recipe: Recipe, model: ExtractionModel, examples: Sequence[Example]) -> str:
    # of recipe, data and the weights to begin from: what a checkpoint must agree with
    weights = sum(float(parameter.detach().double().abs().sum()) for parameter in model.parameters())
    return content_hash(msgspec.json.encode(recipe).decode(), str(len(examples)), f"{weights:.3f}")
