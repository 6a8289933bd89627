"""Measurements: the property, what has it, and its value, from the relations of a document.

A quantity that a property `has_value` is parsed into numbers and a unit; the subject is what `has_property`. What
cannot be parsed, or has another dimension than the property's name tells ("voltage", "12 cm"), stays a relation between
two mentions.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise, zip_longest

from kgbuild.document import Document, Measurement, Mention, Relation, Span
from kgbuild.extract.quantities import LIST, ParsedQuantity, parse_quantities, relation_before
from kgbuild.extract.subjects import (
    SUBSTANCES,
    Series,
    find_holders,
    find_holders_of_values,
    find_series,
    find_sole_holders,
    signed_sentences,
)
from kgbuild.extract.table_conditions import is_condition
from kgbuild.extract.table_results import is_set

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
#: and those that are per time, and what the unit of such a value holds
RATES = frozenset({"rate", "speed", "velocity"})
PER_TIME = re.compile(r"(?:^|\.)s-\d")
#: what no density is in, be it of mass, charge or power
NO_DENSITY = frozenset({"m", "m2", "m3", "s", "kg", "K", "mol"})
#: words behind the one that tells: "temperature range"
BEHIND = re.compile(r" (?:intervals?|ranges?|values?|windows?)\Z")
#: Names of what somebody sets in an experiment, besides its conditions and contents.
SET = re.compile(
    r"\b(?:(?:scan|sweep|heating|cooling|flow|feed|strain|shear|displacement|sampling|stirring)[ -]?rates?|speeds?|"
    r"currents?|current densit(?:y|ies)|amplitudes?|"
    r"(?:laser|lamp|applied|input|sputtering|excitation|accelerating|bias)[ -]\w+)\Z",
    re.IGNORECASE,
)
#: In the place of what has a property, and how sure that is.
NOBODY = ("", 1.0)
#: Characters before a quantity in which its bound stands.
LONGEST_BOUND = 24


def find_measurements(doc: Document) -> tuple[Measurement, ...]:
    """The measurements that the document's relations state, sorted by place; denied values are none.

    The score is that of the less sure of the two relations. What has the property the words beside it tell first, then
    relations where they agree.
    """
    reader = _Reader(doc)
    found = {*reader.single(), *reader.in_series()}
    return tuple(sorted(found, key=lambda m: (m.span, m.property, m.subject, repr(m.quantity), m.score)))


def _holders(doc: Document, mentions: Mapping[str, Mention]) -> dict[str, tuple[str, float]]:
    """Property -> what has it by the surest relation, and its score; none where relations name several substances."""
    stated = [r for r in doc.relations if r.predicate == PROPERTY and r.polarity == "affirmed"]
    names: dict[str, set[str]] = {}
    for relation in stated:
        names.setdefault(relation.object, set()).add(doc.text_of(mentions[relation.subject].span).casefold())
    best: dict[str, tuple[str, float]] = {}
    for relation in sorted(stated, key=lambda r: (-r.score, r.subject)):
        if len(names[relation.object]) == 1:
            best.setdefault(relation.object, (relation.subject, relation.score))
    return best


def _lists(doc: Document) -> dict[Span, str]:
    """A quantity that others follow in a list -> it and those, as one text: "4.59, 4.06 %" of "4.59 and 4.06 %"."""
    lists: dict[Span, str] = {}
    quantities = sorted(mention.span for mention in doc.mentions if mention.type == "Quantity")
    for span, after in reversed(list(pairwise(quantities))):
        if LIST.fullmatch(doc.text[span.end : after.start]):
            lists[span] = f"{doc.text_of(span)}, {lists.get(after, doc.text_of(after))}"
    return lists


class _Reader:
    """The values that the relations of a document give its properties."""

    def __init__(self, doc: Document) -> None:
        self._doc = doc
        self._mentions = doc.mention_index()
        sentences = list(signed_sentences(doc))
        self._named = find_holders(sentences)
        self._holders = _holders(doc, self._mentions) | self._named
        self._sole = find_sole_holders(sentences)
        self._lists = _lists(doc)
        self._series = list(find_series(sentences))
        self._in_series = {quantity for series in self._series for quantity in series.quantities}
        values = [r for r in doc.relations if r.predicate == VALUE and r.polarity == "affirmed"]
        self._best_last = sorted(values, key=lambda r: (r.score, r.subject))
        self._beside = find_holders_of_values(sentences)
        self._names = sorted(m.span.start for m in doc.mentions if m.type in SUBSTANCES)
        self._spans: dict[str, list[Span]] = {}
        for relation in values:
            self._spans.setdefault(relation.subject, []).append(self._mentions[relation.object].span)

    def single(self) -> Iterator[Measurement]:
        """The measurements of one property and value each."""
        for relation in self._best_last:
            if relation.object not in self._in_series:
                values = _parsed(self._doc, self._mentions[relation.object].span, self._lists)
                for parsed in values:
                    holder = self._holder(relation, is_one=len(values) == 1)
                    yield from self._measurement(relation, relation.subject, holder, parsed)

    def in_series(self) -> Iterator[Measurement]:
        """Those of values that are given in the order of the names that they belong to.

        If one value of a series is a property's, all are. If as many names are not found, a value is of the property
        that the relation says, and of what the words beside that name.
        """
        for series in self._series:
            stated = [r for r in self._best_last if r.object in series.quantities]
            if not stated:
                continue
            values = self._values_of(series)
            properties = _of_each(self._properties(series, stated), len(values))
            substances = _of_each(series.substances, len(values))
            if properties and (substances or not series.substances):
                best = {relation.object: relation for relation in stated}
                for (quantity, parsed), name, substance in zip_longest(values, properties, substances):
                    holder = self._owner(substance) if substance else self._holders.get(name, NOBODY)
                    yield from self._measurement(best.get(quantity, stated[0]), name, holder, parsed)
                continue
            for relation in stated:
                holder = self._named.get(relation.subject, NOBODY)
                for quantity, parsed in values:
                    if quantity == relation.object:
                        yield from self._measurement(relation, relation.subject, holder, parsed)

    def _values_of(self, series: Series) -> list[tuple[str, ParsedQuantity | None]]:
        """The mentions of a series with the quantities in them, in order; None for one that is not understood."""
        values = [
            (quantity, parsed)
            for quantity in series.quantities
            for parsed in _parsed(self._doc, self._mentions[quantity].span, self._lists) or (None,)
        ]
        if all(parsed is not None for _, parsed in values):
            return values
        # a number alone may have the unit that is not understood
        return [(name, None if parsed is None or parsed.quantity.unit == "1" else parsed) for name, parsed in values]

    def _holder(self, relation: Relation, *, is_one: bool) -> tuple[str, float]:
        """What has the property with this value: not the same as before, if another name stands between two values."""
        if is_one and relation.object in self._beside:
            return self._beside[relation.object]
        quantity = self._mentions[relation.object].span
        before = max((span.end for span in self._spans[relation.subject] if span.end <= quantity.start), default=None)
        if before is not None and bisect_left(self._names, before) < bisect_left(self._names, quantity.start):
            return NOBODY
        return self._holders.get(relation.subject) or self._sole_holder(relation.subject)

    def _sole_holder(self, property: str) -> tuple[str, float]:
        """What the sentence is about, where the property is none of what is done to it."""
        name = self._doc.text_of(self._mentions[property].span)
        return NOBODY if is_condition(name) or is_set(name) or SET.search(name) else self._sole.get(property, NOBODY)

    def _properties(self, series: Series, stated: Collection[Relation]) -> tuple[str, ...]:
        """The properties of a series; where it has one, and the relations tell another one alone, that."""
        told = {relation.subject for relation in stated}
        if len(series.properties) != 1 or told.issuperset(series.properties):
            return series.properties
        return tuple(told) if len(told) == 1 else ()

    def _owner(self, substance: str) -> tuple[str, float]:
        return substance, self._mentions[substance].score

    def _measurement(
        self, relation: Relation, property: str, holder: tuple[str, float], parsed: ParsedQuantity | None
    ) -> Iterator[Measurement]:
        if parsed is not None and _fits(self._doc.text_of(self._mentions[property].span), parsed.quantity.si_unit):
            conditions = (("versus", parsed.reference),) if parsed.reference else ()
            score = min(relation.score, holder[1])
            yield Measurement(holder[0], property, parsed.quantity, relation.span, conditions, score)


def _of_each(names: Sequence[str], n_values: int) -> tuple[str, ...]:
    """The names one for each value, where they are as many or one for all; else none."""
    return tuple(names) * (n_values if len(names) == 1 else 1) if len(names) in (1, n_values) else ()


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
    last = BEHIND.sub("", name.casefold()).rsplit(" ", 1)[-1]
    for word in (last, last.removesuffix("s"), f"{last.removesuffix('ies')}y"):
        if word in RATES:
            return si_unit == "1" or PER_TIME.search(si_unit) is not None
        if word == "density":
            return si_unit not in NO_DENSITY
        if word in UNITS_OF:
            return si_unit in UNITS_OF[word]
    return True
