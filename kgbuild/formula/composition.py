"""What a chemical formula among the names of a substance says: its reduced formula and the elements in it.

A reduced formula has its elements in the order of their electronegativity and the least whole numbers as amounts:
TiO2, LiFePO4, Ca3P2O8. Fractions and variables ("2-x") stay as they are; so do molecules and the parts of hydrates.

Many codes of compounds and proteins can be read as formulas (CYP71D20, IP3, PS-6, AuNP). A formula is believed if
it has a metal with something that goes with it, or is that of a well-known molecule; organic compounds have none. Of 60
substances of MeSH that got a composition, one reader found some 50 right before codes of V, K and Y were left out.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from math import gcd
from typing import NamedTuple

from kgbuild.formula.elements import BY_ELECTRONEGATIVITY
from kgbuild.formula.formulas import FORMULA_TYPES, Amounts, Part, parse_formula, written

__all__ = ["NO_COMPOSITION", "Composition", "composition_of", "find_composition"]

#: what the least whole numbers would make another substance of (those of pymatgen, and calomel)
_MOLECULES = {"LiO": "Li2O2", "NaO": "Na2O2", "KO": "K2O2", "RbO": "Rb2O2", "CsO": "Cs2O2", "HgCl": "Hg2Cl2"}
#: substances without a metal whose formulas are used as names
_WELL_KNOWN = """
    H2 N2 O2 O3 F2 Cl2 Br2 I2 P4 C60 C70 H2O D2O H2O2 CO CO2 CH4 NH3 N2H4 NO NO2 N2O HNO2 HNO3 SO2 SO3 H2S H2SO3
    H2SO4 H3PO3 H3PO4 HF HCl HBr HI HClO HClO4 HCN CS2 CCl4 CHCl3 CH2Cl2 CF4 SF6 NF3 PCl3 PCl5 POCl3 PH3 BN B4C BF3
    BCl3 B2O3 H3BO3 B2H6 NH4Cl NH4F NH4OH NH4NO3 C3N4
"""
_NONMETALS = frozenset({"H", "D", "B", "C", "N", "O", "F", "P", "S", "Cl", "Se", "Br", "I"})
_ANIONS = frozenset({"O", "S", "Se", "Te", "F", "Cl", "Br", "I"})
#: metals of one letter, which codes are full of
_SHORT_METALS = frozenset({"K", "V", "W", "Y", "U"})
_LIGHT_METALS = frozenset({"Li", "Na", "K", "Rb", "Cs", "Be", "Mg", "Ca", "Sr", "Ba"})
#: hardly ever met outside of physics
_RARE = frozenset(
    {
        *("He", "Ne", "Ar", "Kr", "Xe", "Rn", "Tc", "Pm", "Po", "At", "Fr", "Ra", "Ac", "Pa", "Np", "Pu", "Am", "Cm"),
        *("Bk", "Cf", "Es", "Fm", "Md", "No", "Lr"),
    }
)
#: an oxidation state, as in "Pt(IV)", or the places of a peptide, as in "PrP180-193"; "Al0.333" has decimals
_OTHER_NUMBERS = re.compile(r"\((?:I{1,3}|IV|VI{0,3})\)|\d-\d|(?<![\d.])\d{3}")
#: a word beside a formula that changes nothing of it: "garnet Li7La3Zr2O12", "TiO2 nanoparticles"
_PLAIN_WORD = re.compile(r"(?!(?:and|or|on|in|of|with|for|doped|free|based|coated|loaded|modified)\b)[a-z]{3,}")
#: "PCB77" and "NS39" name compounds by number; "C60" is a molecule
_CODE = re.compile(r"(?!C\d\d$)[A-Z]+[ -]?\d{2,}[A-Z]?")


class Composition(NamedTuple):
    """The reduced formula, "" if there is none, and the elements by alphabet."""

    reduced_formula: str
    elements: tuple[str, ...]


NO_COMPOSITION = Composition("", ())


def find_composition(type: str, name: str, synonyms: Iterable[str] = (), mentions: Iterable[str] = ()) -> Composition:
    """The composition of what has this type and these names.

    That of its name; or else of those of its synonyms that are formulas, where these agree; or, where none is, that of
    its mentions in the same way.

    >>> find_composition("Chemical", "titanium dioxide", ["titania", "TiO2", "O2Ti"])
    Composition(reduced_formula='TiO2', elements=('O', 'Ti'))
    >>> find_composition("Gene", "CO2") == find_composition("Chemical", "aspirin") == NO_COMPOSITION
    True
    """
    if type not in FORMULA_TYPES:
        return NO_COMPOSITION
    for names in ([name], synonyms, mentions):
        found = {item for item in map(composition_of, names) if item is not None}
        if found:
            return found.pop() if len(found) == 1 else NO_COMPOSITION
    return NO_COMPOSITION


def composition_of(text: str) -> Composition | None:
    """The composition of a formula, perhaps with plain words beside it; None if the text is not one.

    >>> composition_of("Fe4O6"), composition_of("IP3")
    (Composition(reduced_formula='Fe2O3', elements=('Fe', 'O')), None)
    """
    others = [word for word in text.split() if not _PLAIN_WORD.fullmatch(word)]
    formula = others[0] if len(others) == 1 else text
    if not any(map(str.isupper, formula)) or _CODE.fullmatch(formula) or _OTHER_NUMBERS.search(formula):
        return None
    parts = parse_formula(formula)
    if parts is None or not (_is_salt(formula, parts) or (formula == text and _is_molecule(parts))):
        return None
    reduced = _reduced(parts[0].amounts) if len(parts) == 1 else "·".join(map(_as_given, parts))
    elements = {"H" if symbol == "D" else symbol for part in parts for symbol in part.amounts}
    return Composition(reduced, tuple(sorted(elements)))


def _is_molecule(parts: Sequence[Part]) -> bool:
    return len(parts) == 1 and _key(parts[0].amounts) in _well_known()


def _is_salt(formula: str, parts: Sequence[Part]) -> bool:
    # or an oxide, an alloy: anything with a metal that is hardly a code
    elements = {symbol for part in parts for symbol in part.amounts}
    metals = elements - _NONMETALS
    if not metals or len(elements) == 1 or elements & (_RARE | {"D"}):
        return False
    is_counted = any(map(str.isdigit, formula))
    if metals <= _SHORT_METALS:
        is_binary = len(elements) == 2 and bool(elements & {"S", "Se", "F"})
        return is_counted and "B" not in elements and (is_binary or bool(elements & {"O", "Cl", "Br"}))
    if is_counted:
        return True
    if len(elements) == 2:  # gallium phosphide, but not benzo[a]pyrene (BaP)
        return bool(elements & _ANIONS) or not metals & _LIGHT_METALS
    return len(elements) <= 4 and "B" not in elements and bool(elements & _ANIONS)  # nor gold nanoparticles (AuNP)


def _key(amounts: Amounts) -> frozenset[tuple[str, object]]:
    return frozenset(amounts.items())


@cache
def _well_known() -> frozenset[frozenset[tuple[str, object]]]:
    parts = (parse_formula(formula) for formula in _WELL_KNOWN.split())
    return frozenset(_key(found[0].amounts) for found in parts if found is not None)


def _as_given(part: Part) -> str:
    return part.times + written(part.amounts, _order(part.amounts))


def _reduced(amounts: Amounts) -> str:
    if _key(amounts) in _well_known():
        return written(amounts, _order(amounts))
    whole = [int(amount) for amount in amounts.values() if isinstance(amount, Decimal) and amount == int(amount)]
    if len(whole) < len(amounts) or len(amounts) == 1:
        return written(amounts, _order(amounts))
    divisor = gcd(*whole) or 1
    least: Amounts = {symbol: Decimal(n // divisor) for symbol, n in zip(amounts, whole, strict=True)}
    formula = written(least, _order(least))
    return _MOLECULES.get(formula, formula)


def _order(amounts: Amounts) -> list[str]:
    return sorted(amounts, key=lambda symbol: BY_ELECTRONEGATIVITY["H" if symbol == "D" else symbol])
