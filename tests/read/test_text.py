import io
from pathlib import Path

import pytest

from kgbuild.document import Document, Failure
from kgbuild.errors import ReadError
from kgbuild.read import text


def read(raw: str | bytes) -> tuple[list[tuple[str, str, str]], list[str]]:
    found = list(text.read(io.BytesIO(raw.encode() if isinstance(raw, str) else raw), "t.txt"))
    [document] = [item for item in found if isinstance(item, Document)]
    blocks = [(block.kind, block.section, document.text_of(block.span)) for block in document.blocks]
    return blocks, [item.reason for item in found if isinstance(item, Failure)]


def test_paragraphs_headings_and_title_are_found() -> None:
    blocks, notes = read("A title\n\nAbstract\nFirst line\nand second.\n\n2.1 Growth of films\nGrown.\n\nDone.")
    assert notes == []
    assert blocks == [
        ("title", "", "A title"),
        ("heading", "Abstract", "Abstract"),
        ("abstract", "Abstract", "First line and second."),
        ("heading", "2.1 Growth of films", "2.1 Growth of films"),
        ("paragraph", "2.1 Growth of films", "Grown."),
        ("paragraph", "2.1 Growth of films", "Done."),
    ]


@pytest.mark.parametrize("title", ["Lithium causes polyuria.", "Is it lithium?", "Lithium: a warning:", "A title"])
def test_a_short_first_line_with_a_blank_one_below_is_the_title_whatever_it_ends_with(title: str) -> None:
    assert read(f"{title}\n\nMore is said here.")[0] == [
        ("title", "", title),
        ("paragraph", "", "More is said here."),
    ]


@pytest.mark.parametrize(
    "first",
    ["Lithium causes polyuria.", "Abstract:", "One line of a paragraph\nand the next.", f"{'Long ' * 40}line."],
)
def test_what_is_no_short_line_above_others_is_no_title(first: str) -> None:
    rest = "" if first.startswith("Lithium") else "\n\nMore is said here."
    assert "title" not in {kind for kind, _, _ in read(first + rest)[0]}


@pytest.mark.parametrize(
    ("broken", "joined"),
    [
        ("approxi-\nmately", "approximately"),
        ("LFA-\n1", "LFA-1"),
        ("anti-\ninflammatory", "anti-inflammatory"),
        ("a\r\nb\rc", "a b c"),
        ("a -\nb", "a - b"),
    ],
)
def test_lines_are_joined_and_broken_words_mended(broken: str, joined: str) -> None:
    assert read(f"{broken}.")[0] == [("paragraph", "", f"{joined}.")]


def test_a_byte_order_mark_is_dropped_and_nuls_and_other_encodings_reported() -> None:
    assert read(b"\xef\xbb\xbfone.") == ([("paragraph", "", "one.")], [])
    blocks, notes = read(b"caf\xe9 o\0ne.")
    assert blocks == [("paragraph", "", "café one.")]
    assert "Windows-1252" in notes[0] and "1 NUL" in notes[1]


def test_blank_text_is_an_error() -> None:
    with pytest.raises(ReadError, match="only blanks"):
        read(" \n\t\n")


@pytest.mark.parametrize(
    ("head", "expected"), [(b"Some text", True), ("µ".encode()[:1] + b"", False), (b"\x7fELF\x02\x01\x01\0", False)]
)
def test_recognises_text(head: bytes, expected: bool) -> None:
    assert text.sniff(head, "t.txt") is expected


def test_real_texts_have_a_title_an_introduction_and_all_their_words(shared_data: Path) -> None:
    for path in sorted((shared_data / "documents/text").glob("*.txt")):
        [document] = text.read(io.BytesIO(path.read_bytes()), path.name)
        assert isinstance(document, Document)
        assert document.title
        assert "Introduction" in {block.section for block in document.blocks}
        assert document.text.split() == path.read_text("utf-8").split()
