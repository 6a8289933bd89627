"""Composite mentions: "breast and ovarian cancer" names two diseases, "IL-1 alpha and beta" two genes."""

import re

__all__ = ["split_composite"]

_JOINT = re.compile(r"\s*(?:,\s*and/or|,\s*and|,\s*or|and/or|\band\b|\bor\b|,|/)\s*")
#: a number, letter or Greek letter, which the name before it is to be put before: "MMP-2 and -9", "caspase-3/7"
_ENDING = re.compile(r"-?(?:\d+[A-Za-z]?|[A-Z]|[α-ω]|alpha|beta|gamma|delta|epsilon|zeta|kappa|I{1,3}|IV|V)")
_ENDED = re.compile(rf"(.*?\w[- ]?)(?<!\d){_ENDING.pattern}$")
#: so that "head and neck cancer of unknown primary" is not taken apart
MAX_WORDS = 7


def split_composite(name: str) -> tuple[str, ...]:
    """The names that a composite one stands for, each with what they share; () if it is not composite.

    >>> split_composite("breast and ovarian cancer"), split_composite("asthma")
    (('breast cancer', 'ovarian cancer'), ())
    >>> split_composite("IL-1 alpha and beta"), split_composite("caspase-3/7")
    (('IL-1 alpha', 'IL-1 beta'), ('caspase-3', 'caspase-7'))
    """
    parts = [part.strip() for part in _JOINT.split(name) if part.strip()]
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
    first = _ENDED.fullmatch(parts[0])
    if first is None:
        return ()
    beginning = first[1]
    return (parts[0], *(beginning + part.removeprefix("-") for part in parts[1:]))
