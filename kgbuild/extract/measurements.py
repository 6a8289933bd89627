"""Measurements: the property, what has it, and its value, from the relations of a document.

A quantity that a property `has_value` is parsed into numbers and a unit; the subject is what `has_property`. What
cannot be parsed, or has another dimension than the property's name tells ("voltage", "12 cm"), stays a relation between
two mentions.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from kgbuild.document import Document, Measurement, Mention, Relation, Span
from kgbuild.extract.quantities import LIST, ParsedQuantity, parse_quantities, relation_before

__all__ = ["find_measurements"]

VALUE, PROPERTY = "has_value", "has_property"
_LENGTH, _TIME, _VOLT = frozenset({"m"}), frozenset({"s"}), frozenset({"A-1.kg.m2.s-3"})
#: the last word of a property's name -> the SI units that its values can have
UNITS_OF = {
    **dict.fromkeys(("diameter", "length", "radius", "thickness", "wavelength", "width"), _LENGTH),
    **dict.fromkeys(("duration", "time"), _TIME),
    **dict.fromkeys(("voltage",), _VOLT),
    "frequency": frozenset({"s-1"}),
    "power": frozenset({"kg.m2.s-3"}),
    "pressure": frozenset({"kg.m-1.s-2"}),
    "temperature": frozenset({"K"}),
}
SUBSTANCES = frozenset({"Material", "Chemical"})
#: What stands between a substance and its property, and between a property and what has it.
HAS = re.compile(
    r"(?: \([^()]{1,12}\))? (?:has|have|had|shows?|showed|exhibits?|exhibited|possess(?:es|ed)?|displays?|displayed)"
    r" (?:(?:an?|the|its) )?(?:(?!of |no |not )[a-z-]+ ){0,2}"
)
OF = re.compile(r" of (?:the |an? |pure |bulk )?")
#: Characters before a quantity in which its bound stands.
LONGEST_BOUND = 24
#: and those that are per time, and what the unit of such a value holds
RATES = frozenset({"rate", "speed", "velocity"})
PER_TIME = re.compile(r"(?:^|\.)s-\d")


def find_measurements(doc: Document) -> tuple[Measurement, ...]:
    """The measurements that the document's relations state, sorted by place; denied values are none.

    The score is that of the less sure of the two relations; where none tells what has the property, the words beside it
    may.
    """
    mentions = doc.mention_index()
    holders = _named_holders(doc) | _holders(doc)
    lists = _lists(doc)
    found = {m for relation in doc.relations for m in _measured(doc, relation, mentions, holders, lists)}
    return tuple(sorted(found, key=lambda m: (m.span, m.property, m.subject, repr(m.quantity))))


def _holders(doc: Document) -> dict[str, tuple[str, float]]:
    """Property -> what has it by the surest relation, and its score; ties go to the lower identifier."""
    best: dict[str, tuple[str, float]] = {}
    for relation in sorted(doc.relations, key=lambda r: (-r.score, r.subject)):
        if relation.predicate == PROPERTY and relation.polarity == "affirmed":
            best.setdefault(relation.object, (relation.subject, relation.score))
    return best


def _named_holders(doc: Document) -> dict[str, tuple[str, float]]:
    """Property -> the substance that the words beside it name: "band gap of ZnO", "ZnO has a wide band gap"."""
    found: dict[str, tuple[str, float]] = {}
    for left, right in pairwise(sorted(doc.mentions, key=lambda mention: mention.span)):
        between = doc.text[left.span.end : right.span.start]
        if left.type in SUBSTANCES and right.type == "Property" and HAS.fullmatch(between):
            found[right.id] = left.id, left.score
        elif left.type == "Property" and right.type in SUBSTANCES and OF.fullmatch(between):
            found[left.id] = right.id, right.score
    return found


def _lists(doc: Document) -> dict[Span, str]:
    """A quantity that others follow in a list -> it and those, as one text: "4.59, 4.06 %" of "4.59 and 4.06 %"."""
    lists: dict[Span, str] = {}
    quantities = sorted(mention.span for mention in doc.mentions if mention.type == "Quantity")
    for span, after in reversed(list(pairwise(quantities))):
        if LIST.fullmatch(doc.text[span.end : after.start]):
            lists[span] = f"{doc.text_of(span)}, {lists.get(after, doc.text_of(after))}"
    return lists


def _measured(
    doc: Document,
    relation: Relation,
    mentions: Mapping[str, Mention],
    holders: Mapping[str, tuple[str, float]],
    lists: Mapping[Span, str],
) -> Iterator[Measurement]:
    if relation.predicate != VALUE or relation.polarity != "affirmed":
        return
    subject, sureness = holders.get(relation.subject, ("", 1.0))
    score = min(relation.score, sureness)
    name = doc.text_of(mentions[relation.subject].span)
    for parsed in _parsed(doc, mentions[relation.object].span, lists):
        if not _fits(name, parsed.quantity.si_unit):
            continue
        conditions = (("versus", parsed.reference),) if parsed.reference else ()
        yield Measurement(subject, relation.subject, parsed.quantity, relation.span, conditions, score)


def _parsed(doc: Document, span: Span, lists: Mapping[Span, str]) -> tuple[ParsedQuantity, ...]:
    """The quantities at a place, bounded by what stands before it: "above" of "above 0.1 S/cm".

    A number alone has the unit with which its list ends.
    """
    text = doc.text_of(span)
    bound = relation_before(doc.text[max(span.start - LONGEST_BOUND, 0) : span.start])
    found = (parse_quantities(f"{bound} {text}") if bound else ()) or parse_quantities(text)
    if len(found) == 1 and found[0].quantity.unit == "1" and span in lists:
        return parse_quantities(lists[span])[:1] or found
    return found


def _fits(name: str, si_unit: str) -> bool:
    """Whether a property of this name can have values in this unit, as far as its last word tells."""
    last = name.casefold().rsplit(" ", 1)[-1]
    if last in RATES:
        return si_unit == "1" or PER_TIME.search(si_unit) is not None
    return last not in UNITS_OF or si_unit in UNITS_OF[last]
