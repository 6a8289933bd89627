"""What one graph has and another has not, and what they say differently, record by record.

Both are read side by side in the order of their identifiers, so that memory stays flat. An edge is its triple; evidence
is a triple, a place and a model: read by another model it is other evidence, and the edge's belief tells what changed.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from kgbuild.query.rows import Rows
from kgbuild.store.parquet import read_batches
from kgbuild.tables import Row

__all__ = ["RECORDS", "Kind", "Record", "count_differences", "diff"]

Record = Literal["nodes", "edges", "evidence"]
Kind = Literal["added", "removed", "changed"]


class _View(NamedTuple):
    """`label` tells people what a row is; `shown` columns stand for a row that one graph lacks; `compared` ones may
    change.
    """

    label: tuple[str, ...]
    shown: tuple[str, ...]
    compared: tuple[str, ...]


_EDGE = ("subject", "predicate", "object")

#: table -> how its rows are shown and compared; identifiers say the rest
RECORDS: dict[Record, _View] = {
    "nodes": _View(
        ("name",),
        ("type", "linked", "mention_count"),
        (
            *("name", "type", "category", "linked", "xrefs", "synonyms", "reduced_formula", "elements"),
            *("mention_count", "document_count"),
        ),
    ),
    "edges": _View(
        _EDGE,
        ("belief", "evidence_count", "documents", "negated_count", "speculated_count"),
        ("belief", "evidence_count", "documents", "negated_count", "speculated_count", "biolink_predicate"),
    ),
    "evidence": _View(
        _EDGE,
        ("document", "calibrated", "polarity", "modality", "agent", "revision"),
        ("kind", "section", "text", "raw", "calibrated", "polarity", "modality", "novel", "table", "row", "column"),
    ),
}


def diff(before: Path, after: Path, *, records: Iterable[Record] = tuple(RECORDS)) -> Rows:
    """The records that were added, removed or changed from one graph to the other, by table and identifier.

    `before` and `after` hold what differs, None where the record is not in that graph.
    """
    return Rows(("change", "record", "id", "label", "before", "after"), _differences(before, after, records))


def count_differences(before: Path, after: Path, *, records: Iterable[Record] = tuple(RECORDS)) -> Rows:
    """How many records of each table were added, removed, changed, and are the same."""
    return Rows(("record", "added", "removed", "changed", "same"), _counts(before, after, records))


def _differences(before: Path, after: Path, records: Iterable[Record]) -> Iterator[tuple[Any, ...]]:
    for record in records:
        view = RECORDS[record]
        for old, new in _pairs(before, after, record):
            kind, is_, was = _kind(old, new, view), new or {}, old or {}
            if kind is None:
                continue
            row = new or was
            names = view.shown if kind != "changed" else [name for name in view.compared if was[name] != is_[name]]
            label = " ".join(row[name] for name in view.label)
            yield kind, record, row["id"], label, _values(old, names), _values(new, names)


def _counts(before: Path, after: Path, records: Iterable[Record]) -> Iterator[tuple[Any, ...]]:
    for record in records:
        counts: dict[Kind | None, int] = {"added": 0, "removed": 0, "changed": 0, None: 0}
        for old, new in _pairs(before, after, record):
            counts[_kind(old, new, RECORDS[record])] += 1
        yield record, *counts.values()


def _kind(old: Row | None, new: Row | None, view: _View) -> Kind | None:
    """None where both are the same."""
    if old is None:
        return "added"
    if new is None:
        return "removed"
    return "changed" if any(old[name] != new[name] for name in view.compared) else None


def _values(row: Row | None, names: Iterable[str]) -> Mapping[str, Any] | None:
    return None if row is None else {name: row[name] for name in names}


def _pairs(before: Path, after: Path, record: Record) -> Iterator[tuple[Row | None, Row | None]]:
    """The rows of both graphs by identifier, None where one has none."""
    olds, news = _rows(before, record), _rows(after, record)
    old, new = next(olds, None), next(news, None)
    while old is not None or new is not None:
        is_old = new is None or (old is not None and old["id"] <= new["id"])
        is_new = old is None or (new is not None and new["id"] <= old["id"])
        yield old if is_old else None, new if is_new else None
        old = next(olds, None) if is_old else old
        new = next(news, None) if is_new else new


def _rows(graph: Path, record: Record) -> Iterator[Row]:
    view = RECORDS[record]
    columns = list(dict.fromkeys(("id", *view.label, *view.shown, *view.compared)))
    for batch in read_batches(graph, record, columns=columns):
        yield from batch.to_pylist()
