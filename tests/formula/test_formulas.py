import pytest

from kgbuild.formula import normalise_formula


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TiO2", "O2Ti"),
        ("TiO_2", "O2Ti"),
        ("TiO_{2}", "O2Ti"),
        ("TiO₂", "O2Ti"),
        ("TiO 2", "O2Ti"),
        ("H2O", "H2O"),
        ("Li7La3Zr2O12", "La3Li7O12Zr2"),
        ("La2-xSrxCuO4", "CuLa2-xO4Srx"),
        ("La2−xSrxCuO4", "CuLa2-xO4Srx"),
        ("Ca(OH)2", "CaH2O2"),
        ("CH3COOH", "C2H4O2"),
        ("Li1.30Al0.3Ti1.7(PO4)3", "Al0.3Li1.3O12P3Ti1.7"),
        ("NaCl", "ClNa"),
        ("CuSO4·5H2O", "CuO4S·5H2O"),
        ("O2", "O2"),
    ],
)
def test_formulas_are_brought_to_hill_order(text, expected):
    assert normalise_formula(text) == expected


@pytest.mark.parametrize(
    "text", ["", "iron", "HIV", "PC12", "Xx2", "In", "TNF", "Ti(O2", "BRCA1", "p53", "water", "CO2-10"]
)
def test_what_is_no_formula_is_refused(text):
    assert normalise_formula(text) is None
