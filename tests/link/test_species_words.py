import math

import pytest

from kgbuild.document import Document, Mention, Span
from kgbuild.link.species_words import CONSTANT, SpeciesWords, bundled_words, count_words, read_words, write_words


def test_words_are_counted_without_case_outside_the_genes():
    text = "Mice lack Tp53; mice of Tp53 -/- grew."
    genes = [Mention(Span(text.index("Tp53"), text.index("Tp53") + 4), "Gene"), Mention(Span(24, 28), "Gene")]
    words = count_words(Document("PMID:1", text).replace_mentions(genes))
    assert words == {"mice": 1 + math.log(2), "lack": 1.0, "of": 1.0, "-/-": 1.0, "grew": 1.0}


def test_of_genes_that_overlap_nothing_is_counted_twice():
    genes = [Mention(Span(0, 9), "Gene"), Mention(Span(2, 5), "Gene")]
    assert count_words(Document("PMID:1", "abc def ghi jkl").replace_mentions(genes)) == {"hi": 1.0, "jkl": 1.0}


@pytest.mark.parametrize(
    ("text", "share"),
    [("", 0.55), ("patients", 0.65), ("mouse", 0.25), ("mouse patients", 0.35), ("mouse " * 9, 0.0)],
)
def test_the_share_is_half_plus_the_log_odds_in_tenths_within_bounds(text, share):
    words = SpeciesWords({CONSTANT: 0.5, "patients": 1.0, "mouse": -3.0})
    assert words.share(Document("PMID:1", text)) == pytest.approx(share)


def test_a_table_is_read_as_it_was_written(tmp_path):
    weights = {CONSTANT: 0.1, "mouse": -2.0, "patients": 1.5}
    write_words(weights, tmp_path / "words.tsv")
    assert list(read_words(tmp_path / "words.tsv").items()) == [("patients", 1.5), (CONSTANT, 0.1), ("mouse", -2.0)]


def test_other_words_give_another_version():
    assert SpeciesWords({"mouse": 1.0}).version != SpeciesWords({"mouse": 2.0}).version


def test_the_bundled_words_tell_patients_from_mice():
    of_patients = Document("PMID:1", "In patients with breast cancer, mutations were found in human tissues.")
    of_mice = Document("PMID:2", "Embryonic neurons of mutants were studied in mice and in mouse macrophages.")
    assert bundled_words().share(of_patients) > 0.7 > 0.4 > bundled_words().share(of_mice)
