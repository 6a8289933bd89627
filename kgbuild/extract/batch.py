"""Windows of words as tensors, and the pairs of a batch's windows; the one place that pads and lays end to end."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kgbuild.document import Mention, Span
from kgbuild.encoder import Encoder, padded_length
from kgbuild.extract.arguments import Argument, Pair, candidate_pairs
from kgbuild.extract.labels import LabelSet
from kgbuild.extract.model import MIN_ROWS, PairBatch, WordBatch
from kgbuild.extract.windows import Window, Words

__all__ = ["WindowArguments", "pair_batch", "window_arguments", "word_batch"]


@dataclass(frozen=True, slots=True)
class WindowArguments:
    """Arguments and pairs of one window; `bounds` are its mentions' words [start, end), counted in the window."""

    bounds: Sequence[tuple[int, int]]
    arguments: Sequence[Argument]
    pairs: Sequence[Pair]


def window_arguments(
    words: Words,
    window: Window,
    mentions: Sequence[Mention],
    bounds: Sequence[tuple[int, int]],
    arguments: Sequence[Argument],
    labels: LabelSet,
    prose: Span,
) -> WindowArguments:
    """The arguments of a document, and their pairs, as far as their mentions lie inside a window.

    bounds: each mention's words [first, last) in the document; prose: where pairs may join sentences. Mention indexes
    stay those of the document.
    """
    inside = {i for i, (first, last) in enumerate(bounds) if window.start <= first < last <= window.end}
    kept = [
        Argument(argument.type, members)
        for argument in arguments
        if (members := tuple(m for m in argument.mentions if m in inside))
    ]
    passages = [int(words.passage[first]) if first < last else -1 for first, last in bounds]
    pairs = candidate_pairs(kept, mentions, passages, labels, prose)
    return WindowArguments([(first - window.start, last - window.start) for first, last in bounds], kept, pairs)


def word_batch(windows: Sequence[tuple[Words, Window]], encoder: Encoder, device: torch.device) -> WordBatch:
    """The windows padded to the longest, with the special pieces around each; empty rows below if they are very few."""
    begin, end, padding = encoder.special_ids
    sizes = [words.n_pieces(window) for words, window in windows]
    length = padded_length(max(sizes) + 2)
    n_rows = max(len(windows), -(-MIN_ROWS * torch.get_num_threads() // length))
    piece_ids = np.full((n_rows, length), padding, dtype=np.int64)
    mask = np.zeros((n_rows, length), dtype=np.int64)
    mask[:, 0] = 1
    first_piece, last_piece, shape, features = [], [], [], []
    offsets = [0]
    for row, ((words, window), size) in enumerate(zip(windows, sizes, strict=True)):
        first = words.piece_start[window.start]
        piece_ids[row, 0] = begin
        piece_ids[row, 1 : size + 1] = words.piece_ids[first : first + size]
        piece_ids[row, size + 1] = end
        mask[row, : size + 2] = 1
        shift = 1 - first + row * length
        first_piece.append(words.piece_start[window.start : window.end] + shift)
        last_piece.append(words.piece_start[window.start + 1 : window.end + 1] - 1 + shift)
        shape.append(words.shape[window.start : window.end])
        features.append(words.features[window.start : window.end])
        offsets.append(offsets[-1] + window.end - window.start)
    return WordBatch(
        piece_ids=_sent(piece_ids, device),
        attention_mask=_sent(mask, device),
        first_piece=_sent(np.concatenate(first_piece), device),
        last_piece=_sent(np.concatenate(last_piece), device),
        shape=_sent(np.concatenate(shape), device),
        features=_sent(np.concatenate(features), device),
        first_word=_sent(np.array(offsets[:-1]), device),
        last_word=_sent(np.array(offsets[1:]) - 1, device),
        offsets=tuple(offsets),
    )


def pair_batch(
    windows: Sequence[WindowArguments], offsets: Sequence[int], labels: LabelSet, device: torch.device
) -> PairBatch:
    """The pairs of all windows, with places counted through the running sums of the batch (see `PairBatch`)."""
    entity_index = {name: index for index, name in enumerate(labels.entities)}
    mentions: list[tuple[int, int, int]] = []
    types: list[int] = []
    pairs: list[tuple[int, ...]] = []
    allowed: list[tuple[int, ...]] = []
    for number, (item, first_word) in enumerate(zip(windows, offsets, strict=False)):
        base, offset = len(types), first_word + number
        for index, argument in enumerate(item.arguments):
            types.append(entity_index[argument.type])
            mentions.extend(
                (item.bounds[m][0] + offset, item.bounds[m][1] + offset, base + index) for m in argument.mentions
            )
        for pair in item.pairs:
            places = (*item.bounds[pair.subject_mention], *item.bounds[pair.object_mention])
            pairs.append((base + pair.subject, base + pair.object, *(place + offset for place in places)))
            allowed.append(pair.relations)
    mention_table = _sent(np.array(mentions, dtype=np.int64).reshape(-1, 3), device)
    pair_table = _sent(np.array(pairs, dtype=np.int64).reshape(-1, 6), device)
    mask = np.zeros((len(pairs), max(len(labels.relations), 1)), dtype=np.bool_)
    rows = np.repeat(np.arange(len(allowed)), [len(relations) for relations in allowed])
    mask[rows, np.fromiter(chain.from_iterable(allowed), dtype=np.int64)] = True
    return PairBatch(
        offsets=tuple(offsets),
        mention_start=mention_table[:, 0],
        mention_end=mention_table[:, 1],
        mention_argument=mention_table[:, 2],
        argument_type=_sent(np.array(types, dtype=np.int64), device),
        subject=pair_table[:, 0],
        object=pair_table[:, 1],
        subject_start=pair_table[:, 2],
        subject_end=pair_table[:, 3],
        object_start=pair_table[:, 4],
        object_end=pair_table[:, 5],
        allowed=_sent(mask, device),
        n_pairs=tuple(len(item.pairs) for item in windows),
    )


def _sent(array: NDArray[Any], device: torch.device) -> Tensor:
    """The array on the device; a GPU fetches it while this process goes on, and what it computes is not waited for."""
    tensor = torch.from_numpy(array)
    if device.type == "cuda" and array.size:
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)
