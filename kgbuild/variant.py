"""Sequence variants in one spelling: that of the HGVS nomenclature, without the reference sequence.

Papers write one variant in many ways: R215W, Arg215Trp, p.(Arg215Trp). den Dunnen et al. 2016,
https://hgvs-nomenclature.org. PubTator and its corpora give variants without a number of dbSNP in the form of tmVar
(Wei et al. 2013, https://doi.org/10.1093/bioinformatics/btt156).
"""

import re
from collections.abc import Iterable

__all__ = ["described_variant", "normalise_variant", "variant_of_tmvar"]

_LETTERS = {
    **{"A": "Ala", "R": "Arg", "N": "Asn", "D": "Asp", "C": "Cys", "Q": "Gln", "E": "Glu", "G": "Gly", "H": "His"},
    **{"I": "Ile", "L": "Leu", "K": "Lys", "M": "Met", "F": "Phe", "P": "Pro", "S": "Ser", "T": "Thr", "W": "Trp"},
    **{"Y": "Tyr", "V": "Val", "X": "Ter", "*": "Ter"},
}
#: an amino acid or a stop: codes of three letters in any case, of one letter in capitals
_RESIDUE = rf"((?i:{'|'.join(dict.fromkeys(_LETTERS.values()))}|stop)|[{''.join(_LETTERS)}])"
#: "-930", "1245", "*557", "855+1"
_PLACE = r"([-*]?\d+(?:[-+]\d+)?)"

_SUBSTITUTED = re.compile(rf"(p\.)?{_RESIDUE}-?(\d+)-?{_RESIDUE}")
_SHIFTED = re.compile(rf"(?:p\.)?{_RESIDUE}(\d+){_RESIDUE}?fs(?:(?:X|\*|(?i:ter))(\d+)?)?")
_BASE = re.compile(rf"([cgmn]\.)?{_PLACE}([ACGT])(?:-*>|/)([ACGT])")
_PIECE = re.compile(rf"([cgmn]\.)?({_PLACE}(?:_{_PLACE})?)(delins|del|ins|dup)([ACGT]*|\d+)")
#: kind of tmVar's forms -> the change in HGVS
_CHANGES = {"DEL": "del", "INS": "ins", "DUP": "dup", "INDEL": "delins"}
_BLANKS = re.compile(r"[\s()]+")
_BASES = frozenset("ACGT")


def normalise_variant(text: str) -> str | None:
    """The HGVS description of a variant; None if its words are not understood or have two meanings.

    Changes of bases without a prefix are taken as of coding DNA. C677T may be bases or amino acids, and stays.

    >>> [normalise_variant(text) for text in ("R215W", "p.Arg215Trp", "Glu104X", "643 C-->T", "c.549delC")]
    ['p.Arg215Trp', 'p.Arg215Trp', 'p.Glu104Ter', 'c.643C>T', 'c.549delC']
    >>> normalise_variant("C677T"), normalise_variant("p.Gly204ValfsX17"), normalise_variant("15 nucleotide")
    (None, 'p.Gly204ValfsTer17', None)
    """
    plain = _BLANKS.sub("", text)
    if found := _BASE.fullmatch(plain):
        kind, place, old, new = found.groups()
        return f"{kind or 'c.'}{place}{old}>{new}"
    if found := _PIECE.fullmatch(plain):
        kind, places, change, what = found[1], found[2], found[5], found[6]
        return f"{kind or 'c.'}{places}{change}{what}"
    if found := _SUBSTITUTED.fullmatch(plain):
        kind, old, place, new = found.groups()
        if kind is None and {old, new} <= _BASES:
            return None
        return f"p.{_code(old)}{place}{_code(new)}"
    if found := _SHIFTED.fullmatch(plain):
        old, place, new, end = found.groups()
        return f"p.{_code(old)}{place}{_code(new) if new else ''}fs{f'Ter{end}' if end else ''}"
    return None


def variant_of_tmvar(form: str) -> str | None:
    """The HGVS description of a variant in tmVar's form; None if the form is another or tells no change.

    >>> [variant_of_tmvar(form) for form in ("p|SUB|R|215|W", "c|SUB|A|-924|G", "c|DEL|1811_1812|AT", "p|FS|R|58||17")]
    ['p.Arg215Trp', 'c.-924A>G', 'c.1811_1812delAT', 'p.Arg58fsTer17']
    >>> variant_of_tmvar("c|Allele|A|689"), variant_of_tmvar("c|DEL||32"), variant_of_tmvar("DBSNP:rs1695")
    (None, None, None)
    """
    match form.split("|"):
        case ["p", "SUB", old, place, new] if old and new:
            written = f"p.{old}{place}{new}"
        case [("c" | "g" | "m" | "n") as kind, "SUB", old, place, new]:
            written = f"{kind}.{place}{old}>{new}"
        case [("c" | "g" | "m" | "n") as kind, change, place, what, *copies] if change in _CHANGES and not any(copies):
            written = f"{kind}.{place}{_CHANGES[change]}{what}"
        case ["p", "FS", old, place, new, end]:
            written = f"p.{old}{place}{new}fs{f'X{end}' if end else ''}"
        case _:
            return None
    return normalise_variant(written)


def described_variant(identifiers: Iterable[str]) -> str | None:
    """What the first of these that is in tmVar's form and tells a change describes; None if none is."""
    return next(filter(None, map(variant_of_tmvar, identifiers)), None)


def _code(residue: str) -> str:
    if residue.lower() == "stop":
        return "Ter"
    return _LETTERS.get(residue, residue.capitalize())
