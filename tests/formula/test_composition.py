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
        ("La2-xSrxCuO4", "SrxLa2-xCuO4", "Cu La O Sr"),
        ("CuSO4·5H2O", "CuSO4·5H2O", "Cu H O S"),
        ("H2O2", "H2O2", "H O"),
        ("O2", "O2", "O"),
        ("C60", "C60", "C"),
        ("D2O", "D2O", "H O"),
    ],
)
def test_a_formula_is_reduced_and_its_elements_are_named(name, formula, elements):
    assert find_composition("Material", name) == Composition(formula, tuple(elements.split()))


@pytest.mark.parametrize(
    "name", ["", "graphene", "steel", "PCB77", "NS398", "UK14304", "Sr90", "SB 203580", "HIV", "Al2O3-SiO2"]
)
def test_what_is_no_formula_has_no_composition(name):
    assert find_composition("Material", name) == NO_COMPOSITION


def test_a_formula_among_the_synonyms_counts_where_they_agree():
    assert find_composition("Chemical", "titania", ["TiO2", "O2Ti", "rutile"]) == Composition("TiO2", ("O", "Ti"))
    assert find_composition("Chemical", "iron oxide", ["FeO", "Fe2O3"]) == NO_COMPOSITION


def test_the_name_counts_before_its_synonyms():
    assert find_composition("Material", "Fe2O3", ["FeO"]).reduced_formula == "Fe2O3"


def test_only_substances_have_a_composition():
    assert find_composition("Gene", "CO2") == NO_COMPOSITION


def test_every_element_has_a_place_in_the_order():
    assert BY_ELECTRONEGATIVITY.keys() == ELEMENTS
