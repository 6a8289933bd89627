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
    word.npy     uint32, the words of the names one after another, by their place in `word_vector.npy`, float32, those
                 of each name from its `word_start.npy` on, uint32, (n + 1,)
"""

import operator
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kgbuild.link.name_vectors import NameVectors, cosines
from kgbuild.link.near_names import Cells
from kgbuild.link.similar_arrays import MEANING, SPELLING, Array, make_arrays, rarity
from kgbuild.link.trigrams import N_GRAMS, bounded, by_alphabet, grams, in_alphabet_order

__all__ = ["Similar", "SimilarNames", "build_similar", "open_similar"]

#: names followed from the rare trigrams of a query, and compared in full
MAX_FOLLOWED, MAX_COMPARED = 12_000, 24
#: trigrams are followed until they make up this much of the query's squared length
ENOUGH = 0.7
#: queries whose likest names are in memory together, and those whose followed names are
QUERIES_AT_ONCE, FOLLOWED_AT_ONCE = 512, 32

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
        return self.spelling if self.spelling >= self.meaning else self.meaning


class _Grams(NamedTuple):
    """The trigrams of some queries, each once a query, in the order of the alphabet.

    `place` is a trigram's in the alphabet, `number` its number in the index. `total` is the sum of the weights of each
    query.
    """

    query: Integers
    place: Integers
    number: Integers
    weight: Floats
    total: Floats


class SimilarNames:
    """Finds the names of an index that `build_similar` made, with the vectors that it was made with."""

    def __init__(self, arrays: dict[str, Array], vectors: NameVectors | None = None) -> None:
        self._text, self._offset = arrays["text"], arrays["offset"]
        self._name, self._norm = arrays["name"], arrays["norm"]
        self._cells = Cells(arrays, vectors) if vectors is not None else None
        self._starts = np.asarray(arrays["gram"]).astype(np.int64)
        self._weight = rarity(np.diff(self._starts), len(self._norm)).astype(np.float64) ** 2

    def find(self, names: Sequence[str], limit: int = 8, least: float = 0.4) -> list[list[Similar]]:
        """For each name the likest ones, best first, ties by alphabet; at most `limit` in either way.

        Those at least so alike. Names are given by their normalised words, joined by blanks. What is found for a name
        is the same beside any others.
        """
        if not len(self._norm):
            return [[] for _ in names]
        distinct = list(dict.fromkeys(names))
        found: dict[str, list[Similar]] = {}
        for start in range(0, len(distinct), QUERIES_AT_ONCE):
            asked = distinct[start : start + QUERIES_AT_ONCE]
            found |= zip(asked, self._find(asked, limit, least), strict=True)
        return [found[name] for name in names]

    def _find(self, names: Sequence[str], limit: int, least: float) -> list[list[Similar]]:
        asked = self._grams_of(names)
        vectors = self._cells.vectors.encode(names) if self._cells is not None else None
        keys = self._share_rare(asked)
        if self._cells is not None and vectors is not None:
            keys.append(self._cells.find(vectors, limit))
        pairs = _distinct(np.concatenate(keys)) if keys else np.empty(0, np.int64)
        if not len(pairs):
            return [[] for _ in names]
        query = pairs >> 32
        found, name = np.unique(pairs & 0xFFFFFFFF, return_inverse=True)
        letters, lengths = self._letters(found)
        texts = _split(letters, lengths)
        norms = np.array([total**0.5 for total in asked.total.tolist()])[query]
        norms *= self._norm[found].astype(np.float64)[name]
        norms[norms == 0.0] = 1.0
        spelling = _likeness(_shared(query, name, asked, *_distinct_grams(letters, lengths)) / norms)
        meaning = spelling
        if self._cells is not None and vectors is not None:
            meaning = _likeness(cosines(vectors, self._cells.encode(found), query, name))
        chosen = _likest(query, _ranks(texts)[name], spelling, meaning, limit, least)
        chosen_texts = (texts[place] for place in name[chosen].tolist())
        likest = list(map(Similar, chosen_texts, spelling[chosen].tolist(), meaning[chosen].tolist()))
        edges = np.searchsorted(query[chosen], np.arange(len(names) + 1)).tolist()
        return [likest[start:end] for start, end in pairwise(edges)]

    def _grams_of(self, names: Sequence[str]) -> _Grams:
        texts = [bounded(name) for name in names]
        letters = np.frombuffer("".join(texts).encode("ascii"), np.uint8)
        query, place = _distinct_grams(letters, np.array([len(text) for text in texts]))
        number = by_alphabet()[place]
        weight = self._weight[number]
        start = np.searchsorted(query, np.arange(len(names) + 1)).tolist()
        # each by itself: the same beside any others
        total = np.array([weight[first:last].sum() for first, last in pairwise(start)])
        return _Grams(query, place, number, weight, total)

    def _share_rare(self, asked: _Grams) -> list[Integers]:
        """The names that share most weight of each query's rare trigrams, for their own length, in no order.

        Each is a number of the place of the query and, in the lower 32 bits, that of the name.
        """
        firsts, lasts = self._starts[asked.number], self._starts[asked.number + 1]
        order = np.lexsort((lasts - firsts, asked.query))
        order = order[lasts[order] > firsts[order]]
        order = order[_followed(asked.query[order], (lasts - firsts)[order], asked.weight[order], asked.total)]
        query, first, last = asked.query[order], firsts[order], lasts[order]
        points = np.minimum(np.rint(asked.weight[order] * 100), 0xFFFF).astype(np.uint64)
        points |= query.astype(np.uint64) << np.uint64(48)
        edges = np.searchsorted(query, np.arange(0, len(asked.total) + FOLLOWED_AT_ONCE, FOLLOWED_AT_ONCE)).tolist()
        return [
            keys
            for start, end in pairwise(edges)
            if start < end
            for keys in self._followed_names(first[start:end], last[start:end], points[start:end])
        ]

    def _followed_names(self, firsts: Integers, lasts: Integers, points: NDArray[np.uint64]) -> Iterator[Integers]:
        """For some queries, the best of the names with trigrams between these places; `points` are of the trigrams."""
        spans = zip(firsts.tolist(), lasts.tolist(), strict=True)
        packed = np.concatenate([self._name[first:last] for first, last in spans], dtype=np.uint64)
        packed <<= np.uint64(16)
        packed |= np.repeat(points, lasts - firsts)
        packed.sort()
        first = np.append(0, np.flatnonzero(packed[1:] ^ packed[:-1] > np.uint64(0xFFFF)) + 1)
        unique = (packed[first] >> np.uint64(16)).astype(np.int64)
        packed &= np.uint64(0xFFFF)
        sums = np.add.reduceat(packed, first).astype(np.float64)
        scores = sums / np.maximum(self._norm[unique & 0xFFFFFFFF], np.float32(1e-6))
        edges = np.append(np.flatnonzero(_is_first(unique >> 32)), len(unique)).tolist()
        return (_highest(unique[start:end], scores[start:end]) for start, end in pairwise(edges))

    def _letters(self, found: Integers) -> tuple[NDArray[np.uint8], Integers]:
        """The names at these places one after another, and the length of each."""
        starts = self._offset[found].astype(np.int64)
        lengths = self._offset[found + 1].astype(np.int64) - starts
        ends = lengths.cumsum()
        places = np.repeat(starts - ends + lengths, lengths) + np.arange(int(ends[-1]))
        return np.asarray(self._text[places], np.uint8), lengths


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
    first = np.flatnonzero(_is_first(query))
    rank = np.arange(len(query)) - np.repeat(first, np.diff(np.append(first, len(query))))
    covered = np.zeros((len(total), int(rank.max(initial=0)) + 2))
    n_names = np.zeros(covered.shape, np.int64)
    covered[query, rank + 1], n_names[query, rank + 1] = weight, counts
    covered, n_names = covered.cumsum(axis=1), n_names.cumsum(axis=1)
    is_wanted = (n_names[query, rank + 1] <= MAX_FOLLOWED) & (covered[query, rank] < ENOUGH * total[query])
    return np.asarray((rank == 0) | is_wanted)


def _distinct_grams(letters: NDArray[np.uint8], lengths: Integers) -> tuple[Integers, Integers]:
    """The trigrams of names that lie one after another, by their place in the alphabet, after whose they are."""
    owner = np.repeat(np.arange(len(lengths)) << 16, lengths)
    inside = owner[:-2] == owner[2:]
    found = _distinct(owner[:-2][inside] | in_alphabet_order()[grams(letters)[inside]])
    return found >> 16, found & 0xFFFF


def _shared(query: Integers, name: Integers, asked: _Grams, owner: Integers, place: Integers) -> Floats:
    """The weight that each query and name have in common; `owner` and `place` are the trigrams of the names."""
    places = _distinct(asked.place)
    column = np.full(N_GRAMS, len(places))
    column[places] = np.arange(len(places))
    weights = np.zeros((len(asked.total), len(places)))
    weights[asked.query, column[asked.place]] = asked.weight
    is_asked = column[place] < len(places)
    owner, columns = owner[is_asked], column[place[is_asked]]
    starts = np.searchsorted(owner, np.arange(int(name.max()) + 2))
    counts = np.diff(starts)[name]
    ends = counts.cumsum()
    at = np.repeat(starts[name] - ends + counts, counts) + np.arange(int(ends[-1]))
    at = np.repeat(query * len(places), counts) + columns[at]
    pair = np.repeat(np.arange(len(name)), counts)
    return np.bincount(pair, weights.ravel()[at], minlength=len(name)).astype(np.float64)


def _highest(keys: Integers, scores: Floats) -> Integers:
    """The keys with the highest scores; the key breaks ties, so that the same names are compared everywhere."""
    if len(keys) <= MAX_COMPARED:
        return keys
    high = (scores >= np.partition(scores, -MAX_COMPARED)[-MAX_COMPARED]).nonzero()[0]
    if len(high) > MAX_COMPARED:
        high = high[np.lexsort((high, -scores[high]))[:MAX_COMPARED]]
    return np.asarray(keys[high])


def _likest(query: Integers, rank: Integers, spelling: Floats, meaning: Floats, limit: int, least: float) -> Integers:
    """Of pairs of a query and a name the likest in either way, sorted; `rank` is the name's place in the alphabet."""
    chosen = _first_of_each(query, rank, spelling, limit, least)
    if meaning is not spelling:
        chosen = _distinct(np.concatenate([chosen, _first_of_each(query, rank, meaning, limit, least)]))
    likeness = np.maximum(spelling, meaning)[chosen]
    return chosen[np.lexsort((rank[chosen], -likeness, query[chosen]))]


def _first_of_each(query: Integers, rank: Integers, likeness: Floats, limit: int, least: float) -> Integers:
    alike = np.flatnonzero(likeness >= least)
    order = alike[np.lexsort((rank[alike], -likeness[alike], query[alike]))]
    return order[np.arange(len(order)) - np.searchsorted(query[order], query[order]) < limit]


def _ranks(texts: Sequence[str]) -> Integers:
    """The place of each text in the alphabet; most come in its order."""
    if all(map(operator.lt, texts, texts[1:])):
        return np.arange(len(texts))
    place_of = {text: place for place, text in enumerate(sorted(set(texts)))}
    return np.array([place_of[text] for text in texts])


def _distinct(numbers: NDArray[Any]) -> Integers:
    """Each number once, sorted."""
    numbers = np.sort(numbers)
    return numbers[_is_first(numbers)].astype(np.int64)


def _is_first(numbers: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each of some sorted numbers is not as the one before it."""
    return np.append(True, numbers[1:] != numbers[:-1])[: len(numbers)]


def _split(letters: NDArray[np.uint8], lengths: Integers) -> list[str]:
    """The names that lie one after another."""
    text, ends = letters.tobytes().decode("ascii"), lengths.cumsum().tolist()
    return [text[start:end].strip() for start, end in pairwise([0, *ends])]


def _likeness(cosines: Floats) -> Floats:
    return np.asarray(np.round(np.clip(cosines, 0.0, 1.0), 4), np.float64)
