"""Chooses among candidates: a conditional logit, whose alternatives are the candidates of a mention and "none of them".

The score of a candidate is the sum of its features times the weights of its entity type, that of "none" is 0; the
probability of each is its share of the exponentials (McFadden 1974). The weights stand in `ranker.toml`, one table for
a group of types; `benchmarks/linker_training.py` fits them to the training parts of annotated corpora.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from kgbuild.document import content_hash
from kgbuild.errors import ConfigError
from kgbuild.link.features import Features

__all__ = ["GROUPS", "OTHER", "Ranker", "bundled_ranker"]

TABLE = Path(__file__).with_name("ranker.toml")
OTHER = "Other"
#: entity type -> the table of its weights; other types use `OTHER`
GROUPS = {
    "Gene": "Gene",
    "Disease": "Disease",
    "Phenotype": "Disease",
    "Chemical": "Chemical",
    "Material": "Chemical",
}


class Ranker:
    """Weights of features by group of types."""

    def __init__(self, weights: Mapping[str, Mapping[str, float]]) -> None:
        if OTHER not in weights:
            raise ConfigError(f"the ranker's weights need a table [{OTHER}], found {', '.join(weights) or 'none'}")
        self.weights = weights

    def score(self, features: Features, type: str) -> float:
        """The sum of the weighted features, above 0 if the candidate is likelier than none."""
        weights = self.weights.get(GROUPS.get(type, OTHER)) or self.weights[OTHER]
        return sum([weights.get(name, 0.0) * value for name, value in features.items()])

    def parts(self, features: Features, type: str) -> dict[str, float]:
        """What each feature adds to the score, most first."""
        weights = self.weights.get(GROUPS.get(type, OTHER)) or self.weights[OTHER]
        parts = {name: round(weights.get(name, 0.0) * value, 2) for name, value in features.items()}
        return dict(sorted(parts.items(), key=lambda part: (-abs(part[1]), part[0])))

    @property
    def version(self) -> str:
        """A hash of the weights."""
        return content_hash(*(f"{g}.{n}={w}" for g, ws in sorted(self.weights.items()) for n, w in sorted(ws.items())))

    def probabilities(self, scores: Sequence[float]) -> list[float]:
        """The probability that each is the concept meant; what they leave of 1 is that of none."""
        top = max([0.0, *scores])
        exponentials = [math.exp(score - top) for score in scores]
        total = math.exp(-top) + math.fsum(exponentials)
        return [value / total for value in exponentials]


def read_ranker(path: Path) -> Ranker:
    """The ranker whose weights a TOML file holds."""
    return Ranker(tomllib.loads(path.read_text(encoding="utf-8")))


@cache
def bundled_ranker() -> Ranker:
    """The package's own weights."""
    return read_ranker(TABLE)
