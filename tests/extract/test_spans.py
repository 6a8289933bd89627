"""Spans that may be mentions, what is known of each, and the choice among them."""

from pathlib import Path

import numpy as np
import pytest

from kgbuild.document import Document, Mention, Passage, Span
from kgbuild.errors import ModelError
from kgbuild.extract.gold import GoldDocument
from kgbuild.extract.labels import LabelSet
from kgbuild.extract.scoring import GoldPrediction
from kgbuild.extract.span_scorer import SpanScorer, TypeWeights, _written_out
from kgbuild.extract.span_training import count_usage, fit_spans
from kgbuild.extract.spans import FEATURES, Candidates, Tagged, find_candidates, is_wellformed
from kgbuild.extract.usage import Usage, WordUse
from kgbuild.extract.windows import Words

LABELS = LabelSet(("Chemical", "Disease"))
NOTHING = Usage({}, {})


class Names:
    """Names that an ontology knows, and those that it was asked for."""

    def __init__(self, **names: set[str]) -> None:
        self._names = names
        self.names_version = "1"

    def knows(self, name: str, type: str) -> bool:
        return name.lower() in self._names.get(type, ())


def tagged(text: str, inside: dict[str, list[float]], mentions: list[Mention] | None = None) -> Tagged:
    """A text of one passage, and of each word the probability to lie inside of a type, which is mostly to begin one."""
    ends = [place for place in range(1, len(text) + 1) if place == len(text) or text[place] == " "]
    starts = [0, *(end + 1 for end in ends[:-1])]
    n = len(starts)
    words = Words(
        np.arange(n),
        np.arange(n + 1),
        np.array(starts),
        np.array(ends),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros((n, 4), np.int64),
    )
    probabilities = np.zeros((n, 2, 3), np.float32)
    for kind, type_ in enumerate(LABELS.entities):
        share = np.array(inside.get(type_, [0.0] * n), np.float32)
        probabilities[:, kind] = np.stack([1 - share, share * 0.75, share * 0.25], axis=1)
    document = Document("kgb:text", text, passages=(Passage(Span(0, len(text)), "sentence"),))
    return Tagged(document, words, probabilities, mentions or [])


def column(found: Candidates, name: str) -> dict[str, float]:
    """Of each span, by its place, the value of a feature."""
    return {
        f"{span.start}-{span.end}": row[FEATURES.index(name)] for span, row in zip(found.spans, found.rows, strict=True)
    }


def spans_of(item: Tagged, usage: Usage = NOTHING, names: Names | None = None, type_: str = "Chemical") -> list[str]:
    found = find_candidates(item, LABELS, (type_,), usage, names or Names())
    assert set(found.types) <= {type_}
    return sorted(item.document.text_of(span) for span in found.spans)


def test_words_that_surely_lie_inside_are_candidates_with_all_that_they_make() -> None:
    item = tagged("sodium chloride given", {"Chemical": [0.6, 0.5, 0.0]})
    assert spans_of(item) == ["chloride", "sodium", "sodium chloride"]


def test_of_words_that_hardly_lie_inside_known_names_alone_are_candidates() -> None:
    item = tagged("rubella and foscarnet", {"Chemical": [0.02, 0.02, 0.02]})
    assert spans_of(item) == []
    assert spans_of(item, names=Names(Chemical={"foscarnet"})) == ["foscarnet"]
    assert spans_of(item, names=Names(Disease={"rubella"})) == []


def test_a_name_that_annotated_papers_never_mark_is_no_known_one() -> None:
    item = tagged("water and foscarnet", {"Chemical": [0.1, 0.0, 0.1]})
    names = Names(Chemical={"water", "foscarnet"})
    assert spans_of(item, Usage({"Chemical": {"water": (50, 0)}}, {}), names) == ["foscarnet"]
    assert spans_of(item, Usage({"Chemical": {"water": (50, 30)}}, {}), names) == ["foscarnet", "water"]


def test_short_names_are_told_apart_by_their_capitals() -> None:
    item = tagged("pKa and PKA and Pka", {"Chemical": [0.1, 0.0, 0.1, 0.0, 0.1]})
    assert spans_of(item, Usage({"Chemical": {"PKA": (9, 9)}}, {})) == ["PKA"]
    assert spans_of(item, Usage({"Chemical": {"pka": (9, 9)}}, {})) == ["Pka"]


def abbreviated() -> Tagged:
    """A tagged name, what it abbreviates itself to, which hardly lies inside, and that once more."""
    text = "dipivefrin (DPV) and DPV"
    mention = Mention(Span(0, 10), "Chemical", score=0.9, raw_score=0.9, agent="m")
    starts, ends = [0, 11, 12, 15, 17, 21], [10, 12, 15, 16, 20, 24]
    item = tagged(text, {"Chemical": [0.9, 0.1, 0.1, 0.0]}, [mention])
    n = len(starts)
    none = np.zeros(n, np.int64)
    words = Words(
        np.arange(n), np.arange(n + 1), np.array(starts), np.array(ends), none, none, np.zeros((n, 4), np.int64)
    )
    probabilities = np.zeros((n, 2, 3), np.float32)
    probabilities[:, :, 0] = 1
    probabilities[[0, 2], 0] = [[0.1, 0.9, 0.0], [0.9, 0.1, 0.0]]
    return Tagged(item.document, words, probabilities, [mention])


def test_what_abbreviates_a_tagged_name_is_a_candidate() -> None:
    found = find_candidates(abbreviated(), LABELS, ("Chemical",), NOTHING, Names())
    assert column(found, "abbreviates") == {"0-10": 0.0, "12-15": 1.0}
    # the abbreviation is one name with what it abbreviates: two places, of which the other is the surer one
    assert column(found, "places") == {"0-10": pytest.approx(np.log(2)), "12-15": pytest.approx(np.log(2))}
    assert column(found, "highest")["0-10"] == 0.0
    assert column(found, "highest")["12-15"] > 4


def test_what_abbreviates_a_mention_is_one_in_all_its_places() -> None:
    item = abbreviated()
    assert chosen(item, scorer(tagged=2.0, abbreviates=-9.0)) == [
        ("dipivefrin", "Chemical", 0.880797),
        ("DPV", "Chemical", 0.775101),
        ("DPV", "Chemical", 0.775101),
    ]
    assert chosen(item, scorer(bias=-9.0)) == []


def test_what_is_surely_a_mention_in_one_place_is_one_in_all() -> None:
    mention = Mention(Span(0, 9), "Chemical", score=0.9, raw_score=0.9, agent="m")
    item = tagged("foscarnet and Foscarnet", {"Chemical": [0.9, 0.0, 0.0]}, [mention])
    assert chosen(item, scorer(tagged=1.0)) == [
        ("foscarnet", "Chemical", 0.731059),
        ("Foscarnet", "Chemical", 0.643332),
    ]
    assert chosen(item, scorer(tagged=0.5)) == [("foscarnet", "Chemical", 0.622459)]


def test_what_abbreviates_a_longer_name_of_a_disease_is_one() -> None:
    text = "atypical depression (ATD) and ATD"
    starts, ends = [0, 9, 20, 21, 24, 26, 30], [8, 19, 21, 24, 25, 29, 33]
    n, none = len(starts), np.zeros(len(starts), np.int64)
    words = Words(
        np.arange(n), np.arange(n + 1), np.array(starts), np.array(ends), none, none, np.zeros((n, 4), np.int64)
    )
    probabilities = np.zeros((n, 2, 3), np.float32)
    probabilities[:, :, 0] = 1
    probabilities[1, :] = [0.1, 0.9, 0.0]
    document = Document("kgb:text", text, passages=(Passage(Span(0, len(text)), "sentence"),))
    for type_, expected in (("Disease", ["depression", "ATD", "ATD"]), ("Chemical", ["depression"])):
        mention = Mention(Span(9, 19), type_, score=0.9, raw_score=0.9, agent="m")
        weights = TypeWeights(-1.0, dict.fromkeys(FEATURES, 0.0) | {"tagged": 1.5})
        mentions = SpanScorer({type_: weights}, NOTHING).choose(
            Tagged(document, words, probabilities, [mention]), LABELS, Names(), agent="m"
        )
        assert [document.text_of(m.span) for m in mentions] == expected


def test_what_abbreviates_a_model_for_a_disease_is_none() -> None:
    disease = Mention(Span(0, 1), "Disease", score=0.9)
    assert _written_out("atypical depression", {"depression": disease}) is disease
    assert _written_out("model for end-stage liver disease", {"end-stage liver disease": disease}) is None


def test_features_tell_what_stands_beside_a_span() -> None:
    usage = Usage(
        {"Chemical": {"sodium chloride": (3, 3)}},
        {"Chemical": {"sodium": WordUse(9, 9, 9, 0), "given": WordUse(9, 0, 0, 0)}},
    )
    item = tagged("Sodium chloride given", {"Chemical": [0.5, 0.5, 0.2], "Disease": [0.0, 0.0, 0.9]})
    found = find_candidates(item, LABELS, ("Chemical",), usage, Names(Chemical={"sodium chloride"}))
    whole = "0-15"
    assert column(found, "inside")[whole] == pytest.approx(0.0)
    assert column(found, "inside_before")[whole] == pytest.approx(np.log(1e-4 / (1 - 1e-4)))
    assert column(found, "goes_on")[whole] == pytest.approx(np.log(0.05 / 0.95), abs=1e-6)
    assert column(found, "use")[whole] == pytest.approx(np.log(3.5 / 0.5))
    assert column(found, "first")[whole] == pytest.approx(np.log(9.2 / 0.8))
    assert column(found, "last_unused")[whole] == 1.0
    assert column(found, "behind")[whole] == pytest.approx(np.log(0.2 / 9.8))
    assert (column(found, "known")[whole], column(found, "only_known")[whole], column(found, "words_2")[whole]) == (
        1,
        0,
        1,
    )
    (given,) = find_candidates(item, LABELS, ("Disease",), usage, Names()).rows
    assert given[FEATURES.index("other_type")] == pytest.approx(np.log(0.2 / 0.8), abs=1e-5)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("TiO2", True),
        ("Cr(III)", True),
        ("1,2-dichloroethane", True),
        ("cisplatin)", False),
        ("(cisplatin", False),
        ("cisplatin, and", False),
        ("-oxygen", False),
        ("A > B", False),
        ("K", False),
    ],
)
def test_a_span_begins_and_ends_as_names_do(name: str, is_one: bool) -> None:
    assert is_wellformed(name) is is_one


def scorer(bias: float = 0.0, **weights: float) -> SpanScorer:
    return SpanScorer({"Chemical": TypeWeights(bias, dict.fromkeys(FEATURES, 0.0) | weights)}, NOTHING)


def chosen(item: Tagged, weighing: SpanScorer, names: Names | None = None) -> list[tuple[str, str, float]]:
    mentions = weighing.choose(item, LABELS, names or Names(), agent="m")
    return [(item.document.text_of(m.span), m.type, m.score) for m in mentions]


def test_of_spans_that_overlap_the_most_probable_one_stays() -> None:
    item = tagged("sodium chloride given", {"Chemical": [0.6, 0.6, 0.0]})
    assert chosen(item, scorer(words_2=2.0)) == [("sodium chloride", "Chemical", 0.880797)]
    assert chosen(item, scorer(bias=0.5, words_2=-2.0)) == [
        ("sodium", "Chemical", 0.622459),
        ("chloride", "Chemical", 0.622459),
    ]


def test_a_tagged_mention_that_is_improbable_is_none_and_a_known_name_becomes_one() -> None:
    text = "rest and foscarnet"
    rest = Mention(Span(0, 4), "Chemical", score=0.6, raw_score=0.6, agent="m")
    item = tagged(text, {"Chemical": [0.6, 0.0, 0.1]}, [rest])
    weighing = scorer(bias=-1.0, only_known=2.0)
    assert chosen(item, weighing) == []
    assert chosen(item, weighing, Names(Chemical={"foscarnet"})) == [("foscarnet", "Chemical", 0.731059)]


def test_types_without_weights_keep_the_mentions_of_the_tagger() -> None:
    fever = Mention(Span(0, 5), "Disease", score=0.7, raw_score=0.6, agent="m")
    item = tagged("fever and foscarnet", {"Disease": [0.6, 0.0, 0.0]}, [fever])
    assert chosen(item, scorer(bias=-9.0)) == [("fever", "Disease", 0.7)]


def test_a_scorer_is_read_as_it_was_written(tmp_path: Path) -> None:
    usage = Usage({"Chemical": {"water": (3, 1)}}, {"Chemical": {"µg": WordUse(4, 3, 2, 1)}})
    weighing = SpanScorer({"Chemical": TypeWeights(-1.5, dict.fromkeys(FEATURES, 0.25))}, usage)
    assert SpanScorer.load(tmp_path) is None
    weighing.save(tmp_path)
    again = SpanScorer.load(tmp_path)
    assert again is not None
    assert (again.weights, again.usage) == (weighing.weights, usage)
    (tmp_path / "words.tsv.xz").write_bytes(b"cut off")
    with pytest.raises(ModelError, match="what weighs spans is damaged"):
        SpanScorer.load(tmp_path)
    (tmp_path / "spans.json").write_text('{"Chemical": {"bias": 0, "weights": {"inside": 1}}}')
    with pytest.raises(ModelError, match="what weighs spans is damaged"):
        SpanScorer.load(tmp_path)


def gold(number: int, text: str, *names: str) -> GoldDocument:
    spans = [Span(text.index(name), text.index(name) + len(name)) for name in names]
    mentions = tuple(Mention(span, "Chemical") for span in spans)
    document = Document(f"kgb:{number}", text, passages=(Passage(Span(0, len(text)), "sentence"),), mentions=mentions)
    return GoldDocument("toy", document, frozenset({"Chemical"}))


def predictions_of(n: int, truth_in: dict[int, str]) -> list[GoldPrediction]:
    """Documents in which the tagger is as sure of "zinc" as of "rest"; which of them is one depends on the half."""
    predictions = []
    for number in range(n):
        text = f"{number} zinc and rest"
        item = tagged(text, {"Chemical": [0.0, 0.6, 0.0, 0.6]})
        mentions = tuple(
            Mention(Span(text.index(name), text.index(name) + 4), "Chemical", score=0.6, raw_score=0.6)
            for name in ("zinc", "rest")
        )
        half = gold(number, text).half
        truth = gold(number, text, truth_in[half])
        predictions.append(GoldPrediction(truth, item.words, item.probabilities, mentions, truth.document.mentions, ()))
    return predictions


def test_mentions_are_told_by_weights_of_the_other_half() -> None:
    names = Names(Chemical={"zinc"})
    predictions = predictions_of(240, {0: "zinc", 1: "rest"})
    weighing, told = fit_spans(predictions, LABELS, LABELS.entities, NOTHING, names)
    assert list(weighing.weights) == ["Chemical"]
    found = {(p.gold.half, *(p.gold.document.text_of(m.span) for m in p.predicted)) for p in told}
    assert found == {(0, "rest"), (1, "zinc")}


def test_the_weights_that_are_kept_are_fitted_on_both_halves() -> None:
    weighing, _ = fit_spans(
        predictions_of(240, {0: "zinc", 1: "zinc"}), LABELS, LABELS.entities, NOTHING, Names(Chemical={"zinc"})
    )
    weights = weighing.weights["Chemical"].weights
    assert weights["known"] + weights["only_known"] > 1


def test_types_with_few_mentions_in_a_half_keep_the_tagger(caplog: pytest.LogCaptureFixture) -> None:
    weighing, told = fit_spans(
        predictions_of(50, {0: "zinc", 1: "zinc"}), LABELS, LABELS.entities, NOTHING, Names(Chemical={"zinc"})
    )
    assert weighing.weights == {}
    assert [len(p.predicted) for p in told] == [2] * 50
    assert "not weighed of types with few mentions in development documents: Chemical, Disease" in caplog.text


def test_usage_counts_the_places_of_names_and_words(tiny_encoder: Path) -> None:
    from kgbuild.encoder import Encoder

    documents = [gold(1, "Zinc acetate and water", "Zinc acetate"), gold(2, "zinc acetate in water or water")]
    usage = count_usage(
        documents, Encoder.load(str(tiny_encoder)).tokenizer, ["Chemical"], Names(Chemical={"water", "or"})
    )
    # "or" is known, but stands in one place alone
    assert usage.names == {"Chemical": {"zinc acetate": (2, 1), "water": (3, 0)}}
    assert usage.words == {"Chemical": {"zinc": WordUse(2, 1, 1, 0), "acetate": WordUse(2, 1, 0, 1)}}
