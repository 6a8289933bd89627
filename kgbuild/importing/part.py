"""What the files gave -> the tables of an import: nodes with types, statements with relations of the schema.

They are joined on disk. A statement's end that no file describes is a node if its identifier's prefix tells its type.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from kgbuild.formula import Composition, find_composition
from kgbuild.graph import Node
from kgbuild.importing.given import Tally
from kgbuild.importing.terms import Terms, UnknownTermError
from kgbuild.schema import Schema
from kgbuild.store.parquet import write_rows
from kgbuild.store.workbench import Workbench
from kgbuild.tables import EVIDENCE, MENTIONS, Row, evidence_from_row, node_row

__all__ = ["write_part"]

_NODES = "SELECT *, name = id AS is_unnamed FROM given_nodes"
_NODES_ORDER = ("id", "is_unnamed", "name", "file", "record")
_ENDS = """SELECT DISTINCT id FROM (SELECT subject AS id FROM statements UNION ALL SELECT object FROM statements)
    ANTI JOIN given_nodes USING (id)"""
_STATEMENTS = """SELECT s.*, a.type AS subject_type, b.type AS object_type FROM statements s
    LEFT JOIN types a ON a.id = s.subject LEFT JOIN types b ON b.id = s.object"""
_DOCUMENTS = """SELECT *, 0 AS rank FROM documents UNION ALL
    SELECT *, 1 AS rank FROM cited SEMI JOIN evidence ON cited.id = evidence.document"""
_MENTIONS = "SELECT m.* REPLACE (t.type AS type) FROM mentions m JOIN types t ON t.id = m.node"
_MEASUREMENTS = """SELECT m.* REPLACE (CASE WHEN t.id IS NULL THEN '' ELSE m.subject END AS subject)
    FROM measurements m LEFT JOIN types t ON t.id = m.subject"""


def write_part(bench: Workbench, folder: Path, *, schema: Schema, terms: Terms, tally: Tally) -> None:
    """Write the tables into the folder; what the schema has no place for is tallied."""
    bench.create("types", pa.schema([("id", pa.string()), ("type", pa.string())]))
    bench.create("evidence", EVIDENCE)
    _add_ends(bench, terms)
    write_rows(folder, "nodes", _nodes(bench, schema, terms, tally))
    _relate(bench, schema, terms, tally)
    write_rows(folder, "evidence", _distinct(bench.ordered("SELECT * FROM evidence", EVIDENCE.names)))
    write_rows(folder, "documents", filled(bench.ordered(_DOCUMENTS, ("id", "rank", "-title", "source"))))
    write_rows(folder, "mentions", _distinct(bench.ordered(_MENTIONS, MENTIONS.names)))
    write_rows(folder, "measurements", filled(bench.ordered(_MEASUREMENTS, ("id",))))


def _distinct(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows without those that are equal to the one before them."""
    return (row for row, _ in groupby(rows))


def filled(rows: Iterable[Row]) -> Iterator[Row]:
    """One row for each identifier of rows that are sorted by it: in each column the first value that says something."""
    for _, same in groupby(rows, key=lambda row: row["id"]):
        first, *others = same
        for other in others:
            first |= {name: other[name] for name, value in first.items() if value is None or value == ""}
        yield first


def _add_ends(bench: Workbench, terms: Terms) -> None:
    for row in bench.rows(_ENDS):
        try:
            terms.type_of((), row["id"])
        except UnknownTermError:
            continue
        nothing: Row = {"xrefs": [], "synonyms": [], "reduced_formula": "", "elements": [], "categories": []}
        nothing |= {"mention_count": 0, "document_count": 0}
        bench.add(
            "given_nodes", {"id": row["id"], "name": row["id"], "linked": True, **nothing, "file": "", "record": 0}
        )


def _nodes(bench: Workbench, schema: Schema, terms: Terms, tally: Tally) -> Iterator[Row]:
    for identifier, given in groupby(bench.ordered(_NODES, _NODES_ORDER), key=lambda row: row["id"]):
        first, *others = rows = list(given)
        try:
            type_ = terms.type_of([category for row in rows for category in row["categories"]], identifier)
        except UnknownTermError as reason:
            tally.add(first["file"], first["record"], f"node: {reason}")
            continue
        named = {row["name"] for row in others if row["name"] != identifier}
        synonyms = named.union(*(row["synonyms"] for row in rows)) - {first["name"], ""}
        composition = next((_composition(row) for row in rows if row["reduced_formula"]), None)
        node = Node(
            id=identifier,
            name=first["name"],
            type=type_,
            xrefs=tuple(sorted(set().union(*(row["xrefs"] for row in rows)))),
            synonyms=tuple(sorted(synonyms)),
            linked=any(row["linked"] for row in rows),
            mention_count=max(row["mention_count"] for row in rows),
            document_count=max(row["document_count"] for row in rows),
            composition=composition or find_composition(type_, first["name"], synonyms),
        )
        bench.add("types", {"id": identifier, "type": type_})
        yield node_row(node, schema.entities[type_].category)


def _composition(row: Row) -> Composition:
    return Composition(row["reduced_formula"], tuple(sorted(set(row["elements"]))))


def _relate(bench: Workbench, schema: Schema, terms: Terms, tally: Tally) -> None:
    """Give every statement its relation; equal ones are kept once."""

    @cache
    def relation(predicates: tuple[str, ...], subject_type: str, object_type: str) -> str | UnknownTermError:
        try:
            return terms.relation_of(predicates, subject_type, object_type)
        except UnknownTermError as reason:
            return reason

    for row in bench.rows(_STATEMENTS):
        ends = row["subject_type"], row["object_type"]
        missing = next((end for end, type_ in zip(("subject", "object"), ends, strict=True) if type_ is None), None)
        if missing:
            tally.add(row["file"], row["record"], f"edge: its {missing} is no node, or one that was rejected")
            continue
        found = relation(tuple(row["predicates"]), *ends)
        if isinstance(found, UnknownTermError):
            tally.add(row["file"], row["record"], f"edge: {found}")
            continue
        subject, object_ = row["subject"], row["object"]
        if schema.relations[found].symmetric and subject > object_:
            row = _turned(row)
        item = evidence_from_row(row | {"predicate": found})
        bench.add("evidence", row | {"predicate": found, "id": item.id, "edge": item.triple.id})


def _turned(row: Row) -> Row:
    places = {
        f"{end}_{edge}": row[f"{other}_{edge}"]
        for end, other in (("subject", "object"), ("object", "subject"))
        for edge in ("start", "end")
    }
    return row | places | {"subject": row["object"], "object": row["subject"]}
