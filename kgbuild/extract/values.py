"""Values that a model gives a property, and the sentence another one, by the order of names and numbers in it.

In "the scan rate was 5 mV/s, the voltage 3 V" the second value is the voltage's, and in "53 mAs, 1 s rotation time" the
first one is not the rotation time's. A value that several properties claim is that of the nearest.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kgbuild.document import Document, Mention, Relation, Span

__all__ = ["drop_values_of_others"]

VALUE = "has_value"
#: What ends the words that belong to a value before the name of its property, unless that follows in brackets.
_BORDER = re.compile(r"(?!\s*\(\Z)(?:[,;:(]|\b(?:and|at|in|to|while|with)\b)")
#: What is not measured but chosen, for an interval: "95% CI".
_CONFIDENCE = re.compile(r"[\s-]*(?:CIs?\b|confidence\b|credible\b|credibility\b)", re.IGNORECASE)
_CONFIDENT = re.compile(r"confiden|credib|\bCI\b", re.IGNORECASE)


def drop_values_of_others(
    doc: Document, mentions: Mapping[str, Mention], relations: Sequence[Relation]
) -> list[Relation]:
    """The relations, in their order, without those that give a property a value which the sentence gives another.

    `mentions` are those of the document by `Mention.id`, among which are the ends of all relations.
    """
    sentence = _Sentences(doc, mentions)
    claims = [_Claim(r, mentions[r.subject].span, mentions[r.object].span) for r in relations if r.predicate == VALUE]
    claims = [claim for claim in claims if not sentence.is_confidence(claim.name, claim.value)]
    fitting = [claim for claim in claims if not sentence.gives_another(claim.name, claim.value)]
    nearest: dict[Span, _Claim] = {}
    for claim in sorted(fitting, key=lambda claim: (claim.distance, claim.name)):
        nearest.setdefault(claim.value, claim)
    # what no other claims, of a property without another value, is better than nothing
    named = {claim.name for claim in nearest.values()}
    alone = [claim for claim in claims if claim.value not in nearest and claim.name not in named]
    kept = {id(claim.relation) for claim in (*nearest.values(), *alone)}
    return [relation for relation in relations if relation.predicate != VALUE or id(relation) in kept]


class _Claim(NamedTuple):
    relation: Relation
    name: Span
    value: Span

    @property
    def distance(self) -> int:
        """Characters between the two."""
        return max(self.value.start - self.name.end, self.name.start - self.value.end)


class _Sentences:
    """The properties and quantities of a document in the order of its text."""

    def __init__(self, doc: Document, mentions: Mapping[str, Mention]) -> None:
        self._text = doc.text
        chosen = [mention for mention in mentions.values() if mention.type in ("Property", "Quantity")]
        self._mentions = sorted(chosen, key=lambda mention: mention.span)
        self._starts = [mention.span.start for mention in self._mentions]

    def is_confidence(self, name: Span, value: Span) -> bool:
        """Whether a value is how sure an interval is, and the property is nothing of the kind."""
        is_level = _CONFIDENCE.match(self._text, value.end) is not None
        return is_level and not _CONFIDENT.search(self._text, name.start, name.end)

    def gives_another(self, name: Span, value: Span) -> bool:
        """Whether what stands between a property's name and a value says that it is none of its."""
        if value.start < name.start:
            between = self._text[value.end : name.start]
            return "Quantity" in self._types(value.end, name.start) or _BORDER.search(between) is not None
        types = self._types(name.end, value.start)
        return "Quantity" in types and "Property" in types[types.index("Quantity") :]

    def _types(self, start: int, end: int) -> list[str]:
        found = self._mentions[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        return [mention.type for mention in found]
