import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import pytest

from kgbuild import registry
from kgbuild.document import Document, Failure
from kgbuild.errors import ReadError
from kgbuild.read.reader import read_source, recognise
from kgbuild.read.source import Source, find_sources

ARTICLE = b"<article><body><p>%s</p></body></article>"


def source(content: bytes, name: str = "f.xml") -> Source:
    return Source(name, partial(io.BytesIO, content))


def reason(content: bytes, name: str = "f.xml") -> str:
    (found,) = read_source(source(content, name))
    assert isinstance(found, Failure) and (found.source, found.stage) == (name, "read")
    return found.reason


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE article SYSTEM "x.dtd"><article><front/></article>', "jats"),
        (b"<pmc-articleset><article/></pmc-articleset>", "jats"),
        (b'<response><records><article article-type="x"><front/></article></records></response>', "jats"),
        ("\ufeff<article/>".encode("utf-16"), "jats"),
        (b"<PubmedArticleSet><PubmedArticle>", "medline"),
        (b'<MedlineCitation Status="MEDLINE">', "medline"),
    ],
)
def test_xml_papers_are_recognised_by_their_content(head: bytes, expected: str) -> None:
    assert recognise(head, "any.txt") == expected


def test_documents_are_signed_with_their_source_and_format() -> None:
    (doc,) = read_source(source(ARTICLE % b"x", "a.zip!f.xml.gz"))
    assert isinstance(doc, Document)
    assert (doc.metadata.source, doc.metadata.format) == ("a.zip!f.xml.gz", "jats")


def test_an_article_larger_than_the_first_bytes_is_read_whole() -> None:
    (doc,) = read_source(source(ARTICLE % (b"word " * 100_000)))
    assert isinstance(doc, Document) and len(doc.text) == 499_999


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"%PDF-1.7 ..", "f.pdf", "PDF is not read yet"),
        (b"HTTP/1.1 200 OK\n\n%PDF-1.4", "f.pdf", "PDF"),
        (b"<!DOCTYPE html>\n<html><head>", "f.xml", "HTML"),
        (
            b'<full-text-retrieval-response xmlns="http://www.elsevier.com/xml/svapi/article/dtd">',
            "f.xml",
            "Elsevier XML",
        ),
        (b'<?xml version="1.0"?><!DOCTYPE art SYSTEM "article.dtd"><art><ui>1</ui>', "f.xml", "<art>"),
        (b'<TEI xmlns="http://www.tei-c.org/ns/1.0">', "f.xml", "TEI"),
        (b"\\documentclass{article}", "f.tex", "LaTeX"),
        (b"TY  - JOUR\n", "f.ris", "RIS"),
        (b"@article{a,\n", "f.bib", "BibTeX"),
        (b"PAR1", "f.parquet", "give the table as CSV"),
        (b'{"paper_id": "1", "body_text": []}', "f.json", "CORD-19 JSON"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "f.doc", "Office"),
        (b"PK\x03\x04 [Content_Types].xml word/document.xml", "f.docx", "Word"),
        (b"\x89PNG\r\n", "f.png", "PNG"),
        (b"", "f.xml", "is empty"),
        (b" \r\n\t", "f.xml", "only white space"),
        (b"\xef\xbb\xbf\n", "f.xml", "only white space"),
    ],
)
def test_what_cannot_be_read_is_named(content: bytes, name: str, expected: str) -> None:
    assert expected in reason(content, name)


def test_tex_preambles_in_an_article_do_not_make_it_latex() -> None:
    (doc,) = read_source(
        source(ARTICLE % b"T<tex-math>\n\\documentclass[12pt]{minimal}\\begin{document}x\\end{document}</tex-math>")
    )
    assert isinstance(doc, Document) and doc.text == "Tx"


class FaultyReader:
    """A registered reader that yields one document and then fails in the way it was made with."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def sniff(self, head: bytes, name: str) -> bool:
        return True

    def read(self, stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
        yield Document(id="a:1", text="x")
        raise self.error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ReadError("f.x:3: expected this, found that"), "f.x:3: expected this, found that"),
        (KeyError("k"), "after 1 records: damaged or unexpected content (KeyError: 'k')"),
        (RecursionError("deep"), "RecursionError"),
        (EOFError("ended"), "EOFError"),
        (MemoryError(), "too large for the memory"),
    ],
)
def test_whatever_a_reader_raises_becomes_a_failure(
    error: Exception, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "load", lambda kind, name: FaultyReader(error))
    doc, failure = read_source(source(b"text"))
    assert isinstance(doc, Document) and isinstance(failure, Failure)
    assert expected in failure.reason


def test_a_file_that_no_reader_knows_is_named_with_what_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "load", lambda kind, name: SimpleNamespace(sniff=lambda head, name: False))
    assert "unknown format, begins with b'abc'; readable formats: bioc-json" in reason(b"abc")


def test_a_source_that_cannot_be_opened_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "f.xml"
    path.write_bytes(ARTICLE % b"x")
    (found,) = find_sources([str(path)])
    assert isinstance(found, Source)
    path.unlink()
    (failure,) = read_source(found)
    assert isinstance(failure, Failure) and "f.xml" in failure.reason


@pytest.mark.shared_data
def test_nasty_files_never_raise_and_every_one_leaves_a_trace(shared_data: Path) -> None:
    traces: dict[str, list[Document | Failure]] = {}
    for item in find_sources([str(shared_data / "documents/nasty")]):
        name = item.source if isinstance(item, Failure) else item.name
        traces[name.rpartition("/nasty/")[2]] = [item] if isinstance(item, Failure) else list(read_source(item))
    assert all(traces.values()) and len(traces) == 24
    whole = next(item for item in traces["PMC5172360-utf16-bom.xml"] if isinstance(item, Document))
    for broken in ("bare-ampersand", "cp1252-declared-utf8", "named-entities", "unclosed-italic", "truncated-in-table"):
        note, doc = traces[f"PMC5172360-{broken}.xml"]
        assert isinstance(note, Failure) and "read after repair" in note.reason
        assert isinstance(doc, Document) and (doc.id, doc.title) == (whole.id, whole.title)
        if broken in ("cp1252-declared-utf8", "named-entities", "unclosed-italic"):
            assert doc.text == whole.text
    (doc,) = traces["internal-entities.xml"]
    assert isinstance(doc, Document) and doc.text == "TiO₂ films had a resistivity of 5 × 10^-3 Ω cm."
