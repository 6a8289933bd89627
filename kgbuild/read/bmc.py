"""BioMed Central's own article XML (``<art>``), in which it published until 2015: one Document for each ``<art>``.

http://www.biomedcentral.com/xml/article.dtd. The elements are put into the places that they have in JATS, whose reader
then reads them: what is read, and what is not, is said there. Citations come out as PMC prints them: [1,2], [1-3].
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from kgbuild.document import Document, Failure
from kgbuild.read.jats import read_article
from kgbuild.read.layout import clean
from kgbuild.read.xml import Element, head_text, read_documents, root_tag

__all__ = ["read", "sniff"]

#: tag -> that of JATS for the same
TAGS = {
    "bdy": "body",
    "bm": "back",
    "st": "title",
    "it": "italic",
    "b": "bold",
    "ul": "list",
    "ol": "list",
    "li": "list-item",
    "display-formula": "disp-formula",
    "tblbdy": "table",
    "tblhdr": "thead",
    "r": "tr",
    "c": "td",
    "tblfn": "table-wrap-foot",
    "tfoot": "table-wrap-foot",
    "refgrp": "ref-list",
}
#: tags of what has a number, a caption and perhaps more words -> that of JATS
NUMBERED = {"tbl": "table-wrap", "table": "table-wrap", "fig": "fig", "suppl": "supplementary-material"}
#: references to figures, tables and files -> ``ref-type``
REFERENCES = {"figr": "fig", "tblr": "table", "supplr": "supplementary-material"}
#: ``idtype`` -> ``pub-id-type``
IDENTIFIERS = {"pmpid": "pmid", "pmcid": "pmcid", "doi": "doi"}

#: what tells the root from another format's
_START = re.compile(r"<!DOCTYPE\s+art\b|<art(?:\s[^>]*)?>\s*<(?:ui|ji|fm)>")


def sniff(head: bytes, name: str) -> bool:
    """Whether the file holds such an article."""
    return root_tag(head) == "art" and _START.search(head_text(head)) is not None


def read(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The articles of a file; one without any text is a Failure."""
    return read_documents(stream, name, ("art",), lambda art: [read_article(_as_jats(art))])


def _as_jats(art: Element) -> Element:
    """The article in JATS; its parts are moved, not copied."""
    kind = clean("".join(art.xpath("string(fm/dochead)")))
    article = etree.Element("article", {"article-type": "-".join(kind.lower().split())})
    front = etree.SubElement(article, "front")
    _front(art, front, kind)
    article.extend(art.xpath("bdy | bm"))
    for node in list(article.iter("abbrgrp")):
        _cite(node)
    for node in list(article.iter(*NUMBERED)):
        _number(node)
    for node in article.iter("c"):
        node.set("colspan", node.get("cspan", "1"))
        node.set("rowspan", node.get("rspan", "1"))
    for node in article.iter(*REFERENCES):
        node.set("ref-type", REFERENCES[node.tag])
        node.tag = "xref"
    for node in article.iter(*TAGS):
        node.tag = TAGS[node.tag]
    return article


def _front(art: Element, front: Element, kind: str) -> None:
    journal = etree.SubElement(etree.SubElement(front, "journal-meta"), "journal-title")
    journal.text = "".join(art.xpath("string(fm/bibl/source)"))
    meta = etree.SubElement(front, "article-meta")
    for node in art.iterfind("fm/bibl/xrefbib//pubid"):
        if node.get("idtype") in IDENTIFIERS:
            etree.SubElement(meta, "article-id", {"pub-id-type": IDENTIFIERS[node.get("idtype")]}).text = node.text
    etree.SubElement(etree.SubElement(meta, "article-categories"), "subject").text = kind
    group = etree.SubElement(meta, "title-group")
    for title in art.findall("fm/bibl/title"):
        title.tag = "article-title"
        group.append(title)
    date = etree.SubElement(etree.SubElement(meta, "pub-date"), "year")
    date.text = "".join(art.xpath("string(fm/bibl/pubdate)"))
    for note in art.findall("fm/cpyrt/note"):
        note.tag = "license"
        etree.SubElement(meta, "permissions").append(note)
    for abstract in art.findall("fm/abs"):
        whole = abstract[0] if len(abstract) == 1 and abstract[0].tag == "sec" else abstract
        whole.tag = "abstract"
        meta.append(whole)


def _cite(group: Element) -> None:
    """A group of citations becomes its numbers in brackets, with what stands between them."""
    parts = [group.text or ""]
    for node in group:
        number, between = clean("".join(node.itertext())), node.tail or ""
        parts += [number, between if between.strip() else ","] if number else [between]
    numbers = "".join("".join(parts).split()).strip(",")
    del group[:]
    group.text = f"[{numbers}]" if numbers else ""


def _number(node: Element) -> None:
    """The title of a table, figure or file is its number; a text below belongs to its caption."""
    label, caption, text = (node.find(tag) for tag in ("title", "caption", "text"))
    if label is not None:
        label.tag = "label"
    if caption is None:
        caption = etree.SubElement(node, "caption")
    if text is not None:
        caption.append(text)
    rows = node.find("tgroup")
    if rows is not None:  # CALS: the rows in a table of their own, footnotes beside it
        table = etree.SubElement(node, "table")
        table.append(rows)
        node.extend(rows.findall("tfoot"))
    node.tag = NUMBERED[node.tag]
