import pytest

from kgbuild.link.framing import as_noun, without_frame
from kgbuild.link.names import fold, normal_key, split_camel_case, tidy, word_key
from kgbuild.link.prefixes import contract, curie


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TNF-α", "TNF alpha"),
        ("NF‐κB", "NF-kappaB"),
        ("IL-2", "IL 2"),
        ("IL2", "il-2"),
        ("tumours", "tumor"),
        ("oedema", "edema"),
        ("anaemia", "anemias"),
        ("metastases", "metastasis"),
        ("neuropathies", "neuropathy"),
        ("viruses", "virus"),
        ("Factor VIII", "factor 8"),
        ("type II diabetes", "type 2 diabetes"),
        ("bipolar disorder type I", "bipolar disorder type 1"),
        ("Sjögren syndrome", "Sjogren syndrome"),
        ("Alzheimer's disease", "Alzheimer disease"),
        ("aluminium oxide", "aluminum oxide"),
        ("sulphate", "sulfate"),
        ("mice", "mouse"),
    ],
)
def test_spellings_of_one_name_share_their_normal_key(one, other):
    assert normal_key(one) == normal_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1,2-dichloroethane", "12-dichloroethane"), ("CATS", "CAT"), ("type 1", "type 2"), ("alpha", "beta"), ("IL-2", "IL-22")],  # noqa: E501
)  # fmt: skip
def test_different_names_have_different_normal_keys(one, other):
    assert normal_key(one) != normal_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sting, Scorpion", "scorpion stings"),
        ("cancer of the breast", "breast cancer"),
        ("renal disease", "kidney diseases"),
        ("Diabetes Mellitus, Type 2", "type II diabetes mellitus"),
    ],
)
def test_orders_of_the_same_words_share_their_word_key(one, other):
    assert word_key(one) == word_key(other) != ""


@pytest.mark.parametrize("name", ["aspirin", "3-ethyl-2-methylhexane", "A2E", ""])
def test_single_words_symbols_and_numbered_chemicals_have_no_word_key(name):
    assert word_key(name) == ""


def test_empty_and_punctuation_names_have_no_key():
    assert normal_key("") == normal_key("--") == word_key("-, -") == ""


def test_tidy_and_fold_set_blanks_dashes_and_case_aside():
    assert tidy("  a \t b–c ") == "a b-c"
    assert fold("Straße") == "strasse"


def test_camel_case_is_split_but_formulas_are_not():
    assert split_camel_case("BatteryCellVoltage") == "Battery Cell Voltage"
    assert split_camel_case("LiFePO4") == "LiFePO4"
    assert split_camel_case("two words") == "two words"


@pytest.mark.parametrize(
    ("name", "type", "expected"),
    [
        ("the BRCA1 gene", "Gene", "BRCA1"),
        ("levodopa-induced dyskinesia", "Disease", "dyskinesia"),
        ("HeLa cells", "CellLine", "HeLa"),
        ("TiO2 thin films", "Material", "TiO2"),
        ("aspirin", "Chemical", "aspirin"),
        ("tumor necrosis factor (TNF)", "Gene", "tumor necrosis factor"),
    ],
)
def test_words_around_a_name_are_taken_off(name, type, expected):
    assert without_frame(name, type) == expected


def test_adjectives_become_the_disease():
    words = ("hypotensive", "anemic", "diabetic", "dyskinetic", "c9-deficient", "asthma")
    assert [as_noun(word) for word in words] == [
        *("hypotension", "anemia", "diabetes"),
        *("dyskinesia", "c9 deficiency", "asthma"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MSH:D1", "MESH:D1"),
        ("HGNC:HGNC:5", "HGNC:5"),
        ("DO:DOID:4", "DOID:4"),
        ("RRID:CVCL_0030", "CVCL:0030"),
        ("SNOMEDCT_US_2023_03_01:12", "SCTID:12"),
        ("D000375", "MESH:D000375"),
        ("<http://purl.obolibrary.org/obo/HP_0000118>", "HP:0000118"),
    ],
)
def test_identifiers_come_in_one_spelling(text, expected):
    assert curie(text) == expected


def test_an_unknown_iri_stays_as_it_is():
    assert contract("http://example.org/x") == "http://example.org/x"
