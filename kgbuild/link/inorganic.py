"""Names of inorganic compounds by their formulas, as chemists say them: TiO2 is titanium dioxide.

Compositional nomenclature (IUPAC Red Book 2005, IR-5) with the names in use: multiplicative prefixes where the metal
has several valences, which the plain name would leave open; the oxidation number of a single metal; oxides of several.
"""

import re

from kgbuild.link.elements import ALL_NAMES
from kgbuild.link.formula import normalise_formula, plain_formula

__all__ = ["names_of_formula"]

#: anion -> its name and its charge
ANIONS = {
    **{"O": ("oxide", 2), "S": ("sulfide", 2), "Se": ("selenide", 2), "Te": ("telluride", 2), "N": ("nitride", 3)},
    **{"P": ("phosphide", 3), "As": ("arsenide", 3), "Sb": ("antimonide", 3), "C": ("carbide", 4)},
    **{"F": ("fluoride", 1), "Cl": ("chloride", 1), "Br": ("bromide", 1), "I": ("iodide", 1)},
    **{"B": ("boride", 0), "Si": ("silicide", 0), "H": ("hydride", 1)},
}
#: groups of several atoms, the longest first
GROUPS = {
    **{"H2PO4": "dihydrogen phosphate", "HPO4": "hydrogen phosphate", "HCO3": "hydrogen carbonate"},
    **{"CO3": "carbonate", "SO4": "sulfate", "SO3": "sulfite", "PO4": "phosphate", "NO3": "nitrate", "NO2": "nitrite"},
    **{"OH": "hydroxide", "CN": "cyanide", "SCN": "thiocyanate", "ClO4": "perchlorate", "ClO3": "chlorate"},
    **{"TiO3": "titanate", "ZrO3": "zirconate", "NbO3": "niobate", "TaO3": "tantalate", "VO4": "vanadate"},
    **{"WO4": "tungstate", "MoO4": "molybdate", "CrO4": "chromate", "Cr2O7": "dichromate", "MnO4": "permanganate"},
    **{
        "BO3": "borate",
        "BF4": "tetrafluoroborate",
        "PF6": "hexafluorophosphate",
        "SiO4": "silicate",
        "SiO3": "silicate",
    },
    **{"Fe2O4": "ferrite", "AlO2": "aluminate"},
}
#: metals with one valence only: their plain names leave nothing open
_SINGLE = """
    Li Na K Rb Cs Be Mg Ca Sr Ba Al Ga B Si Ge Zn Cd Ag Sc Y La Nd Sm Gd Lu Zr Hf
"""
SINGLE = frozenset(_SINGLE.split())
#: never metals in a compound's name
NONMETALS = frozenset(["H", "C", "N", "O", "P", "S", "F", "Cl", "Br", "I"])
PREFIXES = ("", "", "di", "tri", "tetra", "penta", "hexa", "hepta", "octa")
ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII")

_PART = r"(?:[A-Z][a-z]?\d*)"
_GROUP = "|".join(sorted(GROUPS, key=lambda group: (-len(group), group)))
_WITH_GROUP = re.compile(rf"((?:NH4\d*|\(NH4\)\d*|{_PART})+?)(?:\(({_GROUP})\)\d*|({_GROUP}))")
_SIMPLE = re.compile(rf"{_PART}{{2,5}}")
_TOKEN = re.compile(r"(\(?NH4\)?|[A-Z][a-z]?)(\d*)")


def names_of_formula(text: str) -> tuple[str, ...]:
    """The names that a formula may go by, the most exact first; none for what is not inorganic or not understood.

    >>> names_of_formula("MoS2"), names_of_formula("Fe2O3")
    (('molybdenum disulfide', 'molybdenum(IV) sulfide'), ('diiron trioxide', 'iron trioxide', 'iron(III) oxide'))
    >>> names_of_formula("LiFePO4"), names_of_formula("CH3COOH")
    (('lithium iron phosphate',), ())
    """
    formula = plain_formula(text)
    if normalise_formula(text) is None:
        return ()
    names = [*_with_group(formula), *_simple(formula)]
    return tuple(dict.fromkeys(names))


def _with_group(formula: str) -> list[str]:
    if formula.startswith("NH4") and formula[3:] in ANIONS:
        return [f"ammonium {ANIONS[formula[3:]][0]}"]
    match = _WITH_GROUP.fullmatch(formula)
    if match is None:
        return []
    cations = [_cation(symbol) for symbol, _ in _TOKEN.findall(match[1])]
    if any(not name for name in cations):
        return []
    return [" ".join([*cations, GROUPS[match[2] or match[3]]])]


def _cation(symbol: str) -> str:
    if "NH4" in symbol:
        return "ammonium"
    return "" if symbol in NONMETALS else ALL_NAMES.get(symbol, "")


def _simple(formula: str) -> list[str]:
    """Compounds of metals with one anion."""
    if _SIMPLE.fullmatch(formula) is None:
        return []
    *cations, (last, n_last) = [(symbol, int(n or 1)) for symbol, n in _TOKEN.findall(formula)]
    is_known = all(symbol in ALL_NAMES and symbol != "H" for symbol, _ in cations)
    if not cations or last not in ANIONS or not is_known or n_last >= len(PREFIXES):
        return []
    anion, charge = ANIONS[last]
    if len(cations) > 1:
        is_of_metals = NONMETALS.isdisjoint(symbol for symbol, _ in cations)
        return [" ".join([*(ALL_NAMES[symbol] for symbol, _ in cations), anion])] if is_of_metals else []
    ((symbol, n),) = cations
    metal = ALL_NAMES[symbol]
    if n >= len(PREFIXES) or (last == "H" and symbol in NONMETALS):
        return []
    many = _counted(n_last, anion)
    names = [f"{PREFIXES[n]}{metal} {many}"] if n > 1 else [f"{metal} {many}"]
    if n > 1 and n_last > 2 and symbol not in NONMETALS:
        names.append(f"{metal} {many}")  # "vanadium pentoxide", but Cu2O is no "copper monoxide"
    if symbol in SINGLE:
        return [f"{metal} {anion}", *names]
    valence, rest = divmod(charge * n_last, n)
    return [*names, *([f"{metal}({ROMAN[valence]}) {anion}"] if not rest and 0 < valence < len(ROMAN) else [])]


def _counted(n: int, anion: str) -> str:
    """An anion with its prefix: "dioxide", "monoxide", "pentoxide"."""
    prefix = PREFIXES[n] or "mono"
    return f"{prefix[:-1]}{anion}" if prefix.endswith(("a", "o")) and anion.startswith("o") else f"{prefix}{anion}"
