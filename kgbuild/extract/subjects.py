"""What has a property, as the words around it tell, and which values go with which of several names.

"The band gap of ZnO", "ZnO has a band gap of 3.4 eV", "ZnO (band gap = 3.4 eV)"; "the densities of A and B were 2.3 and
2.4 g/cm3, respectively". A sentence is read with a sign in the place of each mention; what has none of these forms says
nothing, since a wrong subject is worse than none.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

import msgspec

from kgbuild.document import Document, Mention

__all__ = [
    "SUBSTANCES",
    "Sentence",
    "Series",
    "find_holders",
    "find_holders_of_values",
    "find_series",
    "find_sole_holders",
    "signed_sentences",
]

SUBSTANCES = ("Material", "Chemical")
#: What stands for a substance, property, quantity and form: characters for private use, taken out of the text.
S, P, Q, F = "\ue000", "\ue001", "\ue002", "\ue003"
SIGNS = {**dict.fromkeys(SUBSTANCES, S), "Property": P, "Quantity": Q, "Form": F}
_NO_SIGNS = str.maketrans(dict.fromkeys((S, P, Q, F), " "))

_BRACKETS = r"(?: ?\([^()]{1,40}\))?"
_ARTICLE = r"(?:(?:the|an?|its|their|this|our|both) )?"
#: A word before a name; "other polymers" and "cells with ZnO" are none of it.
_WORD = r"(?:(?!(?:and|or|of|no|not|non|others?|most|some|such|all|many|any|than|with|in|on|by|for|to)\b)[a-z-]+ )"
_KIND = (
    r"(?: (?:films?|polymers?|samples?|pellets?|alloys?|powders?|(?:nano)?particles?|membranes?|composites?|crystals?"
    r"|glass(?:es)?|ceramics?|layers?|coatings?|fib(?:er|re)s?|catalysts?|complex(?:es)?|steels?|sheets?))?"
)
#: "ZnO-based", "ZnO/TiO2" and "P3HT : PCBM" name something else.
_END = r"(?! ?[-‐-―/@:+]|\w)"
_NAME = rf"{_ARTICLE}{_WORD}{{0,2}}{S}{_END}(?: {F})?{_KIND}{_BRACKETS}{_END}"
#: Nor is a name "ZnO" of "a ZnO loading".
_WHOLE = (
    r"(?= ?[.,;:)\]=]| ?$| (?:and|or|but|with|without|at|in|on|from|by|to|under|against|of|for|as|than|after|before"
    r"|during|while|whereas|when|where|which|that|is|are|was|were|has|have|had|can|could|would|may|reach(?:e[sd])?"
    r"|[a-z]+ed)\b)"
)
_ALONE = rf"(?! ?,? ?(?:and|or|to) |,? ?{S})"
_SEPARATOR = r"(?: ?, ?(?:and |or )?| and | or )"
_PROPERTY = rf"{P}{_BRACKETS}(?: values?)?"
_ABOUT = (
    r"(?:(?:about|around|approximately|approx\.|nearly|ca\.|up to|as high as|as low as|above|below|only) |[~∼≈] ?)?"
)
_VALUE = _ABOUT + Q
_HAS = (
    r"(?:(?:also|still|only) )?(?:has|have|had|shows?|showed|exhibits?|exhibited|possess(?:es|ed)?|displays?|displayed"
    r"|presents?|presented|demonstrates?|demonstrated)"
)
#: What stands between a property and its value.
_FOUND = r"(?:found|calculated|measured|determined|estimated|reported|observed|obtained|recorded|achieved)"
_IS = rf"(?: ?[=:≈~∼] ?| (?:is|are|was|were|of)(?: {_FOUND})?(?: to be| as| at| to)? )"
_ADJECTIVES = r"(?:(?!(?:of|no|not|in|on|to|for|by|than|from|at) )[a-z-]+ ){0,3}"
#: "shows the best performance with a".
_BESIDE = rf"(?:(?:(?!(?:of|no|not|in|on|to|for|by|than|from|at|and|or|agreement) )[\w-]+ ){{1,4}}with {_ARTICLE})?"
_MORE = rf"(?: ?, ?(?:and )?| and )(?:with )?{_ARTICLE}{_ADJECTIVES}{_PROPERTY}"


def _several(item: str) -> str:
    return rf"{item}(?:{_SEPARATOR}{item})+"


#: The name of what has the property.
_HOLDER = _NAME.replace(S, rf"(?P<holder>{S})")
_FIRST = rf"(?P<holder>{S})(?: {F})?{_KIND}"
#: Before a substance that is not what the sentence speaks of: "devices based on ZnO", "A and ZnO".
_DEPENDENT = re.compile(
    r"(?:\b(?:of|on|in|with|by|from|for|using|via|to|between|than|into|like|as) |[^,\s] (?:/ )?(?:and|or) "
    rf"|{S}(?: {F})?{_KIND}{_BRACKETS}{_SEPARATOR}){_ARTICLE}{_WORD}?[\d.:/% ]*\Z"
)
#: Forms in which the property stands after the substance,
_SUBJECT_FIRST = tuple(
    re.compile(rf"{_FIRST}{_BRACKETS}{form}")
    for form in (
        rf" {_HAS} {_ARTICLE}{_BESIDE}{_ADJECTIVES}{_PROPERTY}(?:{_IS}{_VALUE}{_MORE})*",
        rf" with {_ARTICLE}{_ADJECTIVES}{_PROPERTY} (?:of|=) ?{_VALUE}(?:{_MORE} (?:of|=) ?{_VALUE})*",
    )
)
#: in brackets after it,
_EQUALS = rf"{_PROPERTY} ?[=:≈~∼<>] ?{_VALUE}"
_IN_BRACKETS = (re.compile(rf"{_FIRST} ?\( ?{_EQUALS}(?:{_SEPARATOR}{_EQUALS})*"),)
#: or before it.
_PROPERTY_FIRST = tuple(
    re.compile(form)
    for form in (
        rf"{_PROPERTY} (?:of|for) {_HOLDER}{_WHOLE}{_ALONE}",
        rf"{_PROPERTY}(?: of| ?=) {_VALUE} (?:is|was|were) (?:\w+ )?{_FOUND} for {_HOLDER}{_WHOLE}{_ALONE}",
    )
)
#: Where the only substance that a sentence names stands if the sentence is about it,
_SOLE = (
    re.compile(rf"\A(?:(?:the|an?|our) (?:[a-z-]+ )?)?(?P<holder>{S}){_END}(?! (?:and|or)\b)", re.IGNORECASE),
    re.compile(
        rf"\b(?:based on|fabricated with|(?:made|achieved|obtained|fabricated) (?:of|from|for|in)|in the case of"
        rf"|device of) {_ARTICLE}(?:[a-z-]+ )?(?P<holder>{S}){_END}",
        re.IGNORECASE,
    ),
)
#: words of sentences that are also about something that they do not name,
_OTHERS = re.compile(
    r"\b(?:than|that of|those of|compar\w+|relative|vs|versus|references?|whereas|while|this|these|others?|both|each|"
    r"not?|nor|without|(?:co)?polymers|respectively|whose|(?:that|which) (?:has|have|had)|and the (?:device|cell)s?)\b",
    re.IGNORECASE,
)
#: and what stands behind a property that is of something else: "the band gap of the blend".
_OF_ANOTHER = re.compile(rf"{_BRACKETS} (?:of|for|in) (?!{_ABOUT}(?:{Q}|{S}))")
_VALUE_FOR = re.compile(rf"{Q} for {_HOLDER}(?!{_SEPARATOR}{_NAME}){_WHOLE}")
_RESPECTIVELY = r"(?: on average)? ?,? ?respectively\b"
_VALUES = rf"(?P<values>{_several(_VALUE)}|{_VALUE})"
_NAMES = rf"(?P<names>{_several(_NAME)})"
_PROPERTIES = rf"(?P<properties>{_several(f'{_ARTICLE}{_WORD}?{_PROPERTY}')})"
_SERIES = tuple(
    re.compile(form)
    for form in (
        rf"(?P<properties>{_PROPERTY}) (?:of|for|in) {_NAMES}{_IS}{_VALUES}{_RESPECTIVELY}",
        rf"{_NAMES} (?:{_HAS}|with) {_ARTICLE}{_ADJECTIVES}(?P<properties>{_PROPERTY}){_IS}{_VALUES}{_RESPECTIVELY}",
        rf"(?P<properties>{_PROPERTY})(?: of (?:the|these) [a-z]+)?{_IS}{_VALUES} (?:for|of|in) {_NAMES}"
        rf"{_RESPECTIVELY}",
        rf"{_PROPERTIES} (?:of|for) (?P<names>{_NAME}){_IS}{_VALUES}{_RESPECTIVELY}",
        rf"{_PROPERTIES}{_IS}{_VALUES}{_RESPECTIVELY}",
        rf"{_VALUES}{_RESPECTIVELY}",
    )
)


class Series(msgspec.Struct, frozen=True):
    """Quantities that a sentence gives "respectively", in order, with the properties and substances that they are of.

    One property or substance is that of all; none says that the form is not understood. All are `Mention.id`s.
    """

    quantities: tuple[str, ...]
    properties: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()


class Sentence(msgspec.Struct, frozen=True):
    """A passage with signs for its mentions, and the mentions by the places of their signs."""

    text: str
    mentions: dict[int, Mention]

    def find(self, sign: str, start: int, end: int) -> tuple[Mention, ...]:
        return tuple(self.mentions[place] for place in range(start, end) if self.text[place] == sign)


def signed_sentences(doc: Document) -> Iterator[Sentence]:
    """The passages that name a property and something else; of nested mentions the outermost has a sign."""
    starts = [passage.span.start for passage in doc.passages]
    groups: dict[int, list[Mention]] = {}
    for mention in sorted(doc.mentions, key=lambda m: (m.span.start, -m.span.end)):
        if mention.type in SIGNS:
            groups.setdefault(bisect_right(starts, mention.span.start) - 1, []).append(mention)
    for number, mentions in sorted(groups.items()):
        if any(mention.type == "Property" for mention in mentions) and len(mentions) > 1:
            start, end = (
                (doc.passages[number].span.start, doc.passages[number].span.end) if number >= 0 else (0, len(doc.text))
            )
            yield _signed(doc.text, start, end, mentions)


def find_holders(sentences: Iterable[Sentence]) -> dict[str, tuple[str, float]]:
    """Property -> the substance that the words beside it name, and how sure this is a name."""
    found: dict[str, tuple[str, float]] = {}
    for sentence in sentences:
        for form in (*_SUBJECT_FIRST, *_IN_BRACKETS, *_PROPERTY_FIRST):
            for match in form.finditer(sentence.text):
                if form in _SUBJECT_FIRST and _DEPENDENT.search(sentence.text, 0, match.start()):
                    continue
                holder = sentence.mentions[match.start("holder")]
                for mention in sentence.find(P, *match.span()):
                    found.setdefault(mention.id, (holder.id, holder.score))
    return found


def find_holders_of_values(sentences: Iterable[Sentence]) -> dict[str, tuple[str, float]]:
    """Quantity -> the substance for which it is: "a gap of 3.4 eV for ZnO and 3.1 eV for TiO2"."""
    found: dict[str, tuple[str, float]] = {}
    for sentence in sentences:
        for match in _VALUE_FOR.finditer(sentence.text):
            holder = sentence.mentions[match.start("holder")]
            found[sentence.mentions[match.start()].id] = (holder.id, holder.score)
    return found


def find_sole_holders(sentences: Iterable[Sentence]) -> dict[str, tuple[str, float]]:
    """Property -> the only substance that its sentence names, where that begins with it or says what it is about."""
    found: dict[str, tuple[str, float]] = {}
    for sentence in sentences:
        substances = [mention for mention in sentence.mentions.values() if mention.type in SUBSTANCES]
        if len(substances) != 1 or _OTHERS.search(sentence.text):
            continue
        matches = (form.search(sentence.text) for form in _SOLE)
        holder = next((sentence.mentions[match.start("holder")] for match in matches if match), None)
        if holder is not None:
            for place, mention in sentence.mentions.items():
                if mention.type == "Property" and not _OF_ANOTHER.match(sentence.text, place + 1):
                    found[mention.id] = holder.id, holder.score
    return found


def find_series(sentences: Iterable[Sentence]) -> Iterator[Series]:
    """The series of a document's sentences, each quantity in one."""
    seen: set[str] = set()
    for sentence in sentences:
        if "respectively" not in sentence.text:
            continue
        for form in _SERIES:
            for match in form.finditer(sentence.text):
                parts = [
                    tuple(mention.id for mention in _outside_brackets(sentence, sign, match, name))
                    for name, sign in (("values", Q), ("properties", P), ("names", S))
                ]
                if seen.isdisjoint(parts[0]):
                    seen.update(parts[0])
                    yield Series(*parts)


def _outside_brackets(sentence: Sentence, sign: str, match: re.Match[str], group: str) -> Iterator[Mention]:
    if group not in match.re.groupindex:
        return
    start, end = match.span(group)
    depth = 0
    for place in range(start, end):
        depth += (sentence.text[place] == "(") - (sentence.text[place] == ")")
        if sentence.text[place] == sign and not depth:
            yield sentence.mentions[place]


def _signed(text: str, start: int, end: int, mentions: list[Mention]) -> Sentence:
    parts: list[str] = []
    places: dict[int, Mention] = {}
    length = 0
    for mention in mentions:
        if mention.span.start < start or text[mention.span.end - 1] == "-":  # "PMMA-" of "PMMA- and PS-based" is none
            continue
        between = text[start : mention.span.start].translate(_NO_SIGNS)
        places[length + len(between)] = mention
        parts += (between, SIGNS[mention.type])
        length += len(between) + 1
        start = mention.span.end
    return Sentence("".join((*parts, text[start:end].translate(_NO_SIGNS))), places)
