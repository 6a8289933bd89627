"""What one graph has and another has not, and what they say differently, record by record.

Both are read side by side in the order of their identifiers, so that memory stays flat. An edge is its triple. Evidence
that only one graph has, since a model or its revision is part of the identifier, is paired by triple, document and
mentions, of several there with that of the same model first: what another model reads at a place is a change.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple

import pyarrow as pa

from kgbuild.query.rows import Rows
from kgbuild.store.parquet import read_batches
from kgbuild.store.workbench import workbench
from kgbuild.tables import EVIDENCE, Row

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
        (
            *("kind", "section", "text", "raw", "calibrated", "polarity", "modality", "novel", "table", "row"),
            *("column", "agent", "revision"),
        ),
    ),
}

#: What evidence of different models has in common that is of one place.
_PLACE = ("edge", "document", "subject_start", "subject_end", "object_start", "object_end")
_IS_NEW = pa.field("is_new", pa.bool_())


def diff(before: Path, after: Path, *, records: Iterable[Record] = tuple(RECORDS)) -> Rows:
    """The records that were added, removed or changed from one graph to the other, by table and identifier; last of
    all evidence that only one of them has, by edge, document and place.

    `before` and `after` hold what differs, None where the record is not in that graph.
    """
    return Rows(("change", "record", "id", "label", "before", "after"), _differences(before, after, records))


def count_differences(before: Path, after: Path, *, records: Iterable[Record] = tuple(RECORDS)) -> Rows:
    """How many records of each table were added, removed, changed, and are the same."""
    return Rows(("record", "added", "removed", "changed", "same"), _counts(before, after, records))


def _differences(before: Path, after: Path, records: Iterable[Record]) -> Iterator[tuple[Any, ...]]:
    for record in records:
        view = RECORDS[record]
        for old, new in _all_pairs(before, after, record):
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
        for old, new in _all_pairs(before, after, record):
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


def _all_pairs(before: Path, after: Path, record: Record) -> Iterator[tuple[Row | None, Row | None]]:
    pairs = _pairs(before, after, record)
    return _paired_by_place(pairs) if record == "evidence" else pairs


def _paired_by_place(pairs: Iterable[tuple[Row | None, Row | None]]) -> Iterator[tuple[Row | None, Row | None]]:
    """The pairs, of those with one row only as many as go together made one, sorted on disk."""
    with TemporaryDirectory(prefix="kgbuild-") as scratch:
        columns = pa.schema([EVIDENCE.field(name) for name in _columns("evidence")]).append(_IS_NEW)
        with workbench(Path(scratch), {"single": columns}) as bench:
            for old, new in pairs:
                if old is not None and new is not None:
                    yield old, new
                else:
                    bench.add("single", {**(old or new or {}), "is_new": old is None})
            rows = bench.ordered("SELECT * FROM single", (*_PLACE, "agent", "revision", "id"))
            for _, same in groupby(rows, key=lambda row: tuple(row[name] for name in _PLACE)):
                yield from _paired(list(same))


def _paired(rows: list[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """Old and new rows of one place: those of equal agents together, then the others in their order."""
    olds, news = ([row for row in rows if row["is_new"] is is_new] for is_new in (False, True))
    for old in list(olds):
        new = next((row for row in news if row["agent"] == old["agent"]), None)
        if new is not None:
            olds.remove(old)
            news.remove(new)
            yield old, new
    yield from zip_longest(olds, news)


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
    for batch in read_batches(graph, record, columns=_columns(record)):
        yield from batch.to_pylist()


def _columns(record: Record) -> list[str]:
    view = RECORDS[record]
    place = _PLACE if record == "evidence" else ()
    return list(dict.fromkeys(("id", *view.label, *view.shown, *view.compared, *place)))
