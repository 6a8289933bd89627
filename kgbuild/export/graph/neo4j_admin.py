"""Typed CSV for ``neo4j-admin database import full``, the fastest way into a new Neo4j database, with the command.

What it makes is what `kgbuild load` with the same form of evidence makes, but for constraints and indexes, which a
running server makes afterwards from constraints.cypher, or `kgbuild load` itself. Entities, documents, evidence and
measurements have spaces of identifiers of their own. Items of a list are separated by U+001F, which in an item becomes
U+FFFD. The program makes no property of a list that is empty or one empty text; `kgbuild load` afterwards adds those.
"""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from kgbuild.config import EVIDENCE_FORMS, EvidenceForm
from kgbuild.export.graph.source import GraphSource
from kgbuild.store.neo4j.statements import EVIDENCE_INDEX, uniqueness
from kgbuild.store.parquet import read_batches
from kgbuild.store.parts import ROWS_AT_ONCE, edge_batches, entity_types, lexical_parts, mention_counts
from kgbuild.store.property_graph import LEXICAL, NODE_PROPERTIES, lexical_labels

__all__ = ["EVIDENCE_FORMS", "FILES", "next_step", "write"]

SEPARATOR = "\x1f"
#: What the program reads at a time, unless told otherwise.
BUFFER_BYTES = 4 * 2**20
#: Times the text of the widest row: quotes in it are doubled, and as much again to be on the safe side.
ROOM = 4

#: File of nodes or relationships -> the label or type of all of them, or "" where a column tells it.
NODES = {"nodes": "", "documents": "Document", "evidence": "Evidence", "measurements": "Measurement"}
DOCUMENTS = {"Evidence": "evidence_documents", "Measurement": "measurement_documents"}
RELATIONSHIPS = {
    "edges": "",
    **dict.fromkeys(DOCUMENTS.values(), "FROM_DOCUMENT"),
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


def write(graph: GraphSource, path: Path, *, evidence: EvidenceForm = "nodes") -> dict[str, int]:
    """Write the files into the folder; how many rows each has."""
    lexical = lexical_labels(evidence)
    tables = _tables(graph.folder, lexical, with_evidence=evidence == "properties")
    files = {
        name: _write_csv(path / f"{name}.csv", _header(name), tables[name])
        for name in (*NODES, *RELATIONSHIPS)
        if name in tables
    }
    (path / SCRIPT).write_text(
        "#!/bin/sh\n# Makes a new Neo4j 5 database of these files while the server is stopped.\n"
        f"# sh {SCRIPT} [DATABASE [OPTION…]]; NEO4J_ADMIN names the program if it is not on the path.\nset -e\n"
        'program="${NEO4J_ADMIN:-neo4j-admin}"\ncase "$program" in /*) ;; */*) program="$PWD/$program" ;; esac\n'
        'CDPATH= cd -- "$(dirname -- "$0")"\ndatabase="${1:-neo4j}"\n[ $# -eq 0 ] || shift\n'
        f'exec "$program" {" ".join(_arguments(files))} "$@" "$database"\n',
        "utf-8",
    )
    labels, types = entity_types(graph.folder)
    statements = [uniqueness("NODE", label) for label in (*labels, *lexical)]
    statements += [EVIDENCE_INDEX] if "Evidence" in lexical else []
    statements += [uniqueness("RELATIONSHIP", type_) for type_ in types]
    (path / CONSTRAINTS).write_text("".join(f"{statement};\n" for statement in statements), "utf-8")
    return {name: file.n_rows for name, file in files.items()}


def next_step(path: Path) -> str:
    """The command that imports the folder."""
    return f"sh {shlex.quote(str(path / SCRIPT))}"


def _arguments(files: "Mapping[str, _File]") -> list[str]:
    """What neo4j-admin is told, but for the database.

    It reads in parallel where lines end with rows alone, and takes no row that fills its buffer.
    """
    given = [
        f"--{kind}={value}={name}.csv" if value else f"--{kind}={name}.csv"
        for kind, names in (("nodes", NODES), ("relationships", RELATIONSHIPS))
        for name, value in names.items()
        if name in files
    ]
    options = ["--array-delimiter=U+001F", "--bad-tolerance=0"]
    if any(file.has_breaks for file in files.values()):
        options.append("--multiline-fields=true")
    if (buffer := ROOM * max(file.widest for file in files.values())) > BUFFER_BYTES:
        options.append(f"--read-buffer-size={buffer}")
    return ["database", "import", "full", *given, *options]


def _header(name: str) -> tuple[str, ...]:
    """The columns that are no properties, first and last."""
    return {
        "nodes": ("id:ID(Entity)", ":LABEL"),
        "documents": ("id:ID(Document)",),
        "evidence": ("id:ID(Evidence)",),
        "measurements": ("id:ID(Measurement)",),
        "edges": (":START_ID(Entity)", ":TYPE", ":END_ID(Entity)"),
        "evidence_documents": (":START_ID(Evidence)", ":END_ID(Document)"),
        "measurement_documents": (":START_ID(Measurement)", ":END_ID(Document)"),
        "mentions": (":START_ID(Entity)", ":END_ID(Document)"),
        "measured": (":START_ID(Entity)", ":END_ID(Measurement)"),
    }[name]


def _tables(folder: Path, lexical: Sequence[str], *, with_evidence: bool) -> dict[str, Iterator[pa.Table]]:
    """The rows of each file, by its name."""
    columns = ["id", "type", *NODE_PROPERTIES[1:]]
    tables = {
        "nodes": read_batches(folder, "nodes", columns=columns, size=ROWS_AT_ONCE),
        "edges": _edges(folder, with_evidence=with_evidence),
        "mentions": mention_counts(folder),
        "measured": _measured(folder),
    }
    for label in lexical:
        tables[LEXICAL[label][0]] = (part.table for part in lexical_parts(folder, [label]))
        if label in DOCUMENTS:
            tables[DOCUMENTS[label]] = _documents(folder, label)
    return tables


def _edges(folder: Path, *, with_evidence: bool) -> Iterator[pa.Table]:
    for batch in edge_batches(folder, with_evidence=with_evidence):
        types = pc.utf8_upper(pc.replace_substring(batch["predicate"], "-", "_"))
        yield batch.set_column(1, "predicate", types)


def _documents(folder: Path, label: str) -> Iterator[pa.Table]:
    for part in lexical_parts(folder, [label]):
        yield pa.table({"from": part.table["id"], "to": part.documents})


def _measured(folder: Path) -> Iterator[pa.Table]:
    for batch in read_batches(folder, "measurements", columns=["subject", "id"], size=ROWS_AT_ONCE):
        yield batch.filter(pc.not_equal(batch["subject"], ""))


class _File(NamedTuple):
    """What a file holds: rows, bytes of text in the widest of them, and whether a line ends within a field."""

    n_rows: int
    widest: int
    has_breaks: bool


def _write_csv(path: Path, header: tuple[str, ...], tables: Iterable[pa.Table]) -> _File:
    """Strings in quotes, so that an empty one is told from none."""
    n_rows, widest, has_breaks = 0, 0, False
    writer: pv.CSVWriter | None = None
    with path.open("wb") as stream:
        for table in tables:
            flat = _flat(table)
            if writer is None:
                properties = [f"{field.name}:{_TYPES[field.type]}" for field in table.schema][len(header) :]
                stream.write(",".join((*header, *properties)).encode() + b"\n")
                writer = pv.CSVWriter(stream, flat.schema, write_options=pv.WriteOptions(include_header=False))
            writer.write_table(flat)
            n_rows += flat.num_rows
            widest = max(widest, _widest(flat))
            has_breaks = has_breaks or _has_breaks(flat)
        if writer is None:
            stream.write(",".join(header).encode() + b"\n")
        else:
            writer.close()
    return _File(n_rows, widest, has_breaks)


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


def _texts(flat: pa.Table) -> list[pa.ChunkedArray]:
    return [column for column in flat.columns if column.type in (pa.string(), pa.large_string())]


def _widest(flat: pa.Table) -> int:
    """Bytes of text in the widest row."""
    widths = (pc.fill_null(pc.binary_length(text), 0) for text in _texts(flat))
    return pc.max(reduce(pc.add, widths)).as_py() or 0


def _has_breaks(flat: pa.Table) -> bool:
    """Whether a line ends within a field; the program ends one at a carriage return, too."""
    return any(pc.any(pc.match_substring(text, mark)).as_py() for text in _texts(flat) for mark in "\n\r")
