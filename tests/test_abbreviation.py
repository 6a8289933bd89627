import pytest

from kgbuild.abbreviation import find_abbreviations
from kgbuild.link.composite import split_composite


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patients with chronic kidney disease (CKD) were seen.", {"CKD": "chronic kidney disease"}),
        ("attenuated adenomatous polyposis coli (AAPC)", {"AAPC": "attenuated adenomatous polyposis coli"}),
        ("the β-amyloid precursor protein (APP; 3 forms)", {"APP": "β-amyloid precursor protein"}),
        ("NO (nitric oxide) was measured", {"NO": "nitric oxide"}),
        ("a group of mice (n = 12) was kept (see Fig. 1)", {}),
        ("no definition (XYZ) here", {}),
        ("", {}),
    ],
)
def test_definitions_are_found(text, expected):
    assert find_abbreviations(text) == expected


def test_the_first_definition_counts():
    text = "magnetic resonance (MR). Mitral regurgitation (MR)"
    assert find_abbreviations(text) == {"MR": "magnetic resonance"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("breast and ovarian cancer", ("breast cancer", "ovarian cancer")),
        ("renal/hepatic failure", ("renal failure", "hepatic failure")),
        ("anxiety and depression", ("anxiety", "depression")),
        ("asthma", ()),
        ("", ()),
    ],
)
def test_composite_mentions_are_taken_apart(text, expected):
    assert split_composite(text) == expected
