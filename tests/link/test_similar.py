import math

import pytest

from kgbuild.link.name_vectors import bundled_vectors
from kgbuild.link.names import words
from kgbuild.link.similar import Similar, build_similar, open_similar

NAMES = ("Breast Cancer", "Ovarian Cancer", "von Hippel-Lindau disease", "Kidney failure")


def find(index, name: str) -> list[Similar]:
    return index.find([" ".join(words(name))])[0]


@pytest.mark.parametrize(
    ("name", "likest"),
    [
        ("familial breast cancer", "breast cancer"),
        ("brest cancers", "breast cancer"),
        ("von Hippel-Lindau tumours", "von hippel lindau diseas"),
    ],
)
def test_partial_forms_and_typos_find_the_name(name, likest):
    found = find(build_similar(NAMES), name)
    assert found[0].words == likest
    assert 0.4 <= found[0].spelling < 1.0


def test_an_equal_name_is_as_alike_as_can_be_and_an_unlike_one_is_not_found():
    index = build_similar(NAMES)
    assert find(index, "Ovarian cancers")[0].spelling == pytest.approx(1.0)
    assert find(index, "quetiapine") == []


def test_likeness_is_the_cosine_of_the_weighted_trigrams():
    index = build_similar(["abcd"])
    assert index.find(["abcd"]) == [[Similar("abcd", 1.0, 1.0)]]
    # " ab", "abc" are shared; "bcd", "cd " are the name's alone; "bce", "ce " are in no name
    known, unknown = math.log(1 + 2 / 2) ** 2, math.log(1 + 2 / 1) ** 2
    expected = 2 * known / math.sqrt((2 * known + 2 * unknown) * 4 * known)
    assert index.find(["abce"], least=0.3)[0][0].spelling == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("vectors", [None, bundled_vectors()], ids=["spelling", "meaning"])
def test_many_names_find_what_each_finds_by_itself(vectors):
    ontology = [f"{kind} {organ} {number}" for kind in NAMES for organ in ("lung", "kidney") for number in range(40)]
    index = build_similar([*ontology, "alopecia", "hearing loss"], vectors)
    asked = [" ".join(words(name)) for name in (*ontology[::3], "hair loss", "", "quetiapine", "lungs", "hair loss")]
    together = index.find(asked)
    assert together == [index.find([name])[0] for name in asked]
    assert together[::-1] == index.find(asked[::-1])


def test_meaning_is_the_cosine_of_the_vectors_of_both_names():
    vectors = bundled_vectors()
    index = build_similar(["deafness", "hearing loss", "loss of hearing in one ear"], vectors)
    (found,) = index.find(["hearing impairment"], least=0.1)
    assert found
    asked, *others = vectors.encode(["hearing impairment", *(item.words for item in found)])
    assert [item.meaning for item in found] == pytest.approx([float(asked @ other) for other in others], abs=1e-4)


def test_of_many_names_that_share_the_rare_trigrams_the_first_by_alphabet_are_compared():
    index = build_similar([f"zyxwv qx{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"] + ["other name"])
    (found,) = index.find(["zyxwv"], least=0.1)
    assert [item.words for item in found] == [f"zyxwv qx{letter}" for letter in "abcdefgh"]


def test_an_index_of_nothing_finds_nothing():
    assert find(build_similar([]), "asthma") == []
    assert find(build_similar(["β"]), "") == []


def test_an_index_on_disk_is_made_once_whatever_the_order_of_its_names(tmp_path):
    first = open_similar(tmp_path / "a", NAMES)
    again = open_similar(tmp_path / "a", ())
    other = open_similar(tmp_path / "b", reversed(NAMES))
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()
    assert find(first, "breast cancer") == find(again, "breast cancer") == find(other, "breast cancer")


def test_with_vectors_names_that_mean_the_same_are_found_too(tmp_path):
    vectors = bundled_vectors()
    names = ("alopecia", "hearing loss", "renal insufficiency", "Breast Cancer")
    for index in (build_similar(names, vectors), open_similar(tmp_path / "a", names, vectors)):
        found = {item.words: item for item in find(index, "hair loss")}
        assert found["alopecia"].meaning > 0.5 > found["alopecia"].spelling
        assert found["alopecia"].likeness == found["alopecia"].meaning
        assert find(index, "Breast cancers")[0] == Similar("breast cancer", 1.0, 1.0)
    assert "alopecia" not in {item.words for item in find(build_similar(names), "hair loss")}
