"""The names as which a mention is looked up: as written, written out, without its frame, as a noun, as a formula."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from kgbuild.abbreviation import ASIDE
from kgbuild.formula import FORMULA_TYPES, normalise_formula
from kgbuild.formula.elements import ELEMENT_NAMES
from kgbuild.link.acronyms import MATERIAL_ACRONYMS
from kgbuild.link.framing import as_noun, without_frame
from kgbuild.link.gene_names import Recast, gene_variants
from kgbuild.link.inorganic import names_of_formula

__all__ = ["DISORDER_TYPES", "How", "Reading", "initials_of", "is_acronym", "readings"]

How = (
    Literal["written", "long_form", "short_form", "framed", "noun", "completed", "formula", "letters", "symbol"]
    | Recast
)

DISORDER_TYPES = ("Disease", "Phenotype")
#: molecular formulas that several compounds have
_OF_ISOMERS = re.compile(r"C(?:[2-9]|\d{2,})H\d+(?:[A-Z][a-z]?\d*)*")
#: what a company calls a compound, with thousands set apart: "RP 67,580", "U-50,488H"
_THOUSANDS = re.compile(r"([A-Za-z]{1,8}[ -]?\d{1,3}),(\d{3}[A-Z]?)")
_ACRONYM = re.compile(r"[a-z]?[A-Z]{2,5}s?")


class Reading(NamedTuple):
    """A name to look a mention up as, how it comes about, and the same in words ("" as written).

    With `meaning`, a concept that is found must share a word with that long form.
    """

    name: str
    how: How
    note: str = ""
    meaning: str = ""


def readings(text: str, long_form: str, type: str, short_form: str = "") -> list[Reading]:
    """The readings of a mention, the surest first, each name once; `short_form` abbreviates it in its document."""
    found: dict[str, Reading] = {}
    for reading in _all_readings(text, long_form, type, short_form):
        if reading.name and reading.name not in found:
            found[reading.name] = reading
    return list(found.values())


def is_acronym(text: str) -> bool:
    """Whether a name is a few letters that stand for words, mostly capitals: "PVP", "rGO", not "Fe" or "mice"."""
    return _ACRONYM.fullmatch(text) is not None


def initials_of(name: str) -> str:
    """The first letters of a name's words in capitals, or "" where it has less than three."""
    words = [
        word for word in re.split(r"[\s-]+", name) if word[:1].isalpha() and word not in ("of", "the", "and", "in")
    ]
    return "".join(word[0] for word in words).upper() if len(words) > 2 else ""


def _all_readings(text: str, long_form: str, type: str, short_form: str) -> Iterator[Reading]:
    if long_form:
        note = f"short for {long_form!r} in this document: "
        for name, how in _variants(long_form, type):
            yield Reading(name, "long_form" if how == "written" else how, note)
        if type == "Gene":
            # papers define genes in words of their own: the symbol counts as much
            for name, how in _variants(text, type):
                yield Reading(name, "symbol" if how == "written" else how, "by its letters: ", meaning=long_form)
        else:
            yield Reading(text, "letters", f"{long_form!r} is not known: ", meaning=long_form)
        return
    if type in FORMULA_TYPES and _OF_ISOMERS.fullmatch(text):
        return  # glucose, fructose, inositol ...
    acronym = text if text in MATERIAL_ACRONYMS else text.removesuffix("s")
    if type == "Material" and acronym in MATERIAL_ACRONYMS:
        name = MATERIAL_ACRONYMS[acronym]
        for variant, how in _variants(name, type):
            yield Reading(variant, "long_form" if how == "written" else how, f"short for {name!r} among materials: ")
        yield Reading(text, "letters", "as it stands: ")
        return
    if type in FORMULA_TYPES and text in ELEMENT_NAMES:
        yield Reading(ELEMENT_NAMES[text], "written", f"the element {text}: ")
    for name, how in _variants(text, type):
        yield Reading(name, how, f"read as {name!r}: " if name != text else "")
    if short_form and type == "Gene":
        note = f"called {short_form!r} in this document: "
        for name, how in _variants(short_form, type):
            yield Reading(name, "short_form" if how == "written" else how, note, meaning=text)
    formula = normalise_formula(text) if type in FORMULA_TYPES else None
    if formula is not None:
        yield Reading(formula, "formula", f"formula {formula}: ")
        for name in names_of_formula(text):
            yield Reading(name, "formula", f"{text} is {name}: ")


def _variants(name: str, type: str) -> Iterator[tuple[str, How]]:
    """The name, without the words around it, and as a noun."""
    yield name, "written"
    framed = without_frame(name, type)
    if framed != name:
        yield framed, "framed"
    bare = ASIDE.sub("", name).strip()
    if bare and bare not in (name, framed):
        yield bare, "framed"
        yield without_frame(bare, type), "framed"
    if type == "Gene":
        for spelling in dict.fromkeys((name, framed or name, bare or name)):
            yield from gene_variants(spelling)
    if type == "Chemical" and (code := _THOUSANDS.fullmatch(name)):
        yield "".join(code.groups()), "recast"
    if type in DISORDER_TYPES:
        noun = as_noun((framed or name).casefold())
        if noun != (framed or name).casefold():
            yield noun, "noun"
        yield f"{framed or name} disease", "completed"  # "von Willebrand", "Down's"
        yield f"{framed or name} syndrome", "completed"
