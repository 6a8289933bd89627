import io
from pathlib import Path

import pytest

from kgbuild.document import Document, Failure
from kgbuild.errors import ReadError
from kgbuild.read import markdown


def read(raw: str) -> tuple[Document, list[str]]:
    found = list(markdown.read(io.BytesIO(raw.encode()), "t.md"))
    [document] = [item for item in found if isinstance(item, Document)]
    return document, [item.reason for item in found if isinstance(item, Failure)]


def blocks(raw: str) -> list[tuple[str, str, str]]:
    document, _ = read(raw)
    return [(block.kind, block.section, document.text_of(block.span)) for block in document.blocks]


def test_front_matter_gives_title_and_year() -> None:
    document, _ = read("---\ntitle: 'A *b*: c'\ndate: 2 May 2019\n---\n\n# Summary\n\nText.\n")
    assert (document.title, document.metadata.year) == ("A b: c", 2019)
    assert document.text == "A b: c\nSummary\nText."


def test_broken_front_matter_is_reported_and_the_rest_is_read() -> None:
    document, [note] = read("---\ntitle: [\n---\nText.\n")
    assert document.text == "Text."
    assert "not YAML" in note


def test_headings_make_nested_sections_and_the_first_is_the_title() -> None:
    assert blocks("# T\n\nA.\n\n## B #\nC.\n### D {#d}\nE.\n\nF\n---\n\nG.\n") == [
        ("title", "", "T"),
        ("paragraph", "", "A."),
        ("heading", "B", "B"),
        ("paragraph", "B", "C."),
        ("heading", "B > D", "D"),
        ("paragraph", "B > D", "E."),
        ("heading", "F", "F"),
        ("paragraph", "F", "G."),
    ]


def test_tables_have_cells_with_headers_and_captions() -> None:
    document, _ = read("T.\n\n| Film | d (nm) |\n|:--|--:|\n| **ZnO** | 30 |\nTable: Films.\n")
    cell = document.cells[-1]
    assert document.text_of(cell.span) == "30"
    assert [document.text_of(span) for span in cell.row_header + cell.column_header] == ["ZnO", "d (nm)"]
    assert ("caption", "Films.") in [(block.kind, document.text_of(block.span)) for block in document.blocks]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("Seen before [@doi:10.1/x; @tag:Y-z].", "Seen before."),
        ("A [link](http://x.y/z_(q)) and [b][1].", "A link and b."),
        ("TiO~2~ at 10^-3^ S, *E. coli*, __x__, a_b_c, 5 * 3 * 2.", "TiO2 at 10^-3 S, E. coli, x, a_b_c, 5 * 3 * 2."),
        ("p < 0.05 and x > 3, <b>bold</b> net&ndash;charge.", "p < 0.05 and x > 3, bold net–charge."),
        ("`code` and $E_g$.", "code and E_g."),
        ("One---two.", "One—two."),
        ("![A figure.](images/a.png){width=50%}", "A figure."),
        ("A note[^1] \\* here.", "A note * here."),
    ],
)
def test_marks_give_way_to_their_words(source: str, words: str) -> None:
    assert read(f"{source}\n")[0].text == words


def test_code_comments_and_link_definitions_are_left_out() -> None:
    assert (
        read("A.\n\n```python\n# no heading\n```\n<!-- hidden\n\nmore -->\n[1]: http://x.y\n\nB.\n")[0].text == "A.\nB."
    )


def test_list_items_are_paragraphs_of_their_own() -> None:
    assert read("Two:\n- one\n  goes on\n- two\n1. three\n")[0].text == "Two:\none goes on\ntwo\nthree"


def test_a_file_of_code_alone_is_an_error() -> None:
    with pytest.raises(ReadError, match="found none"):
        read("```\nx\n```\n")


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"x", "t.md", True),
        (b"# Title\n\nText", "t", True),
        (b"Plain text #1.", "t.txt", False),
        (b"\0\1\2", "t.md", False),
    ],
)
def test_recognises_markdown(head: bytes, name: str, expected: bool) -> None:
    assert markdown.sniff(head, name) is expected


def test_real_files_have_titles_sections_and_no_citation_marks(shared_data: Path) -> None:
    for path in sorted((shared_data / "documents/markdown").glob("*.md")):
        document, notes = read(path.read_text("utf-8"))
        assert notes == []
        assert document.title
        assert sum(block.kind == "heading" for block in document.blocks) >= 2
        assert "[@" not in document.text
