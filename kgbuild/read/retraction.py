"""How the title of a paper says that it is retracted, or that it is the notice of a retraction."""

import re

__all__ = ["is_retraction_title"]

_TITLE = re.compile(r"\W*retract(?:ed|ion)(?: (?:article|note|notice))?\s*(?:[:\])]|\W*\Z)", re.IGNORECASE)


def is_retraction_title(title: str) -> bool:
    """Whether a title, white space collapsed, begins with such a mark or is nothing else.

    >>> [is_retraction_title(title) for title in ("[Retracted article] On it", "Retraction", "Retraction of the lip")]
    [True, True, False]
    """
    return _TITLE.match(title) is not None
