"""Long documents in parts."""

import msgspec
import pytest

from kgbuild.document import Document, Mention, Passage, Span
from kgbuild.extract import parts
from kgbuild.extract.parts import split_document


def document(*lengths: int) -> Document:
    """A text of passages of these lengths, each of one letter, with a mention of its first character."""
    text = "\n".join(chr(ord("a") + number) * length for number, length in enumerate(lengths))
    starts = [sum(lengths[:number]) + number for number in range(len(lengths))]
    spans = [Span(start, start + length) for start, length in zip(starts, lengths, strict=True)]
    mentions = tuple(Mention(Span(span.start, span.start + 1), "Gene") for span in spans)
    return Document("kgb:doc-1", text, passages=tuple(Passage(span, "sentence") for span in spans), mentions=mentions)


def passages(doc: Document) -> list[list[str]]:
    return [[doc.text_of(passage.span) for passage in part.document.passages] for part in split_document(doc)]


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART_CHARACTERS", 5)


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ((), [[]]),
        ((3,), [["aaa"]]),
        ((9,), [["aaaaaaaaa"]]),  # a passage is never cut
        ((2, 2), [["aa", "bb"]]),
        ((2, 3), [["aa"], ["bbb"]]),
        ((2, 9, 1, 1), [["aa"], ["bbbbbbbbb"], ["c", "d"]]),
    ],
)
def test_a_document_is_cut_at_passages(lengths: tuple[int, ...], expected: list[list[str]]) -> None:
    assert passages(document(*lengths)) == expected


def test_parts_together_are_the_document() -> None:
    doc = document(2, 9, 1, 1)
    cut = list(split_document(doc))
    assert [part.is_last for part in cut] == [False, False, True]
    assert all(part.whole is doc and part.document.text is doc.text for part in cut)
    for layer in ("passages", "mentions"):
        assert sum((getattr(part.document, layer) for part in cut), ()) == getattr(doc, layer)


def test_a_mention_goes_with_the_passage_that_it_begins_in() -> None:
    doc = document(2, 3)
    doc = msgspec.structs.replace(doc, mentions=(Mention(Span(1, 4), "Gene"), Mention(Span(2, 3), "Gene")))
    first, second = split_document(doc)
    assert (len(first.document.mentions), len(second.document.mentions)) == (2, 0)
