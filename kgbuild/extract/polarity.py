"""Whether a passage affirms, negates or only speculates about the relation of two things that it names.

Cues with scopes after NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009), adapted from findings to
relations: a cue counts when its scope reaches the subject or the object, so that "X did not cause Y" is negated by a
cue that stands between them. English only. Scopes end at a clause's end; a phrase's scope also at a comma or after a
few words.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import msgspec

from kgbuild.document import Modality, Polarity

__all__ = ["CLAUSE_END", "CUES", "Cue", "polarity"]

Effect = Literal["negated", "speculated", "both", "none"]
Scope = Literal["clause", "phrase", "before", "around"]

#: Words that a phrase cue ("no", "without") reaches.
PHRASE_WORDS = 7


class Cue(msgspec.Struct, frozen=True):
    """Words with their effect on a relation.

    Scopes: `clause`, to the end of the clause; `phrase`, to a comma or some words on; `before`, back to the clause's
    start; `around`, both. Effect `none` is a pseudo-cue: words that look like a cue and hide the cue in them.
    """

    pattern: str
    effect: Effect
    scope: Scope = "clause"


_SHOWN = (
    r"(?:observed|detected|found|seen|noted|confirmed|demonstrated|established|supported|replicated|identified|evident|"
    r"apparent|reported|shown|proven|verified|significant|statistically significant|reproduced)"
)
_BE = r"(?:is|are|was|were|be|been|being)"
_ADVERB = r"(?:\w+ly\s+|yet\s+|been\s+|be\s+|so\s+far\s+)*"
_LINK = r"(?:evidence|association|relationship|relation|correlation|link|connection|interaction)s?"
_STUDIED = r"(?:effects?|role|association|relationship|link|influence|impact)s?"
#: kinds of which a list of harm follows
_HARM = r"(?:effects?|events?|reactions?|complications?|symptoms?|signs?|toxicit(?:y|ies)|disorders?)"
#: "A, B or C", of which "no" denies each
_LIST = r"(?:[\w-]+ ){0,4}[\w-]+(?:, (?:[\w-]+ ){0,3}[\w-]+){1,6},? or [\w-]+"
_OPEN = (
    r"(?:unclear|unknown|uncertain|controversial|debated|inconclusive|inconsistent|conflicting|contradictory|equivocal|"
    r"to be (?:determined|established|elucidated|clarified|confirmed|investigated))"
)

#: (effect, scope) -> words. Where several cues match at one place, the longest counts.
_WORDS: tuple[tuple[Effect, Scope, tuple[str, ...]], ...] = (
    (
        "none",
        "clause",
        (
            r"not only|not just|not merely|not solely|not limited to",
            r"no doubt|without (?:a )?doubt|without question|not surprising(?:ly)?|not unexpected(?:ly)?",
            r"no (?:(?:prior|previous|known|personal|family) )?history of",
            r"no other|no longer than|no (?:more|less) than",
            r"(?:action|membrane|redox|zeta|electrode|evoked|chemical|open[- ]circuit|resting) potentials?",
            r"potential (?:energy|difference|well|barrier)s?",
            r"(?:in|since|from|until|by|of|early|late) May(?= \d|,| and\b)",
            r"as soon as possible|as far as possible|(?:made|makes|make) (?:it )?possible(?: to)?",
        ),
    ),
    (
        "negated",
        "clause",
        (
            r"(?:do|does|did) not|(?:do|does|did)n['’]t|not|never|nor|neither|cannot|can ?not|could not|couldn['’]t",
            rf"would not|(?:{_BE}|has|have|had) not|(?:is|are|was|were|has|have|had)n['’]t",
            r"fail(?:s|ed|ing|ure)? to|unable to|inability to|incapable of|refut(?:es|ed|ing)|rul(?:es|ed|ing) out",
            rf"no (?:\w+ ){{0,3}}?{_LINK}",
            r"no (?:\w+ ){0,2}?(?:effects?|influence|impact|role|difference|change|increase|decrease|benefit)",
            rf"lack(?:s|ed|ing)? (?:of )?(?:\w+ )?(?:{_LINK}|effects?)",
            rf"absence of (?:\w+ )?(?:{_LINK}|effects?)",
            rf"against (?:an?|any|the) (?:\w+ )?(?:{_LINK}|role|involvement|effect)",
            rf"(?:no|without|absence of|lack of) (?:[\w-]+ ){{0,3}}?{_HARM},? (?:such as|including|like)",
            rf"(?<!with )no (?={_LIST})",
        ),
    ),
    (
        "negated",
        "phrase",
        (
            r"no|without|lack of|lacks|lacking|absence of|rather than|instead of|devoid of",
            r"independent(?:ly)? of|unrelated to|uncorrelated with|insensitive to|resistant to|unaffected by",
        ),
    ),
    (
        "negated",
        "around",
        (
            rf"(?:{_BE}|has|have|had|could|can) (?:not|never) {_ADVERB}{_SHOWN}",
            rf"{_BE} (?:both )?(?:unaffected|unchanged|unaltered|unrelated|independent)",
            r"not significant(?:ly)?|non-?significant|not statistically significant",
        ),
    ),
    (
        "negated",
        "before",
        (rf"(?:{_BE}|has been|have been) (?:ruled out|excluded|refuted|disproved|disproven|denied|absent|lacking)",),
    ),
    (
        "speculated",
        "clause",
        (
            r"may|might|could|perhaps|maybe|possibly|probably|presumably|potentially|putatively|conceivably",
            r"possible|probable|putative|potential|likely|plausible|presumed|hypothetical|suspected|possibility",
            r"hypothes[ie]s|hypothesi[sz](?:es|ed|e|ing)|speculat(?:es|ed|e|ing)|postulat(?:es|ed|e|ing)",
            r"suggest(?:s|ed|ing|ive(?: of)?)?|impl(?:y|ies|ied|ying) that|propos(?:es|ed|e|ing)",
            r"(?:appear|seem)(?:s|ed)? (?:to|that|likely)|thought to|believed to|assumed to|expected to",
            r"whether(?: or not)?|to (?:determine|test|see|find out|examine) if|if any|not necessarily|not always",
            rf"to (?:investigate|evaluate|examine|assess|determine|study|explore|test) (?:the )?(?:\w+ )?{_STUDIED}",
        ),
    ),
    (
        "speculated",
        "around",
        (
            rf"(?:remains?|is|are|was|were|(?:has|have|had) been) (?:still |largely |currently |yet )*{_OPEN}",
            rf"(?:{_BE} )?not (?:yet )?(?:clear|known|certain|fully understood|well understood|understood)",
            r"(?:has|have|had) (?:not yet|yet to) (?:been|be) \w+",
            r"(?:cannot|can not|could not|can't) (?:yet )?be (?:ruled out|excluded|dismissed)",
            rf"{_BE} (?:possible|plausible|conceivable|likely|hypothesi[sz]ed|suspected|speculated|suggested|proposed)",
            r"(?:further|more|future) (?:\w+ )?(?:studies|research|work) (?:is|are) (?:needed|required|warranted)",
            r"(?:warrant|deserve|merit|require)s? (?:further|more|additional) (?:\w+ )?"
            r"(?:investigations?|stud(?:y|ies)|research)",
        ),
    ),
    (
        "both",
        "clause",
        (
            r"unlikely|doubtful|(?:may|might) not|(?:appear|seem)(?:s|ed)? not to",
            r"(?:do|does|did) not (?:appear|seem) to",
            r"suggest(?:s|ed|ing)? (?:that )?(?:there is )?no|suggest(?:s|ed|ing)? (?:an? |the )?(?:lack|absence) of",
        ),
    ),
    (
        "both",
        "around",
        (rf"(?:{_BE}|seems?|appears?) (?:highly |very )?(?:unlikely|doubtful|improbable|questionable)",),
    ),
)

CUES: tuple[Cue, ...] = tuple(Cue(pattern, effect, scope) for effect, scope, patterns in _WORDS for pattern in patterns)

_CUE = re.compile("|".join(rf"\b(?:{cue.pattern})\b" for cue in CUES), re.IGNORECASE)
_ALONE = tuple(re.compile(rf"\b(?:{cue.pattern})\b", re.IGNORECASE) for cue in CUES)

#: Where a clause ends; a bracket's content is a clause of its own.
CLAUSE_END = re.compile(
    r";|:(?=\s)|[()]|\.(?=\s+(?-i:[A-Z]))"
    r"|,?\s\b(?:but|however|although|though|whereas|while|yet|nevertheless|except|because|since)\b"
    r"|,?\s\b(?:despite|even though|in contrast|on the other hand|in spite of)\b"
    r"|,\s(?:which|who|and thus|and therefore|thereby|thus|so)\b",
    re.IGNORECASE,
)
#: A sentence's opening clause, which a comma ends.
_OPENING = re.compile(r"\s*(?:although|though|while|whereas|because|since|despite|even though|if|when)\b[^,]*", re.I)
_APPOSITION = re.compile(r",\s*(?:but\s+)?not\s+[^,;.]{1,40},", re.IGNORECASE)


#: What stands between the ends of a relation that the sentence takes for granted: "did not affect X-induced Y".
_GRANTED = re.compile(
    r"\s*[-–‑]\s*"
    r"|\s*[-–‑ ]?(?:induced|elicited|evoked|mediated|associated|related|stimulated|dependent)\s+(?:\w+\s+){0,2}"
    r"|\s+(?:induced|elicited|evoked|caused|produced) by\s+(?:\w+\s+){0,2}",
    re.IGNORECASE,
)
#: Cues that deny even such a relation: "no evidence of X-induced Y".
_EXISTENCE = ("no ", "lack", "absence", "without")


class _Found(msgspec.Struct, frozen=True):
    start: int
    end: int
    text: str
    cue: Cue


def polarity(passage_text: str, subject: tuple[int, int], object: tuple[int, int]) -> tuple[Polarity, Modality, str]:
    """Polarity and modality of the relation between two places of a passage, and the words that decide, "" if none.

    `subject` and `object` are half-open ranges in the passage. A question asserts nothing.

    >>> polarity("Aspirin did not cause asthma.", (0, 7), (22, 28))
    ('negated', 'asserted', 'did not')
    >>> polarity("Aspirin may cause asthma but not fever.", (0, 7), (18, 24))
    ('affirmed', 'speculated', 'may')
    """
    ends = sorted((subject, object))
    reaching = [found for found in _cues(passage_text, ends) if _reaches(passage_text, found, ends)]
    if _GRANTED.fullmatch(passage_text[ends[0][1] : ends[1][0]]):
        reaching = [found for found in reaching if found.cue.scope == "around" or found.text.startswith(_EXISTENCE)]
    negating = [found for found in reaching if found.cue.effect in ("negated", "both")]
    doubting = [found for found in reaching if found.cue.effect in ("speculated", "both")]
    deciding = sorted({(found.start, found.text) for found in (*negating[:1], *doubting[:1])})
    asked = passage_text.rstrip().endswith("?")
    if asked and not doubting:
        deciding.append((len(passage_text), "?"))
    return (
        "negated" if negating else "affirmed",
        "speculated" if doubting or asked else "asserted",
        " … ".join(text for _, text in deciding),
    )


def _cues(text: str, ends: list[tuple[int, int]]) -> Iterator[_Found]:
    """The cues from left to right, the longest at each place, none inside a name or an aside about something else."""
    asides = [
        match.span()
        for match in _APPOSITION.finditer(text)
        if not any(match.start() < end and start < match.end() for start, end in ends)
    ]
    for found in _all_cues(text):
        inside = any(start < found.end and found.start < end for start, end in (*ends, *asides))
        if found.cue.effect != "none" and not inside:
            yield found


@lru_cache(maxsize=256)
def _all_cues(text: str) -> tuple[_Found, ...]:
    # once for all the pairs of a passage
    cues: list[_Found] = []
    while match := _CUE.search(text, cues[-1].end if cues else 0):
        cues.append(max(_at(text, match.start()), key=lambda found: found.end))
    return tuple(cues)


def _at(text: str, start: int) -> Iterator[_Found]:
    for cue, pattern in zip(CUES, _ALONE, strict=True):
        match = pattern.match(text, start)
        if match:
            yield _Found(start, match.end(), match[0].lower(), cue)


def _reaches(text: str, found: _Found, ends: list[tuple[int, int]]) -> bool:
    reach_back = found.cue.scope in ("before", "around") and _holds_end(
        ends, _clause_start(text, found.start), found.start
    )
    if found.cue.scope == "before" or reach_back:
        return reach_back
    stop = _clause_end(text, found.end, ends)
    if found.cue.scope == "phrase":
        stop = min(stop, _phrase_end(text, found.end))
    return _holds_end(ends, found.end, stop)


def _holds_end(ends: list[tuple[int, int]], start: int, stop: int) -> bool:
    return any(start <= first and last <= stop for first, last in ends)


def _clause_start(text: str, place: int) -> int:
    """Where the clause before a place begins."""
    return max((match.end() for match in CLAUSE_END.finditer(text, 0, place)), default=0)


def _clause_end(text: str, place: int, ends: list[tuple[int, int]]) -> int:
    """Where the clause after a place ends; a boundary inside a name is none."""
    opening = _OPENING.match(text)
    if opening and place <= opening.end():
        return opening.end()
    for match in CLAUSE_END.finditer(text, place):
        if not any(start <= match.start() < end for start, end in ends):
            return match.start()
    return len(text)


def _phrase_end(text: str, place: int) -> int:
    comma = text.find(", ", place)
    words = [match.end() for match in re.finditer(r"\S+", text[place:])][:PHRASE_WORDS]
    limit = place + words[-1] if words else place
    return min(limit, comma) if comma >= 0 else limit
