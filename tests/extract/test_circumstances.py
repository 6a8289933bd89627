"""What stands around two mentions, and what it does to the probability that they are related."""

import re

import numpy as np
import pytest

from kgbuild.document import Document, Mention, Passage, Span
from kgbuild.extract.calibration import NEVER, Case, _best_threshold, fit_calibration
from kgbuild.extract.circumstances import Circumstances
from kgbuild.extract.gold import GoldDocument
from kgbuild.extract.labels import Calibration, LabelSet, RelationLabel, calibrate
from kgbuild.extract.scoring import Decision, GoldPrediction
from kgbuild.extract.windows import Words
from kgbuild.segment import segment

TITLE = "Lithium in rats"


def around(body: str, *, subject: str = "lithium", other: str = "polyuria") -> frozenset[str]:
    """The circumstances of the last place of each name in the body; names are found wherever they stand."""
    text = f"{TITLE}\n{body}"
    blocks = (Passage(Span(0, len(TITLE)), "title"), Passage(Span(len(TITLE) + 1, len(text)), "paragraph"))
    named = [(subject, "Chemical"), (other, "Disease")]
    places = [(found, type_) for name, type_ in named for found in re.finditer(name, text, re.IGNORECASE)]
    mentions = sorted((Mention(Span(*found.span()), type_) for found, type_ in places), key=lambda m: m.span)
    last = {mention.type: index for index, mention in enumerate(mentions)}
    return Circumstances(segment(Document("kgb:1", text, blocks=blocks)), mentions).of(
        last["Chemical"], last["Disease"]
    )


@pytest.mark.parametrize(
    "words",
    [
        "lithium-induced polyuria",
        "Lithium may cause severe polyuria",
        "Polyuria after lithium",
        "polyuria due to lithium",
    ],
)
def test_words_between_two_names_that_say_what_brings_it_about_are_a_cue(words: str) -> None:
    assert "cue" in around(f"{words}.")


@pytest.mark.parametrize("words", ["lithium for polyuria", "lithium and polyuria", "polyuria, not treated by lithium,"])
def test_other_words_are_none(words: str) -> None:
    assert "cue" not in around(f"{words} were seen.")


def test_a_name_that_stands_in_the_title_is_titled_wherever_it_is_named() -> None:
    assert around("polyuria, not treated by lithium.") == {"subject titled"}
    assert around("glucose and polyuria.", subject="glucose") == frozenset()
    assert around("polyuria of rats, glucose.", subject="glucose", other="rats") == {"object titled"}


@pytest.mark.parametrize(
    "words",
    [
        "Glucose was given to patients with severe polyuria",
        "Glucose in the treatment of polyuria",
        "Glucose was used to prevent polyuria",
        "Glucose in polyuria patients",
    ],
)
def test_a_disease_that_people_have_or_are_treated_for_is_treated(words: str) -> None:
    assert "treated" in around(f"{words}.", subject="glucose")


@pytest.mark.parametrize(
    "words", ["Glucose and patients with drug-induced polyuria", "Glucose and polyuria", "polyuria. Glucose"]
)
def test_a_disease_that_is_an_effect_or_merely_named_is_not(words: str) -> None:
    assert "treated" not in around(f"{words}.", subject="glucose")


def test_names_in_different_sentences_are_apart_and_nothing_between_them_is_a_cue() -> None:
    assert around("The dose of lithium was high. Due to polyuria it was lowered.") == {"subject titled", "apart"}


def test_circumstances_move_the_logit_and_others_do_not() -> None:
    calibration = Calibration(circumstances={"cue": 1.0, "apart": -1.0})
    assert calibrate(0.5, calibration, {"cue"}) == pytest.approx(0.731059)
    assert calibrate(0.5, calibration, {"apart", "cue"}) == calibrate(0.5, calibration) == 0.5
    assert calibrate(0.5, calibration, {"subject titled"}) == 0.5


def test_weights_of_circumstances_are_fitted_and_thresholds_are_probabilities() -> None:
    gold = GoldDocument("toy", Document("kgb:1", ""), frozenset(), frozenset({"CID"}))
    # of equal scores, those with a cue are right four times in five, the others once; the prior draws them together
    decisions = [
        Decision("CID", frozenset({(f"s{n}", "CID", f"o{n}")}), 0.5, frozenset({"cue"} if cue else ()), correct)
        for n, (cue, correct) in enumerate(
            [(True, True)] * 80 + [(True, False)] * 20 + [(False, True)] * 20 + [(False, False)] * 80
        )
    ]
    labels = LabelSet((), (RelationLabel("CID", (("Chemical", "Disease"),)),))
    none = np.zeros(0, dtype=np.int64)
    words = Words(none, none, none, none, none, none, none)
    prediction = GoldPrediction(gold, words, np.zeros((0, 0, 3), dtype=np.float32), (), (), tuple(decisions))
    (relation,) = fit_calibration(labels, [prediction]).relations
    assert relation.probability(0.5, {"cue"}) == pytest.approx(0.8, abs=0.05)
    assert relation.probability(0.5, ()) == pytest.approx(0.2, abs=0.05)
    assert relation.threshold == relation.probability(0.5, {"cue"})


def test_a_document_without_passages_has_circumstances_too() -> None:
    mentions = [Mention(Span(0, 7), "Chemical"), Mention(Span(12, 20), "Disease")]
    assert Circumstances(Document("kgb:1", "Lithium and polyuria"), mentions).of(0, 1) == frozenset()


def test_equal_probabilities_are_reported_together_or_not_at_all() -> None:
    # the best F0.5 would be after the right ones, which stand first; but all have the same score
    cases = [Case(0.9, n < 40) for n in range(100)]
    assert _best_threshold(cases, Calibration()) == pytest.approx(0.9)
    assert _best_threshold([Case(0.9, n < 20) for n in range(100)], Calibration()) == NEVER
