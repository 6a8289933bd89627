"""Which records of a graph's folder hold: the newest layers of each reading, and one reading of each document.

A document that several files carry is kept once: the longest text, then the greatest text hash, then the first source.
The rule looks at the readings alone, so that neither their order nor the number of runs matters.
"""

from collections.abc import Iterator

import msgspec

from kgbuild.config import Given
from kgbuild.document import Document, Failure, content_hash
from kgbuild.pipeline.shards import Entry, Shards

__all__ = ["Index", "Revisions", "Stored", "entry_of", "repeated"]


class Revisions(msgspec.Struct, frozen=True):
    """What the layers of current records were made by."""

    extract: str
    link: str

    def extract_key(self, entry: Entry) -> str:
        """What the mentions and relations of this reading depend on."""
        return content_hash(entry.text_hash, entry.given, entry.given_hash, self.extract)

    def link_key(self, entry: Entry) -> str:
        """What the links of this reading depend on."""
        return content_hash(self.extract_key(entry), self.link)

    def is_extracted(self, entry: Entry) -> bool:
        """Whether the mentions and relations hold."""
        return entry.extract_key == self.extract_key(entry)

    def is_current(self, entry: Entry) -> bool:
        """Whether all layers hold."""
        return self.is_extracted(entry) and entry.link_key == self.link_key(entry)

    def signed(self, entry: Entry) -> Entry:
        """The entry of a record whose layers were made just now."""
        return msgspec.structs.replace(entry, extract_key=self.extract_key(entry), link_key=self.link_key(entry))


class Stored(msgspec.Struct):
    """An entry with the shard that holds its record ("" before it is written), and whether this run read it."""

    entry: Entry
    shard: str
    seen: bool


class Index:
    """The entries of a folder by document, in memory: some 500 bytes each."""

    def __init__(self, revisions: Revisions) -> None:
        self.revisions = revisions
        self._stored: dict[str, dict[str, Stored]] = {}  # by document, then by read key

    @classmethod
    def of(cls, shards: Shards, revisions: Revisions) -> "Index":
        """The index of what the shards hold."""
        index = cls(revisions)
        for name in shards.names():
            for entry in shards.entries(name):
                index.put(entry, name)
        return index

    def __len__(self) -> int:
        return len(self._stored)

    def put(self, entry: Entry, shard: str) -> None:
        """Note a stored record; of two records of one reading the one with more layers that hold is the one."""
        readings = self._stored.setdefault(entry.id, {})
        known = readings.get(entry.read_key)
        if known is None:
            readings[entry.read_key] = Stored(entry, shard, seen=False)
        elif (self._rank(entry), shard) > (self._rank(known.entry), known.shard):
            known.entry, known.shard = entry, shard

    def announce(self, entry: Entry) -> None:
        """Note a reading of this run whose record is not stored yet."""
        self._stored.setdefault(entry.id, {})[entry.read_key] = Stored(entry, "", seen=True)

    def find(self, entry: Entry) -> Stored | None:
        """What is known of the same reading."""
        return self._stored.get(entry.id, {}).get(entry.read_key)

    def donor(self, entry: Entry) -> Stored | None:
        """Another reading of the same text, from another file say, whose mentions and relations hold for this one."""
        key = self.revisions.extract_key(entry)
        readings = self._stored.get(entry.id, {})
        donors = (readings[read_key] for read_key in sorted(readings))
        return next((stored for stored in donors if stored.shard and stored.entry.extract_key == key), None)

    def is_best(self, entry: Entry) -> bool:
        """Whether no known reading of the document is better than this, as far as can be told before the end."""
        return not any(
            _beats(stored.entry, entry)
            for stored in self._stored.get(entry.id, {}).values()
            if stored.seen or stored.entry.source != entry.source
        )

    def drop_superseded(self) -> None:
        """Forget readings of a file that this run read again and found changed."""
        for id_, readings in self._stored.items():
            read_again = {stored.entry.source for stored in readings.values() if stored.seen}
            self._stored[id_] = {
                key: stored for key, stored in readings.items() if stored.seen or stored.entry.source not in read_again
            }

    def kept(self) -> Iterator[Stored]:
        """The best reading of each document, by document."""
        for id_ in sorted(self._stored):
            yield _best(self._stored[id_])

    def duplicates(self) -> Iterator[Failure]:
        """The readings that are not kept."""
        for readings in self._stored.values():
            best = _best(readings).entry
            for read_key in sorted(readings):
                if read_key != best.read_key:
                    yield _duplicate(readings[read_key].entry, best)

    def identities(self) -> dict[str, set[tuple[str, str]]]:
        """The records that hold, by shard."""
        by_shard: dict[str, set[tuple[str, str]]] = {}
        for readings in self._stored.values():
            for stored in readings.values():
                by_shard.setdefault(stored.shard, set()).add(stored.entry.identity)
        return by_shard

    def _rank(self, entry: Entry) -> int:
        return self.revisions.is_extracted(entry) + self.revisions.is_current(entry)


def entry_of(document: Document, given: Given) -> Entry:
    """The entry of a prepared document, before any stage."""
    encoded = msgspec.json.encode(document)
    mentions = msgspec.json.encode(document.mentions) if document.mentions else b""
    return Entry(
        id=document.id,
        source=document.metadata.source,
        length=len(document.text),
        text_hash=document.text_hash,
        read_key=content_hash(given, encoded.decode("utf-8")),
        given=given,
        given_hash=content_hash(mentions.decode("utf-8")) if mentions else "",
    )


def _duplicate(loser: Entry, kept: Entry) -> Failure:
    """The report of a reading that is not kept."""
    how = "the same text" if loser.text_hash == kept.text_hash else "another text"
    reason = f"{how} of the same document, from {kept.source}, is kept"
    return Failure(source=loser.source, stage="duplicate", reason=reason, document=loser.id)


def repeated(entry: Entry) -> Failure:
    """The report of a record that stands more than once in one file."""
    reason = "the same record stands in this file more than once; it is kept once"
    return Failure(source=entry.source, stage="read", reason=reason, document=entry.id)


def _best(readings: dict[str, Stored]) -> Stored:
    best, *others = (readings[key] for key in sorted(readings))
    for other in others:
        if _beats(other.entry, best.entry):
            best = other
    return best


def _beats(one: Entry, other: Entry) -> bool:
    if (one.length, one.text_hash) != (other.length, other.text_hash):
        return (one.length, one.text_hash) > (other.length, other.text_hash)
    return (one.source, one.read_key) < (other.source, other.read_key)
