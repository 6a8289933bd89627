"""The form by which unlinked names are told apart: names with one form are one node.

It depends on the type, the name, and the abbreviations that its document defines, and on nothing else that a graph
holds, so that identifiers are made from it. What is set aside is spelling alone: case, blanks, dashes, plurals,
possessives, British spelling, Greek letters. Formulas, variants, quantities and symbols of a letter or two without a
number keep what makes them another thing.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from kgbuild.abbreviation import expand_abbreviations
from kgbuild.assemble import normal_form
from kgbuild.formula import FORMULA_TYPES, normalise_formula, plain_formula
from kgbuild.formula.elements import ELEMENTS
from kgbuild.link.acronyms import METHOD_ACRONYMS
from kgbuild.link.names import GREEK, plain_word, tidy, to_latin, without_possessives
from kgbuild.variant import normalise_variant

__all__ = ["node_form"]

#: Types whose names are symbols first: papers agree on them, not on what they stand for.
SYMBOL_TYPES = frozenset({"Gene", "CellLine"})
#: Names with so few letters and no number are symbols, in which every character counts: "T" is not "t", nor "Tc" "TC".
SYMBOL_LETTERS = 2
#: Shorter words of symbol types are no plurals: "Kras", "Gapdhs".
MIN_PLURAL = 7
#: Words of a method that name what is done, with what, or how: microscopy, microscope, microscopic.
METHOD_TYPES = frozenset({"Method", "Property"})
_METHOD_WORD = re.compile(r"(?<=....)(scop|met|graph)(?:e|er|y|ic|ry|ric)$")
_DIFFRACTION = re.compile(r"diffract(?:ometer|ometry|ogram)$")

#: number, mark, word; symbols of elements; letters that stand for something; the name of a radical ("ethyl") or of a
#: Greek letter in a symbol
Kind = Literal["number", "mark", "word", "symbols", "letters", "radical", "greek"]
#: Shorter words of symbol types are letters of a symbol.
MIN_WORD = 4

_SYMBOLS = re.compile(f"(?:{'|'.join(sorted(ELEMENTS, key=len, reverse=True))})+")
#: in Hill's order
_ORGANIC = re.compile(r"C\d*H")
_ELEMENT = re.compile(r"[A-Z][a-z]?")
_ACRONYMS = re.compile(r"[A-Z]{2,}s")
#: dashes inside a name, not signs: "X-ray", "poly(A)-tail", but neither "CD4-" nor "(-)-menthol"; marks of subscripts
_DASH = re.compile(r"(?<=[\w)\]])[-_](?=[\w(\[])")
_FULL_STOP = re.compile(r"\.(?!\d)")
_PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_TWICE = re.compile(r"\b([^\W\d_]{3,}) \1\b", re.IGNORECASE)
_AROUND = re.compile(r"\s*([<>=/])\s*")
#: "TNFalpha", "NF-kappaB"
_GREEK_NAMES = frozenset(GREEK.values())
_GREEK = re.compile(rf"(?<![a-z])({'|'.join(sorted(_GREEK_NAMES, key=lambda name: (-len(name), name)))})(?![a-z])")
#: between a number and its unit; not between units, as "m s" is not "ms"
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=[^\W\d_]|[%°])")


def node_form(type: str, text: str, long_forms: Mapping[str, str]) -> str:
    """The form of a name of this entity type, in a document with these abbreviations.

    >>> node_form("Form", "Nano-particles", {}) == node_form("Form", "nanoparticle", {})
    True
    >>> node_form("Method", "XRD", {}) == node_form("Method", "X-ray diffraction (XRD)", {"XRD": "X-ray diffraction"})
    True
    >>> node_form("Material", "TiO_2", {}), node_form("Variant", "R215W", {}), node_form("Material", "CO", {})
    ('O2Ti', 'p.Arg215Trp', 'CO')
    """
    if type == "Quantity":
        return _quantity(text)
    if type == "Variant":
        return normalise_variant(text) or _AROUND.sub(r"\1", normal_form(type, text))
    formula = normalise_formula(text) if type in FORMULA_TYPES else None
    if formula is None:
        return _spelling(type, _in_full(type, text, long_forms))
    return plain_formula(text) if _tells_structure(formula, plain_formula(text)) else formula


def _quantity(text: str) -> str:
    """The quantity without blanks before units, whose capitals count: a mPa is not a MPa."""
    return _BEFORE_UNIT.sub("", tidy(text).replace("\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}"))


def _tells_structure(formula: str, as_written: str) -> bool:
    """Whether a formula of an organic compound names an element twice: CH3CH2OH and CH3OCH3 are both C2H6O."""
    elements = _ELEMENT.findall(as_written)
    return _ORGANIC.match(formula) is not None and len(set(elements)) < len(elements)


def _in_full(type: str, text: str, long_forms: Mapping[str, str]) -> str:
    """The name as papers would write it that define no abbreviation: long forms of words, but symbols and codes."""
    form = _spelling(type, text)
    codes = {short for short in long_forms if type in SYMBOL_TYPES or any(map(str.isdigit, short))}
    for code in sorted(codes):
        if form == _spelling(type, long_forms[code]):
            return code
    # a lone letter is too many things: "C" is carbon in a paper on a cathode (C) as well
    known = {short: long for short, long in long_forms.items() if short not in codes and len(short) > 1}
    if type == "Method" or (type == "Property" and " " in text):  # "SEM" alone is a standard error too
        known = METHOD_ACRONYMS | known
    if text[0] in "([":  # "(PPI) analysis" is cut off from what it abbreviates
        return text
    folded = {short.casefold(): long for short, long in reversed(known.items()) if len(short) > SYMBOL_LETTERS}
    if text not in known and text.casefold() in folded:  # "RGO" in a paper that defines rGO
        return folded[text.casefold()]
    written = expand_abbreviations(text, known)
    if not written or _TWICE.search(text):
        return written or text
    return _TWICE.sub(r"\1", written)  # "XRD analysis" in a paper that defines X-ray diffraction analysis (XRD)


@lru_cache(maxsize=1 << 14)
def _spelling(type: str, text: str) -> str:
    """The name's pieces without what only spelling makes of them."""
    name = without_possessives(tidy(text)) or tidy(text)
    n_letters, has_number = sum(map(str.isalpha, name)), any(map(str.isdigit, name))
    if n_letters <= SYMBOL_LETTERS and not has_number:
        return unicodedata.normalize("NFKC", name)
    name = _FULL_STOP.sub(" ", _DASH.sub("\t", name if name.isascii() else to_latin(name)))
    if type in SYMBOL_TYPES:
        name = _GREEK.sub(r" \1 ", name)
    keeps_case = type == "Property" and n_letters == 1  # relaxivity r2, relaxation rate R2
    form, end = "", 0
    last: Kind = "mark"
    for match in _PIECE.finditer(name):
        piece = match[0]
        kind = _kind(type, piece)
        if match.start() > end > 0:
            form += _gap(last, kind, is_dash=name[end] == "\t")
        form += piece if keeps_case or kind in ("number", "mark", "symbols") else _word(type, piece)
        end, last = match.end(), kind
    return form or name


def _kind(type: str, piece: str) -> Kind:
    if not piece[0].isalpha():
        return "number" if piece.isdigit() else "mark"
    if type in SYMBOL_TYPES:
        if piece.casefold() in _GREEK_NAMES and not piece.isupper():
            return "greek"
        return "word" if len(piece) >= MIN_WORD and piece[1:].islower() else "letters"
    if type not in FORMULA_TYPES:
        return "word"
    if _SYMBOLS.fullmatch(piece):
        return "symbols"
    if len(piece) == 1:
        return "letters"
    return "radical" if piece.endswith("yl") else "word"


def _gap(before: Kind, after: Kind, *, is_dash: bool) -> str:
    """What keeps two pieces apart that are another thing when they are joined, or "".

    "1 2" is not 12, Mg-3Al not Mg3Al, MT-TP not MTTP, m-ethylphenyl acetate not methyl phenylacetate.
    """
    if before == after == "number":
        return " "
    if "greek" in (before, after):
        return ""
    if before == "radical" and not is_dash:
        return " "
    if before == "letters":
        return "" if after == "number" else "-"
    if after == "letters":
        return "-"
    return "-" if "symbols" in (before, after) and {before, after} <= {"symbols", "number"} else ""


def _word(type: str, piece: str) -> str:
    if _ACRONYMS.fullmatch(piece):
        return piece[:-1].casefold()
    word = piece.casefold()
    if not (piece.islower() or piece.istitle()) or (type in SYMBOL_TYPES and len(word) < MIN_PLURAL):
        return word
    word = plain_word(word)
    if type in METHOD_TYPES:
        word = _METHOD_WORD.sub(r"\1", _DIFFRACTION.sub("diffraction", word))
    return word
