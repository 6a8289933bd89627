"""The tables of papers and of imports, folded into one graph.

What the papers say of a node or document counts first, then the imports by name. Evidence is checked again, since a
node's type may be another one now; edges and beliefs follow from all evidence. Tables are sorted and joined on disk.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from kgbuild.assemble.settling import edges_of, settle
from kgbuild.document import Failure
from kgbuild.errors import GraphError
from kgbuild.graph import Evidence
from kgbuild.importing.part import filled
from kgbuild.papers import IDENTIFIERS, papers_of
from kgbuild.schema import Schema
from kgbuild.store.parquet import column_names, read_table, table_path, write_rows
from kgbuild.store.workbench import Workbench, workbench
from kgbuild.tables import SCHEMAS, Row, edge_row, evidence_from_row, evidence_row

__all__ = ["combine"]

_PART = pa.field("part", pa.int64())
_FOLDED = ("nodes", "evidence", "documents", "mentions", "measurements")

_TYPED = """SELECT e.*, a.type AS subject_type, b.type AS object_type FROM evidence e
    LEFT JOIN types a ON a.id = e.subject LEFT JOIN types b ON b.id = e.object"""
#: of rows with one identifier the surest remains, as in assembly
_SUREST_FIRST = ("id", "-calibrated", "-raw", "polarity", "modality", "start", "end", "section", "kind", "text")


def combine(parts: Sequence[Path], folder: Path, *, schema: Schema) -> tuple[dict[str, int], list[Failure]]:
    """Write the tables that those in these folders make together; how many rows each has, and what was rejected."""
    tables = {name: SCHEMAS[name].append(_PART) for name in _FOLDED}
    types = pa.schema([("id", pa.string()), ("type", pa.string())])
    tables |= {"types": types, "settled": SCHEMAS["evidence"], "kept": SCHEMAS["evidence"]}
    with workbench(folder, tables) as bench:
        for number, part in enumerate(parts):
            for name in _FOLDED:
                _require_columns(part, name)
                bench.add_file(name, table_path(part, name), part=number)
        rejected: Counter[str] = Counter()
        counts = {"nodes": write_rows(folder, "nodes", _nodes(bench, schema, rejected))}
        _settle(bench, schema, rejected)
        counts["evidence"] = write_rows(folder, "evidence", _kept(bench))
        documents = [read_table(part, "documents", columns=["id", *IDENTIFIERS]) for part in parts]
        papers = papers_of(pa.concat_tables(documents))
        counts["edges"] = write_rows(folder, "edges", _edges(bench, schema, papers))
        for name in ("documents", "mentions", "measurements"):
            rows = bench.ordered(f"SELECT * FROM {name}", ("id", "part"))
            counts[name] = write_rows(folder, name, filled(rows))
    reasons = sorted(rejected.items())
    counts |= {f"imports_rejected: {reason}": n for reason, n in reasons}
    return counts, [Failure("", "import", f"{reason}: {n} records") for reason, n in reasons]


def _require_columns(part: Path, name: str) -> None:
    there = column_names(part, name)
    missing = [column for column in SCHEMAS[name].names if column not in there]
    if missing:
        raise GraphError(
            f"{table_path(part, name)}: expected the tables of an import by this version of kgbuild, found no column "
            f"{', '.join(missing)}: an older kgbuild made it; import its files again into a new folder, and build the "
            "papers into that"
        )


def _nodes(bench: Workbench, schema: Schema, rejected: Counter[str]) -> Iterator[Row]:
    rows = bench.ordered("SELECT * FROM nodes", ("id", "part"))
    for identifier, same in groupby(rows, key=lambda row: row["id"]):
        first, *others = same
        if first["type"] not in schema.entities:  # of an import under another schema
            rejected[f"nodes of type {first['type']}, which is not in schema {schema.name}"] += 1
            continue
        bench.add("types", {"id": identifier, "type": first["type"]})
        if others:
            all_rows = [first, *others]
            names = {row["name"] for row in all_rows if row["name"] != identifier}
            name = first["name"] if first["name"] != identifier else min(names, default=identifier)
            # like synonyms that contradict each other, parts that do say nothing of what it is composed of
            composed = {(row["reduced_formula"], *row["elements"]) for row in all_rows if row["reduced_formula"]}
            formula, *elements = composed.pop() if len(composed) == 1 else ("",)
            first |= {
                "reduced_formula": formula,
                "elements": elements,
                "name": name,
                "linked": any(row["linked"] for row in all_rows),
                "xrefs": sorted(set().union(*(row["xrefs"] for row in all_rows))),
                "synonyms": sorted(names.union(*(row["synonyms"] for row in all_rows)) - {name, ""}),
                "mention_count": max(row["mention_count"] for row in all_rows),
                "document_count": max(row["document_count"] for row in all_rows),
            }
        yield {column: first[column] for column in SCHEMAS["nodes"].names}


def _settle(bench: Workbench, schema: Schema, rejected: Counter[str]) -> None:
    for row in bench.rows(_TYPED):
        item = evidence_from_row(row)
        found = _settled(item, row, schema)
        if isinstance(found, str):
            rejected[found] += 1
        else:
            bench.add("settled", row if found is item else evidence_row(found))


def _settled(item: Evidence, row: Row, schema: Schema) -> Evidence | str:
    types = {row["subject"]: row["subject_type"], row["object"]: row["object_type"]}
    if None in types.values():
        return "its subject or object is no node"
    relation = schema.relations.get(item.triple.predicate)
    if item.kind == "import" and relation is not None and not relation.allows(*types.values()):
        # never turned round, as what a model found may be
        return f"predicate {relation.name} may not join {' and '.join(types.values())}"
    return settle(item, schema=schema, types=types)


def _kept(bench: Workbench) -> Iterator[Row]:
    for _, same in groupby(bench.ordered("SELECT * FROM settled", _SUREST_FIRST), key=lambda row: row["id"]):
        row = next(same)
        bench.add("kept", row)
        yield row


def _edges(bench: Workbench, schema: Schema, papers: Mapping[str, str]) -> Iterator[Row]:
    items: Iterable[Evidence] = map(evidence_from_row, bench.ordered("SELECT * FROM kept", ("edge",)))
    for edge in edges_of(items, papers):
        yield edge_row(edge, schema.relations[edge.triple.predicate].predicate)
