"""What a chemical formula among the names of a substance says: its reduced formula and the elements in it.

A reduced formula has its elements in the order of their electronegativity and the least whole numbers as amounts, as
materials databases write it: TiO2, LiFePO4. Fractions and variables ("2-x") stay as they are; so do the parts of
hydrates, and molecules of one element (O2, C60).
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from math import gcd
from typing import NamedTuple

from kgbuild.formula.elements import BY_ELECTRONEGATIVITY
from kgbuild.formula.formulas import FORMULA_TYPES, Amounts, Part, parse_formula, written

__all__ = ["NO_COMPOSITION", "Composition", "composition_of", "find_composition"]

#: what the least whole numbers would make another substance of (those of pymatgen)
_MOLECULES = {"HO": "H2O2", "LiO": "Li2O2", "NaO": "Na2O2", "KO": "K2O2", "RbO": "Rb2O2", "CsO": "Cs2O2"}
#: "PCB77", "NS398" and "UK14304" name compounds by number, "Sr90" an isotope; "C60" is a molecule
_CODE = re.compile(r"(?!C\d\d$)(?:[A-Z]+[ -]?\d{2,}[A-Z]?|[A-Z][a-z]\d{2,}|.*\d{4}.*)")


class Composition(NamedTuple):
    """The reduced formula, "" if there is none, and the elements by alphabet."""

    reduced_formula: str
    elements: tuple[str, ...]


NO_COMPOSITION = Composition("", ())


def find_composition(type: str, name: str, synonyms: Iterable[str] = ()) -> Composition:
    """The composition of what has this type and these names: that of its name, or else that of all its synonyms that
    are formulas, where these agree.

    >>> find_composition("Chemical", "titanium dioxide", ["titania", "TiO2", "O2Ti"])
    Composition(reduced_formula='TiO2', elements=('O', 'Ti'))
    >>> find_composition("Gene", "CO2") == find_composition("Chemical", "aspirin") == NO_COMPOSITION
    True
    """
    if type not in FORMULA_TYPES:
        return NO_COMPOSITION
    named = composition_of(name)
    if named is not None:
        return named
    found = {item for item in map(composition_of, synonyms) if item is not None}
    return found.pop() if len(found) == 1 else NO_COMPOSITION


def composition_of(text: str) -> Composition | None:
    """The composition of a formula; None if the text is not one, or more likely the code of a compound.

    >>> composition_of("Fe4O6"), composition_of("PCB77")
    (Composition(reduced_formula='Fe2O3', elements=('Fe', 'O')), None)
    """
    if not any(letter.isupper() for letter in text) or _CODE.fullmatch(text):
        return None
    parts = parse_formula(text)
    if parts is None:
        return None
    formula = _reduced(parts[0].amounts) if len(parts) == 1 else "·".join(map(_as_given, parts))
    elements = {"H" if symbol == "D" else symbol for part in parts for symbol in part.amounts}
    return Composition(formula, tuple(sorted(elements)))


def _as_given(part: Part) -> str:
    return part.times + written(part.amounts, _order(part.amounts))


def _reduced(amounts: Amounts) -> str:
    whole = [int(amount) for amount in amounts.values() if isinstance(amount, Decimal) and amount == int(amount)]
    if len(whole) < len(amounts) or len(amounts) == 1:
        return written(amounts, _order(amounts))
    divisor = gcd(*whole) or 1
    least: Amounts = {symbol: Decimal(n // divisor) for symbol, n in zip(amounts, whole, strict=True)}
    formula = written(least, _order(least))
    return _MOLECULES.get(formula, formula)


def _order(amounts: Amounts) -> list[str]:
    return sorted(amounts, key=lambda symbol: BY_ELECTRONEGATIVITY["H" if symbol == "D" else symbol])
