"""Values that a model gives a property, and the sentence another one, by the order of names and numbers in it.

In "the scan rate was 5 mV/s, the voltage 3 V" the second value is the voltage's, and in "53 mAs, 1 s rotation time" the
first one is not the rotation time's. A value that several properties claim is that of the nearest.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from kgbuild.document import Document, Mention, Relation, Span

__all__ = ["drop_values_of_others"]

VALUE = "has_value"
#: What ends the words that belong to a value before the name of its property.
_BORDER = re.compile(r"[,;:(]")
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
    nearest: dict[str, tuple[int, Span]] = {}
    kept = []
    for relation in relations:
        name, value = mentions[relation.subject].span, mentions[relation.object].span
        if relation.predicate == VALUE:
            if sentence.gives_another(name, value):
                continue
            distance = max(value.start - name.end, name.start - value.end), name
            nearest[relation.object] = min(distance, nearest.get(relation.object, distance))
        kept.append(relation)
    return [
        relation
        for relation in kept
        if relation.predicate != VALUE or nearest[relation.object][1] == mentions[relation.subject].span
    ]


class _Sentences:
    """The properties and quantities of a document in the order of its text."""

    def __init__(self, doc: Document, mentions: Mapping[str, Mention]) -> None:
        self._text = doc.text
        chosen = [mention for mention in mentions.values() if mention.type in ("Property", "Quantity")]
        self._mentions = sorted(chosen, key=lambda mention: mention.span)
        self._starts = [mention.span.start for mention in self._mentions]

    def gives_another(self, name: Span, value: Span) -> bool:
        """Whether what stands between a property's name and a value, or behind that, says that it is none of its."""
        if _CONFIDENCE.match(self._text, value.end) and not _CONFIDENT.search(self._text, name.start, name.end):
            return True
        if value.start < name.start:
            between = self._text[value.end : name.start]
            return "Quantity" in self._types(value.end, name.start) or _BORDER.search(between) is not None
        types = self._types(name.end, value.start)
        return "Quantity" in types and "Property" in types[types.index("Quantity") :]

    def _types(self, start: int, end: int) -> list[str]:
        found = self._mentions[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        return [mention.type for mention in found]
