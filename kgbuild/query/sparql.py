"""SPARQL over the embedded triple store, read-only. The prefixes of `kgbuild.store.prefixes` need not be declared."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from kgbuild.errors import QueryError
from kgbuild.query.rows import Rows
from kgbuild.store.prefixes import PREFIXES
from kgbuild.store.rdf import open_rdf

__all__ = ["sparql"]

#: Texts, IRIs and comments, in which nothing is a keyword.
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|<[^<>\s]*>|#[^\n]*")

_SERVICE = re.compile(r"(?<![?$:\w])SERVICE\b", re.IGNORECASE)
_UPDATE = re.compile(r"\b(INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY)\b", re.IGNORECASE)

#: XML Schema types whose values are read as Python's
_VALUES: dict[str, Any] = {
    "integer": int,
    "int": int,
    "long": int,
    "decimal": float,
    "double": float,
    "float": float,
    "boolean": lambda text: text in ("true", "1"),
}

_SHORTEST_FIRST = sorted(
    ((expansion, prefix) for prefix, expansion in PREFIXES.items()), key=lambda pair: -len(pair[0])
)


def sparql(graph_folder: Path, text: str) -> Rows:
    """The rows that a query gives: the variables of SELECT; subject, predicate, object of CONSTRUCT and DESCRIBE;
    answer of ASK.

    IRIs are given as CURIEs where a prefix fits. QueryError gives the engine's words; GraphError if there is no graph.
    """
    if _SERVICE.search(_QUOTED.sub(" ", text)):
        raise QueryError("SERVICE is refused: a query is answered from the graph alone, without a network")
    store = open_rdf(graph_folder)
    try:
        result = store.query(text, prefixes=PREFIXES)
    except (SyntaxError, ValueError, OSError) as error:
        raise QueryError(_reason(text, error)) from error
    if isinstance(result, QueryBoolean):
        return Rows(("answer",), iter([(bool(result),)]))
    if isinstance(result, QueryTriples):
        return Rows(("subject", "predicate", "object"), _read(result, store))
    return Rows(tuple(variable.value for variable in result.variables), _read(result, store))


def _read(result: QuerySolutions | QueryTriples, store: Store) -> Iterator[tuple[Any, ...]]:
    try:
        for row in result:
            yield tuple(_plain(term) for term in row)
    except (OSError, ValueError) as error:
        raise QueryError(str(error)) from error
    finally:
        del store  # held until the last row: the result reads from it


def _reason(text: str, error: Exception) -> str:
    if _UPDATE.search(text) and isinstance(error, SyntaxError):
        return (
            f"{error}\nthe graph is read-only: a query cannot change it; "
            "change the papers or the schema and run kgbuild build"
        )
    known = f"\nprefixes that need not be declared: {', '.join(PREFIXES)}" if "Prefix not found" in str(error) else ""
    # without the lists of every character that may stand in a name
    return re.sub(r"\[[^]]*\][ |,]*", "", " ".join(str(error).split())) + known


def _plain(term: Any) -> Any:
    if isinstance(term, NamedNode):
        return _curie(term.value)
    if isinstance(term, Literal):
        return _VALUES.get(term.datatype.value.rpartition("#")[2], str)(term.value)
    if isinstance(term, BlankNode):
        return f"_:{term.value}"
    return None if term is None else [_plain(part) for part in term]


def _curie(iri: str) -> str:
    for expansion, prefix in _SHORTEST_FIRST:
        if iri.startswith(expansion):
            return f"{prefix}:{iri[len(expansion) :]}"
    return iri.removeprefix("https://bioregistry.io/")
