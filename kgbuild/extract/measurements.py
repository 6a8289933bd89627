"""Measurements: the property, what has it, and its value, from the relations of a document.

A quantity that a property `has_value` is parsed into numbers and a unit; the subject is what `has_property`. What
cannot be parsed, or has another dimension than the property's name tells ("voltage", "12 cm"), stays a relation between
two mentions.
"""

import re
from collections.abc import Iterator, Mapping

from kgbuild.document import Document, Measurement, Mention, Relation
from kgbuild.extract.quantities import parse_quantities

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
#: and what the unit of any rate holds
PER_TIME = re.compile(r"(?:^|\.)s-\d")


def find_measurements(doc: Document) -> tuple[Measurement, ...]:
    """The measurements that the document's relations state, sorted by place; denied values are none.

    The score is that of the less sure of the two relations.
    """
    mentions = doc.mention_index()
    holders = _holders(doc)
    found = {m for relation in doc.relations for m in _measured(doc, relation, mentions, holders)}
    return tuple(sorted(found, key=lambda m: (m.span, m.property, m.subject, repr(m.quantity))))


def _holders(doc: Document) -> dict[str, Relation]:
    # property -> the surest relation to what has it; ties go to the lower identifier
    best: dict[str, Relation] = {}
    for relation in sorted(doc.relations, key=lambda r: (-r.score, r.subject)):
        if relation.predicate == PROPERTY and relation.polarity == "affirmed":
            best.setdefault(relation.object, relation)
    return best


def _measured(
    doc: Document, relation: Relation, mentions: Mapping[str, Mention], holders: Mapping[str, Relation]
) -> Iterator[Measurement]:
    if relation.predicate != VALUE or relation.polarity != "affirmed":
        return
    holder = holders.get(relation.subject)
    subject = holder.subject if holder else ""
    score = min(relation.score, holder.score) if holder else relation.score
    name = doc.text_of(mentions[relation.subject].span)
    for parsed in parse_quantities(doc.text_of(mentions[relation.object].span)):
        if not _fits(name, parsed.quantity.si_unit):
            continue
        conditions = (("versus", parsed.reference),) if parsed.reference else ()
        yield Measurement(subject, relation.subject, parsed.quantity, relation.span, conditions, score)


def _fits(name: str, si_unit: str) -> bool:
    """Whether a property of this name can have values in this unit, as far as its last word tells."""
    last = name.casefold().rsplit(" ", 1)[-1]
    if last == "rate":
        return si_unit == "1" or PER_TIME.search(si_unit) is not None
    return last not in UNITS_OF or si_unit in UNITS_OF[last]
