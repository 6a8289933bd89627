from pathlib import Path

import pytest
from linkml.linter.linter import Linter
from linkml_runtime.utils.schemaview import SchemaView

from kgbuild.errors import ConfigError
from kgbuild.schema import PropertyNames, PropertyType, RelationType, load_schema, schema_names

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"

HEAD = """
id: https://example.org/own
name: own
imports: [base]
classes:
"""
ENTITIES = """
  Dopant: {is_a: Entity, id_prefixes: [CHEBI]}
  Host: {is_a: Entity}
"""


def write(folder: Path, classes: str, *, head: str = HEAD) -> Path:
    path = folder / "own.yaml"
    path.write_text(head + classes, "utf-8")
    return path


def test_the_default_schema_is_the_union_of_the_other_two() -> None:
    science, biomedical, materials = (load_schema(name) for name in ("science", "biomedical", "materials"))
    assert science.entities == biomedical.entities | materials.entities
    assert science.relations.keys() == biomedical.relations.keys() | materials.relations.keys()
    for name, relation in (biomedical.relations | materials.relations).items():
        added = set(science.relations[name].directed_pairs) - set(relation.directed_pairs)
        assert set(relation.directed_pairs) <= set(science.relations[name].directed_pairs)
        assert all("Chemical" in pair for pair in added), name  # a substance of the other schema
    assert science.properties == biomedical.properties | materials.properties
    assert load_schema() == science


def test_shipped_schemas_are_named() -> None:
    assert schema_names() == ("biomedical", "materials", "science")


def test_entity_types_have_category_and_prefixes_in_order_of_preference() -> None:
    schema = load_schema("biomedical")
    assert set(schema.entities) == {
        *("Gene", "Disease", "Chemical", "Variant", "Species", "CellLine", "CellType", "Phenotype", "AnatomicalPart")
    }
    assert schema.entities["Gene"].category == "biolink:Gene"
    assert schema.entities["Gene"].prefixes[:2] == ("NCBIGene", "HGNC")


def test_materials_have_their_own_types() -> None:
    expected = {"Material", "Property", "Quantity", "Process", "Method", "Application", "Device", "Form"}
    assert set(load_schema("materials").entities) == expected


@pytest.mark.parametrize(
    ("relation", "subject", "object", "allowed"),
    [
        ("CID", "Chemical", "Disease", True),
        ("CID", "Disease", "Chemical", False),
        ("Association", "Disease", "Gene", True),
        ("Association", "Gene", "Disease", True),
        ("Association", "Species", "Gene", False),
        ("Association", "Disease", "Disease", False),
        ("Bind", "Gene", "Gene", True),
        ("INHIBITOR", "Gene", "Chemical", False),
        ("has_value", "Property", "Quantity", True),
        ("used_as", "Material", "Application", True),
    ],
)
def test_relations_join_the_pairs_of_their_guidelines(relation: str, subject: str, object: str, allowed: bool) -> None:
    assert load_schema().relations[relation].allows(subject, object) is allowed


def test_every_relation_has_a_biolink_predicate() -> None:
    assert all(relation.predicate.startswith("biolink:") for relation in load_schema().relations.values())


def test_properties_have_units_and_aliases() -> None:
    properties = load_schema("materials").properties
    assert properties["band_gap"].unit == "eV"
    assert properties["band_gap"].quantity_kind == "Energy"
    assert "bandgap" in properties["band_gap"].aliases


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Band gap", "band_gap"),
        ("band-gap", "band_gap"),
        ("Tc", "critical_temperature"),
        ("TC", None),
        ("IC50", "ic50"),
        ("colour", None),
        ("", None),
    ],
)
def test_properties_are_found_by_their_aliases(text: str, name: str | None) -> None:
    found = PropertyNames(load_schema().properties.values()).find(text)
    assert (None if found is None else found.name) == name


def test_of_two_properties_with_one_alias_the_first_by_name_is_found() -> None:
    names = PropertyNames([PropertyType("b", aliases=("same",)), PropertyType("a", aliases=("same",))])
    assert names.find("same") == PropertyType("a", aliases=("same",))


def test_without_pairs_a_relation_joins_every_subject_to_every_object() -> None:
    relation = RelationType("r", frozenset({"A", "B"}), frozenset({"C"}), symmetric=True)
    assert relation.directed_pairs == (("A", "C"), ("B", "C"), ("C", "A"), ("C", "B"))


def test_the_version_depends_on_content_and_not_on_comments(tmp_path: Path) -> None:
    plain = load_schema(write(tmp_path, ENTITIES)).version
    assert load_schema(write(tmp_path, ENTITIES + "\n# a comment\n")).version == plain
    assert load_schema(write(tmp_path, ENTITIES + "  Third: {is_a: Entity}\n")).version != plain


def test_an_own_file_may_import_a_shipped_schema(tmp_path: Path) -> None:
    schema = load_schema(write(tmp_path, ENTITIES, head=HEAD.replace("[base]", "[materials]")))
    assert {"Dopant", "Material"} <= set(schema.entities)
    assert schema.name == "own"


def test_a_range_allows_the_classes_below_it(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "  Solid: {is_a: Entity}\n  Glass: {is_a: Solid}\n"
        "  melts_into: {is_a: Relation, slot_usage: {subject: {range: Solid}, object: {range: Glass}}}\n",
    )
    assert load_schema(path).relations["melts_into"].pairs == {("Solid", "Glass"), ("Glass", "Glass")}


RELATION = "  r: {is_a: Relation, slot_usage: {subject: {range: Host}, object: {range: %s}}}\n"


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        ("  Dopant: {is_a: Entity, colour: red}\n", ("classes.Dopant", "colour")),
        ("  Dopant: {is_a: Entity}\n  Dopant: {is_a: Entity}\n", ("'Dopant'", "twice", "line")),
        ("  Dopant: {is_a: Entty}\n", ("classes.Dopant", "Entty")),
        (ENTITIES + RELATION % "Ghost", ("classes.r", "object", "Ghost", "Dopant")),
        (ENTITIES + "  r: {is_a: Relation, slot_usage: {subject: {range: Host}}}\n", ("classes.r", "object")),
        (ENTITIES + "  r: {is_a: Relation, annotations: {simetric: true}}\n", ("classes.r", "simetric")),
        (ENTITIES + RELATION % "Host" + RELATION.replace("  r:", "  R:") % "Host", ("same name R in Cypher", "R")),
        ("  Dopant: {is_a: Entity}\n  dopant: {is_a: Entity}\n", ("same name DOPANT in Cypher", "Dopant")),
        (ENTITIES + RELATION.replace("  r:", "  HOST:") % "Host", ("same name HOST in Cypher", "Host")),
        ("  ? [Dopant]\n  : {is_a: Entity}\n", ("line", "expected a name as key", "['Dopant']")),
        ("  Evidence: {is_a: Entity}\n", ("Evidence", "choose another")),
        ('  "A) DELETE (n": {is_a: Entity}\n', ("A) DELETE (n", "letters")),
        ("  {}\n", ("classes", "Entity")),
        ("  [\n", ("YAML",)),
    ],
)
def test_a_wrong_file_is_refused_by_file_and_key(tmp_path: Path, classes: str, words: tuple[str, ...]) -> None:
    path = write(tmp_path, classes)
    with pytest.raises(ConfigError) as error:
        load_schema(path)
    assert all(word in str(error.value) for word in (str(path), *words))


def test_an_unknown_top_level_key_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, ENTITIES, head=HEAD.replace("name: own", "name: own\nenuums: {}"))
    with pytest.raises(ConfigError, match="enuums"):
        load_schema(path)


def test_an_unknown_name_is_refused_with_the_choices() -> None:
    with pytest.raises(ConfigError, match="biomedical, materials, science"):
        load_schema("physics")


def test_an_unknown_import_names_the_file_that_imports(tmp_path: Path) -> None:
    path = write(tmp_path, ENTITIES, head=HEAD.replace("[base]", "[base, nowhere]"))
    with pytest.raises(ConfigError, match=r"own\.yaml.*nowhere"):
        load_schema(path)


def test_linkml_and_kgbuild_read_the_same_types() -> None:
    view = SchemaView(str(SCHEMAS / "science.yaml"))
    schema = load_schema()
    named = set(view.class_descendants("Entity", reflexive=False))
    assert {name for name in named if not view.get_class(name).abstract} == set(schema.entities)
    assert set(view.class_descendants("Relation", reflexive=False)) == set(schema.relations)
    assert set(view.slot_descendants("measured_value", reflexive=False)) == set(schema.properties)
    for relation in schema.relations.values():
        assert (view.get_class(relation.name).annotations or {}) == {} or relation.symmetric


@pytest.mark.parametrize("name", ["base", *schema_names()])
def test_shipped_schemas_are_valid_linkml(name: str) -> None:
    assert list(Linter.validate_schema(str(SCHEMAS / f"{name}.yaml"))) == []


def test_an_entity_type_with_a_hyphen_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "id: https://example.org/s\nname: s\nimports: [biomedical]\nclasses:\n  Cell-Part:\n    is_a: Entity\n", "utf-8"
    )
    with pytest.raises(ConfigError, match="hyphen"):
        load_schema(str(path))
