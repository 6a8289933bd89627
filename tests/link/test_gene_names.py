import pytest

from kgbuild.link.gene_names import gene_variants, marked_species
from kgbuild.link.species_context import HUMAN, MOUSE, RAT


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hTERT", ("TERT", "marked")),
        ("hDaxx", ("Daxx", "marked")),
        ("p-ERK1", ("ERK1", "marked")),
        ("sFas", ("Fas", "marked")),
        ("Sca-1+", ("Sca-1", "marked")),
        ("STAT3KO", ("STAT3", "marked")),
        ("Gdt1p", ("Gdt1", "marked")),
        ("mzm1Δ", ("mzm1", "marked")),
        ("OCT4A", ("OCT4", "isoform")),
        ("TCF-4J", ("TCF-4", "isoform")),
        ("neuronal NO synthase", ("neuronal nitric oxide synthase", "recast")),
        ("a-smooth muscle actin", ("alpha-smooth muscle actin", "recast")),
        ("TNFa", ("TNFalpha", "recast")),
        ("NF-kB", ("NF-kappaB", "recast")),
        ("VEGF receptor 3", ("VEGFR3", "recast")),
        ("mitochondrial phenylalanine-tRNA synthetase", ("phenylalanyl-tRNA synthetase 2, mitochondrial", "recast")),
        ("leucyl-tRNA ligase", ("leucyl-tRNA synthetase 1", "recast")),
        ("hepatocyte nuclear factor (HNF)-6", ("HNF-6", "recast")),
        ("chromatin-associated protein Dek", ("Dek", "head")),
        ("GTPase Rab6a", ("Rab6a", "head")),
    ],
)
def test_a_gene_is_also_written_otherwise(name, expected):
    assert expected in list(gene_variants(name))


@pytest.mark.parametrize("name", ["TP53", "insulin", "", "tumor necrosis factor", "cAMP", "IL-2"])
def test_a_plain_name_is_not_changed(name):
    assert list(gene_variants(name)) == []


@pytest.mark.parametrize(
    ("name", "species"),
    [("hTERT", HUMAN), ("mCB2", MOUSE), ("rGH", RAT), ("p-Akt", ""), ("TP53", ""), ("", "")],
)
def test_letters_before_a_name_tell_whose_it_is(name, species):
    assert marked_species(name) == species
