import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from kgbuild.errors import ConfigError
from kgbuild.importing.terms import Terms, UnknownTermError
from kgbuild.schema import load_schema

SCIENCE = load_schema("science")
TERMS = Terms(SCIENCE)


@pytest.mark.parametrize(
    ("categories", "identifier", "expected"),
    [
        (("Gene",), "x:1", "Gene"),
        (("kg:Disease",), "x:1", "Disease"),
        (("biolink:Gene",), "x:1", "Gene"),
        (("biolink:SmallMolecule",), "CHEBI:1", "Chemical"),
        (("biolink:Protein",), "UniProtKB:1", "Gene"),
        (("biolink:NamedThing", "biolink:Disease"), "MESH:1", "Disease"),
        (("biolink:Procedure",), "CHMO:1", "Method"),
        (("biolink:NamedThing",), "MONDO:1", "Disease"),
        ((), "HP:0001945", "Phenotype"),
    ],
)
def test_categories_are_types_of_the_schema_directly_by_biolink_or_by_the_prefix(categories, identifier, expected):
    assert TERMS.type_of(categories, identifier) == expected


@pytest.mark.parametrize(
    ("categories", "identifier"), [((), "x:1"), (("biolink:Agent",), "ORCID:1"), (("kg:Car",), "x:1")]
)
def test_a_category_that_no_type_is_meant_by_is_unknown(categories, identifier):
    with pytest.raises(UnknownTermError, match="is no entity type of schema science"):
        TERMS.type_of(categories, identifier)


@pytest.mark.parametrize(
    ("predicates", "ends", "expected"),
    [
        (("kg:CID",), ("Chemical", "Disease"), "CID"),
        (("biolink:causes",), ("Chemical", "Disease"), "CID"),
        (("RO:1", "biolink:causes"), ("Chemical", "Disease"), "CID"),
        (("biolink:gene_associated_with_condition",), ("Gene", "Disease"), "Association"),
        (("biolink:physically_interacts_with",), ("Gene", "Gene"), "Bind"),
    ],
)
def test_predicates_are_relations_directly_or_by_biolink(predicates, ends, expected):
    assert TERMS.relation_of(predicates, *ends) == expected


@pytest.mark.parametrize(
    ("predicate", "ends", "why"),
    [
        ("biolink:causes", ("Disease", "Chemical"), "is no relation of schema science"),
        ("kg:CID", ("Disease", "Chemical"), "may not lead from Disease to Chemical"),
        ("biolink:affects", ("Chemical", "Gene"), "may be any of ACTIVATOR, "),
        ("biolink:related_to", ("Chemical", "Chemical"), "is no relation"),
        ("biolink:treats", ("Chemical", "Disease"), "is no relation"),
        ("http://example.org/cures", ("Chemical", "Disease"), "is no relation"),
    ],
)
def test_no_relation_is_guessed(predicate, ends, why):
    with pytest.raises(UnknownTermError, match=why):
        TERMS.relation_of((predicate,), *ends)


def test_the_user_names_what_a_term_means():
    terms = Terms(SCIENCE, {"ex:cures": "Negative_Correlation", "ex:Drug": "Chemical"})
    assert terms.relation_of(("ex:cures",), "Chemical", "Disease") == "Negative_Correlation"
    assert terms.type_of(("ex:Drug",), "x:1") == "Chemical"
    with pytest.raises(ConfigError, match="ex:cures=Cures: expected a type or relation of schema science"):
        Terms(SCIENCE, {"ex:cures": "Cures"})


def test_the_table_is_what_the_biolink_model_says():
    path = Path(__file__).parent / "biolink_hierarchy.py"
    spec = spec_from_file_location("biolink_hierarchy", path)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    assert module.TABLE.read_text("utf-8") == module.hierarchy()
