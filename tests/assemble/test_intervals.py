import pytest

from kgbuild.assemble.intervals import Intervals
from kgbuild.document import Passage, Span


def passage(start: int, end: int) -> Passage:
    return Passage(Span(start, end), "sentence")


OUTER, INNER, LAST = passage(0, 20), passage(5, 10), passage(20, 30)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (Span(6, 8), INNER),
        (Span(5, 10), INNER),
        (Span(5, 11), OUTER),
        (Span(12, 20), OUTER),
        (Span(29, 30), LAST),
        (Span(19, 21), None),
        (Span(30, 31), None),
    ],
)
def test_the_innermost_holder_of_a_span_is_found(span: Span, expected: Passage | None) -> None:
    assert Intervals([LAST, INNER, OUTER]).innermost(span) == expected


def test_nothing_holds_nothing() -> None:
    assert Intervals[Passage]([]).innermost(Span(0, 1)) is None
