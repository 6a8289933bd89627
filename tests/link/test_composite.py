import pytest

from kgbuild.link.composite import split_composite


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("breast and ovarian cancer", ("breast cancer", "ovarian cancer")),
        ("renal/hepatic failure", ("renal failure", "hepatic failure")),
        ("anxiety and depression", ("anxiety", "depression")),
        ("MMP-2 and -9", ("MMP-2", "MMP-9")),
        ("GalNAc-T1 and -T2", ("GalNAc-T1", "GalNAc-T2")),
        ("S100A7/A8/A9", ("S100A7", "S100A8", "S100A9")),
        ("cyclin D1 and D2", ("cyclin D1", "cyclin D2")),
        ("IL-17A/F", ("IL-17A", "IL-17F")),
        ("PKCalpha/betaII/delta", ("PKCalpha", "PKCbetaII", "PKCdelta")),
        ("DNMT1, 3a, and 3b", ("DNMT1", "DNMT3a", "DNMT3b")),
        ("ROCK-I/II", ("ROCK-I", "ROCK-II")),
        ("CBP/p300", ("CBP", "p300")),
        ("PDGFRA/B", ("PDGFRA", "PDGFRB")),
        ("LDHA/B", ("LDHA", "LDHB")),
        ("PKCA and B", ("PKCA", "PKCB")),
        ("asthma", ()),
        ("", ()),
    ],
)
def test_composite_mentions_are_taken_apart(text, expected):
    assert split_composite(text) == expected
