"""Which records make a graph: of each document one text, with what every model has read in it.

A build leaves one reading of a document, by its own model. A merged graph holds those of several models, or revisions
of one: records of the same reading, or of the same text from another file, that differ in what made their layers.
"""

from collections.abc import Iterable, Iterator, Mapping, Set

from kgbuild.document import Document, Failure, content_hash
from kgbuild.pipeline.folder import GraphFolder
from kgbuild.pipeline.index import Index, Revisions, is_held
from kgbuild.pipeline.ledger import Ledger
from kgbuild.pipeline.report import Makers, Manifest
from kgbuild.pipeline.shards import Entry, Identity, Record, Shards

__all__ = ["GraphReadings", "ReadingKey", "Readings", "Signatures", "held_entries", "held_records"]

#: A reading and what made its layers, None where it has none.
ReadingKey = tuple[Identity, Makers | None]


class Signatures:
    """Tells what made the layers of a record."""

    def __init__(self, makers: Iterable[Makers]) -> None:
        self._revisions = {
            item: Revisions(extract=content_hash(item.segmenter, item.extractor), link=item.linker) for item in makers
        }

    def key_of(self, entry: Entry) -> ReadingKey:
        """The reading, and which of these made its layers; None if it was another, or there are none."""
        signers = (makers for makers, revisions in self._revisions.items() if revisions.is_current(entry))
        return entry.identity, next(signers, None)


class Readings:
    """Records by reading and by what made their layers (None where they have none), and which of them make a graph."""

    def __init__(self) -> None:
        self._index = Index(Revisions("", ""))
        self._entries: dict[ReadingKey, Entry] = {}

    def put(self, entry: Entry, key: ReadingKey) -> None:
        """Note a record."""
        self._index.put(entry, "")
        self._entries[key] = entry

    def kept(self, deleted: Set[str]) -> set[ReadingKey]:
        """Those that make the graph: of what each model read of a document's kept text the best, by the rule of builds;
        `deleted` documents have none.
        """
        best = self.best()
        by_makers: dict[Makers, Index] = {}
        for (_, makers), entry in self._entries.items():
            if makers is None or entry.id in deleted or entry.id not in best:  # another document has more of the paper
                continue
            if entry.text_hash == best[entry.id].text_hash:
                by_makers.setdefault(makers, Index(Revisions("", ""))).put(entry, "")
        return {(stored.entry.identity, makers) for makers, index in by_makers.items() for stored in index.kept()}

    def best(self) -> dict[str, Entry]:
        """The best reading of each document that is kept, whoever made its layers."""
        return {stored.entry.id: stored.entry for stored in self._index.kept()}

    def duplicates(self, kept: Set[ReadingKey]) -> Iterator[Failure]:
        """The readings that are not kept."""
        return self._index.duplicates({identity for identity, _ in kept})


class GraphReadings:
    """The readings that a finished graph was assembled from."""

    def __init__(self, folder: GraphFolder, manifest: Manifest) -> None:
        self._shards = Shards(folder.documents)
        self._signatures = Signatures(manifest.makers)
        ledger = Ledger(folder.files)
        self.holdings = ledger.holdings()
        readings = Readings()
        for entry in held_entries(self._shards, self.holdings):
            readings.put(entry, self._signatures.key_of(entry))
        self._kept = readings.kept(ledger.deleted())
        best = readings.best()
        #: documents with their sources, as the graph's table has them
        self.sources = {identity[0]: best[identity[0]].source for identity, _ in self._kept}
        #: characters of their texts
        self.lengths = {id_: best[id_].length for id_ in self.sources}

    def documents(self) -> Iterator[Document]:
        """Them with all layers: a document several times where several models have read it."""
        for record in held_records(self._shards, self.holdings):
            if self._signatures.key_of(record.entry) in self._kept:
                yield record.document


def held_entries(shards: Shards, holdings: Mapping[str, Set[str]]) -> Iterator[Entry]:
    """The records that files hold, without their documents; `holdings` as of `Index.of`."""
    for name in shards.names():
        yield from (entry for entry in shards.entries(name) if is_held(entry, holdings))


def held_records(shards: Shards, holdings: Mapping[str, Set[str]]) -> Iterator[Record]:
    """The same with their documents."""
    for name in shards.names():
        yield from (record for record in shards.records(name) if is_held(record.entry, holdings))
