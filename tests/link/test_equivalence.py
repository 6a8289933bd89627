import gc
import weakref

import pytest

from kgbuild.link.equivalence import Refusal, find_concept, preferred, refusals, same_symbol
from kgbuild.link.linker import LexicalLinker


@pytest.fixture
def compiled(compile_concepts, make):
    def compile_diseases(name: str, *rows: tuple[str, str, tuple[str, ...]]):
        return compile_concepts((make(curie, label, "Disease", xrefs=xrefs) for curie, label, xrefs in rows), name)

    return compile_diseases


def test_a_concept_goes_by_its_equivalent_of_the_preferred_prefix_and_keeps_its_own_as_a_cross_reference(compiled):
    mondo = compiled("mondo", ("MONDO:1", "mumps", ("DOID:1", "MESH:D1")))
    mesh = compiled("mesh", ("MESH:D1", "Mumps", ()))
    found = preferred(mondo.concept("MONDO:1"), ("OMIM", "MESH", "MONDO"), (mondo, mesh))
    assert (found.curie, found.name, found.xrefs) == ("MESH:D1", "Mumps", ("MONDO:1", "DOID:1"))


def test_two_concepts_are_not_merged_into_one(compiled):
    mondo = compiled("mondo", ("MONDO:1", "early mumps", ("MESH:D1",)), ("MONDO:2", "late mumps", ("MESH:D1",)))
    mesh = compiled("mesh", ("MESH:D1", "Mumps", ()))
    for concept in mondo.concepts():
        assert preferred(concept, ("MESH",), (mondo, mesh)) == concept
    assert find_concept("MESH:D1", (mondo, mesh)).xrefs == ()
    assert refusals(mondo) == [
        Refusal("MONDO:1", "MESH:D1", ("MONDO:1", "MONDO:2")),
        Refusal("MONDO:2", "MESH:D1", ("MONDO:1", "MONDO:2")),
    ]


def test_one_concept_is_not_merged_with_two(compiled):
    mondo = compiled("mondo", ("MONDO:1", "parotitis", ("MESH:D1", "MESH:D2")))
    mesh = compiled("mesh", ("MESH:D1", "Mumps", ()), ("MESH:D2", "Other Mumps", ()))
    assert preferred(mondo.concept("MONDO:1"), ("MESH",), (mondo, mesh)).curie == "MONDO:1"
    assert refusals(mondo) == [
        Refusal("MONDO:1", "MESH:D1", ("MESH:D1", "MESH:D2")),
        Refusal("MONDO:1", "MESH:D2", ("MESH:D1", "MESH:D2")),
    ]


def test_of_several_the_one_with_the_same_name_stands(compiled):
    mondo = compiled("mondo", ("MONDO:1", "mumps", ("MESH:D1",)), ("MONDO:2", "late mumps", ("MESH:D1",)))
    mesh = compiled("mesh", ("MESH:D1", "Mumps", ()))
    ontologies = (mondo, mesh)
    assert preferred(mondo.concept("MONDO:1"), ("MESH",), ontologies).curie == "MESH:D1"
    assert preferred(mondo.concept("MONDO:2"), ("MESH",), ontologies).curie == "MONDO:2"


def test_two_concepts_of_one_ontology_are_never_the_same(compiled):
    mondo = compiled("mondo", ("MONDO:1", "mumps", ("MONDO:2",)), ("MONDO:2", "parotitis", ()))
    assert preferred(mondo.concept("MONDO:1"), ("MESH", "MONDO"), (mondo,)).curie == "MONDO:1"
    assert refusals(mondo) == [Refusal("MONDO:1", "MONDO:2", ("MONDO:1", "MONDO:2"))]


def test_obsolete_concepts_do_not_compete(compile_concepts, make):
    mondo = compile_concepts(
        [
            make("MONDO:1", "mumps", "Disease", xrefs=("MESH:D1",)),
            make("MONDO:2", "old mumps", "Disease", xrefs=("MESH:D1",), obsolete=True),
        ]
    )
    assert refusals(mondo) == []
    assert preferred(mondo.concept("MONDO:1"), ("MESH",), (mondo,)).curie == "MESH:D1"


def test_without_a_mapping_concepts_of_one_name_or_compound_are_the_same(compile_concepts, make):
    chebi = compile_concepts(
        [
            make("CHEBI:1", "lomustine", "Chemical"),
            make("CHEBI:2", "calcium dichloride", "Chemical", xrefs=("PUBCHEM.COMPOUND:7",)),
            make("CHEBI:3", "neostigmine", "Chemical"),
        ],
        "chebi",
    )
    mesh = compile_concepts(
        [
            make("MESH:D1", "Lomustine", "Chemical"),
            make("MESH:D2", "Calcium Chloride", "Chemical", xrefs=("PUBCHEM.COMPOUND:7",)),
            make("MESH:D3", "Synstigmin", "Chemical", "Neostigmine"),
        ],
        "mesh",
    )
    found = {concept.curie: preferred(concept, ("MESH", "CHEBI"), (chebi, mesh)) for concept in chebi.concepts()}
    assert {curie: concept.curie for curie, concept in found.items()} == {
        "CHEBI:1": "MESH:D1",
        "CHEBI:2": "MESH:D2",
        "CHEBI:3": "MESH:D3",
    }
    assert found["CHEBI:1"].xrefs == ("CHEBI:1",)


@pytest.mark.parametrize(
    "other",
    [
        {"curie": "MONDO:2", "name": "mumps"},  # a sibling of the same name
        {"curie": "MONDO:2", "name": "parotitis", "xrefs": ("MESH:D1",)},  # a sibling with a mapping
    ],
)
def test_a_name_joins_no_concepts_that_a_sibling_or_a_mapping_claims(compile_concepts, make, other):
    mondo = compile_concepts([make("MONDO:1", "mumps", "Disease"), make(type="Disease", **other)], "mondo")
    mesh = compile_concepts([make("MESH:D1", "Mumps", "Disease")], "mesh")
    assert preferred(mondo.concept("MONDO:1"), ("MESH",), (mondo, mesh)).curie == "MONDO:1"


def test_a_compound_of_a_catalogue_is_what_has_one_of_its_long_names(compile_concepts, make):
    cas = compile_concepts(
        [
            make("CAS:1", "otilonium bromide", "Chemical", "octylonium bromide", "sp 63"),
            make("CAS:2", "menoctylium", "Chemical", "spasmolytic salt"),
            make("CAS:3", "menoctyl", "Chemical", "spasmolytic salt"),
            make("CAS:4", "dimenoctyl", "Chemical", "octylated base"),
        ],
        "cas",
    )
    chebi = compile_concepts([make("CHEBI:1", "octyls", "Chemical", "octylonium bromide")], "chebi")
    mesh = compile_concepts(
        [
            make("MESH:C1", "octylonium", "Chemical", "octylonium bromide"),
            make("MESH:C2", "spasmolytic", "Chemical", "spasmolytic salt"),
            make("MESH:C3", "opium", "Chemical", "sp 63"),
            make("MESH:C4", "bases", "Chemical", "octylated base"),
            make("MESH:C5", "other bases", "Chemical", "octylated base"),
        ],
        "mesh",
    )
    asked = [*cas.concepts(), *chebi.concepts()]
    found = [preferred(concept, ("MESH",), (cas, chebi, mesh)).curie for concept in asked]
    # a name of two compounds, on either side, tells neither; what is in no catalogue may be a class
    assert found == ["MESH:C1", "CAS:2", "CAS:3", "CAS:4", "CHEBI:1"]


def test_siblings_that_a_concept_has_as_synonyms_stay_apart(compile_concepts, make):
    chebi = compile_concepts(
        [make("CHEBI:1", "lead dihydrate", "Chemical"), make("CHEBI:2", "pure lead", "Chemical")], "chebi"
    )
    mesh = compile_concepts([make("MESH:D1", "Lead", "Chemical", "lead dihydrate", "pure lead")], "mesh")
    assert [preferred(concept, ("MESH",), (chebi, mesh)).curie for concept in chebi.concepts()] == [
        "CHEBI:1",
        "CHEBI:2",
    ]


def test_compounds_are_told_apart_by_every_letter_and_sign(compile_concepts, make):
    chebi = compile_concepts(
        [make("CHEBI:1", "lysine", "Chemical"), make("CHEBI:2", "(+)-nicotine", "Chemical")], "chebi"
    )
    mesh = compile_concepts([make("MESH:D1", "Lysin", "Chemical"), make("MESH:D2", "Nicotine", "Chemical")], "mesh")
    assert [preferred(concept, ("MESH",), (chebi, mesh)).curie for concept in chebi.concepts()] == [
        "CHEBI:1",
        "CHEBI:2",
    ]


def test_what_is_joined_is_among_the_cross_references(compile_concepts, make):
    chebi = compile_concepts([make("CHEBI:1", "lomustine", "Chemical")], "chebi")
    mesh = compile_concepts([make("MESH:D1", "Lomustine", "Chemical")], "mesh")
    assert find_concept("MESH:D1", (chebi, mesh)).xrefs == ("CHEBI:1",)


def test_genes_of_one_name_stay_apart(compile_concepts, make):
    hgnc, other = (compile_concepts([make(curie, "A1", "Gene")], curie[:3]) for curie in ("HGNC:1", "NCBIGene:2"))
    assert preferred(hgnc.concept("HGNC:1"), ("NCBIGene",), (hgnc, other)).curie == "HGNC:1"


SSSOM = """#mapping_set_id: https://example.org/x
subject_id\tsubject_label\tpredicate_id\tpredicate_modifier\tobject_id\tobject_label
mondo:1\tmumps\tskos:exactMatch\t\tmesh:D000001\tMumps
mondo:2\tlate mumps\tskos:exactMatch\t\tmesh:D000002\tLate parotitis
mondo:3\tlatest mumps\tskos:exactMatch\t\tmesh:D000002\tLate parotitis
mondo:4\tflu\tskos:exactMatch\tNot\tmesh:D000003\tFlu shot
mondo:5\tcold\tskos:broadMatch\t\tmesh:D000004\tIllness
"""


def test_a_mapping_set_beside_ontologies_joins_their_concepts_and_merges_no_siblings(write):
    names = "id\tname\nMONDO:1\tmumps\nMONDO:2\tlate mumps\nMONDO:3\tlatest mumps\nMONDO:4\tflu\n"
    ontologies = [str(write("mondo.tsv", names)), str(write("mapping.sssom.tsv", SSSOM))]
    linker = LexicalLinker(ontologies, preferences={"Disease": ("MESH", "MONDO")})

    def best(name: str) -> str:
        return linker.candidates(name, "Disease")[0].curie

    assert [best(name) for name in ("mumps", "late mumps", "latest mumps", "flu")] == [
        "MESH:D000001",
        "MONDO:2",
        "MONDO:3",
        "MONDO:4",
    ]
    assert linker.concept("MESH:D000001").xrefs == ("MONDO:1",)
    assert linker.concept("MESH:D000002").xrefs == ()


def test_what_was_found_out_does_not_keep_ontologies_that_nobody_uses(compiled):
    ontologies = (compiled("mondo", ("MONDO:1", "mumps", ("MESH:D1",))), compiled("mesh", ("MESH:D1", "Mumps", ())))
    kept = [weakref.ref(ontology) for ontology in ontologies]
    assert find_concept("MESH:D1", ontologies).xrefs == ("MONDO:1",)
    del ontologies
    gc.collect()
    assert [reference() for reference in kept] == [None, None]


def test_tables_of_genes_agree_on_symbols_and_on_those_a_gene_had(compile_concepts, make):
    rat = "NCBITaxon:10116"
    genes = [
        make("RGD:1", "Casr", "Gene", species=rat),
        make("RGD:2", "Phb1", "Gene", "Phb", species=rat),
        make("RGD:3", "Lhfpl6", "Gene", "Casr", species=rat),
        make("RGD:4", "Casr", "Gene", species="NCBITaxon:9606"),
    ]
    rgd = compile_concepts(genes, "rgd")
    numbered = [make("NCBIGene:24247", "Casr", "Gene", species=rat), make("NCBIGene:25344", "Phb", "Gene", species=rat)]
    ontologies = (rgd, compile_concepts(numbered, "homologene"))
    found = [same_symbol(rgd.concept(f"RGD:{number}"), "NCBIGene", ontologies).curie for number in (1, 2, 3, 4)]
    assert found == ["NCBIGene:24247", "NCBIGene:25344", "RGD:3", "RGD:4"]
