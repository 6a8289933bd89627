"""Words of a document's passages and the overlapping windows in which the encoder sees them.

A word is a pre-token of the tokenizer (BERT: a run of letters and digits, or one punctuation mark). Nothing is
cut: a text longer than the encoder's limit is covered by several windows, and each word is read from the window that
shows more of its surroundings.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kgbuild.document import Document

__all__ = ["FEATURE_ROWS", "N_FEATURES", "SHAPES", "Window", "Words", "owner_ranges", "plan_windows", "read_words"]

IntArray = NDArray[np.int64]

#: Word shapes: what an uncased vocabulary cannot see and formulas and gene symbols need (Co / CO, BRCA1, p53).
SHAPES = (
    "lower",
    "title",
    "upper",
    "mixed",
    "digits",
    "letters+digits",
    "Letters+digits",
    "LETTERS+digits",
    "greek",
    "mark",
)

#: Hashed features of a word: its form, its lower-case form, its first three and its last four characters, as in
#: MultiHashEmbed (Miranda et al. 2022, https://arxiv.org/abs/2212.09255), each with so many rows.
N_FEATURES = 4
FEATURE_ROWS = 2**14


#: Web addresses and DOIs, of which the first word is read: the others are pieces by the dozen and name nothing.
_ADDRESS = re.compile(r"(?:(?i:https?://|\bwww\.)|\b10\.\d{4,9}/)[^\s,;()\[\]<>\"]*[^\s.,;()\[\]<>\"]")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one document, of a web address the first. Arrays have one entry per word, `piece_ids` one per word
    piece.
    """

    piece_ids: IntArray
    piece_start: IntArray
    """Index of the word's first piece; one entry more than there are words."""
    start: IntArray
    """First character in the document's text."""
    end: IntArray
    passage: IntArray
    """Index into `Document.passages`."""
    shape: IntArray
    features: IntArray
    """(words, N_FEATURES), row of each hashed feature in one table of all."""

    def __len__(self) -> int:
        return len(self.start)

    def n_pieces(self, window: "Window") -> int:
        """Word pieces of the words of a window, without the special ones around it."""
        return int(self.piece_start[window.end] - self.piece_start[window.start])


@dataclass(frozen=True, slots=True)
class Window:
    """Words [start, end) of one document."""

    start: int
    end: int


def read_words(documents: Sequence[Document], tokenizer: Any) -> list[Words]:
    """The words of each document's passages."""
    texts = [doc.text_of(passage.span) for doc in documents for passage in doc.passages]
    encodings = iter(tokenizer.encode_batch(texts, add_special_tokens=False) if texts else ())
    return [_words_of(doc, [next(encodings) for _ in doc.passages]) for doc in documents]


def plan_windows(words: Words, *, size: int, overlap: int) -> list[Window]:
    """Windows of at most `size` pieces that cover all words; neighbours share at most `overlap` pieces.

    Windows end and begin at passages where one begins in reach, so that most sentences are seen whole.
    """
    n_words = len(words)
    passage_starts = np.flatnonzero(np.diff(words.passage, prepend=-1))
    windows: list[Window] = []
    start = 0
    while start < n_words:
        limit = words.piece_start[start] + size
        end = max(int(np.searchsorted(words.piece_start, limit, side="right")) - 1, start + 1)
        if end < n_words:
            inside = passage_starts[(passage_starts > (start + end) // 2) & (passage_starts <= end)]
            end = int(inside[-1]) if len(inside) else end
        windows.append(Window(start, end))
        if end >= n_words:
            break
        earliest = int(np.searchsorted(words.piece_start, words.piece_start[end] - overlap, side="left"))
        again = passage_starts[(passage_starts >= earliest) & (passage_starts < end)]
        start = max(int(again[0]) if len(again) else earliest, start + 1)
    return windows


def owner_ranges(words: Words, windows: Sequence[Window]) -> list[Window]:
    """For each window the words that are read from it: every word once, overlaps cut near their middle."""
    cuts = [0]
    for left, right in pairwise(windows):
        middle = (right.start + left.end) // 2
        shared = np.flatnonzero(np.diff(words.passage[right.start : left.end], prepend=-1)) + right.start
        cuts.append(int(shared[np.argmin(np.abs(shared - middle))]) if len(shared) else middle)
    cuts.append(len(words))
    return [Window(start, end) for start, end in pairwise(cuts)]


def _words_of(doc: Document, encodings: Sequence[Any]) -> Words:
    piece_ids = _integers(chain.from_iterable(encoding.ids for encoding in encodings))
    word_ids = chain.from_iterable(encoding.word_ids for encoding in encodings)
    word = _integers(-1 if number is None else number for number in word_ids)  # (pieces,)
    offsets = chain.from_iterable(encoding.offsets for encoding in encodings)
    places = _integers(chain.from_iterable(offsets)).reshape(-1, 2)  # (pieces, 2), in the passage
    lengths = [len(encoding) for encoding in encodings]
    passage = np.repeat(np.arange(len(encodings)), lengths)  # (pieces,)
    places += np.repeat(_integers(passage.span.start for passage in doc.passages), lengths)[:, None]
    read = _outside_addresses(doc, places[:, 0])
    piece_ids, word, places, passage = piece_ids[read], word[read], places[read], passage[read]
    is_first = (word == -1) | (np.diff(word, prepend=-1) != 0) | (np.diff(passage, prepend=-1) != 0)
    first = np.flatnonzero(is_first)
    piece_start = np.append(first, len(piece_ids))
    start, end = places[first, 0], places[piece_start[1:] - 1, 1]
    forms = [doc.text[begin:stop] for begin, stop in zip(start.tolist(), end.tolist(), strict=True)]
    return Words(
        piece_ids=piece_ids,
        piece_start=piece_start,
        start=start,
        end=end,
        passage=passage[first],
        shape=_integers(map(_shape, forms)),
        features=_integers(chain.from_iterable(map(_features, forms))).reshape(-1, N_FEATURES),
    )


def _outside_addresses(doc: Document, starts: IntArray) -> NDArray[np.bool_]:
    """Which pieces lie in no web address, or are the first of one; starts: (pieces,) their first characters."""
    # a part of a long document has the text of the whole one
    bounds = (doc.passages[0].span.start, doc.passages[-1].span.end) if doc.passages else (0, 0)
    spans = [match.span() for match in _ADDRESS.finditer(doc.text, *bounds)]
    first = np.searchsorted(_integers(start for start, _ in spans), starts, side="left")  # addresses that begin before
    ends = np.append(0, _integers(end for _, end in spans))
    outside: NDArray[np.bool_] = starts >= ends[first]
    return outside


def _integers(values: Iterable[int]) -> IntArray:
    return np.fromiter(values, dtype=np.int64)


@lru_cache(maxsize=65536)
def _features(word: str) -> tuple[int, ...]:
    lower = word.lower()
    values = (word, lower, lower[:3], lower[-4:])
    return tuple(zlib.crc32(v.encode()) % FEATURE_ROWS + i * FEATURE_ROWS for i, v in enumerate(values))


@lru_cache(maxsize=65536)
def _shape(word: str) -> int:
    letters = [c for c in word if c.isalpha()]
    has_digit = any(c.isdigit() for c in word)
    if not letters:
        return SHAPES.index("digits" if has_digit else "mark")
    if any("\u0370" <= c <= "\u03ff" for c in letters):
        return SHAPES.index("greek")
    n_upper = sum(c.isupper() for c in letters)
    if has_digit:
        case = "letters" if n_upper == 0 else "LETTERS" if n_upper == len(letters) else "Letters"
        return SHAPES.index(f"{case}+digits")
    if n_upper == 0:
        return SHAPES.index("lower")
    if n_upper == len(letters):
        return SHAPES.index("upper")
    return SHAPES.index("title" if n_upper == 1 and letters[0].isupper() else "mixed")
