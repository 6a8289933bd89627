"""The measurable properties that a schema knows, found in the words of a table's header or of a sentence."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from kgbuild.document import content_hash
from kgbuild.extract.headers import Header, bare_readings, parse_header
from kgbuild.extract.units import Unit, as_temperature, parse_unit
from kgbuild.schema import PropertyType

__all__ = ["FoundProperty", "Lexicon"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words beside a property's name that say what kind of value it is.
QUALIFIERS = _words(
    "calculated calc theoretical rom estimated apparent experimental exp average mean bulk total plastic uniform "
    "direct indirect"
)
#: Words that do not even do that.
MODIFIERS = _words(
    "property properties measured room temperature temp rt at of the a in value values sample samples film films glass "
    "glasses alloy alloys test"
)
#: Names of fewer letters are told apart by case, as symbols are.
_SHORT = 3
#: The number of a peak or a sample behind a symbol.
_INDEX = re.compile(r"\d")
#: Words that a name has at most.
_LONGEST = 6
#: In a document with it, a symbol of several temperatures, "Tc", is that of superconductors.
_SUPERCONDUCTING = "superconduct"
_KELVIN = "K"
#: Energies per mole stand for energies: an activation energy is given in eV or in kJ/mol.
_PER_MOLE = ".mol-1"
_ENERGY = "kg.m2.s-2"


class FoundProperty(msgspec.Struct, frozen=True):
    """A property and the place [start, end) of its name in the header, with the words that say what kind of value.

    `header` is what else the header says, read as that of the property.
    """

    property: PropertyType
    start: int
    end: int
    header: Header
    qualifiers: tuple[str, ...] = ()


class Lexicon:
    """Properties by name, alias and symbol; `version` changes with them."""

    def __init__(self, properties: Iterable[PropertyType]) -> None:
        known = sorted(properties, key=lambda item: item.name)
        self.version = content_hash(*(repr(msgspec.structs.astuple(item)) for item in known))
        self._n_properties = len(known)
        self._names: dict[str, list[PropertyType]] = {}
        self._inverted: dict[frozenset[str], list[PropertyType]] = {}
        self._symbols: dict[str, list[PropertyType]] = {}
        for item in known:
            names = (item.name.replace("_", " "), *item.aliases)
            for name in dict.fromkeys(_key(name) for name in names):
                for form in (name, _plural(name)):
                    self._names.setdefault(form, []).append(item)
            for words in dict.fromkeys(_unordered(name.split()) for name in names):
                if len(words) > 1:
                    self._inverted.setdefault(words, []).append(item)
            for symbol in _symbols_of(item):
                self._symbols.setdefault(symbol, []).append(item)

    def __len__(self) -> int:
        return self._n_properties

    def find(self, text: str, header: Header, context: str = "") -> FoundProperty | None:
        """The property that a header names, and no other words of weight.

        A unit in the header has to fit; a symbol counts only alone and beside such a unit. Of several properties that
        go by one symbol the one counts whose name stands in the context, in lower case; if several do, none is found.
        If none does, a temperature in kelvin is of the one that has the symbol among its names if the context speaks
        of superconductors. What may be a unit at the end of the header is one if it fits.
        """
        return next(
            (
                found
                for reading in (*bare_readings(text, header), header)
                if reading.is_clear and (found := self._read(text, reading, context)) is not None
            ),
            None,
        )

    def _read(self, text: str, header: Header, context: str) -> FoundProperty | None:
        words = [text[start:end] for start, end in header.words]
        units = [header.unit]
        if header.unit is not None and (temperature := as_temperature(header.unit.ucum)):
            units.append(temperature)
        for unit in units:
            dimension = None if unit is None else _dimension(unit)
            if found := self._symbol(words, dimension, context, unit) or self._named(words, dimension):
                item, first, last = found
                qualifiers = tuple(word.lower() for word in words if word.lower() in QUALIFIERS)
                said = msgspec.structs.replace(header, unit=unit)
                return FoundProperty(item, header.words[first][0], header.words[last - 1][1], said, qualifiers)
        return None

    def is_akin(self, text: str, header: Header) -> bool:
        """Whether a header names a property alone, in whatever unit, or among other words in a unit that fits."""
        words = [text[start:end] for start, end in header.words]
        dimension = None if header.unit is None else _dimension(header.unit)
        for first, last in _stretches(len(words)):
            key = _key("".join(words[first:last]))
            items = self._names.get(key, []) if len(key) > _SHORT else []
            is_alone = bool(items) and all(map(_is_light, (*words[:first], *words[last:])))
            if is_alone or self._fitting(items, dimension):
                return True
        return False

    def find_measured(self, name: str, si_unit: str, context: str) -> PropertyType | None:
        """The property that a sentence calls so and gives a value in this SI unit.

        A symbol counts only where the property's name stands in the context, in lower case.
        """
        words = [name[start:end] for start, end in parse_header(name).words]
        if found := self._named(words, si_unit):
            return found[0]
        found = self._symbol(words, si_unit, context, None)
        return found[0] if found is not None and any(full in context for full in _full_names(found[0])) else None

    def fits(self, item: PropertyType, si_unit: str) -> bool:
        """Whether a quantity in this SI unit may be a value of the property."""
        dimension = _dimension_of_code(item.unit)
        is_energy = dimension == _ENERGY
        return si_unit == dimension or (is_energy and si_unit.replace(_PER_MOLE, "") == dimension)

    def _named(self, words: list[str], dimension: str | None) -> tuple[PropertyType, int, int] | None:
        for first, last in _stretches(len(words)):
            name = "".join(words[first:last])
            known = self._names.get(_key(name)) or self._inverted.get(_unordered(words[first:last])) or []
            items = self._fitting(known, dimension)
            if items and len(self._symbols.get(name, ())) < 2:
                others = [*words[:first], *words[last:]]
                return (items[0], first, last) if len(items) == 1 and self._add_nothing(others, items[0]) else None
        return None

    def _symbol(
        self, words: list[str], dimension: str | None, context: str, unit: Unit | None
    ) -> tuple[PropertyType, int, int] | None:
        kept = [place for place, word in enumerate(words) if not _is_light(word)]
        if dimension is None or not kept or kept[-1] - kept[0] >= len(kept):
            return None
        first, last = kept[0], kept[-1] + 1
        if last - first > 1 and _INDEX.fullmatch(words[last - 1]) and len("".join(words[first:last])) > 2:
            last -= 1  # "Tx2" is a Tx, "E2" is no E
        symbol = "".join(words[first:last])
        items = self._fitting(self._symbols.get(symbol, ()), dimension)
        if len(items) > 1:
            meant = [item for item in items if any(name in context for name in _full_names(item))]
            is_numbered = last <= kept[-1]  # peaks of a scan: "Tc1", "Tc2"
            in_kelvin = unit is not None and unit.ucum == _KELVIN
            if not meant and in_kelvin and not is_numbered and _SUPERCONDUCTING in context:
                meant = [item for item in items if symbol in item.aliases]
            items = meant
        return (items[0], first, last) if len(items) == 1 else None

    def _fitting(self, items: Iterable[PropertyType], dimension: str | None) -> list[PropertyType]:
        return [item for item in items if dimension is None or self.fits(item, dimension)]

    def _add_nothing(self, words: list[str], item: PropertyType) -> bool:
        rest = [word for word in words if not _is_light(word)]
        return not rest or "".join(rest) in _symbols_of(item)


def _is_light(word: str) -> bool:
    return word.lower() in MODIFIERS or word.lower() in QUALIFIERS


def _stretches(n_words: int) -> Iterator[tuple[int, int]]:
    """Runs [first, last) of words, the longest first."""
    for length in range(min(n_words, _LONGEST), 0, -1):
        for first in range(n_words - length + 1):
            yield first, first + length


def _symbols_of(item: PropertyType) -> tuple[str, ...]:
    """The symbols, and the other names that are as short."""
    return tuple(dict.fromkeys((*item.symbols, *(alias for alias in item.aliases if len(_key(alias)) <= _SHORT))))


def _full_names(item: PropertyType) -> list[str]:
    names = (item.name.replace("_", " "), *item.aliases)
    return [name.lower() for name in names if len(_key(name)) > _SHORT]


def _key(name: str) -> str:
    joined = "".join(character for character in name if character.isalnum())
    return joined if len(joined) <= _SHORT else joined.casefold()


def _unordered(words: Iterable[str]) -> frozenset[str]:
    """The words of a name in any order: "Tensile strength, ultimate"."""
    return frozenset(map(_key, words))


def _plural(key: str) -> str:
    """The plural of a name's key: "densities", "moduli", "refractiveindices", "PCEs".

    >>> [_plural(key) for key in ("density", "bulkmodulus", "hardness", "Tg")]
    ['densities', 'bulkmoduli', 'hardnesses', 'Tgs']
    """
    for end, plural in (("ay", "ays"), ("y", "ies"), ("us", "i"), ("index", "indices"), ("s", "ses")):
        if key.endswith(end):
            return key.removesuffix(end) + plural
    return f"{key}s"


@lru_cache(maxsize=4096)
def _dimension_of_code(ucum: str) -> str:
    """Of a schema's unit; "" for one that is not understood, which nothing fits."""
    plain = ucum.replace("[", "").replace("]", "")  # "mm[Hg]" is written "mmHg"
    return "1" if ucum == "1" else _dimension(parse_unit(plain) if plain else None)


@lru_cache(maxsize=4096)
def _dimension(unit: Unit | None) -> str:
    return "" if unit is None else unit.to_si(1.0)[1]
