"""The known name that a misspelt one may be meant for, for messages."""

import difflib
from collections.abc import Iterable

__all__ = ["near_spelling"]


def near_spelling(name: str, known: Iterable[str]) -> str | None:
    """The known name that is spelled most alike, without regard to case; None if none is like it.

    >>> near_spelling("Gnee", ["Disease", "Gene"]), near_spelling("cid", ["CID"]), near_spelling("x", ["CID"])
    ('Gene', 'CID', None)
    """
    folded = {other.casefold(): other for other in known}
    alike = difflib.get_close_matches(name.casefold(), folded, n=1)
    return folded[alike[0]] if alike else None
