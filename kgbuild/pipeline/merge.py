"""Finished graphs into a new one: their documents with all layers are copied and assembled together.

No document is annotated again and no model or ontology is needed. It is the graph that a build of all their papers
makes, if the same model read them. A document that several models, or revisions of one, have read is in it with all
that each of them read in its text; for belief and in all counts of documents it is one.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pyarrow as pa

from kgbuild.document import Document, Failure, Metadata
from kgbuild.errors import ConfigError, GraphError
from kgbuild.pipeline.atomic import write_atomically
from kgbuild.pipeline.concepts import known_concepts
from kgbuild.pipeline.folder import FAILURES, GraphFolder, new_graph_folder
from kgbuild.pipeline.imports import copy_imports, import_failures
from kgbuild.pipeline.ledger import FileState, Ledger, encode_states
from kgbuild.pipeline.progress import Progress, no_progress
from kgbuild.pipeline.publish import publish
from kgbuild.pipeline.readings import GraphReadings, ReadingKey, Readings, Signatures, held_entries, held_records
from kgbuild.pipeline.report import Makers, Manifest, read_manifest
from kgbuild.pipeline.shards import Batcher, Entry, Record, Shards
from kgbuild.schema import Schema
from kgbuild.store.parquet import read_table

__all__ = ["MergeReport", "merge"]

#: Stages of a build whose failures leave a document out of the graph; no file's account holds them.
STAGES = frozenset({"extract", "link"})


class MergeReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a merge did: documents of each graph, and how many of them are in more than one."""

    documents: tuple[int, ...]
    shared: int
    seconds: float
    graph: Manifest


def merge(graphs: Sequence[Path], output: Path, *, schema: Schema, progress: Progress = no_progress) -> MergeReport:
    """Make one graph of these in a new folder, which is there whole or not at all; what was done.

    Of a document with several texts one is kept, by the rule of builds (see `index`), with the readings of all models.
    Raises before it starts anything when a folder is no finished graph, or a schema differs.
    """
    started = time.monotonic()
    manifests = [read_manifest(graph) for graph in graphs]
    _check_schemas(graphs, manifests, schema)
    with ExitStack() as stack:
        for graph in graphs:
            stack.enter_context(GraphFolder(graph).shared())
        parts = [_Part(graph, manifest) for graph, manifest in zip(graphs, manifests, strict=True)]
        folder = stack.enter_context(new_graph_folder(output))
        makers = sorted({item for manifest in manifests for item in manifest.makers})
        merged = _Merged(parts, makers, folder)
        merged.copy(progress)
        copy_imports(map(GraphFolder, graphs), folder)
        counts = publish(
            folder,
            progress("assembling", merged.documents(), merged.n_readings()),
            [*merged.failures(), *import_failures(folder)],
            schema=schema,
            concept=known_concepts(graphs, schema).get,
            makers=makers,
            progress=progress,
        )
    given = tuple(len(part.documents) for part in parts)
    n_distinct = len(set().union(*(part.documents for part in parts)))
    return MergeReport(
        documents=given, shared=sum(given) - n_distinct, seconds=time.monotonic() - started, graph=counts
    )


class _Part:
    """One of the graphs that are merged. GraphError if its tables are not what its documents make."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        folder = GraphFolder(path)
        self._shards = Shards(folder.documents)
        self.ledger = Ledger(folder.files)
        self.failures = _stage_failures(path / FAILURES)
        self.deleted = self.ledger.deleted()
        readings = GraphReadings(folder, manifest)
        self._holdings = readings.holdings
        sources = set(readings.sources.items())
        imported = {id_ for part in folder.import_parts() for id_ in _documents(part)["id"].to_pylist()}
        table = _documents(path)
        found = set(zip(*(table[name].to_pylist() for name in ("id", "source")), strict=True))
        if not sources <= found or any(id_ not in imported for id_, _ in found - sources):
            raise GraphError(
                f"{path}: expected the graph of all documents in the folder, found that a build was cut off before it "
                "assembled them; run the same kgbuild build again to its end"
            )
        self.documents = readings.sources.keys()

    def entries(self) -> Iterator[Entry]:
        """The records that files still hold."""
        return held_entries(self._shards, self._holdings)

    def records(self) -> Iterator[Record]:
        """The same with their documents."""
        return held_records(self._shards, self._holdings)


class _Merged:
    """The documents of all parts, in a new folder."""

    def __init__(self, parts: Sequence[_Part], makers: Sequence[Makers], folder: GraphFolder) -> None:
        self._parts = parts
        self._signatures = Signatures(makers)
        self._folder = folder
        self._shards = Shards(folder.documents)
        readings = Readings()
        self._source: dict[ReadingKey, int] = {}  # record -> the first part that has it
        for number, part in enumerate(parts):
            for entry in part.entries():
                key = self._signatures.key_of(entry)
                readings.put(entry, key)
                self._source.setdefault(key, number)
        with_layers = {identity for identity, makers in self._source if makers is not None}
        self._source = {key: n for key, n in self._source.items() if key[1] is not None or key[0] not in with_layers}
        self._kept = readings.kept(set().union(*(part.deleted for part in parts)))
        self._duplicates = list(readings.duplicates(self._kept))
        best = readings.best()
        #: readings whose documents describe others: the best of documents of which a kept one is from another file
        self._describing = {best[key[0]].identity for key, _ in self._kept if best[key[0]].identity != key}
        self._descriptions: dict[str, tuple[str, Metadata]] = {}

    def copy(self, progress: Progress) -> None:
        """Write the account of files and all readings."""
        write_atomically(self._folder.files, encode_states(_joined_states(part.ledger for part in self._parts)))
        # a file for each maker: no two records of one reading are in the same, see `Index.identities`
        batchers: dict[Makers | None, Batcher[Record]] = {}
        for record, makers in progress("copying", self._chosen_records(), len(self._source)):
            if batch := batchers.setdefault(makers, Batcher()).add(record, record.entry.length):
                self._shards.write(batch)
            if record.entry.identity in self._describing:
                self._descriptions[record.entry.id] = record.document.title, record.document.metadata
        for batcher in batchers.values():
            if batch := batcher.rest():
                self._shards.write(batch)

    def documents(self) -> Iterator[Document]:
        """The documents that make the graph, once for each reading."""
        for name in self._shards.names():
            for record in self._shards.records(name):
                if self._signatures.key_of(record.entry) in self._kept:
                    yield self._described(record.document)

    def n_readings(self) -> int:
        """How many these are."""
        return len(self._kept)

    def failures(self) -> Iterator[Failure]:
        """What the parts' builds could not do, and the readings that are not kept."""
        present = {id_ for (id_, *_), _ in self._kept}
        yield from Ledger(self._folder.files).failures()
        failures = dict.fromkeys(failure for part in self._parts for failure in part.failures)
        yield from (failure for failure in failures if failure.document not in present)
        yield from self._duplicates

    def _described(self, document: Document) -> Document:
        title, metadata = self._descriptions.get(document.id, (document.title, document.metadata))
        return msgspec.structs.replace(document, title=title, metadata=metadata)

    def _chosen_records(self) -> Iterator[tuple[Record, Makers | None]]:
        left = dict(self._source)
        for number, part in enumerate(self._parts):
            for record in part.records():
                key = self._signatures.key_of(record.entry)
                if left.get(key) == number:
                    del left[key]
                    yield record, key[1]


def _check_schemas(graphs: Sequence[Path], manifests: Sequence[Manifest], schema: Schema) -> None:
    for graph, manifest in zip(graphs, manifests, strict=True):
        if (manifest.schema, manifest.schema_version) != (schema.name, schema.version):
            raise ConfigError(
                f"{graph}: expected a graph of the schema {schema.name} of version {schema.version}, found "
                f"{manifest.schema} of version {manifest.schema_version}; give the schema of all graphs with -s, or "
                "build this one again with it"
            )


def _documents(folder: Path) -> pa.Table:
    return read_table(folder, "documents", columns=["id", "source"])


def _stage_failures(path: Path) -> list[Failure]:
    try:
        failures = [msgspec.json.decode(line, type=Failure) for line in path.read_bytes().splitlines()]
    except (OSError, msgspec.DecodeError) as error:
        raise GraphError(f"{path}: expected the failures of a graph ({error}); run kgbuild build again") from error
    return [failure for failure in failures if failure.stage in STAGES]


def _joined_states(ledgers: Iterable[Ledger]) -> Iterator[FileState]:
    """One state for each file: what any of the graphs holds of it stays."""
    states: dict[str, FileState] = {}
    for ledger in ledgers:
        for state in ledger.states():
            held = states.get(state.file)
            states[state.file] = state if held is None else _joined_state(held, state)
    yield from (states[file] for file in sorted(states))


def _joined_state(first: FileState, second: FileState) -> FileState:
    is_whole = first.holds is not None and second.holds is not None
    holds = tuple(sorted({*(first.holds or ()), *(second.holds or ())})) if is_whole else None
    return FileState(first.file, holds, tuple(dict.fromkeys((*first.failures, *second.failures))))
