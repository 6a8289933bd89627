"""The embedded triple store: an Oxigraph database bulk-loaded from the Parquet tables.

    MESH:D001241  a kg:Chemical ; rdfs:label "Aspirin" ; kg:INHIBITOR kgb:c7b4 .
    kgb:edge-1    rdf:reifies <<( MESH:D001241 kg:INHIBITOR kgb:c7b4 )>> ; kg:belief 0.9 ; kg:evidenceCount 1 .
    kgb:evidence-1  a kg:Evidence ; kg:edge kgb:edge-1 ; prov:wasDerivedFrom PMID:1 ; oa:start 0 ; oa:end 22 ;
    oa:exact "…" .

A statement that papers only deny has a reifier (RDF 1.2), a belief of 0 and its evidence, but is not itself asserted.
``kg:INHIBITOR rdfs:subPropertyOf biolink:affects`` and ``kg:Chemical rdfs:subClassOf biolink:ChemicalEntity`` say
what the schema's terms are in Biolink. Prefixes: `kgbuild.prefixes`.
"""

import logging
import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from kgbuild.errors import GraphError
from kgbuild.prefixes import NAMESPACES, iri_of_curie
from kgbuild.schema import Schema
from kgbuild.store.parquet import read_tables
from kgbuild.tables import Row, Tables

__all__ = ["build_rdf", "open_rdf", "quads"]

logger = logging.getLogger(__name__)


@cache
def _term(prefix: str, name: str) -> NamedNode:
    return NamedNode(NAMESPACES[prefix] + name)


def _named(curie: str) -> NamedNode:
    return NamedNode(iri_of_curie(curie))


TYPE = _term("rdf", "type")
LABEL = _term("rdfs", "label")
DERIVED = _term("prov", "wasDerivedFrom")
REIFIES = _term("rdf", "reifies")

#: column of a table -> property; columns whose value is None or "" give no triple
NODE_TERMS = {
    "name": LABEL,
    "linked": _term("kg", "linked"),
    "mention_count": _term("kg", "mentionCount"),
    "document_count": _term("kg", "documentCount"),
}
EDGE_TERMS = {
    "belief": _term("kg", "belief"),
    "evidence_count": _term("kg", "evidenceCount"),
    "documents": _term("kg", "documents"),
    "negated_count": _term("kg", "negatedCount"),
    "speculated_count": _term("kg", "speculatedCount"),
}
PLACE_TERMS = {
    "section": _term("kg", "section"),
    "start": _term("oa", "start"),
    "end": _term("oa", "end"),
    "text": _term("oa", "exact"),
    "table": _term("kg", "table"),
    "row": _term("kg", "row"),
    "column": _term("kg", "column"),
}
EVIDENCE_TERMS = PLACE_TERMS | {
    "kind": _term("kg", "kind"),
    "subject_start": _term("kg", "subjectStart"),
    "subject_end": _term("kg", "subjectEnd"),
    "object_start": _term("kg", "objectStart"),
    "object_end": _term("kg", "objectEnd"),
    "polarity": _term("kg", "polarity"),
    "modality": _term("kg", "modality"),
    "novel": _term("kg", "novel"),
    "calibrated": _term("kg", "score"),
    "raw": _term("kg", "rawScore"),
    "agent": _term("kg", "agent"),
    "revision": _term("kg", "revision"),
}
DOCUMENT_TERMS = {
    "title": _term("dcterms", "title"),
    "year": _term("dcterms", "date"),
    "journal": _term("dcterms", "isPartOf"),
    "doi": _term("kg", "doi"),
    "pmid": _term("kg", "pmid"),
    "pmcid": _term("kg", "pmcid"),
    "retracted": _term("kg", "retracted"),
}
MEASUREMENT_TERMS = PLACE_TERMS | {
    "property_text": _term("kg", "propertyText"),
    "property_type": _term("kg", "propertyType"),
    "value": _term("kg", "value"),
    "low": _term("kg", "low"),
    "high": _term("kg", "high"),
    "uncertainty": _term("kg", "uncertainty"),
    "unit": _term("kg", "unit"),
    "si_value": _term("kg", "siValue"),
    "si_unit": _term("kg", "siUnit"),
    "relation": _term("kg", "relation"),
    "score": _term("kg", "score"),
}


def build_rdf(folder: Path, schema: Schema) -> None:
    """Load the folder's tables into `folder/rdf`, which is replaced when all is loaded."""
    unfinished = folder / ".rdf.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    tables = read_tables(folder)
    try:
        store = Store(str(unfinished))
        store.bulk_extend(quads(tables, schema))
        store.optimize()
        n_quads = len(store)
        del store  # the lock on the folder goes with it
    except (OSError, ValueError, RuntimeError) as error:
        raise GraphError(f"{folder}: the RDF store cannot be built: {error}") from error
    shutil.rmtree(folder / "rdf", ignore_errors=True)
    unfinished.rename(folder / "rdf")
    logger.info("store: %d triples in %s", n_quads, folder / "rdf")


def open_rdf(folder: Path) -> Store:
    """The store, read-only. GraphError if it is missing or damaged."""
    path = folder / "rdf"
    if not path.is_dir():
        raise GraphError(f"{folder}: expected a graph, found no rdf/; run kgbuild build PATH… -o GRAPH")
    try:
        return Store.read_only(str(path))
    except (OSError, ValueError, RuntimeError) as error:
        raise GraphError(f"{path}: damaged or made by another version ({error}); run kgbuild build again") from error


def quads(tables: Tables, schema: Schema) -> Iterator[Quad]:
    """The whole graph as RDF, in the default graph."""
    yield from _vocabulary(schema)
    for table, statements in (
        (tables.documents, _document),
        (tables.nodes, _node),
        (tables.edges, _edge),
        (tables.evidence, _evidence),
        (tables.mentions.group_by(["node", "document"]).aggregate([]), _mention),
        (tables.measurements, _measurement),
    ):
        for row in _rows(table):
            for triple in statements(row):
                yield Quad(*triple)


Statement = tuple[NamedNode, NamedNode, NamedNode | Literal | Triple]


def _vocabulary(schema: Schema) -> Iterator[Quad]:
    for entity in schema.entities.values():
        if entity.category:
            yield Quad(_term("kg", entity.name), _term("rdfs", "subClassOf"), _named(entity.category))
    for relation in schema.relations.values():
        if relation.predicate:
            predicate = _term("kg", relation.name)
            yield Quad(predicate, _term("rdfs", "subPropertyOf"), _named(relation.predicate))


def _node(row: Row) -> Iterator[Statement]:
    node = _named(row["id"])
    yield node, TYPE, _term("kg", row["type"])
    yield from _values(node, row, NODE_TERMS)
    for synonym in row["synonyms"]:
        yield node, _term("skos", "altLabel"), Literal(synonym)
    for xref in row["xrefs"]:
        yield node, _term("skos", "closeMatch"), _named(xref)


def _edge(row: Row) -> Iterator[Statement]:
    subject, predicate = _named(row["subject"]), _term("kg", row["predicate"])
    object = _named(row["object"])
    edge = _named(row["id"])
    if row["evidence_count"] > row["negated_count"]:
        yield subject, predicate, object
    yield edge, REIFIES, Triple(subject, predicate, object)
    yield from _values(edge, row, EDGE_TERMS)


def _evidence(row: Row) -> Iterator[Statement]:
    evidence = _named(row["id"])
    yield evidence, TYPE, _term("kg", "Evidence")
    yield evidence, _term("kg", "edge"), _named(row["edge"])
    yield evidence, DERIVED, _named(row["document"])
    yield from _values(evidence, row, EVIDENCE_TERMS)


def _document(row: Row) -> Iterator[Statement]:
    document = _named(row["id"])
    yield document, TYPE, _term("kg", "Document")
    yield from _values(document, row, DOCUMENT_TERMS)


def _mention(row: Row) -> Iterator[Statement]:
    yield _named(row["node"]), _term("kg", "mentionedIn"), _named(row["document"])


def _measurement(row: Row) -> Iterator[Statement]:
    measurement = _named(row["id"])
    yield measurement, TYPE, _term("kg", "Measurement")
    yield measurement, DERIVED, _named(row["document"])
    for end in ("subject", "property"):
        if row[end]:
            yield measurement, _term("kg", end), _named(row[end])
    for condition in row["conditions"]:
        yield measurement, _term("kg", "condition"), Literal(f"{condition['name']} = {condition['value']}")
    yield from _values(measurement, row, MEASUREMENT_TERMS)


def _values(subject: NamedNode, row: Row, terms: dict[str, NamedNode]) -> Iterator[Statement]:
    for column, term in terms.items():
        value: Any = row[column]
        if value is not None and value != "":
            yield subject, term, Literal(value)


def _rows(table: pa.Table) -> Iterable[Row]:
    for batch in table.to_batches(max_chunksize=8192):
        yield from batch.to_pylist()
