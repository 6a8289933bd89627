import gzip
import io
import sys
import zipfile
from pathlib import Path

import pytest

from kgbuild.document import Document, Failure
from kgbuild.errors import ReadError
from kgbuild.read import find_sources, pdf, read_source

sys.path.insert(0, str(Path(__file__).parent))

from pages import Text, column, write_pdf

TITLE = Text(60, 80, "Zinc oxide films on glass", 18, "F2")
PROSE = [
    "Zinc oxide was annealed in air for two hours, and the films that",
    "came of it were thin and clear. Their resistivity fell with every",
    "degree above that of the bath, as it is with films of other metals",
    "that were made in this way, and rose again when they had cooled.",
]
NARROW = [
    "Zinc oxide was annealed in air for two",
    "hours, and the films that came of it were",
    "thin and clear. Their resistivity fell with",
    "every degree above that of the bath, as it",
    "is with films of other metals that were",
    "made in this way.",
]
RIGHT = [
    "They rose again when the films had cooled,",
    "which took a day, and were measured once",
    "more in the dark. No film broke, and none",
    "was lost on the way to the oven, although",
    "the glass on which they lay was thin and",
    "had been bent.",
]


def read(*pages: list[Text], info: str = "") -> list[Document | Failure]:
    return list(pdf.read(io.BytesIO(write_pdf(*pages, info=info)), "paper.pdf"))


def document(*pages: list[Text], info: str = "") -> Document:
    (doc,) = [item for item in read(*pages, info=info) if isinstance(item, Document)]
    return doc


def blocks(*pages: list[Text]) -> list[tuple[str, str, str]]:
    doc = document(*pages)
    return [(block.kind, block.section, doc.text_of(block.span)) for block in doc.blocks]


def paragraphs(*pages: list[Text]) -> list[str]:
    return [text for kind, _, text in blocks(*pages) if kind == "paragraph"]


def page(lines: list[str], *, y: float = 400) -> list[Text]:
    """The first page of a paper whose introduction is these lines."""
    return [TITLE, Text(60, 380, "Introduction", 12, "F2"), *column(60, y, lines)]


def test_a_paper_has_title_abstract_and_sections_and_neither_authors_nor_references() -> None:
    found = blocks(
        [
            TITLE,
            Text(60, 100, "A. Smith, B. Jones", 11),
            Text(60, 115, "Department of Glass, University of Ulm, a.smith@ulm.de", 8),
            Text(60, 140, "Abstract", 12, "F2"),
            *column(60, 155, PROSE),
            Text(60, 220, "1. Introduction", 12, "F2"),
            *column(60, 235, PROSE),
            Text(60, 300, "1.1. Films", 10, "F1"),
            *column(60, 315, PROSE),
            Text(60, 380, "References", 12, "F2"),
            *column(
                60,
                395,
                ["1. Smith A. Films of zinc oxide. Thin Films 2001; 1: 1-9.", "2. Jones B. Glass. Glass 2002; 2: 2-9."],
            ),
        ]
    )
    prose = " ".join(PROSE)
    assert found == [
        ("title", "", "Zinc oxide films on glass"),
        ("abstract", "Abstract", prose),
        ("heading", "1. Introduction", "1. Introduction"),
        ("paragraph", "1. Introduction", prose),
        ("heading", "1. Introduction > 1.1. Films", "1.1. Films"),
        ("paragraph", "1. Introduction > 1.1. Films", prose),
    ]


def test_columns_are_read_one_after_the_other_and_a_paragraph_goes_on_in_the_next() -> None:
    left = [*NARROW[:-1], "made in this way of glass, which is why"]
    right = [RIGHT[0].replace("They", "they"), *RIGHT[1:]]
    rows = [text for pair in zip(column(60, 400, left), column(310, 400, right), strict=True) for text in pair]
    assert paragraphs([TITLE, Text(60, 380, "Introduction", 12, "F2"), *rows]) == [" ".join([*left, *right])]


def test_what_crosses_the_columns_parts_what_is_above_it_from_what_is_below() -> None:
    above = [*column(60, 400, NARROW), *column(310, 400, RIGHT)]
    below = [*column(60, 560, RIGHT), *column(310, 560, NARROW)]
    caption = Text(
        60, 520, "Figure 1. Films of zinc oxide on glass that was bent once, twice and more often before it broke.", 8
    )
    found = blocks([TITLE, Text(60, 380, "Introduction", 12, "F2"), *above, caption, *below])
    texts = [text for kind, _, text in found if kind == "paragraph"]
    assert texts == [" ".join(NARROW), " ".join(RIGHT), " ".join(RIGHT), " ".join(NARROW)]
    assert [text for kind, _, text in found if kind == "caption"] == [caption.words]


def test_running_heads_page_numbers_and_turned_text_are_dropped() -> None:
    first = [*page(PROSE), Text(60, 800, "Smith et al. Films 2001, page 1", 8), Text(290, 820, "1", 8)]
    second = [Text(60, 800, "Smith et al. Films 2001, page 2", 8), Text(290, 820, "2", 8), *column(60, 100, PROSE)]
    stamp = Text(30, 500, "Downloaded from the library of the university", 9, angle=90)
    assert paragraphs([*first, stamp], second) == [" ".join(PROSE)] * 2


def test_numbers_of_lines_in_the_margin_are_dropped() -> None:
    lines = [*PROSE, *PROSE[:-1], *PROSE, *PROSE[:-1], *PROSE]
    numbers = [Text(30, 400 + 12 * number, str(number + 1), 8) for number in range(len(lines))]
    assert not any(char.isdigit() for text in paragraphs([*page(lines), *numbers]) for char in text)


@pytest.mark.parametrize(
    ("end", "beginning", "expected"),
    [
        ("It is a hetero-", "geneous film that", "It is a heterogeneous film that"),
        ("It is of TGF-", "beta and not", "It is of TGF-beta and not"),
        ("It is of LFA-", "1 and not", "It is of LFA-1 and not"),
        ("It is an X-", "ray film that", "It is an X-ray film that"),
        ("It is an intention-", "to-treat film that", "It is an intention-to-treat film that"),
        ("It is a non-", "linear film that", "It is a non-linear film that"),
        ("The low-cost film is a low-", "cost film that", "The low-cost film is a low-cost film that"),
        ("It has no dopant -", "none at all", "It has no dopant - none at all"),
    ],
)
def test_words_broken_at_the_end_of_a_line_are_mended_where_they_were_one(
    end: str, beginning: str, expected: str
) -> None:
    (text,) = paragraphs(page([f"{PROSE[0]} {end}", f"{beginning} was thin, as was to be shown."]))
    assert text == f"{PROSE[0]} {expected} was thin, as was to be shown."


def test_raised_and_lowered_characters_read_as_in_jats_and_citations_are_left_out() -> None:
    line = "The TiO_{2} film had 10^{-3} S cm^{-1} and Ca^{2+} by Smith,^{1,2} as was said^{3}."
    (text,) = paragraphs(page([*PROSE[:3], line]))
    assert text.endswith("The TiO2 film had 10^-3 S cm^-1 and Ca2+ by Smith, as was said.")


def test_cells_of_tables_are_left_out_and_counted_and_the_caption_and_notes_stay() -> None:
    rows = [
        Text(x, 500 + 12 * row, words, 9)
        for row, cells in enumerate([("Film", "d (nm)", "R"), ("ZnO", "30", "1.2"), ("TiO2", "40", "1.4")])
        for x, words in zip((60, 200, 300), cells, strict=True)
    ]
    table = [
        Text(60, 485, "Table 1. Films and what they were.", 9, "F2"),
        *rows,
        Text(60, 540, "The films were measured in the dark, and once more when they had cooled.", 8),
    ]
    note, doc = read([*page(PROSE), *table, *column(60, 580, PROSE)])
    assert (
        isinstance(note, Failure)
        and note.stage == "partial"
        and "1 table, but for captions and notes, and 3 lines" in note.reason
    )
    assert isinstance(doc, Document) and note.document == doc.id
    kinds = [(block.kind, block.table) for block in doc.blocks]
    assert kinds == [
        ("title", None),
        ("heading", None),
        ("paragraph", None),
        ("caption", 0),
        ("footnote", 0),
        ("paragraph", None),
    ]
    assert "ZnO" not in doc.text


@pytest.mark.parametrize(
    ("line", "info", "expected"),
    [
        ("Films 2001, 1: 1-9. https://doi.org/10.1000/ZnO.1", "", "DOI:10.1000/zno.1"),
        ("Films 2001, 1: 1-9", "/Subject (Films, doi:10.1000/zno.2)", "DOI:10.1000/zno.2"),
        ("PMID: 1234567 Films 2001", "", "PMID:1234567"),
        ("PMCID: PMC123456 Films 2001, doi: 10.1000/zno.1", "", "PMC:PMC123456"),
        ("Data: https://doi.org/10.5281/zenodo.1", "", "kgb:doc-"),
    ],
)
def test_identifiers_come_from_the_file_or_the_edge_of_the_first_page(line: str, info: str, expected: str) -> None:
    assert document([Text(60, 30, line, 8), *page(PROSE)], info=info).id.startswith(expected)


def test_the_title_of_the_file_stands_in_for_one_that_is_not_larger_than_the_text() -> None:
    plain = [Text(60, 380, "Introduction", 10, "F2"), *column(60, 400, PROSE)]
    assert document(plain, info="/Title (Zinc oxide films on glass)").title == "Zinc oxide films on glass"
    assert document(plain, info="/Title (Microsoft Word - films_final2.doc)").title == ""


def test_pages_of_pictures_are_named_with_what_to_do() -> None:
    with pytest.raises(ReadError, match=r"2 pages of a PDF that hold no text.*ocrmypdf"):
        read([], [])
    note, _ = read(page(PROSE), [])
    assert isinstance(note, Failure) and "1 of 2 pages hold no text (2)" in note.reason


def test_a_page_of_nothing_but_labels_says_so() -> None:
    labels = [Text(80 * n, 100 * n, f"{n} 000 000.000", 10) for n in range(1, 7)]
    with pytest.raises(ReadError, match=r"paper\.pdf: a PDF whose 6 lines are no running text"):
        read(labels)


def test_a_broken_or_encrypted_file_says_so() -> None:
    whole = write_pdf(page(PROSE))
    with pytest.raises(ReadError, match="damaged or cut off"):
        list(pdf.read(io.BytesIO(whole[:60]), "cut.pdf"))
    locked = whole.replace(
        b"/Root 1 0 R",
        b"/Root 1 0 R /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O ("
        + b"x" * 32
        + b") /U ("
        + b"y" * 32
        + b") >> /ID [(a) (a)]",
    )
    with pytest.raises(ReadError, match="encrypted with a password"):
        list(pdf.read(io.BytesIO(locked), "locked.pdf"))


def test_a_file_is_recognised_by_its_mark_whatever_it_is_called_and_wherever_it_lies(tmp_path: Path) -> None:
    content = write_pdf(page(PROSE))
    (tmp_path / "paper").write_bytes(content)
    (tmp_path / "junk.txt").write_bytes(b"HTTP/1.1 200 OK\r\n\r\n" + content)
    (tmp_path / "packed.pdf.gz").write_bytes(gzip.compress(content))
    with zipfile.ZipFile(tmp_path / "papers.zip", "w") as packed:
        packed.writestr("paper.pdf", content)
    found = [
        item
        for source in find_sources([str(tmp_path)])
        if not isinstance(source, Failure)
        for item in read_source(source)
    ]
    assert [item.metadata.format for item in found if isinstance(item, Document)] == ["pdf"] * 4
    assert len({item.text for item in found if isinstance(item, Document)}) == 1


def sentences_found(shared_data: Path, xml: str, page: str) -> float:
    """The share of the XML's sentences that stand in the PDF's text as they are."""
    texts = []
    for name in (xml, page):
        (source,) = find_sources([str(shared_data / "documents" / name)])
        assert not isinstance(source, Failure)
        texts.append(next(item for item in read_source(source) if isinstance(item, Document)))
    wanted, found = texts
    alike = str.maketrans("’‘“”–—−", "''\"\"---")
    prose = [block for block in wanted.blocks if block.kind in ("abstract", "paragraph")]
    parts = [part for block in prose for part in wanted.text_of(block.span).translate(alike).split(". ")]
    return sum(part in found.text.translate(alike) for part in parts) / len(parts)


@pytest.mark.parametrize(
    ("xml", "page", "least"),
    [
        ("jats-biomedical/scielo-cathepsin-z.xml.gz", "pdf/scielo-cathepsin-z.pdf", 0.97),
        ("jats-materials/PMC4391421.xml", "pdf/PMC4391421.pdf", 0.9),
        ("bmc-xml/trials-16-1-2.xml", "pdf/trials-16-1-2.pdf", 0.95),
    ],
)
def test_a_paper_has_nearly_all_sentences_of_its_xml(shared_data: Path, xml: str, page: str, least: float) -> None:
    assert sentences_found(shared_data, xml, page) >= least
