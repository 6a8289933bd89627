"""The blocks of a PDF put into the places that they have in JATS: title, abstract, sections, captions, notes.

The title is what stands largest on the first page; names and addresses below it are left out. Paragraphs that a column
or page cuts are joined. Cells of tables and words in figures are counted and left out.
"""

import re
from collections.abc import Sequence

from lxml import etree

from kgbuild.read.layout import clean
from kgbuild.read.pdf_blocks import CAPTION, SECTION_NAMES, Block, Style
from kgbuild.read.pdf_lines import Line
from kgbuild.read.pdf_words import Vocabulary, paragraph
from kgbuild.read.xml import Element

__all__ = ["ArticleWriter"]

#: letters that a title has at least, and how much larger than the text it is
SHORTEST_TITLE, LARGER = 15, 1.12
#: letters of a paragraph that begins a paper without any heading above it
SHORTEST_ABSTRACT = 250
REFERENCES = re.compile(
    r"\W*(?:\d+\.?\s*)?(?:references(?: and notes)?|bibliography|literature cited|works cited)\W*", re.I
)
#: sections about the people and the publication, besides those that are left out of JATS
SILENT = re.compile(
    r"\W*(?:authors?['’]? (?:details|information|affiliations?)|key ?words.*|article info(?:rmation)?)\W*", re.I
)
ABSTRACT = re.compile(r"(?:abstract|summary|a b s t r a c t)\b\s*[.:—–-]*\s*", re.IGNORECASE)
#: paragraphs and notes about the publication
IMPRINT = re.compile(
    r"\W*(?:©|\(c\) |copyright\b|correspond(?:ence|ing author)|e-?mail"
    r"|(?:received|accepted|published|dated)\b[\w ]{0,12}(?::|\s\d)"
    r"|edited by|reviewed by|academic editor|doi\b|https?:|licensee|citation:|cite this|how to cite|key ?words"
    r"|full list of author|this is an open|this (?:article|work) is (?:licen|distributed|published)|open access"
    r"|available (?:online|from)|jel\b|pacs\b|author for|to whom|present address|these authors|submit your"
    r"|(?:\w+ ){0,3}(?:received|accepted) (?:\w+ ){1,2}\d)"
    r"|.{0,60}(?:@|creative commons|all rights reserved)",
    re.IGNORECASE,
)
#: characters of the longest of them
LONGEST_IMPRINT = 700
#: labels of the parts of an abstract that stand at the beginning of its paragraphs
PART = re.compile(
    r"(?:background|introduction|context|aims?|objectives?|purpose|methods?(?:/design)?|materials? and methods?|design"
    r"|patients and methods?|experimental design|results?|findings|main results|conclusions?|discussion|interpretation"
    r"|significance|trial registration|limitations|setting|participants|measurements|rationale|hypothesis)"
    r"\s*[:.—]\s+(?=\S)",
    re.IGNORECASE,
)
#: the end of the caption of a table that goes on
_CONTINUED = re.compile(r"\(?\bcont(?:inued|\.|d\.?)\)?\W*\Z", re.IGNORECASE)
#: an entry of the list of cited works
_REFERENCE = re.compile(r"\[?\d{1,3}[\].]\s*[A-Z].*\b(?:19|20)\d\d\b", re.DOTALL)
_ENDED = re.compile(r"[.?!:][\"'”’)\]]*(?:\s?[\[(]?\d+[\d,–\- ]*[\])]?)?\Z")
_SENTENCES = re.compile(r"\b(?:the|is|are|was|were|that|which|we|to|by|with|this|has|have|of)\b")


class ArticleWriter:
    """Writes the blocks of one paper into a JATS article; what it leaves out is counted."""

    def __init__(self, body: Style, lines: Sequence[Line]) -> None:
        self.article = etree.Element("article")
        self.n_tables = 0
        self.n_left_out = 0
        self._front = etree.SubElement(self.article, "front")
        self.meta = etree.SubElement(self._front, "article-meta")
        self._body_style = body
        self._words = Vocabulary(lines)
        self._body = etree.SubElement(self.article, "body")
        #: the headings above the place reached: rank and section
        self._path: list[tuple[tuple[float, ...], Element]] = []
        self._abstract: Element | None = None
        self._is_silent = self._is_references = self._had_references = False
        #: the lines of the paragraph that may go on, and the place where it is to stand
        self._open: list[Line] = []
        self._place: Element | None = None
        self._wrap: Element | None = None
        self._is_after_float = False

    def write(self, blocks: Sequence[Block], *, title: str) -> None:
        """Writes all blocks; `title` is what the file calls itself, "" where that says nothing."""
        found, rest = _split_title(blocks, self._body_style)
        if found:
            node = paragraph([line for block in found for line in block.lines], self._words)
            node.tag = "article-title"
            etree.SubElement(self.meta, "title-group").append(node)
        elif title:
            etree.SubElement(etree.SubElement(self.meta, "title-group"), "article-title").text = title
        text = _without_front(rest)
        if len(text) > 1 and text[0].kind == "prose" and not any(_begins_abstract(block) for block in text):
            # a paragraph between the authors and the first heading
            self._begin_abstract()
        for block in text:
            self._block(block)
        self._close()

    @property
    def _target(self) -> Element:
        if self._path:
            return self._path[-1][1]
        return self._body if self._abstract is None else self._abstract

    def _block(self, block: Block) -> None:
        if block.kind == "heading":
            self._heading(block)
        elif self._is_silent or (self._had_references and _REFERENCE.match(block.text)):
            return
        elif block.kind == "cells":
            self._is_after_float = True
            self.n_left_out += len(block.lines)
        elif block.kind == "caption":
            self._caption(block)
        elif block.kind == "note":
            self._note(block)
        else:
            self._prose(block)

    def _heading(self, block: Block) -> None:
        text = clean(block.text)
        rank = _rank(block)
        if self._is_references and not (
            SECTION_NAMES.fullmatch(text) or text.lower().startswith(("appendix", "suppl"))
        ):
            return
        self._close()
        self._wrap = None
        self._is_references = REFERENCES.fullmatch(text) is not None
        self._had_references = self._had_references or self._is_references
        self._is_silent = self._is_references or SILENT.fullmatch(text) is not None
        if self._is_silent:
            return
        if _begins_abstract(block):
            self._begin_abstract()
            return
        while self._path and self._path[-1][0] >= rank:
            self._path.pop()
        if not self._path and self._abstract is not None:
            self._abstract = None
        section = etree.SubElement(self._target, "sec")
        title = paragraph(block.lines, self._words)
        title.tag = "title"
        section.append(title)
        self._path.append((rank, section))

    def _begin_abstract(self) -> None:
        self._path = []
        self._abstract = etree.SubElement(self.meta, "abstract")

    def _prose(self, block: Block) -> None:
        text = block.text
        if (block.lines[0].page == 0 and _is_imprint(text)) or re.match(r"key ?words\s*:", text, re.IGNORECASE):
            return
        if self._goes_on(block):
            self._open += block.lines
            self._is_after_float = False
            return
        self._close()
        self._is_after_float = False
        if self._abstract is None and not self._path and _begins_abstract(block):
            self._begin_abstract()
        self._wrap = None
        self._open = list(block.lines)
        self._place = etree.SubElement(self._target, "p")

    def _goes_on(self, block: Block) -> bool:
        """Whether a block is the rest of a paragraph that a column, a page or a figure cuts."""
        if not self._open:
            return False
        is_cut = block.is_at_top or self._is_after_float or self._open[-1].page != block.lines[0].page
        if not is_cut and not self._was_cut(block):
            return False
        last, first = self._open[-1], block.lines[0]
        if abs(last.size - first.size) > 0.35 or (_ENDED.search(last.text) and not _pauses(last.text, first.text)):
            return False
        is_flush = first.x0 - first.left < 0.7 * first.size
        return first.text[:1].islower() or (is_flush and not re.match(r"[•▪●○■–]|\d{1,2}[.)]\s", first.text))

    def _was_cut(self, block: Block) -> bool:
        """Whether the paragraph before stops without an end and this one begins with a small letter."""
        last = self._open[-1].text
        return (not _ENDED.search(last) or _pauses(last, block.text)) and block.text[:1].islower()

    def _close(self) -> None:
        """Writes the paragraph that is open where it began, before the captions that came since."""
        lines, self._open = self._open, []
        place = self._place
        if not lines or place is None:
            return
        node = paragraph(lines, self._words)
        parent = place.getparent()
        if parent.tag == "abstract":
            match = ABSTRACT.match(node.text or "")
            node.text = (node.text or "")[match.end() if match is not None else 0 :]
            part = PART.match(node.text)
            if part is not None:
                section = etree.Element("sec")
                etree.SubElement(section, "title").text = part[0].strip(" :.—")
                node.text = node.text[part.end() :]
                section.append(node)
                node = section
        parent.replace(place, node)

    def _caption(self, block: Block) -> None:
        self._is_after_float = True
        if _CONTINUED.search(block.text):
            return
        match = CAPTION.match(block.text)
        is_table = match is not None and match["table"] is not None
        self.n_tables += is_table
        node = etree.SubElement(self._section(), "table-wrap" if is_table else "fig")
        caption = etree.SubElement(node, "caption")
        words = paragraph(block.lines, self._words)
        caption.append(words)
        self._wrap = node if is_table else None

    def _note(self, block: Block) -> None:
        """Small print: notes of the table above, else a paragraph, unless it is about the publication."""
        text = block.text
        if self._wrap is not None and len(block.lines) < 12:
            note = paragraph(block.lines, self._words)
            note.tag = "fn"
            etree.SubElement(self._wrap, "table-wrap-foot").append(note)
            return
        is_about = _is_imprint(text) or (block.lines[0].page == 0 and len(set(_SENTENCES.findall(text.lower()))) < 4)
        if is_about or (self._abstract is not None and not self._path):
            return
        note = paragraph(block.lines, self._words)
        is_marked = len(note) > 0 and note[0].tag == "sup" and not note.text
        if not is_marked and (not self._open or _ENDED.search(self._open[-1].text)):
            self._prose(block)
            return
        if is_marked:
            note.text = note[0].tail
            note.remove(note[0])
        note.tag = "fn"
        etree.SubElement(self._section(), "fn-group").append(note)

    def _section(self) -> Element:
        """Where captions and notes go: never into an abstract."""
        return self._path[-1][1] if self._path and self._abstract is None else self._body


def _pauses(before: str, after: str) -> bool:
    """Whether a sentence goes on behind a colon or semicolon."""
    return before.endswith((";", ":")) and after[:1].islower()


def _begins_abstract(block: Block) -> bool:
    """Whether a block is the heading of an abstract, or begins with it."""
    text = clean(block.text)
    if block.kind == "heading":
        return ABSTRACT.fullmatch(text) is not None or "".join(text.split()).lower() == "abstract"
    return (
        block.kind == "prose"
        and re.match(r"(?:abstract|summary)\s*[:.—–-]|abstract\s+\S", text, re.IGNORECASE) is not None
    )


def _split_title(blocks: Sequence[Block], body: Style) -> tuple[list[Block], list[Block]]:
    """The blocks of the title, and those after it; all blocks where none looks like one."""
    first = [block for block in blocks if block.lines[0].page == 0]
    large = [block for block in first if _is_title(block, body)]
    if not large:
        return [], list(blocks)
    largest = max(block.style[0] for block in large)
    start = next(index for index, block in enumerate(blocks) if block in large and block.style[0] == largest)
    end = start + 1
    while end < len(blocks) and abs(blocks[end].style[0] - largest) < 0.3 and blocks[end].lines[0].page == 0:
        end += 1
    return list(blocks[start:end]), list(blocks[end:])


def _is_title(block: Block, body: Style) -> bool:
    n_letters = sum(char.isalpha() for char in block.text)
    is_larger = block.style[0] > LARGER * body[0]
    return is_larger and n_letters >= SHORTEST_TITLE and len(block.text.split()) > 2 and len(block.lines) < 9


def _without_front(blocks: Sequence[Block]) -> list[Block]:
    """The blocks from the abstract or first section on; without any heading, from the first paragraph of prose on."""
    for index, block in enumerate(blocks):
        if block.lines[0].page > 0:
            break
        text = clean(block.text)
        if block.kind == "heading" and (SECTION_NAMES.fullmatch(text.rstrip(".:")) or ABSTRACT.fullmatch(text)):
            return list(blocks[index:])
        if block.kind == "prose" and (ABSTRACT.match(text) or _is_prose(text)):
            return list(blocks[index:])
    return list(blocks)


def _is_imprint(text: str) -> bool:
    """Whether a paragraph is about the publication."""
    return len(text) < LONGEST_IMPRINT and IMPRINT.match(text) is not None


def _is_prose(text: str) -> bool:
    return len(text) >= SHORTEST_ABSTRACT and not _is_imprint(text) and len(set(_SENTENCES.findall(text.lower()))) > 3


def _rank(block: Block) -> tuple[float, ...]:
    """What orders headings: larger, bold and upper-case ones stand above others, "2." above "2.1"."""
    text = block.text
    size, font = block.style
    number = re.match(r"(\d{1,2}(?:\.\d{1,2})*)\.?\s", text)
    depth = number[1].count(".") if number is not None else 0
    return (float(depth), -round(size * 2) / 2, not font.is_bold, not text.isupper(), font.is_italic)
