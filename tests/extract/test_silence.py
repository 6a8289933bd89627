"""Passages under headings, and whether they relate anything."""

import pytest

from kgbuild.document import Document, Passage, Span
from kgbuild.extract.silence import is_silent

TEXT = "Aspirin causes asthma."


def in_section(section: str, kind: str = "sentence") -> bool:
    return is_silent(Document("kgb:doc-1", TEXT), Passage(Span(0, len(TEXT)), kind, section))


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
        "Methods > Exclusion criteria",
    ],
)
def test_lists_searches_and_credits_relate_nothing(section: str) -> None:
    assert in_section(section)


@pytest.mark.parametrize(
    "section",
    [
        "",
        "Results",
        "Abbreviations > Results",
        "Search for new inhibitors",
        "Funding gaps in asthma care",
        "Funding bias",
        "Symbolic links",
    ],
)
def test_other_sections_speak(section: str) -> None:
    assert not in_section(section)


def test_a_row_relates_nothing_and_a_caption_speaks() -> None:
    assert in_section("Results", "row")
    assert not in_section("Results", "caption")


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("Exclusion criteria for the study were renal disease and use of methotrexate.", True),
        ("Inclusion criteria: asthma treated with aspirin.", True),
        ("The following individuals were excluded: those with diabetes on prednisolone.", True),
        ("We excluded patients with epilepsy who took lithium.", True),
        ("Of 206 dogs treated with lomustine 185 met the inclusion criteria for toxicity.", False),
        ("Although an association with nephritis cannot be excluded, the deletion is rare.", False),
        ("When we excluded patients with diabetes, statins still reduced stroke.", False),
        ("Inclusion criteria were met by 12 patients, in whom aspirin reduced stroke.", False),
        ("One patient was excluded for a rash after penicillin.", False),
    ],
)
def test_who_may_take_part_in_a_study_relates_nothing(text: str, silent: bool) -> None:
    assert is_silent(Document("kgb:doc-1", text), Passage(Span(0, len(text)), "sentence")) == silent
