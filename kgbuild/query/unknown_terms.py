"""Classes and properties in a SPARQL query that a graph does not have: the engine finds nothing, and says nothing.

Only the vocabularies that a graph is written in are looked at. Names are taken from the text, where texts and comments
are passed over, not from the engine's parser, which it keeps to itself.
"""

import re
from collections.abc import Iterator
from itertools import chain

from pyoxigraph import NamedNode, Store

from kgbuild.prefixes import NAMESPACES, VOCABULARIES, curie_of_iri, iri_of_curie
from kgbuild.spelling import near_spelling
from kgbuild.store.statements import TERMS

__all__ = ["unknown_terms"]

_TOKEN = re.compile(
    r"""
    (?P<passed>\"{3}.*?\"{3} | '{3}.*?'{3} | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | [?$]\w+ | @[A-Za-z-]+)
    | <(?P<iri>[^<>"{}|^`\\\s]*)>
    | (?P<comment>\#[^\n]*)
    | (?P<prefix>[A-Za-z][\w.-]*)?:(?P<local>[\w](?:[\w.-]*[\w-])?)?
    """,
    re.VERBOSE | re.DOTALL,
)
_DECLARED = re.compile(r"\bPREFIX\s+([A-Za-z][\w.-]*)?:\s*<([^<>\s]*)>", re.IGNORECASE)
#: what a query makes, it may call as it likes
_TEMPLATE = re.compile(r"\bCONSTRUCT\s*\{[^{}]*\}", re.IGNORECASE)

#: Vocabularies of terms that a graph has; `kgb` are its things, and types of values stand nowhere as such.
_CHECKED = tuple(f"{prefix}:" for prefix in VOCABULARIES if prefix not in ("kgb", "xsd"))


def unknown_terms(text: str, store: Store) -> Iterator[tuple[str, str | None]]:
    """The terms of a query that stand nowhere in the store, in their order, and what may be meant by each."""
    terms = dict.fromkeys(_terms(_TEMPLATE.sub(" ", text)))
    unknown = [term for term in terms if term not in TERMS and not _is_there(term, store)]
    known = [*sorted(TERMS), *_counted_terms(store)] if unknown else []
    for term in unknown:
        prefix, _, name = term.partition(":")
        near = near_spelling(name, [other.partition(":")[2] for other in known if other.startswith(f"{prefix}:")])
        yield term, None if near is None else f"{prefix}:{near}"


def _terms(text: str) -> Iterator[str]:
    declared = dict(_DECLARED.findall(text))
    namespaces = NAMESPACES | declared
    for token in _TOKEN.finditer(_DECLARED.sub(" ", text)):
        iri = token["iri"]
        if iri is None and token["local"] is not None and (token["prefix"] or "") in namespaces:
            iri = namespaces[token["prefix"] or ""] + token["local"]
        if iri and (curie := curie_of_iri(iri)).startswith(_CHECKED):
            yield curie


def _is_there(term: str, store: Store) -> bool:
    node = NamedNode(iri_of_curie(term))
    as_property = store.quads_for_pattern(None, node, None)
    as_class = store.quads_for_pattern(None, None, node)
    as_subject = store.quads_for_pattern(node, None, None)
    return next(chain(as_property, as_class, as_subject), None) is not None


def _counted_terms(store: Store) -> list[str]:
    """The entity types and predicates of the graph, which it counts."""
    counts = (NamedNode(iri_of_curie(f"void:{kind}")) for kind in ("class", "property"))
    counted = (quad.object for count in counts for quad in store.quads_for_pattern(None, count, None))
    return sorted({curie_of_iri(term.value) for term in counted if isinstance(term, NamedNode)})
