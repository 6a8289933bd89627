"""Training of an extraction model by a recipe: batches, losses, checkpoints, scores on development documents.

A run is resumable: each epoch leaves a checkpoint, and a run with the same recipe goes on from it. The same recipe,
data and seed give the same weights on the same machine and number of threads.
"""

import json
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch
from torch import Tensor, nn

from kgbuild.document import content_hash
from kgbuild.encoder import Encoder, choose_device, choose_dtype
from kgbuild.errors import ConfigError
from kgbuild.extract.batch import pair_batch, word_batch
from kgbuild.extract.calibration import fit_bias, fit_calibration
from kgbuild.extract.card import write_card
from kgbuild.extract.examples import Example, collect_labels, make_examples
from kgbuild.extract.gold import GoldDocument
from kgbuild.extract.model import ExtractionModel
from kgbuild.extract.recipe import Recipe, TrainSettings, split_gold
from kgbuild.extract.scoring import Scores, decode_again, mention_scores, predict_gold, relation_scores
from kgbuild.extract.windows import read_words

__all__ = ["TrainReport", "describe", "train"]

logger = logging.getLogger(__name__)

Progress = Callable[[int, int, str], None]


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
    command: str = "kgbuild train",
    progress: Progress | None = None,
) -> TrainReport:
    """Train by the recipe on the corpora under `data` and write weights, config and card to `output`.

    `start` is a model to begin from, perhaps of other types and relations, instead of the pretrained encoder alone.
    `progress` is told steps done, steps in all and a few words; `command` stands in the card as what made the model.
    ConfigError if `output` holds a run of another recipe.
    """
    settings = recipe.train
    torch.manual_seed(settings.seed)
    gold, dev = split_gold(recipe, data)
    symmetric = frozenset(name for corpus in recipe.corpus if corpus.symmetric for name in corpus.relations)
    labels = collect_labels(gold, symmetric)
    model = ExtractionModel(Encoder.load(settings.encoder), labels)
    if start is not None:
        model.begin_from(start)
    if settings.freeze_word_embeddings:
        model.encoder.transformer.get_input_embeddings().weight.requires_grad_(False)  # type: ignore[operator]
    target = choose_device(device)
    model.to(target)
    logger.info("%d documents to train on, %d to develop on, %d types", len(gold), len(dev), len(labels.entities))
    examples = _examples(model, gold, settings)
    shares = {corpus.name: corpus.share for corpus in recipe.corpus}
    output.mkdir(parents=True, exist_ok=True)
    _fit(
        model,
        examples,
        shares,
        settings,
        _identity(recipe, model, examples),
        target,
        output / "checkpoint.pt",
        progress,
    )
    model.save(output)
    report = describe(recipe, output, dev, device=target, command=command)
    (output / "checkpoint.pt").unlink()
    return report


def describe(
    recipe: Recipe, folder: Path, dev: Sequence[GoldDocument], *, device: torch.device, command: str
) -> TrainReport:
    """Calibrate and score the model in a folder on development documents; its config and card are written anew."""
    model = ExtractionModel.load(folder).to(device)  # what was written: float16 weights
    predictions = list(predict_gold(model, dev))
    model.labels = fit_bias(model.labels, predictions)
    predictions = [decode_again(prediction, model.labels) for prediction in predictions]
    model.labels = fit_calibration(model.labels, predictions)
    model.save_config(folder)
    write_card(folder / "README.md", recipe, model, predictions, command=command)
    return TrainReport(folder, mention_scores(predictions), relation_scores(predictions, model.labels))


def mention_loss(logits: Tensor, tags: Tensor, mask: Tensor) -> Tensor:
    """Cross entropy per word, summed over the types that its corpus annotates.

    logits: (words, types, 3); tags, mask: (words, types). Words without an annotated type do not count.
    """
    losses = nn.functional.cross_entropy(logits.transpose(1, 2), tags, reduction="none")  # (words, types)
    return (losses * mask).sum() / mask.any(-1).sum().clamp(min=1)


def relation_loss(logits: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """Binary cross entropy per pair, summed over the relations that may join it and that its corpus annotates.

    logits, targets, mask: (pairs, relations).
    """
    losses = nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return (losses * mask).sum() / mask.any(-1).sum().clamp(min=1)


def _examples(model: ExtractionModel, gold: Sequence[GoldDocument], settings: TrainSettings) -> list[Example]:
    words = read_words([item.document for item in gold], model.encoder.tokenizer)
    size = min(settings.window, model.encoder.max_pieces)
    return [
        example
        for item, item_words in zip(gold, words, strict=True)
        for example in make_examples(item, item_words, model.labels, size=size, overlap=settings.overlap)
    ]


def _fit(
    model: ExtractionModel,
    examples: Sequence[Example],
    shares: Mapping[str, float],
    settings: TrainSettings,
    identity: str,
    device: torch.device,
    checkpoint: Path,
    progress: Progress | None,
) -> None:
    encoder = [p for p in model.encoder.parameters() if p.requires_grad]
    heads = [p for name, p in model.named_parameters() if not name.startswith("encoder.") and p.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": encoder, "lr": settings.learning_rate}, {"params": heads, "lr": settings.head_learning_rate}],
        weight_decay=settings.weight_decay,
        fused=True,
    )
    plan = [_batches(examples, shares, settings, epoch) for epoch in range(settings.epochs)]
    n_steps = sum(len(batches) for batches in plan)
    n_warmup = max(int(n_steps * settings.warmup), 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(step / n_warmup, (n_steps - step) / max(n_steps - n_warmup, 1))
    )
    step, first_epoch = 0, 0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        if state["identity"] != identity:
            raise ConfigError(f"{checkpoint} belongs to another recipe or other data; choose another output folder")
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        step, first_epoch = state["step"], state["epoch"]
    for epoch in range(first_epoch, settings.epochs):
        torch.manual_seed(settings.seed + epoch)  # the same dropout whether resumed here or not
        model.train()
        for batch in plan[epoch]:
            loss = _step(model, [examples[i] for i in batch], settings, device)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_([*encoder, *heads], 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            if progress is not None:
                progress(step, n_steps, f"epoch {epoch + 1} of {settings.epochs}, loss {loss.item():.3f}")
        state = {
            "identity": identity,
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "schedule": schedule.state_dict(),
            "step": step,
            "epoch": epoch + 1,
        }
        temporary = checkpoint.with_suffix(".tmp")
        torch.save(state, temporary)
        temporary.replace(checkpoint)
        logger.info("%s", json.dumps({"epoch": epoch + 1, "steps": step}))


def _step(model: ExtractionModel, examples: Sequence[Example], settings: TrainSettings, device: torch.device) -> Tensor:
    batch = word_batch([(example.words, example.window) for example in examples], model.encoder, device)
    dtype = choose_dtype(device)
    with torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
        words = model.words(batch)
        tags = torch.cat([torch.from_numpy(example.tags) for example in examples]).to(device)
        mask = torch.cat([torch.from_numpy(example.tag_mask) for example in examples]).to(device)
        loss = mention_loss(model.tags(words, batch), tags, mask)
        if any(example.arguments.pairs for example in examples):
            pairs = pair_batch([example.arguments for example in examples], batch.offsets, model.labels, device)
            logits = model.relations(words, pairs)
            targets = torch.cat([torch.from_numpy(example.relation_targets) for example in examples]).to(device)
            known = torch.cat(
                [torch.from_numpy(e.relation_mask).expand(len(e.arguments.pairs), -1) for e in examples]
            ).to(device)
            loss = loss + settings.relation_weight * relation_loss(logits, targets, pairs.allowed & known)
    return loss


def _identity(recipe: Recipe, model: ExtractionModel, examples: Sequence[Example]) -> str:
    # of recipe, data and the weights to begin from: what a checkpoint must agree with
    weights = sum(float(parameter.detach().double().abs().sum()) for parameter in model.parameters())
    return content_hash(msgspec.json.encode(recipe).decode(), str(len(examples)), f"{weights:.3f}")


def _batches(
    examples: Sequence[Example], shares: Mapping[str, float], settings: TrainSettings, epoch: int
) -> list[list[int]]:
    # lengths are jittered before they are sorted into batches, so that batches differ between epochs
    generator = random.Random(settings.seed * 1000 + epoch)
    lengths = [int(e.words.piece_start[e.window.end] - e.words.piece_start[e.window.start]) + 2 for e in examples]
    chosen = [i for i, example in enumerate(examples) if generator.random() < shares.get(example.corpus, 1.0)]
    order = sorted(chosen, key=lambda i: lengths[i] * generator.uniform(0.85, 1.15))
    batches: list[list[int]] = []
    batch: list[int] = []
    for index in order:
        longest = max([lengths[i] for i in batch] + [lengths[index]])
        if batch and longest * (len(batch) + 1) > settings.batch_tokens:
            batches.append(batch)
            batch = []
        batch.append(index)
    if batch:
        batches.append(batch)
    generator.shuffle(batches)
    return batches
