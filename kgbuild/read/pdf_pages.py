"""The characters of a PDF's pages with their places, as pieces of lines in the order in which the file draws them.

PDFium reads the file. Coordinates are in points, x from the left, y from the top of the page down to the baseline;
pages whose text is turned are turned back. Text that stands across the rest, as stamps on the margin do, is left out.
"""

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import pypdfium2
from pypdfium2 import raw

__all__ = ["Char", "Font", "Page", "Piece", "read_pages"]

#: gap between two characters that is a blank, and from which on they are no longer in one piece, in font sizes
BLANK, LARGEST_GAP = 0.15, 1.0
#: how far a character may stand from the baseline of the one before, in font sizes: raised and lowered ones do
LARGEST_SHIFT = 0.6

LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
#: fonts of signs whose files pass them off as letters ("Po0.05", "2 mL" for 2 µL), and what these letters are
SIGN_FONTS = re.compile(r"Adv(?:Pi\d|Els-ent\d|P4C4E74)")
SIGNS = {"m": "µ", "D": "Δ", "4": ">", "o": "<", "p": "≤", "X": "≥", "s": "®", "0": "′"}
#: accents that stand alone, over or before their letter -> the ones that join it
ACCENTS = {"´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303", "˘": "\u0306", "ˇ": "\u030c"} | {
    "¸": "\u0327",
    "˚": "\u030a",
    "¯": "\u0304",
    "˙": "\u0307",
    "˝": "\u030b",
}
#: what PDFium gives for a hyphen at the end of a line
HYPHENS = frozenset("\x02\ufffe\u00ad\u2010\u2011")

_BOLD = re.compile(r"bold|black|heavy|demi|[.-]B\b|CMBX|BX\d", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obliq|slant|[.-]I\b|CMTI|CMMI", re.IGNORECASE)


class Font(NamedTuple):
    """A typeface by its name in the file, without the marks of subsets."""

    name: str
    is_bold: bool
    is_italic: bool


class Char(NamedTuple):
    """A character; a blank has no width."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    font: Font


class Piece(msgspec.Struct, frozen=True):
    """Characters of one line without a wide gap, in the order of reading."""

    chars: tuple[Char, ...]
    x0: float
    x1: float
    y: float
    size: float

    @property
    def text(self) -> str:
        """The words."""
        return "".join(char.text for char in self.chars)


class Page(msgspec.Struct, frozen=True):
    """A page, counted from 0, with its size and how many of its characters the file gives no meaning."""

    number: int
    width: float
    height: float
    pieces: tuple[Piece, ...]
    n_unmapped: int


def read_pages(pdf: pypdfium2.PdfDocument) -> Iterator[Page]:
    """The pages in order, each closed before the next is opened."""
    for number in range(len(pdf)):
        page = pdf[number]
        text = page.get_textpage()
        try:
            yield _read_page(number, text, page.get_mediabox())
        finally:
            text.close()
            page.close()


def _read_page(number: int, text: Any, page_box: tuple[float, float, float, float]) -> Page:
    reader = _TextReader(text, page_box)
    placed = list(reader.chars())
    angles = Counter(angle for char, angle in placed if char.text not in " \n")
    angle = angles.most_common(1)[0][0] if angles else 0
    width, height = page_box[2] - page_box[0], page_box[3] - page_box[1]
    if angle in (90, 270):
        width, height = height, width
    pieces = _pieces([char for char, its in placed if its == angle])
    return Page(number, width, height, tuple(pieces), reader.n_unmapped)


class _TextReader:
    """Reads the characters of a text page through PDFium's interface; what they share is asked for once an object."""

    def __init__(self, text: Any, page_box: tuple[float, float, float, float]) -> None:
        self._text = text
        self._left, self._bottom, self._right, self._top = page_box
        self._styles: dict[int, tuple[float, Font, int]] = {}
        self.n_unmapped = 0

    def chars(self) -> Iterator[tuple[Char, int]]:
        """The characters as drawn, each where it stands on the page when its text is upright, with its angle.

        Blanks take place and angle of the character before.
        """
        last: tuple[Char, int] | None = None
        for index in range(self._text.count_chars()):
            symbol = self._symbol(index)
            drawn = raw.FPDFText_GetTextObject(self._text, index)
            if symbol in " \n" or not drawn:
                if last is not None and symbol:
                    yield last[0]._replace(text=symbol, x0=last[0].x1), last[1]
                continue
            size, font, angle = self._style(drawn, index)
            if symbol in SIGNS and SIGN_FONTS.match(font.name):
                symbol = SIGNS[symbol]
            last = Char(symbol, *self._place(index, angle), size, font), angle
            yield last

    def _place(self, index: int, angle: int) -> tuple[float, float, float]:
        """Where a character begins and ends, and its baseline, on the page turned upright."""
        x, y = ctypes.c_double(), ctypes.c_double()
        raw.FPDFText_GetCharOrigin(self._text, index, x, y)
        # the box of the advance, not of the ink: the "1" of many fonts is thin, and no blank follows it
        box = raw.FS_RECTF()
        raw.FPDFText_GetLooseCharBox(self._text, index, box)
        if angle == 90:
            return box.bottom - self._bottom, box.top - self._bottom, x.value - self._left
        if angle == 180:
            return self._right - box.right, self._right - box.left, y.value - self._bottom
        if angle == 270:
            return self._top - box.top, self._top - box.bottom, self._right - x.value
        return box.left - self._left, box.right - self._left, self._top - y.value

    def _symbol(self, index: int) -> str:
        code = raw.FPDFText_GetUnicode(self._text, index)
        symbol = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        if symbol in HYPHENS:
            return "-"
        if symbol in "\r\n":
            return "\n"
        if symbol == "\ufffd" or symbol < " " or "\ue000" <= symbol <= "\uf8ff":
            self.n_unmapped += 1
            return ""
        return LIGATURES.get(symbol, " " if symbol.isspace() else symbol)

    def _style(self, drawn: Any, index: int) -> tuple[float, Font, int]:
        """Font size on the page, font, and angle in degrees, of a text object."""
        key = ctypes.addressof(drawn.contents) if hasattr(drawn, "contents") else int(drawn)
        if key not in self._styles:
            matrix = raw.FS_MATRIX()
            raw.FPDFText_GetMatrix(self._text, index, matrix)
            size = raw.FPDFText_GetFontSize(self._text, index) * math.hypot(matrix.c, matrix.d)
            angle = round(math.degrees(math.atan2(matrix.b, matrix.a)) / 90) * 90 % 360
            straight = min(abs(matrix.a), abs(matrix.b)) < 0.05 * max(abs(matrix.a), abs(matrix.b), 1e-9)
            self._styles[key] = (round(size, 1), _font(raw.FPDFTextObj_GetFont(drawn)), angle if straight else -1)
        return self._styles[key]


def _font(handle: Any) -> Font:
    buffer = ctypes.create_string_buffer(256)
    raw.FPDFFont_GetBaseFontName(handle, buffer, 256)
    name = buffer.value.decode("utf-8", "replace")
    name = re.sub(r"^[A-Z]{6}\+|\+[0-9a-f]{2}$", "", name)
    is_bold = raw.FPDFFont_GetWeight(handle) >= 600 or _BOLD.search(name) is not None
    return Font(name, is_bold, _ITALIC.search(name) is not None)


def _pieces(chars: list[Char]) -> Iterator[Piece]:
    """The characters cut where the line, or the gap between two, is another one."""
    current: list[Char] = []
    for char in chars:
        last = next((one for one in reversed(current) if one.text != " "), None)
        if char.text == "\n" or (last is not None and char.text != " " and _is_apart(last, char)):
            yield from _piece(current)
            current = []
        elif last is not None and last is current[-1] and _is_accent(last, char):
            accented = unicodedata.normalize("NFC", char.text + ACCENTS[last.text])
            current[-1] = char._replace(text=accented, x0=min(last.x0, char.x0))
            continue
        elif last is not None and char.text != " " and current[-1].text != " " and _is_blank(last, char):
            current.append(Char(" ", last.x1, last.x1, last.y, last.size, last.font))
        if char.text != "\n" and (current or char.text != " "):
            current.append(char)
    yield from _piece(current)


def _is_apart(last: Char, char: Char) -> bool:
    size = max(last.size, char.size)
    return (
        abs(char.y - last.y) > LARGEST_SHIFT * size
        or char.x0 - last.x1 > LARGEST_GAP * size
        or char.x0 < last.x0 - 0.5 * size
    )


def _is_accent(last: Char, char: Char) -> bool:
    """Whether the character before is an accent of this letter: it stands over it."""
    return last.text in ACCENTS and char.text.isalpha() and char.x0 < last.x1 - 0.1 * last.size


def _is_blank(last: Char, char: Char) -> bool:
    return char.x0 - last.x1 > BLANK * min(last.size, char.size)


def _piece(chars: list[Char]) -> Iterator[Piece]:
    while chars and chars[-1].text == " ":
        chars.pop()
    if all(char.text in ACCENTS for char in chars):  # nothing, or an accent drawn apart from its letter
        return
    words = [char for char in chars if char.text != " "]
    size = Counter(char.size for char in words).most_common(1)[0][0]
    y = Counter(round(char.y, 1) for char in words if char.size == size).most_common(1)[0][0]
    yield Piece(tuple(chars), min(char.x0 for char in words), max(char.x1 for char in words), y, size)
