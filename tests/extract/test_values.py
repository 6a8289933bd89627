"""Sentences with [properties] and {values}, and which values a property keeps of all that it may claim."""

import re
from itertools import product

import pytest

from kgbuild.document import Document, Mention, Relation, Span
from kgbuild.extract.values import drop_values_of_others


def kept(marked: str) -> list[tuple[str, str]]:
    """The (property, value) that are left if every property claims every value."""
    text, mentions, place = "", [], 0
    for found in re.finditer(r"\[([^]]+)\]|\{([^}]+)\}", marked):
        text += marked[place : found.start()]
        name = found[1] or found[2]
        mentions.append(Mention(Span(len(text), len(text) + len(name)), "Property" if found[1] else "Quantity"))
        text, place = text + name, found.end()
    doc = Document("kgb:doc-1", text + marked[place:], mentions=tuple(mentions))
    properties, values = ([m for m in mentions if m.type == type] for type in ("Property", "Quantity"))
    whole = Span(0, len(doc.text))
    relations = [Relation(p.id, "has_value", v.id, whole) for p, v in product(properties, values)]
    index = doc.mention_index()
    left = drop_values_of_others(doc, index, relations)
    return [(doc.text_of(index[r.subject].span), doc.text_of(index[r.object].span)) for r in left]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("The [gap] was {5 eV}.", [("gap", "5 eV")]),
        ("The [rate] was {5 mV/s}, the [voltage] {3 V}.", [("rate", "5 mV/s"), ("voltage", "3 V")]),
        ("The [gaps] of A and B were {5} and {6 eV}.", [("gaps", "5"), ("gaps", "6 eV")]),
        ("At {80 kV}, an [energy] of {53 J}.", [("energy", "53 J")]),
        ("A {0.6 mm} [slice thickness].", [("slice thickness", "0.6 mm")]),
        ("The [error rate] was {2.6%} ({95%} CI).", [("error rate", "2.6%")]),
        ("A [confidence level] of {95%} CI.", [("confidence level", "95%")]),
        ("{1.1 V} ([Voc]), {22 mA} ([Jsc]), {18%} ([PCE])", [("Voc", "1.1 V"), ("Jsc", "22 mA"), ("PCE", "18%")]),
        ("At {3.37 eV}, the [band gap] is direct.", [("band gap", "3.37 eV")]),
        (
            "The [conductivity] was {2 S/cm} at a [temperature] of {25 °C}.",
            [("conductivity", "2 S/cm"), ("temperature", "25 °C")],
        ),
        ("Nothing is measured.", []),
    ],
)
def test_a_value_is_of_the_property_that_the_sentence_gives_it(marked: str, expected: list[tuple[str, str]]) -> None:
    assert kept(marked) == expected


def test_other_relations_stay() -> None:
    doc = Document("kgb:doc-1", "aspirin, asthma")
    ends = Mention(Span(0, 7), "Chemical"), Mention(Span(9, 15), "Disease")
    relation = Relation(ends[0].id, "CID", ends[1].id, Span(0, 15))
    assert drop_values_of_others(doc, {end.id: end for end in ends}, [relation]) == [relation]
