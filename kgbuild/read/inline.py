"""The running text of a paragraph, title or cell with markup: what a reader would read aloud.

- Subscripts run on: TiO2, Tg. Superscripts are ``^`` exponents after a number, unit or symbol (10^-3, cm^2), and run on
  where they are charges, isotopes, ordinals or genotypes (Ca2+, 13C, 1st, p53−/−).
- Superscript citations are left out, so that none is glued to a word; citations in brackets stay as they are.
- Markers of table footnotes are left out; formulas become linear text; one that is only a picture becomes "[formula]".
- Line breaks in a table cell become " ; " since they stack values, elsewhere a blank.
"""

import re
from typing import Literal

from kgbuild.read.formula import mathml_text
from kgbuild.read.tex import tex_text
from kgbuild.read.xml import Element

__all__ = ["PICTURE_FORMULA", "inline_parts", "inline_text"]

Place = Literal["text", "cell", "header", "note"]

PICTURE_FORMULA = "[formula]"
CELL_BREAK = " ; "

FORMULAS = frozenset({"inline-formula", "disp-formula", "math", "tex-math", "chem-struct"})
#: blocks that end the text before them
TEARING = frozenset({"list", "def-list", "disp-quote", "boxed-text", "verse-group", "statement", "speech"})
#: blocks that wait until the text around them is over
WAITING = frozenset(
    {"fn", "fig", "fig-group", "table-wrap", "table-wrap-group", "table", "supplementary-material", "media"}
    | {"chem-struct-wrap", "array", "fn-group"}
)
#: elements without words
SILENT = frozenset({"graphic", "inline-graphic", "object-id", "alt-text", "long-desc", "index-term", "target"})
#: cross-references that are marks, not words
NOTE_REFERENCES = frozenset({"table-fn", "fn", "author-notes", "corresp", "aff"})
CITATION = frozenset({"bibr", "ref"})
#: what PMC prints as the link of a citation: (Smith, 1999 ▶)
ARROWS = frozenset("▶►")

_ONLY_MARKS = re.compile(r"[\s,;:–—\-\[\]()\d.*]*")
_SEPARATOR = re.compile(r"[\s,;–—\-−]*")
_NUMBERS = re.compile(r"[\d\s,;–—\-−a-e]*\d[\d\s,;–—\-−a-e]*")
_EXPONENT = re.compile(r"[+\-−–]?\d+(?:[.,/]\d+)?")
_SIGN = re.compile(r"[+\-−–]")
_CHARGE = re.compile(r"\d*[+\-−–]|[+\-−–]+")
_SIGNED_NAME = re.compile(r"[−–\-+](?:\d*[^\W\d]\w*|\d.*)|Δ\w+")
_NOTE_MARK = re.compile(r"[a-z*†‡§¶#∥|,\s]{1,6}")


def inline_text(node: Element | None, *, place: Place = "text") -> str:
    """The text in an element without the figures, tables and footnotes in it; "" for None.

    `place` tells what breaks and raised letters mean: in a "cell" a break stacks values, at the end of a cell, "header"
    or caption a raised letter is a footnote mark and left out, and a "note" begins with such a mark.

    >>> from lxml import etree
    >>> mark = "<sup><xref ref-type='bibr'>1</xref></sup>"
    >>> inline_text(etree.XML(f"<p>10<sup>−3</sup> S cm<sup>-1</sup>, Ca<sup>2+</sup> in cancer{mark}</p>"))
    '10^-3 S cm^-1, Ca2+ in cancer'
    """
    if node is None:
        return ""
    writer = _Writer(place=place, tearing=frozenset())
    writer.write(node)
    return "".join(writer.parts)


def inline_parts(node: Element) -> list[str | Element]:
    """The text in an element cut where a list or box stands in it, those blocks, and then its figures and footnotes.

    >>> from lxml import etree
    >>> [part if isinstance(part, str) else part.tag for part in inline_parts(etree.XML("<p>A <fig/>b:<list/>c</p>"))]
    ['A b:', 'list', 'c', 'fig']
    """
    writer = _Writer(place="text", tearing=TEARING)
    writer.write(node)
    return [*writer.torn, "".join(writer.parts), *writer.waiting]


class _Writer:
    """Text pieces in order; what a superscript means depends on what stands before it."""

    def __init__(self, *, place: Place, tearing: frozenset[str]) -> None:
        self.parts: list[str] = []
        self.torn: list[str | Element] = []
        self.waiting: list[Element] = []
        self._place = place
        self._tearing = tearing
        self._citation_dropped = False

    def write(self, node: Element) -> None:
        if node.tag in FORMULAS:
            self._formula(node)
        else:
            self.children(node)

    def children(self, node: Element) -> None:
        self._add(node.text)
        for child in node:
            dropped = self._citation_dropped = isinstance(child.tag, str) and self._element(child)
            # the comma between two citations goes with them
            if not (dropped and _is_mark(child.getnext()) and _SEPARATOR.fullmatch(child.tail or "")):
                self._add(child.tail)

    def _element(self, node: Element) -> bool:
        """Writes an element; whether it was a citation mark, left out."""
        tag = node.tag
        if tag in WAITING:
            self.waiting.append(node)
        elif tag in self._tearing:
            self.torn += ("".join(self.parts), node)
            self.parts = []
        elif tag == "xref":
            return self._reference(node)
        elif tag == "sup":
            return self._superscript(node)
        elif tag in FORMULAS or (tag == "alternatives" and node.find("math") is not None):
            self._formula(node)
        elif tag in ("break", "br"):
            self._add(CELL_BREAK if self._place == "cell" else " ")
        elif tag in ("p", "list-item", "title"):
            self._paragraph(node)
        elif tag in ("element-citation", "related-object"):
            self._add(" ".join(" ".join("".join(part.itertext()).split()) for part in node))
        elif tag not in SILENT:
            self.children(node)
        return False

    def _paragraph(self, node: Element) -> None:
        """A paragraph within the text: several in a cell are stacked values, as line breaks are."""
        stacked = self._place == "cell" and bool("".join(self.parts).strip())
        self._add(CELL_BREAK if stacked else " ")
        self.children(node)
        self._add(" ")

    def _reference(self, node: Element) -> bool:
        kind = node.get("ref-type", "")
        text = _flat(node)
        if kind in NOTE_REFERENCES and len(text) <= 3:
            return True
        if kind in CITATION and text in ARROWS and self.parts:
            self.parts[-1] = self.parts[-1].rstrip()
            return True
        raised = len(node) == 1 and node[0].tag == "sup" and not (node.text or "").strip()
        glued = bool(re.search(r"[\w.,;:)\]%”’\"]\Z", self._before())) and not re.search(
            r"[\[(]\d[^\])]*\Z", self._before()
        )
        if kind in CITATION and _NUMBERS.fullmatch(text) and (raised or (glued and node.getparent().tag != "sup")):
            return True
        self.children(node)
        return False

    def _superscript(self, node: Element) -> bool:
        if _is_citation_mark(node):
            return True
        inner = _Writer(place=self._place, tearing=frozenset())
        inner.children(node)
        text = "".join(inner.parts).strip()
        if not text:
            return bool(_flat(node))
        if self._citation_dropped and _SEPARATOR.fullmatch(text):
            return True
        if self._place == "note" and not "".join(self.parts).strip():
            self._add(f"{text} ")
            return False
        if self._place in ("cell", "header") and self._is_note_mark(node, text):
            return True
        if _SIGN.fullmatch(text) and _is_raised_number(node.getnext()) and not node.tail:
            self._add("^-" if text != "+" else "^+")  # one exponent in two elements
        else:
            self._add(self._raised(text))
        return False

    def _raised(self, text: str) -> str:
        before = self._before()
        exponent = text.replace("−", "-").replace("–", "-")
        if _CHARGE.fullmatch(text) or not before or not re.search(r"[\w)\]}°µμÅΩ%′]\Z", before):
            return text
        if _EXPONENT.fullmatch(text) or (_SIGNED_NAME.fullmatch(text) and len(text) <= 12):
            return "^" + exponent
        if before[-1].isdigit() and re.fullmatch(r"[nmkxijpN](?:[+\-−]\d+)?", text):
            return "^" + exponent
        return text

    def _is_note_mark(self, node: Element, text: str) -> bool:
        """Whether a superscript at the end of a cell is a footnote mark without a link."""
        rest = (node.tail or "") + "".join(
            "".join(after.itertext()) + (after.tail or "") for after in node.itersiblings()
        )
        return not rest.strip() and bool(_NOTE_MARK.fullmatch(text)) and bool(self._before().strip())

    def _formula(self, node: Element) -> None:
        math = node if node.tag == "math" else next(node.iter("math"), None)
        tex = node if node.tag == "tex-math" else next(node.iter("tex-math"), None)
        text = mathml_text(math) if math is not None else ""
        text = text or (tex_text("".join(tex.itertext())) if tex is not None else "")
        label = node.find("label") if node.tag == "disp-formula" else None
        if not text:
            inner = _Writer(place=self._place, tearing=frozenset())
            inner.children(node)
            text = "".join(inner.parts).strip().removeprefix(_flat(label)).strip()
        if not text and next(node.iter("graphic", "inline-graphic"), None) is not None:
            text = PICTURE_FORMULA
        if node.tag in ("disp-formula", "chem-struct"):
            text = f" {text} {_flat(label)} "
        self._add(text)

    def _add(self, text: str | None) -> None:
        if text:
            self.parts.append(text)

    def _before(self) -> str:
        """The last characters written."""
        return "".join(self.parts[-80:])[-200:]


def _is_mark(node: Element | None) -> bool:
    return node is not None and node.tag in ("xref", "sup")


def _is_raised_number(node: Element | None) -> bool:
    return node is not None and node.tag == "sup" and _flat(node).isdecimal()


def _is_citation_mark(node: Element) -> bool:
    """Whether a superscript holds citations or footnote marks and nothing but separators beside them."""
    references = [child for child in node.iter("xref") if child.get("ref-type", "") in CITATION | NOTE_REFERENCES]
    if not references:
        return False
    rest = _flat(node)
    for reference in references:
        rest = rest.replace(_flat(reference), "", 1)
    return bool(_ONLY_MARKS.fullmatch(rest)) or all(len(word) <= 1 for word in rest.split())


def _flat(node: Element | None) -> str:
    return "" if node is None else "".join(node.itertext()).strip()
