"""Documents folded into the tables of a graph.

The documents stream by; only tables stay in memory. Their order does not matter: identifiers come from content,
tables are sorted, and where a document's identifier comes twice with different texts, the longer one is kept. One text
with different layers has been read by several models: what each found is in the graph, and what they agree on once.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from kgbuild.assemble.collecting import Collector, sorted_unique, table_of
from kgbuild.assemble.naming import FindConcept, name_nodes
from kgbuild.assemble.reading import Normalise, Reading, normal_form, read_document
from kgbuild.assemble.settling import edges_of, settle
from kgbuild.document import Document, Failure
from kgbuild.graph import Evidence
from kgbuild.papers import papers_of
from kgbuild.schema import PropertyNames, Schema
from kgbuild.tables import (
    DOCUMENTS,
    EDGES,
    EVIDENCE,
    MEASUREMENTS,
    MENTIONS,
    NODES,
    Row,
    Tables,
    document_row,
    edge_row,
    evidence_from_row,
    evidence_row,
    node_row,
)

__all__ = ["BEST_MEASUREMENT", "BEST_MENTION", "assemble"]

logger = logging.getLogger(__name__)

_FAILURES = pa.schema([(name, pa.string()) for name in ("source", "stage", "reason", "document")])
_COUNTS = pa.schema([("key", pa.string()), ("n", pa.int64())])

#: Which of two evidence rows with one identifier stays: the surer one, then any fixed order.
_BEST_EVIDENCE = (
    ("calibrated", "descending"),
    ("raw", "descending"),
    *((column, "ascending") for column in ("polarity", "modality", "start", "end", "section", "kind", "novel")),
)

#: Which of two mentions with one identifier stays: a place may have had two types before its name got one.
BEST_MENTION = (
    ("score", "descending"),
    ("link_score", "descending"),
    *((column, "ascending") for column in ("negated", "uncertain", "section")),
)

#: Which of two measurements with one identifier stays.
BEST_MEASUREMENT = (("score", "descending"), ("property_type", "descending"), ("section", "ascending"))

#: Which description of a document stays, where those of its readings differ.
_BEST_DOCUMENT = tuple((column, "ascending") for column in DOCUMENTS.names[1:])


def assemble(
    documents: Iterable[Document], *, schema: Schema, concept: FindConcept, normalise: Normalise = normal_form
) -> Tables:
    """The graph that the documents' mentions, relations and measurements make.

    `concept` gives what an ontology knows of a CURIE, `normalise` (of type, text, and what abbreviations stand for in
    the document) the form by which unlinked mentions are told apart. Counts and failures say what was rejected and why.
    """
    gathered = _Gathered()
    properties = PropertyNames(schema.properties.values())
    for document in documents:
        gathered.add(document, schema=schema, properties=properties, normalise=normalise)
    return gathered.tables(schema=schema, concept=concept, normalise=normalise)


class _Chosen(msgspec.Struct):
    """The text that is kept of a document, with the version of each of its readings, by their hash."""

    rank: tuple[int, str]
    versions: dict[bytes, int]


class _Gathered:
    """Rows of the documents so far. A version is the place of a document in the stream."""

    def __init__(self) -> None:
        self._documents = Collector(DOCUMENTS)
        self._mentions = Collector(MENTIONS)
        self._statements = Collector(EVIDENCE)
        self._measurements = Collector(MEASUREMENTS)
        self._failures = Collector(_FAILURES)
        self._counts = Collector(_COUNTS)
        self._chosen: dict[str, _Chosen] = {}  # by document
        self._superseded: set[int] = set()
        self._conflicts: set[str] = set()
        self._n_given = 0

    def add(self, document: Document, *, schema: Schema, properties: PropertyNames, normalise: Normalise) -> None:
        version = self._n_given
        self._n_given += 1
        rank = (len(document.text), document.text_hash)
        held = self._chosen.get(document.id)
        if held is not None and held.rank != rank:
            self._conflicts.add(document.id)
        if held is not None and held.rank < rank:
            self._superseded.update(held.versions.values())
            held = None
        if held is None:
            held = self._chosen[document.id] = _Chosen(rank, {})
        reading = hashlib.sha256(msgspec.msgpack.encode(document)).digest()[:16]
        if held.rank > rank or reading in held.versions:
            return
        held.versions[reading] = version
        self._documents.add((document_row(document),), version)
        self._keep(read_document(document, schema=schema, properties=properties, normalise=normalise), version)

    def tables(self, *, schema: Schema, concept: FindConcept, normalise: Normalise) -> Tables:
        mentions = sorted_unique(self._mentions.table(self._superseded), BEST_MENTION)
        nodes = list(name_nodes(mentions, schema=schema, concept=concept, normalise=normalise))
        types = {node.id: node.type for node in nodes}
        settled = _Settled(schema, types)
        statements = self._statements.table(self._superseded)
        evidence = sorted_unique(table_of(settled.rows(statements), EVIDENCE), _BEST_EVIDENCE)
        documents = sorted_unique(self._documents.table(self._superseded), _BEST_DOCUMENT)
        by_edge = evidence.sort_by([("edge", "ascending")])
        edges = edges_of(map(evidence_from_row, _rows(by_edge)), papers_of(documents))
        biolink = {relation.name: relation.predicate for relation in schema.relations.values()}
        tables = Tables(
            nodes=sorted_unique(table_of((node_row(n, schema.entities[n.type].category) for n in nodes), NODES)),
            edges=sorted_unique(table_of((edge_row(e, biolink[e.triple.predicate]) for e in edges), EDGES)),
            evidence=evidence,
            mentions=mentions,
            documents=documents,
            measurements=sorted_unique(self._measurements.table(self._superseded), BEST_MEASUREMENT),
            failures=self._sorted_failures(settled.failures),
        )
        tables = msgspec.structs.replace(tables, counts=self._all_counts(tables, settled.counts))
        logger.info(
            "assemble: %d documents in, %d nodes, %d edges, %d pieces of evidence out, %d records rejected",
            self._n_given,
            *(tables.counts[key] for key in ("nodes", "edges", "evidence")),
            len(tables.failures),
        )
        return tables

    def _keep(self, reading: Reading, version: int) -> None:
        self._mentions.add(reading.mentions, version)
        self._statements.add(reading.statements, version)
        self._measurements.add(reading.measurements, version)
        self._failures.add((msgspec.structs.asdict(failure) for failure in reading.failures), version)
        self._counts.add(({"key": key, "n": n} for key, n in sorted(reading.counts.items())), version)

    def _sorted_failures(self, settled: list[Failure]) -> tuple[Failure, ...]:
        read = (Failure(**row) for row in _rows(self._failures.table(self._superseded)))
        reason = "given more than once with different texts: the longest was kept"
        twice = (Failure("", "assemble", reason, document) for document in self._conflicts)
        return tuple(sorted((*read, *settled, *twice), key=lambda failure: (failure.document, failure.reason)))

    def _all_counts(self, tables: Tables, settled: Counter[str]) -> dict[str, int]:
        counts = Counter(settled)
        for row in _rows(self._counts.table(self._superseded)):
            counts[row["key"]] += row["n"]
        n_further = sum(len(chosen.versions) - 1 for chosen in self._chosen.values())
        counts["documents_given"] = self._n_given
        counts["documents_repeated"] = self._n_given - tables.documents.num_rows - n_further
        counts["further_readings"] = n_further
        for name in ("nodes", "edges", "evidence", "documents", "mentions", "measurements"):
            counts[name] = getattr(tables, name).num_rows
        counts["measurements_without_subject"] = pc.sum(pc.equal(tables.measurements["subject"], "")).as_py() or 0
        return dict(sorted(counts.items()))


class _Settled:
    """Statements checked one by one, with what was rejected."""

    def __init__(self, schema: Schema, types: dict[str, str]) -> None:
        self._schema = schema
        self._types = types
        self.failures: list[Failure] = []
        self.counts: Counter[str] = Counter()

    def rows(self, statements: pa.Table) -> Iterator[Row]:
        for row in _rows(statements):
            item = evidence_from_row(row)
            result = settle(item, schema=self._schema, types=self._types)
            self.counts["statements"] += 1
            if isinstance(result, str):
                self._reject(item, result)
            else:
                self.counts["statements_accepted"] += 1
                yield evidence_row(result)

    def _reject(self, item: Evidence, reason: str) -> None:
        self.counts[f"statements_rejected: {reason}"] += 1
        words = f"relation {item.triple.subject} {item.triple.predicate} {item.triple.object}: {reason}"
        self.failures.append(Failure("", "assemble", words, item.document))


def _rows(table: pa.Table) -> Iterator[Row]:
    for batch in table.to_batches(max_chunksize=8192):
        yield from batch.to_pylist()
