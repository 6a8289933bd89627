"""Chemical formulas: the elements, formulas in one spelling, and what a substance is composed of."""

from kgbuild.formula.composition import NO_COMPOSITION, Composition, find_composition
from kgbuild.formula.formulas import FORMULA_TYPES, is_formula_like, is_one_formula, normalise_formula, plain_formula

__all__ = [
    "FORMULA_TYPES",
    "NO_COMPOSITION",
    "Composition",
    "find_composition",
    "is_formula_like",
    "is_one_formula",
    "normalise_formula",
    "plain_formula",
]
