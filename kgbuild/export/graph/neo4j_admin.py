"""Typed CSV for ``neo4j-admin database import full``, the fastest way into a new Neo4j database, with the command.

What it makes is what `kgbuild load` makes, but for constraints and indexes, which a running server makes afterwards
from constraints.cypher, or `kgbuild load` itself. Entities, documents, evidence and measurements have spaces of
identifiers of their own. Items of a list are separated by U+001F, which in an item becomes U+FFFD. The program makes no
property of an empty list; `kgbuild load` afterwards adds those.
"""

import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from kgbuild.export.graph.source import GraphSource
from kgbuild.store.neo4j.statements import EVIDENCE_INDEX, uniqueness
from kgbuild.store.parquet import read_batches
from kgbuild.store.parts import ROWS_AT_ONCE, entity_types, lexical_parts, mention_counts
from kgbuild.store.property_graph import EDGE_PROPERTIES, LEXICAL, NODE_PROPERTIES

__all__ = ["FILES", "arguments", "next_step", "write"]

SEPARATOR = "\x1f"

#: File of nodes or relationships -> the label or type of all of them, or "" where a column tells it.
NODES = {"nodes": "", "documents": "Document", "evidence": "Evidence", "measurements": "Measurement"}
RELATIONSHIPS = {
    "edges": "",
    "evidence_documents": "FROM_DOCUMENT",
    "measurement_documents": "FROM_DOCUMENT",
    "mentions": "MENTIONED_IN",
    "measured": "HAS_MEASUREMENT",
}
SCRIPT, CONSTRAINTS = "import.sh", "constraints.cypher"
FILES = (*(f"{name}.csv" for name in (*NODES, *RELATIONSHIPS)), SCRIPT, CONSTRAINTS)

_TYPES = {
    pa.string(): "string",
    pa.large_string(): "string",
    pa.int64(): "long",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.list_(pa.string()): "string[]",
}


def write(graph: GraphSource, path: Path) -> dict[str, int]:
    """Write the files into the folder; how many rows each has."""
    columns = ["id", "type", *NODE_PROPERTIES[1:]]
    tables = {"nodes": read_batches(graph.folder, "nodes", columns=columns, size=ROWS_AT_ONCE)}
    tables |= {"edges": _edges(graph.folder), "mentions": mention_counts(graph.folder)}
    for label, (name, _) in LEXICAL.items():
        tables[name] = (part.table for part in lexical_parts(graph.folder, [label]))
    for label, name in (("Evidence", "evidence_documents"), ("Measurement", "measurement_documents")):
        tables[name] = _documents(graph.folder, label)
    tables["measured"] = _measured(graph.folder)
    counts = {name: _write_csv(path / f"{name}.csv", _header(name), tables[name]) for name in (*NODES, *RELATIONSHIPS)}
    (path / SCRIPT).write_text(
        "#!/bin/sh\n# Makes a new Neo4j 5 database of these files while the server is stopped.\n"
        f"# sh {SCRIPT} [DATABASE [OPTION…]]; NEO4J_ADMIN names the program if it is not on the path.\nset -e\n"
        'cd "$(dirname "$0")"\ndatabase="${1:-neo4j}"\n[ $# -eq 0 ] || shift\n'
        f'exec "${{NEO4J_ADMIN:-neo4j-admin}}" {" ".join(arguments())} "$@" "$database"\n',
        "utf-8",
    )
    labels, types = entity_types(graph.folder)
    statements = [*(uniqueness("NODE", label) for label in (*labels, *LEXICAL)), EVIDENCE_INDEX]
    statements += [uniqueness("RELATIONSHIP", type_) for type_ in types]
    (path / CONSTRAINTS).write_text("".join(f"{statement};\n" for statement in statements), "utf-8")
    return counts


def next_step(path: Path) -> str:
    """The command that imports the folder."""
    return f"cd {shlex.quote(str(path))} && neo4j-admin {' '.join(arguments())} neo4j"


def arguments() -> list[str]:
    """What neo4j-admin is told, but for the database."""
    given = [
        f"--{kind}={value}={name}.csv" if value else f"--{kind}={name}.csv"
        for kind, files in (("nodes", NODES), ("relationships", RELATIONSHIPS))
        for name, value in files.items()
    ]
    options = ["--array-delimiter=U+001F", "--multiline-fields=true", "--bad-tolerance=0"]
    return ["database", "import", "full", *given, *options]


def _header(name: str) -> tuple[str, ...]:
    """The columns that are no properties, first and last."""
    return {
        "nodes": ("id:ID(Entity)", ":LABEL"),
        "documents": ("id:ID(Document)",),
        "evidence": ("id:ID(Evidence)",),
        "measurements": ("id:ID(Measurement)",),
        "edges": (":START_ID(Entity)", ":END_ID(Entity)", ":TYPE"),
        "evidence_documents": (":START_ID(Evidence)", ":END_ID(Document)"),
        "measurement_documents": (":START_ID(Measurement)", ":END_ID(Document)"),
        "mentions": (":START_ID(Entity)", ":END_ID(Document)"),
        "measured": (":START_ID(Entity)", ":END_ID(Measurement)"),
    }[name]


def _edges(folder: Path) -> Iterator[pa.Table]:
    columns = ["subject", "object", "predicate", *EDGE_PROPERTIES]
    for batch in read_batches(folder, "edges", columns=columns, size=ROWS_AT_ONCE):
        types = pc.utf8_upper(pc.replace_substring(batch["predicate"], "-", "_"))
        yield batch.set_column(2, "predicate", types)


def _documents(folder: Path, label: str) -> Iterator[pa.Table]:
    for part in lexical_parts(folder, [label]):
        yield pa.table({"from": part.table["id"], "to": part.documents})


def _measured(folder: Path) -> Iterator[pa.Table]:
    for batch in read_batches(folder, "measurements", columns=["subject", "id"], size=ROWS_AT_ONCE):
        yield batch.filter(pc.not_equal(batch["subject"], ""))


def _write_csv(path: Path, header: tuple[str, ...], tables: Iterable[pa.Table]) -> int:
    """Strings in quotes, so that an empty one is told from none."""
    count = 0
    writer: pv.CSVWriter | None = None
    with path.open("wb") as stream:
        for table in tables:
            flat = _flat(table)
            if writer is None:
                properties = [f"{field.name}:{_TYPES[field.type]}" for field in table.schema][len(header) :]
                stream.write(",".join((*header, *properties)).encode() + b"\n")
                writer = pv.CSVWriter(stream, flat.schema, write_options=pv.WriteOptions(include_header=False))
            writer.write_table(flat)
            count += table.num_rows
        if writer is None:
            stream.write(",".join(header).encode() + b"\n")
        else:
            writer.close()
    return count


def _flat(table: pa.Table) -> pa.Table:
    """The table with its lists as texts."""
    for place, field in enumerate(table.schema):
        if pa.types.is_list(field.type):
            lists = table.column(place).combine_chunks()
            items = pc.replace_substring(lists.flatten(), SEPARATOR, "\ufffd")
            offsets = pc.subtract(lists.offsets, lists.offsets[0])
            joined = pc.binary_join(pa.ListArray.from_arrays(offsets, items), SEPARATOR)
            table = table.set_column(place, field.name, joined)
    return table
