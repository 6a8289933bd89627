"""Training examples: what a corpus leaves unknown."""

import math

import msgspec
import pytest

from kgbuild.document import Document, Mention, Relation, Span
from kgbuild.encoder import Encoder
from kgbuild.extract.examples import collect_labels, make_examples, told_novelty
from kgbuild.extract.gold import GoldDocument
from kgbuild.extract.labels import LabelSet
from kgbuild.extract.windows import read_words
from kgbuild.segment import segment


def test_a_type_that_is_not_annotated_is_known_to_be_absent_only_where_another_is_named() -> None:
    doc = segment(Document("PMID:1", "Lithium helps rats")).replace_mentions([Mention(Span(0, 7), "Chemical")])
    gold = GoldDocument("toy", doc, frozenset({"Chemical"}))
    encoder = Encoder.load()
    (words,) = read_words([doc], encoder.tokenizer)
    (example,) = make_examples(gold, words, LabelSet(("Chemical", "Material")), size=64, overlap=0)
    assert example.tags.tolist() == [[1, 0], [0, 0], [0, 0]]
    assert example.tag_mask.tolist() == [[True, True], [True, False], [True, False]]


def told(novel: bool | None) -> GoldDocument:
    """Lithium twice and polyuria once, related by concept, with what the corpus says of its novelty."""
    doc = segment(Document("PMID:1", "Lithium causes polyuria, as lithium often does, and not rats."))
    mentions = (
        Mention(Span(0, 7), "Chemical", concepts=("MESH:D008094",)),
        Mention(Span(15, 23), "Disease", concepts=("MESH:D011141",)),
        Mention(Span(28, 35), "Chemical", concepts=("MESH:D008094",)),
        Mention(Span(56, 60), "Disease", concepts=("MESH:D051381",)),
    )
    stated = Relation(mentions[0].id, "CID", mentions[1].id, Span(0, 23), novel=novel)
    doc = msgspec.structs.replace(doc.replace_mentions(mentions), relations=(stated,))
    return GoldDocument("toy", doc, frozenset({"Chemical", "Disease"}), frozenset({"CID"}), concept_level=True)


@pytest.mark.parametrize(
    ("novel", "targets"), [(True, [1.0, math.nan]), (False, [0.0, math.nan]), (None, [math.nan, math.nan])]
)
def test_novelty_is_known_of_related_pairs_whose_corpus_tells_it(novel: bool | None, targets: list[float]) -> None:
    gold = told(novel)
    labels = collect_labels([gold] * 3, frozenset())
    assert [relation.tells_novelty for relation in labels.relations] == [novel is not None]
    (words,) = read_words([gold.document], Encoder.load().tokenizer)
    (example,) = make_examples(gold, words, labels, size=64, overlap=0)
    assert example.relation_targets.tolist() == [[1.0], [0.0]]
    assert example.novelty.tolist() == pytest.approx(targets, nan_ok=True)


def test_what_is_told_as_new_once_is_new() -> None:
    gold = told(False)
    (stated,) = gold.document.relations
    again = Relation("28-35-Chemical", "CID", stated.object, Span(0, 36), novel=True)
    doc = msgspec.structs.replace(gold.document, relations=(stated, again))
    assert told_novelty(msgspec.structs.replace(gold, document=doc)) == {("MESH:D008094", "CID", "MESH:D011141"): True}
