"""JATS and NLM article XML (PMC, PLOS, eLife, SciELO ..): one Document for each ``<article>``.

https://jats.nlm.nih.gov. Read: title, all abstracts, sections to any depth, paragraphs, lists, boxes, captions, tables
with their footnotes, appendices, and sub-articles (reviews, replies, translations) under a section "Sub-article: ...".
Not read: names and addresses, acknowledgements, funding, competing interests and the like, keywords, references.
Figures and tables that stand inside a paragraph follow it, so that no sentence is torn.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from kgbuild.document import BlockKind, Document, Failure
from kgbuild.errors import ReadError
from kgbuild.read.inline import inline_parts, inline_text
from kgbuild.read.jats_front import LANGUAGE, abstract_name, article_id, article_title, read_metadata
from kgbuild.read.jats_table import numbered, read_table
from kgbuild.read.layout import TextBuilder, clean
from kgbuild.read.xml import Element, is_xml_of, read_documents

__all__ = ["read", "sniff"]

ROOTS = ("article", "pmc-articleset")
#: signs of an article inside another root (OAI-PMH, publishers' interfaces)
INSIDE = ("<article-meta", "<article article-type=", "<pmc-articleset")

#: of ``back`` and the sections in it, what is about the making of the paper rather than its subject
LEFT_OUT = frozenset({"ref-list", "ack", "notes", "bio", "funding-group", "history", "contrib-group", "kwd-group"})
LEFT_OUT_SECTIONS = frozenset(
    {
        "acknowledgement",
        "acknowledgements",
        "acknowledgment",
        "acknowledgments",
        "author contributions",
        "authors' contributions",
        "authors contributions",
        "competing interests",
        "conflict of interest",
        "conflicts of interest",
        "declaration of competing interest",
        "disclosure",
        "funding",
        "funding information",
        "funding statement",
        "references",
    }
)
DECLARATION = re.compile(
    r"(?:the )?authors? (?:have|has|declare)|(?:conflicts?|competing|declarations?) (?:of |interest)|publisher.?s note"
    r"|edited by|reviewed by|financial|funding|specialty section|citation:|(?:author )?contributions?",
    re.IGNORECASE,
)
#: elements with a title that open a section of their own
SECTIONS = frozenset({"sec", "app", "boxed-text", "glossary"})
#: elements that hold blocks and add nothing of their own
CONTAINERS = frozenset(
    {"app-group", "fig-group", "table-wrap-group", "alternatives", "disp-quote", "list", "def-list", "statement"}
    | {"verse-group", "def", "speech", "disp-formula-group"}
)
#: elements with a caption and no words of their own
CAPTIONED = frozenset({"fig", "supplementary-material", "media", "chem-struct-wrap", "graphic"})
#: elements that name or number what stands beside them and are written there, or not at all
NAMES = frozenset({"label", "object-id", "sec-meta", "alt-text", "long-desc", "permissions", "attrib"})
TABLES = frozenset({"table-wrap", "table", "array"})


def sniff(head: bytes, name: str) -> bool:
    """Whether the file holds JATS articles."""
    return is_xml_of(head, ROOTS, INSIDE)


def read(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The articles of a file; one without any text is a Failure."""
    return read_documents(stream, name, ("article",), lambda article: [read_article(article)])


def read_article(article: Element) -> Document:
    """One article as a document; ReadError when it has no text at all."""
    writer = _ArticleWriter()
    writer.article(article, section="", is_main=True)
    if not writer.builder.text:
        raise ReadError("<article> without any text: neither title, abstract nor body")
    title = article_title(article)
    return writer.builder.build(id=article_id(article), title=title, metadata=read_metadata(article, title))


class _ArticleWriter:
    """Writes the parts of an article into a text in reading order."""

    def __init__(self) -> None:
        self.builder = TextBuilder()

    def article(self, article: Element, *, section: str, is_main: bool) -> None:
        """An article or sub-article; the sections of a sub-article stand under its own."""
        front = article.find("front") if article.find("front") is not None else article.find("front-stub")
        if front is not None:
            self._front(front, section, is_main)
        for tag in ("body", "back", "floats-group", "floats-wrap"):
            for part in article.findall(tag):
                self._blocks(part, section)
        for part in article:
            if part.tag in ("sub-article", "response"):
                self.article(part, section=_join(section, _sub_article_name(part)), is_main=False)

    def _front(self, front: Element, section: str, is_main: bool) -> None:
        for title in front.iterfind(".//title-group//*"):
            if title.tag in ("article-title", "subtitle", "trans-title", "trans-subtitle"):
                self.builder.add("title" if is_main else "heading", inline_text(title), section)
        for abstract in front.iter("abstract", "trans-abstract"):
            self._abstract(abstract, section)

    def _abstract(self, abstract: Element, section: str) -> None:
        inner = _join(section, abstract_name(abstract))
        for child in abstract:
            if child.tag != "title":
                self._block(child, inner, "abstract")

    def _blocks(self, parent: Element, section: str, kind: BlockKind = "paragraph") -> None:
        for child in parent:
            self._block(child, section, kind)

    def _block(self, node: Element, section: str, kind: BlockKind) -> None:
        tag = node.tag
        if tag in LEFT_OUT or tag in NAMES:
            return
        if tag in TABLES:
            read_table(node, section, self.builder)
        elif tag in SECTIONS:
            self._section(node, section, kind)
        elif tag in CAPTIONED:
            self._captioned(node, section)
        elif tag in ("list-item", "def-item"):
            self._item(node, section, kind)
        elif tag in CONTAINERS:
            self._blocks(node, section, kind)
        elif tag == "fn-group":
            self._footnotes(node, section)
        elif tag == "title":
            self.builder.add("heading", inline_text(node), section)
        elif tag == "caption":
            self.builder.add("caption", inline_text(node), section)
        elif tag == "fn":
            self.builder.add("footnote", inline_text(node), section)
        else:
            self._paragraph(node, section, kind)

    def _section(self, node: Element, section: str, kind: BlockKind) -> None:
        title = node.find("title") if node.find("title") is not None else node.find("caption/title")
        name = clean(inline_text(title))
        if name.rstrip(".:").lower().replace("’", "'") in LEFT_OUT_SECTIONS:
            return
        inner = _join(section, name)
        if name:
            self.builder.add("heading", f"{inline_text(node.find('label'))} {name}", inner)
        for child in node:
            if child is not title and not (child.tag == "caption" and title is not None):
                self._block(child, inner, kind)

    def _captioned(self, node: Element, section: str) -> None:
        caption = node.find("caption")
        if caption is not None:
            self.builder.add("caption", numbered(node.find("label"), caption), section)
        for child in node:
            if child.tag in TABLES or child.tag in ("p", "fig", "list"):
                self._block(child, section, "paragraph")

    def _item(self, node: Element, section: str, kind: BlockKind) -> None:
        """A list item: its label or term, and the paragraphs that follow; lists in it come after it."""
        words: list[str] = []
        blocks: list[Element] = []
        for child in node:
            if child.tag in ("list", "def-list"):
                blocks.append(child)
                continue
            parts = inline_parts(child)
            words += (clean(part) for part in parts if isinstance(part, str))
            blocks += (part for part in parts if not isinstance(part, str))
            if child.tag in ("term", "title"):
                words[-1] += ":"
        self.builder.add(kind, " ".join(words), section)
        for block in blocks:
            self._block(block, section, kind)

    def _footnotes(self, group: Element, section: str) -> None:
        """Footnotes of the text; declarations of interests, funding and contributions are not about the subject."""
        if group.get("content-type") or clean(inline_text(group.find("title"))).lower() in LEFT_OUT_SECTIONS:
            return
        for note in group.iter("fn"):
            text = clean(inline_text(note))
            if note.get("fn-type", "other") in ("other", "abbr") and not DECLARATION.match(text):
                self.builder.add("footnote", text, section)

    def _paragraph(self, node: Element, section: str, kind: BlockKind) -> None:
        """A paragraph, cut where a list stands in it; figures, tables and footnotes in it follow."""
        for part in inline_parts(node):
            if isinstance(part, str):
                self.builder.add(kind, part, section)
            else:
                self._block(part, section, kind)


def _join(section: str, name: str) -> str:
    return " > ".join(filter(None, (section, clean(name))))


def _sub_article_name(part: Element) -> str:
    kind = part.get("article-type") or part.get("response-type") or part.tag
    if kind == "translation":
        return f"Sub-article: translation ({part.get(LANGUAGE, 'other language')})"
    return f"Sub-article: {article_title(part) or kind}"
