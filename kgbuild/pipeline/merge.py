"""Finished graphs into a new one: their documents with all layers are copied and assembled together.

No document is annotated again and no model or ontology is needed. It is the graph that a build of all their papers
makes, if the same models read them; where models differ, each document keeps what its own graph's models read in it.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pyarrow as pa

from kgbuild.document import Document, Failure, content_hash
from kgbuild.errors import ConfigError, GraphError
from kgbuild.pipeline.atomic import write_atomically
from kgbuild.pipeline.concepts import known_concepts
from kgbuild.pipeline.folder import FAILURES, GraphFolder, new_graph_folder
from kgbuild.pipeline.imports import copy_imports, import_failures
from kgbuild.pipeline.index import Index, Revisions
from kgbuild.pipeline.ledger import FileState, Ledger, encode_states
from kgbuild.pipeline.progress import Progress, no_progress
from kgbuild.pipeline.publish import publish
from kgbuild.pipeline.report import Makers, Manifest, read_manifest
from kgbuild.pipeline.shards import Entry, Identity, Record, Shards, batched
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

    A document of several graphs is kept once, by the rule of builds (see `index`); of equal readings the first graph's.
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
        merged = _Merged(parts, folder)
        merged.copy(progress)
        copy_imports(map(GraphFolder, graphs), folder)
        counts = publish(
            folder,
            progress("assembling", merged.documents(), merged.n_documents()),
            [*merged.failures(), *import_failures(folder)],
            schema=schema,
            concept=known_concepts(graphs, schema).get,
            makers=_joined([manifest.makers for manifest in manifests]),
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
        makers = manifest.makers
        self.shards = Shards(folder.documents)
        self.ledger = Ledger(folder.files)
        revisions = Revisions(extract=content_hash(makers.segmenter, makers.extractor), link=makers.linker)
        self._index = Index.of(self.shards, revisions, self.ledger.holdings())
        self.failures = _stage_failures(path / FAILURES)
        self._failed = {failure.document for failure in self.failures}
        self.deleted = self.ledger.deleted()
        entries = (stored.entry for stored in self._index.kept())
        kept = {(e.id, e.source) for e in entries if self.is_done(e) and e.id not in self.deleted}
        imported = {id_ for part in folder.import_parts() for id_ in _documents(part)["id"].to_pylist()}
        table = _documents(path)
        found = set(zip(*(table[name].to_pylist() for name in ("id", "source")), strict=True))
        if not kept <= found or any(id_ not in imported for id_, _ in found - kept):
            raise GraphError(
                f"{path}: expected the graph of all documents in the folder, found that a build was cut off before it "
                "assembled them; run the same kgbuild build again to its end"
            )
        self.documents = {id_ for id_, _ in kept}

    def is_done(self, entry: Entry) -> bool:
        """Whether the reading has its layers."""
        return bool(entry.link_key) and entry.id not in self._failed

    def entries(self) -> Iterator[Entry]:
        """The readings that files still hold."""
        for name in self.shards.names():
            for entry in self.shards.entries(name):
                if self._holds(entry, name):
                    yield entry

    def records(self) -> Iterator[Record]:
        """Their records."""
        for name in self.shards.names():
            for record in self.shards.records(name):
                if self._holds(record.entry, name):
                    yield record

    def _holds(self, entry: Entry, shard: str) -> bool:
        stored = self._index.find(entry)
        return stored is not None and stored.held and stored.shard == shard


class _Merged:
    """The documents of all parts, in a new folder."""

    def __init__(self, parts: Sequence[_Part], folder: GraphFolder) -> None:
        self._parts = parts
        self._folder = folder
        self._shards = Shards(folder.documents)
        self._index = Index(Revisions("", ""))
        # of a reading in several parts: the first part that has its layers, or else the first, and whether it has
        self._choice: dict[Identity, tuple[int, bool]] = {}
        for number, part in enumerate(parts):
            for entry in part.entries():
                is_done = part.is_done(entry)
                _, is_chosen_done = self._choice.setdefault(entry.identity, (number, is_done))
                if is_done and not is_chosen_done:
                    self._choice[entry.identity] = (number, True)
                self._index.put(entry, "")
        deleted = set().union(*(part.deleted for part in parts))
        identities = (stored.entry.identity for stored in self._index.kept() if stored.entry.id not in deleted)
        self._kept = {identity for identity in identities if self._choice[identity][1]}

    def copy(self, progress: Progress) -> None:
        """Write the account of files and all readings."""
        write_atomically(self._folder.files, encode_states(_joined_states(part.ledger for part in self._parts)))
        records = progress("copying", self._chosen_records(), len(self._choice))
        for batch in batched(records, lambda record: record.entry.length):
            self._shards.write(batch)

    def documents(self) -> Iterator[Document]:
        """The documents that make the graph."""
        for name in self._shards.names():
            for record in self._shards.records(name):
                if record.entry.identity in self._kept:
                    yield record.document

    def n_documents(self) -> int:
        """How many these are."""
        return len(self._kept)

    def failures(self) -> Iterator[Failure]:
        """What the parts' builds could not do, and the readings that are not kept."""
        present = {id_ for id_, *_ in self._kept}
        yield from Ledger(self._folder.files).failures()
        failures = dict.fromkeys(failure for part in self._parts for failure in part.failures)
        yield from (failure for failure in failures if failure.document not in present)
        yield from self._index.duplicates()

    def _chosen_records(self) -> Iterator[Record]:
        for number, part in enumerate(self._parts):
            for record in part.records():
                if self._choice[record.entry.identity][0] == number:
                    yield record


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


def _joined(makers: Sequence[Makers]) -> Makers:
    """What made the layers, each once, where graphs differ."""

    def joined(revisions: Iterable[str]) -> str:
        return ", ".join(sorted({name for revision in revisions for name in revision.split(", ") if name}))

    return Makers(
        joined(item.segmenter for item in makers),
        joined(item.extractor for item in makers),
        joined(item.linker for item in makers),
    )
