import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from papers import mention

from kgbuild.assemble import assemble
from kgbuild.document import Document, Mention, Span
from kgbuild.errors import GraphError, QueryError
from kgbuild.query import render_why, why
from kgbuild.schema import load_schema
from kgbuild.store import write_tables
from kgbuild.tables import SCHEMAS


def test_the_surest_evidence_comes_first_with_what_to_highlight(graph: Path) -> None:
    (explanation,) = why(graph, "MESH:D001241", "MESH:D001249")
    assert [reason.document for reason in explanation.reasons] == ["PMID:1", "PMID:2"]
    first, second = explanation.reasons
    assert (first.title, first.section, first.score, first.agent) == ("Asthma after aspirin", "Results", 0.8, "m")
    assert [first.text[slice(*end)] for end in (first.subject, first.object) if end] == ["Aspirin", "asthma"]
    assert [second.text[slice(*end)] for end in (second.subject, second.object) if end] == [
        "acetylsalicylic acid",
        "Asthma",
    ]
    assert second.modality == "speculated"


@pytest.mark.parametrize(
    ("subject", "object", "predicate"),
    [
        ("aspirin", "ASTHMA", None),
        ("Acetylsalicylic Acid", "asthma", "cid"),
        ("asthma", "aspirin", None),
        ("MESH:D001241", "Asthma", "CID"),
    ],
)
def test_nodes_are_found_by_name_synonym_and_identifier(
    graph: Path, subject: str, object: str, predicate: str | None
) -> None:
    assert [item.predicate for item in why(graph, subject, object, predicate)] == ["CID"]


def test_a_node_that_has_no_such_name_is_found_by_the_words_of_papers(graph: Path) -> None:
    with pytest.raises(
        QueryError, match=r"2 nodes are called 'ASPIRIN/IBUPROFEN'.*\n  MESH:D001241 .*\n  MESH:D007052 "
    ):
        why(graph, "ASPIRIN/IBUPROFEN", "cox2")
    shutil.copytree(graph, graph.parent / "renamed")
    nodes = pq.read_table(graph / "nodes.parquet").to_pylist()
    nodes = [row | {"name": "Bronchial Hyperreactivity"} if row["name"] == "Asthma" else row for row in nodes]
    pq.write_table(pa.Table.from_pylist(nodes, SCHEMAS["nodes"]), graph.parent / "renamed" / "nodes.parquet")
    assert [item.object.name for item in why(graph.parent / "renamed", "aspirin", "ASTHMA")] == [
        "Bronchial Hyperreactivity"
    ]


def test_offsets_count_code_points(graph: Path) -> None:
    (explanation,) = why(graph, "aspirin", "cox2")
    (reason,) = explanation.reasons
    assert reason.subject is not None
    assert reason.text[slice(*reason.subject)] == "Aspirin/ibuprofen"
    assert reason.novel is True


def test_table_evidence_names_its_cell(graph: Path) -> None:
    (explanation,) = why(graph, "band gap", "5.1", "has_value")
    (reason,) = explanation.reasons
    assert (reason.kind, reason.table, reason.row, reason.column) == ("table", 0, 1, 1)
    assert reason.subject is None  # it stands in the header, not in the row
    assert "table 1, row 2, column 2" in render_why([explanation])


def test_no_edge_gives_nothing(graph: Path) -> None:
    assert why(graph, "fever", "asthma") == []
    assert why(graph, "aspirin", "asthma", "Bind") == []
    assert why(graph, "aspirin", "aspirin") == []


def test_an_unknown_name_is_an_error(graph: Path) -> None:
    with pytest.raises(QueryError, match="'aspro'"):
        why(graph, "aspro", "asthma")


def test_an_ambiguous_name_is_an_error_with_the_choices(tmp_path: Path) -> None:
    text = "cold cold"
    mentions = (mention(text, "cold", "Disease", "MESH:D1"), mention(text, "cold", "Phenotype", "HP:1", occurrence=1))
    tables = assemble([Document("PMID:1", text, mentions=mentions)], schema=load_schema(), concept=lambda _: None)
    write_tables(tmp_path, tables)
    with pytest.raises(QueryError, match=r"2 nodes are called 'Cold'") as error:
        why(tmp_path, "Cold", "HP:1")
    assert "MESH:D1" in str(error.value)
    assert "HP:1" in str(error.value)


def graph_of_names(folder: Path, *names: str) -> Path:
    """A graph with a node for each of these words, in this order MESH:D1, MESH:D2 ..."""
    text = " ".join(names)
    starts = [sum(len(name) + 1 for name in names[:index]) for index in range(len(names))]
    mentions = tuple(
        Mention(Span(start, start + len(name)), "Disease", concepts=(f"MESH:D{index}",))
        for index, (start, name) in enumerate(zip(starts, names, strict=True), 1)
    )
    paper = Document("PMID:1", text, mentions=mentions)
    write_tables(folder, assemble([paper], schema=load_schema(), concept=lambda _: None))
    return folder


def test_the_node_that_is_spelled_exactly_so_comes_first_and_the_others_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = graph_of_names(tmp_path, "Cold", "cold", "COLD", "heat")
    caplog.clear()  # what assembling said
    assert why(folder, "cold", "heat") == []
    assert caplog.messages == ["'cold' is cold (MESH:D2); called so in other letters: Cold (MESH:D1), COLD (MESH:D3)"]


def test_names_in_other_letters_are_ambiguous_where_none_is_spelled_so(tmp_path: Path) -> None:
    folder = graph_of_names(tmp_path, "Cold", "COLD", "heat")
    with pytest.raises(QueryError, match="2 nodes are called 'cold'"):
        why(folder, "cold", "heat")


def test_of_several_that_are_spelled_exactly_so_all_are_choices(tmp_path: Path) -> None:
    folder = graph_of_names(tmp_path, "cold", "cold", "Cold", "heat")
    with pytest.raises(QueryError, match="2 nodes are called 'cold'"):
        why(folder, "cold", "heat")


def test_a_name_that_one_node_has_in_other_letters_is_found_without_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = graph_of_names(tmp_path, "Cold", "heat")
    caplog.clear()
    assert why(folder, "cold", "Heat") == []
    assert caplog.messages == []


def test_without_a_graph_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="kgbuild build"):
        why(tmp_path, "a", "b")


def test_the_text_is_plain_unless_colours_are_asked_for(graph: Path) -> None:
    explanations = why(graph, "ibuprofen", "asthma")
    assert render_why(explanations) == (
        "Ibuprofen (MESH:D007052) CID Asthma (MESH:D001249)\n"
        "  belief 0.000, 1 piece of evidence in 1 document\n"
        "\n"
        "  PMID:1 · Asthma after aspirin · Results\n"
        "    [Ibuprofen] did not cause [asthma].\n"
        "    score 0.700, negated, read by m@1\n"
    )
    assert "\033[1;36mIbuprofen\033[0m" in render_why(explanations, ansi=True)
