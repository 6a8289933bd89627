"""Elsevier's own article XML (``ce:``, CALS tables), as ScienceDirect's interface and its open corpora give it.

https://www.elsevier.com/authors/policies-and-guidelines/elsevier-xml-dtds-and-transport-schemas. The elements are put
into the places that they have in JATS, whose reader then reads them: what is read, and what is not, is said there.
"""

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from kgbuild.document import Document, Failure
from kgbuild.errors import ReadError
from kgbuild.read.jats import read_article
from kgbuild.read.jats_front import HREF, LANGUAGE
from kgbuild.read.layout import clean
from kgbuild.read.xml import Element, head_text, read_documents, root_tag

__all__ = ["read", "sniff"]

NAMESPACE = "http://www.elsevier.com/xml/"
#: roots around an article with what is known of it, and roots of articles alone
WRAPPERS = ("doc", "full-text-retrieval-response")
ARTICLES = ("article", "converted-article", "simple-article", "book-review", "chapter", "exam")
#: tag -> that of JATS for the same
TAGS = {
    "section": "sec",
    "section-title": "title",
    "para": "p",
    "simple-para": "p",
    "note-para": "p",
    "abstract-sec": "sec",
    "inf": "sub",
    "figure": "fig",
    "footnote": "fn",
    "table-footnote": "fn",
    "textbox": "boxed-text",
    "displayed-quote": "disp-quote",
    "inline-figure": "inline-graphic",
    "link": "graphic",
    "acknowledgment": "ack",
    "bibliography": "ref-list",
    "further-reading": "ref-list",
    "biography": "bio",
    "nomenclature": "glossary",
    "enunciation": "statement",
    "def-term": "term",
    "def-description": "def",
    "e-component": "supplementary-material",
    "cross-ref": "xref",
    "cross-refs": "xref",
}
#: elements that only hold others
OPENED = ("sections", "appendices", "display", "formula")
#: elements without words of the paper
SILENT = ("source", "alt-text", "float-anchor", "vsp", "index-flag", "doctopics", "text-fallback")
#: beginnings of identifiers that links name -> ``ref-type``
REFERENCES = {
    "bib": "bibr",
    "bb": "bibr",
    "b": "bibr",
    "tblfn": "table-fn",
    "tf": "table-fn",
    "fn": "fn",
    "cor": "corresp",
}
#: names of signs that have no character of their own in these files
GLYPHS = {"dbnd": "=", "sbnd": "–", "tbnd": "≡", "cup": "∪", "rad": "·", "llcorner": "⌞", "trcorner": "⌝"}


def sniff(head: bytes, name: str) -> bool:
    """Whether the file is XML of these schemas."""
    text = head_text(head)
    return root_tag(head) in (*WRAPPERS, *ARTICLES) and NAMESPACE in text


def read(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The article of a file, or each of several; one without any text is a Failure."""
    return read_documents(stream, name, (*WRAPPERS, *ARTICLES), lambda record: [read_article(_as_jats(record))])


def _as_jats(record: Element) -> Element:
    """The article in JATS; its parts are moved, not copied."""
    source = record if record.tag in ARTICLES else next(record.iter(*ARTICLES), None)
    if source is None:
        raise ReadError(f"<{record.tag}> without an article: only what is known of it, or the raw text of its PDF")
    article = etree.Element("article", {LANGUAGE: source.get(LANGUAGE, "")})
    front = etree.SubElement(article, "front")
    journal = etree.SubElement(etree.SubElement(front, "journal-meta"), "journal-title")
    journal.text = _known(record, "srctitle", "publicationName", "jid")
    meta = etree.SubElement(front, "article-meta")
    _write_known(record, source, meta)
    for table in list(source.iter("table")):
        _table(table)
    for node in list(source.iter(etree.Element)):
        _rename(node)
    for head in source.iter("head", "simple-head", "book-review-head"):
        _front(head, meta)
    article.extend(_renamed(source.xpath("body | simple-article-body"), "body"))
    article.extend(_renamed(source.findall("tail"), "back"))
    article.extend(_renamed(source.findall("floats"), "floats-group"))
    return article


def _write_known(record: Element, source: Element, meta: Element) -> None:
    doi = _known(record, "doi")
    if doi:
        etree.SubElement(meta, "article-id", {"pub-id-type": "doi"}).text = doi
    year = _known(record, "cover-date-year", "coverDate")[:4] or "".join(source.xpath("string(.//copyright/@year)"))
    if year:
        etree.SubElement(etree.SubElement(meta, "pub-date"), "year").text = year
    licence = _known(record, "oa-user-license", "openaccessUserLicense")
    if licence:
        etree.SubElement(etree.SubElement(meta, "permissions"), "license", {HREF: licence})


def _known(record: Element, *tags: str) -> str:
    """The text of the first element with the first of these tags that has any."""
    texts = (clean("".join(node.itertext())) for tag in tags for node in record.iter(tag))
    return next(filter(None, texts), "")


def _front(head: Element, meta: Element) -> None:
    titles = [node for node in head if node.tag in ("title", "subtitle") and node.getparent() is head]
    group = etree.SubElement(meta, "title-group")
    for title in titles:
        title.tag = "article-title" if title.tag == "title" else "subtitle"
        group.append(title)
    for abstract in head.findall("abstract"):
        if abstract.get("class", "author") in ("graphical", "teaser") and not clean("".join(abstract.itertext())):
            continue
        if abstract.get("class", "author") != "author":
            abstract.set("abstract-type", abstract.get("class"))
        meta.append(abstract)


def _table(table: Element) -> None:
    """A table with its caption becomes a wrap, its groups of rows one table each."""
    table.tag = "table-wrap"
    for group in table.findall("tgroup"):
        rows = etree.Element("table")
        table.replace(group, rows)
        rows.append(group)
    notes = [node for node in table if node.tag in ("table-footnote", "legend")]
    if notes:
        etree.SubElement(table, "table-wrap-foot").extend(notes)


def _rename(node: Element) -> None:
    tag = node.tag
    if tag == "hsp":
        # thin blanks in exponents and formulas only space them out: g<sup>−<hsp/>1</sup>
        node.tag, node.text = "x", "" if node.getparent().tag in ("sup", "sub", "inf") else " "
    elif tag == "glyph":
        node.tag, node.text = "x", GLYPHS.get(node.get("name", ""), "")
    elif tag in SILENT:
        node.tag = "target"
        del node[:]
        node.text = None
    elif tag == "display" and node.find("formula") is not None:
        node.tag = "disp-formula"
    elif tag in OPENED:
        _open(node)
    elif tag in ("cross-ref", "cross-refs"):
        name = node.get("refid", "").split(" ")[0].rstrip("0123456789")
        node.set("ref-type", REFERENCES.get(name, ""))
        node.tag = "xref"
    elif tag in TAGS:
        node.tag = TAGS[tag]


def _open(node: Element) -> None:
    """Puts the children of an element in its place."""
    parent = node.getparent()
    place = parent.index(node)
    tail, node.tail = node.tail, None
    children = list(node)
    if children:
        children[-1].tail = f"{children[-1].tail or ''}{tail or ''}"
        parent[place : place + 1] = children
        return
    parent.remove(node)
    if place:
        parent[place - 1].tail = f"{parent[place - 1].tail or ''}{tail or ''}"
    else:
        parent.text = f"{parent.text or ''}{tail or ''}"


def _renamed(nodes: list[Element], tag: str) -> list[Element]:
    for node in nodes:
        node.tag = tag
    return nodes
