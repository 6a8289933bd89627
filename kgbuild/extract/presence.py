"""Whether a passage says of one thing that it names that it is absent, or that it may only be there.

"No fever", "patients without diabetes", "cough was not observed" deny the thing itself; "possible tumour", "pneumonia
cannot be excluded" doubt it. Cues and scopes after NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009), but
narrower: a cue counts only in the mention's own noun phrase, or as the verb of which the mention is the subject. What
is denied of an effect, change or relation ("no effect on fever", "did not cause fever") is not denied of the thing;
`kgbuild.extract.polarity` is about those. English only.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable

import msgspec

from kgbuild.document import Document, Mention
from kgbuild.extract.polarity import CLAUSE_END

__all__ = ["Presence", "presence", "with_presence"]


class Presence(msgspec.Struct, frozen=True):
    """Whether a thing is denied or doubted where it is named."""

    negated: bool = False
    uncertain: bool = False


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Types of what is counted or measured, where "no" and "without" say something else: "no patients were excluded".
COUNTED = frozenset({"Quantity", "Species"})

#: Words between a cue and the thing that only say how it would have shown.
_SIGNS = (
    r"(?:\w+ )?(?:evidence|signs?|symptoms?|histor(?:y|ies)|diagnos[ei]s|cases?|episodes?|traces?|instances?|"
    r"presence|occurrences?|occurence|indications?|features|clinical suspicion) (?:of|for|suggest\w+) "
)
_FOUND = (
    r"(?:observed|detected|detectable|found|seen|noted|identified|evident|present|apparent|visible|diagnosed|"
    r"encountered|administered)"
)
_BE = r"(?:is|are|was|were|be|been|being)"
_NOT = r"(?:do|does|did) not|(?:do|does|did)n['’]t|never|could not|couldn['’]t|cannot|failed to"
#: Verbs whose object is denied with them; of causes and changes only the relation is denied.
_HAVING = (
    r"have|develop|show|exhibit|experience|display|contain|include|receive|take|use|report|present with|suffer from|"
    r"detect|observe|find|identify|see|reveal"
)

#: What makes the things of the noun phrase that follows absent.
_ABSENT = re.compile(
    rf"\b(?:no|(?<!or )without|absen(?:t|ce of)|(?:complete )?lack of|lack(?:s|ing|ed)?|devoid of|free (?:of|from)|"
    rf"den(?:ies|ied|ying)|negative for|ruled out|(?:{_NOT}) (?:{_HAVING}))\s+"
    rf"(?:(?:any|the|an?|either)\s+)?(?:{_SIGNS})?",
    re.IGNORECASE,
)
_POSSIBLE = re.compile(
    rf"\b(?:possibl[ey]|probabl[ey]|suspected|presumed|presumptive|putative|potential|questionable|likely|"
    rf"suspic(?:ion of|ious for)|suggestive of|(?:may|might|could) (?:be|have|represent|indicate|reflect))\s+"
    rf"(?:(?:any|the|an?)\s+)?(?:{_SIGNS})?",
    re.IGNORECASE,
)
#: What is said of the mention as the subject.
_NOT_FOUND = re.compile(
    rf"\s+(?:(?:{_BE}|has been|have been|could|can) (?:not|never) (?:\w+ly )?(?:be )?{_FOUND}\b(?! to\b)"
    rf"|(?:{_BE}|has been|have been) (?:absent|lacking|undetectable|ruled out)\b(?! from\b)"
    r"|(?:did not|didn['’]t|never) (?:occur|appear|develop)\b(?! to\b))",
    re.IGNORECASE,
)
_DOUBTED = re.compile(
    rf"\s+(?:(?:cannot|can not|could not|couldn['’]t) (?:yet )?be (?:ruled out|excluded)"
    rf"|{_BE} (?:\w+ly )?(?:suspected|possible|likely|probable|questionable)(?! to\b| that\b)"
    r"|may (?:be|have been) present)\b",
    re.IGNORECASE,
)

#: Words that end the noun phrase of a cue, or are what it denies instead of the thing ("no change of …").
_BREAKING = _words(
    "of in on for with to from by at between among during after before against as than per via that which who whose "
    "when where while if because although but until since under over within is are was were be been being has have had "
    "do does did can could may might will would should not more less longer other further additional such only need "
    "doubt matter effect change difference increase decrease reduction improvement association correlation relation "
    "relationship link influence impact role interaction significance response increased decreased reduced elevated "
    "higher lower altered slight mild moderate minimal little one it they we he she patient drug gene study target "
    "candidate biomarker marker inhibitor substrate agent mediator regulator member"
)
#: What may follow the mention if it is the head of its noun phrase: "no insulin" but not "no insulin resistance".
_FOLLOWER = re.compile(
    r"(?:\s*\([^()]{1,20}\))?+\s*(?:$|[.,;:)\]/—–(]|\[|\d|(?:or|nor|and|but|in|at|on|with|after|before|during|by|for|"
    r"from|to|within|who|that|which|as|among|between|when|while|whereas|until|despite|because|if|than|through|throughout|under|"
    r"using|compared|is|are|was|were|has|have|had|can|could|may|might|did|does|do|will|would|should|alone|itself|"
    r"either|treatment|therapy|administration|supplementation|exposure|infection|\w+ly)\b)",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"\b(?:of|in|on|for|with|to|from|by|at|between|among|against|like|via|as|without|no|than)\b", re.IGNORECASE
)
_JOINED = re.compile(r"\b(?:and|or|nor)\b")
#: "without reducing pain" says nothing of pain, "without underlying disease" does.
_GERUND = re.compile(r"(?!underlying|existing|preexisting|ongoing|remaining|recurring).+ing")
_LIST = re.compile(r"\s*(?:,\s*(?:or|nor)\b|,|\bor\b|\bnor\b)\s*")
#: Closes a list that began with a negation; "and" may begin something else.
_LAST_OF_LIST = re.compile(r"\b(?:or|nor)\b")
#: Behind a mention in a list, what the whole list is denied of: "no insulin or glucose differences".
_OTHER_HEAD = re.compile(
    r"\s*(?:,|or\b|nor\b|and\b)[^.;()]{0,40}\b(?:effect|change|difference|increase|decrease|level|expression)s?\b",
    re.IGNORECASE,
)
_NON = re.compile(r"\bnon[-‐‑–]?$", re.IGNORECASE)
#: "non-diabetic", but not "non-salt losers".
_ADJECTIVE = re.compile(r"(?:ic|al|ous|ive)$")

#: Where the last item of a list is looked for behind a mention.
LIST_CHARACTERS = 80
#: Words of one item between a cue and a mention.
_ITEM_WORDS = 4
#: Words before a subject.
_SUBJECT_WORDS = 4


def with_presence(doc: Document, mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions, marked where their passages deny or doubt them; marks that they carry stay."""
    starts = [passage.span.start for passage in doc.passages]
    return [_marked(doc, mention, bisect_right(starts, mention.span.start) - 1) for mention in mentions]


def presence(passage_text: str, place: tuple[int, int]) -> Presence:
    """What the passage says of the presence of the thing named at a half-open place.

    >>> presence("There was no fever.", (13, 18)).negated
    True
    >>> presence("Aspirin had no effect on fever.", (25, 30)).negated
    False
    >>> presence("A possible tumour was seen.", (11, 17)).uncertain
    True
    """
    start, end = place
    clause = max((match.end() for match in CLAUSE_END.finditer(passage_text, 0, start)), default=0)
    before, after = passage_text[clause:start], passage_text[end:]
    is_head = _FOLLOWER.match(after) is not None and _OTHER_HEAD.match(after) is None
    is_subject = _is_subject(before)
    is_denied = bool(
        (is_head and _governs(_ABSENT, before, after))
        or (_NON.search(before) and _ADJECTIVE.search(passage_text[start:end]))
        or (is_subject and _NOT_FOUND.match(after))
    )
    is_doubted = bool((is_head and _governs(_POSSIBLE, before, after)) or (is_subject and _DOUBTED.match(after)))
    return Presence(is_denied and not is_doubted, is_doubted)


def _marked(doc: Document, mention: Mention, index: int) -> Mention:
    if index < 0 or mention.type in COUNTED or not mention.span.within(doc.passages[index].span):
        return mention
    span = doc.passages[index].span
    found = presence(doc.text_of(span), (mention.span.start - span.start, mention.span.end - span.start))
    if not found.negated and not found.uncertain:
        return mention
    return msgspec.structs.replace(
        mention, negated=mention.negated or found.negated, uncertain=mention.uncertain or found.uncertain
    )


def _governs(cue: re.Pattern[str], before: str, after: str) -> bool:
    """Whether the last cue before a mention reaches it: the mention is in its noun phrase, or in its list of them."""
    ends = [match.end() for match in cue.finditer(before)]
    if not ends:
        return False
    items = _LIST.split(before[ends[-1] :])
    if len(items) > 1 and not (_LAST_OF_LIST.search(before, ends[-1]) or _LAST_OF_LIST.search(after[:LIST_CHARACTERS])):
        return False
    return all(_is_phrase(item) for item in items)


def _is_phrase(words: str) -> bool:
    """Whether words may stand in one noun phrase before its head: no verb, no preposition."""
    split = words.lower().split()
    return len(split) <= _ITEM_WORDS and not any(
        word in _BREAKING or word.rstrip("s") in _BREAKING or _GERUND.fullmatch(word) or not word[-1].isalnum()
        for word in split
    )


def _is_subject(before: str) -> bool:
    """Whether a mention with these words before it in its clause may be the subject of what follows it."""
    phrase = before.rpartition(",")[2]
    if _JOINED.search(phrase):  # the end of a list that may have begun before the comma
        phrase = before
    return len(phrase.split()) <= _SUBJECT_WORDS and not _PREPOSITION.search(phrase)
