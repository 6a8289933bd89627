"""Words, windows and their owners."""

import numpy as np
import pytest

from kgbuild.document import Document, Passage, Span
from kgbuild.encoder import Encoder
from kgbuild.extract.windows import FEATURE_ROWS, N_FEATURES, SHAPES, Window, owner_ranges, plan_windows, read_words


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load()


def document(*sentences: str) -> Document:
    spans, start = [], 0
    for sentence in sentences:
        spans.append(Passage(Span(start, start + len(sentence)), "sentence"))
        start += len(sentence) + 1
    return Document("kgb:doc-1", " ".join(sentences), passages=tuple(spans))


def test_words_point_into_the_original_text(encoder: Encoder) -> None:
    doc = document("β-Catenin binds TiO2.", "Å²-sized naïve BRCA1 (p53)!")
    (words,) = read_words([doc], encoder.tokenizer)
    found = [doc.text[a:b] for a, b in zip(words.start, words.end, strict=True)]
    assert found == [
        "β",
        "-",
        "Catenin",
        "binds",
        "TiO2",
        ".",
        "Å²",
        "-",
        "sized",
        "naïve",
        "BRCA1",
        "(",
        "p53",
        ")",
        "!",
    ]
    shapes = {word: SHAPES[shape] for word, shape in zip(found, words.shape, strict=True)}
    assert shapes["BRCA1"] == "LETTERS+digits" and shapes["p53"] == "letters+digits" and shapes["β"] == "greek"
    assert list(words.passage) == [0] * 6 + [1] * 9


def test_a_document_without_text_has_no_words_and_no_windows(encoder: Encoder) -> None:
    (words,) = read_words([document()], encoder.tokenizer)
    assert len(words) == 0 and plan_windows(words, size=10, overlap=2) == []


def test_a_short_text_is_one_window(encoder: Encoder) -> None:
    (words,) = read_words([document("One two three.")], encoder.tokenizer)
    assert plan_windows(words, size=510, overlap=64) == [Window(0, 4)]


@pytest.mark.parametrize("size", [5, 12, 31])
@pytest.mark.parametrize("overlap", [0, 3])
def test_windows_cover_every_word_within_size_and_each_word_has_one_owner(
    encoder: Encoder, size: int, overlap: int
) -> None:
    doc = document(*["The solubility of NaCl in methylcyclohexane was 0.03 g/L."] * 5)
    (words,) = read_words([doc], encoder.tokenizer)
    windows = plan_windows(words, size=size, overlap=overlap)
    for window in windows:
        pieces = words.piece_start[window.end] - words.piece_start[window.start]
        assert pieces <= size or window.end - window.start == 1
    owned = owner_ranges(words, windows)
    assert [n for owner in owned for n in range(owner.start, owner.end)] == list(range(len(words)))
    assert all(w.start <= o.start and o.end <= w.end for w, o in zip(windows, owned, strict=True))


def test_windows_break_between_sentences_where_they_can(encoder: Encoder) -> None:
    doc = document(*["Aspirin inhibits COX."] * 6)
    (words,) = read_words([doc], encoder.tokenizer)
    starts = set(np.flatnonzero(np.diff(words.passage, prepend=-1)))
    assert all(window.start in starts for window in plan_windows(words, size=20, overlap=8))


def test_hashed_features_tell_case_apart_and_share_endings(encoder: Encoder) -> None:
    doc = document("Co CO nitramide sulfonamide")
    (words,) = read_words([doc], encoder.tokenizer)
    form, lower, _, suffix = words.features.T.tolist()
    assert form[0] != form[1] and lower[0] == lower[1]
    assert suffix[2] == suffix[3] and form[2] != form[3]
    assert [column.min() // FEATURE_ROWS for column in words.features.T] == list(range(N_FEATURES))


def test_of_a_web_address_the_first_word_is_read(encoder: Encoder) -> None:
    doc = document("See https://a.org/gene/CGGV:1_d910-8. BRCA1 (10.1021/acs.nano.5b0, Table 1),KRAS.")
    (words,) = read_words([doc], encoder.tokenizer)
    forms = [doc.text[start:end] for start, end in zip(words.start, words.end, strict=True)]
    assert forms == ["See", "https", ".", "BRCA1", "(", "10", ",", "Table", "1", ")", ",", "KRAS", "."]
    assert words.piece_start[-1] == len(words.piece_ids)
