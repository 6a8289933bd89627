"""Every file of the shared folder of ontologies compiles to what its README counts, or is refused for a reason."""

from pathlib import Path

import pytest

from kgbuild.concept import Synonym
from kgbuild.errors import OntologyError
from kgbuild.link.catalogue import add_ontology, open_ontology

#: file -> concepts, names and cross-references, or what the refusal says
EXPECTED: dict[str, tuple[int, int, int] | str] = {
    "biolink/biolink-model.yaml.gz": "a LinkML schema",
    "biolink/preferred_prefixes_per_class.json.gz": "JSON, but no ontology",
    "biomappings/negative.sssom.tsv.xz": "holds no concepts, only 1825 mappings with the modifier Not",
    "biomappings/positive.sssom.tsv.xz": (21151, 21153, 11018),
    "biosynonyms/negatives.tsv": "do not mean the concepts",
    "biosynonyms/positives.tsv": (21, 44, 0),
    "biosynonyms/unentities.tsv": "without a column of identifiers",
    "cellosaurus/cellosaurus_names_2016.tsv.xz": (64234, 92932, 0),
    "chebi/chebi_import_2023.obo.xz": (24634, 24627, 0),
    "chebi/chebi_names_2020.tsv.xz": (55510, 203684, 0),
    "chmo/chmo-base.obo.xz": (3040, 12240, 58),
    "cl/cl-basic.obo.xz": (2881, 5317, 1602),
    "doid/doid.obo.xz": (13694, 30471, 39259),
    "emmo/battery-quantities.ttl.gz": (9, 12, 0),
    "emmo/battery-reference.ttl.gz": (183, 407, 0),
    "emmo/chameo.ttl.gz": (201, 427, 0),
    "emmo/chemical-substance.ttl.gz": (677, 1742, 0),
    "emmo/chemistry.ttl.gz": (29, 55, 0),
    "emmo/electrochemistry-quantities.ttl.gz": (332, 846, 0),
    "emmo/electrochemistry-reference.ttl.gz": (467, 864, 0),
    "emmo/isq.ttl.gz": (528, 1131, 387),
    "emmo/manufacturing.ttl.gz": (156, 331, 0),
    "emmo/materials.ttl.gz": (72, 128, 0),
    "emmo/mechanical-testing.owl.gz": (346, 657, 2),
    "emmo/metrology.ttl.gz": (51, 106, 5),
    "emmo/periodictable.ttl.gz": (236, 472, 0),
    "enanomapper/chebi-ext.owl.gz": (104, 106, 0),
    "enanomapper/endpoints.owl.gz": (87, 104, 0),
    "enanomapper/npo-ext.owl.gz": (270, 274, 0),
    "enanomapper/npo-slim.owl.gz": (475, 671, 0),
    "famplex/entities.csv.gz": "without a column of identifiers",
    "famplex/equivalences.csv.gz": "without a column of identifiers",
    "famplex/gene_prefixes.csv.gz": "without a column of identifiers",
    "famplex/grounding_map.csv.gz": "without a column of identifiers",
    "famplex/relations.csv.gz": "without a column of identifiers",
    "go/go_bp_names_2020.tsv.xz": (23612, 68227, 0),
    "go/go_cc_names_2020.tsv.xz": (1684, 3386, 0),
    "go/go_labels_2020.tsv.xz": (47363, 45007, 0),
    "hgnc/hgnc_2017.tsv.xz": (45406, 136365, 60794),
    "hp/hp-basic_2019-03-16.obo.gz": (14279, 0, 0),
    "hp/hp_2019-08.json.xz": (14468, 31911, 20544),
    "hp/layperson-synonyms.tsv.gz": (4701, 10816, 0),
    "mdo/mdo-calculation.owl.gz": (11, 11, 0),
    "mdo/mdo-core.owl.gz": (6, 6, 0),
    "mdo/mdo-provenance.owl.gz": (1, 1, 0),
    "mdo/mdo-structure.owl.gz": (13, 13, 0),
    "medic/CTD_diseases_2017-06-06.tsv.xz": (11865, 77994, 6837),
    "medic/medic_06Jul2012.txt.xz": (11915, 76237, 3028),
    "mesh/mesh_descriptors_2019.tsv.xz": (29351, 153252, 0),
    "mesh/mesh_mappings.tsv.xz": (25294, 25294, 28683),
    "mesh/mesh_pubchem_names.tsv.xz": (7158, 46970, 7158),
    "mesh/mesh_supplementary_2018.tsv.xz": (184343, 249344, 0),
    "mondo/mondo_exactmatch_doid.sssom.tsv.xz": (23729, 23563, 11966),
    "mondo/mondo_exactmatch_efo.sssom.tsv.xz": (2399, 2386, 2399),
    "mondo/mondo_exactmatch_mesh.sssom.tsv.xz": (8110, 7991, 8181),
    "mondo/mondo_exactmatch_ncit.sssom.tsv.xz": (14562, 14508, 7304),
    "mondo/mondo_exactmatch_omim.sssom.tsv.xz": (20001, 19733, 10045),
    "mondo/mondo_exactmatch_umls.sssom.tsv.xz": (21660, 21658, 21660),
    "mondo/mondo_hasdbxref_hp.sssom.tsv.gz": "only 579 mappings by oboInOwl:hasDbXref",
    "mwo/mwo.ttl.gz": (558, 571, 0),
    "nanomine/nanomine.ttl.gz": (180, 181, 0),
    "ncbi_gene/Homo_sapiens.gene_info_2015.tsv.xz": (56425, 258127, 74436),
    "om/om-2.0.rdf.xz": (2461, 5327, 0),
    "pato/pato.obo.gz": (2869, 2804, 55),
    "pmdco/pmdco.ttl.gz": (1140, 1200, 0),
    "prefixes/bioregistry_patterns.json.gz": "JSON, but no ontology",
    "qudt/quantitykinds.ttl.xz": (1225, 1660, 121),
    "qudt/units.ttl.xz": (2930, 8542, 191),
    "ro/ro.obo.gz": "a file of relations",
    "rxno/mop.obo.gz": (3686, 4363, 4),
    "rxno/rxno.obo.gz": (1074, 1420, 456),
    "uberon/uberon_names_2016.tsv.xz": (14435, 38961, 0),
    "uo/uo.json.gz": (574, 1001, 0),
    "uo/uo.obo.gz": (574, 1001, 0),
}
#: identifiers of these have no prefix unless a type is given
SPECIES = {
    "ncbitaxon/species_exhaustive_2016.tsv.xz": (9999, 67720, 0),
    "ncbitaxon/species_names_2016.tsv.gz": (251, 2652, 0),
}

pytestmark = pytest.mark.shared_data


@pytest.fixture
def ontologies(shared_data) -> Path:
    return shared_data / "ontologies"


def counts(path: Path, type: str = "") -> tuple[int, int, int]:
    meta = open_ontology(path, type).meta
    return meta.concepts, meta.names, meta.xrefs


def test_no_file_is_left_out(ontologies):
    found = {str(path.relative_to(ontologies)) for path in ontologies.glob("*/*")}
    assert found == {*EXPECTED, *SPECIES}


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_compiles_or_is_refused(ontologies, name):
    expected = EXPECTED[name]
    if isinstance(expected, str):
        with pytest.raises(OntologyError) as error:
            add_ontology(ontologies / name)
        assert expected in str(error.value)
    else:
        assert counts(ontologies / name) == expected


@pytest.mark.slow
@pytest.mark.parametrize("name", SPECIES)
def test_plain_numbers_need_a_type(ontologies, name):
    with pytest.raises(OntologyError, match="NCBITaxon for --type Species"):
        add_ontology(ontologies / name)
    assert counts(ontologies / name, "Species") == SPECIES[name]


@pytest.mark.slow
def test_the_files_of_a_folder_add_to_one_another(ontologies):
    phenotypes = open_ontology(ontologies / "hp")
    weakness = phenotypes.concept("HP:0001324")
    assert (weakness.name, weakness.parents) == ("Muscle weakness", ("HP:0011804",))
    assert Synonym("Muscular weakness") in weakness.synonyms
    assert "UMLS:C0151786" in weakness.xrefs


@pytest.mark.slow
def test_obsolete_terms_name_their_successors(ontologies):
    found = [
        concept
        for name in ("pato/pato.obo.gz", "chmo/chmo-base.obo.xz", "rxno/rxno.obo.gz")
        for concept in open_ontology(ontologies / name).concepts()
        if concept.obsolete and concept.replaced_by
    ]
    assert len(found) > 100
