"""The measurement on unseen corpora: exact offsets of joined tokens, what counts as right, its section of a card."""

import sys
from itertools import islice
from pathlib import Path

import pytest

from kgbuild.document import Document, Mention, Span

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from unseen_corpora import HEADING, count_mentions, overlapping, sample, write_section
from unseen_readers import CORPORA, UNSURE, Unseen, join_tokens


def mention(start: int, end: int, kind: str) -> Mention:
    return Mention(Span(start, end), kind)


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("SnO2 ( 5 % ) films , annealed .", "SnO2 (5%) films, annealed."),
        ("co - doped TiO2 / SiO2 at 400 ° C", "co-doped TiO2/SiO2 at 400 °C"),
        ("x = 0.5 .3 wt % , 10^{-2 } S / cm", "x = 0.5 .3 wt%, 10^{-2} S/cm"),
        ("HLA-B * 15:02 , gemcitabine -based", "HLA-B*15:02, gemcitabine-based"),
        ("", ""),
    ],
)
def test_joined_tokens_read_as_one_would_write_them_with_every_mention_in_its_place(tokens: str, text: str) -> None:
    starts = [0, *(index + 1 for index, character in enumerate(tokens) if character == " ")]
    words = tokens.split(" ") if tokens else []
    mentions = [mention(start, start + len(word), "Material") for start, word in zip(starts, words, strict=False)]
    joined = join_tokens(Document("a:1", tokens).replace_mentions(mentions))
    assert joined.text == text
    assert [joined.text_of(m.span) for m in joined.mentions] == words


def test_overlaps_count_apart_and_unsure_places_and_other_types_do_not() -> None:
    gold = Document("a:1", "x" * 60).replace_mentions(
        [mention(0, 5, "Gene"), mention(10, 20, "Gene"), mention(30, 35, "Disease"), mention(40, 45, UNSURE)]
    )
    found = Document("a:1", "x" * 60).replace_mentions(
        [
            *(mention(*place, "Gene") for place in ((0, 5), (12, 14), (16, 18), (41, 44), (50, 52))),
            mention(30, 35, "Chemical"),
        ]
    )
    counts = count_mentions([(gold, found)], frozenset({"Gene", "Chemical"}))
    assert list(counts) == ["Gene"]
    gene = counts["Gene"]
    assert (gene.right, gene.predicted, gene.gold) == (1, 4, 2)
    assert (gene.predicted_overlapping, gene.gold_overlapping) == (3, 2)
    # precision 1/4 and recall 1/2; of overlaps 3/4 and 1
    assert gene.cells() == "0.250 | 0.500 | 0.333 | 0.857"


def test_a_chemical_is_a_material_in_the_row_of_both() -> None:
    gold = Document("a:1", "silica").replace_mentions([mention(0, 6, "Material")])
    found = Document("a:1", "silica").replace_mentions([mention(0, 6, "Chemical")])
    counts = count_mentions([(gold, found)], frozenset({"Material", "Chemical"}))
    assert {name: count.right for name, count in counts.items()} == {"Material": 0, "Material or Chemical": 1}


def test_spans_that_touch_do_not_overlap() -> None:
    assert overlapping({Span(0, 5), Span(4, 9)}, {Span(5, 6)}) == {Span(4, 9)}


def test_a_sample_is_the_same_in_any_order() -> None:
    documents = [Document(f"a:{n}", "x" * 10) for n in range(20)]
    chosen = sample(documents, 50)
    assert len(chosen) == 5
    assert sample(reversed(documents), 50) == chosen


def test_the_section_of_a_card_is_exchanged_and_the_rest_stays(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("# Model card\n\n## Calibration\n\ntable\n\n## Limits\n\nEnglish only.\n", "utf-8")
    for text in ("first", "second"):
        write_section(card, f"{HEADING}\n\n{text}\n")
        assert card.read_text("utf-8") == (
            f"# Model card\n\n## Calibration\n\ntable\n\n{HEADING}\n\n{text}\n\n## Limits\n\nEnglish only.\n"
        )


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.name)
def test_mentions_lie_in_the_text_and_are_of_the_types_of_the_table(corpus: Unseen, shared_data: Path) -> None:
    documents = list(islice(corpus.documents(shared_data / "extraction"), 200))
    names = [doc.text_of(m.span) for doc in documents for m in doc.mentions]
    assert len(names) > 50
    assert sum(name != name.strip() or not name for name in names) <= 1  # one place of the DDI corpus is wrong
    assert {m.type for doc in documents for m in doc.mentions} <= set(corpus.types.values())
