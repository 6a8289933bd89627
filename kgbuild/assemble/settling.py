"""Statements into evidence that the schema allows: direction, symmetry, self-loops; and evidence into edges."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

import msgspec

from kgbuild.graph import Edge, Evidence, Triple
from kgbuild.schema import RelationType, Schema

__all__ = ["edges_of", "settle"]


def settle(item: Evidence, *, schema: Schema, types: Mapping[str, str]) -> Evidence | str:
    """The evidence in the direction that its predicate has in the schema, or the reason why it is rejected.

    `types` are the types of the nodes. A symmetric predicate has the lesser identifier as its subject.
    """
    triple = item.triple
    relation = schema.relations.get(triple.predicate)
    if relation is None:
        return f"predicate {triple.predicate} is not in schema {schema.name}"
    if triple.subject == triple.object:
        return "subject and object are the same node"
    return _directed(item, relation, types[triple.subject], types[triple.object])


def edges_of(evidence: Iterable[Evidence], papers: Mapping[str, str]) -> Iterator[Edge]:
    """Edges of evidence that comes sorted by triple; `papers` as of `Edge`."""
    for triple, group in groupby(evidence, key=lambda item: item.triple):
        items = tuple(group)
        if len(items) > 1:  # identifiers are made of hashes
            items = tuple(sorted(items, key=lambda item: (item.document, item.span, item.id)))
        yield Edge(triple, items, papers)


def _directed(item: Evidence, relation: RelationType, subject_type: str, object_type: str) -> Evidence | str:
    if relation.symmetric and relation.allows(subject_type, object_type):
        return item if item.triple.subject <= item.triple.object else _reversed(item)
    if relation.allows(subject_type, object_type):
        return item
    if relation.allows(object_type, subject_type):
        return _reversed(item)
    return f"predicate {relation.name} may not join {subject_type} and {object_type}"


def _reversed(item: Evidence) -> Evidence:
    triple = Triple(item.triple.object, item.triple.predicate, item.triple.subject)
    return msgspec.structs.replace(item, triple=triple, subject_span=item.object_span, object_span=item.subject_span)
