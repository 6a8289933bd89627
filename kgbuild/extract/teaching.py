"""Teachers: models trained alike but for their seeds, and one that begins as their mean and learns what they say.

Corpora annotate a few types each, and most text nothing at all; a model trained on all corpora knows all types
everywhere. The mean of what several say is better than what each says, and one model can learn most of it (Hinton et
al. 2015, https://arxiv.org/abs/1503.02531). The mean of their weights, which they left from the same place, is a good
one to begin with (Wortsman et al. 2022, https://arxiv.org/abs/2203.05482).
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kgbuild.extract.examples import Example
from kgbuild.extract.fitting import Progress, fit, joint_loss
from kgbuild.extract.inference import each_window
from kgbuild.extract.model import ExtractionModel
from kgbuild.extract.recipe import Recipe

__all__ = ["annotated_only", "tag_probabilities", "teach"]

BATCH_TOKENS = 8192


def teach(
    model: ExtractionModel,
    examples: Sequence[Example],
    recipe: Recipe,
    *,
    identity: str,
    folder: Path,
    progress: Progress | None = None,
) -> list[Example]:
    """The examples with what teachers say of their words; the model is left with the mean of the teachers' weights.

    Teachers leave from the model as it is. The checkpoint of each is kept in the folder, so that an interrupted run
    goes on.
    """
    began = _copied(model)
    n_teachers = recipe.teachers.number
    annotated = annotated_only(examples)
    weights = {name: torch.zeros_like(tensor) for name, tensor in began.items()}
    said = [np.zeros((*example.tags.shape, 3), dtype=np.float16) for example in examples]
    for number in range(1, n_teachers + 1):
        model.load_state_dict(began)
        seed = recipe.train.seed + number
        fit(
            model,
            annotated,
            msgspec.structs.replace(recipe.train, epochs=recipe.teachers.epochs, seed=seed),
            loss=partial(joint_loss, relation_weight=recipe.train.relation_weight),
            identity=f"{identity} {number}",
            checkpoint=folder / f"teacher-{number}.pt",
            shares=recipe.shares,
            part=f"teacher {number} of {n_teachers}, ",
            progress=progress,
        )
        for name, tensor in _copied(model).items():
            weights[name] += tensor / n_teachers
        for total, found in zip(said, tag_probabilities(model, examples), strict=True):
            total += found / n_teachers
    model.load_state_dict(weights)
    return [replace(example, taught=found) for example, found in zip(examples, said, strict=True)]


def _copied(model: ExtractionModel) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def annotated_only(examples: Sequence[Example]) -> list[Example]:
    """Those examples in which something is annotated, or known not to be there."""
    return [example for example in examples if example.tag_mask.any()]


def tag_probabilities(model: ExtractionModel, examples: Sequence[Example]) -> list[NDArray[np.float16]]:
    """What a model says of the words of each example, (words, types, 3)."""
    windows = [(example.words, example.window) for example in examples]
    device = next(model.parameters()).device
    found = each_window(
        model,
        windows,
        device,
        lambda words, batch: (model.tags(words, batch).softmax(-1).half().cpu(),),
        batch_tokens=BATCH_TOKENS,
    )
    return [said.numpy() for (said,) in found]
