"""An encoder made at home in the language of a recipe's texts: it guesses words that are hidden from it.

Masked language modelling (Devlin et al. 2019, https://arxiv.org/abs/1810.04805) of whole words, on the texts that a
task is trained on and others of its field (Gururangan et al. 2020, https://arxiv.org/abs/2004.10964). The word
embeddings stay as they are, as input and as output.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import torch
from torch import Tensor, nn

from kgbuild.encoder import Encoder, training_dtype
from kgbuild.errors import ConfigError
from kgbuild.extract.batch import word_batch
from kgbuild.extract.examples import Example
from kgbuild.extract.fitting import Progress, fit
from kgbuild.extract.model import WordBatch
from kgbuild.extract.recipe import Recipe

__all__ = ["MaskedLanguageModel", "hide_words", "pretrain"]

#: Share of the words that are hidden: all of their pieces.
HIDDEN_SHARE = 0.2
#: Of the hidden words' pieces so many are masked, and as many of the rest replaced by any piece as left as they are.
MASKED_SHARE = 0.8
MASKS = ("[MASK]", "<mask>")


class MaskedLanguageModel(nn.Module):
    """An encoder with a head that names the pieces of hidden words."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        n_pieces, width = encoder.word_embeddings.shape
        self.head = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.bias = nn.Parameter(torch.zeros(n_pieces))
        found = [piece for name in MASKS if (piece := encoder.tokenizer.token_to_id(name)) is not None]
        if not found:
            raise ConfigError(f"the encoder {encoder.name!r} has no piece {' or '.join(MASKS)}; leave out [pretrain]")
        self.mask = found[0]

    def loss(self, examples: Sequence[Example]) -> Tensor:
        """Cross entropy of the pieces of hidden words, mean over them."""
        device = self.bias.device
        batch = word_batch([(example.words, example.window) for example in examples], self.encoder, device)
        shown, hidden = hide_words(batch, mask=self.mask, n_pieces=len(self.bias))
        dtype = training_dtype(device)
        with torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
            states = self.encoder(shown, batch.attention_mask)[hidden]  # (hidden pieces, width)
            logits = nn.functional.linear(self.head(states), self.encoder.word_embeddings, self.bias)
            return nn.functional.cross_entropy(logits.float(), batch.piece_ids[hidden])


def hide_words(batch: WordBatch, *, mask: int, n_pieces: int) -> tuple[Tensor, Tensor]:
    """The pieces with a share of the words hidden, and which these are; both (batch, length)."""
    pieces = batch.piece_ids.flatten()
    device = pieces.device
    draw = torch.rand(len(batch.first_piece), device=device)
    chosen = ((draw < HIDDEN_SHARE) | (draw == draw.min())).to(torch.int64)  # one at least
    edges = torch.zeros(len(pieces) + 1, dtype=torch.int64, device=device)
    edges.index_add_(0, batch.first_piece, chosen).index_add_(0, batch.last_piece + 1, -chosen)
    hidden = edges.cumsum(0)[:-1] > 0
    draw = torch.rand(len(pieces), device=device)
    shown = torch.where(hidden & (draw < MASKED_SHARE), torch.full_like(pieces, mask), pieces)
    others = torch.randint(n_pieces, pieces.shape, device=device)
    shown = torch.where(hidden & (draw > (1 + MASKED_SHARE) / 2), others, shown)
    return shown.view_as(batch.piece_ids), hidden.view_as(batch.piece_ids)


def pretrain(
    encoder: Encoder,
    examples: Sequence[Example],
    recipe: Recipe,
    *,
    identity: str,
    checkpoint: Path,
    progress: Progress | None = None,
) -> None:
    """Fit those parameters of an encoder that require a gradient to the texts of the examples, all in each epoch."""
    settings = msgspec.structs.replace(
        recipe.train,
        epochs=recipe.pretrain.epochs,
        learning_rate=recipe.pretrain.learning_rate,
        head_learning_rate=recipe.pretrain.learning_rate,
        batch_tokens=recipe.pretrain.batch_tokens,
    )
    embeddings = encoder.word_embeddings
    model = MaskedLanguageModel(encoder).to(embeddings.device)
    is_trained = embeddings.requires_grad
    embeddings.requires_grad_(False)
    fit(
        model,
        examples,
        settings,
        loss=MaskedLanguageModel.loss,
        identity=identity,
        checkpoint=checkpoint,
        part="pretraining ",
        progress=progress,
    )
    embeddings.requires_grad_(is_trained)
