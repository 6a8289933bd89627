"""Cypher over the embedded property graph, read-only.

The engine refuses writes to a database that was opened for reading. It would still read and write other files (COPY …
TO, LOAD FROM, CALL read_csv…) and fetch extensions, so that those clauses are refused here, before it sees them.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import ladybug

from kgbuild.errors import QueryError
from kgbuild.query.rows import Rows
from kgbuild.spelling import near_spelling
from kgbuild.store.cypher import open_cypher

__all__ = ["cypher"]

#: Texts, comments and quoted names, in which nothing is a clause.
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`|//[^\n]*|/\*.*?\*/", re.DOTALL)

#: Clauses that reach beyond the database; not after a dot, colon or dollar sign, where they are names.
_FOREIGN = re.compile(
    r"(?<![.:$\w])(COPY|LOAD|EXPORT|IMPORT|INSTALL|UNINSTALL|UPDATE|ATTACH|CHECKPOINT|USE)\b\s*[\w('\"`$]",
    re.IGNORECASE,
)

#: What may be called: functions that tell of the database itself. Others read files, or change settings.
_CALL = re.compile(r"(?<![.:$\w])CALL\b\s*(\S[^\s(=]*)", re.IGNORECASE)
CALLABLE = frozenset(
    [
        "catalog_version",
        "db_version",
        "show_connection",
        "show_functions",
        "show_indexes",
        "show_tables",
        "show_warnings",
        "stats_info",
        "storage_info",
        "storage_version",
        "table_info",
    ]
)

_PARAMETER = re.compile(r"\$(\w+)")

#: What the engine says of a label or relationship type that there is not.
_UNKNOWN = re.compile(r"Table (\S+) does not exist")

#: What the engine calls a column of labels, with all labels of the graph in it.
_LABEL = re.compile(r"LABEL\((\w+)\._ID,\[[^\]]*\]\)")


def cypher(graph_folder: Path, text: str, parameters: Mapping[str, Any] | None = None) -> Rows:
    """The rows that a Cypher query gives; `parameters` are its `$names`.

    QueryError gives the engine's words and what the graph has; GraphError if there is no graph.
    """
    bare = _QUOTED.sub(lambda quoted: " " if quoted[0].startswith("/") else "''", text)
    _refuse_foreign(bare)
    _refuse_missing(bare, parameters or {})
    database = open_cypher(graph_folder)
    connection = ladybug.Connection(database)
    try:
        result = connection.execute(text, dict(parameters or {}))
    except RuntimeError as error:
        hint = _hint(connection, str(error)) if "Binder" in str(error) else ""
        _close(connection, database)
        raise QueryError(_reason(error) + hint) from error
    if isinstance(result, list):
        _close(*result, connection, database)
        raise QueryError(f"expected one Cypher statement, found {len(result)}; ask them one by one")
    columns = tuple(_LABEL.sub(r"label(\1)", name) for name in result.get_column_names())
    return Rows(columns, _read(result, connection, database))


def _read(*open_things: Any) -> Iterator[tuple[Any, ...]]:
    result = open_things[0]
    try:
        while result.has_next():
            yield tuple(_plain(value) for value in result.get_next())
    except RuntimeError as error:
        raise QueryError(_reason(error)) from error
    finally:
        _close(*open_things)


def _close(*open_things: Any) -> None:
    for thing in open_things:
        thing.close()


def _refuse_foreign(text: str) -> None:
    found = _FOREIGN.search(text)
    if found:
        raise QueryError(
            f"{found[1].upper()} is refused: a query reads the graph and nothing else; "
            "put a name such as this into `backquotes`"
        )
    for called in _CALL.findall(text):
        if called.casefold() not in CALLABLE:
            raise QueryError(f"CALL {called} is refused; what may be called: {', '.join(sorted(CALLABLE))}")


def _refuse_missing(text: str, parameters: Mapping[str, Any]) -> None:
    """The engine would take a parameter that is not given for null, and find nothing without a word."""
    missing = sorted(set(_PARAMETER.findall(text)) - set(parameters))
    if missing:
        raise QueryError(f"the query asks for the parameters {', '.join(missing)}, which are missing")


def _reason(error: RuntimeError) -> str:
    words = str(error)
    if "read-only" in words:
        return "the graph is read-only: a query cannot change it; change the papers or the schema and run kgbuild build"
    return words


def _hint(connection: ladybug.Connection, words: str) -> str:
    """What the graph has, and which of it may be meant."""
    tables = connection.execute("CALL show_tables() RETURN name, type")
    found: dict[str, list[str]] = {"NODE": [], "REL": []}
    for name, kind in chain.from_iterable(one.get_all() for one in (tables if isinstance(tables, list) else [tables])):
        found.setdefault(kind, []).append(name)
    unknown = _UNKNOWN.search(words)
    near = near_spelling(unknown[1], found["NODE"] + found["REL"]) if unknown is not None else None
    meant = f" Did you mean {near}?" if near is not None else ""
    return f"{meant}\nlabels: {', '.join(sorted(found['NODE']))}\nrelationship types: {', '.join(sorted(found['REL']))}"


def _plain(value: Any) -> Any:
    """Nodes, relationships and paths without the engine's internal identifiers."""
    if isinstance(value, dict):
        if "_NODES" in value:
            return {"nodes": _plain(value["_NODES"]), "relationships": _plain(value["_RELS"])}
        named = {"label": value["_LABEL"]} if "_LABEL" in value else {}
        # where a pattern matches several labels, the engine fills their other properties with None
        present = {key: item for key, item in value.items() if not key.startswith("_") and item is not None}
        return named | {key: _plain(item) for key, item in present.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
