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
        self._vectors = vectors

    def find(self, names: Sequence[str], limit: int) -> tuple[Places, Places]:
        """The places of the nearest names, at most `limit` for each, after the place of the name that each is near."""
        queries, found = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for start in range(0, len(names), NAMES_AT_ONCE):
            query, place = self._find(names[start : start + NAMES_AT_ONCE], limit)
            queries.append(query + start)
            found.append(place)
        return np.concatenate(queries), np.concatenate(found)

    def _find(self, names: Sequence[str], limit: int) -> tuple[Places, Places]:
        asked = self._vectors.encode(names)
        near = np.argsort(-_products(asked, self._vectors.centroid), axis=1, kind="stable")[:, :CELLS_SEARCHED]
        order = near.ravel().argsort(kind="stable")
        owners, cells = order // near.shape[1], near.ravel()[order]
        ends = np.flatnonzero(np.append(cells[1:] != cells[:-1], True)) + 1
        pieces, start = [], 0
        least = np.full(len(names), -np.inf, np.float32)
        for end in ends.tolist():
            pieces.append(self._in_cell(int(cells[start]), owners[start:end], asked, least, limit))
            start = end
        scored = _Scored(
            np.concatenate([piece.query for piece in pieces]),
            np.concatenate([piece.place for piece in pieces]),
            np.concatenate([piece.score for piece in pieces]),
        )
        query, place, _ = _nearest(scored.only(scored.score >= least[scored.query]), limit)
        return query, place

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


def _nearest(scored: _Scored, limit: int) -> _Scored:
    """For each query those with the highest scores, ties by place."""
    order = np.lexsort((scored.place, -scored.score, scored.query))
    scored = scored.only(order)
    return scored.only(np.arange(len(order)) - np.searchsorted(scored.query, scored.query) < limit)
