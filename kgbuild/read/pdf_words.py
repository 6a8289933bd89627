"""The words of lines of a PDF as one paragraph: broken words mended, raised and lowered characters marked as in JATS.

A hyphen at the end of a line stays where the paper writes the word with one, before capitals and digits ("TGF-beta",
"LFA-1") and after prefixes that keep theirs; else the two parts are one word.
"""

import re
from collections.abc import Iterable, Sequence

from lxml import etree

from kgbuild.read.pdf_lines import Line
from kgbuild.read.xml import Element

__all__ = ["Vocabulary", "paragraph"]

#: how much smaller than its line a raised or lowered character is, and how far off the baseline, in sizes of the line
SMALLER, RAISED, LOWERED = 0.86, 0.12, 0.04
#: prefixes after which a hyphen stays, where the paper never writes the word at once
PREFIXES = frozenset({"anti", "ex", "half", "high", "long", "low", "non", "self", "well"})
#: units that take exponents; a number raised after another word is a citation
UNITS = frozenset(
    {
        "mm",
        "cm",
        "dm",
        "km",
        "nm",
        "pm",
        "µm",
        "μm",
        "mol",
        "kg",
        "mg",
        "ng",
        "µg",
        "μg",
        "ml",
        "mL",
        "µL",
        "μL",
        "Pa",
        "kPa",
    }
    | {
        "MPa",
        "GPa",
        "mA",
        "µA",
        "kV",
        "mV",
        "eV",
        "kJ",
        "cal",
        "kcal",
        "kW",
        "mW",
        "Hz",
        "kHz",
        "MHz",
        "GHz",
        "min",
        "ms",
    }
    | {"ns", "ps", "hr", "day", "year", "mM", "µM", "μM", "nM", "dL", "dl", "fl", "rad", "sr", "Wh", "Ah", "mAh", "wt"}
)

_BROKEN = re.compile(r"([A-Za-zÀ-ɏͰ-Ͽ]+)-$")
_BEGINS = re.compile(r"[A-Za-zÀ-ɏͰ-Ͽ]+")
_WORD = re.compile(r"[A-Za-zÀ-ɏͰ-Ͽ]+(?:-[A-Za-zÀ-ɏͰ-Ͽ]+)*")
_NUMBERS = re.compile(r"\d+(?:\s*[,;–—\-−]\s*\d+)*,?")
_LAST_WORD = re.compile(r"[^\W\d_]+\Z")

#: characters of a line with where they stand: 1 raised, -1 lowered
Placed = list[tuple[str, int]]


class Vocabulary:
    """The words that a paper writes inside its lines, with hyphens and without."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._words: set[str] = set()
        for line in lines:
            # the last word may be broken, the first may be the rest of one
            for word in _WORD.findall(line.text)[1:-1]:
                self._words.add(word.lower())
                self._words.update(part.lower() for part in word.split("-"))

    def keeps_hyphen(self, before: str, after: str) -> bool:
        """Whether a word broken between these two parts is written with a hyphen."""
        whole, parts = (before + after).lower(), f"{before}-{after}".lower()
        if after and (whole in self._words or parts in self._words):
            return whole not in self._words
        if not after or not after[0].islower() or len(before) == 1 or before.isupper():
            return True
        if before.lower() in PREFIXES:
            return True
        # both parts are words of this paper, and neither is short: "charge-transfer"
        return len(before) > 3 and len(after) > 3 and {before.lower(), after.lower()} <= self._words


def paragraph(lines: Sequence[Line], vocabulary: Vocabulary) -> Element:
    """The lines as a ``p`` with ``sup`` and ``sub``; citations in raised numbers are marked as such."""
    placed: Placed = []
    for line in lines:
        following = _placed(line)
        if placed:
            _join(placed, following, vocabulary)
        else:
            placed = following
    return _element(placed)


def _placed(line: Line) -> Placed:
    found: Placed = []
    for char in line.chars:
        shift = line.y - char.y
        place = 0
        if char.text != " " and char.size < SMALLER * line.size:
            place = 1 if shift > RAISED * line.size else -1 if shift < -LOWERED * line.size else 0
        elif char.text != " " and abs(shift) > 0.25 * line.size:
            place = 1 if shift > 0 else -1
        found.append((char.text, place))
    return found


def _join(placed: Placed, following: Placed, vocabulary: Vocabulary) -> None:
    """Adds the characters of the next line, with a blank or without."""
    text, rest = ("".join(char for char, _ in chars) for chars in (placed[-40:], following[:40]))
    broken, begins = _BROKEN.search(text), _BEGINS.match(rest)
    is_chain = begins is not None and rest[begins.end() : begins.end() + 1] == "-"  # intention-to-treat
    if broken and begins and not is_chain and not vocabulary.keeps_hyphen(broken[1], begins[0]):
        placed.pop()
    elif not text.endswith(("-", "–", "—", "/")) or text.endswith((" -", " –", " —")):
        placed.append((" ", 0))
    placed += following


def _element(placed: Placed) -> Element:
    whole = etree.Element("p")
    run, place = "", 0
    for char, its in [*placed, ("", 2)]:
        # blanks between raised characters belong to them
        if its == place or (char == " " and place == 0):
            run += char
            continue
        _append(whole, run, place)
        run, place = char, its
    return whole


def _append(whole: Element, run: str, place: int) -> None:
    if not run:
        return
    if place == 0:
        _append_text(whole, run)
        return
    node = etree.SubElement(whole, "sup" if place == 1 else "sub")
    node.text = run.replace("◦", "°")
    before = "".join(whole.itertext())[: -len(node.text)]
    if place == 1 and node.text.strip() in ("°", "′", "″", "∗", "*", "®", "™"):
        whole.remove(node)
        _append_text(whole, node.text)
    elif place == 1 and _is_citation(before, node.text.strip()):
        node.text = None
        etree.SubElement(node, "xref", {"ref-type": "bibr"}).text = run


def _append_text(whole: Element, text: str) -> None:
    if len(whole):
        whole[-1].tail = (whole[-1].tail or "") + text
    else:
        whole.text = (whole.text or "") + text


def _is_citation(before: str, raised: str) -> bool:
    """Whether a raised number cites: it stands after a word or a mark, not after a number, unit or symbol."""
    if not _NUMBERS.fullmatch(raised) or not before or before[-1].isspace():
        return False
    if before[-1] in ".,;:”’\"'?!":
        return True
    word = _LAST_WORD.search(before)
    if word is not None:
        return len(word[0]) > 1 and word[0] not in UNITS
    return before[-1] in ")]" and not raised.isdigit()
