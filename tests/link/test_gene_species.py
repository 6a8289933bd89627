import pytest

from kgbuild.document import Document, Span
from kgbuild.link.candidates import Match
from kgbuild.link.features import Option
from kgbuild.link.gene_species import species_features
from kgbuild.link.readings import Reading
from kgbuild.link.species_context import HUMAN, MOUSE, SpeciesContext
from kgbuild.link.species_words import SpeciesWords


@pytest.fixture
def options(make):
    """What a name may mean: a human gene and one of the mouse, whose symbols are given."""

    def build(text: str, human: str, mouse: str) -> list[Option]:
        genes = [make(f"X:{name}", name, "Gene", species=species) for name, species in ((human, HUMAN), (mouse, MOUSE))]
        return [
            Option(g, Match(g, 0, g.name, "preferred", "same" if g.name == text else "case", Reading(text, "written")))
            for g in genes
        ]

    return build


def features(document: Document, genes):
    return species_features(genes, SpeciesContext(document, SpeciesWords({})))


def test_a_document_that_writes_symbols_of_mice_speaks_of_mice(options):
    document = Document("PMID:1", "Traf2 and Sox2 bind TNF")
    found = features(
        document,
        [
            ("Traf2", Span(0, 5), options("Traf2", "TRAF2", "Traf2")),
            ("Sox2", Span(10, 14), options("Sox2", "SOX2", "Sox2")),
            ("TNF", Span(20, 23), options("TNF", "TNF", "Tnf")),
        ],
    )
    assert [[f.get("spelled_as_human"), f.get("spelled_otherwise")] for f in found[2]] == [[0.25, None], [None, 0.5]]


def test_a_symbol_that_both_species_write_so_tells_nothing(options):
    document = Document("PMID:1", "A")
    (found,) = features(document, [("A", Span(0, 1), options("A", "A", "A"))])
    assert found == [{"species_words": 0.5, "human_by_default": 1.0}, {"species_words": 0.5}]


def test_a_family_has_no_species(make):
    family = make("FPLX:X", "X", "Gene")
    option = Option(family, Match(family, 0, "X", "preferred", "same", Reading("X", "written")))
    assert features(Document("PMID:1", "X in mice"), [("X", Span(0, 1), [option])]) == [[{}]]


def test_a_document_without_genes_has_no_features():
    assert features(Document("PMID:1", ""), []) == []
