"""Documents through the model: one encoder pass over bucketed windows, then mentions and relations from its vectors."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kgbuild.config import Precision
from kgbuild.document import Document, Mention
from kgbuild.encoder import batch_by_length, choose_dtype
from kgbuild.extract.arguments import group_arguments, prose_of
from kgbuild.extract.batch import WindowArguments, pair_batch, window_arguments, word_batch
from kgbuild.extract.circumstances import Circumstances
from kgbuild.extract.decode import mention_words
from kgbuild.extract.model import ExtractionModel, WordBatch
from kgbuild.extract.threads import each_by_one_thread, n_threads
from kgbuild.extract.windows import Window, Words, owner_ranges, plan_windows, read_words

__all__ = ["EncodedDocument", "ScoredPair", "each_window", "encode", "score_pairs"]

#: Word pieces that neighbouring windows of a long text share.
OVERLAP = 64
#: Pairs that are scored together: each is a vector of four widths, and a window of a long list has very many.
MAX_PAIRS = 4096
#: Words whose windows are scored together: their vectors are copied once and summed once.
MAX_WORDS = 16384


@dataclass(frozen=True, slots=True)
class EncodedDocument:
    """What the encoder pass left of a document: words, windows, a vector per word of each window, tag probabilities."""

    document: Document
    words: Words
    windows: Sequence[Window]
    vectors: Sequence[Tensor]
    probabilities: NDArray[np.float32]
    """(words, types, 3), each word from the window that shows most around it."""


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """Two mentions, by index, and the raw score of each relation that may join them: (relation index, score).

    `novelty` is the raw score that whatever joins them is told as new; `circumstances` see `Circumstances`.
    """

    subject: int
    object: int
    scores: tuple[tuple[int, float], ...]
    novelty: float
    circumstances: frozenset[str]


def each_window(
    model: ExtractionModel,
    windows: Sequence[tuple[Words, Window]],
    device: torch.device,
    read: Callable[[Tensor, WordBatch], tuple[Tensor, ...]],
    *,
    batch_tokens: int,
    precision: Precision = "auto",
) -> list[tuple[Tensor, ...]]:
    """What is read of each window by a pass of the encoder, in batches of at most `batch_tokens` padded pieces.

    `read` is given the vectors of a batch's words, laid end to end, and the batch; of the tensors that it gives, each
    with a row for each word, every window has its part.
    """
    lengths = [words.n_pieces(window) + 2 for words, window in windows]
    found: dict[int, tuple[Tensor, ...]] = {}
    dtype = choose_dtype(device, precision)
    model.eval()

    def run(chosen: list[int]) -> None:
        with torch.inference_mode(), torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
            batch = word_batch([windows[i] for i in chosen], model.encoder, device)
            read_off = read(model.words(batch), batch)
        for i, (start, end) in zip(chosen, pairwise(batch.offsets), strict=True):
            found[i] = tuple(part[start:end] for part in read_off)

    # all threads together hold no more than one would
    budget = max(batch_tokens // n_threads(device), model.encoder.max_pieces + 2)
    each_by_one_thread(run, batch_by_length(lengths, budget), device)
    return [found[i] for i in range(len(windows))]


def encode(
    model: ExtractionModel,
    documents: Sequence[Document],
    device: torch.device,
    *,
    batch_tokens: int,
    precision: Precision = "auto",
) -> list[EncodedDocument]:
    """One encoder pass over all windows of the documents, in batches of at most `batch_tokens` padded pieces."""
    all_words = read_words(documents, model.encoder.tokenizer)
    plans = [plan_windows(words, size=model.encoder.max_pieces, overlap=OVERLAP) for words in all_words]
    places = [(d, w) for d, windows in enumerate(plans) for w in range(len(windows))]
    found = each_window(
        model,
        [(all_words[d], plans[d][w]) for d, w in places],
        device,
        lambda words, batch: (words, model.tags(words, batch).softmax(-1)),
        batch_tokens=batch_tokens,
        precision=precision,
    )
    vectors = {place: words for place, (words, _) in zip(places, found, strict=True)}
    # copied at the end, as a copy waits for all that a GPU was asked for before
    ends = np.cumsum([len(words) for words, _ in found])[:-1]
    joint = torch.cat([said for _, said in found]).cpu().numpy() if found else None
    tags = dict(zip(places, np.split(joint, ends), strict=True)) if joint is not None else {}
    n_types = len(model.labels.entities)
    result = []
    for d, (doc, words_of_doc, windows) in enumerate(zip(documents, all_words, plans, strict=True)):
        owned = owner_ranges(words_of_doc, windows) if windows else []
        parts = [
            tags[d, w][owner.start - window.start : owner.end - window.start]
            for w, (window, owner) in enumerate(zip(windows, owned, strict=True))
        ]
        joined = np.concatenate(parts) if parts else np.zeros((0, n_types, 3), dtype=np.float32)
        result.append(EncodedDocument(doc, words_of_doc, windows, [vectors[d, w] for w in range(len(windows))], joined))
    return result


def score_pairs(
    model: ExtractionModel,
    encoded: Sequence[EncodedDocument],
    mentions: Sequence[Sequence[Mention]],
    device: torch.device,
) -> list[list[ScoredPair]]:
    """For each document the scored pairs among its mentions; a pair seen in several windows has its best scores."""
    items: list[tuple[int, int, WindowArguments]] = []
    for d, (doc, found) in enumerate(zip(encoded, mentions, strict=True)):
        items.extend((d, w, arguments) for w, arguments in _window_arguments(doc, found, model))
    best: list[dict[tuple[int, int], dict[int, float]]] = [{} for _ in encoded]
    newest: list[dict[tuple[int, int], float]] = [{} for _ in encoded]

    def run(chunk: list[tuple[int, int, WindowArguments]]) -> tuple[Tensor, Tensor]:
        with torch.inference_mode():
            words = torch.cat([encoded[d].vectors[w] for d, w, _ in chunk])
            offsets = np.cumsum([0] + [len(encoded[d].vectors[w]) for d, w, _ in chunk]).tolist()
            pairs = pair_batch([arguments for _, _, arguments in chunk], offsets, model.labels, device)
            # float64: torch rounds the last few elements of a tensor by another routine than the rest
            scores, novelty = (logits.double().sigmoid() for logits in model.relations(words, pairs))
        return scores, novelty

    # all chunks are asked for before the first is read: a GPU works on while pairs are laid out
    chunks = list(_chunks(items, encoded))
    for chunk, (scores, novelty) in zip(chunks, each_by_one_thread(run, chunks, device), strict=True):
        rows = zip(scores.tolist(), novelty.tolist(), strict=True)
        for d, _, arguments in chunk:
            for pair in arguments.pairs:
                row, new = next(rows)
                ends = pair.subject_mention, pair.object_mention
                kept = best[d].setdefault(ends, {})
                for relation in pair.relations:
                    kept[relation] = max(kept.get(relation, 0.0), round(row[relation], 6))
                newest[d][ends] = max(newest[d].get(ends, 0.0), round(new, 6))
    around = [Circumstances(item.document, found) for item, found in zip(encoded, mentions, strict=True)]
    return [
        [
            ScoredPair(i, j, tuple(sorted(kept.items())), newest[d][i, j], around[d].of(i, j))
            for (i, j), kept in sorted(document.items())
        ]
        for d, document in enumerate(best)
    ]


def _window_arguments(
    encoded: EncodedDocument, mentions: Sequence[Mention], model: ExtractionModel
) -> Iterator[tuple[int, WindowArguments]]:
    words = encoded.words
    bounds = [mention_words(words, mention.span) for mention in mentions]
    grouped = group_arguments(encoded.document, mentions, model.labels)
    prose = prose_of(encoded.document, len(encoded.windows))
    for w, window in enumerate(encoded.windows):
        found = window_arguments(words, window, mentions, bounds, grouped, model.labels, prose)
        for start in range(0, len(found.pairs), MAX_PAIRS):
            yield w, WindowArguments(found.bounds, found.arguments, found.pairs[start : start + MAX_PAIRS])


def _chunks(
    items: Sequence[tuple[int, int, WindowArguments]], encoded: Sequence[EncodedDocument]
) -> Iterator[list[tuple[int, int, WindowArguments]]]:
    # of at most twice MAX_PAIRS pairs, and few more than MAX_WORDS words
    chunk: list[tuple[int, int, WindowArguments]] = []
    n_pairs = n_words = 0
    for d, w, arguments in items:
        chunk.append((d, w, arguments))
        n_pairs += len(arguments.pairs)
        n_words += len(encoded[d].vectors[w])
        if n_pairs >= MAX_PAIRS or n_words >= MAX_WORDS:
            yield chunk
            chunk, n_pairs, n_words = [], 0, 0
    if chunk:
        yield chunk
