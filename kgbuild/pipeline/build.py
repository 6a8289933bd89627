"""From papers to a graph's folder, in steps that can each be cut off and continued.

1. Read the files; extract and link what is new, batch by batch, into shards. What a file held and holds no more goes.
2. Bring older records up to date, whose model, ontologies or segmentation are no longer the present ones.
3. Drop stale records.
4. Assemble all documents, make the stores, and put them in the place of the last ones.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from kgbuild.config import Given
from kgbuild.document import Document, Failure
from kgbuild.errors import KgbuildError
from kgbuild.interruption import resumable
from kgbuild.pipeline.engine import Batch, Engine, Outcome, Work, open_engine
from kgbuild.pipeline.folder import GraphFolder
from kgbuild.pipeline.imports import import_failures
from kgbuild.pipeline.index import Index, Revisions, entry_of, repeated
from kgbuild.pipeline.ledger import Ledger
from kgbuild.pipeline.progress import Progress, no_progress
from kgbuild.pipeline.publish import publish
from kgbuild.pipeline.report import BuildReport, Makers
from kgbuild.pipeline.shards import Batcher, Entry, Identity, Record, Shards, batched, read_ahead
from kgbuild.pipeline.sources import Intake, IntakeFile
from kgbuild.pipeline.stages import Recipe, prepare
from kgbuild.schema import Schema

__all__ = ["build"]


def build(
    paths: Iterable[str],
    output: Path,
    *,
    recipe: Recipe,
    schema: Schema,
    given: Given = "nothing",
    workers: int = 1,
    progress: Progress = no_progress,
) -> BuildReport:
    """Build the graph of these papers into the folder, or add them to the graph that is there; what was done.

    What is in the folder and still holds is not done again. Raises before it starts anything when a path does not
    exist, there is no file for a new graph, a part cannot be made, or the folder is not a graph's or in use; and leaves
    the last graph in place when every document fails, which is the fault of the machine or of a part, not theirs.
    Interrupted, or without the model, once there are finished documents, it notes at the exception that they are kept.
    """
    started = time.monotonic()
    files = Intake(paths, outside=output)
    folder = GraphFolder(output)
    folder.require_place()
    if not folder.is_there():  # a graph that is there may well lose its last file
        files.require_some()
    folder.require_free()
    (stages,) = (load() for load in progress("loading", [recipe], 1))
    revisions = Revisions(extract=stages.extract_revision, link=stages.link_revision)
    with folder.claimed():
        shards = Shards(folder.documents)
        ledger = Ledger(folder.files)
        run = _Run(shards, ledger, Index.of(shards, revisions, ledger.holdings()), progress)
        with resumable(run.has_finished):
            with open_engine(recipe, stages, workers=workers) as engine:
                run.add(files, engine, given)
                run.refresh(engine)
            ledger.compact()  # before the records go that it no longer names
            shards.compact(run.index.identities())
            deleted = ledger.deleted()
            kept, as_given = set[Identity](), 0
            for entry in (stored.entry for stored in run.index.kept()):
                if run.is_done(entry) and entry.id not in deleted:
                    kept.add(entry.identity)
                    as_given += entry.given == "relations"
            run.refuse_ruin(n_kept=len(kept))
            failures = [*ledger.failures(), *run.failures, *run.index.duplicates(), *import_failures(folder)]
            counts = publish(
                folder,
                progress("assembling", _documents(shards, kept), len(kept)),
                failures,
                schema=schema,
                concept=stages.linker.concept,
                makers=[Makers(stages.segmenter_version, stages.extractor.revision, stages.link_revision)],
                progress=progress,
            )
    return BuildReport(
        files=run.counts["files"],
        read=run.counts["read"],
        reused=run.counts["reused"],
        extracted=run.counts["extract"],
        relinked=run.counts["link"],
        replaced=run.index.n_replaced(),
        superseded=run.index.n_superseded,
        as_given=as_given,
        seconds=time.monotonic() - started,
        graph=counts,
    )


class _Run:
    """The documents' part of one build: what it found in the folder, did, and could not do."""

    def __init__(self, shards: Shards, ledger: Ledger, index: Index, progress: Progress) -> None:
        self.index = index
        self.counts: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self._shards = shards
        self._ledger = ledger
        self._progress = progress
        self._aside = Batcher[Record]()

    def is_done(self, entry: Entry) -> bool:
        """Whether all layers hold."""
        return self.index.revisions.is_current(entry)

    def has_finished(self) -> bool:
        """Whether documents with all layers are stored, by this run or one before."""
        return any(self.counts[name] for name in ("extract", "link", "reused"))

    def add(self, files: Intake, engine: Engine, given: Given) -> None:
        """Extract, link and store the documents that are not in the folder yet."""
        new = self._new(self._read(self._progress("reading files", files, files.count())), given)
        records, total = read_ahead(new, _length)
        batches = (Batch("extract", given, tuple(batch)) for batch in batched(records, _length))
        self._work("annotating documents", engine, batches, total=total)
        self._write(self._aside.rest())

    def refresh(self, engine: Engine) -> None:
        """Bring the kept records up to date whose layers do not hold."""
        failed = {failure.document for failure in self.failures}
        stale = [s for s in self.index.kept() if not self.is_done(s.entry) and s.entry.id not in failed]
        self.counts["stale"] = len(stale)
        by_shard: dict[str, set[Identity]] = {}
        for stored in stale:
            by_shard.setdefault(stored.shard, set()).add(stored.entry.identity)
        if stale:
            batches = self._stale_batches(self._stored_records(by_shard))
            self._work("updating documents", engine, batches, total=len(stale))

    def _work(self, step: str, engine: Engine, batches: Iterable[Batch], *, total: int | None) -> None:
        """Run batches through the stages and store them, telling how many documents are done."""
        done = (record for batch, outcomes in engine.run(batches) for record in self._store(batch, outcomes))
        for _ in self._progress(step, done, total):
            pass

    def refuse_ruin(self, *, n_kept: int) -> None:
        """KgbuildError when all documents failed: a model that cannot run must not empty a graph.

        That is when none passed and nothing would be left, or none of several that were in the graph could be updated.
        """
        n_passed = self.counts["extract"] + self.counts["link"]
        if n_passed or not self.failures or (n_kept and self.counts["stale"] < 2):
            return
        first = self.failures[0]
        raise KgbuildError(
            f"all {len(self.failures)} documents failed, the first, {first.document or first.source}: {first.reason}; "
            "the graph is as it was before: mend the cause and run the same command again"
        )

    def _read(self, files: Iterable[IntakeFile]) -> Iterator[tuple[str, Document]]:
        """The documents with the keys of their files, of which account is kept on the way."""
        for file in files:
            self.counts["files"] += 1
            if not file.is_open:
                for item in file.items:
                    if isinstance(item, Failure):
                        self._ledger.unopened(file.key, item)
                continue
            self.index.begin(file.key)
            self._ledger.begin(file.key, file.name)
            for item in file.items:
                if isinstance(item, Failure):
                    self._ledger.failed(file.key, item)
                else:
                    self.counts["read"] += 1
                    yield file.key, item
            self._ledger.end(file.key)

    def _new(self, documents: Iterable[tuple[str, Document]], given: Given) -> Iterator[Record]:
        """The documents that need all stages; others are noted, or set aside with the layers that they have."""
        for file, document in documents:
            prepared = prepare(document, given)
            entry = entry_of(prepared, given, file)
            self._ledger.found(file, entry.read_key)
            known = self.index.find(entry)
            if known is not None:
                if known.seen:
                    self._ledger.failed(file, repeated(entry))
                self.counts["reused"] += self.is_done(known.entry) and not known.seen
                known.seen = True
                continue
            donor = self.index.donor(entry)
            is_best = self.index.is_best(entry)
            self.index.announce(entry)
            self._ledger.under_way(file)
            if is_best and donor is None:
                yield Record(entry=entry, document=prepared)
            elif is_best and donor is not None:
                self.counts["reused"] += 1
                self._set_aside(self._with_layers(prepared, entry, donor.entry, donor.shard))
            else:  # another reading is better: kept as read, for the day when that one goes
                self._set_aside(Record(entry=entry, document=prepared))

    def _with_layers(self, document: Document, entry: Entry, donor: Entry, shard: str) -> Record:
        record = next(record for record in self._shards.records(shard) if record.entry.identity == donor.identity)
        source = record.document
        return Record(
            entry=msgspec.structs.replace(entry, extract_key=donor.extract_key, link_key=donor.link_key),
            document=msgspec.structs.replace(
                document,
                passages=source.passages,
                mentions=source.mentions,
                relations=source.relations,
                measurements=source.measurements,
            ),
        )

    def _set_aside(self, record: Record) -> None:
        self._write(self._aside.add(record, _length(record)))

    def _store(self, batch: Batch, outcomes: list[Outcome]) -> list[Record]:
        records = []
        for record, outcome in zip(batch.records, outcomes, strict=True):
            if isinstance(outcome, Document):
                records.append(Record(entry=self.index.revisions.signed(record.entry), document=outcome))
            else:
                self.failures.append(outcome)
                records.append(record)
        self._write(records)
        self.counts[batch.work] += sum(isinstance(outcome, Document) for outcome in outcomes)
        return records

    def _write(self, records: list[Record]) -> None:
        if records:
            shard = self._shards.write(records)
            for record in records:
                self.index.put(record.entry, shard)
                self._ledger.stored(record.entry.file)

    def _stored_records(self, by_shard: dict[str, set[Identity]]) -> Iterator[Record]:
        for shard in sorted(by_shard):
            for record in self._shards.records(shard):
                if record.entry.identity in by_shard[shard]:
                    yield record

    def _stale_batches(self, records: Iterable[Record]) -> Iterator[Batch]:
        """Batches of equal work, made while the records stream by."""
        waiting: dict[tuple[Work, Given], Batcher[Record]] = {}
        for record in records:
            entry = record.entry
            work: Work = "link" if self.index.revisions.is_extracted(entry) else "extract"
            if work == "extract":
                record = Record(entry=entry, document=prepare(record.document, entry.given))
            batcher = waiting.setdefault((work, entry.given), Batcher())
            if batch := batcher.add(record, _length(record)):
                yield Batch(work, entry.given, tuple(batch))
        for work, given in sorted(waiting):
            if batch := waiting[work, given].rest():
                yield Batch(work, given, tuple(batch))


def _length(record: Record) -> int:
    return record.entry.length


def _documents(shards: Shards, kept: set[Identity]) -> Iterator[Document]:
    for name in shards.names():
        for record in shards.records(name):
            if record.entry.identity in kept:
                yield record.document
