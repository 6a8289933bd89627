"""Vectors of names, near each other where the names mean the same: the sums of learnt vectors of their words.

A word is the sum of the vectors of itself and of its character n-grams (Bojanowski et al. 2017), a name the sum of its
words, of length 1. The vectors are trained so that the synonyms of a concept lie together and apart from all others
(synonym self-alignment, Liu et al. 2021); a vector takes microseconds, so that a million names can be compared with.

    vector    int8 (BUCKETS, DIMENSIONS)      of a word or n-gram, by its hash, times its scale
    scale     float32 (BUCKETS,)
    centroid  float32 (cells, DIMENSIONS)     of the cells that indexes of names are divided into, of length 1
"""

import hashlib
import itertools
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from kgbuild.errors import ConfigError

__all__ = [
    "BUCKETS",
    "DIMENSIONS",
    "NameVectors",
    "bundled_vectors",
    "cosines",
    "quantised",
    "read_vectors",
    "sum_words",
    "word_features",
]

WEIGHTS = Path(__file__).parent.parent / "models" / "disorder-names" / "model.safetensors"
BUCKETS, DIMENSIONS = 1 << 16, 128
N_GRAM_LENGTHS = (3, 4, 5)
#: words whose vectors are kept, and those whose n-grams are in memory together
CACHED_WORDS, WORDS_AT_ONCE = 200_000, 256


class NameVectors:
    """Encodes names; equal weights give equal vectors."""

    def __init__(self, vector: NDArray[np.int8], scale: NDArray[np.float32], centroid: NDArray[np.float32]) -> None:
        if vector.shape != (BUCKETS, DIMENSIONS) or scale.shape != (BUCKETS,) or centroid.shape[1:] != (DIMENSIONS,):
            raise ConfigError(
                f"name vectors: expected shapes {(BUCKETS, DIMENSIONS)}, {(BUCKETS,)} and (cells, {DIMENSIONS}), found "
                f"{vector.shape}, {scale.shape} and {centroid.shape}"
            )
        self._vector, self._scale, self.centroid = vector, scale, centroid
        self._words: dict[str, int] = {}
        self._of_words = np.empty((1024, DIMENSIONS), np.float32)
        self.version = hashlib.sha256(b"".join(map(bytes, (vector.data, scale.data, centroid.data)))).hexdigest()[:16]

    def encode(self, names: Sequence[str]) -> NDArray[np.float32]:
        """The vectors, (names, DIMENSIONS), each of length 1, or 0 for a name without words.

        Names are given by their normalised words, joined by blanks.
        """
        named = [name.split() for name in names]
        counts = np.array([len(words) for words in named], np.int64)
        places = np.array(self._places([word for words in named for word in words]), np.int64)  # may enlarge the table
        return sum_words(self._of_words, places, counts.cumsum() - counts, counts)

    def of_words(self, words: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of words, (words, DIMENSIONS), of any length."""
        places = self._places(words)
        return self._of_words[places]

    def _places(self, words: Sequence[str]) -> list[int]:
        """Where the vectors of words lie among those that are kept."""
        if len(self._words) >= CACHED_WORDS:
            self._words.clear()
        known = self._words
        unknown = [word for word in dict.fromkeys(words) if word not in known]
        for start in range(0, len(unknown), WORDS_AT_ONCE):
            self._learn(unknown[start : start + WORDS_AT_ONCE])
        return [known[word] for word in words]

    def _learn(self, words: Sequence[str]) -> None:
        first, last = len(self._words), len(self._words) + len(words)
        while last > len(self._of_words):
            self._of_words = np.concatenate([self._of_words, np.empty_like(self._of_words)])
        features = [word_features(word) for word in words]
        buckets = list(itertools.chain.from_iterable(features))
        scale, vector = self._scale[buckets], self._vector[buckets].astype(np.float32)
        end = 0
        for place, of_word in enumerate(features, first):
            start, end = end, end + len(of_word)
            self._of_words[place] = scale[start:end] @ vector[start:end]
        self._words.update(zip(words, range(first, last), strict=True))


def word_features(word: str) -> list[int]:
    """The buckets of a word and of its n-grams."""
    marked = f"<{word}>"
    parts = [marked[at : at + n] for n in N_GRAM_LENGTHS for at in range(len(marked) - n + 1)]
    return [crc32(part) % BUCKETS for part in "\n".join((f"={word}", *parts)).encode().split(b"\n")]


def sum_words(
    vectors: NDArray[np.float32], words: NDArray[np.integer], starts: NDArray[np.int64], counts: NDArray[np.int64]
) -> NDArray[np.float32]:
    """The vectors of names, of length 1, whose words have these vectors.

    `words` are the places of the words of names that lie one after another, `starts` and `counts` where those of each
    name begin, and how many they are.
    """
    found = np.zeros((len(counts), DIMENSIONS), np.float32)
    order = np.argsort(-counts, kind="stable")
    starts = starts[order]
    for at in range(int(counts.max(initial=0))):
        n_longer = int(np.count_nonzero(counts > at))
        found[:n_longer] += vectors[words[starts[:n_longer] + at]]
    lengths = np.sqrt(np.add.reduce(found * found, axis=1, keepdims=True))
    found /= np.maximum(lengths, np.float32(1e-9))
    return found[order.argsort()]


def cosines(
    left: NDArray[np.float32], right: NDArray[np.float32], of_left: NDArray[np.int64], of_right: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The cosines, in about [-1, 1], of pairs of vectors of length 1, by their places."""
    # each by itself: the same beside any others
    return (left[of_left][:, None, :] @ right[of_right][:, :, None]).ravel().astype(np.float64)


def read_vectors(path: Path) -> NameVectors:
    """The vectors that a file holds."""
    arrays = load_file(path)
    return NameVectors(arrays["vector"], arrays["scale"], arrays["centroid"])


def quantised(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """Vectors of length 1 as bytes; 127 is 1."""
    return np.rint(vectors * 127).astype(np.int8)


@cache
def bundled_vectors() -> NameVectors:
    """The package's own vectors."""
    return read_vectors(WEIGHTS)
