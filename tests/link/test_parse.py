import lzma
from pathlib import Path

import pytest

from kgbuild.concept import Concept, Synonym
from kgbuild.errors import OntologyError
from kgbuild.link.parse import read_concepts


def by_curie(path: Path, type: str = "") -> dict[str, Concept]:
    return {concept.curie: concept for concept in read_concepts(path, type=type)}


def test_obo_terms_keep_scopes_xrefs_parents_and_successors(obo_file):
    found = by_curie(obo_file)
    assert found["MONDO:0005148"] == Concept(
        curie="MONDO:0005148",
        name="type 2 diabetes mellitus",
        type="Disease",
        synonyms=(
            Synonym("diabetes mellitus, type II", "exact"),
            Synonym("T2D", "abbreviation"),
            Synonym("NIDDM", "related"),
        ),
        parents=("MONDO:0000001",),
        xrefs=("MESH:D003924",),
        definition='A "common" disorder.',
    )
    assert found["MONDO:0000009"].obsolete and found["MONDO:0000009"].replaced_by == "MONDO:0005148"
    assert found["MONDO:0099999"].obsolete and found["MONDO:0099999"].replaced_by == "MONDO:0005148"
    assert "part_of" not in found


def test_a_given_type_is_given_to_every_concept(obo_file):
    assert {concept.type for concept in read_concepts(obo_file, type="Phenotype")} == {"Phenotype"}


GRAPH = """{"graphs": [{"nodes": [
 {"id": "http://purl.obolibrary.org/obo/HP_0000118", "lbl": "Phenotypic abnormality", "type": "CLASS", "meta": {
   "definition": {"val": "An abnormality."}, "xrefs": [{"val": "UMLS:C4021819"}],
   "synonyms": [{"pred": "hasExactSynonym", "val": "Organ abnormality"},
                {"pred": "hasNarrowSynonym", "val": "Defect"}]}},
 {"id": "http://purl.obolibrary.org/obo/HP_9", "lbl": "old", "type": "CLASS", "meta": {"deprecated": true}},
 {"id": "http://purl.obolibrary.org/obo/BFO_0000050", "lbl": "part of", "type": "PROPERTY"}],
 "edges": [{"sub": "http://purl.obolibrary.org/obo/HP_0000118", "pred": "is_a",
            "obj": "http://purl.obolibrary.org/obo/HP_0000001"}]}]}"""


def test_obo_graphs_give_classes_with_scopes_and_parents(write):
    found = by_curie(write("hp.json", GRAPH))
    assert found["HP:0000118"] == Concept(
        "HP:0000118",
        "Phenotypic abnormality",
        "Phenotype",
        (Synonym("Organ abnormality"), Synonym("Defect", "narrow")),
        ("HP:0000001",),
        ("UMLS:C4021819",),
        "An abnormality.",
    )
    assert found["HP:9"].obsolete
    assert len(found) == 2


def test_lists_of_terms_take_their_prefix_from_the_namespace(write):
    text = '[{"id": "0007254", "name": "a", "namespace": "mondo", "synonyms": ["b"], "xrefs": ["MSH:D1"], "alt_ids": ["2"]}]'  # noqa: E501
    found = by_curie(write("mondo.json", text))
    assert found["MONDO:0007254"] == Concept("MONDO:0007254", "a", "Disease", (Synonym("b"),), xrefs=("MESH:D1",))
    assert found["MONDO:2"].replaced_by == "MONDO:0007254"


TURTLE = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix emmo: <https://w3id.org/emmo#> .
emmo:EMMO_1 a owl:Class ; skos:prefLabel "ThermalConductivity"@en, "Wärmeleitfähigkeit"@de ;
  skos:altLabel "HeatConductivity"@en ; rdfs:subClassOf emmo:EMMO_0, [ a owl:Restriction ] .
emmo:EMMO_2 a owl:Class ; rdfs:label "Nur Deutsch"@de ; owl:deprecated true .
emmo:EMMO_3 a owl:ObjectProperty ; rdfs:label "hasPart"@en .
"""


def test_turtle_prefers_english_splits_camel_case_and_leaves_properties_out(write):
    found = by_curie(write("emmo.ttl", TURTLE))
    assert found["EMMO:1"].name == "Thermal Conductivity"
    assert found["EMMO:1"].synonyms == (Synonym("ThermalConductivity"), Synonym("Heat Conductivity"))
    assert found["EMMO:1"].parents == ("EMMO:0",)
    assert found["EMMO:2"].name == "Nur Deutsch" and found["EMMO:2"].obsolete
    assert set(found) == {"EMMO:1", "EMMO:2"}


def test_rdf_xml_is_recognised_by_its_content(write):
    text = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:owl="http://www.w3.org/2002/07/owl#"
 xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#">
<owl:Class rdf:about="http://purl.obolibrary.org/obo/CL_0000000"><rdfs:label>cell</rdfs:label></owl:Class></rdf:RDF>"""
    assert by_curie(write("cl.owl", text)) == {"CL:0000000": Concept("CL:0000000", "cell", "CellType")}


@pytest.mark.parametrize(
    ("name", "text", "type", "expected"),
    [
        (
            "hgnc.tsv",
            "hgnc_id\tsymbol\tname\tstatus\talias_symbols\tprev_symbols\tentrez_id\n"
            "HGNC:5\tA1BG\talpha-1-B glycoprotein\tApproved\tABG|GAB\tOLD\t1\n",
            "",
            Concept(
                "HGNC:5",
                "A1BG",
                "Gene",
                (Synonym("alpha-1-B glycoprotein"), Synonym("ABG"), Synonym("GAB"), Synonym("OLD", "former")),
                xrefs=("NCBIGene:1",),
                species="NCBITaxon:9606",
            ),
        ),
        (
            "ctd.tsv",
            "# CTD\n# Fields:\n# DiseaseName\tDiseaseID\tAltDiseaseIDs\tParentIDs\tTreeNumbers\tSynonyms\n#\n"
            "Odd Disease\tMESH:C1\tDO:DOID:4\tMESH:D2\tC16/C1\tOdd|Very odd\n",
            "",
            Concept(
                "MESH:C1", "Odd Disease", "Disease", (Synonym("Odd"), Synonym("Very odd")), ("MESH:D2",), ("DOID:4",)
            ),
        ),
        (
            "medic.txt",
            "C567755|613097||Tooth Agenesis|STHAG6\n",
            "",
            Concept("MESH:C567755", "Tooth Agenesis", "Disease", (Synonym("STHAG6"),), xrefs=("OMIM:613097",)),
        ),
        (
            "mondo.sssom.tsv",
            "# curie_map:\n#   a: b\nsubject_id\tsubject_label\tpredicate_id\tobject_id\n"
            "MONDO:1\tx\tskos:exactMatch\tmesh:D1\nMONDO:2\ty\tskos:broadMatch\tmesh:D2\n",
            "",
            Concept("MONDO:1", "x", "Disease", xrefs=("MESH:D1",)),
        ),
        ("species.tsv", "id\tnames\n9606\tman|human\n", "Species", Concept("NCBITaxon:9606", "man", "Species", (Synonym("human"),))),  # noqa: E501
        ("lay.tsv", '?term\t?term_label\t?layperson\n<http://purl.obolibrary.org/obo/HP_1>\t"A"\t"B"\n', "",
         Concept("HP:1", "A", "Phenotype", (Synonym("B"),))),
        ("mine.csv", 'id,name,synonyms\nX:1,"one, two",uno\n', "Device", Concept("X:1", "one, two", "Device", (Synonym("uno"),))),  # noqa: E501
    ],
)  # fmt: skip
def test_tables_are_read_by_the_names_of_their_columns(write, name, text, type, expected):
    assert list(read_concepts(write(name, text), type=type)) == [expected]


def test_a_folder_is_read_file_by_file_and_xz_is_unpacked(tmp_path):
    folder = tmp_path / "both"
    folder.mkdir()
    (folder / "b.tsv.xz").write_bytes(lzma.compress(b"id\tname\nX:2\ttwo\n"))
    (folder / "a.tsv").write_bytes(b"id\tname\nX:1\tone\n")
    assert [concept.curie for concept in read_concepts(folder)] == ["X:1", "X:2"]


def test_an_unknown_format_is_named_with_its_beginning(write):
    with pytest.raises(OntologyError, match=r"format is not recognised.*hello"):
        list(read_concepts(write("x.txt", "hello world\n")))


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(OntologyError, match="no such ontology"):
        list(read_concepts(tmp_path / "none.obo"))


def test_every_shared_obo_file_is_read(shared_data):
    files = sorted((shared_data / "ontologies").glob("*/*.obo*"))
    assert files
    for path in files:
        assert sum(1 for _ in read_concepts(path)) > 50, path
