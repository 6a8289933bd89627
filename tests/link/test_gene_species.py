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


def test_a_gene_is_described_by_the_words_of_a_long_name(make):
    gene = make("X:1", "L1CAM", "Gene", "neural cell adhesion molecule", species=HUMAN)
    option = Option(gene, Match(gene, 0, "L1CAM", "preferred", "case", Reading("L1", "written")))
    document = Document("PMID:1", "L1 in adhesion of neurons and other cells")
    ((found,),) = features(document, [("L1", Span(0, 2), [option])])
    assert found["described"] == 0.5


def test_letters_of_a_species_before_a_name_speak_for_its_genes(options):
    ((human, mouse),) = features(Document("PMID:1", "hTERT"), [("hTERT", Span(0, 5), options("TERT", "TERT", "Tert"))])
    assert human["marked_so"] == 1.0 == mouse["marked_otherwise"]


def test_the_letter_that_a_gene_s_own_name_begins_with_marks_no_species(options):
    ((human, mouse),) = features(Document("PMID:1", "mTOR"), [("mTOR", Span(0, 4), options("mTOR", "MTOR", "Mtor"))])
    assert "marked_so" not in mouse and "marked_otherwise" not in human
