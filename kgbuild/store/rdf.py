"""The graph as RDF, streamed from the Parquet tables, and the embedded triple store (Oxigraph) that it is loaded into.

    MESH:D001241  a kg:Chemical ; rdfs:label "Aspirin" ; kg:INHIBITOR kgb:c7b4 .
    kgb:edge-1    rdf:reifies <<( MESH:D001241 kg:INHIBITOR kgb:c7b4 )>> ; kg:belief 0.9 ; kg:evidenceCount 1 .
    kgb:evidence-1  a kg:Evidence ; kg:edge kgb:edge-1 ; prov:wasDerivedFrom PMID:1 ; oa:start 0 ; oa:end 22 ;
    oa:exact "…" .

A statement that papers only deny has a reifier (RDF 1.2), a belief of 0 and its evidence, but is not itself asserted.
``kg:INHIBITOR rdfs:subPropertyOf biolink:affects`` and ``kg:Chemical rdfs:subClassOf biolink:ChemicalEntity`` say
what the graph's terms are in Biolink. Prefixes: `kgbuild.prefixes`.
"""

import logging
import shutil
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from kgbuild.errors import GraphError
from kgbuild.prefixes import NAMESPACES, iri_of_curie
from kgbuild.store.parquet import read_batches, read_table
from kgbuild.tables import Row

__all__ = ["REIFIES", "build_rdf", "named", "open_rdf", "term", "triples"]

logger = logging.getLogger(__name__)


#: Documents whose mentions are in memory together.
DOCUMENTS_AT_ONCE = 16384


@cache
def term(prefix: str, name: str) -> NamedNode:
    """A term of one of our vocabularies."""
    return NamedNode(NAMESPACES[prefix] + name)


@lru_cache(maxsize=65536)  # an edge, a document and a node are named in many rows
def named(curie: str) -> NamedNode:
    """What has this CURIE."""
    return NamedNode(iri_of_curie(curie))


TYPE = term("rdf", "type")
LABEL = term("rdfs", "label")
DERIVED = term("prov", "wasDerivedFrom")
REIFIES = term("rdf", "reifies")

#: column of a table -> property; columns whose value is None or "" give no triple
NODE_TERMS = {
    "name": LABEL,
    "linked": term("kg", "linked"),
    "mention_count": term("kg", "mentionCount"),
    "document_count": term("kg", "documentCount"),
}
EDGE_TERMS = {
    "belief": term("kg", "belief"),
    "evidence_count": term("kg", "evidenceCount"),
    "documents": term("kg", "documents"),
    "negated_count": term("kg", "negatedCount"),
    "speculated_count": term("kg", "speculatedCount"),
}
PLACE_TERMS = {
    "section": term("kg", "section"),
    "start": term("oa", "start"),
    "end": term("oa", "end"),
    "text": term("oa", "exact"),
    "table": term("kg", "table"),
    "row": term("kg", "row"),
    "column": term("kg", "column"),
}
EVIDENCE_TERMS = PLACE_TERMS | {
    "kind": term("kg", "kind"),
    "subject_start": term("kg", "subjectStart"),
    "subject_end": term("kg", "subjectEnd"),
    "object_start": term("kg", "objectStart"),
    "object_end": term("kg", "objectEnd"),
    "polarity": term("kg", "polarity"),
    "modality": term("kg", "modality"),
    "novel": term("kg", "novel"),
    "calibrated": term("kg", "score"),
    "raw": term("kg", "rawScore"),
    "agent": term("kg", "agent"),
    "revision": term("kg", "revision"),
}
DOCUMENT_TERMS = {
    "title": term("dcterms", "title"),
    "year": term("dcterms", "date"),
    "journal": term("dcterms", "isPartOf"),
    "doi": term("kg", "doi"),
    "pmid": term("kg", "pmid"),
    "pmcid": term("kg", "pmcid"),
    "retracted": term("kg", "retracted"),
}
MEASUREMENT_TERMS = PLACE_TERMS | {
    "property_text": term("kg", "propertyText"),
    "property_type": term("kg", "propertyType"),
    "value": term("kg", "value"),
    "low": term("kg", "low"),
    "high": term("kg", "high"),
    "uncertainty": term("kg", "uncertainty"),
    "unit": term("kg", "unit"),
    "si_value": term("kg", "siValue"),
    "si_unit": term("kg", "siUnit"),
    "relation": term("kg", "relation"),
    "score": term("kg", "score"),
}


def build_rdf(folder: Path) -> None:
    """Load the folder's tables into `folder/rdf`, which is replaced when all is loaded."""
    unfinished = folder / ".rdf.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        store = Store(str(unfinished))
        store.bulk_extend(Quad(*triple) for triple in triples(folder))
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


def triples(folder: Path) -> Iterator[Triple]:
    """The whole graph, each statement once; memory does not grow with it."""
    yield from _vocabulary(folder)
    for name, statements in (
        ("documents", _document),
        ("nodes", _node),
        ("edges", _edge),
        ("evidence", _evidence),
        ("measurements", _measurement),
    ):
        for batch in read_batches(folder, name):
            for row in batch.to_pylist():
                for statement in statements(row):
                    yield Triple(*statement)
    yield from _mentioned(folder)


Statement = tuple[NamedNode, NamedNode, NamedNode | Literal | Triple]


def _vocabulary(folder: Path) -> Iterator[Triple]:
    for name, ours, biolink, relation in (
        ("nodes", "type", "category", "subClassOf"),
        ("edges", "predicate", "biolink_predicate", "subPropertyOf"),
    ):
        pairs: set[tuple[str, str]] = set()
        for batch in read_batches(folder, name, columns=[ours, biolink]):
            distinct = batch.group_by([ours, biolink]).aggregate([])
            pairs.update(zip(distinct[ours].to_pylist(), distinct[biolink].to_pylist(), strict=True))
        for narrow, wide in sorted(pairs):
            if wide:
                yield Triple(term("kg", narrow), term("rdfs", relation), named(wide))


def _mentioned(folder: Path) -> Iterator[Triple]:
    """Which document names which node, once however often it does."""
    for documents in read_batches(folder, "documents", columns=["id"], size=DOCUMENTS_AT_ONCE):
        first, last = documents["id"][0].as_py(), documents["id"][-1].as_py()
        within = [("document", ">=", first), ("document", "<=", last)]
        mentions = read_table(folder, "mentions", columns=["node", "document"], filters=within)
        pairs = mentions.group_by(["node", "document"]).aggregate([])
        for row in pairs.sort_by([("document", "ascending"), ("node", "ascending")]).to_pylist():
            yield Triple(named(row["node"]), term("kg", "mentionedIn"), named(row["document"]))


def _node(row: Row) -> Iterator[Statement]:
    node = named(row["id"])
    yield node, TYPE, term("kg", row["type"])
    yield from _values(node, row, NODE_TERMS)
    for synonym in row["synonyms"]:
        yield node, term("skos", "altLabel"), Literal(synonym)
    for xref in row["xrefs"]:
        yield node, term("skos", "closeMatch"), named(xref)


def _edge(row: Row) -> Iterator[Statement]:
    subject, predicate = named(row["subject"]), term("kg", row["predicate"])
    object = named(row["object"])
    edge = named(row["id"])
    if row["evidence_count"] > row["negated_count"]:
        yield subject, predicate, object
    yield edge, REIFIES, Triple(subject, predicate, object)
    yield from _values(edge, row, EDGE_TERMS)


def _evidence(row: Row) -> Iterator[Statement]:
    evidence = named(row["id"])
    yield evidence, TYPE, term("kg", "Evidence")
    yield evidence, term("kg", "edge"), named(row["edge"])
    yield evidence, DERIVED, named(row["document"])
    yield from _values(evidence, row, EVIDENCE_TERMS)


def _document(row: Row) -> Iterator[Statement]:
    document = named(row["id"])
    yield document, TYPE, term("kg", "Document")
    yield from _values(document, row, DOCUMENT_TERMS)


def _measurement(row: Row) -> Iterator[Statement]:
    measurement = named(row["id"])
    yield measurement, TYPE, term("kg", "Measurement")
    yield measurement, DERIVED, named(row["document"])
    for end in ("subject", "property"):
        if row[end]:
            yield measurement, term("kg", end), named(row[end])
    for condition in row["conditions"]:
        yield measurement, term("kg", "condition"), Literal(f"{condition['name']} = {condition['value']}")
    yield from _values(measurement, row, MEASUREMENT_TERMS)


def _values(subject: NamedNode, row: Row, terms: dict[str, NamedNode]) -> Iterator[Statement]:
    for column, term in terms.items():
        value: Any = row[column]
        if value is not None and value != "":
            yield subject, term, Literal(value)
