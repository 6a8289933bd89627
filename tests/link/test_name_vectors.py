"""Vectors of names: what means the same lies together."""

import numpy as np
import pytest

from kgbuild.errors import ConfigError
from kgbuild.link.name_vectors import BUCKETS, DIMENSIONS, NameVectors, bundled_vectors, quantised, word_features
from kgbuild.link.names import words


def vector(name: str) -> np.ndarray:
    return bundled_vectors().encode([" ".join(words(name))])[0]


@pytest.mark.parametrize(
    ("name", "same", "other"),
    [
        ("renal failure", "kidney insufficiency", "respiratory failure"),
        ("hair loss", "alopecia", "hearing loss"),
        ("high blood pressure", "hypertension", "hypotension"),
    ],
)
def test_another_name_of_a_disorder_is_nearer_than_a_name_spelled_alike(name: str, same: str, other: str) -> None:
    assert vector(name) @ vector(same) > vector(name) @ vector(other)


def test_vectors_have_length_one_whatever_stands_beside_them() -> None:
    alone = bundled_vectors().encode(["asthma"])
    together = bundled_vectors().encode(["", "asthma", "eczema of the hand"])
    assert np.array_equal(alone[0], together[1])
    assert np.allclose(np.linalg.norm(together, axis=1), [0, 1, 1])
    assert np.abs(quantised(together)).max() <= 127


def test_a_word_is_the_sum_of_itself_and_its_n_grams() -> None:
    vectors, scale = np.zeros((BUCKETS, DIMENSIONS), np.int8), np.ones(BUCKETS, np.float32)
    places = word_features("ab")  # =ab, <ab, ab>, <ab>
    assert len(places) == 4
    vectors[places[0], 0], vectors[places[3], 1] = 3, 4
    encoder = NameVectors(vectors, scale, np.zeros((1, DIMENSIONS), np.float32))
    assert encoder.encode(["ab"])[0, :2].tolist() == pytest.approx([0.6, 0.8])


def test_weights_of_other_shapes_are_refused() -> None:
    with pytest.raises(ConfigError, match="expected shapes"):
        NameVectors(np.zeros((2, 2), np.int8), np.ones(2, np.float32), np.zeros((1, 2), np.float32))
