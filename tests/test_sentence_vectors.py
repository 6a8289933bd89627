"""Vectors of names: those of the published model, whatever stands beside a name."""

import numpy as np
import pytest
import torch

from kgbuild.encoder import Encoder
from kgbuild.sentence_vectors import MAX_PIECES, SentenceEncoder

NAMES = ["kidney failure", "renal insufficiency", "aspirin", "", "Morbus Ménière 肾", "word " * 400]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder(device="cpu")


def test_vectors_have_length_one_and_no_names_have_none(encoder):
    assert np.linalg.norm(encoder.encode(NAMES), axis=1) == pytest.approx(1.0, abs=1e-6)
    assert encoder.encode([]).shape == (0, encoder.width) == (0, 384)


def test_a_vector_is_the_mean_over_the_pieces_that_are_no_padding(encoder):
    published = Encoder.load()
    published.tokenizer.enable_truncation(MAX_PIECES)
    published.tokenizer.enable_padding()
    items = published.tokenizer.encode_batch(NAMES)
    ids, mask = (torch.tensor([getattr(item, name) for item in items]) for name in ("ids", "attention_mask"))
    with torch.inference_mode():
        states = published(ids, mask)
        sums = (states * mask[:, :, None]).sum(1)
    expected = (sums / sums.norm(dim=1, keepdim=True)).numpy()
    assert encoder.encode(NAMES) == pytest.approx(expected, abs=1e-5)


def test_a_name_has_its_vector_alone_and_among_others(encoder):
    alone = np.concatenate([encoder.encode([name]) for name in NAMES])
    assert encoder.encode(NAMES) == pytest.approx(alone, abs=1e-6)
    assert (encoder.encode(NAMES) == encoder.encode(NAMES)).all()


def test_names_that_mean_the_same_are_near(encoder):
    failure, insufficiency, aspirin = encoder.encode(NAMES[:3])
    assert failure @ insufficiency > 0.6 > 0.3 > failure @ aspirin
