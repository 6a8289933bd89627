import pytest

from kgbuild.document import Span
from kgbuild.link.widening import widened

NAMES = {
    "ocular hypertension",
    "acute ocular hypertension",
    "migraine without aura",
    "nausea and vomiting",
    "non-insulin-dependent diabetes mellitus",
    "breast cancer",
    "Prinzmetal's angina",
}


@pytest.mark.parametrize(
    ("text", "own", "expected"),
    [
        ("ocular hypertension", "hypertension", "ocular hypertension"),
        ("an acute ocular hypertension rose", "hypertension", "acute ocular hypertension"),
        ("migraine without aura, treated", "migraine", "migraine without aura"),
        ("a migraine without aura", "aura", "migraine without aura"),
        ("non-insulin-dependent diabetes mellitus", "diabetes mellitus", "non-insulin-dependent diabetes mellitus"),
        ("Prinzmetal's angina", "s angina", "Prinzmetal's angina"),
        ("severe nausea and vomiting", "nausea", "nausea"),
        ("severe nausea and vomiting", "vomiting", "vomiting"),
        ("ocular, hypertension", "hypertension", "hypertension"),
        ("Cancer of the breast\ncancer", "cancer", "cancer"),
        ("ocular of hypertension", "hypertension", "hypertension"),
        ("α ocular hypertension", "hypertension", "ocular hypertension"),
        ("a new hypertension", "hypertension", "hypertension"),
    ],
)
def test_the_longest_name_around_the_words(text: str, own: str, expected: str) -> None:
    start = text.rindex(own)
    assert widened(text, Span(start, start + len(own)), NAMES.__contains__) == expected


def test_short_words_stay_as_they_are() -> None:
    assert widened("AML cell", Span(0, 3), {"AML cell"}.__contains__) == "AML"
