"""Sequence variants in one spelling: that of the HGVS nomenclature, without the reference sequence.

Papers write one variant in many ways: R215W, Arg215Trp, p.(Arg215Trp). den Dunnen et al. 2016,
https://hgvs-nomenclature.org
"""

import re

__all__ = ["normalise_variant"]

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


def _code(residue: str) -> str:
    if residue.lower() == "stop":
        return "Ter"
    return _LETTERS.get(residue, residue.capitalize())
