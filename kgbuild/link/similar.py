"""Names that are spelled alike or mean much the same: typos, partial forms, other words. Memory-mapped arrays.

The names of one entity type, each once, whatever ontologies they are from, as their normalised words joined by blanks.
Of spelling, a name's vector holds the weights (inverse document frequency) of its trigrams of letters; likeness is the
cosine of two vectors. To find the likest names, the rarest trigrams of a query are followed to the names that share
them, and these compared. Of meaning, where the type has vectors of names, likeness is the cosine of these (see
`name_vectors`); they are divided into cells, of which those nearest to a query are searched.

    text.npy     uint8, the names one after another;     offset.npy   uint64, (n + 1,)
    gram.npy     uint64, (G + 1,) where the names of a trigram begin in `name.npy`, uint32;     norm.npy   float32, (n,)
    cell.npy     uint64, (cells + 1,) where the names of a cell begin in `member.npy`, uint32, and `vector.npy`, int8
"""

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from kgbuild.link.name_vectors import DIMENSIONS, NameVectors, quantised
from kgbuild.link.names import words

__all__ = ["Similar", "SimilarNames", "build_similar", "open_similar"]

#: blank, letters, digits, anything else
ALPHABET = 38
N_GRAMS = ALPHABET**3
#: names followed from the rare trigrams of a query, and compared in full
MAX_FOLLOWED, MAX_COMPARED = 12_000, 24
#: more than a likeness may gain when it is rounded
ROUNDING = 0.001
#: names of which the trigrams and vectors are in memory together while an index is made
NAMES_AT_ONCE = 1 << 16
#: of the cells of names, those that are searched
CELLS_SEARCHED = 16
#: arrays of either likeness
SPELLING, MEANING = ("text", "offset", "gram", "name", "norm"), ("cell", "member", "vector")
#: trigrams are followed until they make up this much of the query's squared length
ENOUGH = 0.7

_CODE_OF = np.full(256, ALPHABET - 1, np.uint32)
_CODE_OF[ord(" ")] = 0
_CODE_OF[ord("a") : ord("z") + 1] = np.arange(1, 27)
_CODE_OF[ord("0") : ord("9") + 1] = np.arange(27, 37)

Array = NDArray[np.generic]


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


class _Gram(NamedTuple):
    """A trigram: its number, its weight in a squared length, where the names that have it begin and end."""

    number: int
    weight: float
    start: int
    stop: int

    @property
    def n_names(self) -> int:
        return self.stop - self.start


class SimilarNames:
    """Finds the names of an index that `build_similar` made, with the vectors that it was made with."""

    def __init__(self, arrays: dict[str, Array], vectors: NameVectors | None = None) -> None:
        self._text, self._offset = arrays["text"], arrays["offset"]
        self._gram, self._name, self._norm = arrays["gram"], arrays["name"], arrays["norm"]
        self._vectors = vectors
        self._cells = Cells(arrays, vectors) if vectors is not None else None
        counts = np.diff(np.asarray(self._gram).astype(np.int64))
        self._idf = _idf(counts, len(self._norm))
        self._grams: dict[str, _Gram] = {}
        self._column = np.zeros(N_GRAMS, np.intp)

    def find(self, name: str, limit: int = 8, least: float = 0.4) -> list[Similar]:
        """The likest names, best first, ties by alphabet; those at least so alike, at most so many in either way.

        `name` is given by its normalised words, joined by blanks.
        """
        text = _bounded(name)
        parts = sorted({text[place : place + 3] for place in range(len(text) - 2)})
        if not parts or not len(self._norm):
            return []
        grams = [self._grams.get(part) or self._known(part) for part in parts]
        weights = np.array([gram.weight for gram in grams])
        total = float(weights.sum())
        found = set(self._share_rare(grams, ENOUGH * total))
        if self._cells is not None:
            found.update(self._cells.find(name, limit))
        if not found:
            return []
        places = np.array(sorted(found))
        letters, lengths = self._letters(places)
        others = _split(letters, lengths)
        norms = total**0.5 * self._norm[places].astype(np.float64)
        norms[norms == 0.0] = 1.0
        spellings = (self._shared(letters, lengths, [gram.number for gram in grams], weights) / norms).tolist()
        meanings = spellings if self._vectors is None else self._vectors.cosines(name, others)
        alike = [
            Similar(other, _likeness(spelling), _likeness(meaning))
            for other, spelling, meaning in zip(others, spellings, meanings, strict=True)
            if spelling > least - ROUNDING or meaning > least - ROUNDING
        ]
        spelled = sorted((-item.spelling, item.words, item) for item in alike if item.spelling >= least)
        meant = sorted((-item.meaning, item.words, item) for item in alike if item.meaning >= least)
        best = {item for _, _, item in (*spelled[:limit], *meant[:limit])}
        return sorted(best, key=lambda item: (-item.likeness, item.words))

    def _known(self, part: str) -> _Gram:
        number = int(_grams(np.frombuffer(part.encode("ascii"), np.uint8))[0])
        idf = float(self._idf[number])
        gram = _Gram(number, idf * idf, int(self._gram[number]), int(self._gram[number + 1]))
        self._grams[part] = gram
        return gram

    def _share_rare(self, grams: Sequence[_Gram], enough: float) -> list[int]:
        """The places of the names that share most weight of the rare trigrams, for their own length."""
        covered, followed = 0.0, 0
        pieces: list[Array] = []
        points: list[int] = []
        for gram in sorted(grams, key=lambda gram: gram.n_names):
            if pieces and (followed + gram.n_names > MAX_FOLLOWED or covered >= enough):
                break
            if gram.n_names:
                pieces.append(self._name[gram.start : gram.stop])
                points.append(min(round(gram.weight * 100), 0xFFFF))
                covered, followed = covered + gram.weight, followed + gram.n_names
        if not pieces:
            return []
        packed = np.concatenate(pieces, dtype=np.uint64) << np.uint64(16)
        packed |= np.repeat(np.array(points, np.uint64), [len(piece) for piece in pieces])
        packed.sort()
        places = (packed >> np.uint64(16)).astype(np.int64)
        is_first = np.ones(len(places), bool)
        np.not_equal(places[1:], places[:-1], out=is_first[1:])
        first = is_first.nonzero()[0]
        unique = places[first]
        if len(unique) > MAX_COMPARED:
            sums = np.add.reduceat((packed & np.uint64(0xFFFF)).astype(np.float64), first)
            scores = sums / np.maximum(self._norm[unique], 1e-6)
            high = (scores >= np.partition(scores, -MAX_COMPARED)[-MAX_COMPARED]).nonzero()[0]
            # the place breaks ties, so that the same names are compared everywhere
            unique = unique[high[np.lexsort((high, -scores[high]))[:MAX_COMPARED]]]
        return cast(list[int], unique.tolist())

    def _letters(self, found: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The names at these places one after another, and the length of each."""
        starts = self._offset[found].astype(np.int64)
        lengths = self._offset[found + 1].astype(np.int64) - starts
        ends = lengths.cumsum()
        places = np.repeat(starts - ends + lengths, lengths) + np.arange(int(ends[-1]))
        return np.asarray(self._text[places], np.uint8), lengths

    def _shared(
        self, letters: NDArray[np.uint8], lengths: NDArray[np.int64], numbers: list[int], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The weight of those of these trigrams that each of the names has."""
        column = self._column  # of a trigram, from 1; emptied again, since it is large
        column[numbers] = np.arange(1, len(numbers) + 1)
        columns = column[_grams(letters)]
        column[numbers] = 0
        owner = np.repeat(np.arange(len(lengths)), lengths)
        inside = owner[:-2] == owner[2:]
        has = np.zeros((len(lengths), len(numbers) + 1))
        has[owner[:-2][inside], columns[inside]] = 1.0
        return np.asarray(has[:, 1:] @ weights)


class Cells:
    """Finds names by their meaning among those of the cells whose centroids are nearest."""

    def __init__(self, arrays: dict[str, Array], vectors: NameVectors) -> None:
        self._starts = np.asarray(arrays["cell"]).tolist()
        self._member, self._vector = arrays["member"], arrays["vector"]
        self._vectors = vectors

    def find(self, name: str, limit: int) -> list[int]:
        """The places of the nearest names."""
        query = self._vectors.of_name(name)
        near = np.argsort(-(self._vectors.centroid @ query), kind="stable")[:CELLS_SEARCHED].tolist()
        spans = [slice(self._starts[cell], self._starts[cell + 1]) for cell in near]
        members = np.concatenate([self._member[span] for span in spans])
        scores = np.concatenate([self._vector[span] for span in spans], dtype=np.float32) @ query
        if len(scores) > limit:
            high = (scores >= np.partition(scores, -limit)[-limit]).nonzero()[0]
            members, scores = members[high], scores[high]
        return cast(list[int], members[np.lexsort((members, -scores))[:limit]].tolist())


def normal_text(name: str) -> str:
    """What is compared: the normalised words between blanks.

    >>> normal_text("Tumours of the β-cells")
    ' tumor of the beta cell '
    """
    return _bounded(" ".join(words(name)))


def open_similar(folder: Path, names: Iterable[str], vectors: NameVectors | None = None) -> SimilarNames:
    """The index in a folder, made of the names now if it is not there; at once, so that nobody sees half of it.

    With the same vectors as when it was made.
    """
    if not (folder / "norm.npy").is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for key, array in _arrays(names, vectors).items():
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
    return SimilarNames(_arrays(names, vectors), vectors)


def _arrays(names: Iterable[str], vectors: NameVectors | None) -> dict[str, Array]:
    texts = sorted({text for text in map(normal_text, names) if re.search(r"\w", text)})
    offset = np.concatenate([[0], np.cumsum([len(text) for text in texts], dtype=np.uint64)]).astype(np.uint64)
    text = np.frombuffer("".join(texts).encode("ascii"), np.uint8)
    counts = np.zeros(N_GRAMS, np.int64)
    for grams, _ in _grams_of_names(text, offset):
        counts += np.bincount(grams, minlength=N_GRAMS)
    starts = np.concatenate([[0], np.cumsum(counts)])
    weights = _idf(counts, len(texts)).astype(np.float64) ** 2
    name, norm = np.empty(int(starts[-1]), np.uint32), np.zeros(len(texts), np.float32)
    free = starts[:-1].copy()  # where the next names of each trigram go
    for grams, owners in _grams_of_names(text, offset):
        _, first, n_names = np.unique(grams, return_index=True, return_counts=True)
        place = np.arange(len(grams)) - np.repeat(first, n_names)
        name[free[grams] + place] = owners
        free[grams[first]] += n_names
        start = int(owners.min())
        squares = np.bincount(owners - owners.min(), weights=weights[grams])
        norm[start : start + len(squares)] = np.sqrt(squares)
    arrays: dict[str, Array] = {
        "text": text,
        "offset": offset,
        "gram": starts.astype(np.uint64),
        "name": name,
        "norm": norm,
    }
    return arrays if vectors is None else arrays | _cells(texts, vectors)


def _grams_of_names(
    text: NDArray[np.uint8], offset: NDArray[np.uint64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.uint32]]]:
    """The trigrams of some names after others, each once with each of its names, sorted by trigram and name."""
    for start in range(0, len(offset) - 1, NAMES_AT_ONCE):
        ends = offset[start : start + NAMES_AT_ONCE + 1].astype(np.int64)
        owner = np.repeat(np.arange(start, start + len(ends) - 1, dtype=np.uint64), np.diff(ends))
        codes = _grams(text[ends[0] : ends[-1]]).astype(np.uint64)
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


def _bounded(text: str) -> str:
    return f" {text} ".encode("ascii", "ignore").decode("ascii")


def _split(letters: NDArray[np.uint8], lengths: NDArray[np.int64]) -> list[str]:
    """The names that lie one after another."""
    text, ends = letters.tobytes().decode("ascii"), lengths.cumsum().tolist()
    return [text[start:end].strip() for start, end in pairwise([0, *ends])]


def _likeness(cosine: float) -> float:
    return round(min(max(cosine, 0.0), 1.0), 4)


def _grams(text: NDArray[np.uint8]) -> NDArray[np.uint32]:
    codes = _CODE_OF[text]
    if len(codes) < 3:
        return np.empty(0, np.uint32)
    return codes[:-2] * np.uint32(ALPHABET * ALPHABET) + codes[1:-1] * np.uint32(ALPHABET) + codes[2:]


def _idf(counts: Array, n_names: int) -> NDArray[np.float32]:
    return np.log1p((n_names + 1) / (np.asarray(counts, np.float64) + 1)).astype(np.float32)
