"""PDF papers that carry text: one Document for each file, read from where its characters stand.

Read in one or more columns: title, abstract, sections, paragraphs, captions, notes. Left out: running heads, names and
addresses, references, displayed formulas, words in figures, and the cells of tables, which a PDF does not tell apart
from other text. A note says how much was left out. Of the pictures of a scan nothing is read.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

import pypdfium2
from lxml import etree

from kgbuild.document import PARTIAL, Document, Failure
from kgbuild.errors import ReadError
from kgbuild.read.jats import read_article
from kgbuild.read.layout import clean
from kgbuild.read.pdf_article import ArticleWriter
from kgbuild.read.pdf_blocks import find_blocks
from kgbuild.read.pdf_lines import Line, find_columns, page_lines
from kgbuild.read.pdf_pages import Page, read_pages
from kgbuild.read.xml import Element

__all__ = ["read", "sniff"]

#: bytes of one file, and how far into it the mark of a PDF may stand
LARGEST_FILE = 512 * 1024 * 1024
LATEST_MARK = 1024
MARK = b"%PDF-"
#: characters on a page below which it is a picture, and the share of characters without a meaning that is too many
LEAST_CHARACTERS, MOST_UNMAPPED = 30, 0.2
OCR = "recognise it first, e.g. with `ocrmypdf`, or give the JATS XML or plain text of the paper"

#: what tells a PDF from a text that names its mark
_OBJECT = re.compile(rb"\b\d+ \d+ obj\b")
_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"<>{}|\\^\[\]`]+)", re.IGNORECASE)
#: registrants of data and programs, whose identifiers are not those of papers
_DATA = ("10.5281/", "10.6084/", "10.5061/", "10.17632/", "10.24433/", "10.5517/", "10.7910/")
_XMP_DOI = re.compile(
    rb"<(?:prism:doi|pdfx:doi|pdfx:WPS-ARTICLEDOI|crossmark:DOI|dc:identifier)>\s*(?:doi:)?(10\.[^<\s]+)<"
)
_PMID = re.compile(r"\bPMID:?\s*(\d{6,9})\b")
_PMCID = re.compile(r"\b(?:PMCID:?\s*|available in PMC.{0,60}?\b)(PMC\d{5,9})\b")
#: titles that programs, not authors, give to files
_NO_TITLE = re.compile(
    r"untitled|microsoft word|powerpoint|\.(?:docx?|pdf|indd|tex|dvi|qxd|fm)\b|^\W*[\w-]*\d+[\w.-]*$", re.I
)


def sniff(head: bytes, name: str) -> bool:
    """Whether the mark of a PDF stands at the beginning, or close behind other bytes."""
    return head.startswith(MARK) or (MARK in head[:LATEST_MARK] and _OBJECT.search(head) is not None)


def read(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The paper as one document, and a note of what was left out; ReadError where there is nothing to read."""
    raw = stream.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise ReadError(f"{name}: a PDF of more than {LARGEST_FILE} bytes; no paper is so large")
    pdf = _open(raw, name)
    try:
        pages = list(read_pages(pdf))
        known = _known(pdf, raw)
    finally:
        pdf.close()
    notes = _check_text(pages, name)
    columns = find_columns(pages)
    lines = [line for page in pages for line in page_lines(page, columns)]
    blocks, body = find_blocks(lines, [page.height for page in pages])
    writer = ArticleWriter(body, lines)
    writer.write(blocks, title=known["title"])
    _write_identifiers(writer.meta, lines, known)
    try:
        doc = read_article(writer.article)
    except ReadError as error:
        raise ReadError(f"{name}: a PDF whose {writer.n_left_out} lines are no running text; {OCR}") from error
    left_out = [
        f"{count} {what}{'s' * (count > 1)}{note}"
        for count, what, note in (
            (writer.n_tables, "table", ", but for captions and notes,"),
            (writer.n_left_out, "line", " of no running text (cells, words in figures, formulas)"),
        )
        if count
    ]
    for note in notes:
        yield Failure(name, "read", f"{name}: {note}", document=doc.id)
    if left_out:
        reason = f"{name}: {' and '.join(left_out)} left out; give the JATS XML for them"
        yield Failure(name, PARTIAL, reason, document=doc.id)
    yield doc


def _open(raw: bytes, name: str) -> pypdfium2.PdfDocument:
    try:
        pdf = pypdfium2.PdfDocument(raw[raw.find(MARK) :])
        len(pdf)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError(
                f"{name}: the PDF is encrypted with a password; decrypt it first, e.g. with `qpdf`"
            ) from error
        raise ReadError(f"{name}: the PDF is damaged or cut off ({error}); fetch the file again") from error
    return pdf


def _known(pdf: pypdfium2.PdfDocument, raw: bytes) -> dict[str, str]:
    """What the file says of itself: title, identifier, year."""
    said = pdf.get_metadata_dict()
    title = clean(said.get("Title", ""))
    if _NO_TITLE.search(title) or len(title.split()) < 3:
        title = ""
    doi = _XMP_DOI.search(raw)
    subject = _DOI.search(f"{said.get('Subject', '')} {said.get('Keywords', '')}")
    found = doi[1].decode("utf-8", "replace") if doi else subject[1] if subject else ""
    return {"title": title, "doi": found.rstrip(".,;)")}


def _check_text(pages: list[Page], name: str) -> list[str]:
    """Notes about pages that are pictures; ReadError where all are, or where the characters mean nothing."""
    counts = [sum(len(piece.chars) for piece in page.pieces) for page in pages]
    empty = [page.number + 1 for page, count in zip(pages, counts, strict=True) if count < LEAST_CHARACTERS]
    n_unmapped = sum(page.n_unmapped for page in pages)
    if not pages:
        raise ReadError(f"{name}: a PDF without pages; fetch the file again")
    if n_unmapped > MOST_UNMAPPED * max(sum(counts), 1) and n_unmapped > LEAST_CHARACTERS:
        raise ReadError(f"{name}: the PDF's fonts do not say which characters {n_unmapped} of its signs are; {OCR}")
    if len(empty) == len(pages):
        raise ReadError(f"{name}: {len(pages)} pages of a PDF that hold no text, a scan it seems; {OCR}")
    if not empty:
        return []
    numbers = ", ".join(map(str, empty[:10])) + (", .." if len(empty) > 10 else "")
    return [f"{len(empty)} of {len(pages)} pages hold no text ({numbers}); if they are scanned, {OCR}"]


def _write_identifiers(meta: Element, lines: list[Line], known: dict[str, str]) -> None:
    """Writes the identifiers that the file tells, else those that its first page does."""
    first = " ".join(line.text for line in lines if line.page == 0)
    pmid, pmcid = _PMID.search(first), _PMCID.search(first)
    for kind, value in (
        ("pmc", pmcid[1] if pmcid else ""),
        ("pmid", pmid[1] if pmid else ""),
        ("doi", known["doi"] or _doi_of(lines)),
    ):
        if value:
            etree.SubElement(meta, "article-id", {"pub-id-type": kind}).text = value


def _doi_of(lines: list[Line]) -> str:
    """The DOI that stands at the edge of the first page, or behind the word; of several that which most pages name."""
    bottom = max((line.y for line in lines if line.page == 0), default=0.0)
    named: Counter[str] = Counter()
    written: dict[str, str] = {}
    for line in lines:
        for match in _DOI.finditer(line.text):
            doi = match[1].rstrip(".,;:)")
            named[doi.lower()] += 1
            is_edge = not 0.18 * bottom < line.y < 0.85 * bottom
            is_told = re.search(r"doi[:.]?\s*(?:org/)?\W*\Z|doi\.org/\Z", line.text[: match.start()], re.IGNORECASE)
            if line.page == 0 and (is_edge or (is_told and match.start() < 40)) and not doi.startswith(_DATA):
                written.setdefault(doi.lower(), doi)
    return written[max(written, key=lambda doi: named[doi])] if written else ""
