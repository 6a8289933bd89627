"""Article pages in HTML, as publishers show them and readers save them: one Document for each page.

The parts of the page are put into the places that they have in JATS, whose reader then reads them: what is read, and
what is not, is said there. The paper is the ``<article>`` or ``<main>`` that holds most of the text, else the whole
body. Menus, forms, lists of links, what stands before the title, and the list of references are left out. Frames,
scripts and style sheets are never followed, and nothing is fetched.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from kgbuild.document import Document, Failure
from kgbuild.errors import ReadError
from kgbuild.read.html_front import write_front
from kgbuild.read.html_inline import flat, is_left_out, mark_inline
from kgbuild.read.html_page import PageWriter
from kgbuild.read.jats import read_article
from kgbuild.read.xml import CP1252_FALLBACK, Element, encoding_of, head_text

__all__ = ["as_jats", "read", "sniff"]

#: bytes of one page; a longer one is no paper
LARGEST_PAGE = 64 * 1024 * 1024
#: characters of prose without which a page without any table is an error message or the front of a site
SHORTEST_PAPER = 200

ENDINGS = (".htm", ".html", ".xhtml")
_START = re.compile(r"\A(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html\b)", re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def sniff(head: bytes, name: str) -> bool:
    """Whether it begins as an HTML page does, or is named so and has a tag."""
    text = head_text(head)
    return _START.match(text) is not None or (name.lower().endswith(ENDINGS) and re.search(r"<\w", text) is not None)


def read(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The page as one document; a page without a paper raises ReadError."""
    raw = stream.read(LARGEST_PAGE + 1)
    if len(raw) > LARGEST_PAGE:
        raise ReadError(f"{name}: a page of more than {LARGEST_PAGE} bytes; no paper is so long")
    article = as_jats(_parse(raw, name))
    n_prose = sum(len(flat(node)) for node in article.iter("p"))
    if n_prose < SHORTEST_PAPER and article.find(".//table") is None:
        raise ReadError(
            f"{name}: an HTML page with {n_prose} characters of prose and no table; it may be an error message, or "
            "show the paper by a script: save the page from a browser, or give the JATS XML"
        )
    yield read_article(article)


def as_jats(page: Element) -> Element:
    """The article of a page in JATS; its parts are moved, not copied."""
    article = etree.Element("article")
    meta = write_front(page, article)
    body = page.find("body") if page.find("body") is not None else page
    _drop(body)
    mark_inline(body)
    title = flat(meta.find(".//article-title")) if meta.find(".//article-title") is not None else ""
    PageWriter(meta, etree.SubElement(article, "body"), title).write(_main(body))
    return article


def _parse(raw: bytes, name: str) -> Element:
    page = etree.fromstring(
        _decode(raw).encode("utf-8", "replace"), etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    )
    if page is None or not len(page):
        raise ReadError(f"{name}: expected an HTML page, found no element")
    etree.strip_elements(page, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    return page


def _decode(raw: bytes) -> str:
    """The text in the encoding that the page declares, if it fits, else by its mark, in UTF-8 or Windows-1252."""
    declared = _CHARSET.search(raw[:4096])
    for encoding in (declared[1].decode("ascii", "replace") if declared else "", encoding_of(raw)):
        try:
            if encoding and encoding.lower() not in ("iso-8859-1", "us-ascii"):
                return raw.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("utf-8", CP1252_FALLBACK)


def _drop(body: Element) -> None:
    """Takes out what is no part of a paper, unless it holds half of the page's text."""
    whole = len(flat(body))
    for node in list(body.iter(etree.Element)):
        if node is not body and node.getparent() is not None and is_left_out(node):
            if node.tag not in ("script", "style") and len(flat(node)) * 2 > whole:
                continue
            _remove(node)


def _remove(node: Element) -> None:
    """Takes out an element; the text behind it stays."""
    before, parent = node.getprevious(), node.getparent()
    if node.tail:
        if before is None:
            parent.text = (parent.text or "") + node.tail
        else:
            before.tail = (before.tail or "") + node.tail
    parent.remove(node)


def _main(body: Element) -> Element:
    """The element that holds the paper."""
    candidates = body.xpath(".//article | .//main | .//*[@role='main'] | .//*[@itemprop='articleBody']")
    best = max(candidates, key=lambda node: len(flat(node)), default=body)
    if len(flat(best)) * 2 < len(flat(body)):
        return body
    # the title may stand above the body of the article
    while best is not body and not list(best.iter("h1")) and list(body.iter("h1")):
        best = best.getparent()
    return best
