"""Training examples: what a corpus leaves unknown."""

from kgbuild.document import Document, Mention, Span
from kgbuild.encoder import Encoder
from kgbuild.extract.examples import make_examples
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
