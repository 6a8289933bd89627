import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
from fake_stages import FakeExtractor

from kgbuild.document import Document, Measurement, Mention, Quantity, Span
from kgbuild.errors import GraphError, KgbuildError, ModelError, ReadError
from kgbuild.interruption import KEPT
from kgbuild.pipeline import build, read_manifest, shards
from kgbuild.pipeline.shards import FIRST_DOCUMENTS
from kgbuild.schema import load_schema


def failures(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "failures.jsonl").read_text("utf-8").splitlines()]


def test_a_build_leaves_tables_stores_failures_and_manifest(workplace):
    report = workplace.build(workplace.papers("a.txt", range(8)))
    names = {path.name for path in (workplace.folder / "graph").iterdir()}
    tables = {f"{name}.parquet" for name in ("nodes", "edges", "evidence", "mentions", "documents", "measurements")}
    assert names == tables | {
        ".files.jsonl",
        ".kgbuild",
        "documents",
        "cypher",
        "rdf",
        "failures.jsonl",
        "manifest.json",
    }
    assert (report.files, report.read, report.extracted, report.reused) == (1, 8, 8, 0)
    assert report.graph == read_manifest(workplace.folder / "graph")
    assert report.graph.counts["documents"] == 8


def test_mentions_are_counted_by_type_with_the_linked_among_them(workplace):
    texts = {1: "aspirin and fever", 2: "aspirin and Müdigkeit"}
    report = workplace.build(workplace.papers("a.txt", range(1, 3), texts.__getitem__))
    assert {type: (c.mentions, c.linked) for type, c in report.graph.mentions.items()} == {
        "Chemical": (2, 2),
        "Disease": (2, 1),
    }


def test_building_nothing_but_a_broken_file_leaves_an_empty_graph_and_a_failure(workplace):
    (workplace.folder / "empty.txt").write_bytes(b"")
    report = workplace.build("empty.txt")
    assert report.graph.counts["documents"] == 0
    assert [failure["source"] for failure in failures(workplace.folder / "graph")] == ["empty.txt"]


def test_a_new_graph_of_no_files_is_not_begun(workplace):
    (workplace.folder / "mine").mkdir()
    with pytest.raises(ReadError, match="mine: expected papers or tables, found no files"):
        workplace.build("mine")
    assert not (workplace.folder / "graph").exists()


def test_a_path_that_does_not_exist_starts_nothing(workplace):
    with pytest.raises(ReadError, match="nowhere"):
        workplace.build("nowhere")
    assert not (workplace.folder / "graph").exists()


def test_building_again_does_no_work_and_changes_no_byte(workplace):
    papers = workplace.papers("a.txt", range(10))
    workplace.build(papers)
    first, _ = workplace.artefacts(), workplace.calls()
    report = workplace.build(papers)
    assert workplace.calls() == {}
    assert report.reused == 10
    assert workplace.artefacts() == first


def test_adding_papers_later_equals_building_all_at_once(workplace):
    a, b = workplace.papers("a.txt", range(70)), workplace.papers("b.txt", range(65, 140))
    (workplace.folder / "broken.txt").write_bytes(b"")
    workplace.build(a, "broken.txt", to="stepwise")
    workplace.calls()
    workplace.build(b, to="stepwise")
    assert workplace.calls()["extract"] == 70  # not those that are in both
    workplace.build(a, "broken.txt", b, to="at_once")
    assert workplace.artefacts("stepwise") == workplace.artefacts("at_once")


@pytest.mark.parametrize("order", [("b.txt", "a.txt", "c.txt"), ("c.txt", "b.txt", "a.txt")])
def test_the_order_of_the_files_does_not_matter(workplace, order):
    workplace.papers("a.txt", range(40))
    workplace.papers("b.txt", range(30, 80), lambda n: f"A longer text of aspirin and fever in {n}.")
    workplace.papers("c.txt", range(20, 100), lambda n: f"cisplatin {n}")
    workplace.build("a.txt", "b.txt", "c.txt", to="sorted")
    workplace.build(*order, to="other")
    assert workplace.artefacts("sorted") == workplace.artefacts("other")


def test_two_workers_make_the_same_graph_as_one(workplace):
    papers = workplace.papers("a.txt", range(200))
    workplace.build(papers, to="one")
    workplace.calls()
    workplace.build(papers, to="two", workers=2)
    assert workplace.calls() == {"extract": 200, "link": 200}
    assert workplace.artefacts("one") == workplace.artefacts("two")


def test_another_ontology_links_anew_without_extraction(workplace):
    papers = workplace.papers("a.txt", range(10))
    workplace.build(papers)
    workplace.calls()
    report = workplace.build(papers, linker="without fever")
    assert workplace.calls() == {"link": 10}
    assert report.relinked == 10
    workplace.build(papers, to="fresh", linker="without fever")
    assert workplace.artefacts() == workplace.artefacts("fresh")


def test_another_model_extracts_anew_even_papers_that_are_not_named_again(workplace):
    a, b = workplace.papers("a.txt", range(10)), workplace.papers("b.txt", range(10, 15))
    workplace.build(a)
    workplace.calls()
    workplace.build(b, extractor="fake-2")
    assert workplace.calls() == {"extract": 15, "link": 15}
    workplace.build(a, b, to="fresh", extractor="fake-2")
    assert workplace.artefacts() == workplace.artefacts("fresh")


def test_another_schema_only_assembles_anew(workplace):
    papers = workplace.papers("a.txt", range(10))
    workplace.build(papers)
    workplace.calls()
    workplace.build(papers, schema="materials")
    assert workplace.calls() == {}
    workplace.build(papers, to="fresh", schema="materials")
    assert workplace.artefacts() == workplace.artefacts("fresh")


def test_stale_records_leave_the_folder(workplace):
    papers = workplace.papers("a.txt", range(100))
    workplace.build(papers)
    before = {path.name for path in (workplace.folder / "graph" / "documents").iterdir()}
    workplace.build(papers, extractor="fake-2")
    after = {path.name for path in (workplace.folder / "graph" / "documents").iterdir()}
    assert len(after) == len(before)
    assert before.isdisjoint(after)


def test_a_document_in_two_files_is_kept_once_with_its_longer_text(workplace):
    workplace.papers("a.txt", range(1, 2), lambda n: "aspirin")
    workplace.papers("b.txt", range(1, 2), lambda n: "aspirin against fever")
    report = workplace.build("a.txt", "b.txt")
    assert report.graph.counts["documents"] == 1
    assert failures(workplace.folder / "graph") == [
        {
            "source": "a.txt",
            "stage": "duplicate",
            "reason": "another text of the same document, from b.txt, is kept",
            "document": "PMID:1",
        }
    ]


def test_the_same_text_from_another_place_is_not_extracted_again(workplace):
    workplace.build(workplace.papers("b/papers.txt", range(5)))
    workplace.calls()
    report = workplace.build(workplace.papers("a/papers.txt", range(5)))
    assert workplace.calls() == {}
    assert report.reused == 5
    sources = pq.read_table(workplace.folder / "graph" / "documents.parquet")["source"].to_pylist()
    assert {Path(source).parent.name for source in sources} == {"a"}


def test_a_changed_file_takes_the_place_of_what_it_held_even_if_it_is_shorter(workplace):
    workplace.build(workplace.papers("a.txt", range(1, 3), lambda n: "aspirin against fever"))
    workplace.build(workplace.papers("a.txt", range(1, 3), lambda n: "aspirin"))
    assert set(pq.read_table(workplace.folder / "graph" / "mentions.parquet")["type"].to_pylist()) == {"Chemical"}
    assert failures(workplace.folder / "graph") == []


def test_a_shorter_duplicate_returns_when_the_longer_text_goes(workplace):
    workplace.papers("a.txt", range(1, 2), lambda n: "fever")
    workplace.build("a.txt", workplace.papers("b.txt", range(1, 2), lambda n: "aspirin against fever"))
    workplace.build(workplace.papers("b.txt", range(1, 2), lambda n: "a"))
    workplace.build("a.txt", "b.txt", to="at_once")
    assert workplace.artefacts() == workplace.artefacts("at_once")


def test_a_record_that_stands_twice_in_a_file_is_reported(workplace):
    path = Path(workplace.papers("a.txt", range(1, 2)))
    path.write_text(path.read_text("utf-8") * 2, "utf-8")
    report = workplace.build("a.txt")
    assert (report.read, report.graph.counts["documents"]) == (2, 1)
    assert [failure["document"] for failure in failures(workplace.folder / "graph")] == ["PMID:1"]


def test_a_document_that_breaks_a_stage_is_listed_and_the_others_go_on(workplace):
    papers = workplace.papers("a.txt", range(1, 4), lambda n: "poison" if n == 2 else "aspirin")
    report = workplace.build(papers)
    assert report.graph.counts["documents"] == 2
    (failure,) = failures(workplace.folder / "graph")
    assert (failure["document"], failure["stage"]) == ("PMID:2", "extract")
    assert "this text cannot be read" in failure["reason"]


def test_failures_of_files_that_are_not_read_again_stay_and_mended_ones_go(workplace):
    for name in ("a.txt", "b.txt"):
        (workplace.folder / name).write_bytes(b"")
    workplace.build("a.txt", "b.txt")
    workplace.papers("a.txt", range(1, 2))
    workplace.build("a.txt")
    assert [failure["source"] for failure in failures(workplace.folder / "graph")] == ["b.txt"]


def test_given_mentions_are_kept_and_linked(workplace):
    (workplace.folder / "a.txt").write_text(
        "1|t|aspirin\n1|a|It treats pyrexia, not fever.\n"
        "1\t0\t7\taspirin\tChemical\tMESH:X\n1\t18\t25\tpyrexia\tDisease\t-\n",
        "utf-8",
    )
    workplace.build("a.txt", given="mentions")
    rows = pq.read_table(workplace.folder / "graph" / "mentions.parquet").to_pylist()
    assert sorted((row["text"], row["node"].partition(":")[0]) for row in rows) == [
        ("aspirin", "MESH"),
        ("pyrexia", "kgb"),
    ]
    assert {row["node"] for row in rows if row["text"] == "aspirin"} == {"MESH:D001241"}


def test_given_links_are_kept_and_nothing_is_linked(workplace):
    (workplace.folder / "a.txt").write_text(
        "1|t|aspirin\n1|a|It treats pyrexia.\n1\t0\t7\taspirin\tChemical\tMESH:D999999\n", "utf-8"
    )
    workplace.build("a.txt", given="links")
    assert workplace.calls() == {"extract": 1}
    assert pq.read_table(workplace.folder / "graph" / "nodes.parquet")["id"].to_pylist() == ["MESH:D999999"]


def test_given_relations_make_the_graph_of_the_files_own_statements(workplace):
    lines = ("1\t0\t7\taspirin\tChemical\tMESH:D001241", "1\t18\t23\tfever\tDisease\tMESH:D005334")
    stated = "1\tNegative_Correlation\tMESH:D001241\tMESH:D005334\tNovel"
    text = "1|t|aspirin\n1|a|It treats fever, not nausea.\n"
    (workplace.folder / "a.txt").write_text(text + "\n".join((*lines, stated)) + "\n", "utf-8")
    for _ in range(2):
        report = workplace.build("a.txt", given="relations")
    assert (report.extracted, report.reused) == (0, 1)
    assert workplace.calls() == {}
    (row,) = pq.read_table(workplace.folder / "graph" / "evidence.parquet").to_pylist()
    assert (row["subject"], row["predicate"], row["object"]) == (
        "MESH:D001241",
        "Negative_Correlation",
        "MESH:D005334",
    )
    assert (row["agent"], row["novel"]) == ("given", True)
    (workplace.folder / "a.txt").write_text(text + "\n".join(lines) + "\n", "utf-8")  # no longer stated
    assert workplace.build("a.txt", given="relations").graph.counts["edges"] == 0


def test_given_relations_keep_the_documents_measurements_and_are_counted_in_the_report(workplace):
    text = "MgB2 has a Tc of 39 K."
    mentions = (Mention(Span(0, 4), "Material", agent="given"), Mention(Span(11, 13), "Property", agent="given"))
    quantity = Quantity(39.0, unit="K", si_value=39.0, si_unit="K")
    measured = Measurement("0-4-Material", "11-13-Property", quantity, Span(17, 21))
    path = workplace.folder / "a.jsonl"
    for measurements in ((measured,), ()):
        document = Document("PMID:1", text, mentions=mentions, measurements=measurements)
        path.write_bytes(msgspec.json.encode(document) + b"\n")
        report = workplace.build("a.jsonl", given="relations")
        assert (report.as_given, report.graph.counts["measurements"]) == (1, len(measurements))
    assert workplace.build("a.jsonl").as_given == 0


def test_a_graph_inside_its_input_folder_does_not_read_itself(workplace):
    workplace.papers("papers/a.txt", range(3))
    for _ in range(2):
        report = workplace.build("papers", to="papers/graph")
        assert (report.files, report.read) == (1, 3)


def test_a_folder_of_other_files_is_refused_and_left_alone(workplace):
    papers = workplace.papers("a.txt", range(3))
    (workplace.folder / "mine").mkdir()
    (workplace.folder / "mine" / "thesis.tex").write_text("years of work")
    with pytest.raises(GraphError, match="found other files"):
        workplace.build(papers, to="mine")
    assert [path.name for path in (workplace.folder / "mine").iterdir()] == ["thesis.tex"]


def test_a_file_of_the_user_in_the_graph_folder_survives(workplace):
    papers = workplace.papers("a.txt", range(3))
    workplace.build(papers)
    (workplace.folder / "graph" / "notes.txt").write_text("mine")
    workplace.build(papers, extractor="fake-2")
    assert (workplace.folder / "graph" / "notes.txt").read_text() == "mine"


def test_two_builds_into_one_folder_do_not_clash(workplace):
    papers = workplace.papers("a.txt", range(3))
    workplace.build(papers)
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, 2); print(flush=True); input()",
            "graph/.kgbuild",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        holder.stdout.readline()
        with pytest.raises(GraphError, match="another kgbuild command is using"):
            workplace.build(papers)
        with pytest.raises(GraphError, match="another kgbuild command is using"):
            build([papers], workplace.folder / "graph", recipe=None, schema=load_schema())  # before anything is loaded
    finally:
        holder.communicate(b"\n")
    workplace.build(papers)  # the lock went with its process


def test_an_unfinished_folder_says_what_to_do(workplace):
    workplace.build(workplace.papers("a.txt", range(3)))
    Path("graph/manifest.json").unlink()
    with pytest.raises(GraphError, match="run kgbuild build again"):
        read_manifest(Path("graph"))


def test_a_damaged_shard_names_the_file(workplace):
    papers = workplace.papers("a.txt", range(3))
    workplace.build(papers)
    (shard,) = Path("graph/documents").iterdir()
    shard.write_bytes(shard.read_bytes()[:-20])
    with pytest.raises(GraphError, match=shard.name):
        workplace.build(papers)


def test_a_document_that_kills_its_worker_is_a_failure_and_the_others_are_built(workplace):
    texts = {3: "aspirin, deadly"}
    papers = workplace.papers("a.txt", range(6), lambda n: texts.get(n, "aspirin against fever"))
    report = workplace.build(papers, workers=2)
    assert report.graph.counts["documents"] == 5
    (failure,) = failures(workplace.folder / "graph")
    assert (failure["document"], failure["stage"]) == ("PMID:3", "extract")
    assert "a worker process died of it" in failure["reason"]


def test_workers_that_die_of_every_document_end_the_build(workplace):
    papers = workplace.papers("a.txt", range(6), lambda n: "deadly")
    with pytest.raises(KgbuildError, match="died 3 times in a row"):
        workplace.build(papers, workers=2)


def test_an_extractor_that_fails_on_everything_leaves_the_graph_as_it_was(workplace):
    papers = workplace.papers("a.txt", range(3))
    workplace.build(papers)
    before = workplace.artefacts()
    with pytest.raises(KgbuildError, match=r"all 3 documents failed, the first, PMID:0: .*no memory on the device"):
        workplace.build(papers, extractor="broken")
    assert workplace.artefacts() == before
    assert workplace.build(papers, extractor="fake-2").extracted == 3


def test_a_paper_that_fails_beside_a_graph_is_listed_and_the_graph_stays(workplace):
    workplace.build(workplace.papers("a.txt", range(3)))
    report = workplace.build(workplace.papers("b.txt", range(3, 4), lambda n: "poison"))
    assert report.graph.counts["documents"] == 3
    assert [failure["document"] for failure in failures(workplace.folder / "graph")] == ["PMID:3"]


def test_a_small_build_that_is_interrupted_keeps_all_but_its_last_documents(workplace, monkeypatch):
    papers = workplace.papers("a.txt", range(30))
    whole = FakeExtractor.annotate
    begun = []

    def cut_off(self, documents, **settings):
        for document in whole(self, documents, **settings):
            begun.append(document.id)
            if len(begun) == 20:
                raise KeyboardInterrupt
            yield document

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt) as interrupt:
        patch.setattr(FakeExtractor, "annotate", cut_off)
        workplace.build(papers)
    assert interrupt.value.__notes__ == [KEPT]
    workplace.calls()
    workplace.build(papers)
    assert workplace.calls()["extract"] == 30 - 2 * FIRST_DOCUMENTS
    workplace.build(papers, to="undisturbed")
    assert workplace.artefacts() == workplace.artefacts("undisturbed")


def test_an_interruption_before_anything_is_stored_promises_nothing(workplace, monkeypatch):
    def cut_off(self, documents, **settings):
        raise KeyboardInterrupt

    papers = workplace.papers("a.txt", range(3))
    monkeypatch.setattr(FakeExtractor, "annotate", cut_off)
    with pytest.raises(KeyboardInterrupt) as interrupt:
        workplace.build(papers)
    assert not hasattr(interrupt.value, "__notes__")


@pytest.mark.parametrize("step", ["assembling", "making tables and stores"])
@pytest.mark.parametrize("is_reused", [False, True])
def test_an_interruption_after_all_is_stored_says_that_it_is_kept(workplace, step, is_reused):
    def cut_off(name, items, total):
        if name == step:
            raise KeyboardInterrupt
        return items

    papers = workplace.papers("a.txt", range(3))
    for _ in range(1 + is_reused):
        with pytest.raises(KeyboardInterrupt) as interrupt:
            build(
                [papers], workplace.folder / "graph", recipe=workplace.recipe(), schema=load_schema(), progress=cut_off
            )
        assert interrupt.value.__notes__ == [KEPT]
    assert workplace.build(papers).reused == 3


def test_a_build_whose_model_is_lost_on_the_way_says_that_what_was_finished_is_kept(workplace, monkeypatch):
    whole = FakeExtractor.annotate

    def lose(self, documents, **settings):
        for document in whole(self, documents, **settings):
            if document.id == "PMID:20":
                raise ModelError("no memory on the device")
            yield document

    papers = workplace.papers("a.txt", range(30))
    with monkeypatch.context() as patch, pytest.raises(ModelError) as lost:
        patch.setattr(FakeExtractor, "annotate", lose)
        workplace.build(papers)
    assert lost.value.__notes__ == [KEPT]
    assert workplace.build(papers).reused > 0


@pytest.mark.parametrize("text", ["We gave aspirin.", "poison"])
def test_a_model_that_cannot_be_loaded_ends_the_build_and_is_no_failure_of_a_document(workplace, monkeypatch, text):
    whole = FakeExtractor.annotate

    def load(self, documents, **settings):
        documents = list(documents)
        if len(documents) > 1:
            yield from whole(self, documents, **settings)
        raise ModelError("weights are missing")

    monkeypatch.setattr(FakeExtractor, "annotate", load)
    papers = workplace.papers("a.txt", range(3), lambda n: text)
    with pytest.raises(ModelError, match="weights are missing"):
        workplace.build(papers)
    monkeypatch.undo()
    monkeypatch.chdir(workplace.folder)
    assert workplace.build(workplace.papers("a.txt", range(3))).extracted == 3


@pytest.mark.parametrize(("read_ahead", "total"), [(10**6, 30), (100, None)])
def test_progress_tells_each_document_and_how_many_there_are(workplace, monkeypatch, read_ahead, total):
    monkeypatch.setattr(shards, "READ_AHEAD_CHARACTERS", read_ahead)
    told = []

    def progress(step, items, total):
        for item in items:
            told.append((step, total))
            yield item

    papers = workplace.papers("a.txt", range(30))
    build([papers], workplace.folder / "graph", recipe=workplace.recipe(), schema=load_schema(), progress=progress)
    assert told.count(("annotating documents", total)) == 30


PAGE = """<html><head><meta name="citation_doi" content="10.1000/ab"></head><body><h1>A fever</h1><h2>Results</h2>
<p>{}</p></body></html>"""
XML = """<article><front><article-meta><article-id pub-id-type="{}">{}</article-id>
<article-id pub-id-type="doi">10.1000/AB</article-id></article-meta></front><body><p>{}</p></body></article>"""


@pytest.mark.parametrize("identifier", [("doi", "10.1000/ab"), ("pmc", "PMC12"), ("pmid", "3")])
@pytest.mark.parametrize(("n_in_xml", "kept"), [(20, "xml"), (2, "html")])
def test_of_page_and_xml_of_a_paper_the_xml_is_kept_unless_it_holds_much_less(workplace, identifier, n_in_xml, kept):
    sentence = "We gave aspirin against fever. "
    (workplace.folder / "a.html").write_text(PAGE.format(sentence * 25), "utf-8")
    (workplace.folder / "b.xml").write_text(XML.format(*identifier, sentence * n_in_xml), "utf-8")
    report = workplace.build("a.html", "b.xml")
    sources = pq.read_table(workplace.folder / "graph" / "documents.parquet")["source"].to_pylist()
    by_one_name = identifier[0] == "doi"
    expected = {"xml": ["b.xml"], "html": ["a.html"] if by_one_name else ["a.html", "b.xml"]}[kept]
    assert sorted(map(str, sources)) == expected and report.graph.counts["documents"] == len(expected)
    assert [failure["stage"] for failure in failures(workplace.folder / "graph")] == ["duplicate"] * (2 - len(expected))


def test_the_page_of_a_paper_returns_when_its_xml_goes_whatever_came_first(workplace):
    sentence = "We gave aspirin against fever. "
    (workplace.folder / "a.html").write_text(PAGE.format(sentence * 25), "utf-8")
    (workplace.folder / "b.xml").write_text(XML.format("pmc", "PMC12", sentence * 25), "utf-8")
    workplace.build("b.xml")
    workplace.build("a.html")
    workplace.build("a.html", "b.xml", to="at_once")
    assert workplace.artefacts() == workplace.artefacts("at_once")
    (workplace.folder / "b.xml").write_text("<article><body><p>Other.</p></body></article>", "utf-8")
    workplace.build("b.xml")
    workplace.build("a.html", "b.xml", to="anew")
    assert workplace.artefacts() == workplace.artefacts("anew")
