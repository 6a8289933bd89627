"""Where the passages of a BioC document stand in `Document.text`, and where its annotations do.

BioC gives every passage and annotation an offset in code points; where these agree with the texts they hold in
`Document.text`, with gaps filled by blanks. Files that count otherwise (bytes, collapsed white space) are laid out
afresh and their annotations looked up by their words.
"""

import re
from collections.abc import Iterable

import msgspec

from kgbuild.document import Span
from kgbuild.read.given import same_words

__all__ = ["Layout", "Piece", "best_text"]

#: a longer gap between two passages is an error of the offsets, not missing text
LARGEST_GAP = 1000

_INDENTED = re.compile(r"\n(?:  |\t)")


class Piece(msgspec.Struct, frozen=True):
    """A text with the offset that its file gives it; `is_continued` where it goes on in the passage before it."""

    offset: int
    text: str
    is_continued: bool = False


class Layout:
    """Pieces one after the other: the text that they make and the place of each in it."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.spans: list[Span] = []
        self.problems: list[str] = []
        self._pieces = list(pieces)
        self._parts: list[str] = []
        self._length = 0
        for piece in self._pieces:
            self._place(piece)
        self.text = "".join(self._parts)

    def locate(self, offset: int, length: int, words: str, index: int | None) -> tuple[Span | None, str]:
        """The place of an annotation of piece `index` (any piece when None), and what was wrong with its offset.

        Where other words stand at the offset, the nearest place of the annotation's own words in the piece is taken.
        """
        is_local = index is not None
        index = self._piece_at(offset) if index is None else index
        if index is None:
            return None, f"expected {words!r} at {offset}, which is outside the text"
        piece, span = self._pieces[index], self.spans[index]
        start = span.start + offset - piece.offset
        found = self.text[max(start, 0) : start + length]
        # an annotation of the whole document may go on into the next passage
        last = span.end if is_local else len(self.text)
        if span.start <= start and start + length <= last and (not words or same_words(found, words)):
            return Span(start, start + length), ""
        places = _occurrences(self.text, words, span)
        nearest = min(places, key=lambda place: abs(place - start), default=None)
        if nearest is None:
            return None, f"expected {words!r} at {offset}, found {found!r}"
        moved = Span(nearest, nearest + len(words))
        return moved, f"expected {words!r} at {offset}, found {found!r}; taken at {nearest - span.start + piece.offset}"

    def _place(self, piece: Piece) -> None:
        gap = piece.offset - self._length
        fits = 0 <= gap <= LARGEST_GAP
        filler = " " if piece.is_continued else "\n"
        if not fits:
            gap = 1 if self._length else 0
            self.problems.append(f"passage at {piece.offset} does not fit its offset; moved to {self._length + gap}")
        self._parts.append((filler + " " * (gap - 1) if self._length else "\n" * gap) if gap else "")
        self._parts.append(piece.text)
        self.spans.append(Span(self._length + gap, self._length + gap + len(piece.text)))
        self._length += gap + len(piece.text)

    def _piece_at(self, offset: int) -> int | None:
        for index, piece in enumerate(self._pieces):
            if piece.offset <= offset < piece.offset + max(len(piece.text), 1):
                return index
        return None


def best_text(text: str, offset: int, annotations: Iterable[tuple[int, int, str]]) -> str:
    """The text as it is, or with its white space collapsed when the annotations' offsets count so.

    `annotations` are (offset, length, words). Pretty-printed XML breaks lines inside texts and indents the next.
    """
    if not _INDENTED.search(text):
        return text
    collapsed = " ".join(text.split())
    known = list(annotations)
    if not known:
        return collapsed
    return text if _hits(text, offset, known) >= _hits(collapsed, offset, known) else collapsed


def _hits(text: str, offset: int, annotations: list[tuple[int, int, str]]) -> int:
    return sum(
        start >= offset and same_words(text[start - offset : start - offset + length], words)
        for start, length, words in annotations
    )


def _occurrences(text: str, words: str, span: Span) -> list[int]:
    places: list[int] = []
    place = text.find(words, span.start, span.end) if words else -1
    while place >= 0:
        places.append(place)
        place = text.find(words, place + 1, span.end)
    return places
