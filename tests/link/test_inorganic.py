"""Formulas by the names that chemists give them."""

import pytest

from kgbuild.link.inorganic import names_of_formula


@pytest.mark.parametrize(
    ("formula", "name"),
    [
        ("TiO2", "titanium dioxide"),
        ("TiO$_2$", "titanium dioxide"),
        ("CuO", "copper monoxide"),
        ("Cu2O", "copper(I) oxide"),
        ("V2O5", "vanadium pentoxide"),
        ("Al2O3", "aluminum oxide"),
        ("GaAs", "gallium arsenide"),
        ("PbI2", "lead(II) iodide"),
        ("N2O", "dinitrogen monoxide"),
        ("LiCoO2", "lithium cobalt oxide"),
        ("SrTiO3", "strontium titanate"),
        ("NH4Cl", "ammonium chloride"),
        ("(NH4)2SO4", "ammonium sulfate"),
        ("Ca3(PO4)2", "calcium phosphate"),
        ("NaHCO3", "sodium hydrogen carbonate"),
        ("CsPbBr3", "cesium lead bromide"),
        ("TiN", "titanium nitride"),
        ("ZrN", "zirconium nitride"),
        ("TiC", "titanium carbide"),
        ("InN", "indium nitride"),
    ],
)
def test_a_formula_has_the_name_of_its_compound(formula: str, name: str) -> None:
    assert name in names_of_formula(formula)


@pytest.mark.parametrize(
    ("formula", "name"),
    [
        ("Cu2O", "copper monoxide"),
        ("N2O", "nitrogen monoxide"),
        ("BaO2", "barium oxide"),
        ("Na2O2", "sodium oxide"),
        ("NaN3", "sodium nitride"),
        ("NaN", "sodium nitride"),
        ("K2MnO4", "potassium permanganate"),
    ],
)
def test_no_name_is_that_of_another_compound(formula: str, name: str) -> None:
    assert name not in names_of_formula(formula)


@pytest.mark.parametrize(
    "text", ["CH4", "C6H6", "CH3COOH", "La2-xSrxCuO4", "H2O", "BRCA1", "iron", "CoS", "BaO0", "Ba0O", ""]
)
def test_what_is_not_understood_has_no_name(text: str) -> None:
    assert names_of_formula(text) == ()
