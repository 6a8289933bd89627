import gzip
import io
from pathlib import Path

import pytest
from lxml import etree

from kgbuild.document import Document, Failure, Metadata, Passage, Span
from kgbuild.read import jats
from kgbuild.read.inline import inline_text

BIBR = '<xref ref-type="bibr" rid="b1">{}</xref>'


def read(content: str) -> list[Document | Failure]:
    return list(jats.read(io.BytesIO(content.encode()), "f.xml"))


def read_one(body: str, front: str = "", back: str = "", attributes: str = "", rest: str = "") -> Document:
    front = f"<front><article-meta>{front}</article-meta></front>"
    (found,) = read(f"<article {attributes}>{front}<body>{body}</body><back>{back}</back>{rest}</article>")
    assert isinstance(found, Document), found
    return found


def blocks(doc: Document) -> list[tuple[str, str, str]]:
    return [(block.kind, block.section, doc.text_of(block.span)) for block in doc.blocks]


def cells(doc: Document) -> list[tuple[str, list[str], list[str]]]:
    return [
        (doc.text_of(c.span), [doc.text_of(s) for s in c.row_header], [doc.text_of(s) for s in c.column_header])
        for c in doc.cells
    ]


def test_an_article_becomes_a_whole_document() -> None:
    front = """<journal-meta><journal-title>J Test</journal-title></journal-meta><article-meta>
    <article-id pub-id-type="pmc">12</article-id><article-id pub-id-type="doi">10.1/X</article-id>
    <title-group><article-title>On  <italic>it</italic></article-title></title-group>
    <pub-date><year>2021</year></pub-date><pub-date><year>2020</year></pub-date>
    <permissions><license xlink:href="http://creativecommons.org/licenses/by/4.0/"/></permissions>
    <abstract><p>Short.</p></abstract></article-meta>"""
    attributes = 'article-type="research-article" xml:lang="en"'
    assert read(f"<article {attributes}><front>{front}</front><body><p>Long.</p></body></article>") == [
        Document(
            id="PMC:PMC12",
            text="On it\nShort.\nLong.",
            title="On it",
            metadata=Metadata(
                year=2020,
                journal="J Test",
                doi="10.1/X",
                pmcid="PMC12",
                licence="http://creativecommons.org/licenses/by/4.0/",
                language="en",
                article_type="research-article",
            ),
            blocks=(
                Passage(Span(0, 5), "title"),
                Passage(Span(6, 12), "abstract", "Abstract"),
                Passage(Span(13, 18), "paragraph"),
            ),
        )
    ]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (
            '<article-id pub-id-type="pmid">5</article-id><article-id pub-id-type="pmcid">PMC9.1</article-id>',
            "PMC:PMC9",
        ),
        ('<article-id pub-id-type="pmid">5</article-id><article-id pub-id-type="doi">10.1/A</article-id>', "PMID:5"),
        ('<article-id pub-id-type="doi">https://doi.org/10.1/A</article-id>', "DOI:10.1/a"),
    ],
)
def test_the_identifier_is_the_best_known_one(ids: str, expected: str) -> None:
    assert read_one("<p>x</p>", front=ids).id == expected


def test_an_article_without_identifier_is_named_by_its_text() -> None:
    assert read_one("<p>x</p>").id == read_one("<p> x </p>").id != read_one("<p>y</p>").id


def test_an_article_without_text_is_a_failure() -> None:
    (found,) = read("<article><front/></article>")
    assert isinstance(found, Failure) and "without any text" in found.reason


def test_several_articles_give_several_documents() -> None:
    one = "<article><body><p>{}</p></body></article>"
    found = read(f"<pmc-articleset>{one.format(1)}{one.format(2)}</pmc-articleset>")
    assert [item.text for item in found if isinstance(item, Document)] == ["1", "2"]


def test_a_mended_article_is_read_and_reported() -> None:
    note, doc = read("<article><body><p>a & <italic>b</p></body></article>")
    assert isinstance(doc, Document) and doc.text == "a & b"
    assert isinstance(note, Failure) and "read after repair" in note.reason and note.document == doc.id


def test_sections_nest_to_any_depth() -> None:
    inner = "<sec><label>1.1</label><title>B</title><sec><title>C</title><p>2</p></sec></sec>"
    body = f"<sec><title>A</title><p>1</p>{inner}</sec><p>3</p>"
    assert blocks(read_one(body)) == [
        ("heading", "A", "A"),
        ("paragraph", "A", "1"),
        ("heading", "A > B", "1.1 B"),
        ("heading", "A > B > C", "C"),
        ("paragraph", "A > B > C", "2"),
        ("paragraph", "", "3"),
    ]


def test_all_abstracts_are_read_and_named() -> None:
    front = """<abstract><sec><title>Aim</title><p>1</p></sec></abstract>
    <abstract abstract-type="summary"><title>Author Summary</title><p>2</p></abstract>
    <trans-abstract xml:lang="pt"><title>RESUMO</title><p>3</p></trans-abstract>"""
    assert [
        item for item in blocks(read_one("<p>x</p>", front, attributes='xml:lang="en"')) if item[0] == "abstract"
    ] == [
        ("abstract", "Abstract > Aim", "1"),
        ("abstract", "Author Summary", "2"),
        ("abstract", "Resumo (pt)", "3"),
    ]


def test_figures_and_footnotes_follow_their_paragraph_and_lists_cut_it() -> None:
    body = """<p>One<fn><p><sup>a</sup>Note</p></fn> sentence<fig><label>Fig 1.</label>
    <caption><title>T.</title><p>C.</p></caption></fig> goes: <list><list-item><label>1.</label><p>first</p></list-item>
    <list-item><p>second</p></list-item></list> on.</p>"""
    assert [(kind, text) for kind, _, text in blocks(read_one(body))] == [
        ("paragraph", "One sentence goes:"),
        ("paragraph", "1. first"),
        ("paragraph", "second"),
        ("paragraph", "on."),
        ("footnote", "aNote"),
        ("caption", "Fig 1. T. C."),
    ]


def test_acknowledgements_funding_and_references_are_left_out_and_appendices_kept() -> None:
    back = """<ack><p>no</p></ack><fn-group><fn fn-type="conflict"><p>no</p></fn><fn><p>yes</p></fn></fn-group>
    <sec><title>Competing interests</title><p>no</p></sec>
    <app-group><app><title>App</title><p>more</p></app></app-group>
    <ref-list><title>References</title><ref><mixed-citation>no</mixed-citation></ref></ref-list>"""
    assert [text for _, _, text in blocks(read_one("<p>x</p>", back=back))] == ["x", "yes", "App", "more"]


def test_sub_articles_stand_in_sections_of_their_own() -> None:
    rest = """<sub-article article-type="translation" xml:lang="pt"><body>
    <sec><title>A</title><p>1</p></sec></body></sub-article>
    <sub-article article-type="reply"><front-stub>
    <title-group><article-title>Reply</article-title></title-group></front-stub>
    <body><p>2</p></body></sub-article>"""
    assert blocks(read_one("<p>0</p>", rest=rest)) == [
        ("paragraph", "", "0"),
        ("heading", "Sub-article: translation (pt) > A", "A"),
        ("paragraph", "Sub-article: translation (pt) > A", "1"),
        ("heading", "Sub-article: Reply", "Reply"),
        ("paragraph", "Sub-article: Reply", "2"),
    ]


@pytest.mark.parametrize(
    ("attributes", "front"),
    [
        ('article-type="retraction"', ""),
        ("", '<related-article related-article-type="retracted-article"/>'),
        ("", "<title-group><article-title>RETRACTED: On it</article-title></title-group>"),
    ],
)
def test_retractions_are_marked(attributes: str, front: str) -> None:
    assert read_one("<p>x</p>", front, attributes=attributes).metadata.retracted
    assert not read_one("<p>x</p>").metadata.retracted


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("Li<sub>7</sub>La<sub>3</sub>Zr<sub>2</sub>O<sub>12</sub>", "Li7La3Zr2O12"),
        ("5 × 10<sup>−4</sup> S·cm<sup>−1</sup>, m<sup>2</sup>", "5 × 10^-4 S·cm^-1, m^2"),
        ("Ca<sup>2+</sup>, Cl<sup>−</sup>, p53<sup>−/−</sup>", "Ca2+, Cl−, p53−/−"),
        ("<sup>13</sup>C and <sup>1</sup>H, 1<sup>st</sup>", "13C and 1H, 1st"),
        (f"cancer<sup>{BIBR.format(1)},{BIBR.format(2)}</sup>.", "cancer."),
        (f"cancer{BIBR.format('<sup>1</sup>')}<sup>,</sup>{BIBR.format('<sup>2</sup>')} is", "cancer is"),
        (f"cancer.{BIBR.format(1)}–{BIBR.format(3)} It", "cancer. It"),
        (f"known [{BIBR.format(1)}–{BIBR.format(5)}].", "known [1–5]."),
        (f"[{','.join(BIBR.format(n) for n in range(1, 40))}]", f"[{','.join(str(n) for n in range(1, 40))}]"),
        (f"as {BIBR.format('Smith et al., 2010')} say", "as Smith et al., 2010 say"),
        ("Mg m<sup>−</sup><sup>3</sup>", "Mg m^-3"),
        ("Smith (1999 <xref ref-type='bibr'>▶</xref>)", "Smith (1999)"),
        ("a<break/>b", "a b"),
        ("where <inline-formula><inline-graphic/></inline-formula> is", "where [formula] is"),
        (
            "<inline-formula><alternatives><tex-math>\\alpha</tex-math><math><mi>β</mi></math></alternatives></inline-formula>",
            "β",
        ),
        (
            "<inline-formula><tex-math>\\documentclass{x}\\begin{document}$$T_{\\rm g}$$\\end{document}</tex-math>"
            "</inline-formula>",
            "T_g",
        ),
        ("<disp-formula><label>(1)</label><math><mi>E</mi><mo>=</mo><mn>2</mn></math></disp-formula>", " E = 2 (1) "),
    ],
)
def test_inline_markup_becomes_readable_text(markup: str, expected: str) -> None:
    assert inline_text(etree.XML(f"<p>{markup}</p>")) == expected


TABLE = """<p>See.<table-wrap><label>Table 1</label><caption><p>Films (n = 2)<sup>a</sup></p></caption><table>
<thead><tr><th rowspan="2">Film</th><th colspan="2">Layer</th></tr><tr><th>d (nm)</th><th>ρ</th></tr></thead>
<tbody><tr><td rowspan="2">ZnO</td><td>30</td><td>1<sup><xref ref-type="table-fn">b</xref></sup></td></tr>
<tr><td>40<break/>50</td><td/></tr></tbody></table>
<table-wrap-foot><fn><label>b</label><p>At 300 K.</p></fn></table-wrap-foot></table-wrap></p>"""


def test_a_table_gives_its_rows_and_cells_with_their_headers() -> None:
    doc = read_one(TABLE)
    assert [(b.kind, b.table, doc.text_of(b.span)) for b in doc.blocks] == [
        ("paragraph", None, "See."),
        ("caption", 0, "Table 1. Films (n = 2)"),
        ("table", 0, "Film | Layer\n | d (nm) | ρ\nZnO | 30 | 1\n | 40 ; 50"),
        ("footnote", 0, "b At 300 K."),
    ]
    assert cells(doc) == [
        ("Film", [], []),
        ("Layer", [], []),
        ("d (nm)", [], ["Layer"]),
        ("ρ", [], ["Layer"]),
        ("ZnO", [], ["Film"]),
        ("30", ["ZnO"], ["Layer", "d (nm)"]),
        ("1", ["ZnO"], ["Layer", "ρ"]),
        ("40 ; 50", ["ZnO"], ["Layer", "d (nm)"]),
    ]
    assert [(c.row, c.column, c.row_span, c.column_span, c.is_header) for c in doc.cells[3:6]] == [
        (1, 2, 1, 1, True),
        (2, 0, 2, 1, True),
        (2, 1, 1, 1, False),
    ]


def test_a_table_without_header_marks_gets_them_by_its_numbers() -> None:
    rows = (("", "mean"), ("Age", ""), ("young", "5"), ("old", "7.5 ± 1"))
    body = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in rows)
    assert cells(read_one(f"<table-wrap><table>{body}</table></table-wrap>"))[-1] == ("7.5 ± 1", ["Age", "old"], [])
    rows = (("Group", "mean"), *rows[1:])
    body = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in rows)
    assert cells(read_one(f"<table-wrap><table>{body}</table></table-wrap>"))[-1] == (
        "7.5 ± 1",
        ["Age", "old"],
        ["mean"],
    )


@pytest.mark.parametrize(
    "rows",
    [
        "<thead><tr>{0}</tr></thead><tbody><tr><td/>{1}</tr>{2}</tbody>",
        "<tbody><tr>{0}</tr><tr><td/>{1}</tr>{2}</tbody>",
        "<tbody><tr><td/>{3}</tr><tr><td>Film</td>{1}</tr>{2}</tbody>",
        "<tbody><tr><td rowspan='2'>Film</td>{3}</tr><tr>{1}</tr>{2}</tbody>",
    ],
)
def test_the_row_below_headings_over_several_columns_is_header_too(rows: str) -> None:
    groups = "<td colspan='2'>As grown</td><td colspan='2'>Annealed</td>"
    names = "<td>d (nm)</td><td>Tc</td>" * 2
    body = "<tr><td>ZnO</td><td>1</td><td>2</td><td>3</td><td>4</td></tr>" * 2
    table = rows.format(f"<td>Film</td>{groups}", names, body, groups)
    found = cells(read_one(f"<table-wrap><table>{table}</table></table-wrap>"))
    assert found[-3:] == [
        ("2", ["ZnO"], ["As grown", "Tc"]),
        ("3", ["ZnO"], ["Annealed", "d (nm)"]),
        ("4", ["ZnO"], ["Annealed", "Tc"]),
    ]


def test_a_row_of_words_below_a_heading_over_all_columns_is_body() -> None:
    body = "<tr><td>Film</td><td>d</td></tr><tr><td>ZnO</td><td>3</td></tr>"
    table = f"<table><thead><tr><th colspan='2'>Films</th></tr></thead><tbody>{body}</tbody></table>"
    assert cells(read_one(f"<table-wrap>{table}</table-wrap>"))[-1] == ("3", ["ZnO"], ["Films"])


def test_several_tables_in_one_wrap_are_numbered_and_pictures_keep_their_caption() -> None:
    one = "<table><tr><td>a</td></tr></table>"
    two = f"<table-wrap><caption><p>C</p></caption>{one}{one}</table-wrap>"
    picture = "<table-wrap><caption><p>P</p></caption><graphic/></table-wrap>"
    doc = read_one("<p>x</p>", rest=f"<floats-group>{two}{picture}</floats-group>")
    assert [(b.kind, b.table) for b in doc.blocks] == [
        ("paragraph", None),
        ("caption", 0),
        ("table", 0),
        ("table", 1),
        ("caption", 2),
    ]


def open_data(path: Path) -> io.BytesIO:
    content = path.read_bytes()
    return io.BytesIO(gzip.decompress(content) if path.suffix == ".gz" else content)


def test_every_real_article_gives_one_document_whose_spans_hold(shared_data: Path) -> None:
    paths = sorted((shared_data / "documents").glob("jats-*/*"))
    assert len(paths) == 89
    for path in paths:
        (doc,) = jats.read(open_data(path), path.name)
        assert isinstance(doc, Document) and doc.title and doc.text, path.name
        assert "\\documentclass" not in doc.text and "\u00ad" not in doc.text
        starts = [block.span.start for block in doc.blocks]
        assert starts == sorted(starts) and doc.blocks[-1].span.end == len(doc.text)
        tables = {block.table: block.span for block in doc.blocks if block.kind == "table"}
        for cell in doc.cells:
            text = doc.text_of(cell.span)
            assert cell.span.within(tables[cell.table]) and text and text == text.strip() and "\n" not in text
            assert all(span.within(tables[cell.table]) for span in cell.row_header + cell.column_header)
