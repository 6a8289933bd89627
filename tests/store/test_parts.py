"""The streamed parts of a graph: however little is in memory at a time, they are the same rows."""

from functools import partial
from itertools import chain
from pathlib import Path

import msgspec
import pytest
from papers import CONCEPTS, asthma_trial, papers

from kgbuild.assemble import assemble
from kgbuild.errors import GraphError
from kgbuild.schema import load_schema
from kgbuild.store import parquet, parts, ranges
from kgbuild.store.parquet import key_bounds, read_batches, read_tables, write_tables
from kgbuild.store.parts import (
    count_parts,
    entity_parts,
    from_document,
    lexical_parts,
    mention_counts,
    relationship_parts,
)
from kgbuild.store.ranges import gathered


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    many = [msgspec.structs.replace(asthma_trial(), id=f"PMID:{100 + number}") for number in range(50)]
    write_tables(tmp_path, assemble([*papers(), *many], schema=load_schema(), concept=CONCEPTS.get))
    return tmp_path


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROWS_AT_ONCE", 3)
    monkeypatch.setattr(parquet, "SAMPLED_KEYS", 100)


def all_rows(graph: Path, *, with_evidence: bool) -> list[tuple]:
    nodes = [
        (part.label, row) for part in (*entity_parts(graph), *lexical_parts(graph)) for row in part.table.to_pylist()
    ]
    sources = [part for part in lexical_parts(graph) if part.documents is not None]
    relationships = [*relationship_parts(graph, with_evidence=with_evidence), *map(from_document, sources)]
    edges = [(part.type, part.start, part.end, row) for part in relationships for row in part.table.to_pylist()]
    return sorted([*nodes, *edges], key=repr)


@pytest.mark.parametrize("with_evidence", [False, True])
def test_rows_do_not_depend_on_how_many_are_in_memory(graph, with_evidence, monkeypatch, request):
    at_once = all_rows(graph, with_evidence=with_evidence)
    request.getfixturevalue("little_memory")
    assert all_rows(graph, with_evidence=with_evidence) == at_once
    assert len(at_once) == count_parts(graph)


def test_ranges_hold_every_row_once_and_equal_keys_together(graph, little_memory, monkeypatch):
    monkeypatch.setattr(ranges, "RANGES_AT_ONCE", 3)
    bounds = key_bounds(graph, "mentions", "document", rows=20)
    read = partial(read_batches, graph, "mentions", columns=["document"], size=7)
    found = [rows["document"].to_pylist() for rows in gathered(read, "document", bounds)]
    assert len(found) == len(bounds) + 1 > 5 and all(len(documents) < 80 for documents in found)
    assert sorted(chain(*found)) == sorted(read_tables(graph).mentions["document"].to_pylist())
    for below, bound, above in zip(found, bounds, found[1:], strict=False):
        assert max(below) < bound <= min(above)


def test_mentions_are_counted_by_node_and_document(graph, little_memory):
    rows = {(row["from"], row["to"]): row["count"] for table in mention_counts(graph) for row in table.to_pylist()}
    assert rows["MESH:D001241", "PMID:1"] == 2 and rows["MESH:D001249", "PMID:2"] == 3
    assert sum(rows.values()) == read_tables(graph).mentions.num_rows


def test_an_edge_between_nodes_that_are_not_there_is_an_error(graph, tmp_path):
    tables = read_tables(graph)
    write_tables(graph, msgspec.structs.replace(tables, nodes=tables.nodes.slice(3)))
    with pytest.raises(GraphError, match=r"nodes\.parquet: damaged: expected the node"):
        list(relationship_parts(graph))


def test_evidence_that_does_not_fit_the_edges_is_an_error(graph):
    tables = read_tables(graph)
    write_tables(graph, msgspec.structs.replace(tables, evidence=tables.evidence.slice(1)))
    with pytest.raises(GraphError, match=r"evidence\.parquet: damaged"):
        list(relationship_parts(graph, with_evidence=True))
