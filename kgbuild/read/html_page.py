"""The blocks of an HTML page put into the sections of a JATS article, by the levels of the headings above them."""

import re

from lxml import etree

from kgbuild.read.html_inline import flat, link_share
from kgbuild.read.xml import Element

__all__ = ["PageWriter"]

HEADINGS = {f"h{level}": level for level in range(1, 7)}
#: elements that end the line of text in which they stand
BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "hr"}
    | {"fieldset", "figcaption", "figure", "footer", "header", "li", "main", "ol", "p", "pre", "section", "summary"}
    | {"table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", *HEADINGS}
)
LISTS = frozenset({"ul", "ol"})
#: headings below which a page lists other works, or speaks of itself
LEFT_OUT_SECTIONS = re.compile(
    r"\W*(?:\d+\.?\s*)?(?:(?:notes and )?references(?: and notes)?|bibliography|literature cited|works cited"
    r"|cited by.*|related (?:articles|content|literature)|recommended.*|about this article|rights and permissions"
    r"|author information|authors? and affiliations?|article (?:metrics|information)|pre-publication history"
    r"|key ?words|cite this(?: article)?|share(?: this.*)?|copyright.*|download.*|comments|footnotes for authors)\W*",
    re.IGNORECASE,
)
#: the first words of paragraphs about the publication, below a title and above the first heading
IMPRINT = re.compile(
    r"\W*(?:©|copyright|this is an open.access|the electronic version|received|accepted|(?:first )?published"
    r"|correspond|e-?mail|doi\b|https?:|licensee|article licensed|open access|keywords?"
    r"|.{0,60}\bopen.access article\b.{0,60}\blicen[cs]e)",
    re.IGNORECASE,
)
#: words in a class or identifier of what names the authors
AUTHORS = re.compile(r"author|affiliation|contrib|correspond|header_text|article[-_]?info|\bcit\b|licen[sc]e|history")
REFERENCES = re.compile(r"(?:^|[\s_-])(?:references?|ref-?list|bibliography|citation-list)(?:$|[\s_-])", re.IGNORECASE)
ABSTRACT = re.compile(r"(?:^|[\s_-])abstract", re.IGNORECASE)
_CAPTION = re.compile(r"(?:supplementary )?(?:table|fig(?:ure)?|scheme|chart|box)\.?\s*S?\d+", re.IGNORECASE)
_TABLE_CAPTION = re.compile(r"(?:supplementary )?table\.?\s*(?:S?\d+|[IVX]+)\b", re.IGNORECASE)
_TABLE_NOTES = re.compile(r"(?:table|tbl)\w*[-_ ]*(?:wrap[-_ ]*)?foot|tfoot|footnotes?$", re.IGNORECASE)
#: characters from which on a line above the first heading is a paragraph
LONGEST_LINE = 200

#: what is said of a file beside the link to it
_FILE = re.compile(r"format: \w+ size: [\d.,]+ ?[kmg]?b|this file can be viewed with", re.IGNORECASE)
#: a number that stands beside an equation
_NO_WORDS = re.compile(r"[\W\d]{1,8}")


class PageWriter:
    """Puts the blocks of a page into sections by the levels of the headings above them."""

    def __init__(self, meta: Element, body: Element, title: str) -> None:
        self._meta = meta
        self._body = body
        self._title = title
        self._has_title = False
        self._has_headings = False
        #: the headings above the place reached: level and section
        self._path: list[tuple[int, Element]] = []
        #: level of the heading whose section is left out
        self._silent: int | None = None
        self._line: Element | None = None
        self._caption: Element | None = None
        self._wrap: Element | None = None
        self._is_abstract = False

    def write(self, paper: Element) -> None:
        """Writes the whole paper."""
        self._has_headings = next(paper.iter("h2", "h3", "h4"), None) is not None
        self.walk(paper)
        self._flush_caption()

    def walk(self, node: Element, target: Element | None = None) -> None:
        """Writes the contents of a block; `target` is a list item, None for the section reached."""
        self._text(node.text)
        for child in list(node):
            tail, child.tail = child.tail, None
            if child.tag not in BLOCKS and not _holds_block(child):
                self._inline(child)
            else:
                self._end_line(target)
                self._block(child, target)
                self._end_line(target)
            self._text(tail)
        self._end_line(target)

    def _block(self, node: Element, target: Element | None) -> None:
        tag = node.tag
        names = f"{node.get('class', '')} {node.get('id', '')}"
        if tag in HEADINGS:
            self._heading(node, HEADINGS[tag])
        elif self._is_left_out(node, names):
            return
        elif tag in LISTS:
            self._list(node, target)
        elif tag == "dl":
            self._definitions(node)
        elif tag == "table":
            self._table(node)
        elif (self._wrap is not None or self._caption is not None) and _TABLE_NOTES.search(names):
            self._flush_caption()
            self._notes(node)
        elif tag in ("figcaption", "caption") or self._is_caption(node, names):
            self._add_caption(node)
        else:
            was_abstract, self._is_abstract = self._is_abstract, self._is_abstract or bool(ABSTRACT.search(names))
            self.walk(node, target)
            self._is_abstract = was_abstract

    def _is_left_out(self, node: Element, names: str) -> bool:
        """Whether it is a list of references, or names the authors above the first heading."""
        if _holds_heading(node):
            return False
        listed = REFERENCES.search(names) and node.tag in (*LISTS, "li", "div", "section")
        return bool(listed) or (not self._path and AUTHORS.search(names.lower()) is not None)

    def _heading(self, node: Element, level: int) -> None:
        text = flat(node)
        if not text:
            return
        if not self._has_title and (level == 1 or _same(text, self._title)) and self._fits_title(text):
            self._begin_paper(node)
            return
        if self._silent is not None and level > self._silent:
            return
        self._flush_caption()
        self._silent = level if LEFT_OUT_SECTIONS.fullmatch(text) else None
        self._path = [item for item in self._path if item[0] < level]
        if self._silent is None:
            section = self._section(text)
            _move(node, etree.SubElement(section, "title"))
            self._path.append((level, section))

    def _section(self, heading: str) -> Element:
        if not self._path and heading.lower().strip(" .:") in ("abstract", "summary"):
            return etree.SubElement(self._meta, "abstract")
        return etree.SubElement(self._target(), "sec")

    def _fits_title(self, text: str) -> bool:
        return not self._title or _same(text, self._title)

    def _begin_paper(self, node: Element) -> None:
        """What stands above the title of the paper is no part of it."""
        self._has_title = True
        title = self._meta.find("title-group/article-title")
        title = (
            etree.SubElement(etree.SubElement(self._meta, "title-group"), "article-title") if title is None else title
        )
        title.text = None
        _move(node, title)
        del self._body[:]
        self._path, self._silent, self._caption = [], None, None

    def _target(self) -> Element:
        return self._path[-1][1] if self._path else self._body

    def _text(self, text: str | None) -> None:
        if not text:
            return
        if self._line is None:
            if not text.strip():
                return
            self._line = etree.Element("p")
        if len(self._line):
            self._line[-1].tail = (self._line[-1].tail or "") + text
        else:
            self._line.text = (self._line.text or "") + text

    def _inline(self, node: Element) -> None:
        if self._line is None:
            self._line = etree.Element("p")
        self._line.append(node)

    def _end_line(self, target: Element | None) -> None:
        """Adds the paragraph gathered so far where it belongs."""
        line, self._line = self._line, None
        if line is None or not flat(line) or self._silent is not None:
            return
        text = flat(line)
        if _NO_WORDS.fullmatch(text) or _FILE.match(text):
            return
        if len(line) and line[0].tag == "sup" and not (line.text or "").strip() and len(flat(line[0])) == 1:
            line[0].tail = f" {line[0].tail or ''}"  # the mark of a note
        if target is not None:
            target.append(line)
            return
        if link_share(line) > 0.8:
            return
        if not self._path and self._is_abstract:
            abstract = self._meta.find("abstract")
            (abstract if abstract is not None else etree.SubElement(self._meta, "abstract")).append(line)
            return
        if not self._path and self._has_title and self._is_imprint(text):
            return
        self._flush_caption()
        self._wrap = None
        self._target().append(line)

    def _is_imprint(self, text: str) -> bool:
        """Whether a paragraph between title and first heading is about the publication, or a line and no sentence."""
        is_line = self._has_headings and len(text) < LONGEST_LINE and not text.endswith((".", "?", "!"))
        return is_line or IMPRINT.match(text) is not None

    def _list(self, node: Element, target: Element | None) -> None:
        if link_share(node) > 0.6:
            return
        written = etree.Element("list")
        for item in node:
            self.walk(item, etree.SubElement(written, "list-item"))
        if self._silent is None and flat(written):
            (self._target() if target is None else target).append(written)

    def _definitions(self, node: Element) -> None:
        written = etree.Element("def-list")
        for part in node.iter("dt", "dd"):
            if part.tag == "dt" or not len(written):
                etree.SubElement(written, "def-item")
            _move(part, etree.SubElement(written[-1], "term" if part.tag == "dt" else "def"))
        if self._silent is None and link_share(node) <= 0.6:
            self._target().append(written)

    def _table(self, node: Element) -> None:
        if self._silent is not None or (not self._path and self._has_title and self._has_headings):
            return
        if _is_layout(node):
            self.walk(node)
            return
        wrap = etree.SubElement(self._target(), "table-wrap")
        caption = node.find("caption")
        if caption is not None:
            self._add_caption(caption)
        if self._caption is not None:
            wrap.append(self._caption)
        self._caption, self._wrap = None, wrap
        foot = node.find("tfoot")
        if foot is not None and all(len(row) == 1 for row in foot.iter("tr")):
            self._notes(foot)
        wrap.insert(1 if len(wrap) else 0, node)

    def _notes(self, node: Element) -> None:
        """Footnotes of the table above: each line of the block is one."""
        foot = etree.SubElement(self._wrap, "table-wrap-foot")
        lines = [line for line in node.iter("p", "li", "tr", "div") if not _holds_block(line)] or [node]
        for line in lines:
            _move(line, etree.SubElement(foot, "fn"))
        if node.getparent() is not None:
            node.getparent().remove(node)

    def _is_caption(self, node: Element, names: str) -> bool:
        """Whether it is a caption by its name and words, or, by its words, the one of the table that comes next."""
        text = flat(node)
        if not _CAPTION.match(text) or any(part.tag == "table" for part in node.iter()):
            return False
        following = node.getnext()
        parent = node.getparent()
        around = "" if parent is None else parent.get("class", "")
        named = re.search(r"caption|title2?\b|legend", names, re.IGNORECASE) or re.search(r"\b(?:table|fig)", around)
        return bool(named) or (
            following is not None and following.tag == "table" and _TABLE_CAPTION.match(text) is not None
        )

    def _add_caption(self, node: Element) -> None:
        caption = etree.Element("caption")
        _move(node, caption)
        if self._silent is not None or not flat(caption):
            return
        self._flush_caption()
        if _TABLE_CAPTION.match(flat(caption)) or node.tag == "caption":
            self._caption = caption
        else:
            etree.SubElement(self._target(), "fig").append(caption)

    def _flush_caption(self) -> None:
        """Writes the caption that waits for its table where none comes, as the table is a picture or elsewhere."""
        if self._caption is None:
            return
        self._wrap = etree.SubElement(self._target(), "table-wrap")
        self._wrap.append(self._caption)
        self._caption = None


def _move(node: Element, target: Element) -> None:
    target.text = node.text
    target.extend(list(node))


def _same(one: str, other: str) -> bool:
    """Whether two titles are the same but for marks, or one goes on where the other ends."""
    first, second = ("".join(filter(str.isalnum, text)).lower() for text in (one, other))
    return bool(first and second) and (first.startswith(second) or second.startswith(first))


def _holds_block(node: Element) -> bool:
    return any(child.tag in BLOCKS for child in node.iterdescendants(etree.Element))


def _holds_heading(node: Element) -> bool:
    return any(child.tag in HEADINGS for child in node.iterdescendants(etree.Element))


def _is_layout(table: Element) -> bool:
    """Whether a table only places pictures and blocks: no row of it has two cells with words, or it holds tables."""
    if next(table.iterdescendants("table", *HEADINGS), None) is not None:
        return True
    rows = (sum(bool(flat(cell)) for cell in row if cell.tag in ("td", "th")) for row in table.iter("tr"))
    return max(rows, default=0) < 2
