"""Vectors of names and sentences, near each other where they mean the same.

The default encoder is all-MiniLM-L6-v2 as it is published, without the weights that kgbuild trains: a vector of any
program that runs the model of that name is comparable. Mean over the pieces, length 1 (Reimers and Gurevych 2019,
https://arxiv.org/abs/1908.10084).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from kgbuild.encoder import DEFAULT_ENCODER, Encoder, choose_device

__all__ = ["SentenceEncoder"]

#: word pieces of one batch
BATCH_PIECES = 8192
#: of a longer text the beginning counts, as in the published model
MAX_PIECES = 256


class SentenceEncoder:
    """Encodes texts in float32, on CUDA where there is one."""

    def __init__(self, name: str = DEFAULT_ENCODER, *, device: str = "auto") -> None:
        self._device = choose_device(device)
        self._encoder = Encoder.load(name).to(self._device).eval()
        self.width = self._encoder.width

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors, (texts, width), each of length 1."""
        size = min(MAX_PIECES, self._encoder.max_pieces + 2)
        end = self._encoder.special_ids[1]
        pieces = [
            item.ids if len(item.ids) <= size else [*item.ids[: size - 1], end]
            for item in self._encoder.tokenizer.encode_batch(list(texts))
        ]
        vectors = np.zeros((len(texts), self.width), np.float32)
        with torch.inference_mode():
            for batch in _of_one_length(pieces):
                ids = torch.tensor([pieces[place] for place in batch], device=self._device)  # (batch, length)
                states = self._encoder(ids, torch.ones_like(ids)).mean(1)  # (batch, width)
                vectors[batch] = torch.nn.functional.normalize(states, dim=1).cpu().numpy()
        return vectors


def _of_one_length(pieces: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Indexes in batches of one length: without padding there is nothing that a vector could take from its batch."""
    buckets: defaultdict[int, list[int]] = defaultdict(list)
    for index, ids in enumerate(pieces):
        buckets[len(ids)].append(index)
    for length, members in sorted(buckets.items()):
        size = max(BATCH_PIECES // length, 1)
        yield from (members[start : start + size] for start in range(0, len(members), size))
