import pytest

from kgbuild.document import Document
from kgbuild.link.species_context import HUMAN, SpeciesContext, SpeciesNames

MOUSE, RAT = "NCBITaxon:10090", "NCBITaxon:10116"


def context(text: str, name: str) -> SpeciesContext:
    start = text.index(name)
    return SpeciesNames(Document("PMID:1", text)).at(start, start + len(name))


@pytest.mark.parametrize(
    ("text", "species"),
    [
        ("In mice we deleted Tp53. Patients had none.", MOUSE),
        ("Rats were fed. Human TP53 was higher in patients.", HUMAN),
        ("Expression of Tp53 in rats fell. The mice were well. Mice ate.", RAT),
        ("Tp53 was cloned. Mice were bred, and mice died; rats did not.", MOUSE),
        ("HeLa cells with TP53 grew.", HUMAN),
        ("RAW 264.7 cells with Tp53 grew.", MOUSE),
    ],
)
def test_a_gene_is_of_the_species_named_beside_it_or_else_most_often(text, species):
    assert context(text, "TP53" if "TP53" in text else "Tp53").nearest == species


def test_nothing_is_said_where_no_species_is_named():
    assert context("TP53 binds MDM2.", "TP53") == SpeciesContext()


def test_all_species_of_the_document_are_told():
    found = context("Mice and rats with Tp53; mice.", "Tp53")
    assert found.main == MOUSE and set(found.named) == {MOUSE, RAT}
