"""The words at the end of a build."""

from pathlib import Path

import msgspec

from kgbuild.cli.summary import summarise
from kgbuild.pipeline import BuildReport, Manifest
from kgbuild.pipeline.report import Makers, TypeCount

GRAPH = Manifest(
    format=1,
    kgbuild="0",
    schema="science",
    schema_version="v",
    makers=(Makers("1", "e", "l"),),
    counts={
        "documents": 316,
        "nodes": 18704,
        "edges": 1,
        "evidence": 1,
        "measurements": 450,
        "mentions_rejected: span is empty or outside of the text": 1,
        "statements_rejected: subject and object are the same node": 1210,
    },
    mentions={"Chemical": TypeCount(1, 1), "AnatomicalPart": TypeCount(11999, 5400)},
    failures={"read": 1, "language": 2, "duplicate": 15, "assemble": 1211, "unheard_of": 2},
)
REPORT = BuildReport(files=237, read=331, reused=3, extracted=313, relinked=0, replaced=0, seconds=933.4, graph=GRAPH)


def test_a_summary_tells_what_there_is_what_was_done_and_what_was_left_out() -> None:
    assert summarise(REPORT, Path("graph")) == [
        "graph: 316 documents, 18,704 nodes, 1 edge, 1 piece of evidence, 450 measurements",
        "this run: 237 files, 331 documents read, 313 annotated, 3 there already, 15 min 33 s, 0.35 documents/s",
        "  mentions                   linked",
        "  AnatomicalPart     11,999     45%",
        "  Chemical                1    100%",
        "  all                12,000     45%",
        "rejected",
        "    1,210  statements: subject and object are the same node",
        "        1  mention: span is empty or outside of the text",
        "graph/failures.jsonl lists 1 file or record not read, or only after repair, 2 documents that look "
        "not to be in English, 15 duplicates, 1,211 records rejected, 2 unheard_of",
    ]


def test_an_empty_graph_has_a_short_summary() -> None:
    graph = msgspec.structs.replace(
        GRAPH,
        counts={"documents": 0, "nodes": 0, "edges": 0, "evidence": 0, "measurements": 0},
        mentions={},
        failures={},
    )
    report = msgspec.structs.replace(REPORT, files=1, read=0, reused=0, extracted=0, seconds=0.0, graph=graph)
    assert summarise(report, Path("g")) == [
        "g: 0 documents, 0 nodes, 0 edges, 0 pieces of evidence, 0 measurements",
        "this run: 1 file, 0 documents read, 0.0 s",
    ]


def test_what_is_replaced_and_how_long_it_took_is_told() -> None:
    report = msgspec.structs.replace(REPORT, read=7, extracted=0, reused=0, relinked=6, replaced=1, seconds=7260)
    assert summarise(report, Path("g"))[1] == (
        "this run: 237 files, 7 documents read, 6 linked anew, 1 replaced, as no file holds any more what they were "
        "read from, 2 h 1 min, 0.00096 documents/s"
    )


def test_documents_in_which_nothing_was_looked_for_are_told() -> None:
    report = msgspec.structs.replace(REPORT, as_given=1)
    told = "1 document kept as given: neither relations nor measurements were looked for"
    assert summarise(report, Path("g"))[2] == told
