"""What the header of a table's row or column says besides a name: unit, power of ten, conditions.

"Tg (°C)", "σ / S cm−1", "Yield strength, MPa", "Total ionic conductivity (10^−4 S·cm^−1), 25 °C". A unit that nothing
parts from the name ("Band gap eV", "density_g_cm3") is one reading of several: who knows the name chooses. A power of
ten counts where it stands with the unit; beside the name ("σ × 10^4") papers mean now one thing, now its inverse, and
the header is not understood.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from kgbuild.extract.quantities import parse_quantities
from kgbuild.extract.units import Unit, parse_unit

__all__ = ["SAMPLES", "Header", "bare_readings", "parse_header", "unit_alone"]


class Header(msgspec.Struct, frozen=True):
    """A header in its parts. `words` are those of its name with their places in it; `factor` goes with the unit.

    `conditions` are quantities that stand in it, as written. `is_clear` is false where a power of ten stands beside the
    name; `end` is where what belongs to the name does.
    """

    words: tuple[tuple[int, int], ...]
    unit: Unit | None = None
    factor: float = 1.0
    conditions: tuple[str, ...] = ()
    is_clear: bool = True
    end: int = 0


#: Headers of columns of samples, where names of substances stand beside labels.
SAMPLES = re.compile(
    r"(?:(?:the|tested|studied|measured|names?|ids?|codes?|labels?|samples?|specimens?|powders?|pellets?|thin|films?|"
    r"single|crystals?|nanoparticles?|cathodes?|anodes?|electrodes?|entry|entries|row|column)\W*)*",
    re.IGNORECASE,
)
#: Characters of a header, at most, in which a unit that nothing parts from the name is looked for.
LONGEST_BARE = 200

_TEX = str.maketrans({"$": " ", "{": " ", "}": " ", "\\": " "})
_TEX_WORDS = (("\\mu", "μ   "), ("^\\circ", "°      "), ("\\circ", "°     "), ("\\Omega", "Ω      "))
_SIGNS = str.maketrans({"−": "-", "–": "-", "‒": "-", "‐": "-", "‑": "-", "⋅": "·", "º": "°", "×": "x"})
_BRACKETS = {"(": ")", "[": "]"}
#: "10^3", "10-3", "x 103"; "100 °C" is a temperature.
_POWER = re.compile(
    r"\s*(?:[x·*]\s*10\s?\^?\s?|10\s?\^\s?|10\s?(?=[-+]))(?P<power>[-+]?\d{1,2})\s*[·x*]?\s*(?P<unit>.*)", re.DOTALL
)
#: A power of ten that no unit follows.
_BARE_POWER = re.compile(r"(?:[x·*]\s*|\b)10\s?\^?\s?-?\d")
#: "Tg (°C) ± 3": what all values of the column are sure to.
_UNCERTAINTY = re.compile(r"\s*(?:±|\+/?-)\s*\d.*")
_CONDITION = re.compile(r"(?:\b(?:at|@|under)|@|,)\s*(?:T\s*=\s*)?(?P<quantity>\d[^,;@]*)$")
_TAIL = re.compile(r"(?:\s/\s?|\s?/\s|,\s*|\s+in\s+)(?P<unit>[^,]{1,30})$|^(?P<symbol>\S{1,4})/(?P<short>[^,/]{1,12})$")
#: "Band gap/eV", as IUPAC has it.
_SLASH = re.compile(r"(?<=[^\s/])/(?=[^\s/])")
#: "Elongation %", "Fe wt.%", "Melting point °C".
_SIGN = re.compile(r"\s?(?P<unit>(?:\b(?:wt|at|mol|vol)[. ]{0,2})?%|°\s?[CF])$")
#: Where a unit may begin that nothing else parts from the name.
_BORDER = re.compile(r"(?<=[^\s_])(?:[\s_]+|/)(?=\S)")
#: What TeX commands leave between a sign and its letter.
_SPLIT_SIGN = re.compile(r"([μ°])\s+(?=[A-Za-z])")
#: "A1" is a name, not amperes: nobody writes the first power.
_FIRST_POWER = re.compile(r"[^-\d^]1$")
#: "W/m-K", "Ohm-cm": products, which "L-T" and "C-F" are not.
_HYPHEN = re.compile(r"(?<=[A-Za-z])-(?=[A-Za-z])")
_PRODUCT = re.compile(r"\b(?:[kMGmμ]?(?:Ω|[Oo]hm)-[cmμ]?m|k?N-[cm]?m|m?Pa-s|[km]?[AW]-hr?)\b")
#: Vickers hardness is name and unit in one: "HV", "Microhardness HV0.5".
_VICKERS = re.compile(r"(?<![\w-])H[Vv](?: ?\d+(?:\.\d+)?)?$")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:\.\d+)?")


@lru_cache(maxsize=4096)
def parse_header(text: str) -> Header:
    """The parts of a header.

    >>> header = parse_header("Total ionic conductivity (10−4 S·cm−1), 25 °C")
    >>> header.unit.ucum, header.factor, header.conditions
    ('S.cm-1', 0.0001, ('25 °C',))
    """
    plain = _plain(text)
    name = list(plain)
    unit, factor, conditions = None, 1.0, []
    for start, end in _bracketed(plain):
        inside = plain[start + 1 : end - 1]
        found = _unit(inside) or _unit(inside.rpartition(",")[2])
        if found is not None and unit is None:
            unit, factor = found
        elif _is_quantity(inside):
            conditions.append(text[start + 1 : end - 1].strip())
        elif not _UNCERTAINTY.match(inside):
            continue
        name[start:end] = " " * (end - start)
    rest = "".join(name).rstrip()
    if uncertain := _UNCERTAINTY.search(rest):
        rest = rest[: uncertain.start()].rstrip()
    while match := _CONDITION.search(rest):
        if not _is_quantity(match["quantity"]):
            break
        conditions.append(text[match.start("quantity") : match.end("quantity")].strip())
        rest = rest[: match.start()].rstrip()
    if unit is None and (tail := _tail(rest)):
        unit, factor = tail.unit, tail.factor
        rest = rest[: tail.start]
    if unit is None and (match := _VICKERS.search(rest)):
        unit = parse_unit(match[0])
        rest = rest[: match.start() + 2]
    words = tuple(match.span() for match in _WORD.finditer(rest))
    return Header(words, unit, factor, tuple(conditions), is_clear=_is_clear(rest), end=len(rest))


def bare_readings(text: str, header: Header) -> Iterator[Header]:
    """What a header without a unit says if it ends in one: name and unit parted by a blank, "_" or "/", longest first.

    In "thermal_conductivity_W_mK" the first "_" of the unit may stand for "/".

    >>> text = "Thermal conductivity W/mK"
    >>> [(text[: reading.words[-1][1]], reading.unit.ucum) for reading in bare_readings(text, parse_header(text))]
    [('Thermal conductivity', 'W.m-1.K-1'), ('Thermal conductivity W', 'mK')]
    """
    if header.unit is not None or not header.words or len(text) > LONGEST_BARE:
        return
    rest = _plain(text)[: header.end]
    for border in _BORDER.finditer(rest, header.words[0][0]):
        tail = rest[border.end() :]
        words = tuple(word for word in header.words if word[1] <= border.start())
        for written in dict.fromkeys((tail.replace("_", "/", 1).replace("_", " "), tail.replace("_", " "))):
            if _is_outside_brackets(rest[: border.start()]) and (found := _unit(written)):
                is_clear = _is_clear(rest[: border.start()])
                yield Header(words, *found, header.conditions, is_clear=is_clear, end=border.start())


class _Tail(msgspec.Struct, frozen=True):
    """A unit at a header's end, and where what belongs to it starts."""

    start: int
    unit: Unit
    factor: float


def _tail(rest: str) -> _Tail | None:
    """The unit that a mark or a sign tells from the name before it; what begins within brackets is none."""
    tail = _marked_tail(rest)
    return tail if tail is not None and _is_outside_brackets(rest[: tail.start]) else None


def _is_outside_brackets(name: str) -> bool:
    return all(name.count(opening) == name.count(closing) for opening, closing in _BRACKETS.items())


def _marked_tail(rest: str) -> _Tail | None:
    if match := _TAIL.search(rest):
        group = "unit" if match["unit"] else "short"
        if found := _unit(match[group]):
            return _Tail(match.start() if group == "unit" else match.end("symbol"), *found)
    if (match := _SIGN.search(rest)) and (found := _unit(match["unit"])):
        return _Tail(match.start(), *found)
    # in "Speed km/h" the slash is the unit's own, and "Control/A" may be no current
    if (match := _SLASH.search(rest)) and len(rest) - match.end() > 1:
        is_whole = _unit(rest[rest.rfind(" ", 0, match.start()) + 1 :]) is not None
        found = None if is_whole else _unit(rest[match.end() :])
        return None if found is None else _Tail(match.start(), *found)
    return None


def _is_clear(name: str) -> bool:
    return _BARE_POWER.search(name) is None


def unit_alone(text: str) -> tuple[Unit, float] | None:
    """The unit that is all of a header, as in a row of units below the names, with its power of ten; else None.

    >>> unit_alone("[S/cm]")[0].ucum, unit_alone("Density")
    ('S.cm-1', None)
    """
    plain = _plain(text).strip()
    if plain[:1] in _BRACKETS and plain.endswith(_BRACKETS[plain[0]]):
        plain = plain[1:-1]
    return _unit(plain)


def _plain(text: str) -> str:
    """The text without TeX marks and with plain signs, each character in its place."""
    for tex, sign in _TEX_WORDS:
        text = text.replace(tex, sign)
    text = text.translate(_TEX).translate(_SIGNS)
    composed = [unicodedata.normalize("NFKC", character) for character in text]
    return "".join(new if len(new) == 1 else old for new, old in zip(composed, text, strict=True))


def _bracketed(text: str) -> Iterator[tuple[int, int]]:
    """The outermost brackets [start, end) with what they hold."""
    opened: list[str] = []
    start = 0
    for place, character in enumerate(text):
        if character in _BRACKETS:
            start = place if not opened else start
            opened.append(_BRACKETS[character])
        elif opened and character == opened[-1]:
            opened.pop()
            if not opened:
                yield start, place + 1


def _unit(text: str) -> tuple[Unit, float] | None:
    """A unit with its power of ten; None for what is none, and for nothing."""
    text = _SPLIT_SIGN.sub(r"\1", re.sub(r"\s*\^\s*", "^", text.strip()))
    text = _with_products(re.sub(r"^1\s*(?=/)", "", text))  # "1/K"
    power = _POWER.fullmatch(text)
    symbols, factor = (power["unit"], 10.0 ** int(power["power"])) if power else (text, 1.0)
    unit = parse_unit(symbols) if symbols.strip() and not _FIRST_POWER.search(symbols) else None
    return (unit, factor) if unit is not None else None


def _with_products(unit: str) -> str:
    """A unit with a sign for each hyphen that is one."""
    above, slash, below = unit.partition("/")
    return _PRODUCT.sub(lambda match: match[0].replace("-", "*"), above) + slash + _HYPHEN.sub("*", below)


def _is_quantity(text: str) -> bool:
    parsed = parse_quantities(text)
    return len(parsed) == 1 and parsed[0].quantity.unit != "1"
