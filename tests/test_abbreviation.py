import pytest

from kgbuild.abbreviation import expand_abbreviations, find_abbreviations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patients with chronic kidney disease (CKD) were seen.", {"CKD": "chronic kidney disease"}),
        ("attenuated adenomatous polyposis coli (AAPC)", {"AAPC": "attenuated adenomatous polyposis coli"}),
        ("the β-amyloid precursor protein (APP; 3 forms)", {"APP": "β-amyloid precursor protein"}),
        ("NO (nitric oxide) was measured", {"NO": "nitric oxide"}),
        ("the effect of phenobarbital (PB: 15 mg per rat)", {"PB": "phenobarbital"}),
        ("saline (C), methylprednisolone (M) or iron (I)", {"M": "methylprednisolone"}),
        ("a group of mice (n = 12) was kept (see Fig. 1)", {}),
        ("no definition (XYZ) here", {}),
        ("the gene for myotonic dystrophy (DM)", {"DM": "myotonic dystrophy"}),
        (
            "Abbreviations\nDM: diabetes mellitus\nHR: hazard ratio.\nQ: what",
            {"DM": "diabetes mellitus", "HR": "hazard ratio"},
        ),
        (
            "kinases; PhK, Phosphorylase kinase; PKA, protein kinase A; CI, seven",
            {"PhK": "Phosphorylase kinase", "PKA": "protein kinase A"},
        ),
        ("", {}),
    ],
)
def test_definitions_are_found(text, expected):
    assert find_abbreviations(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The survival was poor (PW).",
        "An inhibitor in plasma (PI) was found.",
        "Akt phosphorylates Bad (BP).",
        "Aim: Assess in mice",
    ],
)
def test_words_that_only_begin_alike_are_no_definition(text):
    assert find_abbreviations(text) == {}


def test_the_first_definition_counts():
    text = "magnetic resonance (MR). Mitral regurgitation (MR)"
    assert find_abbreviations(text) == {"MR": "magnetic resonance"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AD", "Alzheimer's disease"),
        ("sporadic AD", "sporadic Alzheimer's disease"),
        ("ADs", "Alzheimer's disease"),
        ("Alzheimer's disease (AD) dementia", "Alzheimer's disease dementia"),
        ("ADHD", ""),
        ("EO-AD", "EO-Alzheimer's disease"),
    ],
)
def test_abbreviations_inside_a_name_are_written_out(text, expected):
    assert expand_abbreviations(text, {"AD": "Alzheimer's disease"}) == expected
