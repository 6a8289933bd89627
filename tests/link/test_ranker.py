import math

import pytest

from kgbuild.errors import ConfigError
from kgbuild.link.ranker import GROUPS, OTHER, Ranker, bundled_ranker


def test_probabilities_are_shares_of_the_exponentials_with_none_at_zero():
    ranker = Ranker({OTHER: {"any": 1.0, "unlike": -2.0}})
    scores = [ranker.score({"any": 1.0}, "Species"), ranker.score({"any": 1.0, "unlike": 0.5}, "Species")]
    assert scores == [1.0, 0.0]
    total = math.e + 1 + 1
    assert ranker.probabilities(scores) == pytest.approx([math.e / total, 1 / total])
    assert ranker.probabilities([]) == []
    assert ranker.probabilities([1000.0, -1000.0]) == pytest.approx([1.0, 0.0])


def test_what_features_add_is_told_most_first():
    ranker = Ranker({OTHER: {"any": 1.0, "unlike": -2.0}})
    assert list(ranker.parts({"any": 1.0, "unlike": 1.0}, "Species").items()) == [("unlike", -2.0), ("any", 1.0)]


def test_the_packages_weights_have_a_table_for_every_group():
    assert set(bundled_ranker().weights) == {*GROUPS.values(), OTHER}


def test_weights_without_a_table_for_other_types_are_refused():
    with pytest.raises(ConfigError, match="need a table"):
        Ranker({"Gene": {}})
