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
#: more than two scores of one pair of vectors differ by, as other pairs stand beside it in a product of matrices
ROUNDING = np.float32(0.01)


class _Scored(NamedTuple):
    """Pairs of a query and a row of `vector`, each by its place, and their scores."""

    query: NDArray[np.int64]
    row: NDArray[np.int64]
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
        scored = _Scored(*map(np.concatenate, zip(*pieces, strict=True)))
        # of the names near enough to be among the nearest the scores are made again, each by itself
        scored = _nearest(scored, limit, ROUNDING)
        products = np.asarray(self._vector[scored.row], np.float32) * asked[scored.query]
        query, row, _ = _nearest(
            _Scored(scored.query, np.asarray(self._member[scored.row], np.int64), products.sum(axis=1)), limit
        )
        return query, row

    def _in_cell(self, cell: int, owners: NDArray[np.int64], asked: NDArray[np.float32], limit: int) -> _Scored:
        start, end = self._starts[cell : cell + 2].tolist()
        scores = asked[owners] @ np.asarray(self._vector[start:end], np.float32).T  # (queries, names of the cell)
        if scores.shape[1] > limit:
            least = np.partition(scores, -limit, axis=1)[:, -limit, None]
            query, row = (scores >= least - ROUNDING).nonzero()
        else:
            query, row = np.indices(scores.shape).reshape(2, -1)
        return _Scored(owners[query], row + start, scores[query, row])


def _nearest(scored: _Scored, limit: int, slack: np.float32 | None = None) -> _Scored:
    """For each query those with the highest scores, ties by row, and those that lie no further than `slack` behind."""
    if not len(scored.query):
        return scored
    order = np.lexsort((scored.row, -scored.score, scored.query))
    query, row, score = (array[order] for array in scored)
    first = np.flatnonzero(np.append(True, query[1:] != query[:-1]))
    counts = np.diff(np.append(first, len(query)))
    rank = np.arange(len(query)) - np.repeat(first, counts)
    if slack is None:
        is_kept = rank < limit
    else:
        last = first + np.minimum(counts, limit) - 1
        is_kept = score >= np.repeat(score[last], counts) - slack
    return _Scored(query[is_kept], row[is_kept], score[is_kept])
