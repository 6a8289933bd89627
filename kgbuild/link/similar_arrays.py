"""The arrays of an index of similar names, as `similar` describes them."""

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from kgbuild.link.name_vectors import DIMENSIONS, NameVectors, quantised
from kgbuild.link.names import words
from kgbuild.link.trigrams import N_GRAMS, bounded, grams

__all__ = ["MEANING", "SPELLING", "Array", "make_arrays", "rarity"]

Array = NDArray[np.generic]
#: arrays of the words of names, and those of either likeness
WORDS = ("word", "word_start", "word_vector")
SPELLING, MEANING = ("text", "offset", "gram", "name", "norm"), ("cell", "member", "vector", *WORDS)
#: names of which the trigrams and vectors are in memory together while an index is made
NAMES_AT_ONCE = 1 << 16


def make_arrays(names: Iterable[str], vectors: NameVectors | None) -> dict[str, Array]:
    """The arrays of an index of these names, those of meaning with the vectors if there are any."""
    texts = sorted({text for text in map(normal_text, names) if re.search(r"\w", text)})
    offset = np.concatenate([[0], np.cumsum([len(text) for text in texts], dtype=np.uint64)]).astype(np.uint64)
    text = np.frombuffer("".join(texts).encode("ascii"), np.uint8)
    counts = np.zeros(N_GRAMS, np.int64)
    for codes, _ in _grams_of_names(text, offset):
        counts += np.bincount(codes, minlength=N_GRAMS)
    starts = np.concatenate([[0], np.cumsum(counts)])
    weights = rarity(counts, len(texts)).astype(np.float64) ** 2
    name, norm = np.empty(int(starts[-1]), np.uint32), np.zeros(len(texts), np.float32)
    free = starts[:-1].copy()  # where the next names of each trigram go
    for codes, owners in _grams_of_names(text, offset):
        _, first, n_names = np.unique(codes, return_index=True, return_counts=True)
        place = np.arange(len(codes)) - np.repeat(first, n_names)
        name[free[codes] + place] = owners
        free[codes[first]] += n_names
        start = int(owners.min())
        squares = np.bincount(owners - owners.min(), weights=weights[codes])
        norm[start : start + len(squares)] = np.sqrt(squares)
    arrays: dict[str, Array] = {
        "text": text,
        "offset": offset,
        "gram": starts.astype(np.uint64),
        "name": name,
        "norm": norm,
    }
    return arrays if vectors is None else arrays | _cells(texts, vectors) | _words(texts, vectors)


def rarity(counts: Array, n_names: int) -> NDArray[np.float32]:
    """The inverse document frequency of trigrams that so many of the names have."""
    return np.log1p((n_names + 1) / (np.asarray(counts, np.float64) + 1)).astype(np.float32)


def normal_text(name: str) -> str:
    """What is compared: the normalised words between blanks.

    >>> normal_text("Tumours of the β-cells")
    ' tumor of the beta cell '
    """
    return bounded(" ".join(words(name)))


def _grams_of_names(
    text: NDArray[np.uint8], offset: NDArray[np.uint64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.uint32]]]:
    """The trigrams of some names after others, each once with each of its names, sorted by trigram and name."""
    for start in range(0, len(offset) - 1, NAMES_AT_ONCE):
        ends = offset[start : start + NAMES_AT_ONCE + 1].astype(np.int64)
        owner = np.repeat(np.arange(start, start + len(ends) - 1, dtype=np.uint64), np.diff(ends))
        codes = grams(text[ends[0] : ends[-1]]).astype(np.uint64)
        inside = owner[:-2] == owner[2:]
        pairs = np.unique((codes[inside] << np.uint64(32)) | owner[:-2][inside])
        yield (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.uint32)


def _cells(texts: Sequence[str], vectors: NameVectors) -> dict[str, Array]:
    owner, vector = np.zeros(len(texts), np.int64), np.zeros((len(texts), DIMENSIONS), np.int8)
    for start in range(0, len(texts), NAMES_AT_ONCE):
        found = vectors.encode([text.strip() for text in texts[start : start + NAMES_AT_ONCE]])
        owner[start : start + len(found)] = np.argmax(found @ vectors.centroid.T, axis=1)
        vector[start : start + len(found)] = quantised(found)
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(len(vectors.centroid) + 1)).astype(np.uint64)
    return {"cell": starts, "member": order.astype(np.uint32), "vector": vector[order]}


def _words(texts: Sequence[str], vectors: NameVectors) -> dict[str, Array]:
    place_of: dict[str, int] = {}
    word, start = array("I"), array("I", [0])
    for text in texts:
        word.extend(place_of.setdefault(item, len(place_of)) for item in text.split())
        start.append(len(word))
    arrays = np.frombuffer(word, np.uint32), np.frombuffer(start, np.uint32), vectors.of_words(list(place_of))
    return dict(zip(WORDS, arrays, strict=True))
