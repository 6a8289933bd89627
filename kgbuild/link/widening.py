"""The longer name that stands around a mention: "ocular hypertension" where a model marked "hypertension".

Only names that an ontology has, word for word, are looked for: by them a mention that was cut means what is written.
"""

import re
from collections.abc import Callable, Iterator

from kgbuild.document import Span
from kgbuild.link.names import FILLERS

__all__ = ["widened"]

#: Words before or after a mention that may belong to its name.
MAX_WORDS = 3
#: A shorter mention says too little of which of the names around it is meant.
MIN_LENGTH = 4
#: Names are not joined: "nausea and vomiting" are two, and where one of them stands alone it is still the same.
_JOINING = frozenset({"and", "or"})
_BEFORE = re.compile(r"[\w'’-]+ ?\Z")
_AFTER = re.compile(r" ?[\w'’-]+")


def widened(text: str, span: Span, is_name: Callable[[str], bool]) -> str:
    """The longest name that ends or begins with the words of the span, or these.

    >>> widened("In ocular hypertension it fell.", Span(10, 22), {"ocular hypertension"}.__contains__)
    'ocular hypertension'
    """
    own = text[span.start : span.end]
    if len(own) < MIN_LENGTH:
        return own
    longer = {text[start : span.end] for start in _starts(text, span.start)}
    longer |= {text[span.start : end] for end in _ends(text, span.end)}
    return next((name for name in sorted(longer, key=lambda name: (-len(name), name)) if is_name(name)), own)


def _starts(text: str, start: int) -> Iterator[int]:
    for _ in range(MAX_WORDS):
        word = _BEFORE.search(text, max(0, start - 40), start)
        if word is None or word[0].strip().casefold() in FILLERS:
            return
        start = word.start()
        yield start


def _ends(text: str, end: int) -> Iterator[int]:
    for _ in range(MAX_WORDS):
        word = _AFTER.match(text, end)
        if word is None or word[0].strip().casefold() in _JOINING:
            return
        end = word.end()
        if word[0].strip().casefold() not in FILLERS:
            yield end
