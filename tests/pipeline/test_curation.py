"""A build whose linker has a curation file, and one whose file changes."""

import functools
from pathlib import Path

import fake_stages
import pytest

from kgbuild.link.linker import LexicalLinker
from kgbuild.pipeline import Stages, build, read_manifest
from kgbuild.schema import load_schema

NAMES = "id\tname\nMESH:D005334\tfever\nMESH:D009325\tnausea\n"


def load(log: str, vocabulary: str, curation: str | None) -> Stages:
    extractor = fake_stages.FakeExtractor("fake-1", Path(log), 0.0)
    return Stages(extractor=extractor, linker=LexicalLinker([], {"Disease": vocabulary}, curation=curation))


@pytest.fixture
def build_with(workplace, tmp_path, monkeypatch):
    monkeypatch.setenv("KGBUILD_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(workplace.folder)
    (tmp_path / "diseases.tsv").write_text(NAMES, "utf-8")
    papers = workplace.papers("a.txt", range(8))

    def build_now(lines: str | None, to: str = "graph"):
        curation = None
        if lines is not None:
            curation = str(tmp_path / "curation.tsv")
            Path(curation).write_text("text\ttype\tconcept\n" + lines, "utf-8")
        recipe = functools.partial(load, str(workplace.log), str(tmp_path / "diseases.tsv"), curation)
        return build([papers], workplace.folder / to, recipe=recipe, schema=load_schema("science"))

    return build_now


def test_a_changed_curation_links_anew_extracts_nothing_and_leaves_what_a_fresh_build_makes(workplace, build_with):
    assert build_with(None).extracted == 8
    first = build_with("fever\tDisease\tnever\n")
    assert (first.extracted, first.relinked) == (0, 8)
    moved = build_with("# the same in another place\nfever\tDisease\tnever\n")
    assert (moved.extracted, moved.relinked) == (0, 0)
    second = build_with("fever\tDisease\tHP:0001945\nMüdigkeit\t\tHP:0012378\n")
    assert (second.extracted, second.relinked) == (0, 8)
    build_with("Müdigkeit\t\tHP:0012378\nfever\tDisease\tHP:0001945\n", to="fresh")
    assert workplace.artefacts() == workplace.artefacts("fresh")


def test_the_manifest_names_the_version_of_the_curation(workplace, build_with):
    build_with("fever\tDisease\tnever\n")
    linker = read_manifest(workplace.folder / "graph").makers[0].linker
    build_with("fever\tDisease\tHP:0001945\n")
    other = read_manifest(workplace.folder / "graph").makers[0].linker
    assert linker.partition("+curation-")[0] == other.partition("+curation-")[0]
    assert linker != other
