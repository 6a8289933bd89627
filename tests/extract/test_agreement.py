"""A name is a mention in all of its places, or in none."""

import re

import numpy as np
import pytest

from kgbuild.document import Document, Mention, Passage, Span
from kgbuild.extract.agreement import agree
from kgbuild.extract.labels import LabelSet
from kgbuild.extract.windows import Words

LABELS = LabelSet(("Chemical", "Disease"))


def words_of(text: str) -> Words:
    """The words of a text, each line of which is a passage."""
    places = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
    start, end = np.array(places).T
    zeros = np.zeros(len(places), np.int64)
    lines = np.array([text.count("\n", 0, first) for first in start])
    return Words(zeros, np.arange(len(places) + 1), start, end, lines, zeros, np.zeros((0, 4), np.int64))


def run(text: str, chemical: list[float], disease: list[float] | None = None) -> list[tuple[str, int, str]]:
    """What agrees in a text whose words are inside mentions so probably: text, start, type.

    The tagger's own mentions are the words, each alone, that are more probable than not.
    """
    words = words_of(text)
    inside = np.array([chemical, disease or [0.0] * len(words)], np.float32).T
    assert inside.shape == (len(words), 2)
    doc = Document("kgb:1", text, passages=(Passage(Span(0, len(text)), "sentence"),))
    mentions = [
        Mention(
            Span(int(words.start[word]), int(words.end[word])),
            LABELS.entities[kind],
            score=float(p),
            raw_score=float(p),
        )
        for word, row in enumerate(inside)
        for kind, p in enumerate(row)
        if p > 0.5 and p == row.max()
    ]
    found = agree(doc, words, 1.0 - inside, LABELS, mentions, "m")
    return [(doc.text_of(mention.span), mention.span.start, mention.type) for mention in found]


def test_a_name_found_in_most_of_its_places_is_found_in_all() -> None:
    assert run("heparin or heparin or Heparin", [0.9, 0, 0.8, 0, 0.3]) == [
        ("heparin", 0, "Chemical"),
        ("heparin", 11, "Chemical"),
        ("Heparin", 22, "Chemical"),
    ]


def test_a_name_found_in_few_of_its_places_is_none_unless_it_is_sure_there() -> None:
    assert run("iron or iron or iron", [0.7, 0, 0.1, 0, 0.1]) == []
    assert run("iron or iron or iron", [0.95, 0, 0.1, 0, 0.1]) == [("iron", 0, "Chemical")]


def test_a_place_that_the_tags_are_surely_not_for_stays_free() -> None:
    assert run("heparin or heparin or heparin", [0.9, 0, 0.9, 0, 0.01]) == [
        ("heparin", 0, "Chemical"),
        ("heparin", 11, "Chemical"),
    ]


@pytest.mark.parametrize(("other", "n"), [("ER", 2), ("er", 1), ("ERs", 1), ("HER", 1)])
def test_symbols_are_whole_words_in_the_same_letters(other: str, n: int) -> None:
    assert len(run(f"ER or {other}", [0.9, 0, 0.3])) == n


def test_an_abbreviation_follows_its_long_form() -> None:
    everywhere = [("azathioprine", 0, "Chemical"), ("AZA", 14, "Chemical"), ("AZA", 21, "Chemical")]
    assert run("azathioprine (AZA) ; AZA", [0.9, 0, 0.6, 0, 0, 0.4]) == everywhere
    assert run("azathioprine (AZA) ; AZA", [0.9, 0, 0.4, 0, 0, 0.4]) == everywhere


def test_a_definition_may_begin_a_sentence_and_one_letter_stands_for_itself() -> None:
    assert len(run("Azathioprine (AZA) ; azathioprine ; AZA", [0.9, 0, 0.4, 0, 0, 0.9, 0, 0.4])) == 4
    found = run("testosterone (T) ; T cells , T cells", [0.9, 0, 0.9, 0, 0, 0.01, 0, 0, 0.01, 0])
    assert found == [("testosterone", 0, "Chemical"), ("T", 14, "Chemical")]


def test_a_sure_mention_of_another_type_stays_in_its_place() -> None:
    assert run("lead and lead", [0.9, 0, 0.3], [0, 0, 0.95]) == [("lead", 0, "Chemical"), ("lead", 9, "Disease")]
    assert run("lead and lead", [0.9, 0, 0.3], [0, 0, 0.6]) == [("lead", 0, "Chemical"), ("lead", 9, "Chemical")]


def test_no_place_reaches_over_a_passage() -> None:
    text = "renal failure. renal\nfailure"
    outside = np.tile([1.0, 0.1], (5, 1)).astype(np.float32)
    named = Mention(Span(0, 13), "Disease", score=0.9, raw_score=0.9)
    assert agree(Document("kgb:1", text), words_of(text), outside, LABELS, [named], "m") == [named]


def test_a_longer_name_found_elsewhere_takes_the_place_of_its_part() -> None:
    text = "renal failure or renal failure"
    outside = np.array([[1, 0.1], [1, 0.1], [1, 1], [1, 0.6], [1, 0.1]], np.float32)
    whole = Mention(Span(0, 13), "Disease", score=0.9, raw_score=0.9)
    part = Mention(Span(23, 30), "Disease", score=0.9, raw_score=0.9)
    found = agree(Document("kgb:1", text), words_of(text), outside, LABELS, [whole, part], "m")
    assert [mention.span for mention in found] == [Span(0, 13), Span(17, 30)]


def test_an_abbreviation_has_the_type_of_its_long_form() -> None:
    text = "cilostazol (CLZ) and CLZ"
    assert run(text, [0.95, 0, 0.1, 0, 0, 0.1], [0, 0, 0.95, 0, 0, 0.95]) == [
        ("cilostazol", 0, "Chemical"),
        ("CLZ", 12, "Chemical"),
        ("CLZ", 21, "Chemical"),
    ]


def test_an_abbreviation_keeps_its_type_if_its_long_form_has_none_or_several() -> None:
    assert run("cilostazol (CLZ)", [0, 0, 0.01, 0], [0, 0, 0.95, 0]) == [("CLZ", 12, "Disease")]
    text = "cilostazol (CLZ) cilostazol"
    assert ("CLZ", 12, "Disease") in run(text, [0.95, 0, 0.01, 0, 0.01], [0.01, 0, 0.95, 0, 0.95])
