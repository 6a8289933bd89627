import multiprocessing
import time
from pathlib import Path

import pytest

from kgbuild.concept import Synonym
from kgbuild.errors import OntologyError
from kgbuild.link.compilation import compile_ontology
from kgbuild.link.compiled import CompiledOntology
from kgbuild.link.names import normal_key, word_key


def test_a_compiled_ontology_gives_its_concepts_back(compile_concepts, make):
    concepts = [
        make("X:2", "Two", "Disease", xrefs=("Y:2",)),
        make("X:1", "One", "Disease", Synonym("uno", "related"), parents=("X:2",)),
    ]
    ontology = compile_concepts(concepts)
    assert list(ontology.concepts()) == sorted(concepts, key=lambda concept: concept.curie)
    assert ontology.concept("X:1") == concepts[1]
    assert ontology.concept("X:9") is None
    assert ontology.with_xref("Y:2") == [concepts[0]]
    assert [hit.name for hit in ontology.by_normal_key("uno")] == ["uno"]
    assert ontology.meta.names == 3


def test_concepts_of_one_identifier_become_one(compile_concepts, make):
    ontology = compile_concepts(
        [make("X:1", "One", "Disease", xrefs=("Y:1",)), make("X:1", "Uno", "", "Eins", xrefs=("Z:1",))]
    )
    assert list(ontology.concepts()) == [make("X:1", "One", "Disease", "Uno", "Eins", xrefs=("Y:1", "Z:1"))]


def test_concepts_of_one_identifier_are_joined_in_the_order_in_which_they_come(compile_concepts, make):
    rows = [
        make("X:2", "b", "Disease"),
        *(make("X:1", f"name {n}", "Disease") for n in (3, 1, 2)),
        make("X:0", "c", ""),
    ]
    first, joined, last = compile_concepts(rows).concepts()
    assert (first.curie, last.curie) == ("X:0", "X:2")
    assert (joined.name, [synonym.name for synonym in joined.synonyms]) == ("name 3", ["name 1", "name 2"])


def test_obsolete_concepts_are_kept_but_not_found_by_name(compile_concepts, make):
    ontology = compile_concepts([make("X:1", "One", "Disease", obsolete=True, replaced_by="X:2")])
    assert ontology.by_normal_key("on") == []
    assert ontology.concept("X:1").replaced_by == "X:2"


def test_the_version_depends_on_content_alone(tmp_path, make):
    one, two = make("X:1", "One", "Disease"), make("X:2", "Two", "Disease")
    first = compile_ontology([one, two], tmp_path / "a", name="a", source="a")
    again = compile_ontology([two, one], tmp_path / "b", name="b", source="b")
    other = compile_ontology([one], tmp_path / "c", name="c", source="c")
    assert first.version == again.version != other.version


def _compile(folder: str) -> str:
    from kgbuild.concept import Concept

    concepts = [Concept(f"X:{n}", f"name {n}", "Disease") for n in range(300)]
    return compile_ontology(concepts, Path(folder), name="x", source="x").version


def test_two_processes_may_compile_the_same_folder_at_once(tmp_path):
    folder = tmp_path / "x"
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        versions = pool.map(_compile, [str(folder)] * 2)
    assert {CompiledOntology(folder).meta.version} == set(versions)
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_an_ontology_without_concepts_is_refused_and_leaves_nothing(tmp_path):
    with pytest.raises(OntologyError, match="holds no concepts"):
        compile_ontology([], tmp_path / "x", name="x", source="x")
    assert list(tmp_path.iterdir()) == []


def test_an_ontology_of_mappings_alone_says_what_it_held(tmp_path):
    with pytest.raises(OntologyError, match=r"m\.tsv: holds no concepts, only 2 broad mappings"):
        compile_ontology([], tmp_path / "x", name="x", source="m.tsv", skipped={"broad mappings": 2})


@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, 500])
def test_every_name_identifier_and_cross_reference_is_found_again(compile_concepts, make, count):
    concepts = [make(f"X:{n}", f"concept {n}", "Disease", f"other {n}", xrefs=(f"Y:{n}",)) for n in range(count)]
    ontology = compile_concepts(concepts)
    for concept in concepts:
        assert [hit.concept for hit in ontology.by_normal_key(normal_key(concept.name))] == [concept]
        (hit,) = ontology.by_normal_key(normal_key(concept.synonyms[0].name))
        assert (hit.concept, hit.synonym) == (concept, concept.synonyms[0])
        assert [hit.concept for hit in ontology.by_word_key(word_key(concept.name))] == [concept]
        assert ontology.concept(concept.curie) == concept
        assert ontology.with_xref(concept.xrefs[0]) == [concept]
    assert ontology.by_normal_key("none") == ontology.by_word_key("none") == []


def test_a_name_of_many_concepts_gives_them_all(compile_concepts, make):
    concepts = [make(f"X:{n:03}", "same", "Disease") for n in range(300)]
    ontology = compile_concepts([*concepts, make("X:9", "different", "Disease")])
    assert [hit.concept for hit in ontology.by_normal_key("sam")] == concepts


def test_a_cut_off_index_is_reported(tmp_path, compile_concepts, make):
    compile_concepts([make(f"X:{n}", f"name {n}", "Disease") for n in range(50)])
    index = tmp_path / "compiled" / "tiny" / "index.bin"
    index.write_bytes(index.read_bytes()[:100])
    with pytest.raises(OntologyError, match="damaged"):
        CompiledOntology(index.parent)


def test_a_damaged_folder_is_reported(tmp_path, compile_concepts, make):
    ontology = compile_concepts([make("X:1", "One", "Disease")])
    folder = tmp_path / "compiled" / "tiny"
    assert ontology.meta.concepts == 1
    (folder / "meta.json").write_text("{")
    with pytest.raises(OntologyError, match="damaged"):
        CompiledOntology(folder)


def test_opening_does_not_read_the_content(tmp_path, make):
    concepts = (make(f"X:{n}", f"concept number {n}", "Disease") for n in range(20_000))
    compile_ontology(concepts, tmp_path / "big", name="big", source="big")
    start = time.perf_counter()
    ontology = CompiledOntology(tmp_path / "big")
    assert time.perf_counter() - start < 1.0
    assert ontology.concept("X:19999") is not None
