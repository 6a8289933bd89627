"""Composite mentions: "breast and ovarian cancer" names two diseases."""

import re

__all__ = ["split_composite"]

_JOINT = re.compile(r"\s*(?:,\s*and/or|,\s*and|,\s*or|and/or|\band\b|\bor\b|,|/)\s*")
#: so that "head and neck cancer of unknown primary" is not taken apart
MAX_WORDS = 7


def split_composite(name: str) -> tuple[str, ...]:
    """The names that a composite one stands for, each with the shared last word; () if it is not composite.

    >>> split_composite("breast and ovarian cancer"), split_composite("asthma")
    (('breast cancer', 'ovarian cancer'), ())
    """
    parts = [part.strip() for part in _JOINT.split(name) if part.strip()]
    if len(parts) < 2 or len(name.split()) > MAX_WORDS or any(part[0].isdigit() for part in parts):
        return ()  # "type 1, 2 or 3 diabetes"
    *_, head = parts[-1].split(" ")
    if head == parts[-1]:  # two whole names: "anxiety and depression"
        return tuple(parts)
    return tuple(part if part.endswith(head) else f"{part} {head}" for part in parts)
