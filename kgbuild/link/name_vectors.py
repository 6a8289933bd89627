"""Vectors of names, near each other where the names mean the same: the sums of learnt vectors of their words.

A word is the sum of the vectors of itself and of its character n-grams (Bojanowski et al. 2017), a name the sum of its
words, of length 1. The vectors are trained so that the synonyms of a concept lie together and apart from all others
(synonym self-alignment, Liu et al. 2021); a vector takes microseconds, so that a million names can be compared with.

    vector    int8 (BUCKETS, DIMENSIONS)      of a word or n-gram, by its hash, times its scale
    scale     float32 (BUCKETS,)
    centroid  float32 (cells, DIMENSIONS)     of the cells that indexes of names are divided into, of length 1
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from kgbuild.errors import ConfigError

__all__ = ["BUCKETS", "DIMENSIONS", "NameVectors", "bundled_vectors", "quantised", "read_vectors", "word_features"]

WEIGHTS = Path(__file__).parent.parent / "models" / "disorder-names" / "model.safetensors"
BUCKETS, DIMENSIONS = 1 << 16, 128
N_GRAM_LENGTHS = (3, 4, 5)
#: words whose vectors are kept
CACHED_WORDS = 200_000


class NameVectors:
    """Encodes names; equal weights give equal vectors."""

    def __init__(self, vector: NDArray[np.int8], scale: NDArray[np.float32], centroid: NDArray[np.float32]) -> None:
        if vector.shape != (BUCKETS, DIMENSIONS) or scale.shape != (BUCKETS,) or centroid.shape[1:] != (DIMENSIONS,):
            raise ConfigError(
                f"name vectors: expected shapes {(BUCKETS, DIMENSIONS)}, {(BUCKETS,)} and (cells, {DIMENSIONS}), found "
                f"{vector.shape}, {scale.shape} and {centroid.shape}"
            )
        self._vector, self._scale, self.centroid = vector, scale, centroid
        self._words: dict[str, NDArray[np.float32]] = {}
        self.version = hashlib.sha256(b"".join(map(bytes, (vector.data, scale.data, centroid.data)))).hexdigest()[:16]

    def encode(self, names: Sequence[str]) -> NDArray[np.float32]:
        """The vectors, (names, DIMENSIONS), each of length 1, or 0 for a name without words.

        Names are given by their normalised words, joined by blanks.
        """
        found = np.zeros((len(names), DIMENSIONS), np.float32)
        for row, name in zip(found, names, strict=True):
            for word in name.split():
                row += self._of_word(word)
        norms = np.linalg.norm(found, axis=1, keepdims=True).astype(np.float32)
        return np.asarray(found / np.maximum(norms, np.float32(1e-9)))

    def likeness(self, name: str, others: Sequence[str]) -> list[float]:
        """The cosine of the vectors of a name and of each of the others, in [0, 1]."""
        own, *known = self.encode([name, *others])
        return [round(min(max(float(own @ vector), 0.0), 1.0), 4) for vector in known]

    def _of_word(self, word: str) -> NDArray[np.float32]:
        known = self._words.get(word)
        if known is None:
            if len(self._words) >= CACHED_WORDS:
                self._words.clear()
            places = word_features(word)
            known = np.asarray(self._scale[places] @ self._vector[places].astype(np.float32), np.float32)
            self._words[word] = known
        return known


def word_features(word: str) -> list[int]:
    """The buckets of a word and of its n-grams."""
    marked = f"<{word}>"
    parts = [marked[at : at + n] for n in N_GRAM_LENGTHS for at in range(len(marked) - n + 1)]
    return [crc32(part.encode()) % BUCKETS for part in (f"={word}", *parts)]


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
