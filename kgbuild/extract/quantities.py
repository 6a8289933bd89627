"""Numbers with units as papers write them: "(2.6 ± 0.3) × 10−3 S cm−1", "below 450 °C", "0.5–0.9 V vs. RHE"."""

import re
import unicodedata

import msgspec

from kgbuild.document import Comparison, Quantity
from kgbuild.extract.units import Unit, parse_unit

__all__ = ["LIST", "ParsedQuantity", "parse_quantities", "relation_before", "with_unit"]


class ParsedQuantity(msgspec.Struct, frozen=True):
    """A quantity, and what its value is counted from ("RHE" in "0.6 V vs. RHE"), or ""."""

    quantity: Quantity
    reference: str = ""


_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "‒": "-", "‐": "-", "‑": "-", "∼": "~", "◦": "°", "º": "°", "⋅": "·", "∙": "·", "×": "x"}
)
#: "40-nm-thick", "100-%": a dash between number and unit, and what is so long.
_DASHED = re.compile(r"(?<=\d)-(?=(?:[nμmck]?m|%)(?:$|[- ]))")
_EXTENT = re.compile(r"[- ](?:thick|wide|long|deep)$")
#: A power of ten alone, "10-7 cm2/s", before units that nobody counts from ten to one in.
_POWER = re.compile(
    r"(?<![\d.,x·*^-])(?<![x·*] )10(?=-[1-9]\s?(?:[cm]?m\s?[-23]|m?S\b|M\b|mol\b|m?bar\b|m?[Tt]orr\b|Pa\b|Ω|A\b))"
)
_NUMBER = r"[-+]?\s?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\d.])"
#: A power of ten that a number may have: "1E-120" is a probability, "12E456" no number.
_EXPONENT = r"(?:-\s?\d{{1,3}}|\+?\s?\d{{1,2}})(?!\d)"
_TEN = rf"(?:\s*[x·*]\s*10\s?\^?\s?(?P<{{name}}>{_EXPONENT})|[eE](?P<{{name}}e>{_EXPONENT}))?"
_RELATIONS = {
    "~": r"~|≈|about|approximately|approx\.?|around|roughly|nearly|circa|ca\.?|almost",
    "<": r"<|less than|below|lower than|under|smaller than",
    ">": r">|more than|above|over|exceeding|higher than|greater than|larger than",
    "high": r"≤|up to|at most|maximum of|as high as|not more than",
    "low": r"≥|at least|minimum of|not less than",
}
_RELATION = re.compile("|".join(rf"(?P<r{i}>{words})" for i, words in enumerate(_RELATIONS.values())), re.IGNORECASE)
#: The same before a quantity; "over 24 h" and "under 5 V" speak of a time and of what was applied.
_BEFORE = re.compile(rf"(?<![A-Za-z])(?:(?!over|under)(?:{'|'.join(_RELATIONS.values())}))\s*\Z", re.IGNORECASE)
_ONE = re.compile(rf"\(?\s*(?P<value>{_NUMBER})" + _TEN.format(name="p1"))
_UNCERTAINTY = re.compile(rf"\s*(?:±|\+/?-)\s*(?P<value>{_NUMBER})")
#: "0.15625(5)": five in the last digit.
_LAST_DIGITS = re.compile(r"\s?\((?P<digits>\d{1,2})\)")
_JOIN = re.compile(r"\s*(?:-|~|to|and)\s*", re.IGNORECASE)
#: What stands between the numbers of a list.
LIST = re.compile(r"\s*(?:,\s*(?:and|or)?|and|or)\s*", re.IGNORECASE)
_REFERENCE = re.compile(
    r"\s*(?:\(?\s*(?:vs\.?|versus)\s+(?:the\s+)?(?P<name>[^()]+?)\)?|(?<=V)\s?(?P<stuck>RHE|SHE|SCE))$"
)
_CLOSING = re.compile(r"\s*\)" + _TEN.format(name="p2"))


def parse_quantities(text: str) -> tuple[ParsedQuantity, ...]:
    """The quantities that a text states, none if some part of it is not understood.

    A range gives `low` and `high`, a bound one of them or, if strict, `relation` "<" or ">"; a list gives one each.

    >>> [item.quantity.value for item in parse_quantities("450, 500 and 550 °C")]
    [450.0, 500.0, 550.0]
    >>> parse_quantities("7 RedOx cycles")
    ()
    """
    text = " ".join(unicodedata.normalize("NFKC", text).translate(_SIGNS).split()).rstrip(" .,;")
    text = _POWER.sub("1x10", _DASHED.sub(" ", _EXTENT.sub("", text)))
    reference = ""
    if found := _REFERENCE.search(text):
        reference, text = (found["name"] or found["stuck"]).strip(), text[: found.start()]
    relation, text = _relation(text)
    if text[:8].casefold() == "between " or text[:5].casefold() == "from ":
        text = text.split(" ", 1)[1]
    quantities = _range(text) if relation in ("=", "~") else ()
    quantities = quantities or _with_uncertainty(text) or _list(text)
    if len(quantities) > 1 and relation != "=":
        return ()
    return tuple(ParsedQuantity(_bounded(quantity, relation), reference) for quantity in quantities)


def relation_before(text: str) -> str:
    """The words with which a text ends that bound the quantity behind it, or "".

    >>> relation_before("a conductivity above "), relation_before("stirred over ")
    ('above', '')
    """
    found = _BEFORE.search(text)
    return found[0].strip() if found else ""


def with_unit(quantity: Quantity, unit: Unit, factor: float = 1.0) -> Quantity:
    """A quantity that was written without a unit, in one that stands elsewhere, with its power of ten.

    >>> with_unit(parse_quantities("5.09")[0].quantity, parse_unit("S/cm"), 1e-4).value
    0.000509
    """
    numbers = {
        name: None if value is None else _rounded(value * factor)
        for name in ("value", "low", "high", "uncertainty")
        for value in (getattr(quantity, name),)
    }
    return _quantity(unit, **numbers, relation=quantity.relation)


def _relation(text: str) -> tuple[str, str]:
    match = _RELATION.match(text)
    if match is None or (match[0][-1:].isalpha() and text[match.end() : match.end() + 1].isalpha()):
        return "=", text
    index = next(i for i in range(len(_RELATIONS)) if match[f"r{i}"])
    return list(_RELATIONS)[index], text[match.end() :].strip()


def _bounded(quantity: Quantity, relation: str) -> Quantity:
    if relation in ("high", "low"):
        bounds = {relation: quantity.value, f"si_{relation}": quantity.si_value}
        return msgspec.structs.replace(quantity, value=None, si_value=None, **bounds)
    return msgspec.structs.replace(quantity, relation=relation)


def _range(text: str) -> tuple[Quantity, ...]:
    """`low - high unit`, each number with a unit of its own ("10 Hz-5 MHz") or the last with that of both."""
    first = _ONE.match(text)
    if first is None:
        return ()
    for join in _JOIN.finditer(text, first.end()):
        second = _ONE.match(text, join.end())
        unit = parse_unit(text[second.end() :]) if second else None
        own = parse_unit(text[first.end() : join.start()])
        if second is None or own is None or unit is None:
            continue
        factor = _factor(own, unit)
        if factor is None:
            continue
        low, high = _rounded(_value(first) * factor), _value(second)
        # "10-3" may have lost a raised "-3"; "50 kHz-1 Hz" has not
        joined = join[0].strip().casefold()
        if low >= high and (joined == "and" or (joined == "-" and own.ucum == "1")):
            return ()
        return (_quantity(unit, low=min(low, high), high=max(low, high)),)
    return ()


def _factor(own: Unit, other: Unit) -> float | None:
    """What a number of the one unit, or of none, is multiplied by for the other; None if they measure other things."""
    if own.ucum in ("1", other.ucum):
        return 1.0
    if "%" in own.ucum or "%" in other.ucum or other.ucum == "1":  # weight and atomic percent are not alike
        return None
    (own_zero, own_si), (zero, si) = own.to_si(0.0), other.to_si(0.0)
    (own_one, _), (one, _) = own.to_si(1.0), other.to_si(1.0)
    if not own_one or not one or own_si != si or own_zero or zero:  # degrees and logarithms have no such factor
        return None
    return own_one / one


def _with_uncertainty(text: str) -> tuple[Quantity, ...]:
    """`value ± uncertainty unit`, both in brackets before a power of ten, or the uncertainty of the last digits."""
    first = _ONE.match(text)
    if first is None:
        return ()
    if digits := _LAST_DIGITS.match(text, first.end()):
        return _with_last_digits(text, first, digits)
    second = _UNCERTAINTY.match(text, first.end())
    if second is None:
        return ()
    end, factor = second.end(), 1.0
    if closing := _CLOSING.match(text, end):
        end, factor = closing.end(), 10.0 ** _power(closing, "p2")
    unit = parse_unit(text[end:])
    if unit is None:
        return ()
    return (_quantity(unit, _rounded(_value(first) * factor), uncertainty=_number(second["value"]) * factor),)


def _with_last_digits(text: str, first: re.Match[str], digits: re.Match[str]) -> tuple[Quantity, ...]:
    _, point, decimals = first["value"].partition(".")
    unit = parse_unit(text[digits.end() :])
    if not point or unit is None:  # "45 (12)" may be anything
        return ()
    return (_quantity(unit, _value(first), uncertainty=_rounded(int(digits["digits"]) * 10.0 ** -len(decimals))),)


def _list(text: str) -> tuple[Quantity, ...]:
    """One number, or several, with the unit of all behind the last."""
    values, place = [], 0
    while match := _ONE.match(text, place):
        values.append(_value(match))
        place = match.end()
        joined = LIST.match(text, place)
        if joined is None:
            break
        place = joined.end()
    unit = parse_unit(text[place:]) if values else None
    return tuple(_quantity(unit, value) for value in values) if unit is not None else ()


def _quantity(
    unit: Unit,
    value: float | None = None,
    *,
    low: float | None = None,
    high: float | None = None,
    uncertainty: float | None = None,
    relation: Comparison = "=",
) -> Quantity:
    """These numbers in this unit, and in SI."""
    (si_value, of_value), (si_low, of_low), (si_high, of_high) = (
        (None, "") if number is None else unit.to_si(number) for number in (value, low, high)
    )
    return Quantity(
        value,
        low=low,
        high=high,
        uncertainty=uncertainty,
        unit=unit.ucum,
        si_value=si_value,
        si_low=si_low,
        si_high=si_high,
        si_unit=of_value or of_low or of_high,
        relation=relation,
    )


def _value(match: re.Match[str]) -> float:
    return _rounded(_number(match["value"]) * 10.0 ** _power(match, "p1"))


def _number(text: str) -> float:
    return float(text.replace(",", "").replace(" ", ""))


def _power(match: re.Match[str], name: str) -> int:
    return int((match[name] or match[f"{name}e"] or "0").replace(" ", ""))


def _rounded(value: float) -> float:
    return float(f"{value:.12g}")
