"""A graph's tables as a labelled property graph, streamed: nodes of one label, relationships of one type between two.

A part holds at most so many rows as are asked for, so that there may be several of one name; beyond that there are in
memory the nodes' identifiers with their types, and ROWS_AT_ONCE rows of a table.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, pairwise, repeat
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kgbuild.errors import GraphError
from kgbuild.store.parquet import count_rows, key_bounds, read_batches, read_range, read_table, table_path
from kgbuild.store.property_graph import EDGE_PROPERTIES, LEXICAL, NODE_PROPERTIES, RENAMED, relationship_type
from kgbuild.store.ranges import gathered
from kgbuild.tables import EVIDENCE

__all__ = [
    "NodePart",
    "RelationshipPart",
    "count_parts",
    "edge_batches",
    "entity_parts",
    "entity_types",
    "from_document",
    "lexical_parts",
    "mention_counts",
    "relationship_parts",
]

ROWS_AT_ONCE = 65_536


class NodePart(NamedTuple):
    """Nodes of one label; the table's columns are their properties, `id` the first.

    `documents` are the identifiers of what each of them is FROM_DOCUMENT, for Evidence and Measurement.
    """

    label: str
    table: pa.Table
    documents: pa.ChunkedArray | None = None


class RelationshipPart(NamedTuple):
    """Relationships of one type between two labels; columns `from` and `to` hold the ends, the others properties."""

    type: str
    start: str
    end: str
    table: pa.Table


def entity_types(folder: Path) -> tuple[list[str], list[str]]:
    """The labels of the graph's entities and the types of its edges, sorted."""
    labels, predicates = set[str](), set[str]()
    for found, name, column in ((labels, "nodes", "type"), (predicates, "edges", "predicate")):
        for batch in read_batches(folder, name, columns=[column], size=ROWS_AT_ONCE):
            found.update(batch[column].unique().to_pylist())
    return sorted(labels), sorted(set(map(relationship_type, predicates)))


def count_parts(folder: Path, labels: Sequence[str] = tuple(LEXICAL)) -> int:
    """How many nodes and relationships the graph has, with the lexical nodes of these labels."""
    n_rows: int = count_rows(folder, "nodes") + count_rows(folder, "edges")
    for label in labels:
        n_rows += count_rows(folder, LEXICAL[label][0]) * (1 if label == "Document" else 2)
    n_rows += sum(table.num_rows for table in mention_counts(folder))
    n_rows += sum(batch.num_rows for batch in _measured(folder)) if "Measurement" in labels else 0
    return n_rows


def entity_parts(folder: Path) -> Iterator[NodePart]:
    """The nodes of the graph."""
    for batch in read_batches(folder, "nodes", columns=[*NODE_PROPERTIES, "type"], size=ROWS_AT_ONCE):
        for (label,), part in _grouped(batch.drop_columns("type"), batch["type"]):
            yield NodePart(label, part)


def lexical_parts(folder: Path, labels: Sequence[str] = tuple(LEXICAL)) -> Iterator[NodePart]:
    """The lexical nodes of these labels, documents first."""
    for label in labels:
        name, properties = LEXICAL[label]
        columns = [*properties, *(["document"] if label != "Document" else [])]
        for batch in read_batches(folder, name, columns=columns, size=ROWS_AT_ONCE):
            documents = batch["document"] if label != "Document" else None
            yield NodePart(label, _as_properties(batch.select(properties)), documents)


def from_document(part: NodePart) -> RelationshipPart:
    """The relationships of lexical nodes to their documents."""
    return RelationshipPart("FROM_DOCUMENT", part.label, "Document", _ends(part.table["id"], part.documents))


def edge_batches(folder: Path, *, with_evidence: bool = False) -> Iterator[pa.Table]:
    """The edges, `subject`, `predicate` and `object` before their properties, of which the last are the texts and
    documents of their evidence, the surest first, if asked for.
    """
    columns = ["subject", "predicate", "object", *EDGE_PROPERTIES]
    if with_evidence:
        return _with_evidence(folder, columns)
    return read_batches(folder, "edges", columns=columns, size=ROWS_AT_ONCE)


def relationship_parts(folder: Path, *, with_evidence: bool = False) -> Iterator[RelationshipPart]:
    """The relationships of entities: edges, with the texts and documents of their evidence if asked for, then
    MENTIONED_IN and HAS_MEASUREMENT.
    """
    types = _Types(folder)
    yield from _edges(folder, types, with_evidence=with_evidence)
    for counted in mention_counts(folder):
        for (label,), part in _grouped(counted, types.of(counted["from"])):
            yield RelationshipPart("MENTIONED_IN", label, "Document", part)
    for batch in _measured(folder):
        ends = _ends(batch["subject"], batch["id"])
        for (label,), part in _grouped(ends, types.of(ends["from"])):
            yield RelationshipPart("HAS_MEASUREMENT", label, "Measurement", part)


def mention_counts(folder: Path) -> Iterator[pa.Table]:
    """How often each node (`from`) is mentioned in each document (`to`), sorted by document and node."""
    bounds = key_bounds(folder, "mentions", "document", rows=4 * ROWS_AT_ONCE)
    read = partial(read_batches, folder, "mentions", columns=["node", "document"], size=ROWS_AT_ONCE)
    for mentions in gathered(read, "document", bounds):
        counted = mentions.group_by(["node", "document"]).aggregate([([], "count_all")])
        counted = counted.select(["node", "document", "count_all"]).rename_columns(["from", "to", "count"])
        yield counted.sort_by([("to", "ascending"), ("from", "ascending")])


class _Types:
    """The type of every node, by identifier."""

    def __init__(self, folder: Path) -> None:
        self._path = table_path(folder, "nodes")
        nodes = read_table(folder, "nodes", columns=["id", "type"])
        self._ids = nodes["id"].combine_chunks()
        self._types = nodes["type"].combine_chunks()

    def of(self, ids: pa.ChunkedArray) -> pa.Array:
        """The types of these nodes; GraphError if one is missing."""
        places = pc.index_in(ids.combine_chunks(), value_set=self._ids)
        if places.null_count:
            missing = ids.filter(pc.is_null(places))[0].as_py()
            raise GraphError(f"{self._path}: damaged: expected the node {missing}; run kgbuild build again")
        return self._types.take(places)


def _edges(folder: Path, types: _Types, *, with_evidence: bool) -> Iterator[RelationshipPart]:
    for batch in edge_batches(folder, with_evidence=with_evidence):
        properties = batch.drop_columns(["subject", "predicate", "object"])
        table = pa.table({"from": batch["subject"], "to": batch["object"], **_columns(properties)})
        keys = batch["predicate"], types.of(batch["subject"]), types.of(batch["object"])
        for (predicate, start, end), part in _grouped(table, *keys):
            yield RelationshipPart(relationship_type(predicate), start, end, part)


def _with_evidence(folder: Path, columns: list[str]) -> Iterator[pa.Table]:
    names = ["edge", "calibrated", "id", "text", "document"]
    bounds = key_bounds(folder, "evidence", "edge", rows=ROWS_AT_ONCE)
    read = partial(read_batches, folder, "evidence", columns=names, size=ROWS_AT_ONCE)
    nothing = pa.schema([EVIDENCE.field(name) for name in names]).empty_table()
    ranges = pairwise([None, *bounds, None])
    for range_, evidence in zip(ranges, chain(gathered(read, "edge", bounds), repeat(nothing)), strict=False):
        yield _joined(folder, read_range(folder, "edges", "id", range_, columns=columns), evidence)


def _joined(folder: Path, edges: pa.Table, evidence: pa.Table) -> pa.Table:
    evidence = evidence.sort_by([("edge", "ascending"), ("calibrated", "descending"), ("id", "ascending")])
    counts = edges["evidence_count"].to_numpy()
    if (
        not evidence["edge"]
        .combine_chunks()
        .equals(edges["id"].combine_chunks().take(np.repeat(np.arange(len(counts)), counts)))
    ):
        path = table_path(folder, "evidence")
        raise GraphError(f"{path}: damaged: expected the evidence that the edges count; run kgbuild build again")
    offsets = pa.array(np.concatenate(([0], np.cumsum(counts))), pa.int32())
    for name in ("text", "document"):
        lists = pa.ListArray.from_arrays(offsets, evidence[name].combine_chunks().cast(pa.string()))
        edges = edges.append_column(f"evidence_{name}s", lists)
    return edges


def _measured(folder: Path) -> Iterator[pa.Table]:
    """The measurements that name what has them."""
    for batch in read_batches(folder, "measurements", columns=["id", "subject"], size=ROWS_AT_ONCE):
        yield batch.filter(pc.not_equal(batch["subject"], ""))


def _as_properties(table: pa.Table) -> pa.Table:
    """The columns as properties are called and typed: conditions as texts, "temperature = 25 °C"."""
    if "conditions" in table.column_names:
        conditions = table["conditions"].to_pylist()
        texts = [[f"{item['name']} = {item['value']}" for item in items] for items in conditions]
        place = table.column_names.index("conditions")
        table = table.set_column(place, "conditions", pa.array(texts, pa.list_(pa.string())))
    return table.rename_columns([RENAMED.get(name, name) for name in table.column_names])


def _columns(table: pa.Table) -> dict[str, pa.ChunkedArray]:
    return dict(zip(table.column_names, table.columns, strict=True))


def _ends(start: pa.ChunkedArray, end: pa.ChunkedArray) -> pa.Table:
    return pa.table({"from": start, "to": end})


def _grouped(table: pa.Table, *keys: pa.Array) -> Iterator[tuple[tuple[str, ...], pa.Table]]:
    """The rows of each distinct combination of keys, in the order of the keys."""
    keyed = pa.table({str(number): key for number, key in enumerate(keys)})
    for row in sorted(
        keyed.group_by(keyed.column_names).aggregate([]).to_pylist(), key=lambda row: tuple(row.values())
    ):
        masks = [pc.equal(keyed[name], value) for name, value in row.items()]
        mask = masks[0]
        for other in masks[1:]:
            mask = pc.and_(mask, other)
        yield tuple(row.values()), table.filter(mask)
