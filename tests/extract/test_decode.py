"""From tags to mentions."""

import numpy as np
import pytest

from kgbuild.document import Document, Mention, Passage, Span
from kgbuild.extract.decode import decode_mentions, mention_words
from kgbuild.extract.labels import Calibration, LabelSet, calibrate
from kgbuild.extract.windows import Words

TEXT = "acute renal failure after cisplatin"
STARTS, ENDS = [0, 6, 12, 20, 26], [5, 11, 19, 25, 35]
LABELS = LabelSet(("Chemical", "Disease"))

#: decoding reads probabilities alone
NO_FEATURES = np.zeros((0, 4), dtype=np.int64)


def words_of(passages: list[int]) -> Words:
    arrays = [np.array(values) for values in (STARTS, ENDS, passages, [0] * 5)]
    return Words(np.arange(5), np.arange(6), arrays[0], arrays[1], arrays[2], arrays[3], NO_FEATURES)


def tags(chemical: str, disease: str, confidence: float = 0.8) -> np.ndarray:
    result = np.full((5, 2, 3), (1 - confidence) / 2, dtype=np.float32)
    for kind, letters in enumerate((chemical, disease)):
        for word, letter in enumerate(letters):
            result[word, kind, "OBI".index(letter)] = confidence
    return result


def found(probabilities: np.ndarray, passages: list[int] | None = None) -> list[tuple[str, str]]:
    doc = Document("kgb:doc-1", TEXT, passages=(Passage(Span(0, 35), "sentence"),))
    if passages is not None:
        doc = Document("kgb:doc-1", TEXT, passages=(Passage(Span(0, 11), "title"), Passage(Span(12, 35), "sentence")))
    mentions = decode_mentions(doc, words_of(passages or [0] * 5), probabilities, LABELS, agent="m")
    return [(doc.text_of(mention.span), mention.type) for mention in mentions]


def test_begin_and_inside_make_one_mention() -> None:
    assert found(tags("OOOOB", "BIIOO")) == [("acute renal failure", "Disease"), ("cisplatin", "Chemical")]


def test_inside_without_begin_starts_a_mention() -> None:
    assert found(tags("OOOOI", "OIIOO")) == [("renal failure", "Disease"), ("cisplatin", "Chemical")]


def test_words_of_a_type_that_touch_are_one_mention() -> None:
    assert found(tags("OOOOO", "BBIOO")) == [("acute renal failure", "Disease")]


def test_a_mention_ends_with_its_passage() -> None:
    assert found(tags("OOOOO", "BIIOO"), [0, 0, 1, 1, 1]) == [("acute renal", "Disease"), ("failure", "Disease")]


def test_of_overlapping_mentions_the_more_probable_stays() -> None:
    probabilities = tags("OBIOO", "BIIOO", 0.7)
    probabilities[1:3, 0] = [[0.05, 0.9, 0.05], [0.05, 0.05, 0.9]]
    assert found(probabilities) == [("renal failure", "Chemical")]


def test_of_equally_probable_mentions_the_longer_stays() -> None:
    assert found(tags("OBIOO", "BIIOO")) == [("acute renal failure", "Disease")]


def test_the_raw_score_is_the_geometric_mean_of_the_words() -> None:
    probabilities = tags("OOOOO", "BIOOO")
    probabilities[0, 1], probabilities[1, 1] = [0.1, 0.9, 0.0], [0.3, 0.2, 0.5]
    doc = Document("kgb:doc-1", TEXT, passages=(Passage(Span(0, 35), "sentence"),))
    (mention,) = decode_mentions(doc, words_of([0] * 5), probabilities, LABELS, agent="m")
    assert mention.raw_score == pytest.approx((0.9 * 0.5) ** 0.5, abs=1e-6)
    assert mention == Mention(Span(0, 11), "Disease", mention.score, mention.raw_score, agent="m")


def test_words_of_a_span_are_those_that_share_a_character() -> None:
    words = words_of([0] * 5)
    assert mention_words(words, Span(6, 19)) == (1, 3)
    assert mention_words(words, Span(8, 13)) == (1, 3)
    first, last = mention_words(words, Span(5, 6))
    assert first == last


def test_calibration_moves_the_logit() -> None:
    assert calibrate(0.5, Calibration(2.0, 0.0)) == 0.5
    assert calibrate(0.8, Calibration(1.0, 0.0)) == pytest.approx(0.8)
    assert calibrate(1.0, Calibration()) < 1.0


def test_a_bias_makes_a_type_more_or_less_frequent() -> None:
    probabilities = tags("OOOOB", "BOOOO", 0.5)
    probabilities[4, 0] = [0.45, 0.5, 0.05]
    doc = Document("kgb:doc-1", TEXT, passages=(Passage(Span(0, 35), "sentence"),))
    careful = LabelSet(LABELS.entities, bias={"Chemical": -0.25})
    assert [m.type for m in decode_mentions(doc, words_of([0] * 5), probabilities, LABELS, agent="m")] == [
        "Disease",
        "Chemical",
    ]
    assert [m.type for m in decode_mentions(doc, words_of([0] * 5), probabilities, careful, agent="m")] == ["Disease"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("– cisplatin", ["cisplatin"]),
        ("cisplatin .", ["cisplatin"]),
        ("Fe (II)", ["Fe (II)"]),
        ("– )", []),
        ("-3 mV", ["-3 mV"]),
        ("-binding proteins", ["binding proteins"]),
    ],
)
def test_loose_marks_at_the_edges_are_not_part_of_a_mention(text: str, expected: list[str]) -> None:
    first = text.split(" ")[0]
    starts, ends = np.array([0, len(first) + 1]), np.array([len(first), len(text)])
    words = Words(np.arange(2), np.arange(3), starts, ends, np.array([0, 0]), np.array([0, 0]), NO_FEATURES)
    probabilities = np.zeros((2, 2, 3), dtype=np.float32)
    probabilities[:, 0, 1], probabilities[:, 1, 0] = 1.0, 1.0
    doc = Document("kgb:doc-1", text, passages=(Passage(Span(0, len(text)), "sentence"),))
    mentions = decode_mentions(doc, words, probabilities, LABELS, agent="m")
    assert [doc.text_of(mention.span) for mention in mentions] == expected


def test_a_name_that_the_tags_cut_is_made_whole_and_no_label_is_a_gene() -> None:
    text = "HCT-116 (Figure 10C-10D)"
    starts, ends = np.array([0, 3, 4, 9, 16, 19, 20]), np.array([3, 4, 7, 15, 19, 20, 23])
    zeros = np.zeros(7, dtype=np.int64)
    words = Words(np.arange(7), np.arange(8), starts, ends, zeros, zeros, NO_FEATURES)
    probabilities = np.zeros((7, 2, 3), dtype=np.float32)
    probabilities[..., 0] = 1.0
    for word, kind in ((0, 0), (5, 1), (6, 1)):
        probabilities[word, kind] = [0.0, 1.0, 0.0]
    doc = Document("kgb:doc-1", text, passages=(Passage(Span(0, len(text)), "sentence"),))
    mentions = decode_mentions(doc, words, probabilities, LabelSet(("CellLine", "Gene")), agent="m")
    assert [(doc.text_of(mention.span), mention.type) for mention in mentions] == [("HCT-116", "CellLine")]


def test_what_agrees_with_other_places_is_no_part_of_a_longer_name() -> None:
    text = "of 7% and 9.7% it"  # words: of 7 % and 9 . 7 % it
    starts, ends = np.array([0, 3, 4, 6, 10, 11, 12, 13, 15]), np.array([2, 4, 5, 9, 11, 12, 13, 14, 17])
    words = Words(np.arange(9), np.arange(10), starts, ends, np.zeros(9, int), np.zeros(9, int), NO_FEATURES)
    probabilities = np.zeros((9, 1, 3), dtype=np.float32)
    for word, letter in enumerate("OBIOOOOOO"):
        probabilities[word, 0] = {"O": [1, 0, 0], "B": [0.02, 0.98, 0], "I": [0.02, 0, 0.98]}[letter]
    probabilities[6:8, 0] = [[0.6, 0.4, 0], [0.6, 0, 0.4]]
    doc = Document("kgb:doc-1", text, passages=(Passage(Span(0, 17), "sentence"),))
    mentions = decode_mentions(doc, words, probabilities, LabelSet(("Quantity",)), agent="m")
    assert [doc.text_of(mention.span) for mention in mentions] == ["7%", "9.7%"]
