"""Composite mentions: "breast and ovarian cancer" names two diseases, "IL-1 alpha and beta" two genes."""

import re

__all__ = ["JOINT", "split_composite"]

#: what stands between the parts of a composite name, with the blanks around it
JOINT = re.compile(r"\s*(?:,\s*and/or|,\s*and|,\s*or|and/or|\band\b|\bor\b|,|/)\s*")
_GREEK = "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa|[α-ω]"
_ROMAN = "I{1,3}|I?V|VI{1,3}"
#: the pieces of an ending
_PIECE = re.compile(
    rf"(?P<dash>-)|(?P<greek>{_GREEK})|(?P<number>\d+)|(?P<roman>{_ROMAN})|(?P<letters>[A-Z]{{1,2}})|[a-h]"
)
_SHAPES = {
    "dash": "-?",
    "greek": f"(?:{_GREEK})",
    "number": r"(?<!\d)\d+",
    "roman": f"(?:{_ROMAN}|[A-Z])",
}
#: what may stand in place of a whole name, the one before it being put before it: "MMP-2 and -9", "caspase-3/7",
#: "S100A7/A8", "cyclin D1 and D2"
_ENDING = re.compile(rf"-?(?:(?:{_GREEK}|\d+|{_ROMAN}|[A-Z]|[A-Z]{{1,2}}\d+|[a-h])[a-h]?|(?:{_GREEK})(?:\d|{_ROMAN}))")
#: so that "head and neck cancer of unknown primary" is not taken apart
MAX_WORDS = 7


def split_composite(name: str) -> tuple[str, ...]:
    """The names that a composite one stands for, each with what they share; () if it is not composite.

    >>> split_composite("breast and ovarian cancer"), split_composite("asthma")
    (('breast cancer', 'ovarian cancer'), ())
    >>> split_composite("IL-1 alpha and beta"), split_composite("caspase-3/7")
    (('IL-1 alpha', 'IL-1 beta'), ('caspase-3', 'caspase-7'))
    """
    parts = [part.strip() for part in JOINT.split(name) if part.strip()]
    if len(parts) < 2 or len(name.split()) > MAX_WORDS:
        return ()
    if all(_ENDING.fullmatch(part) for part in parts[1:]):
        return _with_shared_beginning(parts)
    if any(part[0].isdigit() for part in parts):
        return ()  # "type 1, 2 or 3 diabetes"
    *_, head = parts[-1].split(" ")
    if head == parts[-1]:  # two whole names: "anxiety and depression"
        return tuple(parts)
    return tuple(part if part.endswith(head) else f"{part} {head}" for part in parts)


def _with_shared_beginning(parts: list[str]) -> tuple[str, ...]:
    """What stands before the first part's ending is put before the others: MMP-2, MMP-9; () if it has no ending."""
    found = [parts[0]]
    for part in parts[1:]:
        beginning = _beginning(parts[0], part)
        if not beginning:
            return ()
        found.append(beginning + part.removeprefix("-"))
    return tuple(found)


def _beginning(name: str, ending: str) -> str:
    """The name without its own ending of this shape: letter for letter, number for number; "" if it has none.

    >>> _beginning("S100A7", "A8"), _beginning("MMP-2", "-9"), _beginning("PDGFRA", "B"), _beginning("DNMT1", "3a")
    ('S100', 'MMP-', 'PDGFR', 'DNMT')
    """
    pieces = [_shape(match) for match in _PIECE.finditer(ending)]
    for shape in (pieces, pieces[:-1]):  # "DNMT1, 3a": the letter is the second one's own
        match = re.fullmatch(rf"(.*?\w[- ]?){''.join(shape)}", name) if shape and shape != ["-?"] else None
        if match is not None:
            return match[1]
    return ""


def _shape(piece: re.Match[str]) -> str:
    # as many letters as there are: "B" stands for the A of PDGFRA, not for its RA
    if piece.lastgroup == "letters":
        return f"[A-Z]{{{len(piece[0])}}}"
    return _SHAPES.get(piece.lastgroup or "", "[a-h]")
