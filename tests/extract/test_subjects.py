"""What the words of a sentence say of whose value it is; mentions stand in square brackets with a type."""

import re

import pytest

from kgbuild.document import Document, Mention, Relation, Span
from kgbuild.extract.measurements import find_measurements
from kgbuild.extract.subjects import (
    find_holders,
    find_holders_of_values,
    find_series,
    find_sole_holders,
    signed_sentences,
)

TYPES = {"M": "Material", "P": "Property", "Q": "Quantity", "F": "Form"}
MENTION = re.compile(r"\[([MPQF]) ([^\]]+)\]")


def marked(text: str, *, has_values: bool = False) -> Document:
    """A document with the mentions marked in a text; with `has_values` the first property has all the quantities."""
    mentions: list[Mention] = []
    plain, place = "", 0
    for match in MENTION.finditer(text):
        plain += text[place : match.start()]
        mentions.append(Mention(Span(len(plain), len(plain) + len(match[2])), TYPES[match[1]], score=0.8))
        plain += match[2]
        place = match.end()
    plain += text[place:]
    doc = Document("PMID:1", plain, mentions=tuple(mentions))
    if not has_values:
        return doc
    first = next(m for m in mentions if m.type == "Property")
    values = [Relation(first.id, "has_value", m.id, Span(0, len(plain)), 0.9) for m in mentions if m.type == "Quantity"]
    return Document("PMID:1", plain, mentions=tuple(mentions), relations=tuple(values))


def words(doc: Document, id: str) -> str:
    return doc.text_of(doc.mention_index()[id].span) if id else ""


def measured(text: str) -> list[tuple[str, str, float | None, str]]:
    doc = marked(text, has_values=True)
    found = find_measurements(doc)
    rows = [(words(doc, m.subject), words(doc, m.property), m.quantity.value, m.quantity.unit) for m in found]
    return sorted(rows, key=lambda row: row[2] or 0.0)


@pytest.mark.parametrize(
    "text",
    [
        "The [P band gap] of [M ZnO] is [Q 3.4 eV].",
        "The [P band gap] ([P Eg]) of the undoped [M ZnO] [F films] is [Q 3.4 eV].",
        "The [P band gap] of [M ZnO] (wurtzite) was found to be [Q 3.4 eV].",
        "[M ZnO] has a wide [P band gap] of [Q 3.4 eV].",
        "[M ZnO] [F films] also show a [P band gap] of [Q 3.4 eV].",
        "[M ZnO] shows the best performance with a [P band gap] of [Q 3.4 eV].",
        "[M ZnO] has a [P density] of [Q 5.6 g/cm3] and a wide [P band gap] of [Q 3.4 eV].",
        "We used [M ZnO] ([P band gap] = [Q 3.4 eV]) on [M glass].",
        "Cells on [M ZnO] ([P density] = [Q 5.6 g/cm3], [P band gap] = [Q 3.4 eV]).",
        "[M ZnO] powder with a [P band gap] of [Q 3.4 eV].",
        "A [P band gap] of [Q 3.4 eV] was measured for the undoped [M ZnO].",
    ],
)
def test_the_words_around_a_property_tell_what_has_it(text: str) -> None:
    doc = marked(text)
    gap = next(m.id for m in doc.mentions if doc.text_of(m.span) == "band gap")
    holder, score = find_holders(signed_sentences(doc))[gap]
    assert (words(doc, holder), score) == ("ZnO", 0.8)


@pytest.mark.parametrize(
    "text",
    [
        "The [P band gap] of cells with [M ZnO] is [Q 3.4 eV].",
        "The [P band gap] of other [M oxides] is [Q 3.4 eV].",
        "The [P band gap] of [M ZnO]-based cells is [Q 3.4 eV].",
        "The [P band gap] of [M ZnO]/[M TiO2] is [Q 3.4 eV].",
        "The [P band gap] of [M ZnO] and [M TiO2] is [Q 3.4 eV].",
        "The [P band gap] of the [M ZnO] device is [Q 3.4 eV].",
        "Devices based on [M ZnO] have a [P band gap] of [Q 3.4 eV].",
        "A blend of 1 : 1 [M ZnO] has a [P band gap] of [Q 3.4 eV].",
        "[M TiO2] and [M ZnO] have a [P band gap] of [Q 3.4 eV].",
        "[M ZnO] has no [P band gap] of [Q 3.4 eV].",
        "On [M ZnO], a [P band gap] of [Q 3.4 eV].",
        "A [M ZnO] laser ([P band gap] = [Q 3.4 eV]).",
        "[P band gap]",
        "",
    ],
)
def test_other_words_tell_nothing(text: str) -> None:
    assert find_holders(signed_sentences(marked(text))) == {}


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("[M ZnO] absorbs light, with a [P band gap] of [Q 3.4 eV].", True),
        ("The doped [M ZnO] cracks at a [P stress] of [Q 3 MPa].", True),
        ("A [P PCE] of [Q 7 %] was reached by the device based on [M PTB7].", True),
        ("In the case of [M PTB7], the cell has a [P PCE] of [Q 7 %].", True),
        ("On [M ZnO], a [P band gap] of [Q 3.4 eV].", False),
        ("[M ZnO] absorbs light, with a [P band gap] of [Q 3.4 eV], and [M CdS] does not.", False),
        ("[M ZnO] has a larger [P band gap] than that of CdS, [Q 2.4 eV].", False),
        ("[M ZnO] does not have a [P band gap] of [Q 2.4 eV].", False),
        ("The cell without [M DIO] has a [P PCE] of [Q 7 %].", False),
        ("[M ZnO]-based cells have a [P PCE] of [Q 7 %].", False),
        ("A [P PCE] of [Q 7 %] was reached by the device based on [M PTB7]:PC71BM.", False),
        ("[M ZnO] was milled with balls that have a [P diameter] of [Q 5 mm].", False),
        ("[M ZnO] was put on glass, whose [P thickness] is [Q 1 mm].", False),
        ("[M ZnO] reduces the [P band gap] of the blend to [Q 3 eV].", False),
        ("[M ZnO] and CdS have a [P band gap] of [Q 3 eV].", False),
        ("[M ZnO] was used as a layer and the device has a [P PCE] of [Q 7 %].", False),
    ],
)
def test_the_only_substance_of_a_sentence_that_is_about_it_has_the_property(text: str, is_told: bool) -> None:
    assert bool(find_sole_holders(signed_sentences(marked(text)))) == is_told


def test_a_value_may_say_what_it_is_for() -> None:
    doc = marked(
        "[P Gaps] are [Q 3.4 eV] for [M ZnO], [Q 3.2 eV] for [M TiO2] cells and [Q 2 eV] for [M CdS] and [M CdTe]."
    )
    found = {
        words(doc, value): words(doc, holder)
        for value, (holder, _) in find_holders_of_values(signed_sentences(doc)).items()
    }
    assert found == {"3.4 eV": "ZnO"}


@pytest.mark.parametrize(
    "text",
    [
        "The [P densities] of [M A2], [M B2] and [M C2] were [Q 2.3], [Q 2.4] and [Q 2.5 g/cm3], respectively.",
        "The [P densities] of [M A2], [M B2], and [M C2] were [Q 2.3, 2.4 and 2.5 g/cm3], respectively.",
        "[M A2], [M B2] and [M C2] had [P densities] of [Q 2.3], [Q 2.4] and [Q 2.5 g/cm3], respectively.",
        "The [P densities] were [Q 2.3], [Q 2.4] and [Q 2.5 g/cm3] for [M A2], [M B2] and [M C2] respectively.",
        "The [P densities] (ρ) of the pure [M A2] (an alloy), [M B2] [F films] and [M C2] were found to be about "
        "[Q 2.3 g/cm3], [Q 2.4 g/cm3] and [Q 2.5 g/cm3], respectively.",
    ],
)
def test_values_and_names_are_paired_in_their_order(text: str) -> None:
    assert measured(text) == [
        ("A2", "densities", 2.3, "g.cm-3"),
        ("B2", "densities", 2.4, "g.cm-3"),
        ("C2", "densities", 2.5, "g.cm-3"),
    ]


def test_melting_points_are_paired() -> None:
    assert measured("[M Xe] and [M Y2] had [P melting points] of [Q 45] and [Q 52 °C], respectively.") == [
        ("Xe", "melting points", 45.0, "Cel"),
        ("Y2", "melting points", 52.0, "Cel"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The [P densities] of [M A2], [M B2] and [M C2] were [Q 2.3] and [Q 2.4 g/cm3], respectively.",
        "The [P densities] of silica and [M B2] were [Q 2.3] and [Q 2.4 g/cm3], respectively.",
        "The [P densities] of [M A2] and [M B2] were [Q 2.3] and [Q 2.4 g/cm3].",
    ],
)
def test_where_counts_differ_or_nothing_says_so_there_is_no_subject(text: str) -> None:
    assert [(item[0], item[2]) for item in measured(text)] == [("", 2.3), ("", 2.4)]


def test_properties_and_values_are_paired_in_their_order() -> None:
    text = (
        "The [P density], [P band gap] and [P hardness] of the [M LLZO] powder were [Q 5 g/cm3], [Q 6 eV] and [Q 8 GPa]"
    )
    assert measured(f"{text}, respectively.") == [
        ("LLZO", "density", 5.0, "g.cm-3"),
        ("LLZO", "band gap", 6.0, "eV"),
        ("LLZO", "hardness", 8.0, "GPa"),
    ]


def test_the_property_of_the_relations_counts_before_one_that_stands_nearer() -> None:
    text = "[P Gaps] from [P edges] were [Q 3.4] and [Q 3.2 eV] for [M ZnO] and [M TiO2], respectively."
    assert [item[:3] for item in measured(text)] == [("TiO2", "Gaps", 3.2), ("ZnO", "Gaps", 3.4)]


def test_a_number_whose_unit_is_not_understood_is_no_measurement() -> None:
    text = "[M A2] and [M B2] had [P mobilities] of [Q 3.4] and [Q 3.2 cm V zz], respectively."
    assert measured(text) == []


def test_a_value_behind_another_name_is_not_of_the_first() -> None:
    text = "The [P flow] of [M H2] was [Q 1 L/min], and that with [M O2] [Q 2 L/min]."
    assert [(item[0], item[2]) for item in measured(text)] == [("H2", 1.0), ("", 2.0)]


def test_a_series_holds_what_its_sentence_names() -> None:
    doc = marked("[P Gaps] of [M A2] (see [M X2]) and [M B2] were [Q 1] and [Q 2 eV], respectively, at [Q 3 K].")
    (series,) = find_series(signed_sentences(doc))
    assert [[words(doc, id) for id in ids] for ids in (series.quantities, series.properties, series.substances)] == [
        ["1", "2 eV"],
        ["Gaps"],
        ["A2", "B2"],
    ]
    assert list(find_series(signed_sentences(marked("[P Gaps] of [Q 1] and [Q 2 eV].")))) == []
    assert [
        item.properties for item in find_series(signed_sentences(marked("[P Gap]s, here [Q 1], respectively")))
    ] == [()]


def test_signs_of_private_use_in_a_text_are_no_mentions() -> None:
    doc = marked("The [P band gap] of \ue000 is \ue002 and [M ZnO] is [Q 3.4 eV], \ue002 and \ue002, respectively.")
    assert find_holders(signed_sentences(doc)) == {} and list(find_series(signed_sentences(doc))) == []
