"""A graph's tables without what some documents or models say: what assembly makes of the rest.

Rows of theirs go; nodes and edges that they had a part in are made anew of what remains, by assembly's own rules. Who
found a mention stands in the documents alone, which are read where a model goes. One thing differs from a build of the
rest: a statement that was rejected because of a type that their mentions gave a node is not brought back.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from kgbuild.assemble.collecting import sorted_unique, table_of
from kgbuild.assemble.naming import name_nodes
from kgbuild.assemble.settling import edges_of, settle
from kgbuild.concept import Concept, Synonym
from kgbuild.document import Document, Measurement
from kgbuild.errors import ConfigError
from kgbuild.extract.measurements import find_measurements
from kgbuild.graph import Node
from kgbuild.papers import papers_of
from kgbuild.pipeline.folder import GraphFolder
from kgbuild.pipeline.node_names import node_form
from kgbuild.pipeline.report import read_manifest
from kgbuild.pipeline.shards import Shards
from kgbuild.schema import Schema
from kgbuild.store.parquet import read_tables, write_tables
from kgbuild.tables import (
    EDGES,
    EVIDENCE,
    NODES,
    Row,
    Tables,
    edge_row,
    evidence_from_row,
    evidence_row,
    node_from_row,
    node_row,
)

__all__ = ["write_without"]


def write_without(graph: Path, targets: Collection[str], output: Path, *, schema: Schema) -> None:
    """Write the tables of a graph without these documents and models (agent@revision) into a folder.

    What none of them had a part in is the same, to the byte. ConfigError if the schema is not the graph's.
    """
    manifest = read_manifest(graph)
    if (manifest.schema, manifest.schema_version) != (schema.name, schema.version):
        raise ConfigError(
            f"{graph}: expected the schema {manifest.schema} of version {manifest.schema_version}, with which it was "
            f"built, found {schema.name} of version {schema.version}; give that one with -s"
        )
    with GraphFolder(graph).shared():
        tables = read_tables(graph)
        layers = _Layers(GraphFolder(graph), frozenset(targets))
        write_tables(output, _without(tables, pa.array(sorted(targets), pa.string()), layers, schema))


class _Layers:
    """Mentions and measurements that only the models found, by place, and spans that only they called a mention; read
    from the documents.
    """

    def __init__(self, folder: GraphFolder, agents: frozenset[str]) -> None:
        self.mentions: set[tuple[Any, ...]] = set()
        self.spans: set[tuple[Any, ...]] = set()
        self.measurements: set[tuple[Any, ...]] = set()
        if not any("@" in agent or ":" not in agent for agent in agents):
            return  # documents alone, whose identifiers are CURIEs
        others: set[tuple[Any, ...]] = set()
        shards = Shards(folder.documents)
        for name in shards.names():
            for record in shards.records(name):
                document = record.document
                for mention in document.mentions:
                    place = (document.id, mention.span.start, mention.span.end, mention.type)
                    (self.mentions if mention.agent in agents else others).add(place)
                left = _remaining(document, agents)
                gone = set(document.measurements) - set(left.measurements)
                self.measurements.update(_place(document, item) for item in gone)
        self.mentions -= others
        self.spans = {place[:3] for place in self.mentions} - {place[:3] for place in others}


def _remaining(document: Document, agents: frozenset[str]) -> Document:
    """The document without the models' mentions, relations, and the measurements that these made."""
    mentions = tuple(mention for mention in document.mentions if mention.agent not in agents)
    ids = {mention.id for mention in mentions}
    relations = tuple(r for r in document.relations if r.agent not in agents and {r.subject, r.object} <= ids)
    left = msgspec.structs.replace(document, mentions=mentions, relations=relations)
    gone = set(find_measurements(document)) - set(find_measurements(left))
    return msgspec.structs.replace(
        left,
        # which property of the schema it is was told later
        measurements=tuple(
            m for m in document.measurements if msgspec.structs.replace(m, property_type="") not in gone
        ),
    )


def _place(document: Document, item: Measurement) -> tuple[Any, ...]:
    mention = document.mention_index().get(item.property)
    text = item.property if mention is None else document.text_of(mention.span)
    quantity = item.quantity
    return document.id, item.span.start, item.span.end, text, quantity.value, quantity.low, quantity.high, quantity.unit


def _without(tables: Tables, targets: pa.Array, layers: _Layers, schema: Schema) -> Tables:
    mentions = _keep(tables.mentions, "document", targets)
    mentions = _keep_places(mentions, ("document", "start", "end", "type"), layers.mentions)
    left = _statements(tables.evidence, targets, layers)
    touched = set(_other_rows(tables.evidence, left)["edge"].to_pylist())
    nodes = _nodes(tables, mentions, left, schema)
    evidence = _settled(left, tables.nodes, nodes, schema, touched)
    documents = _keep(tables.documents, "id", targets)
    papers, had = papers_of(documents), papers_of(tables.documents)
    parted = pa.array(sorted(document for document in had if had[document] != papers.get(document)), pa.string())
    touched.update(evidence.filter(_is_in(evidence["document"], parted))["edge"].to_pylist())
    place = ("document", "start", "end", "property_text", "value", "low", "high", "unit")
    measurements = _keep_places(_keep(tables.measurements, "document", targets), place, layers.measurements)
    return Tables(
        nodes=nodes,
        edges=_edges(tables.edges, evidence, touched, papers, schema),
        evidence=evidence,
        mentions=mentions,
        documents=documents,
        measurements=measurements,
    )


def _statements(evidence: pa.Table, targets: pa.Array, layers: _Layers) -> pa.Table:
    """The evidence of others, between mentions that others found."""
    evidence = _keep(evidence, "document", targets)
    separator = pc.if_else(pc.equal(evidence["revision"], ""), "", "@")
    models = pc.binary_join_element_wise(evidence["agent"], evidence["revision"], separator)
    evidence = evidence.filter(pc.invert(_is_in(models, targets)))
    for end in ("subject", "object"):
        evidence = _keep_places(evidence, ("document", f"{end}_start", f"{end}_end"), layers.spans)
    return evidence


def _nodes(tables: Tables, mentions: pa.Table, evidence: pa.Table, schema: Schema) -> pa.Table:
    """The nodes, those that lost a mention made anew; one without any stays only if evidence (an import's) needs it."""
    lost = _other_rows(tables.mentions, mentions)["node"].unique()
    if not len(lost):
        return tables.nodes
    of_lost = tables.mentions.filter(_is_in(tables.mentions["node"], lost))
    plain = {node.id: node for node in name_nodes(of_lost, schema=schema, concept=lambda _: None, normalise=node_form)}
    was = {row["id"]: node_from_row(row) for row in tables.nodes.filter(_is_in(tables.nodes["id"], lost)).to_pylist()}
    concepts = {id_: _concept(node) for id_, node in was.items() if node.linked and node != plain[id_]}
    left = mentions.filter(_is_in(mentions["node"], lost))
    made = {node.id: node for node in name_nodes(left, schema=schema, concept=concepts.get, normalise=node_form)}
    for id_ in {*evidence["subject"].to_pylist(), *evidence["object"].to_pylist()} & (was.keys() - made.keys()):
        made[id_] = msgspec.structs.replace(was[id_], mention_count=0, document_count=0)
    rows = table_of((node_row(node, schema.entities[node.type].category) for node in made.values()), NODES)
    return sorted_unique(pa.concat_tables([tables.nodes.filter(pc.invert(_is_in(tables.nodes["id"], lost))), rows]))


def _concept(node: Node) -> Concept:
    """What the ontology knew of a node that is not what its mentions alone would have made it."""
    return Concept(node.id, node.name, node.type, synonyms=tuple(map(Synonym, node.synonyms)), xrefs=node.xrefs)


def _settled(evidence: pa.Table, before: pa.Table, after: pa.Table, schema: Schema, touched: set[str]) -> pa.Table:
    """The evidence, that of nodes of another type settled again; edges that it leaves or joins are `touched`."""
    was, types = (dict(zip(*(t[name].to_pylist() for name in ("id", "type")), strict=True)) for t in (before, after))
    turned = pa.array(sorted(id_ for id_, type_ in types.items() if was[id_] != type_), pa.string())
    doubtful = pc.or_(_is_in(evidence["subject"], turned), _is_in(evidence["object"], turned))
    settled = []
    for row in evidence.filter(doubtful).to_pylist():
        touched.add(row["edge"])
        item = settle(evidence_from_row(row), schema=schema, types=types)
        if not isinstance(item, str):
            settled.append(evidence_row(item))
            touched.add(settled[-1]["edge"])
    return sorted_unique(pa.concat_tables([evidence.filter(pc.invert(doubtful)), table_of(settled, EVIDENCE)]))


def _edges(
    edges: pa.Table, evidence: pa.Table, touched: set[str], papers: Mapping[str, str], schema: Schema
) -> pa.Table:
    """The edges, the touched ones made anew of their evidence."""
    ids = pa.array(sorted(touched), pa.string())
    biolink = {relation.name: relation.predicate for relation in schema.relations.values()}
    rows = evidence.filter(_is_in(evidence["edge"], ids)).sort_by([("edge", "ascending")])
    made = edges_of(map(evidence_from_row, _rows(rows)), papers)
    table = table_of((edge_row(edge, biolink[edge.triple.predicate]) for edge in made), EDGES)
    return sorted_unique(pa.concat_tables([edges.filter(pc.invert(_is_in(edges["id"], ids))), table]))


def _keep(table: pa.Table, column: str, targets: pa.Array) -> pa.Table:
    return table.filter(pc.invert(_is_in(table[column], targets)))


def _keep_places(table: pa.Table, columns: tuple[str, ...], places: set[tuple[Any, ...]]) -> pa.Table:
    if not places:
        return table
    keys = zip(*(table[name].to_pylist() for name in columns), strict=True)
    return table.filter(pa.array([key not in places for key in keys], pa.bool_()))


def _other_rows(table: pa.Table, part: pa.Table) -> pa.Table:
    return table.filter(pc.invert(_is_in(table["id"], part["id"])))


def _is_in(values: pa.ChunkedArray, among: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.is_in(values, value_set=among.combine_chunks() if isinstance(among, pa.ChunkedArray) else among)


def _rows(table: pa.Table) -> Iterator[Row]:
    for batch in table.to_batches(max_chunksize=8192):
        yield from batch.to_pylist()
