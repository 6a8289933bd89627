"""What stands around a pair of mentions and bears on whether they are related, beside what the model says of them.

Few and plain, as their weights are fitted, with the calibration, on some thousand pairs of development documents.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from kgbuild.document import Document, Mention, Span

__all__ = ["Circumstances"]

_WORDS = r"(?:[\w'’,()/-]+ )"
#: The words between two names that often say that one brings the other about: "X-induced Y", "X ... causes Y",
#: "Y after X"; "with", "on" and "from" say so of drugs and their effects, and other things of other pairs.
_CUE = re.compile(
    rf"[-–‑ ](?:induced|associated|related|provoked|elicited|evoked|mediated)[ -]{_WORDS}{{0,3}}"
    rf"| [^.;]{{0,40}}?\b(?:cause[sd]?|causing|induce[sd]?|inducing|produce[sd]?|precipitate[sd]?|provoke[sd]?|led to|"
    rf"leading to|developed|resulted in|resulting in) {_WORDS}{{0,4}}"
    rf"| (?:after|following|during|associated with|due to|secondary to|caused by|induced by|with|from|attributed to|"
    rf"related to|on) {_WORDS}{{0,4}}",
    re.IGNORECASE,
)
#: Characters between two names with a cue, at most: its words may be of any length.
_MAX_CUE = 200
_PEOPLE = (
    r"(?:(?:out|in)?patients?|subjects|wom[ae]n|m[ae]n|children|adolescents|adults?|volunteers|individuals|people|persons|"
    r"cases|boys?|girls?|infants?|participants|males?|females?|rats|mice|animals)"
)
_CARE = r"(?:treatment|(?:pharmaco|mono)?therap(?:y|ies)|management|prevention|prophylaxis|relief|control)"
#: Words before a disease, and after it, by which it is what somebody has or is treated for: "patients with X",
#: "treatment of X", "effective in X", "to prevent X", "X patients".
_TREATED = re.compile(
    rf"\b(?:{_PEOPLE} (?:with|suffering from|having|who ha(?:d|ve)|affected by)"
    rf"|(?:{_CARE}|drugs?|agents?|trials?|stud(?:y|ies)|efficacy|effective(?:ness)?|used|indicated|useful|prescribed"
    rf"|approved) (?:of|for|in|against)"
    rf"|(?:treat|prevent|reliev|alleviat|manag|ameliorat)(?:e?[sd]?|ing)|protect(?:s|ed)? against) {_WORDS}{{0,4}}$",
    re.IGNORECASE,
)
_TREATED_AFTER = re.compile(rf" (?:{_PEOPLE}|{_CARE}|trials?)\b", re.IGNORECASE)
#: Words that make it an effect after all: "patients with X-induced Y".
_EFFECT = re.compile(r"induced|associated|related|caused|due to", re.IGNORECASE)
#: Characters before a name that are looked at.
_BEFORE = 90


class Circumstances:
    """The circumstances of the pairs of a document's mentions."""

    def __init__(self, doc: Document, mentions: Sequence[Mention]) -> None:
        self._doc = doc
        self._mentions = mentions
        self._starts = [passage.span.start for passage in doc.passages]
        titles = [block.span for block in doc.blocks if block.kind == "title"]
        self._titled = {
            self._name(mention) for mention in mentions if any(mention.span.within(title) for title in titles)
        }
        self._treated: dict[int, bool] = {}

    def of(self, subject: int, other: int) -> frozenset[str]:
        """Names of what is so of two mentions, by index.

        `apart`: they stand in different passages; `subject titled`, `object titled`: the name stands in a title too;
        `cue`: the words between them are of those that often say that one brings the other about; `treated`: of a
        chemical and a disease, the disease is what somebody has, or is treated for.
        """
        a, b = self._mentions[subject], self._mentions[other]
        found = set()
        if self._name(a) in self._titled:
            found.add("subject titled")
        if self._name(b) in self._titled:
            found.add("object titled")
        first, last = sorted((a.span, b.span))
        if bisect_right(self._starts, first.start) != bisect_right(self._starts, last.start):
            found.add("apart")
        elif last.start - first.end <= _MAX_CUE and _CUE.fullmatch(self._doc.text, first.end, last.start):
            found.add("cue")
        if {a.type, b.type} == {"Chemical", "Disease"} and self._is_treated(subject if a.type == "Disease" else other):
            found.add("treated")
        return frozenset(found)

    def _is_treated(self, index: int) -> bool:
        if (known := self._treated.get(index)) is None:
            known = self._treated[index] = self._reads_as_treated(self._mentions[index].span)
        return known

    def _reads_as_treated(self, span: Span) -> bool:
        text = self._doc.text
        if _TREATED_AFTER.match(text, span.end):
            return True
        number = bisect_right(self._starts, span.start)
        passage = self._starts[number - 1] if number else 0
        before = _TREATED.search(text, max(passage, span.start - _BEFORE), span.start)
        return before is not None and not _EFFECT.search(before[0])

    def _name(self, mention: Mention) -> tuple[str, str]:
        return mention.type, self._doc.text_of(mention.span).casefold()
