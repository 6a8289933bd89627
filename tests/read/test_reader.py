import io
import json
import logging
import re
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
        (b'<full-text-retrieval-response xmlns="http://www.elsevier.com/xml/svapi/article/dtd">', "elsevier"),
        (b'<xocs:doc xmlns:xocs="http://www.elsevier.com/xml/xocs/dtd"><xocs:meta>', "elsevier"),
        (b'<article xmlns="http://www.elsevier.com/xml/ja/dtd"><item-info>', "elsevier"),
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
        (b"%PDF-1.7 ..", "f.pdf", "the PDF is damaged or cut off"),
        (b"HTTP/1.1 200 OK\n\n%PDF-1.4\n1 0 obj", "f.pdf", "the PDF is damaged or cut off"),
        (b"<!DOCTYPE html>\n<html><head>", "f.xml", "an HTML page with 0 characters of prose"),
        (b"<p>Genes</p>", "f.html", "an HTML page with 5 characters of prose"),
        (b'<TEI xmlns="http://www.tei-c.org/ns/1.0">', "f.xml", "TEI"),
        (b"\\documentclass{article}", "f.tex", "LaTeX"),
        (b"TY  - JOUR\n", "f.ris", "RIS"),
        (b"@article{a,\n", "f.bib", "BibTeX"),
        (b"PAR1", "f.parquet", "give the table as CSV"),
        (b'{"paper_id": "1", "body_text": []}', "f.json", "CORD-19 JSON"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "f.doc", "Office"),
        (b"PK\x03\x04 [Content_Types].xml word/document.xml", "f.docx", "Word"),
        (b"\x89PNG\r\n", "f.png", "PNG"),
        (b"<book><title>Genes</title></book>", "f.xml", "XML with the root <book>, in which no paper is read"),
        (b'<?xml version="1.0"?>\n<!-- x --><book/>', "f.txt", "XML with the root <book>"),
        (b"<!DOCTYPE book SYSTEM 'docbook.dtd'>", "f", "XML"),
        ("<book><title>Genes".encode("utf-16"), "f.xml", "XML with the root <book>"),
        (b"<book>\nUnclosed <b>text</book>", "f.txt", "XML with the root <book>"),
        (b'<?xml version="1.0"?><book/>', "f.md", "XML with the root <book>"),
        (b'{"title": "Genes"}', "f.txt", "JSON, in which no paper is read; readable formats: bioc-json"),
        (b"[1,\n 2]\n", "f", "JSON"),
        (b'{"a": 1}\n{"a": 2}\n', "f", "JSON"),
        (b'{"abstract": "' + b"word " * 20_000 + b'"}', "f", "JSON"),
        (b"[" + b'{"a": 1},' * 20_000 + b"0]", "f", "JSON"),
        (b"{broken", "f.json", "JSON"),
        (b"import os\n", "f.py", "Python source code"),
        (b"title: Genes\n", "f.yml", "YAML"),
        (b"#!/bin/sh\necho genes\n", "f", "a script"),
        (b'{"DOI": "10.1/x", "title": ["Genes"]}', "f.json", "Crossref JSON is not read yet"),
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


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<5 % of the patients fell ill.", "f.txt"),
        (b"<i>E. coli</i> grows where others do not.", "f.txt"),
        (b"<T> denotes the mean temperature, CO<sub>2</sub> the gas.", "f.txt"),
        (b"<https://a.b/c> has the data.", "f.txt"),
        (b"[1] A. Smith found 2 genes.", "f.txt"),
        (b"[Article in Chinese] Genes of the mouse.", "f.txt"),
        (b"{TiO2} was annealed.", "f.txt"),
        (b"A file that begins with %PDF-1.4 is a PDF.", "f.txt"),
        (b'<p align="center"><img src="x.png"></p>\n\n# Genes\n\nThey are many.\n', "README.md"),
        (b"<!-- draft -->\n# Genes\n\nThey are many.\n", "f.txt"),
        (b"<gene>,<dose>\np53,1\nmyc,2\n", "f.csv"),
    ],
)
def test_prose_and_tables_with_marks_of_markup_are_read(content: bytes, name: str) -> None:
    (doc,) = read_source(source(content, name))
    assert isinstance(doc, Document), doc


def test_annotated_json_that_names_a_doi_is_read() -> None:
    passage = {"offset": 0, "infons": {"DOI": "10.1000/x"}, "text": "On genes."}
    (doc,) = read_source(source(json.dumps({"documents": [{"id": "1", "passages": [passage]}]}).encode(), "f.json"))
    assert isinstance(doc, Document) and (doc.metadata.format, doc.text) == ("bioc-json", "On genes.")


def test_json_of_papers_with_an_id_and_a_text_deep_inside_is_named() -> None:
    content = b'{"paper_id": "1", "body_text": [{"id": "2", "text": "Genes."}]}'
    assert "CORD-19 JSON is not read yet" in reason(content, "f.json")


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


@pytest.mark.parametrize("title", ["\ud800", "a \udfff b"])
def test_surrogates_that_no_file_can_hold_are_replaced_and_told(title: str) -> None:
    content = f'---\ntitle: "{title.encode("ascii", "backslashreplace").decode()}"\n---\nText.'.encode()
    failure, doc = read_source(source(content, "f.md"))
    assert isinstance(failure, Failure) and "lone surrogates" in failure.reason
    assert isinstance(doc, Document) and (doc.title, failure.document) == (
        re.sub(r"[\ud800-\udfff]", "\ufffd", title),
        doc.id,
    )
    assert doc.text == f"{doc.title}\nText."


def test_a_failure_that_quotes_a_surrogate_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = FaultyReader(ReadError("f.x: found '\ud800'"))
    monkeypatch.setattr(registry, "load", lambda kind, name: faulty)
    _, failure = read_source(source(b"text"))
    assert isinstance(failure, Failure) and failure.reason == "f.x: found '\ufffd'"


def test_a_file_that_no_reader_knows_is_named_with_what_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "load", lambda kind, name: SimpleNamespace(sniff=lambda head, name: False))
    assert "unknown format, begins with b'abc'; readable formats: bioc-json" in reason(b"abc")


def test_a_reader_that_cannot_tell_its_files_is_passed_over_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def sniff(head: bytes, name: str) -> bool:
        raise IndexError("no such column")

    load, names = registry.load, registry.names
    faulty = {"theirs": SimpleNamespace(sniff=sniff)}
    monkeypatch.setattr(registry, "names", lambda kind: (*names(kind), "gone", "theirs"))
    monkeypatch.setattr(registry, "load", lambda kind, name: faulty.get(name) or load(kind, name))
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            (doc,) = read_source(source(b"Genes are many.", "f.txt"))
            assert isinstance(doc, Document) and doc.metadata.format == "text"
    warnings = [record.getMessage() for record in caplog.records]
    assert len(warnings) == 2 and "'gone'" in warnings[0] and "ConfigError" in warnings[0]
    assert "'theirs'" in warnings[1] and "IndexError: no such column" in warnings[1]


def test_a_source_that_cannot_be_opened_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "f.xml"
    path.write_bytes(ARTICLE % b"x")
    (found,) = find_sources([str(path)])
    assert isinstance(found, Source)
    path.unlink()
    (failure,) = read_source(found)
    assert isinstance(failure, Failure) and "f.xml" in failure.reason
