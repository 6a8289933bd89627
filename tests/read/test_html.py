import io
from pathlib import Path

import pytest

from kgbuild.document import Document, Failure
from kgbuild.errors import ReadError
from kgbuild.read import find_sources, html, read_source

PROSE = (
    "Zinc oxide was annealed in air for two hours and its resistivity fell with every degree above that of the bath. "
    * 2
)

HEAD = """<!DOCTYPE html><html lang="en"><head><title>Zinc oxide | Journal of Films</title><meta charset="utf-8">
<meta name="citation_title" content="Zinc oxide"><meta name="citation_doi" content="10.1000/ZnO.1">
<meta name="citation_journal_title" content="Journal of Films">
<meta name="citation_publication_date" content="2019/03/01">
</head><body>"""


def document(body: str, head: str = HEAD) -> Document:
    (found,) = html.read(io.BytesIO(f"{head}{body}</body></html>".encode()), "page.html")
    assert isinstance(found, Document)
    return found


def blocks(body: str, head: str = HEAD) -> list[tuple[str, str, str]]:
    """The blocks but the long paragraph that makes a page a paper."""
    doc = document(f"{body}", head)
    found = [(block.kind, block.section, doc.text_of(block.span)) for block in doc.blocks]
    return [block for block in found if block[2] != PROSE.strip()]


def test_a_page_becomes_title_sections_and_paragraphs_without_what_stands_around_them() -> None:
    page = f"""<header><nav><a href="/">Home</a></nav></header><div class="menu">Journals</div><article>
    <p>Research article</p><h1>Zinc <i>oxide</i></h1><p class="authors">A. Smith</p>
    <p>Received: 1 May 2018.</p>
    <h2>Abstract</h2><h3>Background</h3><p>Films are thin.</p>
    <h2>Results</h2><p>{PROSE}</p><h3>Heat</h3>It is <b>warm</b> at 300&nbsp;K.<ul><li>one</li><li><p>two</p></li></ul>
    <h2>References</h2><ol><li>Smith A. On zinc.</li></ol><h3>Further</h3><p>Left out too.</p>
    <h2>Supplement</h2><p>There is more.</p></article><footer><p>All rights reserved by the publisher.</p></footer>"""
    assert blocks(page) == [
        ("title", "", "Zinc oxide"),
        ("heading", "Abstract > Background", "Background"),
        ("abstract", "Abstract > Background", "Films are thin."),
        ("heading", "Results", "Results"),
        ("heading", "Results > Heat", "Heat"),
        ("paragraph", "Results > Heat", "It is warm at 300 K."),
        ("paragraph", "Results > Heat", "one"),
        ("paragraph", "Results > Heat", "two"),
        ("heading", "Supplement", "Supplement"),
        ("paragraph", "Supplement", "There is more."),
    ]


def test_the_head_of_the_page_tells_identifier_journal_year_and_licence() -> None:
    doc = document(f'<h1>Zinc oxide</h1><p>{PROSE}</p><a href="http://creativecommons.org/licenses/by/4.0/">CC BY</a>')
    assert (doc.id, doc.title) == ("DOI:10.1000/zno.1", "Zinc oxide")
    known = doc.metadata
    assert (known.journal, known.year, known.language) == ("Journal of Films", 2019, "en")
    assert known.licence == "http://creativecommons.org/licenses/by/4.0/"


def test_without_such_names_the_title_of_the_page_loses_that_of_the_site() -> None:
    doc = document(f"<p>{PROSE}</p>", "<html><head><title>Zinc oxide | Journal of Films</title></head><body>")
    assert (doc.title, doc.id[:8]) == ("Zinc oxide", "kgb:doc-")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("10<sup>−3</sup> S cm<sup>-1</sup> of TiO<small><sub>2</sub></small>.", "10^-3 S cm^-1 of TiO2."),
        ('A cure.<a href="#cit5"><sup><span>5a,h,11</span></sup></a> It', "A cure. It"),
        ('A cure.<a href="javascript:x" onclick="showRef(event, \'ref1\')">(1)</a> It', "A cure. It"),
        ('A cure [<a href="#B1">1</a>,<a href="#B2">2</a>]. It', "A cure [1,2]. It"),
        ('As <a href="#bib1">Smith (2010)</a> says.', "As Smith (2010) says."),
        ('See <a href="#fig1">Figure 1</a>.', "See Figure 1."),
        ("E = <math><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></math>.", "E = mc^2."),
        ("one<br>two<!-- three -->.", "one two."),
        ("one<script>two()</script>.", "one."),
    ],
)
def test_words_with_markup_read_as_in_jats(words: str, expected: str) -> None:
    assert blocks(f"<h1>Zinc oxide</h1><p>{PROSE}</p><p>{words}</p>")[-1] == ("paragraph", "", expected)


def test_a_table_keeps_caption_spans_headers_and_footnotes() -> None:
    doc = document(f"""<h1>Zinc oxide</h1><h2>Results</h2><p>{PROSE}</p><div class="table-caption">Table 1. Films</div>
    <table><thead><tr><th rowspan="2">Film</th><th colspan="2">d (nm)</th></tr><tr><th>old</th><th>new</th></tr></thead>
    <tbody><tr><td>ZnO<sup><a href="#t1fn1">a</a></sup></td><td>30</td><td>40</td></tr></tbody></table>
    <div class="table-wrap-foot"><p>Annealed.</p></div><p>And so on it goes.</p>""")
    kinds = [(block.kind, block.table) for block in doc.blocks[3:]]
    assert kinds == [("caption", 0), ("table", 0), ("footnote", 0), ("paragraph", None)]
    value = doc.cells[-1]
    headers = [doc.text_of(span) for span in (*value.row_header, *value.column_header)]
    assert (doc.text_of(value.span), headers) == ("40", ["ZnO", "d (nm)", "new"])


def test_a_table_that_only_places_a_picture_gives_its_caption() -> None:
    picture = '<table><tr><td><img src="x"></td></tr><tr><td class="image_title"><b>Fig. 1</b> Films.</td></tr></table>'
    assert blocks(f"<h1>Zinc oxide</h1><p>{PROSE}</p>{picture}")[-1] == ("caption", "", "Fig. 1 Films.")


def test_a_list_of_links_is_left_out_and_a_list_of_words_with_links_is_not() -> None:
    links = '<ul><li><a href="/a">Most read articles</a></li><li><a href="/b">Most cited</a></li></ul>'
    words = '<ul><li>Water of <a href="/w">Sigma</a>, distilled twice over.</li></ul>'
    found = blocks(f"<h1>Zinc oxide</h1><h2>Methods</h2><p>{PROSE}</p>{links}{words}")
    assert found[2:] == [("paragraph", "Methods", "Water of Sigma, distilled twice over.")]


def test_a_page_that_holds_no_paper_says_so() -> None:
    with pytest.raises(ReadError, match="may be an error message"):
        list(html.read(io.BytesIO(b"<html><body><h1>Forbidden</h1><p>Try again.</p></body></html>"), "page.html"))


def test_nothing_outside_the_page_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the secret", "utf-8")
    head = f'<!DOCTYPE html [<!ENTITY s SYSTEM "file://{tmp_path}/secret">]><html><body>'
    assert (
        "the secret"
        not in document(f"<h1>It</h1><p>{PROSE} &s;</p><iframe src='{tmp_path}/secret'></iframe>", head).text
    )


@pytest.mark.parametrize("body", ["<div>" * 20_000, "<b>" * 20_000, "<table><tr><td>" * 2_000, "<p" * 10_000])
def test_elements_nested_without_end_leave_a_document_or_a_failure(body: str, tmp_path: Path) -> None:
    (tmp_path / "deep.html").write_text(f"<html><body>{body}{PROSE}", "utf-8")
    (source,) = find_sources([str(tmp_path / "deep.html")])
    assert not isinstance(source, Failure)
    (found,) = read_source(source)
    assert isinstance(found, Document | Failure)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_the_encoding_is_taken_from_the_bytes(encoding: str) -> None:
    (doc,) = html.read(
        io.BytesIO(f"<html><body><p>Müller’s films. {PROSE}</p></body></html>".encode(encoding)), "a.html"
    )
    assert isinstance(doc, Document) and "Müller’s films." in doc.text


def test_real_pages_give_the_sections_of_their_xml(shared_data: Path) -> None:
    (page,) = find_sources([str(shared_data / "documents/html/trials-16-1-9.html.gz")])
    (paper,) = find_sources([str(shared_data / "documents/bmc-xml/trials-16-1-9.xml.gz")])
    assert not isinstance(page, Failure) and not isinstance(paper, Failure)
    (found,), (wanted,) = read_source(page), read_source(paper)
    assert isinstance(found, Document) and isinstance(wanted, Document)
    assert (found.id, found.title) == (wanted.id, wanted.title)
    headings = [wanted.text_of(block.span) for block in wanted.blocks if block.kind == "heading"]
    assert [found.text_of(block.span) for block in found.blocks if block.kind == "heading"] == headings


def test_buttons_beside_words_are_left_out_and_names_with_links_are_not() -> None:
    words = 'We searched <a href="/p">PubMed</a> (<a href="/t">NCT1</a><a href="/w">webcite</a>).'
    found = blocks(
        f"<h1>Zinc oxide</h1><p>{PROSE}</p><p>{words}</p><p>Format: PDF Size: 3KB <a href='/f'>Download file</a></p>"
    )
    assert found[1:] == [("paragraph", "", "We searched PubMed (NCT1).")]
