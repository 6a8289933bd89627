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

from kgbuild.assemble.assembly import BEST_MEASUREMENT, BEST_MENTION
from kgbuild.assemble.collecting import Collector, sorted_unique, table_of
from kgbuild.assemble.naming import name_nodes
from kgbuild.assemble.reading import read_document
from kgbuild.assemble.settling import edges_of, settle
from kgbuild.concept import Concept, Synonym
from kgbuild.document import Document
from kgbuild.errors import ConfigError
from kgbuild.extract.measurements import find_measurements
from kgbuild.graph import Node
from kgbuild.papers import papers_of
from kgbuild.pipeline.folder import GraphFolder
from kgbuild.pipeline.node_names import node_form
from kgbuild.pipeline.readings import GraphReadings
from kgbuild.pipeline.report import Manifest, read_manifest
from kgbuild.schema import PropertyNames, Schema
from kgbuild.store.parquet import read_tables, write_tables
from kgbuild.tables import (
    EDGES,
    EVIDENCE,
    MEASUREMENTS,
    MENTIONS,
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
        layers = _Layers(GraphFolder(graph), manifest, frozenset(targets), schema)
        write_tables(output, _without(tables, pa.array(sorted(targets), pa.string()), layers, schema))


class _Layers:
    """What is left of the documents that the models had a part in, read from these: their rows of mentions and
    measurements; and spans that only the models called a mention.
    """

    def __init__(self, folder: GraphFolder, manifest: Manifest, agents: frozenset[str], schema: Schema) -> None:
        self.documents: set[str] = set()
        self.spans: set[tuple[Any, ...]] = set()
        self.mentions = MENTIONS.empty_table()
        self.measurements = MEASUREMENTS.empty_table()
        if not any("@" in agent or ":" not in agent for agent in agents):
            return  # documents alone, whose identifiers are CURIEs
        readings = GraphReadings(folder, manifest)
        left: set[tuple[Any, ...]] = set()
        for document in readings.documents():
            makers = {mention.agent for mention in document.mentions} | {
                relation.agent for relation in document.relations
            }
            if makers & agents:
                self.documents.add(document.id)
            for mention in document.mentions:
                place = (document.id, mention.span.start, mention.span.end)
                (self.spans if mention.agent in agents else left).add(place)
        self.spans -= left
        properties = PropertyNames(schema.properties.values())
        mentions, measurements = Collector(MENTIONS), Collector(MEASUREMENTS)
        for document in readings.documents():
            if document.id in self.documents:
                rest = _remaining(document, agents)
                reading = read_document(rest, schema=schema, properties=properties, normalise=node_form)
                mentions.add(reading.mentions, 0)
                measurements.add(reading.measurements, 0)
        self.mentions, self.measurements = mentions.table(frozenset()), measurements.table(frozenset())


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


def _without(tables: Tables, targets: pa.Array, layers: _Layers, schema: Schema) -> Tables:
    read_again = pa.array(sorted(layers.documents), pa.string())
    mentions = _keep(
        pa.concat_tables([_keep(tables.mentions, "document", read_again), layers.mentions]), "document", targets
    )
    mentions = sorted_unique(mentions, BEST_MENTION)
    left = _statements(tables.evidence, targets, layers)
    touched = set(_other_rows(tables.evidence, left)["edge"].to_pylist())
    nodes = _nodes(tables, mentions, left, schema)
    evidence = _settled(left, tables.nodes, nodes, schema, touched)
    documents = _keep(tables.documents, "id", targets)
    papers, had = papers_of(documents), papers_of(tables.documents)
    parted = pa.array(sorted(document for document in had if had[document] != papers.get(document)), pa.string())
    touched.update(evidence.filter(_is_in(evidence["document"], parted))["edge"].to_pylist())
    measurements = pa.concat_tables([_keep(tables.measurements, "document", read_again), layers.measurements])
    return Tables(
        nodes=nodes,
        edges=_edges(tables.edges, evidence, touched, papers, schema),
        evidence=evidence,
        mentions=mentions,
        documents=documents,
        measurements=sorted_unique(_keep(measurements, "document", targets), BEST_MEASUREMENT),
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
    """The nodes, those that lost a mention, or one of another type gained, made anew; one without any stays only if
    evidence (an import's) needs it.
    """
    others = (_other_rows(tables.mentions, mentions), _other_rows(mentions, tables.mentions))
    lost = pa.concat_tables(others)["node"].unique()
    if not len(lost):
        return tables.nodes
    of_lost = tables.mentions.filter(_is_in(tables.mentions["node"], lost))
    plain = {node.id: node for node in name_nodes(of_lost, schema=schema, concept=lambda _: None, normalise=node_form)}
    was = {row["id"]: node_from_row(row) for row in tables.nodes.filter(_is_in(tables.nodes["id"], lost)).to_pylist()}
    concepts = {id_: _concept(node) for id_, node in was.items() if node.linked and node != plain.get(id_)}
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
    turned = pa.array(sorted(id_ for id_, type_ in types.items() if was.get(id_) != type_), pa.string())
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
