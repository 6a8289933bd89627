"""Every identifier has one spelling and one IRI, and comes back from its IRI as it was."""

from collections import Counter
from pathlib import Path

import bioregistry
import pytest
import yaml
from pyoxigraph import Store

from kgbuild.link.prefixes import contract, curie
from kgbuild.prefixes import NAMESPACES, PREFIXES, curie_of_iri, iri_of_curie
from kgbuild.read.labels import read_concepts

LOCAL = "0001"
ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("curie", "expected"),
    [
        ("MESH:D001241", "http://id.nlm.nih.gov/mesh/D001241"),
        ("HP:0001945", "http://purl.obolibrary.org/obo/HP_0001945"),
        ("DOI:10.1000/a b<c>", "https://doi.org/10.1000/a%20b%3Cc%3E"),
        ("kgb:edge-1", "https://w3id.org/kgbuild/id/edge-1"),
        ("no colon", "https://bioregistry.io/no%20colon"),
        ("http://example.org/a%20b#c", "http://example.org/a%20b#c"),
        ("http://example.org/a b", "https://bioregistry.io/http://example.org/a%20b"),
        ("http://", "https://bioregistry.io/http://"),
        ("http://id.nlm.nih.gov/mesh/D1", "https://bioregistry.io/http://id.nlm.nih.gov/mesh/D1"),
        ("µ:é", "https://bioregistry.io/%C2%B5:%C3%A9"),
    ],
)
def test_every_curie_has_a_valid_iri(curie: str, expected: str) -> None:
    assert iri_of_curie(curie) == expected
    assert curie_of_iri(expected) == curie
    Store().update(f"INSERT DATA {{ <{iri_of_curie(curie)}> a <{expected}> }}")


@pytest.mark.parametrize("prefix", PREFIXES.values(), ids=list(PREFIXES))
def test_readers_ontologies_and_stores_agree_on_a_prefix(prefix) -> None:
    ours = f"{prefix.name}:{LOCAL}"
    assert curie_of_iri(iri_of_curie(ours)) == ours
    for spelling in (prefix.name, *prefix.spellings):
        for written in (spelling, spelling.upper(), spelling.lower()):
            assert curie(f"{written}:{LOCAL}") == ours
            assert read_concepts(f"{written}:{LOCAL}", "Chemical") == (ours,)
    for beginning in filter(None, (prefix.iri, *prefix.other_iris)):
        assert contract(beginning + LOCAL) == ours


#: what Bioregistry does not take for the identifier that it is, and why
UNKNOWN_TO_BIOREGISTRY = {
    "EMMO": "terms keep EMMO_ in their local part, for those of its domains have other forms",
    "MDO": "the Materials Design Ontology is not registered",
    "NANOMINE": "not registered",
    "PMD": "the ontology of the Platform MaterialDigital is not registered",
    "QUDT": "quantity kinds, of which Bioregistry has no prefix: its qudt is the schema, our prefix qudt",
    "QUDT.UNIT": "units, of which Bioregistry has no prefix",
}
#: spellings that Bioregistry has for a record of their own
OTHER_RECORDS = {
    "chembl": "identifiers of all kinds; papers and ontologies mean compounds",
    "icd9cm": "the clinical modification, whose codes ontologies call ICD9",
    "mir": "Biolink's other prefix of miRBase, which Bioregistry has for the registry of MIRIAM",
    "ordo": "the ontology, with the same identifiers and IRIs as the database",
    "orphanet.ordo": "as ordo",
}


@pytest.mark.parametrize("prefix", PREFIXES.values(), ids=list(PREFIXES))
def test_bioregistry_knows_our_iris_as_what_they_are(prefix) -> None:
    known = bioregistry.normalize_prefix(prefix.name)
    identifier = bioregistry.get_example(known) if known is not None else LOCAL
    found = bioregistry.parse_iri(iri_of_curie(f"{prefix.name}:{identifier}"))
    is_known = known is not None and found is not None and tuple(found) == (known, identifier)
    assert is_known is (prefix.name not in UNKNOWN_TO_BIOREGISTRY), found


def test_bioregistry_takes_our_spellings_for_the_same_prefix() -> None:
    for prefix in PREFIXES.values():
        expected = bioregistry.normalize_prefix(prefix.name)
        for spelling in prefix.spellings:
            found = bioregistry.normalize_prefix(spelling)
            assert (found in (expected, None)) is (spelling not in OTHER_RECORDS), spelling


@pytest.mark.parametrize("path", sorted((ROOT / "schemas").glob("*.yaml")), ids=lambda path: path.stem)
def test_schemas_give_prefixes_the_same_iris(path: Path) -> None:
    declared = yaml.safe_load(path.read_text("utf-8"))["prefixes"]
    assert {name: iri for name, iri in declared.items() if name in NAMESPACES} == {
        name: NAMESPACES[name] for name in declared if name in NAMESPACES
    }


def test_no_spelling_and_no_iri_is_that_of_two_prefixes() -> None:
    for words in (
        [word.casefold() for item in PREFIXES.values() for word in {item.name.casefold(), *item.spellings}],
        [beginning for item in PREFIXES.values() for beginning in filter(None, (item.iri, *item.other_iris))],
    ):
        assert [word for word, count in Counter(words).items() if count > 1] == []


def test_no_namespace_begins_another_so_that_an_iri_has_one_curie() -> None:
    names = list(NAMESPACES.values())
    assert [(one, other) for one in names for other in names if one != other and other.startswith(one)] == []


@pytest.mark.parametrize("iri", ["http://example.org/a%20b", "http://id.nlm.nih.gov/mesh/%zz", "urn:x", ""])
def test_an_iri_that_no_curie_makes_stays_as_it_is(iri: str) -> None:
    assert curie_of_iri(iri) == iri


def test_an_iri_of_the_resolver_is_read_whatever_the_prefix() -> None:
    assert curie_of_iri("https://bioregistry.io/MESH:D1") == "MESH:D1"
