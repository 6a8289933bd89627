"""Names that are spelled alike or mean much the same: typos, partial forms, other words. Memory-mapped arrays.

The names of one entity type, each once, whatever ontologies they are from, as their normalised words joined by blanks.
Of spelling, a name's vector holds the weights (inverse document frequency) of its trigrams of letters; likeness is the
cosine of two vectors. To find the likest names, the rarest trigrams of a query are followed to the names that share
them, and these compared. Of meaning, where the type has vectors of names, likeness is the cosine of these (see
`name_vectors`); they are divided into cells, of which those nearest to a query are searched. Many names are asked for
at once, since most of the time for one alone is that of starting each step.

    text.npy     uint8, the names one after another;     offset.npy   uint64, (n + 1,)
    gram.npy     uint64, (G + 1,) where the names of a trigram begin in `name.npy`, uint32;     norm.npy   float32, (n,)
    cell.npy     uint64, (cells + 1,) where the names of a cell begin in `member.npy`, uint32, and `vector.npy`, int8
"""

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kgbuild.link.name_vectors import NameVectors
from kgbuild.link.near_names import Cells
from kgbuild.link.similar_arrays import MEANING, SPELLING, Array, make_arrays, rarity
from kgbuild.link.trigrams import N_GRAMS, bounded, grams, in_alphabet_order

__all__ = ["Similar", "SimilarNames", "build_similar", "open_similar"]

#: names followed from the rare trigrams of a query, and compared in full
MAX_FOLLOWED, MAX_COMPARED = 12_000, 24
#: trigrams are followed until they make up this much of the query's squared length
ENOUGH = 0.7
#: queries whose followed names are in memory together
QUERIES_AT_ONCE = 32
#: more than a likeness may gain when it is rounded
ROUNDING = 0.001

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


class Similar(NamedTuple):
    """A name, as its words joined by blanks, and its likeness in spelling and in meaning to what was asked for.

    Without vectors of names its meaning is as alike as its spelling.
    """

    words: str
    spelling: float
    meaning: float

    @property
    def likeness(self) -> float:
        """The greater one, in [0, 1]."""
        return max(self.spelling, self.meaning)


class _Grams(NamedTuple):
    """The trigrams of some queries, each once a query, in the order of the alphabet.

    `query` and `column` are a trigram's place among the queries, and among those of its query; `start` are where the
    queries begin. `total` is the sum of the weights of each query.
    """

    query: Integers
    column: Integers
    number: Integers
    weight: Floats
    start: Integers
    total: Floats


class SimilarNames:
    """Finds the names of an index that `build_similar` made, with the vectors that it was made with."""

    def __init__(self, arrays: dict[str, Array], vectors: NameVectors | None = None) -> None:
        self._text, self._offset = arrays["text"], arrays["offset"]
        self._name, self._norm = arrays["name"], arrays["norm"]
        self._vectors = vectors
        self._cells = Cells(arrays, vectors) if vectors is not None else None
        self._starts = np.asarray(arrays["gram"]).astype(np.int64)
        self._weight = rarity(np.diff(self._starts), len(self._norm)).astype(np.float64) ** 2
        self._by_alphabet = in_alphabet_order()
        self._number = self._by_alphabet.argsort()

    def find(self, names: Sequence[str], limit: int = 8, least: float = 0.4) -> list[list[Similar]]:
        """For each name the likest ones, best first, ties by alphabet; at most `limit` in either way.

        Those at least so alike. Names are given by their normalised words, joined by blanks. What is found for a name
        is the same beside any others.
        """
        if not names or not len(self._norm):
            return [[] for _ in names]
        meant = self._cells.find(names, limit) if self._cells is not None else _NOTHING
        found: list[list[Similar]] = []
        column = np.zeros((min(len(names), QUERIES_AT_ONCE), N_GRAMS), np.int16)
        for start in range(0, len(names), QUERIES_AT_ONCE):
            asked = names[start : start + QUERIES_AT_ONCE]
            first, last = np.searchsorted(meant[0], [start, start + len(asked)])
            keys = ((meant[0][first:last] - start) << 32) | meant[1][first:last]
            found += self._find(asked, keys, limit, least, column)
        return found

    def _find(
        self, names: Sequence[str], meant: Integers, limit: int, least: float, column: NDArray[np.int16]
    ) -> list[list[Similar]]:
        """`meant` are the names near in meaning: above, the place of the query; below, in 32 bits, that of the name.

        `column`, of zeros (at least queries, N_GRAMS), is used on the way: it is large.
        """
        asked = self._grams_of(names)
        keys = np.unique(np.concatenate([meant, *self._share_rare(asked)]))
        if not len(keys):
            return [[] for _ in names]
        query, place = keys >> 32, keys & 0xFFFFFFFF
        letters, lengths = self._letters(place)
        others = _split(letters, lengths)
        norms = np.array([total**0.5 for total in asked.total.tolist()])[query] * self._norm[place].astype(np.float64)
        norms[norms == 0.0] = 1.0
        spellings = _shared(letters, lengths, query, asked, column) / norms
        meanings = spellings if self._vectors is None else self._vectors.cosines(names, query, others)
        is_alike = np.maximum(spellings, meanings) > least - ROUNDING
        rows: list[list[Similar]] = [[] for _ in names]
        alike = is_alike.nonzero()[0].tolist()
        values = (query[is_alike], _likeness(spellings[is_alike]), _likeness(meanings[is_alike]))
        for at, owner, spelling, meaning in zip(alike, *(array.tolist() for array in values), strict=True):
            rows[owner].append(Similar(others[at], spelling, meaning))
        return [_likest(row, limit, least) for row in rows]

    def _grams_of(self, names: Sequence[str]) -> _Grams:
        texts = [bounded(name) for name in names]
        codes = self._by_alphabet[grams(np.frombuffer("".join(texts).encode("ascii"), np.uint8))]
        owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
        inside = owner[:-2] == owner[2:]
        pairs = np.unique((owner[:-2][inside] << 32) | codes[inside])
        query, number = pairs >> 32, self._number[pairs & 0xFFFFFFFF]
        weight = self._weight[number]
        start = np.searchsorted(query, np.arange(len(names) + 1))
        # each by itself: the same beside any others
        total = np.array([weight[first:last].sum() for first, last in pairwise(start.tolist())])
        return _Grams(query, np.arange(len(query)) - start[query], number, weight, start, total)

    def _share_rare(self, asked: _Grams) -> list[Integers]:
        """The names that share most weight of each query's rare trigrams, for their own length; numbered as `meant`."""
        firsts, lasts = self._starts[asked.number], self._starts[asked.number + 1]
        order = np.lexsort((lasts - firsts, asked.query))
        order = order[lasts[order] > firsts[order]]
        order = order[_followed(asked.query[order], (lasts - firsts)[order], asked.weight[order], asked.total)]
        if not len(order):
            return []
        query, counts = asked.query[order], (lasts - firsts)[order]
        points = np.minimum(np.rint(asked.weight[order] * 100), 0xFFFF).astype(np.uint64)
        spans = zip(firsts[order].tolist(), lasts[order].tolist(), strict=True)
        packed = np.concatenate([self._name[first:last] for first, last in spans], dtype=np.uint64)
        packed <<= np.uint64(16)
        packed |= np.repeat((query.astype(np.uint64) << np.uint64(48)) | points, counts)
        packed.sort()
        keys = packed >> np.uint64(16)
        first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        packed &= np.uint64(0xFFFF)
        sums = np.diff(packed.cumsum()[np.append(first[1:], len(keys)) - 1], prepend=np.uint64(0)).astype(np.float64)
        unique = keys[first].astype(np.int64)
        scores = sums / np.maximum(self._norm[unique & 0xFFFFFFFF], np.float32(1e-6))
        edges = np.searchsorted(unique, np.arange(len(asked.total) + 1) << 32).tolist()
        return [_highest(unique[start:end], scores[start:end]) for start, end in pairwise(edges)]

    def _letters(self, found: Integers) -> tuple[NDArray[np.uint8], Integers]:
        """The names at these places one after another, and the length of each."""
        starts = self._offset[found].astype(np.int64)
        lengths = self._offset[found + 1].astype(np.int64) - starts
        ends = lengths.cumsum()
        places = np.repeat(starts - ends + lengths, lengths) + np.arange(int(ends[-1]))
        return np.asarray(self._text[places], np.uint8), lengths


_NOTHING = np.empty(0, np.int64), np.empty(0, np.int64)


def open_similar(folder: Path, names: Iterable[str], vectors: NameVectors | None = None) -> SimilarNames:
    """The index in a folder, made of the names now if it is not there; at once, so that nobody sees half of it.

    With the same vectors as when it was made.
    """
    if not (folder / "norm.npy").is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for key, array in make_arrays(names, vectors).items():
                np.save(scratch / f"{key}.npy", array)
            scratch.rename(folder)
        except OSError:
            if not (folder / "norm.npy").is_file():
                raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    keys = (*SPELLING, *(MEANING if vectors is not None else ()))
    return SimilarNames({key: np.asarray(np.load(folder / f"{key}.npy", mmap_mode="r")) for key in keys}, vectors)


def build_similar(names: Iterable[str], vectors: NameVectors | None = None) -> SimilarNames:
    """An index of a few names in memory."""
    return SimilarNames(make_arrays(names, vectors), vectors)


def _followed(query: Integers, counts: Integers, weight: Floats, total: Floats) -> NDArray[np.bool_]:
    """Which trigrams of each query, sorted from the rarest on, are followed: this one, and more while few have them."""
    first = np.flatnonzero(np.append(True, query[1:] != query[:-1])) if len(query) else np.empty(0, np.int64)
    rank = np.arange(len(query)) - np.repeat(first, np.diff(np.append(first, len(query))))
    covered = np.zeros((len(total), int(rank.max(initial=0)) + 2))
    n_names = np.zeros(covered.shape, np.int64)
    covered[query, rank + 1], n_names[query, rank + 1] = weight, counts
    covered, n_names = covered.cumsum(axis=1), n_names.cumsum(axis=1)
    is_wanted = (n_names[query, rank + 1] <= MAX_FOLLOWED) & (covered[query, rank] < ENOUGH * total[query])
    return np.asarray((rank == 0) | is_wanted)


def _shared(
    letters: NDArray[np.uint8], lengths: Integers, query: Integers, asked: _Grams, column: NDArray[np.int16]
) -> Floats:
    """The weight of those of its query's trigrams that each of the names has."""
    column[asked.query, asked.number] = asked.column + 1
    owner = np.repeat(np.arange(len(lengths)), lengths)
    inside = owner[:-2] == owner[2:]
    owner = owner[:-2][inside]
    columns = column[query[owner], grams(letters)[inside]]
    column[asked.query, asked.number] = 0
    has = np.zeros((len(lengths), int(asked.column.max(initial=0)) + 2), bool)
    has[owner, columns] = True
    names, columns = has[:, 1:].nonzero()
    weights = asked.weight[asked.start[query[names]] + columns]
    return np.bincount(names, weights, minlength=len(lengths)).astype(np.float64)


def _highest(keys: Integers, scores: Floats) -> Integers:
    """The keys with the highest scores; the key breaks ties, so that the same names are compared everywhere."""
    if len(keys) <= MAX_COMPARED:
        return keys
    high = (scores >= np.partition(scores, -MAX_COMPARED)[-MAX_COMPARED]).nonzero()[0]
    return np.asarray(keys[high[np.lexsort((high, -scores[high]))[:MAX_COMPARED]]])


def _likest(alike: list[Similar], limit: int, least: float) -> list[Similar]:
    spelled = sorted((-item.spelling, item.words, item) for item in alike if item.spelling >= least)
    meant = sorted((-item.meaning, item.words, item) for item in alike if item.meaning >= least)
    best = {item for _, _, item in (*spelled[:limit], *meant[:limit])}
    return sorted(best, key=lambda item: (-item.likeness, item.words))


def _split(letters: NDArray[np.uint8], lengths: Integers) -> list[str]:
    """The names that lie one after another."""
    text, ends = letters.tobytes().decode("ascii"), lengths.cumsum().tolist()
    return [text[start:end].strip() for start, end in pairwise([0, *ends])]


def _likeness(cosines: Floats) -> Floats:
    return np.asarray(np.round(np.clip(cosines, 0.0, 1.0), 4), np.float64)
