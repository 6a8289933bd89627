"""Passages under headings, and whether they relate anything."""

import pytest

from kgbuild.document import Passage, Span
from kgbuild.extract.silence import is_silent


@pytest.mark.parametrize(
    "section",
    [
        "Abbreviations",
        "ABBREVIATIONS:",
        "List of abbreviations used",
        "Back matter > Non-standard abbreviations and acronyms",
        "Nomenclature",
        "Methods > 2.1. Literature search",
        "Methods > Search strategy and selection criteria.",
        "Authors\u2019 contributions",
        "Acknowledgements",
        "Conflict of interest",
        "Ethics approval and consent",
    ],
)
def test_lists_searches_and_credits_relate_nothing(section: str) -> None:
    assert is_silent(Passage(Span(0, 5), "sentence", section))


@pytest.mark.parametrize(
    "section",
    [
        "",
        "Results",
        "Abbreviations > Results",
        "Search for new inhibitors",
        "Funding gaps in asthma care",
        "Symbolic links",
    ],
)
def test_other_sections_speak(section: str) -> None:
    assert not is_silent(Passage(Span(0, 5), "sentence", section))


def test_a_row_relates_nothing_and_a_caption_speaks() -> None:
    assert is_silent(Passage(Span(0, 5), "row", "Results", 0))
    assert not is_silent(Passage(Span(0, 5), "caption", "Results", 0))
