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
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kgbuild.link.name_vectors import NameVectors, quantised
from kgbuild.link.names import words

__all__ = ["Similar", "SimilarNames", "build_similar", "open_similar"]

#: blank, letters, digits, anything else
ALPHABET = 38
N_GRAMS = ALPHABET**3
#: names followed from the rare trigrams of a query, and compared in full
MAX_FOLLOWED, MAX_COMPARED = 12_000, 24
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


class SimilarNames:
    """Finds the names of an index that `build_similar` made, with the vectors that it was made with."""

    def __init__(self, arrays: dict[str, Array], vectors: NameVectors | None = None) -> None:
        self._text, self._offset = arrays["text"], arrays["offset"]
        self._gram, self._name, self._norm = arrays["gram"], arrays["name"], arrays["norm"]
        self._vectors = vectors
        self._cells = Cells(arrays, vectors) if vectors is not None else None
        counts = np.diff(np.asarray(self._gram).astype(np.int64))
        self._idf = _idf(counts, len(self._norm))

    def find(self, name: str, limit: int = 8, least: float = 0.4) -> list[Similar]:
        """The likest names, best first, ties by alphabet; those at least so alike, at most so many in either way.

        `name` is given by its normalised words, joined by blanks.
        """
        text = _bounded(name)
        parts = sorted(_parts(text))
        if not parts or not len(self._norm):
            return []
        grams = _grams(np.frombuffer("".join(parts).encode("ascii"), np.uint8))[::3]
        weights = self._idf[grams].astype(np.float64) ** 2
        weight_of = dict(zip(parts, weights.tolist(), strict=True))
        length = float(weights.sum()) ** 0.5
        places = self._share_rare(grams, weights)
        if self._cells is not None:
            places = sorted({*places, *self._cells.find(name, limit)})
        others = [self._name_at(place) for place in places]
        spellings = []
        for place, other in zip(places, others, strict=True):
            shared = sum(weight_of.get(part, 0.0) for part in _parts(_bounded(other)))
            spellings.append(round(min(shared / (length * float(self._norm[place]) or 1.0), 1.0), 4))
        meanings = spellings if self._vectors is None else self._vectors.likeness(name, others)
        found = [Similar(*item) for item in zip(others, spellings, meanings, strict=True)]
        spelled = sorted(found, key=lambda item: (-item.spelling, item.words))[:limit]
        meant = sorted(found, key=lambda item: (-item.meaning, item.words))[:limit]
        best = {item for item in spelled if item.spelling >= least} | {item for item in meant if item.meaning >= least}
        return sorted(best, key=lambda item: (-item.likeness, item.words))

    def _name_at(self, place: int) -> str:
        return self._text[int(self._offset[place]) : int(self._offset[place + 1])].tobytes().decode("ascii").strip()

    def _share_rare(self, grams: Array, weights: Array) -> list[int]:
        """The places of the names that share most weight of the rare trigrams, for their own length."""
        starts, stops = self._gram[grams].astype(np.int64), self._gram[grams + 1].astype(np.int64)
        total, covered, followed = float(weights.sum()), 0.0, 0
        pieces: list[Array] = []
        for index in np.argsort(stops - starts, kind="stable").tolist():
            n = int(stops[index] - starts[index])
            if pieces and (followed + n > MAX_FOLLOWED or covered >= ENOUGH * total):
                break
            if n:
                weight = float(weights[index])
                names = self._name[int(starts[index]) : int(stops[index])].astype(np.uint64)
                pieces.append((names << np.uint64(16)) | np.uint64(min(round(weight * 100), 0xFFFF)))
                covered, followed = covered + weight, followed + n
        if not pieces:
            return []
        packed = np.sort(np.concatenate(pieces))
        places = (packed >> np.uint64(16)).astype(np.int64)
        first = np.flatnonzero(np.diff(places, prepend=-1))
        sums = np.add.reduceat((packed & np.uint64(0xFFFF)).astype(np.float64), first)
        unique = places[first]
        scores = sums / np.maximum(self._norm[unique], 1e-6)
        if len(unique) > MAX_COMPARED:
            # the place breaks ties, so that the same names are compared everywhere
            order = np.lexsort((unique, -scores))[:MAX_COMPARED]
            unique = unique[order]
        return [int(place) for place in unique]


class Cells:
    """Finds names by their meaning among those of the cells whose centroids are nearest."""

    def __init__(self, arrays: dict[str, Array], vectors: NameVectors) -> None:
        self._cell, self._member, self._vector = arrays["cell"], arrays["member"], arrays["vector"]
        self._vectors = vectors

    def find(self, name: str, limit: int) -> list[int]:
        """The places of the nearest names."""
        (query,) = self._vectors.encode([name])
        near = np.argsort(-(self._vectors.centroid @ query), kind="stable")[:CELLS_SEARCHED].tolist()
        spans = [(int(self._cell[cell]), int(self._cell[cell + 1])) for cell in near]
        members = np.concatenate([self._member[start:stop] for start, stop in spans])
        scores = np.concatenate([self._vector[start:stop].astype(np.float32) @ query for start, stop in spans])
        order = np.lexsort((members, -scores))[:limit]
        return [int(place) for place in members[order]]


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
    lengths = np.array([len(text) for text in texts], np.int64)
    offset = np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint64)
    text = np.frombuffer("".join(texts).encode("ascii"), np.uint8)
    owner = np.repeat(np.arange(len(texts), dtype=np.uint64), lengths)
    codes = _grams(text).astype(np.uint64)
    inside = owner[: len(codes)] == owner[2:] if len(text) > 2 else np.zeros(0, bool)
    pairs = np.unique((codes[inside] << np.uint64(32)) | owner[: len(codes)][inside])
    grams, name = (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    counts = np.bincount(grams, minlength=N_GRAMS)
    weights = _idf(counts, len(texts))[grams].astype(np.float64) ** 2
    norm = np.sqrt(np.bincount(name, weights=weights, minlength=len(texts))).astype(np.float32)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint64)
    arrays: dict[str, Array] = {"text": text, "offset": offset, "gram": starts, "name": name, "norm": norm}
    return arrays if vectors is None else arrays | _cells([text.strip() for text in texts], vectors)


def _cells(texts: Sequence[str], vectors: NameVectors) -> dict[str, Array]:
    found = vectors.encode(texts)
    owner = np.argmax(found @ vectors.centroid.T, axis=1) if len(texts) else np.zeros(0, np.int64)
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(len(vectors.centroid) + 1)).astype(np.uint64)
    return {"cell": starts, "member": order.astype(np.uint32), "vector": quantised(found[order])}


def _bounded(text: str) -> str:
    return f" {text} ".encode("ascii", "ignore").decode("ascii")


def _parts(text: str) -> set[str]:
    return {text[place : place + 3] for place in range(len(text) - 2)}


def _grams(text: NDArray[np.uint8]) -> NDArray[np.uint32]:
    codes = _CODE_OF[text]
    if len(codes) < 3:
        return np.empty(0, np.uint32)
    return codes[:-2] * np.uint32(ALPHABET * ALPHABET) + codes[1:-1] * np.uint32(ALPHABET) + codes[2:]


def _idf(counts: Array, n_names: int) -> NDArray[np.float32]:
    return np.log1p((n_names + 1) / (np.asarray(counts, np.float64) + 1)).astype(np.float32)
