"""Finds names by their meaning: among the vectors of the cells whose centroids are nearest to that of a name.

Names are asked for together, so that the vectors of a cell are read once for all whose meaning lies near it.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kgbuild.link.name_vectors import NameVectors, sum_words
from kgbuild.link.similar_arrays import Array

__all__ = ["Cells"]

#: of the cells of names, those that are searched
CELLS_SEARCHED = 16

Places = NDArray[np.int64]


class _Scored(NamedTuple):
    """Pairs of a query and a name, each by its place, and their scores."""

    query: Places
    place: Places
    score: NDArray[np.float32]

    def only(self, kept: NDArray[np.bool_] | Places) -> "_Scored":
        """These of the pairs."""
        return _Scored(self.query[kept], self.place[kept], self.score[kept])


class Cells:
    """The cells of an index."""

    def __init__(self, arrays: Mapping[str, Array], vectors: NameVectors) -> None:
        self._starts = np.asarray(arrays["cell"]).astype(np.int64)
        self._member, self._vector = arrays["member"], arrays["vector"]
        self._word, self._word_start = np.asarray(arrays["word"], np.uint32), arrays["word_start"]
        self._word_vector = np.asarray(arrays["word_vector"], np.float32)
        self.vectors = vectors

    def encode(self, places: Places) -> NDArray[np.float32]:
        """The vectors of the names at these places."""
        starts = self._word_start[places].astype(np.int64)
        return sum_words(self._word_vector, self._word, starts, self._word_start[places + 1].astype(np.int64) - starts)

    def find(self, asked: NDArray[np.float32], limit: int) -> Places:
        """The names nearest to these vectors, at most `limit` for each.

        Each is a number of the place of the vector that it is near and, in the lower 32 bits, its own.
        """
        cells, owners = _highest(_products(asked, self.vectors.centroid), CELLS_SEARCHED).T.nonzero()
        ends = np.flatnonzero(np.append(cells[1:] != cells[:-1], True)) + 1
        pieces, start = [], 0
        least = np.full(len(asked), -np.inf, np.float32)
        for end in ends.tolist():
            pieces.append(self._in_cell(int(cells[start]), owners[start:end], asked, least, limit))
            start = end
        scored = _Scored(
            np.concatenate([piece.query for piece in pieces]),
            np.concatenate([piece.place for piece in pieces]),
            np.concatenate([piece.score for piece in pieces]),
        )
        query, place, _ = _nearest(scored.only(scored.score >= least[scored.query]), limit)
        return (query << 32) | place

    def _in_cell(
        self, cell: int, owners: Places, asked: NDArray[np.float32], least: NDArray[np.float32], limit: int
    ) -> _Scored:
        """The names of a cell nearest to some queries; `least`, of all queries, is raised to what suffices."""
        start, end = self._starts[cell : cell + 2].tolist()
        scores = _products(asked[owners], np.asarray(self._vector[start:end], np.float32))
        if scores.shape[1] > limit:
            least[owners] = np.maximum(least[owners], np.partition(scores, -limit, axis=1)[:, -limit])
        query, row = (scores >= least[owners, None]).nonzero()
        return _Scored(owners[query], np.asarray(self._member[start:end], np.int64)[row], scores[query, row])


def _products(queries: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """The scalar products of each query and each of the others, (queries, others).

    Each sum is the same beside any others, and no threads wait for one another, as in a product of matrices.
    """
    return np.asarray(np.einsum("qd,nd->qn", queries, others), np.float32)


def _highest(scores: NDArray[np.float32], count: int) -> NDArray[np.bool_]:
    """Which of each row are the highest; of equal ones the first."""
    if scores.shape[1] <= count:
        return np.ones(scores.shape, bool)
    least = np.partition(scores, -count, axis=1)[:, -count, None]
    is_above, is_equal = scores > least, scores == least
    return np.asarray(is_above | (is_equal & (is_equal.cumsum(axis=1) <= count - is_above.sum(axis=1, keepdims=True))))


def _nearest(scored: _Scored, limit: int) -> _Scored:
    """For each query those with the highest scores, ties by place."""
    order = np.lexsort((scored.place, -scored.score, scored.query))
    scored = scored.only(order)
    return scored.only(np.arange(len(order)) - np.searchsorted(scored.query, scored.query) < limit)
