import pytest

from kgbuild.document import Document, Mention, Span
from kgbuild.link.species_context import HUMAN, MOUSE, Place, SpeciesContext
from kgbuild.link.species_words import SpeciesWords

RAT, YEAST = "NCBITaxon:10116", "NCBITaxon:4932"


def context(text: str, title: str = "") -> SpeciesContext:
    return SpeciesContext(Document("PMID:1", title + text, title=title), SpeciesWords({}))


def place(text: str, name: str = "Tp53") -> Place:
    return context(text).at(text.index(name), text.index(name) + len(name))


@pytest.mark.parametrize(
    ("text", "species"),
    [
        ("In mice we deleted Tp53. Patients had none.", MOUSE),
        ("Rats were fed. Human Tp53 was higher in mice.", HUMAN),
        ("Expression of Tp53 in rats fell. The mice were well. Mice ate.", RAT),
        ("HeLa cells with Tp53 grew.", HUMAN),
        ("RAW 264.7 cells with Tp53 grew.", MOUSE),
        ("Tp53 was cloned. Mice were bred, and mice died; rats did not.", ""),
    ],
)
def test_the_nearest_species_stands_in_the_sentence_of_the_gene(text, species):
    assert place(text).nearest == species


@pytest.mark.parametrize(
    ("text", "species"),
    [("The rat homologue Tp53 grew.", RAT), ("The mouse Tp53 grew.", MOUSE), ("In rats we cloned and saw Tp53.", "")],
)
def test_a_species_is_beside_a_gene_up_to_one_word_before_it(text, species):
    assert place(text).beside == species


def test_a_species_inside_a_gene_is_beside_it():
    assert place("We cloned human Tp53 in rats.", "human Tp53") == Place(HUMAN, HUMAN, HUMAN, (HUMAN, RAT))


@pytest.mark.parametrize(
    ("text", "species"),
    [
        ("Rats ate. Mice ate. Tp53 rose. Patients ate.", MOUSE),
        ("Tp53 rose. Rats ate. Mice ate.", RAT),
        ("Tp53 rose.", ""),
    ],
)
def test_the_last_species_is_the_one_named_before_the_gene_or_else_first_after_it(text, species):
    assert place(text).last == species


@pytest.mark.parametrize(
    "tool",
    [
        "Rabbit anti-Tp53 was used",
        "Cells grew in fetal bovine serum",
        "Tumor growth was slow in mice",
        "We injected nude mice",
        "It bound in a yeast two-hybrid screen",
    ],
)
def test_animals_that_are_only_tools_tell_nothing(tool):
    found = context(f"Tp53 rose in patients. {tool}.")
    assert found.evidence(HUMAN, Place())["species_share"] == 1.0
    assert found.evidence(MOUSE, Place())["species_unnamed"] == 1.0


def test_mice_that_are_studied_count_though_others_carry_tumours():
    assert context("Nude mice were fed. Mice of both sexes ate.").evidence(MOUSE, Place())["species_share"] == 1.0


def test_evidence_tells_shares_and_title():
    found = context("Mice ate with rats.", title="Tp53 in mice. ")
    assert found.evidence(MOUSE, Place(beside=MOUSE, last=RAT)) == {
        "species_words": 0.5,
        "human": 0.0,
        "species_share": 0.8,
        "species_unnamed": 0.0,
        "only_others_named": 0.0,
        **{f"foreign_{where}": 0.0 for where in ("share", "in_title", "beside", "nearest", "last")},
        "species_in_sentence": 0.0,
        "genotype": 0.0,
        "species_in_title": 1.0,
        "species_beside": 1.0,
        "species_nearest": 0.0,
        "species_last": 0.0,
    }


def test_a_document_on_a_bacterium_alone_speaks_against_genes_of_human_and_mouse():
    assert context("E. coli grew.").evidence(HUMAN, Place())["only_others_named"] == 1.0
    assert context("E. coli grew in rats.").evidence(HUMAN, Place())["only_others_named"] == 0.0


def test_where_no_species_is_named_genes_are_human_by_default():
    assert context("Tp53 binds Mdm2.").evidence(HUMAN, Place())["human_by_default"] == 1.0
    assert context("").evidence(MOUSE, Place())["human_by_default"] == 0.0


def test_genes_of_human_and_mouse_may_always_be_meant_and_those_of_the_species_named():
    assert context("Yeast grew.").with_genes == tuple(sorted([HUMAN, MOUSE, YEAST]))


def test_mentions_of_species_count():
    document = Document("PMID:1", "Strain X grew.").replace_mentions(
        [Mention(Span(0, 8), "Species", concepts=(YEAST,))]
    )
    assert SpeciesContext(document, SpeciesWords({})).evidence(YEAST, Place())["species_share"] == 1.0


@pytest.mark.parametrize("text", ["Tp53(-/-) cells", "Tp53 (+/-) cells", "Tp53-deficient mice", "Tp53 null mice"])
def test_a_genotype_beside_a_gene_speaks_of_mice(text):
    found = context(text)
    assert found.evidence(MOUSE, found.at(0, 4))["genotype"] == 1.0
    assert found.evidence(HUMAN, found.at(0, 4))["genotype"] == 0.0


def test_tumours_of_their_own_species_do_not_make_mice_a_tool():
    found = context("In a syngeneic orthotopic mouse model of cancer Tp53 fell.")
    assert found.evidence(MOUSE, Place())["species_share"] == 1.0


def test_species_without_genes_speak_against_all_namesakes():
    found = context("E. coli Tp53 grew.", title="E. coli. ")
    evidence = found.evidence(HUMAN, found.at(17, 21))
    names = ("foreign_share", "foreign_in_title", "foreign_beside", "foreign_nearest", "foreign_last")
    assert [evidence[name] for name in names] == [1.0] * 5
    assert context("Rats grew.").evidence(HUMAN, Place())["foreign_share"] == 0.0
    assert context("Yeast grew.").evidence(HUMAN, Place())["foreign_share"] == 0.0


@pytest.mark.parametrize(
    ("text", "is_foreign"),
    [
        ("Yeast grew.", True),
        ("Yeast and Caenorhabditis elegans grew.", True),
        ("Yeast grew in rats.", False),
        ("Yeast grew as mammalian cells do.", False),
        ("Zebrafish swam.", False),
        ("HIV-1 spread.", False),
        ("Cells grew.", False),
    ],
)
def test_a_document_is_foreign_if_it_names_only_species_whose_genes_have_but_namesakes(text, is_foreign):
    assert context(text).is_foreign is is_foreign
