"""What the formulas among a substance's names say of its composition."""

import pytest

from kgbuild.formula import Composition, find_composition
from kgbuild.formula.composition import NO_COMPOSITION
from kgbuild.formula.elements import BY_ELECTRONEGATIVITY, ELEMENTS


@pytest.mark.parametrize(
    ("name", "formula", "elements"),
    [
        ("TiO2", "TiO2", "O Ti"),
        ("TiO_{2}", "TiO2", "O Ti"),
        ("Fe4O6", "Fe2O3", "Fe O"),
        ("LiFePO4", "LiFePO4", "Fe Li O P"),
        ("Ca(OH)2", "CaH2O2", "Ca H O"),
        ("Li0.5CoO2", "Li0.5CoO2", "Co Li O"),
        ("Al0.333 Nb0.667 Ti1", "TiNb0.667Al0.333", "Al Nb Ti"),
        ("La2-xSrxCuO4", "SrxLa2-xCuO4", "Cu La O Sr"),
        ("CuSO4·5H2O", "CuSO4·5H2O", "Cu H O S"),
        ("H2O2", "H2O2", "H O"),
        ("O2", "O2", "O"),
        ("C60", "C60", "C"),
        ("D2O", "D2O", "H O"),
        ("NaBH4", "NaBH4", "B H Na"),
        ("WS2", "WS2", "S W"),
        ("GaAs", "GaAs", "As Ga"),
        ("Hg2Cl2", "Hg2Cl2", "Cl Hg"),
        ("garnet Li7La3Zr2O12", "Li7La3Zr2O12", "La Li O Zr"),
        ("TiO2 nanoparticles", "TiO2", "O Ti"),
    ],
)
def test_a_formula_is_reduced_and_its_elements_are_named(name, formula, elements):
    assert find_composition("Material", name) == Composition(formula, tuple(elements.split()))


NO_FORMULAS = """
    graphene steel PCB77 NS398 UK14304 Sr90 HIV Al2O3-SiO2 CYP71D20 IP3 PIP2 I3C H7 PaO2 VD3 CD4 PNV4 AcSDKP PS-6 C21
    CYP4F21 IV3 BaP AuNP AuIB NB2O5 SIO2 Fe3 HeLa C6H12O6 S8 KCaPCI PrP180-193 KPF050-638 Pt(IV)Cl4
"""


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "SB 203580",
            "BW 392C60",
            "DS 1-132",
            "compound 21",
            "prostaglandin H2",
            "acriflavine HCl",
            "CO2 receptors",
        ),
        *("Nb-doped TiO2", "TiO2 and Fe2O3", "TiO2 based", *NO_FORMULAS.split()),
    ],
)
def test_what_is_no_formula_has_no_composition(name):
    assert find_composition("Material", name) == NO_COMPOSITION


def test_a_formula_among_the_synonyms_counts_where_they_agree():
    assert find_composition("Chemical", "titania", ["TiO2", "O2Ti", "rutile"]) == Composition("TiO2", ("O", "Ti"))
    assert find_composition("Chemical", "iron oxide", ["FeO", "Fe2O3"], ["Fe2O3"]) == NO_COMPOSITION


def test_mentions_count_where_no_synonym_is_a_formula():
    assert find_composition("Chemical", "sodium sulfate", ["Glauber salt"], ["Na2SO4"]).reduced_formula == "Na2SO4"
    assert find_composition("Chemical", "niobium oxide", ["NB2O5"], ["Nb2O5"]).reduced_formula == "Nb2O5"


def test_the_name_counts_before_its_synonyms():
    assert find_composition("Material", "Fe2O3", ["FeO"]).reduced_formula == "Fe2O3"


def test_only_substances_have_a_composition():
    assert find_composition("Gene", "CO2") == NO_COMPOSITION


def test_every_element_has_a_place_in_the_order():
    assert BY_ELECTRONEGATIVITY.keys() == ELEMENTS
