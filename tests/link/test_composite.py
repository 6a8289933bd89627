import pytest

from kgbuild.link.composite import split_composite


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("breast and ovarian cancer", ("breast cancer", "ovarian cancer")),
        ("renal/hepatic failure", ("renal failure", "hepatic failure")),
        ("anxiety and depression", ("anxiety", "depression")),
        ("asthma", ()),
        ("", ()),
    ],
)
def test_composite_mentions_are_taken_apart(text, expected):
    assert split_composite(text) == expected
