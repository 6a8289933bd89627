import lzma
from collections import Counter
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
        ("species.tsv", "id\tnames\n9606\tman|human\n", "Species", Concept("NCBITaxon:9606", "man", "Species", (Synonym("human"),))),  # noqa: E501
        ("lay.tsv", '?term\t?term_label\t?layperson\n<http://purl.obolibrary.org/obo/HP_1>\t"A"\t"B"\n', "",
         Concept("HP:1", "A", "Phenotype", (Synonym("B"),))),
        ("typed.tsv", "id\tname\ttype\nX:1\tone\tDevice\n", "", Concept("X:1", "one", "Device")),
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


def skipped_of(path: Path) -> dict[str, int]:
    skipped: Counter[str] = Counter()
    for _ in read_concepts(path, skip=lambda what, example="": skipped.update((what,))):
        pass
    return dict(skipped)


def test_what_is_passed_over_is_told(obo_file, write):
    assert skipped_of(obo_file) == {"[Typedef] stanzas": 1}
    assert skipped_of(write("hp.json", GRAPH)) == {"properties": 1}
    unnamed = TURTLE + "emmo:EMMO_4 a owl:Class .\n"
    assert skipped_of(write("emmo.ttl", unnamed)) == {"properties": 1, "classes without a name": 1}
    rows = "id\tname\nGO:1\tone\n\tnone\npart_of\tpart of\n"
    assert skipped_of(write("go.tsv", rows)) == {
        "rows without an identifier": 1,
        "rows whose identifier has no prefix": 1,
    }


SSSOM = """# curie_map:
#   mesh: http://id.nlm.nih.gov/mesh/
subject_id\tsubject_label\tpredicate_id\tpredicate_modifier\tobject_id\tobject_label
MONDO:1\tx\tskos:exactMatch\t\tmesh:D1\tX
MONDO:2\ty\tskos:broadMatch\t\tmesh:D2\tY
MONDO:3\tz\tskos:exactMatch\tNot\tmesh:D3\tZ
MONDO:4\tobsolete w\towl:equivalentClass\t\tmesh:D4\t
MONDO:5\tv\tskos:exactMatch\t\t\t
"""


def test_mapping_sets_give_both_sides_of_what_is_the_same(write):
    path = write("mondo.sssom.tsv", SSSOM)
    assert list(read_concepts(path)) == [
        Concept("MONDO:1", "x", "Disease", xrefs=("MESH:D1",)),
        Concept("MESH:D1", "X", "Disease"),
        Concept("MONDO:4", "w", "Disease", xrefs=("MESH:D4",), obsolete=True),
    ]
    assert skipped_of(path) == {
        "mappings by skos:broadMatch": 1,
        "mappings with the modifier Not": 1,
        "rows without two identifiers": 1,
    }


def test_people_and_the_file_itself_are_no_concepts(write):
    text = TURTLE + (
        "@prefix schema: <https://schema.org/> .\n"
        '<https://orcid.org/0000-0001> a owl:NamedIndividual ; rdfs:label "A. Person" .\n'
        '<https://example.org/p> a schema:Person ; rdfs:label "B. Person" .\n'
        '<https://example.org/emmo> a owl:Ontology ; rdfs:label "EMMO" .\n'
    )
    assert set(by_curie(write("emmo.ttl", text))) == {"EMMO:1", "EMMO:2"}


def test_genes_of_a_table_have_the_species_of_its_column(write):
    text = "#tax_id\tGeneID\tSymbol\tSynonyms\tdescription\n10090\t12189\tBrca1\t-\tbreast cancer 1\n"
    assert list(read_concepts(write("gene_info.tsv", text))) == [
        Concept("NCBIGene:12189", "Brca1", "Gene", (Synonym("breast cancer 1"),), species="NCBITaxon:10090")
    ]


def test_a_predicate_says_how_close_a_synonym_is(write):
    text = "text\tcurie\tname\tpredicate\nabema\tmesh:C1\tabemaciclib\toboInOwl:hasRelatedSynonym\n"
    assert list(read_concepts(write("positives.tsv", text))) == [
        Concept("MESH:C1", "abemaciclib", "", (Synonym("abema", "related"),))
    ]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "units.tsv",
            "text\tcurator\n3D\tme\n",
            r"without a column of identifiers: .* found text, curator.*--curation",
        ),
        ("entities.csv", "AKT\nAMPK\n", r"without a column of identifiers: .* found akt\."),
        (
            "species.tsv",
            "id\tname\n9606\thuman\n",
            r"prefix .*found '9606'; give the type.*NCBITaxon for --type Species",
        ),
        ("negatives.tsv", "text\tcurie\nPI3\thgnc:1\n", r"do not mean the concepts beside them"),
        ("relations.obo", "format-version: 1.2\n\n[Typedef]\nid: RO:1\n", r"a file of relations \(1 \[Typedef\]"),
        ("prefixes.json", '{"chebi": {"pattern": "x"}}', r"JSON, but no ontology: .*\"graphs\".*found chebi"),
        ("model.yaml", "id: x\nprefixes:\n  linkml: https://w3id.org/linkml/\n", r"a LinkML schema.*--schema"),
    ],
)
def test_files_that_hold_no_concepts_are_refused_with_what_to_do(write, name, text, message):
    with pytest.raises(OntologyError, match=name + ".*" + message):
        list(read_concepts(write(name, text)))
