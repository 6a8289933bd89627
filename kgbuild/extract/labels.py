"""What a model can say: entity types, relations with the types that they join, thresholds and calibration."""

from collections.abc import Collection
from functools import cached_property
from itertools import chain

import msgspec
import numpy as np

__all__ = ["Calibration", "LabelSet", "RelationLabel", "calibrate"]


class Calibration(msgspec.Struct, frozen=True):
    """Platt scaling (Platt 1999): probability = sigmoid(slope * logit(raw) + offset + weights of the circumstances)."""

    slope: float = 1.0
    offset: float = 0.0
    circumstances: dict[str, float] = {}


def calibrate(raw: float, calibration: Calibration, circumstances: Collection[str] = ()) -> float:
    """The calibrated probability of a raw score, rounded to six digits."""
    clipped = min(max(raw, 1e-6), 1 - 1e-6)
    logit = calibration.slope * np.log(clipped / (1 - clipped)) + calibration.offset
    logit += sum(weight for name, weight in calibration.circumstances.items() if name in circumstances)
    return round(float(1 / (1 + np.exp(-logit))), 6)


class RelationLabel(msgspec.Struct, frozen=True):
    """A relation, the (subject type, object type) pairs that it joins, and the probability from which it is reported.

    `tells_novelty`: whether its corpora say which of them a text tells as new.
    """

    name: str
    pairs: tuple[tuple[str, str], ...]
    symmetric: bool = False
    tells_novelty: bool = False
    threshold: float = 0.5
    calibration: Calibration = Calibration()

    def probability(self, raw: float, circumstances: Collection[str]) -> float:
        """That it holds between two mentions which are right, from their raw score and what stands around them."""
        return calibrate(raw, self.calibration, circumstances)

    def is_reported(self, raw: float, circumstances: Collection[str]) -> bool:
        """Whether it is as probable as its threshold asks for."""
        return self.probability(raw, circumstances) >= self.threshold


class LabelSet(msgspec.Struct, frozen=True, dict=True):
    """Entity types and relations in the order of the model's outputs.

    `local_types` are types whose mentions stand for themselves in relations ("5 eV" here is not "5 eV" there) and are
    paired within a sentence only; mentions of the other types with the same text are one argument within a window.
    """

    entities: tuple[str, ...]
    relations: tuple[RelationLabel, ...] = ()
    local_types: tuple[str, ...] = ()
    calibration: dict[str, Calibration] = {}
    bias: dict[str, float] = {}
    """Added to the logits of begin and inside of a type, 0 where it is not named; balances precision and recall."""
    novelty: Calibration = Calibration()
    """Of the score that a relation is told as new."""

    def relations_between(self, subject_type: str, object_type: str) -> tuple[int, ...]:
        """Indexes of the relations that may join a subject and an object of these types."""
        return self._joining.get((subject_type, object_type), ())

    @cached_property
    def _joining(self) -> dict[tuple[str, str], tuple[int, ...]]:
        # asked for every two arguments of a text
        joining: dict[tuple[str, str], tuple[int, ...]] = {}
        for index, relation in enumerate(self.relations):
            for pair in dict.fromkeys(relation.pairs):
                joining[pair] = (*joining.get(pair, ()), index)
        return joining

    @cached_property
    def related_types(self) -> frozenset[str]:
        """Types that take part in some relation."""
        return frozenset(chain.from_iterable(pair for relation in self.relations for pair in relation.pairs))
