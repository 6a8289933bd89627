"""Measurements put together from relations."""

import msgspec
import pytest

from kgbuild.document import Document, Mention, Relation, Span
from kgbuild.extract.measurements import find_measurements

TEXT = "YSZ has a conductivity of 0.1 S/cm, not a band gap of 3 eV, and pores of several kinds."


def mention(name: str, type: str) -> Mention:
    start = TEXT.index(name)
    return Mention(Span(start, start + len(name)), type)


def document(*relations: tuple[str, str, str, float, str]) -> Document:
    mentions = {
        name: mention(name, type)
        for name, type in (
            ("YSZ", "Material"), ("conductivity", "Property"), ("0.1 S/cm", "Quantity"), ("band gap", "Property"),
            ("3 eV", "Quantity"), ("several kinds", "Quantity"), ("pores", "Property"),
        )
    }  # fmt: skip
    whole = Span(0, len(TEXT))
    stated = tuple(
        Relation(mentions[a].id, predicate, mentions[b].id, whole, score=score, polarity=polarity)
        for a, predicate, b, score, polarity in relations
    )
    return Document("PMID:1", TEXT, mentions=tuple(mentions.values()), relations=stated)


def test_a_value_is_joined_to_its_property_and_what_has_it():
    doc = document(
        ("conductivity", "has_value", "0.1 S/cm", 0.9, "affirmed"),
        ("YSZ", "has_property", "conductivity", 0.7, "affirmed"),
    )
    (found,) = find_measurements(doc)
    assert (found.subject, found.property) == (mention("YSZ", "Material").id, mention("conductivity", "Property").id)
    assert (found.quantity.value, found.quantity.unit, found.score) == (0.1, "S.cm-1", 0.9)


def test_relations_that_name_several_substances_tell_none() -> None:
    text = "For A2 and B2 gaps of 3 eV were found."
    names = (("A2", "Material"), ("B2", "Material"), ("gaps", "Property"), ("3 eV", "Quantity"))
    doc = stated(text, *names)
    holders = [Relation(doc.mentions[n].id, "has_property", doc.mentions[2].id, Span(0, 9), score=0.7) for n in (0, 1)]
    one, several = (msgspec.structs.replace(doc, relations=(*doc.relations, *holders[:n])) for n in (1, 2))
    assert [(m.subject, m.score) for m in find_measurements(one)] == [(doc.mentions[0].id, 0.7)]
    assert [(m.subject, m.score) for m in find_measurements(several)] == [("", 0.9)]


def test_a_property_of_nothing_named_is_measured_all_the_same():
    (found,) = find_measurements(document(("band gap", "has_value", "3 eV", 0.9, "affirmed")))
    assert (found.subject, found.score) == ("", 0.9)


def stated(text: str, *names: tuple[str, str]) -> Document:
    """A document in which the second last mention, a property, has the last as its value."""
    mentions = [Mention(Span(text.index(name), text.index(name) + len(name)), type, score=0.8) for name, type in names]
    relation = Relation(mentions[-2].id, "has_value", mentions[-1].id, Span(0, len(text)), score=0.9)
    return Document("PMID:1", text, mentions=tuple(sorted(mentions, key=lambda m: m.span)), relations=(relation,))


@pytest.mark.parametrize(
    ("text", "is_subject"),
    [
        ("ZnO has a wide band gap of 3.4 eV.", True),
        ("The band gap of ZnO is 3.4 eV.", True),
        ("ZnO (wurtzite) shows a band gap of 3.4 eV.", True),
        ("On ZnO, a band gap of 3.4 eV.", False),
        ("ZnO has no direct band gap of 3.4 eV.", False),
        ("The band gap of cells with ZnO is 3.4 eV.", False),
    ],
)
def test_the_words_beside_a_property_tell_what_has_it(text: str, is_subject: bool):
    doc = stated(text, ("ZnO", "Material"), ("band gap", "Property"), ("3.4 eV", "Quantity"))
    (found,) = find_measurements(doc)
    substance = next(mention for mention in doc.mentions if mention.type == "Material")
    assert (found.subject, found.score) == ((substance.id, 0.8) if is_subject else ("", 0.9))


@pytest.mark.parametrize(
    ("name", "is_subject"),
    [
        ("band gap", True),
        ("corrosion rate", True),
        ("frequency", False),
        ("Scan Rate", False),
        ("laser intensity", False),
        ("sample loading", False),
    ],
)
def test_what_a_sentence_is_about_has_its_properties_and_not_what_is_set(name: str, is_subject: bool) -> None:
    doc = stated(f"ZnO was probed at a {name} of 3 Hz.", ("ZnO", "Material"), (name, "Property"), ("3 Hz", "Quantity"))
    assert [bool(found.subject) for found in find_measurements(doc)] == [is_subject]


@pytest.mark.parametrize(
    ("before", "relation", "low"),
    [("above", ">", None), ("at least", "=", 3.4), ("of", "=", None), ("over", "=", None)],
)
def test_what_stands_before_a_quantity_bounds_it(before: str, relation: str, low: float | None):
    doc = stated(f"It has a band gap {before} 3.4 eV.", ("band gap", "Property"), ("3.4 eV", "Quantity"))
    (found,) = find_measurements(doc)
    assert (found.quantity.relation, found.quantity.low) == (relation, low)


def test_denied_values_and_words_without_a_number_are_no_measurements():
    doc = document(
        ("band gap", "has_value", "3 eV", 0.9, "negated"), ("pores", "has_value", "several kinds", 0.9, "affirmed")
    )
    assert find_measurements(doc) == ()


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("heating rate", "7 °C/min", True),
        ("heating rate", "200 °C", False),
        ("survival rate", "80%", True),
        ("scan rate", "100 mV s^-1", True),
        ("applied voltage", "22 kV", True),
        ("applied voltage", "12 cm", False),
        ("power", "30 kHz", False),
        ("response time", "17 s", True),
        ("response time", "17", False),
        ("scan speed", "850 ms", False),
        ("flow velocity", "2 m/s", True),
        ("capacity", "12 cm", True),
        ("densities", "7.8 g/cm^3", True),
        ("current density", "10 mA cm-2", True),
        ("optical density", "0.6", True),
        ("density", "10 μL", False),
        ("temperature range", "40 °C/min", False),
        ("temperature range", "40 °C", True),
        ("voltages", "12 cm", False),
        ("film thickness", "12 cm", True),
    ],
)
def test_a_value_has_the_dimension_that_its_property_s_name_tells(name: str, value: str, fits: bool) -> None:
    text = f"The {name} was {value}."
    ends = (
        Mention(Span(4, 4 + len(name)), "Property"),
        Mention(Span(len(text) - 1 - len(value), len(text) - 1), "Quantity"),
    )
    stated = Relation(ends[0].id, "has_value", ends[1].id, Span(0, len(text)), score=0.9)
    assert len(find_measurements(Document("PMID:1", text, mentions=ends, relations=(stated,)))) == fits


@pytest.mark.parametrize(
    ("text", "name", "value", "unit"),
    [
        ("A swelling of 4.06 and 4.59 %.", "4.06", 4.06, "%"),
        ("A swelling of 1, 2, and 3 nm.", "1", 1.0, "nm"),
        ("A swelling of 4.06, then 4.59 %.", "4.06", 4.06, "1"),
        ("A swelling of 5 mm and 4.59 %.", "5 mm", 5.0, "mm"),
    ],
)
def test_a_number_in_a_list_has_the_unit_at_its_end(text: str, name: str, value: float, unit: str) -> None:
    others = [(other, "Quantity") for other in ("4.59 %", "2", "3 nm") if other in text]
    doc = stated(text, *others, ("swelling", "Property"), (name, "Quantity"))
    (found,) = find_measurements(doc)
    assert (found.quantity.value, found.quantity.unit) == (value, unit)
