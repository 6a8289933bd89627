"""Which of many spans, such as passages or table cells, holds a given one."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import Generic, Protocol, TypeVar

from kgbuild.document import Span

__all__ = ["Intervals"]


class Placed(Protocol):
    """Whatever lies at a span."""

    @property
    def span(self) -> Span: ...


Item = TypeVar("Item", bound=Placed)


class Intervals(Generic[Item]):
    """Items sorted by place, for look-ups in logarithmic time where they do not nest."""

    def __init__(self, items: Iterable[Item]) -> None:
        # outer before inner, so that walking back meets the inner one first
        self._items = sorted(items, key=lambda item: (item.span.start, -item.span.end))
        self._starts = [item.span.start for item in self._items]
        self._reach = list(accumulate((item.span.end for item in self._items), max))

    def innermost(self, span: Span) -> Item | None:
        """The item that holds every character of the span and starts last, or None."""
        index = bisect_right(self._starts, span.start) - 1
        while index >= 0 and self._reach[index] >= span.end:
            if span.within(self._items[index].span):
                return self._items[index]
            index -= 1
        return None
