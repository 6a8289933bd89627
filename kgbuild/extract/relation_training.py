"""The relations of a model fitted by themselves: its encoder stays, and each window is encoded once for all epochs.

An epoch takes seconds a thousand windows instead of minutes, so that corpora are seen in full of which the training of
everything at once affords a share.
"""

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import msgspec
import torch
from torch import Tensor

from kgbuild.extract.examples import Example
from kgbuild.extract.fitting import Progress, fit, pair_loss
from kgbuild.extract.inference import each_window
from kgbuild.extract.model import RELATION_PARTS, ExtractionModel
from kgbuild.extract.recipe import Recipe

__all__ = ["fit_relations"]

BATCH_TOKENS = 8192


def fit_relations(
    model: ExtractionModel,
    examples: Sequence[Example],
    recipe: Recipe,
    *,
    identity: str,
    checkpoint: Path,
    progress: Progress | None = None,
) -> None:
    """Fit what only relations use to all windows with pairs, whatever the shares of their corpora.

    Goes on from the checkpoint of an interrupted run. Afterwards all parameters require a gradient again that did
    before. The vectors of the windows are held in memory: 0.8 kB a word for an encoder of width 384.
    """
    paired = [example for example in examples if example.arguments.pairs]
    if not paired:
        return
    settings = msgspec.structs.replace(
        recipe.train,
        epochs=recipe.relations.epochs,
        head_learning_rate=recipe.relations.learning_rate,
        batch_tokens=recipe.relations.batch_tokens,
    )
    vectors = dict(zip(map(id, paired), _encoded(model, paired), strict=True))

    def loss(model: ExtractionModel, batch: Sequence[Example]) -> Tensor:
        found = [vectors[id(example)] for example in batch]
        offsets = tuple(accumulate(map(len, found), initial=0))
        words = model.dropout(torch.cat(found).to(next(model.parameters()).device).float())
        return pair_loss(model, batch, words, offsets)

    wanted = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith(RELATION_PARTS))
    fit(
        model,
        paired,
        settings,
        loss=loss,
        identity=identity,
        checkpoint=checkpoint,
        part="relations ",
        progress=progress,
    )
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in wanted)


def _encoded(model: ExtractionModel, examples: Sequence[Example]) -> list[Tensor]:
    """The vectors of the words of each example, (words, width) of float16 on the CPU, as they are without dropout."""
    windows = [(example.words, example.window) for example in examples]
    device = next(model.parameters()).device
    found = each_window(model, windows, device, lambda words, _: (words.half().cpu(),), batch_tokens=BATCH_TOKENS)
    return [words for (words,) in found]
