import pytest

from kgbuild.link.readings import readings


@pytest.mark.parametrize(
    ("text", "type", "expected"),
    [
        ("severe hypotension", "Disease", "hypotension"),
        (
            "glucose-6-phosphate dehydrogenase (G6PD) deficiency",
            "Disease",
            "glucose-6-phosphate dehydrogenase deficiency",
        ),
        ("hTERT", "Gene", "TERT"),
        ("hDaxx", "Gene", "Daxx"),
        ("p-ERK1", "Gene", "ERK1"),
        ("ischemic", "Disease", "ischemia"),
        ("Down's", "Disease", "Down's syndrome"),
        ("TiO2", "Chemical", "O2Ti"),
        ("Na", "Chemical", "sodium"),
        ("RP 67,580", "Chemical", "RP 67580"),
        ("U-50,488H", "Chemical", "U-50488H"),
    ],
)
def test_a_mention_is_read_without_what_frames_it(text, type, expected):
    found = [reading.name for reading in readings(text, "", type)]
    assert expected in found and text in found


def test_a_long_form_comes_first_and_the_short_form_must_share_its_meaning():
    first, *_, last = readings("CSP", "curcuminoid particles", "Chemical")
    assert (first.name, first.how) == ("curcuminoid particles", "long_form")
    assert (last.name, last.how, last.meaning) == ("CSP", "letters", "curcuminoid particles")


def test_a_gene_is_read_by_its_symbol_and_by_its_long_form_whichever_of_them_it_goes_by():
    found = {reading.name: reading.how for reading in readings("hFSH-R", "human FSH receptor", "Gene")}
    assert found["human FSH receptor"] == "long_form"
    assert found["hFSH-R"] == "symbol" and found["FSH-R"] == "marked"
    found = {reading.name: reading.how for reading in readings("B cell lymphoma 2", "", "Gene", "BCL-2")}
    assert found == {"B cell lymphoma 2": "written", "BCL-2": "short_form"}


def test_a_material_goes_by_its_compound_s_name_and_by_its_acronym_s():
    names = {reading.name: reading for reading in readings("MoS2", "", "Material")}
    assert names["molybdenum disulfide"].note == "MoS2 is molybdenum disulfide: "
    (first, *_) = readings("PS", "", "Material")
    assert (first.name, first.how) == ("polystyrene", "long_form")
    assert "polystyrene" not in {reading.name for reading in readings("PS", "", "Chemical")}
    # the document's own word comes first
    assert readings("PS", "phosphatidylserine", "Material")[0].name == "phosphatidylserine"


def test_the_plural_of_an_acronym_is_read_as_it_is_and_a_formula_of_isomers_as_nothing():
    assert readings("CNTs", "", "Material")[0].name == "carbon nanotubes"
    assert readings("C6H12O6", "", "Chemical") == []
    assert readings("CH4", "", "Chemical")[0].name == "CH4"
