"""Nodes from the mentions of all documents: type and name by concept, or else by majority.

An unlinked node has as its name the most frequent one that is written out: "nanoparticles" before the "NPs" of papers
that define it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator

import pyarrow as pa

from kgbuild.assemble.reading import Normalise, normal_form, unlinked_id
from kgbuild.concept import Concept
from kgbuild.formula import find_composition
from kgbuild.graph import Node
from kgbuild.schema import Schema

__all__ = ["FindConcept", "name_nodes"]

FindConcept = Callable[[str], Concept | None]


def name_nodes(
    mentions: pa.Table, *, schema: Schema, concept: FindConcept, normalise: Normalise = normal_form
) -> Iterator[Node]:
    """A node for every identifier in a MENTIONS table, in no particular order.

    `normalise` is what the identifiers of unlinked nodes were made with.
    """
    types = _counts_by_node(mentions, "type")
    surfaces = _counts_by_node(mentions, "text")
    documents = mentions.group_by("node").aggregate([("document", "count_distinct")])
    document_counts = dict(
        zip(*(documents[name].to_pylist() for name in ("node", "document_count_distinct")), strict=True)
    )
    for node_id, type_counts in types.items():
        found = None if _is_unlinked(node_id) else concept(node_id)
        names = surfaces[node_id]
        if found is not None and found.name:
            name = found.name
        else:
            name = _most_frequent(_written_out(names, node_id, type_counts, normalise))
        known = found.synonyms if found is not None else ()
        synonyms = {synonym.name for synonym in known} if found is not None else set(names)
        type_ = found.type if found is not None and found.type in schema.entities else _most_frequent(type_counts)
        yield Node(
            id=node_id,
            name=name,
            type=type_,
            xrefs=tuple(sorted(set(found.xrefs))) if found is not None else (),
            synonyms=tuple(sorted(synonyms - {name, ""})),
            linked=not _is_unlinked(node_id),
            mention_count=sum(type_counts.values()),
            document_count=document_counts[node_id],
            composition=find_composition(type_, name, synonyms, names),
        )


def _written_out(names: Counter[str], node_id: str, types: Iterable[str], normalise: Normalise) -> Counter[str]:
    """Those of a node's names that need no abbreviation of a document to be its names; all if there is none."""
    if len(names) == 1 or not _is_unlinked(node_id):
        return names
    own = {name for name in names for type in types if unlinked_id(type, normalise(type, name, {})) == node_id}
    return Counter({name: names[name] for name in own}) or names


def _is_unlinked(node_id: str) -> bool:
    return node_id.startswith("kgb:")


def _counts_by_node(mentions: pa.Table, column: str) -> dict[str, Counter[str]]:
    counted = mentions.group_by(["node", column]).aggregate([([], "count_all")])
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for node, value, n in zip(*(counted[name].to_pylist() for name in ("node", column, "count_all")), strict=True):
        counts[node][value] += n
    return counts


def _most_frequent(counts: Counter[str]) -> str:
    # of equal ones a name in small letters, and the singular, which is shorter; letters of one capital (µ, μ) in order
    return min(counts, key=lambda value: (-counts[value], value.swapcase(), value))
