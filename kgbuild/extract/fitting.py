"""The weights of a model fitted to examples: batches, losses, epochs, checkpoints, early stopping."""

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import numpy as np
import torch
from torch import Tensor, nn

from kgbuild.encoder import training_dtype
from kgbuild.errors import ConfigError
from kgbuild.extract.batch import pair_batch, word_batch
from kgbuild.extract.examples import Example
from kgbuild.extract.metrics import recorder
from kgbuild.extract.model import ExtractionModel
from kgbuild.extract.recipe import TrainSettings

__all__ = [
    "Loss",
    "Progress",
    "fit",
    "joint_loss",
    "mention_loss",
    "novelty_loss",
    "pair_loss",
    "plan_batches",
    "relation_loss",
    "taught_loss",
]

logger = logging.getLogger(__name__)

#: Steps after which the loss is asked for anew, to be shown: it is waited for until a GPU has come so far.
LOSS_STEPS = 10
#: told steps done, steps in all, a few words
Progress = Callable[[int, int, str], None]
#: of a model and a batch, to be made smaller
Loss = Callable[[Any, Sequence[Example]], Tensor]


def fit(
    model: nn.Module,
    examples: Sequence[Example],
    settings: TrainSettings,
    *,
    loss: Loss,
    identity: str,
    checkpoint: Path,
    shares: Mapping[str, float] = MappingProxyType({}),
    score: Callable[[], float] | None = None,
    part: str = "",
    progress: Progress | None = None,
) -> None:
    """Fit those parameters of the model that require a gradient, on its device, to the examples, or a share of theirs.

    Those whose names begin with "encoder." have a learning rate of their own. `shares` are of each corpus' examples in
    an epoch, all of those that it does not name.

    `checkpoint` is written after every epoch, an interrupted run goes on from it, and `metrics.jsonl` beside it. Where
    the settings have `patience` and there is a `score`, it is asked after each epoch and the model ends with its best
    weights. `part` is put before the names of what is recorded. ConfigError if the checkpoint was made with another
    `identity`.
    """
    if score is None:
        settings = msgspec.structs.replace(settings, patience=0)
    plan = [plan_batches(examples, shares, settings, epoch) for epoch in range(settings.epochs)]
    run = _Run(model, settings, sum(map(len, plan)), identity, checkpoint, loss)
    record = recorder(checkpoint.parent, settings.tracker)
    for epoch in range(run.epoch, settings.epochs):
        if settings.patience and epoch - run.best_epoch >= settings.patience:
            logger.info(
                "no better score for %d epochs; the weights of epoch %d stay", settings.patience, run.best_epoch
            )
            break
        losses: list[Tensor] = []
        torch.manual_seed(settings.seed + epoch)  # the same dropout whether resumed here or not
        model.train()
        for batch in plan[epoch]:
            losses.append(run.step(batch))
            if progress is not None:
                if len(losses) % LOSS_STEPS == 1:
                    words = f"{part}epoch {epoch + 1} of {settings.epochs}, loss {losses[-1].item():.3f}"
                progress(run.n_done, run.n_steps, words)
        values = {f"{part}loss": torch.stack(losses).mean().item() if losses else 0.0}
        if settings.patience and score is not None:
            model.eval()
            values["score"] = score()
        run.finish(epoch + 1, values.get("score", 0.0))
        record(epoch + 1, values)
        logger.info("epoch %d: %s", epoch + 1, ", ".join(f"{name} {value:.4f}" for name, value in values.items()))
    if settings.patience:
        model.load_state_dict(run.best)


def plan_batches(
    examples: Sequence[Example], shares: Mapping[str, float], settings: TrainSettings, epoch: int
) -> list[list[Example]]:
    """The batches of an epoch: another draw of each corpus' share, of alike lengths, in another order each time."""
    # lengths are jittered before they are sorted into batches, so that batches differ between epochs
    generator = random.Random(settings.seed * 1000 + epoch)
    lengths = [example.words.n_pieces(example.window) + 2 for example in examples]
    chosen = [i for i, example in enumerate(examples) if generator.random() < shares.get(example.corpus, 1.0)]
    order = sorted(chosen, key=lambda i: lengths[i] * generator.uniform(0.85, 1.15))
    batches: list[list[Example]] = []
    batch: list[int] = []
    for index in order:
        longest = max([lengths[i] for i in batch] + [lengths[index]])
        if batch and longest * (len(batch) + 1) > settings.batch_tokens:
            batches.append([examples[i] for i in batch])
            batch = []
        batch.append(index)
    if batch:
        batches.append([examples[i] for i in batch])
    generator.shuffle(batches)
    return batches


def mention_loss(logits: Tensor, tags: Tensor, mask: Tensor) -> Tensor:
    """Cross entropy per word, summed over the types that its corpus annotates.

    logits: (words, types, 3); tags, mask: (words, types). Words without an annotated type do not count.
    """
    losses = nn.functional.cross_entropy(logits.transpose(1, 2), tags, reduction="none")  # (words, types)
    return (losses * mask).sum() / mask.any(-1).sum().clamp(min=1)


def taught_loss(logits: Tensor, tags: Tensor, mask: Tensor, taught: Tensor, weight: float) -> Tensor:
    """Cross entropy per word, summed over all types, against what teachers say.

    logits, taught: (words, types, 3); tags, mask: (words, types). Where the corpus annotates a type, teachers count
    `weight` and the annotation the rest (Hinton et al. 2015, https://arxiv.org/abs/1503.02531).
    """
    annotated = nn.functional.one_hot(tags, 3) * (1 - weight) + taught * weight
    targets = torch.where(mask.unsqueeze(-1), annotated, taught.float())
    return nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(0, 1), reduction="sum") / len(logits)


def joint_loss(
    model: ExtractionModel, examples: Sequence[Example], *, relation_weight: float, teacher_weight: float = 0.0
) -> Tensor:
    """Of mentions and, `relation_weight` times, of relations, by one pass of the encoder.

    The mentions are learnt from teachers where all the examples have been taught.
    """
    device = next(model.parameters()).device
    batch = word_batch([(example.words, example.window) for example in examples], model.encoder, device)
    dtype = training_dtype(device)
    with torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
        words = model.words(batch)
        tags = torch.from_numpy(np.concatenate([example.tags for example in examples])).to(device).long()
        mask = torch.from_numpy(np.concatenate([example.tag_mask for example in examples])).to(device)
        taught = [example.taught for example in examples if example.taught is not None]
        logits = model.tags(words, batch)
        if len(taught) == len(examples):
            said = torch.from_numpy(np.concatenate(taught)).to(device)
            loss = taught_loss(logits, tags, mask, said, teacher_weight)
        else:
            loss = mention_loss(logits, tags, mask)
        if any(example.arguments.pairs for example in examples):
            loss = loss + relation_weight * pair_loss(model, examples, words, batch.offsets)
    return loss


def pair_loss(model: ExtractionModel, examples: Sequence[Example], words: Tensor, offsets: tuple[int, ...]) -> Tensor:
    """Of the relations between the pairs of the examples; words: (words, width) of their windows laid end to end."""
    pairs = pair_batch([example.arguments for example in examples], offsets, model.labels, words.device)
    targets = torch.cat([torch.from_numpy(e.relation_targets) for e in examples]).to(words.device)
    masks = [torch.from_numpy(e.relation_mask).expand(len(e.arguments.pairs), -1) for e in examples]
    logits, novel = model.relations(words, pairs)
    loss = relation_loss(logits, targets, pairs.allowed & torch.cat(masks).to(words.device))
    return loss + novelty_loss(novel, torch.cat([torch.from_numpy(e.novelty) for e in examples]).to(words.device))


def relation_loss(logits: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """Binary cross entropy per pair, summed over the relations that may join it and that its corpus annotates.

    logits, targets, mask: (pairs, relations).
    """
    losses = nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return (losses * mask).sum() / mask.any(-1).sum().clamp(min=1)


def novelty_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Binary cross entropy per pair of which the corpus says whether it is told as new; targets NaN elsewhere.

    logits, targets: (pairs,).
    """
    known = ~targets.isnan()
    losses = nn.functional.binary_cross_entropy_with_logits(logits, targets.nan_to_num(), reduction="none")
    return (losses * known).sum() / known.sum().clamp(min=1)


class _Run:
    """Optimizer, schedule and what a checkpoint holds."""

    def __init__(
        self,
        model: nn.Module,
        settings: TrainSettings,
        n_steps: int,
        identity: str,
        checkpoint: Path,
        loss: Loss,
    ) -> None:
        self.n_steps = n_steps
        self.n_done = self.epoch = self.best_epoch = 0
        self.best_score = float("-inf")
        self.best: dict[str, Any] = {}
        self._model = model
        self._settings = settings
        self._identity = identity
        self._checkpoint = checkpoint
        self._loss = loss
        encoder = [p for name, p in model.named_parameters() if name.startswith("encoder.") and p.requires_grad]
        heads = [p for name, p in model.named_parameters() if not name.startswith("encoder.") and p.requires_grad]
        self._parameters = [*encoder, *heads]
        self._optimizer = torch.optim.AdamW(
            [{"params": encoder, "lr": settings.learning_rate}, {"params": heads, "lr": settings.head_learning_rate}],
            weight_decay=settings.weight_decay,
            fused=True,
        )
        n_warmup = max(int(n_steps * settings.warmup), 1)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, lambda step: min(step / n_warmup, (n_steps - step) / max(n_steps - n_warmup, 1))
        )
        if checkpoint.exists():
            self._restore()

    def step(self, batch: Sequence[Example]) -> Tensor:
        """One step of the optimizer; the loss before it."""
        loss = self._loss(self._model, batch)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimizer.step()
        self._schedule.step()
        self.n_done += 1
        return loss.detach()

    def finish(self, epoch: int, score: float) -> None:
        """Keep the weights if they are the best so far, and leave a checkpoint."""
        self.epoch = epoch
        if self._settings.patience and score > self.best_score:
            self.best_score, self.best_epoch = score, epoch
            self.best = {name: tensor.detach().clone() for name, tensor in self._model.state_dict().items()}
        state = {
            "identity": self._identity,
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "step": self.n_done,
            "epoch": epoch,
            "best": (self.best_score, self.best_epoch, self.best),
        }
        temporary = self._checkpoint.with_suffix(".tmp")
        torch.save(state, temporary)
        temporary.replace(self._checkpoint)

    def _restore(self) -> None:
        device = self._parameters[0].device
        state = torch.load(self._checkpoint, map_location=device, weights_only=True)
        if state["identity"] != self._identity:
            raise ConfigError(
                f"{self._checkpoint} belongs to another recipe or other data; choose another output folder"
            )
        self._model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self.n_done, self.epoch = state["step"], state["epoch"]
        self.best_score, self.best_epoch, self.best = state["best"]
