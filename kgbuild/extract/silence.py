"""Passages that name things and state nothing of them: rows of tables, lists of abbreviations, criteria, credits.

Cells joined to a row are no sentence; what stands under these headings, and who may take part in a study, in English,
relates nothing.
"""

import re

from kgbuild.document import Document, Passage

__all__ = ["is_silent"]

_NUMBER = r"(?:(?:\d+|[IVX]+|[A-Z])(?:\.\d+)*[.):]?\s+)?"
_SHORT = r"(?:abbreviations?|acronyms?|nomenclatures?|symbols|notations?|glossary)"
_SEARCH = r"(?:(?:literature|database|electronic|data) )*search(?:es)?(?: (?:strateg(?:y|ies)|methods?|terms))?"
_CREDITS = (
    r"acknowledge?ments?|funding(?: (?:information|sources?|statements?|support))?|key ?words"
    r"|authors?['\u2019]? (?:contributions?|information)"
    r"|(?:competing|conflicts? of|declaration of(?: competing)?) interests?|ethic(?:s|al)(?: \w+){0,3}"
)
#: The last heading above a passage.
_HEADING = re.compile(
    rf"{_NUMBER}(?:(?:list of |non-?standard )*{_SHORT}(?:,? (?:and|&) {_SHORT})*(?: used| list)?"
    r"|(?:(?:in|ex)clusion|eligibility)(?: (?:and|or) (?:in|ex)clusion)? criteria"
    rf"|{_SEARCH}(?: and (?:\w+ )?(?:selection|eligibility)(?: criteria| of studies)?)?|{_CREDITS})[.:]?",
    re.IGNORECASE,
)
_PEOPLE = r"(?:patients|subjects|participants|individuals|volunteers|people|persons|women|men|children|those)"
#: Who takes part in a study; "met the inclusion criteria" and "could not be excluded" tell of something else.
_CRITERIA = re.compile(
    r"\b(?:exclusion|inclusion|eligibility) criteri(?:a|on)(?: (?:for|of|to|in) [^,.;:]{1,40})?"
    r"(?::| (?:(?:were|was|are|is)(?! met)|included?|including|comprised?|consisted)\b)"
    rf"|\b(?:following )?{_PEOPLE} (?:were|was) (?:excluded|ineligible|not eligible)(?::| if\b| when they\b)"
    rf"|^\s*(?:We )?excluded (?:all |any )?{_PEOPLE} (?:with|who|taking|on)\b",
    re.IGNORECASE,
)


def is_silent(doc: Document, passage: Passage) -> bool:
    """Whether a passage is a row of a table, stands under the heading of what states nothing, or lists criteria.

    >>> from kgbuild.document import Span
    >>> is_silent(Document("kgb:doc-1", "BRCA1 AND cancer"), Passage(Span(0, 16), "sentence", "Search strategy"))
    True
    """
    if passage.kind == "row" or _HEADING.fullmatch(passage.section.rpartition(" > ")[2]):
        return True
    return _CRITERIA.search(doc.text_of(passage.span)) is not None
