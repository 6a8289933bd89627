"""How the pipeline tells what it is doing, without knowing to whom: it hands over an iterable and takes it back."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

__all__ = ["Progress", "no_progress"]

Item = TypeVar("Item")


class Progress(Protocol):
    """Passes items on and counts them."""

    def __call__(self, step: str, items: Iterable[Item], total: int | None) -> Iterable[Item]:
        """The same items; `total` is None where it is not known beforehand."""
        ...


def no_progress(step: str, items: Iterable[Item], total: int | None) -> Iterable[Item]:
    """The items, and not a word."""
    return items
