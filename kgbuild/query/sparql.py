"""SPARQL over the embedded triple store, read-only: over all its graphs together, or one of them by GRAPH.

The prefixes of `kgbuild.prefixes` need not be declared.
"""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from kgbuild.errors import QueryError
from kgbuild.prefixes import NAMESPACES, curie_of_iri
from kgbuild.query.rows import Rows
from kgbuild.query.unknown_terms import unknown_terms
from kgbuild.store.rdf import open_rdf

__all__ = ["sparql"]

logger = logging.getLogger(__name__)

_SERVICE = re.compile("service", re.IGNORECASE)
#: not where it is part of a name
_SERVICE_CLAUSE = re.compile(r"(?<![a-z_?$:@])service(?!\w)(\s+silent\b)?", re.IGNORECASE)

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


def sparql(graph_folder: Path, text: str) -> Rows:
    """The rows that a query gives: the variables of SELECT; subject, predicate, object of CONSTRUCT and DESCRIBE;
    answer of ASK.

    IRIs are given as CURIEs where a prefix fits. A warning names what the graph does not have, as it gives no rows.
    QueryError gives the engine's words; GraphError if there is no graph.
    """
    store = open_rdf(graph_folder)
    try:
        _refuse_service(text)
        result = store.query(text, prefixes=NAMESPACES, use_default_graph_as_union=True)
    except (SyntaxError, ValueError, OSError) as error:
        raise QueryError(_reason(error, is_update=_is_update(text, store))) from error
    for term, near in unknown_terms(text, store):
        logger.warning("the graph has no %s%s", term, f"; did you mean {near}?" if near is not None else "")
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


def _refuse_service(text: str) -> None:
    """The engine would follow SERVICE into the network, and cannot be told not to.

    Only its parser knows where the word is a keyword, and to parse is to ask. So it is given the query with the word
    misspelt throughout, which changes names, texts and comments but leaves the grammar, unless it was a keyword. GRAPH
    in the place of keywords tells that from an error elsewhere: SyntaxError.
    """
    if not _SERVICE.search(text):
        return
    folded = text.casefold()
    letter = next((letter for letter in ascii_lowercase if f"{letter}ervice" not in folded), "x")
    try:
        _parse(_misspelt(text, letter))
    except SyntaxError:
        _parse(_misspelt(_SERVICE_CLAUSE.sub(lambda words: "GRAPH".ljust(len(words[0])), text), letter))
        raise QueryError("SERVICE is refused: a query is answered from the graph alone, without a network") from None


def _misspelt(text: str, letter: str) -> str:
    return _SERVICE.sub(lambda word: (letter.upper() if word[0][0].isupper() else letter) + word[0][1:], text)


def _parse(text: str) -> None:
    """SyntaxError if it is no query; it is asked of nothing."""
    Store().query(text, prefixes=NAMESPACES)


def _is_update(text: str, store: Store) -> bool:
    """Whether the engine, which parses a whole update before it refuses it to a read-only store, can parse it."""
    try:
        store.update(text, prefixes=NAMESPACES)
    except SyntaxError:
        return False
    except RuntimeError:
        return bool(text.strip())
    return False


def _reason(error: Exception, *, is_update: bool) -> str:
    if is_update:
        return "the graph is read-only: a query cannot change it; change the papers or the schema and run kgbuild build"
    known = f"\nprefixes that need not be declared: {', '.join(NAMESPACES)}" if "Prefix not found" in str(error) else ""
    # without the lists of every character that may stand in a name
    return re.sub(r"\[[^]]*\][ |,]*", "", " ".join(str(error).split())) + known


def _plain(term: Any) -> Any:
    if isinstance(term, NamedNode):
        return curie_of_iri(term.value)
    if isinstance(term, Literal):
        return _VALUES.get(term.datatype.value.rpartition("#")[2], str)(term.value)
    if isinstance(term, BlankNode):
        return f"_:{term.value}"
    return None if term is None else [_plain(part) for part in term]
