"""What the ontologies of finished graphs knew of their concepts, told from the tables: no ontology has to be at hand.

Whatever a node has that its mentions alone would not have given it is the ontology's. Where nothing tells the two
apart, the mentions say the same.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from kgbuild.assemble.naming import name_nodes
from kgbuild.concept import Concept, Synonym
from kgbuild.graph import Node
from kgbuild.schema import Schema
from kgbuild.store.parquet import read_batches, read_table
from kgbuild.tables import node_from_row

__all__ = ["known_concepts"]


def known_concepts(graphs: Iterable[Path], schema: Schema) -> dict[str, Concept]:
    """The concepts by CURIE. Where ontologies differ, the name and type of the first graph count, and the synonyms and
    cross-references of all.
    """
    known: dict[str, Concept] = {}
    for graph in graphs:
        for concept in _concepts(graph, schema):
            held = known.get(concept.curie)
            known[concept.curie] = concept if held is None else _joined(held, concept)
    return known


def _concepts(graph: Path, schema: Schema) -> Iterator[Concept]:
    mentions = read_table(graph, "mentions", columns=["node", "type", "text", "document"])
    by_mentions = {node.id: node for node in name_nodes(mentions, schema=schema, concept=lambda _: None)}
    for batch in read_batches(graph, "nodes"):
        for node in map(node_from_row, batch.to_pylist()):
            plain = by_mentions.get(node.id)
            if node.linked and plain is not None and node != plain:  # without mentions it is an import's
                yield _told_apart(node, plain)


def _told_apart(node: Node, plain: Node) -> Concept:
    return Concept(
        node.id,
        "" if node.name == plain.name else node.name,
        "" if node.type == plain.type else node.type,
        synonyms=tuple(map(Synonym, node.synonyms)),
        xrefs=node.xrefs,
    )


def _joined(first: Concept, second: Concept) -> Concept:
    return msgspec.structs.replace(
        first,
        name=first.name or second.name,
        type=first.type or second.type,
        synonyms=tuple(dict.fromkeys((*first.synonyms, *second.synonyms))),
        xrefs=tuple(dict.fromkeys((*first.xrefs, *second.xrefs))),
    )
