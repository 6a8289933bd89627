"""Finds names by their meaning: among the vectors of the cells whose centroids are nearest to that of a name.

Names are asked for together, so that the vectors of a cell are read once for all whose meaning lies near it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kgbuild.link.name_vectors import NameVectors
from kgbuild.link.similar_arrays import Array

__all__ = ["Cells"]

#: of the cells of names, those that are searched
CELLS_SEARCHED = 16
#: of names asked for together, whose scores are in memory
NAMES_AT_ONCE = 512


class _Scored(NamedTuple):
    """Pairs of a query and a name, each by its place, and their scores."""

    query: NDArray[np.int64]
    place: NDArray[np.int64]
    score: NDArray[np.float32]


class Cells:
    """The cells of an index."""

    def __init__(self, arrays: Mapping[str, Array], vectors: NameVectors) -> None:
        self._starts = np.asarray(arrays["cell"]).astype(np.int64)
        self._member, self._vector = arrays["member"], arrays["vector"]
        self._vectors = vectors

    def find(self, names: Sequence[str], limit: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The places of the nearest names, at most `limit` for each, after the place of the name that each is near."""
        queries, found = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for start in range(0, len(names), NAMES_AT_ONCE):
            query, place = self._find(names[start : start + NAMES_AT_ONCE], limit)
            queries.append(query + start)
            found.append(place)
        return np.concatenate(queries), np.concatenate(found)

    def _find(self, names: Sequence[str], limit: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        asked = self._vectors.encode(names)
        centroid = self._vectors.centroid
        # each by itself: the same beside any others
        near = np.array([np.argsort(-(centroid @ vector), kind="stable")[:CELLS_SEARCHED] for vector in asked])
        order = near.ravel().argsort(kind="stable")
        owners, cells = order // near.shape[1], near.ravel()[order]
        ends = np.flatnonzero(np.append(cells[1:] != cells[:-1], True)) + 1
        pieces, start = [], 0
        for end in ends.tolist():
            pieces.append(self._in_cell(int(cells[start]), owners[start:end], asked, limit))
            start = end
        scored = _Scored(
            np.concatenate([piece.query for piece in pieces]),
            np.concatenate([piece.place for piece in pieces]),
            np.concatenate([piece.score for piece in pieces]),
        )
        query, place, _ = _nearest(scored, limit)
        return query, place

    def _in_cell(self, cell: int, owners: NDArray[np.int64], asked: NDArray[np.float32], limit: int) -> _Scored:
        start, end = self._starts[cell : cell + 2].tolist()
        # not a product of matrices, whose sums depend on what else is in them and whose threads wait for one another
        scores = np.einsum("qd,nd->qn", asked[owners], np.asarray(self._vector[start:end], np.float32))
        if scores.shape[1] > limit:
            query, row = (scores >= np.partition(scores, -limit, axis=1)[:, -limit, None]).nonzero()
        else:
            query, row = np.indices(scores.shape).reshape(2, -1)
        return _Scored(owners[query], np.asarray(self._member[start:end], np.int64)[row], scores[query, row])


def _nearest(scored: _Scored, limit: int) -> _Scored:
    """For each query those with the highest scores, ties by place."""
    order = np.lexsort((scored.place, -scored.score, scored.query))
    query, place, score = scored.query[order], scored.place[order], scored.score[order]
    first = np.searchsorted(query, query)
    is_kept = np.arange(len(query)) - first < limit
    return _Scored(query[is_kept], place[is_kept], score[is_kept])
