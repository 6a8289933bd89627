"""Units of measurement as papers write them, to UCUM and SI.

"mW cm−2", "mW/cm2" and "mW·cm^-2" are all `mW.cm-2` in the Unified Code for Units of Measure (https://ucum.org), which
is 10 kg.s-3. What is not understood to its last character is no unit: a value under a wrong unit is worse than none.
"""

import re
from functools import lru_cache
from typing import Any

import msgspec

__all__ = ["Unit", "as_temperature", "parse_unit"]


#: No unit is raised to more: what looks like it is another number.
HIGHEST_POWER = 4
#: nor has more characters: it is a list.
LONGEST = 60


class _Symbol(msgspec.Struct, frozen=True):
    """A symbol's code in UCUM, its name in pint, and whether SI prefixes go with it."""

    ucum: str
    pint: str
    takes_prefix: bool = False


#: symbol -> UCUM code and pint's name
_METRIC = {
    "m": "m meter", "g": "g gram", "s": "s second", "A": "A ampere", "K": "K kelvin", "mol": "mol mole", "V": "V volt",
    "W": "W watt", "J": "J joule", "N": "N newton", "Pa": "Pa pascal", "Hz": "Hz hertz", "C": "C coulomb",
    "F": "F farad", "S": "S siemens", "T": "T tesla", "L": "L liter", "l": "L liter", "eV": "eV electron_volt",
    "Ω": "Ohm ohm", "Ohm": "Ohm ohm", "ohm": "Ohm ohm", "bar": "bar bar", "cal": "cal calorie", "Da": "u dalton",
    "M": "mol/L molar", "Wh": "W.h watt_hour", "Ah": "A.h ampere_hour", "H": "H henry", "gf": "gf gram_force",
    "Oe": "Oe field_oersted",
}  # fmt: skip
_PLAIN = {
    "min": "min minute", "h": "h hour", "hr": "h hour", "hrs": "h hour", "hour": "h hour", "hours": "h hour",
    "minutes": "min minute", "seconds": "s second", "sec": "s second", "d": "d day", "day": "d day", "days": "d day",
    "yr": "a year", "year": "a year", "years": "a year", "week": "wk week", "weeks": "wk week",
    "°C": "Cel degree_Celsius", "degC": "Cel degree_Celsius", "oC": "Cel degree_Celsius",
    "°F": "[degF] degree_Fahrenheit", "°": "deg degree", "deg": "deg degree", "%": "% percent",
    "wt%": "%{wt} percent", "at%": "%{at} percent", "mol%": "%{mol} percent", "vol%": "%{vol} percent",
    "ppm": "[ppm] ppm", "ppb": "[ppb] ppb", "Å": "Ao angstrom", "Ao": "Ao angstrom",
    "Ang": "Ao angstrom", "angstrom": "Ao angstrom", "Angstrom": "Ao angstrom", "rpm": "/min revolutions_per_minute",
    "cc": "cm3 (centimeter**3)",
    "RPM": "/min revolutions_per_minute", "atm": "atm standard_atmosphere", "Torr": "mm[Hg] torr",
    "torr": "mm[Hg] torr", "mTorr": "um[Hg] millitorr",
    "mtorr": "um[Hg] millitorr", "mmHg": "mm[Hg] torr", "psi": "[psi] psi", "ksi": "10*3.[psi] ksi",
    "Kelvin": "K kelvin", "kelvin": "K kelvin", "percent": "% percent", "Celsius": "Cel degree_Celsius",
    "°Celsius": "Cel degree_Celsius", "°Fahrenheit": "[degF] degree_Fahrenheit",
    "dB": "dB decibel",
    "HV": "kgf.mm-2 (kilogram_force/millimeter**2)", "Hv": "kgf.mm-2 (kilogram_force/millimeter**2)",
}  # fmt: skip


def _read_symbol(codes: str, *, takes_prefix: bool) -> _Symbol:
    ucum, name = codes.split()
    return _Symbol(ucum, name, takes_prefix)


_SYMBOLS = {name: _read_symbol(codes, takes_prefix=True) for name, codes in _METRIC.items()}
_SYMBOLS |= {name: _read_symbol(codes, takes_prefix=False) for name, codes in _PLAIN.items()}
#: What stands behind a "K" that is meant as "k": "KPa", "KJ/mol".
_NEVER_PER_KELVIN = frozenset({"Hz", "J", "N", "Pa", "V", "W", "eV", "g", "Ω"})
_PREFIXES = {
    "f": "femto", "p": "pico", "n": "nano", "μ": "micro", "u": "micro", "m": "milli", "c": "centi", "d": "deci",
    "k": "kilo", "M": "mega", "G": "giga", "T": "tera",
}  # fmt: skip
_SI = {
    "kilogram": "kg", "meter": "m", "second": "s", "ampere": "A", "kelvin": "K", "mole": "mol", "candela": "cd",
    "radian": "rad",
}  # fmt: skip

_PERCENT = re.compile(r"(wt|at|mol|vol|mass|weight|atomic)[ .]{0,2}%", re.IGNORECASE)
#: The load in kgf behind Vickers hardness, which has no part in its dimension: "HV0.5", "HV10".
_LOAD = re.compile(r"(?<=\bH[Vv])\s?\d+(?:\.\d+)?\Z")
#: "W/mK" is per meter and kelvin, not per millikelvin, and so is "W/mK2".
_METER_KELVIN = re.compile(r"(?<=W)\s?/\s?mK(?=2?\b)")
#: "437° C", "85 deg C", "85 degrees Celsius"
_DEGREES = re.compile(r"(?:°|\bdeg(?:rees?|\.)?)\s?(?=(?:C|F|Celsius|Fahrenheit)\b)")
#: What "C" and "F" mean beside a temperature, not coulombs and farads.
_OF_TEMPERATURES = {"C": "°C", "F": "°F"}
#: An exponent apart from its unit: "cm 2 V -1 s -1"; "mA cm 2" has lost its minus.
_APART = re.compile(
    r"(?<=[A-Za-zμΩÅ])\s(?=-\s?[12](?![\d.]))|(?<=m)\s(?=-\s?3(?![\d.]))"
    r"|(?:(?<=\Am)|(?<=\A[ckmnμ]m))\s(?=[23](?:$|\s?/|\s[A-Za-zμΩ]+\s?-\s?\d))"
)
#: A prefix apart from its unit: "5 m V/s". Nothing is measured in meters times these.
_MILLI = re.compile(r"(?<![A-Za-z])m[\s·](?=(?:V|W|L|Torr)(?![A-Za-z])(?!\s?\^?-))")
#: Pressure above that of the air, "100 kPag": from another zero, which no unit tells.
_GAUGE = re.compile(r"(?:Pag|barg|psig)\b")
_PERCENT_NAMES = {"mass": "wt", "weight": "wt", "atomic": "at"}
_FACTOR = re.compile(
    r"\s*(?P<by>/|·|\*|\.(?!\d)|per\b)?\s*(?P<name>%|°[CF]?|[A-Za-zμΩÅ]+%?)(?:\^?(?P<power>(?:-\s?)?\d))?"
)


class Unit(msgspec.Struct, frozen=True):
    """A unit: its UCUM code, and as pint's names with exponents, (("milliwatt", 1), ("centimeter", -2))."""

    ucum: str
    factors: tuple[tuple[str, int], ...]

    def to_si(self, value: float) -> tuple[float | None, str]:
        """The value in SI base units, to twelve digits, and their UCUM code, "1" for none; None for a logarithm."""
        if not self.factors:
            return value, "1"
        registry = _registry()
        is_alone = len(self.factors) == 1 and self.factors[0][1] == 1
        if not is_alone and any(name == "decibel" for name, _ in self.factors):  # "dB/cm", unknown to pint
            return None, ""
        parts = [f"{_difference(name, is_alone)}**{power}" for name, power in self.factors]
        try:
            quantity = registry.Quantity(value, "*".join(parts)).to_base_units()
        except ArithmeticError:
            return None, ""
        powers = sorted((_SI.get(name, f"{{{name}}}"), int(power)) for name, power in quantity.unit_items())
        code = ".".join(name if power == 1 else f"{name}{power}" for name, power in powers)
        return float(f"{quantity.magnitude:.12g}"), code or "1"


@lru_cache(maxsize=4096)
def parse_unit(text: str) -> Unit | None:
    """The unit, or None if some part of the text is none. Plain hyphens and digits stand for raised ones.

    >>> parse_unit("mW cm-2").ucum, parse_unit("S/cm").ucum, parse_unit("wt.%").ucum
    ('mW.cm-2', 'S.cm-1', '%{wt}')
    >>> parse_unit("cycles") is None
    True
    """
    text = text.strip()
    if len(text) > LONGEST:
        return None
    text = _PERCENT.sub(_percent, text).replace("(", "").replace(")", "")
    text = _LOAD.sub("", _METER_KELVIN.sub("/m K", text))
    text = _MILLI.sub("m", _APART.sub("", _DEGREES.sub("°", text)))
    if not text:
        return Unit("1", ())
    if _GAUGE.search(text):
        return None
    codes: list[str] = []
    factors: list[tuple[str, int]] = []
    place, is_divided = 0, False
    while place < len(text):
        match = _FACTOR.match(text, place)
        if match is None:
            return None
        is_divided = is_divided or match["by"] in ("/", "per")  # "W/m K" is W/(m K)
        symbols = _symbols(match["name"])
        if not symbols:
            return None
        for symbol in symbols:
            power = int(match["power"].replace(" ", "")) if match["power"] and symbol is symbols[-1] else 1
            if not power or abs(power) > HIGHEST_POWER:  # "A0", "10 Hz-5 V"
                return None
            power = -abs(power) if is_divided else power  # "mW/cm-2" is meant as "mW cm-2"
            factors.append((symbol.pint, power))
            codes.append(_code(symbol.ucum, power))
        place = match.end()
    return Unit(".".join(codes), tuple(factors))


def as_temperature(code: str) -> Unit | None:
    """The unit of a temperature of which somebody wrote no more than the letter, so that its code is another's.

    >>> as_temperature("C").ucum, as_temperature("J") is None
    ('Cel', True)
    """
    return parse_unit(_OF_TEMPERATURES[code]) if code in _OF_TEMPERATURES else None


def _code(ucum: str, power: int) -> str:
    if power == 1:
        return ucum
    return f"({ucum}){power}" if "/" in ucum or "." in ucum or ucum[-1].isdigit() else f"{ucum}{power}"


def _percent(match: re.Match[str]) -> str:
    name = match[1].lower()
    return f"{_PERCENT_NAMES.get(name, name)}%"


def _symbols(name: str) -> list[_Symbol]:
    # one symbol, or two written as one word: "mWcm"
    if whole := _symbol(name):
        return [whole]
    for cut in range(len(name) - 1, 0, -1):
        first, second = _symbol(name[:cut]), _symbol(name[cut:])
        if first and second:
            return [first, second]
    return []


def _symbol(name: str) -> _Symbol | None:
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    prefix, base = name[:1], _SYMBOLS.get(name[1:])
    if prefix == "K" and name[1:] in _NEVER_PER_KELVIN:
        prefix = "k"
    if prefix not in _PREFIXES or base is None or not base.takes_prefix:
        return None
    code = "u" if prefix == "μ" else prefix
    return _Symbol(f"{code}{base.ucum}", f"{_PREFIXES[prefix]}{base.pint}")


def _difference(name: str, is_alone: bool) -> str:
    # "°C" by itself is a temperature, "4 °C/min" speaks of differences
    return f"delta_{name}" if name in ("degree_Celsius", "degree_Fahrenheit") and not is_alone else name


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint  # half a second, and only documents with quantities need it

    registry: Any = pint.UnitRegistry(autoconvert_offset_to_baseunit=True)
    registry.define("field_oersted = 79.57747154594767 ampere / meter")  # pint's own is not of the SI's dimension
    return registry
