"""Whether a sentence says that a chemical lessens a disease or harm: attenuates, prevents, protects against it.

Most of what joins a chemical and a disease in papers is that the one brings the other about, so that a model takes the
rest for it as well. English only, and only words that leave little doubt: a verb between the two, with the chemical as
its subject and the disease as its object, or the other way round in the passive; a protective effect; a treatment.
Between verb and disease only words of a closed list stand, since what reduces blood pressure brings hypotension about.
Nothing may turn the sense once more ("X inhibitors", "omission of X", "prevented the recovery from Y").
"""

import re

__all__ = ["MISTAKEN_FOR", "is_lessened", "is_lower_risk", "names_a_class"]

#: what a model reports of a chemical that lessens a disease -> what it should
MISTAKEN_FOR = {"Positive_Correlation": "Negative_Correlation", "CID": "Negative_Correlation"}

_WORD = r"[^\s.;:()]+"
#: verbs of which a disease is the object, whatever else is
_VERB = (
    r"(?:attenuat|ameliorat|alleviat|mitigat|prevent|protect|reliev|abolish|abrogat|revers|counteract|lessen|rescu|"
    r"diminish)"
)
#: verbs of anything: a drug that reduces dopamine brings parkinsonism about
_WEAK_VERB = r"(?:reduc|suppress|inhibit|decreas|block|improv)"
_ENDING = r"(?:e?s|e?d|ing|e)?"
_BE = r"(?:is|are|was|were|be|been|being)"
_RELIEF = r"(?:attenuation|amelioration|alleviation|mitigation|prevention|reversal|relief)"
_GIVEN = (
    r"(?:\w*treatment|\w*treated|\w*therap(?:y|ies)|\w*administration|injections?|injected|infusions?|infused|"
    r"supplement(?:ation|ed)|incubat(?:ion|ed)|fed)"
)

#: a word inside a name: no preposition, conjunction or verb
_NAME = (
    r"(?!(?:and|or|nor|but|to|by|with|without|in|on|at|for|from|of|against|between|among|than|that|which|who|whose|when|"
    r"while|whereas|as|after|before|during|through|via|into|due|because|since|if|then|thus|thereby|so|also|is|are|was|"
    r"were|be|been|has|have|had|may|can|could|not|no|it|they|we|led|leads?|causes?|induces?|increases?|produces?|"
    r"elicits?|evokes?|promotes?|enhances?|triggers?|exacerbates?|aggravates?|worsens?)\b)[^\s.;:(),]+"
)
#: nor a participle
_NOUN = rf"(?:{_NAME}(?<!ed)(?<!ing))"
_ADJECTIVE = (
    r"(?:the|an?|this|these|those|such|both|all|any|some|its|their|mild to moderate|moderate to severe|acute|severe|"
    r"moderate|mild|human|experimental\w*|early|late|subsequent|recurrent|persistent|intermittent|frequent|ongoing|overt|"
    r"dependent|resistant|left|right|motor|major|minor|further|future|more|most|many|overall|new|old|low|high|"
    r"(?!\d)[\w-]+(?:ic|al|ous|ive|ary|ory|ar|oid|ly))"
)
_PARTICIPLE = r"(?:induced|associated|related|mediated|evoked|elicited|provoked|dependent|emergent)"
_INDUCED = rf"(?:(?:{_NOUN} ){{0,3}}?[^\s.;:(),]+-{_PARTICIPLE}|(?:{_NOUN} ){{1,3}}?induced)"
_MODIFIERS = rf"(?: {_ADJECTIVE}| {_INDUCED}){{0,5}}"
#: what there is of a disease alone, so that what is named beside the disease is one as well
_OF_HARM = (
    r"(?:severity|incidences?|prevalence|symptoms?|signs?|manifestations?|risks?|onset|occurrences?|recurrences?|"
    r"relapses?|episodes?|attacks?|bouts?|burden|cases|complications?)"
)
_MEASURE = (
    rf"(?:{_OF_HARM}|development|progression|worsening|frequency|rates?|degree|extent|intensity|magnitude|duration|"
    r"course|number|size|formation|growth|appearance|features?|likelihood|probability)"
)


def _measures(measure: str) -> str:
    return rf"{_MODIFIERS} {measure}(?:(?:,|,? and|,? or|/)(?: the)?(?: {_ADJECTIVE})? ?{measure}){{0,3}}"


_OF = r" of(?: developing| progression to)?"
_MEASURES = rf"{_measures(_MEASURE)}{_OF}"
_HARMS = rf"{_measures(_OF_HARM)}(?:{_OF}|,? such as|,? including| (?:associated|related) (?:with|to))"
_THING = rf"(?: {_NOUN}| [^\s.;:(),]+-{_PARTICIPLE})"
_OTHERS = rf"(?:{_THING}{{1,4}}(?:,|,? and|,? or|,? as well as)){{0,3}}"
#: What stands between a weak verb and the disease that is its object; with another verb other things may, too.
_OBJECT = rf"(?:{_MEASURES}|{_HARMS}{_OTHERS})?{_MODIFIERS}"
_OBJECTS = rf"(?:{_OTHERS}{_OBJECT}|(?:{_MEASURES}|{_HARMS})?{_THING}{{0,4}})"
_AGENT = rf"(?P<agent>(?:-{_WORD})?(?: {_WORD}){{0,8}}?),?"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


#: What stands between a chemical and the disease after it; `agent` are the words beside the chemical.
_ACTIVE = (
    _compiled(rf"{_AGENT} {_VERB}{_ENDING}(?: against)?{_OBJECTS}[ -]"),
    _compiled(rf"{_AGENT} (?:protect|rescu){_ENDING}(?: {_WORD}){{1,5}} (?:against|from){_OBJECTS}[ -]"),
    _compiled(rf"{_AGENT} {_WEAK_VERB}{_ENDING}{_OBJECT}[ -]"),
)
_FOR_CARE = _compiled(
    rf"(?P<agent>(?:-{_WORD})?(?: {_WORD}){{0,6}}?) (?:for|in) (?:the )?"
    rf"(?:{_RELIEF}|treatment|management|prophylaxis) of(?:{_OBJECTS}|(?: {_NAME}){{0,4}}) "
)
#: where the words before the chemical tell of protection: "the protective effect of X against Y"
_PROTECTION = _compiled(
    r"(?:\w*protective|ameliorati(?:ve|ng)|preventi?ve|preventative|beneficial|palliative|attenuating) "
    rf"(?:effects?|actions?|activit(?:y|ies)|role|potential|efficacy) of (?:{_WORD} ){{0,4}}$"
)
_AGAINST = _compiled(rf"(?P<agent>(?:-{_WORD})?(?: {_WORD}){{0,4}}) (?:against|on)(?:{_OBJECTS}|(?: {_NAME}){{0,4}}) ")
#: What stands between a disease and the chemical after it.
_PASSIVE = _compiled(
    rf"(?: {_MEASURE}| scores?)?(?:,? (?:and|or)(?: {_NAME}){{1,3}})?(?:,? which)? {_BE} (?:\w+ ){{0,3}}?"
    rf"(?:{_VERB}|{_WEAK_VERB}|controll)e?d(?: \w+ly)? (?:by|with|following|after)(?P<agent>(?: {_WORD}){{0,6}}?) "
)
#: Before the disease of a passive sentence: something else is its subject.
_NO_SUBJECT = _compiled(
    rf"\b(?:in|from|with|against|to|for|by|on|after|during|under|of)(?: {_ADJECTIVE}| {_INDUCED}){{0,3}} $"
)
_MEASURED = _compiled(rf"{_MEASURE}(?: of| for)(?: {_ADJECTIVE}| {_INDUCED}){{0,3}} $")
#: where the words before the disease tell of relief: "the prevention of Y by X"
_RELIEF_OF = _compiled(rf"{_RELIEF} of (?:{_WORD} ){{0,4}}$")
_BY = _compiled(rf"(?:(?: {_NOUN}){{0,2}}|,? (?:and|or) {_NAME}) (?:by|with|using)(?P<agent>(?: {_WORD}){{0,5}}) ")
#: After a disease: it is less of this that the verb tells, or the disease begins a clause.
_NO_OBJECT = _compiled(
    r"[ -](?:threshold|healing|recovery|remission|resolution|clearance|protection|survival|resistance|occurred|"
    r"developed|appeared|ensued|resulted|followed)\b"
)

#: Beside a chemical: another thing acts, ...
_OTHER_THING = (
    r"induced|associated|related|treated|elicited|evoked|caused|produced|provoked|mediated|dependen\w+|"
    r"inhibitors?|inhibition|antagoni\w+|blockers?|blockade|deficien\w+|deplet\w+|withdraw\w*|discontinu\w+|"
    r"deprivation|remov\w+|absence|lack\w*|without|by|incidence|cessation|antibod\w+|abus\w+|expos\w+|toxicity|"
    r"overdose|fail\w*|unable|ineffective|(?:in)?ability|effects?"
)
_BEHIND_AGENT = _compiled(rf"\b(?:{_OTHER_THING})\b")
#: ... or another clause begins.
_OTHER_AGENT = _compiled(rf"\b(?:{_OTHER_THING}|than|which|that|who|whereas|but|while|although)\b")
#: Or another chemical does, after what the first one did.
_OTHER_SUBJECT = _compiled(
    r" (?:increas|decreas|reduc|impair|rais|elevat|enhanc|inhibit|suppress)e?[ds]\b.* and "
    r"(?!(?:\w+ly|may|can|could|did|does|also|then|thus|thereby)\b)\w"
)
#: Before a chemical: its absence acts, or that to which it was added or compared, or it is what did the harm.
_NOT_AGENT = _compiled(
    r"\b(?:(?:induced|caused|elicited|evoked|produced|provoked|followed) by|omitting|without|with|to|than|versus|vs|"
    r"from|during|(?:inhibition|blockade|withdrawal|deficiency|depletion|absence|lack|removal|discontinuation|"
    r"cessation|toxicity|exposure|antagonism|inhibitors?|antagonists?|omission) (?:of|for)) "
    rf"(?:{_WORD} ){{0,5}}$"
)
#: What stands between whatever lowers a risk and the disease: "allele T is associated with a reduced risk of asthma".
_LOWER_RISK = _compiled(
    rf".*?\b(?:associated with|confers?|conferred|conferring|had|has|have|showed|shows?|at) (?:an? |the )?(?:\w+ly )?"
    rf"(?:reduced|decreased|lower(?:ed)?|diminished) (?:\w+ )?(?:risks?|incidence|odds|likelihood|prevalence|"
    rf"susceptibility)(?: for| of| to)(?: developing)?{_MODIFIERS} "
)
#: After a chemical: it only tells which drugs are meant.
_CLASS = _compiled(
    r"[ -](?:(?:channel|receptor|uptake|reuptake|entry)[ -])?(?:antagonist|blocker|inhibitor|agonist)s?\b"
)
_GIVEN_WITH = _compiled(rf"\b{_GIVEN} with (?:{_WORD} ){{0,5}}$")
#: Characters before the first of the two that are looked at.
_BEFORE = 90
#: Characters between the two, at most: its words may be of any length.
_MAX_BETWEEN = 200


def names_a_class(passage_text: str, chemical: tuple[int, int]) -> bool:
    """Whether a chemical is named for the drugs that act on its channel or like it only, and does nothing itself.

    >>> names_a_class("Calcium channel blockers cause oedema.", (0, 7)), names_a_class("Calcium causes it.", (0, 7))
    (True, False)
    """
    return _CLASS.match(passage_text, chemical[1]) is not None


def is_lower_risk(passage_text: str, cause: tuple[int, int], disease: tuple[int, int]) -> bool:
    """Whether what stands at one place of a passage is said to go with a lower risk of the disease behind it.

    >>> is_lower_risk("Coffee was associated with a reduced risk of gout.", (0, 6), (45, 49))
    True
    """
    between = passage_text[cause[1] : disease[0]]
    return len(between) <= _MAX_BETWEEN and ";" not in between and _LOWER_RISK.fullmatch(between) is not None


def is_lessened(passage_text: str, chemical: tuple[int, int], disease: tuple[int, int]) -> bool:
    """Whether the chemical at one place of a passage is said to lessen, or to prevent, the disease at another.

    `chemical` and `disease` are half-open ranges in the passage. A denial ("did not prevent") is one of lessening.

    >>> is_lessened("Aspirin attenuated fever.", (0, 7), (19, 24))
    True
    >>> is_lessened("Aspirin inhibitors attenuated fever.", (0, 7), (30, 35))
    False
    """
    first, last = sorted((chemical, disease))
    before = passage_text[max(0, first[0] - _BEFORE) : first[0]]
    between = passage_text[first[1] : last[0]]
    if len(between) > _MAX_BETWEEN or _NO_OBJECT.match(passage_text[disease[1] :]):
        return False
    if first == chemical:
        if _NOT_AGENT.search(before) and not _GIVEN_WITH.search(before):
            return False
        patterns = [*_ACTIVE, _FOR_CARE]
        patterns += [_AGAINST] if _PROTECTION.search(before) else []
    else:
        if _BEHIND_AGENT.match(passage_text[last[1] :].lstrip(" -")):
            return False
        patterns = [_BY] if _RELIEF_OF.search(before) else []
        patterns += [_PASSIVE] if _MEASURED.search(before) or not _NO_SUBJECT.search(before) else []
    found = (pattern.fullmatch(between) for pattern in patterns)
    agents = (match["agent"] for match in found if match is not None)
    return any(not _OTHER_AGENT.search(agent) and not _OTHER_SUBJECT.search(agent) for agent in agents)
