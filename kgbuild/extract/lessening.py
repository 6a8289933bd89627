"""Whether a sentence says that a chemical lessens a disease or harm: attenuates, prevents, protects against it.

Most of what joins a chemical and a disease in papers is that the one brings the other about, so that a model takes the
rest for it as well. English only, and only words that leave little doubt: a verb between the two, with the chemical as
its subject and the disease as its object, or the other way round in the passive; a protective effect; a treatment.
Nothing may turn the sense once more ("X inhibitors", "omission of X", "prevented the recovery from Y").
"""

import re

__all__ = ["MISTAKEN_FOR", "is_lessened"]

#: what a model reports of a chemical that lessens a disease -> what it should
MISTAKEN_FOR = {"Positive_Correlation": "Negative_Correlation", "CID": "Negative_Correlation"}

_WORD = r"[^\s.;:()]+"
_VERB = (
    r"(?:attenuat|ameliorat|alleviat|mitigat|prevent|protect|reliev|abolish|abrogat|revers|counteract|lessen|rescu|"
    r"reduc|suppress|inhibit|decreas|block|improv|diminish)"
)
_BE = r"(?:is|are|was|were|be|been|being)"
_RELIEF = r"(?:attenuation|amelioration|alleviation|mitigation|prevention|reversal|relief)"
_GIVEN = (
    r"(?:\w*treatment|\w*treated|\w*therap(?:y|ies)|\w*administration|injections?|injected|infusions?|infused|"
    r"supplement(?:ation|ed)|incubat(?:ion|ed)|fed)"
)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


#: What stands between a chemical and the disease after it; `agent` are the words beside the chemical, `harm` those
#: beside the disease.
_ACTIVE = _compiled(
    rf"(?P<agent>(?:-{_WORD})?(?: {_WORD}){{0,8}}?),? {_VERB}(?:e?s|e?d|ing|e)?(?: against)?"
    rf"(?P<harm>(?: {_WORD}){{0,6}}?)[ -]"
)
_FOR_CARE = _compiled(
    rf"(?P<agent>(?:-{_WORD})?(?: {_WORD}){{0,6}}?) (?:for|in) (?:the )?"
    rf"(?:{_RELIEF}|treatment|management|prophylaxis) of(?P<harm>(?: {_WORD}){{0,4}}) "
)
#: where the words before the chemical tell of protection: "the protective effect of X against Y"
_PROTECTION = _compiled(
    r"(?:\w*protective|ameliorati(?:ve|ng)|preventi?ve|preventative|beneficial|palliative|attenuating) "
    rf"(?:effects?|actions?|activit(?:y|ies)|role|potential|efficacy) of (?:{_WORD} ){{0,4}}$"
)
_AGAINST = _compiled(rf"(?P<agent>(?:-{_WORD})?(?: {_WORD}){{0,4}}) (?:against|on)(?P<harm>(?: {_WORD}){{0,5}}) ")
#: What stands between a disease and the chemical after it.
_PASSIVE = _compiled(
    rf"(?P<harm>(?:-{_WORD})?(?: {_WORD}){{0,6}}?) {_BE} (?:\w+ ){{0,3}}?{_VERB}e?d(?: \w+ly)? "
    rf"(?:by|with|following|after)(?P<agent>(?: {_WORD}){{0,6}}?) "
)
#: where the words before the disease tell of relief: "the prevention of Y by X"
_RELIEF_OF = _compiled(rf"{_RELIEF} of (?:{_WORD} ){{0,4}}$")
_BY = _compiled(rf"(?P<harm>(?: {_WORD}){{0,2}}) (?:by|with|using)(?P<agent>(?: {_WORD}){{0,5}}) ")

#: Beside a chemical: another thing acts, or another clause begins.
_OTHER_AGENT = _compiled(
    r"\b(?:induced|associated|related|treated|elicited|evoked|caused|produced|provoked|mediated|dependen\w+|"
    r"inhibitors?|inhibition|antagoni\w+|blockers?|blockade|deficien\w+|deplet\w+|withdraw\w*|discontinu\w+|"
    r"deprivation|remov\w+|absence|lack\w*|without|by|incidence|cessation|antibod\w+|abus\w+|expos\w+|toxicity|"
    r"overdose|ability|effects?|than|which|that|who|whereas|but|while|although)\b"
)
#: Before a chemical: its absence acts, or that to which it was added or compared, or it is what did the harm.
_NOT_AGENT = _compiled(
    r"\b(?:(?:induced|caused|elicited|evoked|produced|provoked|followed) by|omitting|without|with|to|than|versus|vs|"
    r"from|during|(?:inhibition|blockade|withdrawal|deficiency|depletion|absence|lack|removal|discontinuation|"
    r"cessation|toxicity|exposure|antagonism|inhibitors?|antagonists?|omission) (?:of|for)) "
    rf"(?:{_WORD} ){{0,5}}$"
)
_GIVEN_WITH = _compiled(rf"\b{_GIVEN} with (?:{_WORD} ){{0,5}}$")
#: Beside a disease: its decline, or who has it, is what the verb is about, or another verb is.
_OTHER_HARM = _compiled(
    r"\b(?:effects?|actions?|abilit\w+|protect\w+|recovery|benefi\w+|efficacy|reduction|decreases?|decline|loss of|"
    r"clearance|resolution|by|after|when|than|improve\w+|response|patients?|subjects|rats|mice|women|men|children|"
    r"with|in|without|caus\w+|but|induc(?:es?|ing)|increas\w+|during|inhibit\w+|exacerbat\w+|"
    r"aggravat\w+|worsen\w*|enhanc\w+|promot\w+|trigger\w*)\b"
)
#: Characters before the first of the two that are looked at.
_BEFORE = 90
#: Characters between the two, at most: its words may be of any length.
_MAX_BETWEEN = 200


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
    if len(between) > _MAX_BETWEEN:
        return False
    if first == chemical:
        if _NOT_AGENT.search(before) and not _GIVEN_WITH.search(before):
            return False
        patterns = [_ACTIVE, _FOR_CARE]
        patterns += [_AGAINST] if _PROTECTION.search(before) else []
    else:
        if _OTHER_AGENT.match(passage_text[last[1] :].lstrip(" -")):
            return False
        patterns = [_PASSIVE]
        patterns += [_BY] if _RELIEF_OF.search(before) else []
    found = (pattern.fullmatch(between) for pattern in patterns)
    return any(
        match is not None and not _OTHER_AGENT.search(match["agent"]) and not _OTHER_HARM.search(match["harm"])
        for match in found
    )
