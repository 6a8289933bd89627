import io

import pytest

from kgbuild.document import Document, Failure, Metadata
from kgbuild.read import bmc

FRONT = """<ui>1</ui><fm><dochead>Study protocol</dochead><bibl>
<title><p>Effects of <it>aspirin</it></p></title><source>Trials</source><pubdate>2015</pubdate>
<xrefbib><pubidlist><pubid idtype="doi">10.1/A</pubid><pubid idtype="pmpid">25</pubid></pubidlist></xrefbib></bibl>
<cpyrt><year>2015</year><note>Open (<url>http://creativecommons.org/licenses/by/4.0</url>).</note></cpyrt>
<kwdg><kwd>Drugs</kwd></kwdg>{abstract}</fm>"""
ABSTRACT = """<abs><sec><st><p>Abstract</p></st>
<sec><st><p>Background</p></st><p>Pain is common.</p></sec></sec></abs>"""


def read(body: str, *, abstract: str = "", back: str = "") -> list[Document | Failure]:
    content = f"<art>{FRONT.format(abstract=abstract)}<bdy>{body}</bdy><bm>{back}</bm></art>"
    assert bmc.sniff(content.encode(), "f.xml")
    return list(bmc.read(io.BytesIO(content.encode()), "f.xml"))


def blocks(body: str, **parts: str) -> list[tuple[str, str, int | None, str]]:
    """What is read after the title."""
    (doc,) = read(body, **parts)
    assert isinstance(doc, Document)
    return [(block.kind, block.section, block.table, doc.text_of(block.span)) for block in doc.blocks[1:]]


def test_an_article_becomes_a_document_with_identifiers_and_licence() -> None:
    (doc,) = read("<sec><st><p>Methods</p></st><p>We asked.</p></sec>", abstract=ABSTRACT)
    assert isinstance(doc, Document)
    assert (doc.id, doc.title) == ("PMID:25", "Effects of aspirin")
    assert doc.text == "Effects of aspirin\nBackground\nPain is common.\nMethods\nWe asked."
    assert [block.section for block in doc.blocks] == ["", *["Abstract > Background"] * 2, *["Methods"] * 2]
    assert doc.metadata == Metadata(
        year=2015,
        journal="Trials",
        doi="10.1/A",
        pmid="25",
        licence="http://creativecommons.org/licenses/by/4.0",
        article_type="study-protocol",
    )


def test_citations_stand_in_brackets_and_references_are_left_out() -> None:
    citations = '<abbrgrp>\n<abbr bid="B1">1</abbr>\n<abbr bid="B2">2</abbr></abbrgrp>'
    body = f'<p>Known {citations}. See <tblr tid="T1">1</tblr>.</p>'
    back = "<ack><sec><p>Thanks.</p></sec></ack><refgrp><bibl><title><p>Cited</p></title></bibl></refgrp>"
    assert blocks(body, back=back) == [("paragraph", "", None, "Known [1,2]. See 1.")]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ('<abbr bid="B1">1</abbr>-<abbr bid="B3">3</abbr>', "[1-3]"),
        ('<abbr bid="B1">1</abbr>, <abbr bid="B3">3</abbr>\n–\n<abbr bid="B5">5</abbr>', "[1,3–5]"),
        ('<abbr bid="B1"/><abbr bid="B2">2</abbr>', "[2]"),
        ("", ""),
    ],
)
def test_what_stands_between_citations_stays(group: str, expected: str) -> None:
    assert blocks(f"<p>Known <abbrgrp>{group}</abbrgrp>.</p>") == [("paragraph", "", None, f"Known {expected}.")]


@pytest.mark.parametrize("name", ["Competing interests", "Authors’ contributions"])
def test_declarations_are_left_out(name: str) -> None:
    assert blocks(f"<sec><st><p>{name}</p></st><p>None.</p></sec><p>Été.</p>") == [("paragraph", "", None, "Été.")]


CALS = """<table id="T1"><title><p>Table 1</p></title><caption><p><b>Doses</b></p></caption><tgroup cols="2">
<colspec colname="c1"/><colspec colname="c2"/><thead><row><entry colname="c1"><p>Drug</p></entry>
<entry colname="c2"><p>Dose<sup>a</sup></p></entry></row></thead><tfoot><p><sup>a</sup>Daily.</p></tfoot>
<tbody><row><entry colname="c1"><p>Aspirin</p></entry><entry colname="c2"><p>5 mg</p></entry></row></tbody></tgroup>
</table>"""
OWN = """<tbl id="T1"><title><p>Table 1</p></title><caption><p>Doses</p></caption><tblbdy cols="2">
<r><c><p>Drug</p></c><c><p>Dose</p></c></r><r><c cspan="2"><hr/></c></r><r><c><p>Aspirin</p></c><c><p>5 mg</p></c></r>
</tblbdy><tblfn><p>a Daily.</p></tblfn></tbl>"""


@pytest.mark.parametrize("table", [CALS, OWN])
def test_tables_have_caption_rows_and_footnotes(table: str) -> None:
    assert blocks(f"<sec><st><p>S</p></st>{table}</sec>")[1:] == [
        ("caption", "S", 0, "Table 1. Doses"),
        ("table", "S", 0, "Drug | Dose\nAspirin | 5 mg"),
        ("footnote", "S", 0, "a Daily."),
    ]
    (doc,) = read(table)
    assert isinstance(doc, Document)
    (cell,) = [cell for cell in doc.cells if doc.text_of(cell.span) == "5 mg"]
    assert [doc.text_of(span) for span in (*cell.row_header, *cell.column_header)] == ["Aspirin", "Dose"]


def test_figures_lists_and_files_are_read() -> None:
    figure = (
        '<fig id="F1"><title><p>Figure 1</p></title><caption><p>Flow</p></caption><text><p>Who came.</p></text></fig>'
    )
    file = '<suppl id="S1"><title><p>Additional file 1</p></title><text><p>Data.</p></text><file name="a.xls"/></suppl>'
    assert blocks(f"{figure}<p>We gave:</p><ul><li><p>aspirin</p></li><li><p>iron</p></li></ul>", back=file) == [
        ("caption", "", None, "Figure 1. Flow Who came."),
        ("paragraph", "", None, "We gave:"),
        ("paragraph", "", None, "aspirin"),
        ("paragraph", "", None, "iron"),
        ("caption", "", None, "Additional file 1. Data."),
    ]


def test_an_article_without_text_is_a_failure() -> None:
    (failure,) = bmc.read(io.BytesIO(b"<art><ui>1</ui><fm/></art>"), "f.xml")
    assert isinstance(failure, Failure)


@pytest.mark.parametrize("content", ["<art/>", "<art><picture/></art>", "<article><ui>1</ui></article>"])
def test_other_xml_is_not_taken(content: str) -> None:
    assert not bmc.sniff(content.encode(), "f.xml")
