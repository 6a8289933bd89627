"""Names of inorganic compounds by their formulas, as chemists say them: TiO2 is titanium dioxide.

Compositional nomenclature (IUPAC Red Book 2005, IR-5) with the names in use: multiplicative prefixes where the metal
has several valences, which the plain name would leave open; the oxidation number of a single metal; oxides of several.
"""

import re

from kgbuild.formula import normalise_formula, plain_formula
from kgbuild.formula.elements import ALL_NAMES

__all__ = ["names_of_formula"]

#: anion -> its name and its charge
ANIONS = {
    **{"O": ("oxide", 2), "S": ("sulfide", 2), "Se": ("selenide", 2), "Te": ("telluride", 2), "N": ("nitride", 3)},
    **{"P": ("phosphide", 3), "As": ("arsenide", 3), "Sb": ("antimonide", 3), "C": ("carbide", 4)},
    **{"F": ("fluoride", 1), "Cl": ("chloride", 1), "Br": ("bromide", 1), "I": ("iodide", 1)},
    **{"B": ("boride", 0), "Si": ("silicide", 0), "H": ("hydride", 1)},
}
#: groups of several atoms -> their name and their charge
GROUPS = {
    **{"H2PO4": ("dihydrogen phosphate", 1), "HPO4": ("hydrogen phosphate", 2), "HCO3": ("hydrogen carbonate", 1)},
    **{"CO3": ("carbonate", 2), "SO4": ("sulfate", 2), "SO3": ("sulfite", 2), "PO4": ("phosphate", 3)},
    **{"NO3": ("nitrate", 1), "NO2": ("nitrite", 1), "OH": ("hydroxide", 1), "CN": ("cyanide", 1)},
    **{"SCN": ("thiocyanate", 1), "ClO4": ("perchlorate", 1), "ClO3": ("chlorate", 1), "TiO3": ("titanate", 2)},
    **{"ZrO3": ("zirconate", 2), "NbO3": ("niobate", 1), "TaO3": ("tantalate", 1), "VO4": ("vanadate", 3)},
    **{"WO4": ("tungstate", 2), "MoO4": ("molybdate", 2), "CrO4": ("chromate", 2), "Cr2O7": ("dichromate", 2)},
    **{"MnO4": ("permanganate", 1), "BO3": ("borate", 3), "BF4": ("tetrafluoroborate", 1)},
    **{"PF6": ("hexafluorophosphate", 1), "SiO4": ("silicate", 4), "SiO3": ("silicate", 2)},
    **{"Fe2O4": ("ferrite", 2), "AlO2": ("aluminate", 1)},
}
_VALENCES = {
    1: "Li Na K Rb Cs Ag",
    2: "Be Mg Ca Sr Ba Zn Cd",
    3: "Al Ga B Sc Y La Nd Sm Gd Lu",
    4: "Si Ge Zr Hf",
}
#: elements with one valence only: their plain names leave nothing open
VALENCE = {symbol: valence for valence, symbols in _VALENCES.items() for symbol in symbols.split()}
#: never metals in a compound's name
NONMETALS = frozenset(["H", "C", "N", "O", "P", "S", "F", "Cl", "Br", "I"])
#: which fill the gaps among a metal's atoms one to one, whatever its valence: TiN and ZrN are plain nitrides
INTERSTITIAL = frozenset("CN")
PREFIXES = ("", "", "di", "tri", "tetra", "penta", "hexa", "hepta", "octa")
ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII")

_PART = r"(?:[A-Z][a-z]?\d*)"
_GROUP = "|".join(sorted(GROUPS, key=lambda group: (-len(group), group)))
_WITH_GROUP = re.compile(rf"((?:NH4\d*|\(NH4\)\d*|{_PART})+?)(?:\(({_GROUP})\)(\d*)|({_GROUP}))")
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
    found = [(symbol, int(n or 1)) for symbol, n in _TOKEN.findall(match[1])]
    cations = [_cation(symbol) for symbol, _ in found]
    name, charge = GROUPS[match[2] or match[4]]
    valences = [1 if "NH4" in symbol else VALENCE.get(symbol) for symbol, _ in found]
    known = [valence * n for valence, (_, n) in zip(valences, found, strict=True) if valence is not None]
    is_balanced = len(known) < len(found) or sum(known) == charge * int(match[3] or 1)
    return [" ".join([*cations, name])] if is_balanced and all(cations) else []


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
    if 0 in (n_last, *(n for _, n in cations)):  # "BaO0" of a table in which an amount is lost
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
    if last in INTERSTITIAL and n == n_last == 1 and symbol not in NONMETALS and VALENCE.get(symbol, 4) > 2:
        return [f"{metal} {anion}", f"{metal} {many}"]
    names = [f"{PREFIXES[n]}{metal} {many}"] if n > 1 else [f"{metal} {many}"]
    if n > 1 and n_last > 2 and symbol not in NONMETALS:
        names.append(f"{metal} {many}")  # "vanadium pentoxide", but Cu2O is no "copper monoxide"
    if symbol in VALENCE:
        # BaO2 is no "barium oxide"; borides and silicides keep no valences
        return [f"{metal} {anion}", *names] if charge in (0, VALENCE[symbol] * n / n_last) else []
    valence, rest = divmod(charge * n_last, n)
    return [*names, *([f"{metal}({ROMAN[valence]}) {anion}"] if not rest and 0 < valence < len(ROMAN) else [])]


def _counted(n: int, anion: str) -> str:
    """An anion with its prefix: "dioxide", "monoxide", "pentoxide"."""
    prefix = PREFIXES[n] or "mono"
    return f"{prefix[:-1]}{anion}" if prefix.endswith(("a", "o")) and anion.startswith("o") else f"{prefix}{anion}"
