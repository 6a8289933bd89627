"""Passages that name things and state nothing of them: rows of tables, lists of abbreviations, searches, credits.

Cells joined to a row are no sentence, and what stands under these headings, in English, relates nothing.
"""

import re

from kgbuild.document import Passage

__all__ = ["is_silent"]

_NUMBER = r"(?:(?:\d+|[IVX]+|[A-Z])(?:\.\d+)*[.):]?\s+)?"
_SHORT = r"(?:abbreviations?|acronyms?|nomenclatures?|symbols|notations?|glossary)"
_SEARCH = r"(?:(?:literature|database|electronic|data) )*search(?:es)?(?: (?:strateg(?:y|ies)|methods?|terms))?"
_CREDITS = (
    r"acknowledge?ments?|funding(?: \w+)?|authors?['\u2019]? (?:contributions?|information)|key ?words"
    r"|(?:competing|conflicts? of|declaration of(?: competing)?) interests?|ethic(?:s|al)(?: \w+){0,3}"
)
#: The last heading above a passage.
_HEADING = re.compile(
    rf"{_NUMBER}(?:(?:list of |non-?standard )*{_SHORT}(?:,? (?:and|&) {_SHORT})*(?: used| list)?"
    rf"|{_SEARCH}(?: and (?:\w+ )?(?:selection|eligibility)(?: criteria| of studies)?)?|{_CREDITS})[.:]?",
    re.IGNORECASE,
)


def is_silent(passage: Passage) -> bool:
    """Whether the passage is a row of a table or stands under the heading of what states nothing.

    >>> from kgbuild.document import Span
    >>> is_silent(Passage(Span(0, 9), "sentence", "Methods > Search strategy"))
    True
    """
    return passage.kind == "row" or _HEADING.fullmatch(passage.section.rpartition(" > ")[2]) is not None
