"""Variants in one spelling."""

import pytest

from kgbuild.pipeline.node_names import node_form
from kgbuild.variant import normalise_variant, variant_of_tmvar

PROTEIN = ("R215W", "Arg215Trp", "p.Arg215Trp", "p.(Arg215Trp)", "ARG215TRP", "Arg 215 Trp", "Arg-215-Trp")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (PROTEIN, "p.Arg215Trp"),
        (("Glu104X", "p.E104*", "Glu104Ter", "E104stop"), "p.Glu104Ter"),
        (("643C>T", "643 C-->T", "c.643C>T", "643C/T"), "c.643C>T"),
        (("c.2554+1G>T",), "c.2554+1G>T"),
        (("g.3816C>A",), "g.3816C>A"),
        (("-521C/T",), "c.-521C>T"),
        (("c.*557G>A",), "c.*557G>A"),
        (("c.461_462delAG", "461_462delAG"), "c.461_462delAG"),
        (("c.1546_1547insC",), "c.1546_1547insC"),
        (("p.Gly204ValfsX17", "G204Vfs*17"), "p.Gly204ValfsTer17"),
        (("R58fs",), "p.Arg58fs"),
    ],
)
def test_a_variant_has_one_spelling(texts: tuple[str, ...], expected: str) -> None:
    assert {normalise_variant(text) for text in texts} == {expected}


@pytest.mark.parametrize(
    "text", ["C677T", "15 nucleotide", "r215w", "delta32", "p.R469[R,X]", "rs1052133", "c", "BRAF"]
)
def test_what_has_two_meanings_or_none_stays(text: str) -> None:
    assert normalise_variant(text) is None


def test_other_places_kinds_and_ends_are_other_variants() -> None:
    texts = ["R215W", "R215Q", "R216W", "c.643C>T", "g.643C>T", "643C>A", "-643C>T", "643delC", "643dupC", "R215fs"]
    assert len({normalise_variant(text) for text in texts}) == len(texts)


def test_unlinked_variants_of_one_spelling_are_one_node_and_cell_lines_are_not() -> None:
    assert len({node_form("Variant", text, {}) for text in PROTEIN}) == 1
    assert node_form("CellLine", "R215W", {}) != node_form("CellLine", "Arg215Trp", {})
    assert node_form("Variant", "C677T", {}) == node_form("Variant", "c677t", {})


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("p|SUB|E|272|X", "p.Glu272Ter"),
        ("c|INS|1546_1547|C", "c.1546_1547insC"),
        ("c|DUP|35|G|", "c.35dupG"),
        ("c|INDEL|2238_2239|AG", "c.2238_2239delinsAG"),
        ("g|SUB|G|6410|T", "g.6410G>T"),
        ("p|FS|G|204|V|17", "p.Gly204ValfsTer17"),
        ("c|SUB|C|677|T", "c.677C>T"),
        ("c|DUP|35|G|2", None),
        ("c|SUB|G|IVS16+1|A", None),
        ("p|SUB||58|", None),
        ("|SUB|C|677|T", None),
        ("MESH:D001249", None),
    ],
)
def test_a_form_of_tmvar_is_described_if_it_tells_a_change(form: str, expected: str | None) -> None:
    assert variant_of_tmvar(form) == expected
