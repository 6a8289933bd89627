"""Mentions that agree in the columns of a table."""

from collections.abc import Sequence

import pytest

from kgbuild.document import Document, Mention, Span
from kgbuild.extract.columns import agree_in_columns
from kgbuild.read.layout import CellSpec, TextBuilder


def agreed(rows: Sequence[Sequence[str]], *tagged: tuple[str, str]) -> list[tuple[str, str, float]]:
    """What there is in a table, its header first, where all places of these names were tagged as these types."""
    builder = TextBuilder()
    builder.add_table([[CellSpec(text) for text in row] for row in rows], header_rows=1)
    doc = builder.build()
    mentions = [
        Mention(Span(start, start + len(name)), type_, score=0.8, raw_score=0.7, agent="m")
        for name, type_ in tagged
        for start in places(doc, name)
    ]
    found = agree_in_columns(doc, mentions)
    assert [mention.span for mention in found] == sorted(mention.span for mention in found)
    return [(doc.text_of(mention.span), mention.type, mention.score) for mention in found]


def places(doc: Document, name: str) -> list[int]:
    return [start for start in range(len(doc.text)) if doc.text.startswith(name, start)]


def test_every_cell_of_a_column_of_names_is_one() -> None:
    rows = [["Gene symbol", "p"], ["BRCA1", "0.1"], ["KLF6", "0.2"], ["12", "0.3"], ["NA", "0.4"], ["IL6, TNF", "0.5"]]
    assert agreed(rows, ("BRCA1", "Gene")) == [("BRCA1", "Gene", 0.8), ("KLF6", "Gene", 0.8)]


def test_the_whole_cell_is_the_name_and_has_the_type_of_its_column() -> None:
    rows = [["Disease name"], ["Charcot-Marie-Tooth disease axonal type 2N"], ["AARS1 deficiency"]]
    found = agreed(rows, ("Charcot-Marie-Tooth disease", "Disease"), ("AARS1", "Gene"))
    assert found == [(name, "Disease", 0.8) for (name,) in rows[1:]]


@pytest.mark.parametrize("header", ["Gene count", "Gene ID", "Function", ""])
def test_other_headers_say_nothing(header: str) -> None:
    assert agreed([[header, "x"], ["BRCA1", "1"], ["KLF6", "2"]], ("BRCA1", "Gene")) == [("BRCA1", "Gene", 0.8)]


def test_a_header_is_believed_if_the_tagger_finds_such_names() -> None:
    rows = [["Gene", "n"], *([word, "1"] for word in ("yes", "maybe", "often", "never", "seldom", "BRCA1"))]
    assert agreed(rows, ("BRCA1", "Gene")) == [("BRCA1", "Gene", 0.8)]


def test_a_code_is_a_mention_only_if_most_codes_of_the_column_are() -> None:
    codes = ["AR", "AD", "XL", "AR"]
    rows = [["Inheritance", "n"], *([code, "1"] for code in codes)]
    assert agreed(rows, ("AR", "Gene")) == []
    assert agreed(rows, ("AR", "Gene"), ("AD", "Gene")) == [(code, "Gene", 0.8) for code in ("AR", "AD", "AR")]


@pytest.mark.parametrize("text", ["HGNC:23336", "MONDO:0018997", "2018-06-07T16:00", "DB00620", "https://a.b/HGNC"])
def test_identifiers_and_dates_name_nothing(text: str) -> None:
    assert agreed([["Reference", "n"], [text, "1"]], (text[:4], "Gene")) == []


def test_text_outside_of_tables_stays_as_it_is() -> None:
    doc = Document("kgb:text", "AR and BRCA1")
    mentions = [Mention(Span(0, 2), "Gene"), Mention(Span(7, 12), "Gene")]
    assert agree_in_columns(doc, mentions) == mentions
