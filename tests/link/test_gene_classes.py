import pytest

from kgbuild.concept import Concept
from kgbuild.link.candidates import Match
from kgbuild.link.gene_classes import class_features
from kgbuild.link.readings import Reading


@pytest.mark.parametrize(
    ("name", "found", "features"),
    [
        ("PON", "PON", {"of_series": 1.0}),
        ("PON1", "PON1", {}),
        ("PONs", "PON", {"plural": 1.0, "of_series": 1.0}),
        ("MET proto-oncogene", "MET proto-oncogene", {}),
        ("proto-oncogene", "MET proto-oncogene", {"class_words": 1.0}),
    ],
)
def test_names_of_several_genes_are_told(compile_concepts, name, found, features):
    human = "NCBITaxon:9606"
    genes = [Concept(f"HGNC:{number}", f"PON{number}", "Gene", species=human) for number in (1, 2, 3)]
    match = Match(genes[0], 0, found, "exact", "same", Reading(name, "written"))
    assert class_features(match, genes[0], [compile_concepts(genes)]) == features


def test_a_family_is_none_of_its_members(compile_concepts):
    family = Concept("FPLX:PON", "PON", "Gene")
    match = Match(family, 0, "PON", "preferred", "same", Reading("PONs", "written"))
    assert class_features(match, family, [compile_concepts([family])]) == {}
