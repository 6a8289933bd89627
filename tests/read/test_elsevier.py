import io
from pathlib import Path

import pytest

from kgbuild.document import Document, Failure
from kgbuild.read import elsevier, find_sources, read_source

PAPER = """<?xml version="1.0"?><xocs:doc xmlns:xocs="http://www.elsevier.com/xml/xocs/dtd"
 xmlns:ce="http://www.elsevier.com/xml/common/dtd" xmlns="http://www.elsevier.com/xml/ja/dtd"><xocs:meta>
<xocs:srctitle>Thin Films</xocs:srctitle><xocs:doi>10.1016/J.tf</xocs:doi>
<xocs:cover-date-year>2014</xocs:cover-date-year><ce:title>A special issue</ce:title></xocs:meta>
<article xml:lang="en"><ce:floats>{floats}</ce:floats><head><ce:title>Films of TiO<ce:inf>2</ce:inf></ce:title>
<ce:author-group><ce:author><ce:surname>Smith</ce:surname></ce:author></ce:author-group>
<ce:abstract><ce:section-title>Abstract</ce:section-title><ce:abstract-sec>
<ce:simple-para>They are thin.</ce:simple-para>
</ce:abstract-sec></ce:abstract><ce:keywords><ce:keyword>film</ce:keyword></ce:keywords></head>
<body><ce:sections><ce:section><ce:label>1</ce:label><ce:section-title>Results</ce:section-title>{paragraphs}
</ce:section></ce:sections></body><tail><ce:bibliography><ce:section-title>References</ce:section-title>
<ce:bib-reference>Smith</ce:bib-reference></ce:bibliography></tail></article></xocs:doc>"""


def document(paragraphs: str = "<ce:para>x</ce:para>", floats: str = "") -> Document:
    content = PAPER.format(paragraphs=paragraphs, floats=floats).encode()
    (doc,) = elsevier.read(io.BytesIO(content), "a.xml")
    assert isinstance(doc, Document)
    return doc


def test_an_article_gives_its_parts_and_what_is_known_of_it() -> None:
    doc = document()
    assert (doc.id, doc.title) == ("DOI:10.1016/j.tf", "Films of TiO2")
    assert (doc.metadata.journal, doc.metadata.year, doc.metadata.language) == ("Thin Films", 2014, "en")
    assert [(block.kind, block.section, doc.text_of(block.span)) for block in doc.blocks] == [
        ("title", "", "Films of TiO2"),
        ("abstract", "Abstract", "They are thin."),
        ("heading", "Results", "1 Results"),
        ("paragraph", "Results", "x"),
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("4<ce:hsp sp='0.25'/>mol dm<ce:sup>−<ce:hsp sp='0.25'/>3</ce:sup>", "4 mol dm^-3"),
        ("Na<ce:inf>1<ce:hsp/>−<ce:hsp/>x</ce:inf>FeO<ce:inf>2</ce:inf>", "Na1−xFeO2"),
        ("known <ce:cross-refs refid='bib1 bib2'>[1,2]</ce:cross-refs>.", "known [1,2]."),
        ("known<ce:cross-ref refid='bib1'><ce:sup>1</ce:sup></ce:cross-ref>.", "known."),
        ("see <ce:cross-ref refid='f1'>Fig. 1</ce:cross-ref><ce:float-anchor refid='f1'/>.", "see Fig. 1."),
        ("R<ce:glyph name='dbnd'/>R", "R=R"),
        ("is <ce:display><ce:formula><ce:label>(1)</ce:label><math><mi>E</mi></math></ce:formula>"
         "</ce:display> so", "is E (1) so"),
    ],
)  # fmt: skip
def test_words_read_as_in_jats(words: str, expected: str) -> None:
    doc = document(f"<ce:para>{words}</ce:para>")
    assert doc.text_of(doc.blocks[-1].span) == expected


def test_figures_and_tables_that_float_keep_captions_headers_and_notes() -> None:
    doc = document(
        floats="""<ce:figure><ce:label>Fig. 1</ce:label>
<ce:caption><ce:simple-para>A film.</ce:simple-para></ce:caption>
<ce:link locator="gr1"/></ce:figure><ce:table><ce:label>Table 1</ce:label><ce:caption><ce:simple-para>Films.
</ce:simple-para></ce:caption><tgroup cols="2"><colspec colname="a"/><colspec colname="b"/><thead><row>
<entry>Film</entry><entry>d (nm)</entry></row></thead><tbody><row><entry>ZnO<ce:cross-ref refid="tblfn1"><ce:sup>a
</ce:sup></ce:cross-ref></entry><entry>30</entry></row></tbody></tgroup><ce:table-footnote><ce:label>a</ce:label>
<ce:note-para>Annealed.</ce:note-para></ce:table-footnote></ce:table>"""
    )
    found = [(block.kind, block.table, doc.text_of(block.span)) for block in doc.blocks[4:]]
    assert found == [
        ("caption", None, "Fig. 1. A film."),
        ("caption", 0, "Table 1. Films."),
        ("table", 0, "Film | d (nm)\nZnO | 30"),
        ("footnote", 0, "a Annealed."),
    ]
    assert [doc.text_of(span) for span in doc.cells[-1].row_header + doc.cells[-1].column_header] == ["ZnO", "d (nm)"]


def test_a_record_without_an_article_is_a_failure() -> None:
    root = "full-text-retrieval-response"
    content = f'<{root} xmlns="http://www.elsevier.com/xml/x"><coredata/></{root}>'.encode()
    (failure,) = elsevier.read(io.BytesIO(content), "a.xml")
    assert isinstance(failure, Failure) and "without an article" in failure.reason


def test_real_papers_are_read_with_all_their_tables(shared_data: Path) -> None:
    sources = list(find_sources([str(shared_data / "documents/elsevier-xml")]))
    documents = [item for source in sources if not isinstance(source, Failure) for item in read_source(source)]
    assert len(documents) == 30 and all(isinstance(doc, Document) for doc in documents)
    papers = [doc for doc in documents if isinstance(doc, Document)]
    assert all(doc.title and doc.id.startswith("DOI:") and doc.metadata.year for doc in papers)
    assert sum(block.kind == "table" for doc in papers for block in doc.blocks) == 62
