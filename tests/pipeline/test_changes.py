"""Builds into a folder whose input changed since, and what a run that died leaves to the next one."""

import gzip
import io
import json
import os
import sys
from importlib import import_module
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest

from kgbuild.document import Cell, Document, Passage, Span
from kgbuild.errors import GraphError
from kgbuild.pipeline import shards
from kgbuild.pipeline.shards import Shards

build_module = import_module("kgbuild.pipeline.build")  # the package has a function of that name


class KilledError(BaseException):
    """Stands for a kill."""


def write(name: str, text: str) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, "utf-8")
    return name


def documents(graph: str = "graph") -> list[tuple[str, str]]:
    table = pq.read_table(Path(graph, "documents.parquet"))
    return sorted(zip(table["id"].to_pylist(), table["source"].to_pylist(), strict=True))


def sources(graph: str = "graph") -> list[str]:
    return sorted(source for _, source in documents(graph))


def failures(graph: str = "graph") -> list[str]:
    lines = Path(graph, "failures.jsonl").read_text("utf-8").splitlines()
    return sorted(json.loads(line)["source"] for line in lines)


@pytest.fixture
def killed(workplace, monkeypatch):
    """A build that dies when it is about to do this."""

    def build(place: object, name: str, *paths: str, **settings: object) -> None:
        def die(*arguments: object, **named: object) -> None:
            raise KilledError

        with monkeypatch.context() as patch, pytest.raises(KilledError):
            patch.setattr(place, name, die)
            workplace.build(*paths, **settings)

    return build


@pytest.fixture
def from_stdin(workplace, monkeypatch):
    """A build of what is piped into it."""

    def build(text: str, **settings: object):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        return workplace.build("-", **settings)

    return build


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("a.txt", "We gave aspirin.", "We gave cisplatin."),
        ("a.md", "# Fever\n\nWe gave aspirin.\n", "# Fever\n\nWe gave cisplatin.\n"),
        ("a.csv", "drug,dose\naspirin,1\nno,2\n", "drug,dose\ncisplatin,1\nno,2\n"),
    ],
)
def test_an_edited_file_takes_its_former_document_out_of_the_graph(workplace, name, old, new):
    workplace.build(write(name, old))
    report = workplace.build(write(name, new))
    assert report.replaced == 1
    workplace.build(name, to="fresh")
    assert workplace.artefacts() == workplace.artefacts("fresh")


def test_a_record_that_was_taken_out_of_a_file_leaves_the_graph(workplace):
    workplace.build(workplace.papers("a.txt", range(1, 4)))
    assert workplace.build(workplace.papers("a.txt", range(2, 4))).replaced == 1
    assert [id_ for id_, _ in documents()] == ["PMID:2", "PMID:3"]


def test_a_file_that_was_emptied_leaves_the_graph(workplace):
    workplace.build(write("a.txt", "We gave aspirin."))
    workplace.build(write("a.txt", ""))
    assert (documents(), failures()) == ([], ["a.txt"])


def test_building_unchanged_files_replaces_nothing(workplace):
    for _ in range(2):
        assert workplace.build(write("a.txt", "We gave aspirin.")).replaced == 0


def test_a_document_that_another_file_holds_too_stays(workplace):
    workplace.build(write("a.txt", "We gave aspirin."), write("b.txt", "We gave aspirin."))
    report = workplace.build(write("a.txt", "We gave cisplatin."))
    assert (report.replaced, sources()) == (0, ["a.txt", "b.txt"])
    workplace.build("a.txt", "b.txt", to="fresh")
    assert workplace.artefacts() == workplace.artefacts("fresh")


def test_files_that_are_not_named_again_stay(workplace):
    workplace.build(write("a.txt", "We gave aspirin."))
    Path("a.txt").unlink()
    workplace.build(write("b.txt", "We gave cisplatin."))
    assert sources() == ["a.txt", "b.txt"]


def test_a_file_that_cannot_be_opened_now_stays_and_is_listed(workplace):
    workplace.build(write("papers/a.txt", "We gave aspirin."))
    Path("papers/a.txt").unlink()
    Path("papers/a.txt").symlink_to("nowhere")
    real = Path("papers/nowhere")
    write(str(real), "We gave cisplatin.")
    workplace.build("papers/a.txt")
    real.unlink()
    workplace.build("papers")
    assert len(sources()) == 2
    assert failures() == ["papers/a.txt"]


def test_a_file_is_the_same_however_its_path_is_spelled(workplace):
    spellings = ("a.txt", "./a.txt", str(Path("a.txt").resolve()), f"../{workplace.folder.name}/a.txt")
    write("broken.txt", "")
    for number, spelling in enumerate(spellings):
        write("a.txt", f"We gave aspirin {number} times.")
        workplace.build(spelling, spelling.replace("a.txt", "broken.txt"))
        assert (sources(), failures()) == (["a.txt"], ["broken.txt"])
    workplace.build("a.txt", "broken.txt", to="fresh")
    assert workplace.artefacts() == workplace.artefacts("fresh")


def test_a_file_is_the_same_from_another_working_folder(workplace, monkeypatch):
    workplace.build(write("papers/a.txt", "We gave aspirin."))
    monkeypatch.chdir("papers")
    report = workplace.build(write("a.txt", "We gave cisplatin."))
    assert report.replaced == 1
    assert sources(str(workplace.folder / "graph")) == ["a.txt"]


def test_no_place_on_the_machine_stands_in_the_graph(workplace, monkeypatch):
    for place in ("one", "two"):
        write(f"{place}/papers/a.txt", "We gave aspirin.")
        write(f"{place}/papers/broken.txt", "")
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    for place in ("one", "two"):
        workplace.build(str(workplace.folder / place / "papers"), to=place + "/graph")
    graph = workplace.folder / "one/graph"
    assert sources(str(graph)) == ["papers/a.txt"]
    assert workplace.artefacts("one/graph") == workplace.artefacts("two/graph")
    assert all(str(workplace.folder).encode() not in content for content in workplace.artefacts("one/graph").values())


def test_equally_named_files_of_two_folders_are_two_files(workplace, monkeypatch):
    for place in ("one", "two"):
        workplace.papers(f"{place}/papers/a.txt", range(1, 3))
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    one, two = (str(workplace.folder / place / "papers/a.txt") for place in ("one", "two"))
    report = workplace.build(one, two)
    assert report.graph.failures == {"duplicate": 2}
    Path(one).write_text("We gave aspirin.", "utf-8")
    assert workplace.build(one).graph.counts["documents"] == 3


def test_failures_of_a_run_that_died_before_publishing_are_listed_later(workplace, killed):
    write("empty.txt", "")
    write("papers.txt", "1|t|One\n1|a|We gave aspirin.\n\nno record\n\n")
    killed(build_module, "publish", "empty.txt", "papers.txt")
    workplace.build(write("b.txt", "We gave cisplatin."))
    workplace.build("empty.txt", "papers.txt", "b.txt", to="fresh")
    assert workplace.artefacts() == workplace.artefacts("fresh")
    assert "empty.txt" in failures()


def test_failures_of_a_run_that_died_while_it_read_are_listed_and_so_is_the_death(workplace, killed, monkeypatch):
    write("empty.txt", "")
    papers = workplace.papers("papers.txt", range(1, 100))
    killed(build_module._Run, "_store", "empty.txt", papers)
    workplace.build(write("b.txt", "We gave cisplatin."))
    assert failures() == ["empty.txt", "papers.txt"]
    workplace.build(papers)
    workplace.build("empty.txt", papers, "b.txt", to="fresh")
    assert workplace.artefacts() == workplace.artefacts("fresh")


def test_a_changed_file_whose_reading_was_cut_off_stands_as_it_was(workplace, monkeypatch):
    papers = workplace.papers("a.txt", range(1, 101))
    workplace.build(papers)
    before = documents()
    workplace.papers("a.txt", range(51, 301))
    real, left = build_module._Run._store, [2]

    def store(*arguments: object) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise KilledError
        return real(*arguments)

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(build_module._Run, "_store", store)
        patch.setattr(shards, "READ_AHEAD_CHARACTERS", 1)
        workplace.build(papers)
    workplace.build(write("b.txt", "We gave cisplatin."))
    assert [document for document in documents() if document[1] == "a.txt"] == before
    workplace.calls()
    workplace.build(papers)
    assert (
        workplace.calls()["extract"] == 250 - 50 - 2 * shards.FIRST_DOCUMENTS
    )  # what the dead run stored is not done again
    workplace.build(papers, "b.txt", to="fresh")
    assert workplace.artefacts() == workplace.artefacts("fresh")


def test_a_line_that_a_crash_cut_off_is_dropped(workplace):
    workplace.build(write("a.txt", "We gave aspirin."))
    before = workplace.artefacts()
    with Path("graph/.files.jsonl").open("ab") as stream:
        stream.write(b'{"file": "12')
    workplace.build("a.txt")
    assert workplace.artefacts() == before


def test_each_text_from_stdin_is_a_file_of_its_own(workplace, from_stdin):
    from_stdin("We gave aspirin.")
    from_stdin("We gave cisplatin.")
    from_stdin(" ")
    from_stdin("\n\n")
    assert len(set(sources())) == 2
    assert len(set(failures())) == 2
    before = workplace.artefacts()
    report = from_stdin("We gave aspirin.")
    assert (report.reused, report.replaced) == (1, 0)
    assert workplace.artefacts() == before


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs pipes with a name")
def test_a_pipe_is_known_by_what_came_out_of_it(workplace):
    reading, writing = os.pipe()
    os.write(writing, b"We gave aspirin.")
    os.close(writing)
    workplace.build(f"/dev/fd/{reading}")
    os.close(reading)
    (source,) = sources()
    assert source.startswith("pipe-")


def test_shards_of_another_version_say_what_to_do(workplace):
    workplace.build(write("a.txt", "We gave aspirin."))
    shards = Shards(Path("graph/documents"))
    (name,) = shards.names()
    (record,) = shards.records(name)
    old = msgspec.to_builtins(record)
    del old["entry"]["text_hash"]
    Path("graph/documents", name).write_bytes(gzip.compress(msgspec.json.encode(old) + b"\n"))
    with pytest.raises(GraphError, match=r"graph/documents/part.*another version.*into a new folder"):
        workplace.build("a.txt")


def test_a_graph_from_before_files_were_known_says_what_to_do(workplace):
    workplace.build(write("a.txt", "We gave aspirin."))
    before = workplace.artefacts()
    Path("graph/.files.jsonl").unlink()
    with pytest.raises(GraphError, match=r"graph: .*older kgbuild.*into a new folder"):
        workplace.build("a.txt")
    assert workplace.artefacts() == before


def test_a_section_or_a_cell_makes_another_text():
    text = Document("kgb:1", "aspirin", blocks=(Passage(Span(0, 7), "paragraph", "Methods"),))
    others = (
        msgspec.structs.replace(text, blocks=(Passage(Span(0, 7), "paragraph", "Results"),)),
        msgspec.structs.replace(text, blocks=(Passage(Span(0, 7), "paragraph", "Methods", 0),)),
        msgspec.structs.replace(text, cells=(Cell(Span(0, 7), 0, 0, 0),)),
        msgspec.structs.replace(text, cells=(Cell(Span(0, 7), 0, 0, 1),)),
    )
    assert len({document.text_hash for document in (text, *others)}) == 5


def test_another_section_over_the_same_text_is_extracted_anew(workplace):
    passage = {"span": {"start": 0, "end": 16}, "kind": "paragraph"}
    for section, n_calls in (("Methods", 1), ("Results", 1), ("Results", 0)):
        document = {"id": "PMID:1", "text": "We gave aspirin.", "blocks": [{**passage, "section": section}]}
        workplace.build(write("a.jsonl", json.dumps(document) + "\n"))
        assert workplace.calls()["extract"] == n_calls
