"""Arguments of relations and their pairs."""

from kgbuild.document import Cell, Document, Mention, Passage, Span
from kgbuild.extract.arguments import Argument, Pair, candidate_pairs, group_arguments
from kgbuild.extract.labels import LabelSet, RelationLabel

LABELS = LabelSet(
    ("Chemical", "Disease", "Property", "Quantity", "Species"),
    (
        RelationLabel("CID", (("Chemical", "Disease"),)),
        RelationLabel("Bind", (("Chemical", "Chemical"),), symmetric=True),
        RelationLabel("has_value", (("Property", "Quantity"),)),
    ),
    local_types=("Property", "Quantity"),
)
ANYWHERE = Span(0, 1000)


def mention(text: str, word: str, type: str, occurrence: int = 0) -> Mention:
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(word, start + 1)
    return Mention(Span(start, start + len(word)), type)


def test_mentions_with_equal_text_are_one_argument_and_unrelated_types_none() -> None:
    text = "Aspirin, aspirin and mice"
    mentions = [
        mention(text, "Aspirin", "Chemical"),
        mention(text, "aspirin", "Chemical"),
        mention(text, "mice", "Species"),
    ]
    assert group_arguments(Document("d", text), mentions, LABELS) == [Argument("Chemical", (0, 1))]


def test_quantities_stand_for_themselves() -> None:
    text = "gap 5 eV, width 5 eV"
    mentions = [mention(text, "5 eV", "Quantity"), mention(text, "5 eV", "Quantity", 1)]
    assert group_arguments(Document("d", text), mentions, LABELS) == [
        Argument("Quantity", (0,)),
        Argument("Quantity", (1,)),
    ]


def test_of_a_row_only_a_property_and_value_in_one_cell_are_arguments() -> None:
    text = "ZnO | gap 5 eV | width | 7 nm"
    cells = tuple(Cell(Span(text.index(w), text.index(w) + len(w)), 0, 0, i) for i, w in enumerate(text.split(" | ")))
    doc = Document("d", text, cells=cells, passages=(Passage(Span(0, len(text)), "row", table=0),))
    named = [
        ("gap", "Property"),
        ("5 eV", "Quantity"),
        ("width", "Property"),
        ("7 nm", "Quantity"),
        ("ZnO", "Chemical"),
    ]
    found = group_arguments(doc, [mention(text, *name) for name in named], LABELS)
    assert found == [Argument("Property", (0,)), Argument("Quantity", (1,))]


def test_a_directed_pair_is_asked_in_its_direction_with_the_closest_mentions() -> None:
    text = "asthma; aspirin causes asthma"
    mentions = [
        mention(text, "asthma", "Disease"),
        mention(text, "aspirin", "Chemical"),
        mention(text, "asthma", "Disease", 1),
    ]
    arguments = group_arguments(Document("d", text), mentions, LABELS)
    assert candidate_pairs(arguments, mentions, [0, 1, 1], LABELS, ANYWHERE) == [Pair(1, 0, 1, 2, (0,))]


def test_a_symmetric_pair_is_asked_once() -> None:
    text = "A binds B"
    mentions = [mention(text, "A", "Chemical"), mention(text, "B", "Chemical")]
    arguments = group_arguments(Document("d", text), mentions, LABELS)
    assert candidate_pairs(arguments, mentions, [0, 0], LABELS, ANYWHERE) == [Pair(0, 1, 0, 1, (1,))]


def test_local_types_are_paired_within_a_sentence_only() -> None:
    text = "gap. 5 eV"
    mentions = [mention(text, "gap", "Property"), mention(text, "5 eV", "Quantity")]
    arguments = group_arguments(Document("d", text), mentions, LABELS)
    assert candidate_pairs(arguments, mentions, [0, 1], LABELS, ANYWHERE) == []
    assert len(candidate_pairs(arguments, mentions, [0, 0], LABELS, ANYWHERE)) == 1


def test_outside_of_prose_pairs_stay_within_a_sentence() -> None:
    text = "aspirin. asthma"
    mentions = [mention(text, "aspirin", "Chemical"), mention(text, "asthma", "Disease")]
    arguments = group_arguments(Document("d", text), mentions, LABELS)
    assert len(candidate_pairs(arguments, mentions, [0, 1], LABELS, ANYWHERE)) == 1
    assert candidate_pairs(arguments, mentions, [0, 1], LABELS, Span(0, 8)) == []
    assert len(candidate_pairs(arguments, mentions, [0, 0], LABELS, Span(0, 0))) == 1
