"""Abbreviations that a document defines: "tumour necrosis factor (TNF)", or "TNF: tumour necrosis factor" in a list.

Schwartz and Hearst 2003, "A simple algorithm for identifying abbreviation definitions in biomedical text"
(https://psb.stanford.edu/psb-online/proceedings/psb03/schwartz.pdf), with the short form inside or before the
brackets; lists of abbreviations are read by the same rule.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

__all__ = ["ASIDE", "expand_abbreviations", "find_abbreviations"]

_BRACKETS = re.compile(r"[(\[]([^()\[\]]{1,200})[)\]]")
_SENTENCE_END = re.compile(r"[.!?;]\s+(?=[A-Z(])|\n")
#: "TNF: tumour necrosis factor" on a line of its own or between semicolons; between these with a comma or "=", too
_LISTED = re.compile(
    r"(?:(?:^|\n|; ?)(?P<short>[^\W_][\w&/+–-]{1,9})(?:: ?| ?= ?)|; ?(?P<named>[^\W_][\w&/+–-]{1,9}), )"
    r"(?P<long>[^\n,;:=]{3,100}?)\.?(?=\n|;|$)"
)
_SEPARATOR = re.compile(r"[,;:]| or | also ")
_LAST_WORDS = re.compile(r"\S+\s*$")
#: "(G6PD)" of "glucose-6-phosphate dehydrogenase (G6PD) deficiency", with the blanks before it
ASIDE = re.compile(r"\s*[(\[][^()\[\]]{1,40}[)\]]")
_WORD = re.compile(r"[\w+]+(?:-[A-Z\d]\w*)*")
MAX_SHORT_LENGTH = 10
#: shorter words are not abbreviated by their first letter
MIN_INITIALLED = 8


@lru_cache(maxsize=1)  # several steps ask for those of the text at hand, and each part of a long one does
def find_abbreviations(text: str) -> dict[str, str]:
    """Short form -> long form, as first defined in the text; asked again, the same one, which is not to be changed.

    >>> find_abbreviations("Tumour necrosis factor (TNF) and angiotensin-converting enzyme (ACE) inhibitors")
    {'TNF': 'Tumour necrosis factor', 'ACE': 'angiotensin-converting enzyme'}
    """
    found: dict[str, str] = {}
    for match in _BRACKETS.finditer(text):
        before = _SENTENCE_END.split(text[max(0, match.start() - 300) : match.start()])[-1].rstrip()
        inside = _SEPARATOR.split(match[1])[0].strip()
        pair = _definition(inside, before) or _reversed_definition(match[1].strip(), before)
        if pair is not None:
            found.setdefault(*pair)
    for match in _LISTED.finditer(text):
        short, long = match["short"] or match["named"], match["long"].strip()
        # "Aim: Assess in mice" is no definition
        if _is_short_form(short) and sum(map(str.isupper, short)) > 1 and _best_long_form(short, long) == long:
            found.setdefault(short, long)
    return found


def expand_abbreviations(text: str, long_forms: Mapping[str, str]) -> str:
    """The text with the document's abbreviations among its words written out, or "" if it holds none.

    >>> expand_abbreviations("sporadic AD", {"AD": "Alzheimer's disease"}), expand_abbreviations("AD", {})
    ("sporadic Alzheimer's disease", '')
    """
    if text in long_forms:
        return long_forms[text]
    if not long_forms:
        return ""
    # "glucose-6-phosphate dehydrogenase (G6PD) deficiency": the long form stands there already
    bare = ASIDE.sub(lambda match: "" if match[0].strip(" ()[]") in long_forms else match[0], text)
    expanded = _WORD.sub(lambda match: _long_form(match[0], long_forms), bare)
    return expanded if expanded != text else ""


def _definition(short: str, before: str) -> tuple[str, str] | None:
    """`long form (short)`."""
    if len(short) == 1:
        return _initial(short, before)
    if not _is_short_form(short):
        return None
    n_words = min(len(short) + 5, len(short) * 2)
    words = before.split(" ")
    long = _best_long_form(short, " ".join(words[-n_words:]))
    return None if long is None else (short, long)


def _initial(letter: str, before: str) -> tuple[str, str] | None:
    """`testosterone (T)`: a capital of the word before it, a long one, which is nothing in capitals itself."""
    word = before.rpartition(" ")[2]
    stands = letter.isupper() and len(word) >= MIN_INITIALLED and word[0] in (letter, letter.lower())
    return (letter, word) if stands and word[1:].islower() else None


def _reversed_definition(long: str, before: str) -> tuple[str, str] | None:
    """`short (long form)`."""
    match = _LAST_WORDS.search(before)
    if match is None or not _is_short_form(match[0].strip()) or " " not in long:
        return None
    short = match[0].strip()
    best = _best_long_form(short, long)
    return (short, best) if best == long else None


def _is_short_form(text: str) -> bool:
    """Two to ten characters, at most two words, an alphanumeric start, and not a mere word or number."""
    if not 2 <= len(text) <= MAX_SHORT_LENGTH or len(text.split()) > 2 or not text[0].isalnum():
        return False
    return any(letter.isupper() for letter in text) or (text.isalpha() and len(text) <= 4)


def _best_long_form(short: str, candidate: str) -> str | None:
    """The shortest end of the candidate with the short form's letters in order, the first at a word's beginning.

    Before that, the last words if their initials are the short form: "attenuated adenomatous polyposis coli (AAPC)";
    else those whose initials are it in another order, as that of another language: "myotonic dystrophy (DM)".
    """
    words = candidate.split()[-len(short) :]
    if len(short) > 2 and "".join(word[0] for word in words).casefold() == short.casefold():
        return " ".join(words)
    place = len(candidate) - 1
    for index in range(len(short) - 1, -1, -1):
        letter = short[index].casefold()
        if not letter.isalnum():
            continue
        while place >= 0 and (
            candidate[place].casefold() != letter or (index == 0 and place > 0 and candidate[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return " ".join(words) if _is_reordered(short, words) else None
        place -= 1
    start = candidate.rfind(" ", 0, place + 1) + 1
    while start < len(candidate) and not candidate[start].isalnum():
        start += 1
    long = candidate[start:].strip()
    n_letters = sum(letter.isalnum() for letter in short)
    too_long = len(long.split()) > min(n_letters + 5, n_letters * 2)
    return None if len(long) < len(short) or short in long.split() or too_long else long


def _is_reordered(short: str, words: Sequence[str]) -> bool:
    # "survival was poor (PW)", "Akt phosphorylates Bad (BP)"
    is_name = all(word.islower() and len(word) >= MIN_INITIALLED for word in words)
    return is_name and short.isupper() and sorted(word[0].upper() for word in words) == sorted(short)


def _long_form(word: str, long_forms: Mapping[str, str]) -> str:
    if len(word) == 1:
        return word  # "vitamin D" in a paper on doxorubicin (D)
    known = long_forms.get(word)
    if known is None and word.endswith("s"):
        known = long_forms.get(word[:-1])
    if known is None and word + "s" in long_forms:
        known = long_forms[word + "s"].removesuffix("s")
    if known is None and "-" in word:  # "AO-GLD" in a paper on globoid cell leukodystrophy (GLD)
        return "-".join(long_forms.get(part, part) if len(part) > 1 else part for part in word.split("-"))
    return known if known is not None else word
