"""What a load did, in numbers that add up."""

import msgspec

from kgbuild.document import Failure

__all__ = ["LoadReport", "PartCount", "Removal"]


class PartCount(msgspec.Struct, frozen=True):
    """Rows of one kind of node or relationship: given = created + matched + rejected."""

    part: str
    given: int
    created: int
    matched: int
    rejected: int


class Removal(msgspec.Struct, frozen=True):
    """What a retraction took from the database, and what of it had to stay, since something else supports it."""

    part: str
    removed: int
    kept: int = 0


class LoadReport(msgspec.Struct, frozen=True):
    """What was removed and loaded, part by part, with the rows that the server did not take, and why.

    `n_vectors` names of entities had no vector before.
    """

    parts: tuple[PartCount, ...]
    rejected: tuple[Failure, ...]
    seconds: float
    removed: tuple[Removal, ...] = ()
    n_vectors: int = 0

    @property
    def n_created(self) -> int:
        """Nodes and relationships that were not there before."""
        return sum(part.created for part in self.parts)
