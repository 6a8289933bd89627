"""Chemical formulas: recognised, and brought to one spelling, so that TiO2, TiO_2 and "TiO 2" are the same material.

Elements in Hill's order (carbon, hydrogen, then by alphabet; by alphabet alone without carbon), amounts summed over
brackets. Amounts that hold a variable ("2-x") are kept as text. Hydrates and dopants after a separator stay apart.
"""

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from kgbuild.formula.elements import ELEMENTS

__all__ = [
    "FORMULA_TYPES",
    "Amounts",
    "Part",
    "is_formula_like",
    "is_one_formula",
    "normalise_formula",
    "parse_formula",
    "plain_formula",
    "written",
]

#: entity types that are named by formulas
FORMULA_TYPES = ("Chemical", "Material")
#: So many elements with blanks between them make a formula.
FEW_ELEMENTS = 3
_WITH_AMOUNT = re.compile(r"[A-Z][a-z]?(?:\d+(?:\.\d+)?)?")
#: deuterium too
SYMBOLS = ELEMENTS | {"D"}
_WORDS = """
    In No As At I He Be Am Pa Os Co Ho CoS CoIn HeLa NOS CNS PCOS HIV PBS PC12 CHO BSA UV IR IV II III VI
"""
#: words and other abbreviations that read as formulas
NOT_FORMULAS = frozenset(_WORDS.split())

_VARIABLE = r"(?:[xyzδ]|delta)"
_NUMBER = r"\d+(?:\.\d+)?|\.\d+"
_TERM = rf"(?:(?:{_NUMBER})?{_VARIABLE}|{_NUMBER})"
#: a sum has a variable in it: "2-x"; not "CO2-10"
_AMOUNT = re.compile(rf"(?=[\d.+\-±]*{_VARIABLE}){_TERM}(?:[+\-±]{_TERM})*|{_NUMBER}")
_ELEMENT = re.compile(r"[A-Z][a-z]?")
_OPEN = {"(": ")", "[": "]", "{": "}"}
_SUBSCRIPT_MARKS = re.compile(r"_\{([^{}]*)\}|_(?=[\dxyz])|\$|\\(?:mathrm|rm|text)\b|</?sub>|~")
_JOINED = re.compile(r"[/@+:]|(?<=[\da-z)])[-–](?=[A-Z(])")
_MINUS = dict.fromkeys(map(ord, "−–‐‑"), "-")

Amounts = dict[str, Decimal | str]


class Part(NamedTuple):
    """What stands between two separators of a formula: how many times ("" is once), and the amounts of its elements."""

    times: str
    amounts: Amounts


def parse_formula(text: str) -> tuple[Part, ...] | None:
    """The parts of a formula, one but for hydrates and the like; None if the text is not one.

    >>> [(part.times, sorted(part.amounts)) for part in parse_formula("CuSO4·5H2O")]
    [('', ['Cu', 'O', 'S']), ('5', ['H', 'O'])]
    """
    pieces = re.split(r"[·•]|(?<=[\d)])\*", plain_formula(text))
    if len(pieces) == 1:
        amounts = _amounts_of(pieces[0])
        return None if amounts is None else (Part("", amounts),)
    parts = []
    for piece in pieces:
        match = re.match(rf"({_NUMBER}|[xn])?(.+)", piece)
        amounts = None if match is None else _amounts_of(match[2])
        if match is None or amounts is None:
            return None
        parts.append(Part(match[1] or "", amounts))
    return tuple(parts)


def normalise_formula(text: str) -> str | None:
    """The formula in Hill's order, or None if the text is not one; a lone element needs an amount.

    >>> normalise_formula("TiO_2"), normalise_formula("Ca(OH)2"), normalise_formula("La2-xSrxCuO4")
    ('O2Ti', 'CaH2O2', 'CuLa2-xO4Srx')
    >>> normalise_formula("Iron") is None
    True
    """
    parts = parse_formula(text)
    if parts is None:
        return None
    return "·".join(part.times + written(part.amounts, _hill_order(part.amounts)) for part in parts)


def written(amounts: Amounts, order: list[str]) -> str:
    """The elements in this order with their amounts, as one word."""
    return "".join(element + _written(amounts[element]) for element in order)


def is_formula_like(text: str) -> bool:
    """Whether a text is a formula, or several ones joined: "Al2O3-SiO2", "TiO2/graphene" has one.

    >>> is_formula_like("Al2O3-SiO2"), is_formula_like("TiO2/graphene"), is_formula_like("5-fluorouracil")
    (True, True, False)
    """
    parts = [part for part in _JOINED.split(text) if part]
    return normalise_formula(text) is not None or any(normalise_formula(part) is not None for part in parts)


def is_one_formula(text: str) -> bool:
    """Whether a text is one formula and nothing more; with blanks only one of an alloy's elements is.

    >>> is_one_formula("TiO2"), is_one_formula("Al0.25 Co1 Fe1"), is_one_formula("CO2 H2"), is_one_formula("Pt 5")
    (True, True, False, False)
    """
    parts = text.split()
    if len(parts) > 1 and (len(parts) < FEW_ELEMENTS or not all(map(_WITH_AMOUNT.fullmatch, parts))):
        return False
    return normalise_formula(text) is not None


def plain_formula(text: str) -> str:
    """A formula without marks of subscripts and blanks, digits and dashes plain; other text much as it is.

    >>> plain_formula("TiO_{2}"), plain_formula("TiO₂")
    ('TiO2', 'TiO2')
    """
    text = unicodedata.normalize("NFKC", text).translate(_MINUS)
    text = _SUBSCRIPT_MARKS.sub(lambda match: match[1] or "", text)
    text = re.sub(r"[‐\s]*\bdelta\b", "δ", text)
    # "TiO 2", "La 2-x Sr x": a blank before a subscript or between the elements of one formula
    if re.fullmatch(r"[A-Za-z0-9.()\[\]{}+\-±δ·•* ]+", text):
        text = re.sub(r"\s+(?=[\dxyzδ(\[)\].+\-])|(?<=[\dxyz)\]+\-])\s+(?=[A-Z\d(\[xyz])", "", text)
    return text.strip().replace("{", "").replace("}", "")


def _amounts_of(formula: str) -> Amounts | None:
    """The amounts of one part; None if it is no formula, or more likely a word."""
    if not formula or formula in NOT_FORMULAS or (not formula[0].isalnum() and formula[0] not in _OPEN):
        return None
    amounts = _parse(formula)
    return amounts if amounts is not None and _is_plausible(formula, amounts) else None


def _parse(formula: str) -> Amounts | None:
    stack: list[Amounts] = [{}]
    closing: list[str] = []
    place = 0
    while place < len(formula):
        letter = formula[place]
        element = _ELEMENT.match(formula, place)
        if letter in _OPEN:
            closing.append(_OPEN[letter])
            stack.append({})
            place += 1
        elif closing and letter == closing[-1]:
            closing.pop()
            amount, place = _amount(formula, place + 1)
            _add_group(stack[-2], stack.pop(), amount)
        elif element is not None:
            symbol = element[0] if element[0] in SYMBOLS else element[0][0]
            if symbol not in SYMBOLS:
                return None
            amount, place = _amount(formula, place + len(symbol))
            _add(stack[-1], symbol, amount)
        else:
            return None
    return stack[0] if not closing else None


def _amount(formula: str, place: int) -> tuple[Decimal | str, int]:
    match = _AMOUNT.match(formula, place)
    if match is None:
        return Decimal(1), place
    text = match[0].replace("delta", "δ")
    return (Decimal(text) if re.fullmatch(_NUMBER, text) else text), match.end()


def _add(amounts: Amounts, symbol: str, amount: Decimal | str) -> None:
    known = amounts.get(symbol)
    if known is None:
        amounts[symbol] = amount
    elif isinstance(known, Decimal) and isinstance(amount, Decimal):
        amounts[symbol] = known + amount
    else:
        amounts[symbol] = f"{known}+{amount}"


def _add_group(outer: Amounts, group: Amounts, times: Decimal | str) -> None:
    for symbol, amount in group.items():
        if isinstance(amount, Decimal) and isinstance(times, Decimal):
            _add(outer, symbol, amount * times)
        elif times == 1:
            _add(outer, symbol, amount)
        else:
            _add(outer, symbol, f"({_written(amount) or '1'})({_written(times) or '1'})")


def _is_plausible(formula: str, amounts: Amounts) -> bool:
    """Several elements with an amount or a lower-case letter among them, or one element with an amount."""
    has_amount = bool(re.search(r"\d|[xyzδ]", formula))
    if len(amounts) == 1:
        return bool(re.fullmatch(r"(?:[HNOFIPSC]|[A-Z][a-z])[2-9]\d?", formula))
    symbols = _ELEMENT.findall(formula)
    return has_amount or any(len(symbol) == 2 for symbol in symbols)


def _hill_order(amounts: Amounts) -> list[str]:
    if "C" not in amounts:
        return sorted(amounts)
    return sorted(amounts, key=lambda symbol: (symbol != "C", symbol != "H", symbol))


def _written(amount: Decimal | str) -> str:
    if isinstance(amount, str):
        return amount
    return "" if amount == 1 else format(amount.normalize(), "f")
