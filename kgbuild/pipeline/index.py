"""Which records of a graph's folder hold: the newest layers of each reading, and one reading of each document.

(A merged graph has more than one: see `merge`.)

A document that several files carry is kept once: of records that tell their edition only the newest, of these and all
others the longest text, then the greatest text hash, then the first source. Of pages (PDF, HTML), whose parts are told
by their look, half the length counts: the XML of a paper is kept unless it holds less than half of it. That holds for
pages of a paper that another document has under another of its identifiers too.
The rule looks at the readings alone, so that neither their order nor the number of runs matters.
"""

from collections.abc import Iterator, Mapping, Set

import msgspec

from kgbuild.config import Given
from kgbuild.document import Document, Failure, content_hash
from kgbuild.pipeline.shards import Entry, Identity, Shards

__all__ = ["Index", "Revisions", "Stored", "entry_of", "is_held", "repeated"]

#: formats in which a file shows pages, rather than naming the parts of a paper
PAGE_FORMATS = frozenset({"pdf", "html"})


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
    """An entry with the shard that holds its record ("" before it is written), and whether this run read it.

    `held`: whether its file held it when it was last read to its end. What a killed run read later waits to be seen.
    """

    entry: Entry
    shard: str
    seen: bool
    held: bool


class Index:
    """The entries of a folder by document, in memory: some 600 bytes each."""

    def __init__(self, revisions: Revisions) -> None:
        self.revisions = revisions
        self._stored: dict[str, dict[tuple[str, str], Stored]] = {}  # by document, then by read key and file
        self._read_again: set[str] = set()
        #: records by other models beside the one that counts of the same reading: a merged graph has them
        self.n_superseded = 0

    @classmethod
    def of(cls, shards: Shards, revisions: Revisions, holdings: Mapping[str, Set[str]]) -> "Index":
        """The index of what the shards hold; `holdings` are the read keys of files that were read to their end."""
        index = cls(revisions)
        for name in shards.names():
            for entry in shards.entries(name):
                known = index.find(entry)
                index.n_superseded += known is not None and _are_linked_apart(known.entry, entry)
                index.put(entry, name, held=is_held(entry, holdings))
        return index

    def __len__(self) -> int:
        return len(self._stored)

    def begin(self, file: str) -> None:
        """Note that this run reads a file: what it held counts no more, unless it is seen again."""
        self._read_again.add(file)

    def put(self, entry: Entry, shard: str, *, held: bool = True) -> None:
        """Note a stored record; of two records of one reading the one with more layers that hold is the one."""
        readings = self._stored.setdefault(entry.id, {})
        known = readings.get(_key(entry))
        if known is None:
            readings[_key(entry)] = Stored(entry, shard, seen=False, held=held)
        elif (self._rank(entry), shard) > (self._rank(known.entry), known.shard):
            known.entry, known.shard = entry, shard

    def announce(self, entry: Entry) -> None:
        """Note a reading of this run whose record is not stored yet."""
        self._stored.setdefault(entry.id, {})[_key(entry)] = Stored(entry, "", seen=True, held=False)

    def find(self, entry: Entry) -> Stored | None:
        """What is known of the same reading."""
        return self._stored.get(entry.id, {}).get(_key(entry))

    def donor(self, entry: Entry) -> Stored | None:
        """Another reading of the same text, from another file say, whose mentions and relations hold for this one."""
        wanted = self.revisions.extract_key(entry)
        readings = self._stored.get(entry.id, {})
        donors = (readings[key] for key in sorted(readings))
        return next((stored for stored in donors if stored.shard and stored.entry.extract_key == wanted), None)

    def is_best(self, entry: Entry) -> bool:
        """Whether no known reading of the document is better than this, as far as can be told before the end."""
        known = [stored for stored in self._stored.get(entry.id, {}).values() if self._counts(stored)]
        this = Stored(entry, "", seen=True, held=False)
        return _best([*known, this]) is this

    def kept(self) -> Iterator[Stored]:
        """The best reading of each document, by document."""
        outdone = self._outdone()
        for id_ in sorted(self._stored):
            if id_ not in outdone and (readings := self._counting(id_)):
                yield _best(readings)

    def duplicates(self, besides: Set[Identity] = frozenset()) -> Iterator[Failure]:
        """The readings that are not kept; those `besides` are, too."""
        outdone = self._outdone()
        for id_ in self._stored:
            readings = self._counting(id_)
            best = outdone.get(id_) or (_best(readings).entry if readings else None)
            for stored in readings:
                if best is not None and stored.entry.identity != best.identity and stored.entry.identity not in besides:
                    yield _duplicate(stored.entry, best)

    def n_replaced(self) -> int:
        """How many documents are gone, or have lost a text, because no file holds it any more."""
        return sum(
            not former <= {stored.entry.text_hash for stored in self._counting(id_)}
            for id_, readings in self._stored.items()
            if (former := {s.entry.text_hash for s in readings.values() if s.held and self._is_superseded(s)})
        )

    def identities(self) -> dict[str, set[Identity]]:
        """The records that hold or may hold again, by shard."""
        by_shard: dict[str, set[Identity]] = {}
        for readings in self._stored.values():
            for stored in readings.values():
                if not self._is_superseded(stored):
                    by_shard.setdefault(stored.shard, set()).add(stored.entry.identity)
        return by_shard

    def _outdone(self) -> dict[str, Entry]:
        """The documents of pages of papers of which another document has more, each with that one."""
        counting = ((id_, self._counting(id_)) for id_ in self._stored)
        best = {id_: _best(readings).entry for id_, readings in counting if readings}
        pages = [entry for entry in best.values() if entry.is_page]
        rivals: dict[str, list[Entry]] = {name: [] for entry in pages for name in (entry.id, *entry.names)}
        for entry in best.values() if rivals else ():
            for name in (entry.id, *entry.names):
                if name in rivals:
                    rivals[name].append(entry)
        outdone: dict[str, Entry] = {}
        for entry in pages:
            others = [other for name in (entry.id, *entry.names) for other in rivals[name]]
            most = max(others, key=lambda other: (_worth(other), other.text_hash, other.id))
            if most.id != entry.id:
                outdone[entry.id] = most
        return outdone

    def _counting(self, id_: str) -> list[Stored]:
        readings = self._stored[id_]
        return [readings[key] for key in sorted(readings) if self._counts(readings[key])]

    def _counts(self, stored: Stored) -> bool:
        return stored.seen or (stored.held and not self._is_superseded(stored))

    def _is_superseded(self, stored: Stored) -> bool:
        """Whether this run read the file and has not found this in it."""
        return stored.entry.file in self._read_again and not stored.seen

    def _rank(self, entry: Entry) -> int:
        return self.revisions.is_extracted(entry) + self.revisions.is_current(entry)


def is_held(entry: Entry, holdings: Mapping[str, Set[str]]) -> bool:
    """Whether its file held the record when it was last read to its end; `holdings` as of `Index.of`."""
    return entry.file not in holdings or entry.read_key in holdings[entry.file]


def entry_of(document: Document, given: Given, file: str) -> Entry:
    """The entry of a prepared document of this file, before any stage."""
    encoded = msgspec.json.encode(document)
    layers = [layer for layer in (document.mentions, document.relations, document.measurements) if layer]
    return Entry(
        id=document.id,
        file=file,
        source=document.metadata.source,
        edition=document.metadata.edition,
        length=len(document.text),
        is_page=document.metadata.format in PAGE_FORMATS,
        names=_names(document),
        text_hash=document.text_hash,
        read_key=content_hash(given, encoded.decode("utf-8")),
        given=given,
        given_hash=content_hash(*(msgspec.json.encode(layer).decode("utf-8") for layer in layers)) if layers else "",
    )


def _are_linked_apart(one: Entry, other: Entry) -> bool:
    """Whether both records have all layers, made by different models."""
    return bool(one.link_key and other.link_key) and one.link_key != other.link_key


def _names(document: Document) -> tuple[str, ...]:
    known = document.metadata
    identifiers = (("PMC", known.pmcid), ("PMID", known.pmid), ("DOI", known.doi.lower()))
    names = (f"{prefix}:{identifier}" for prefix, identifier in identifiers if identifier)
    return tuple(name for name in names if name != document.id)


def _duplicate(loser: Entry, kept: Entry) -> Failure:
    """The report of a reading that is not kept."""
    how = "the same text" if loser.text_hash == kept.text_hash else "another text"
    reason = f"{how} of the same document, from {kept.source}, is kept"
    return Failure(source=loser.source, stage="duplicate", reason=reason, document=loser.id)


def repeated(entry: Entry) -> Failure:
    """The report of a record that stands more than once in one file."""
    reason = "the same record stands in this file more than once; it is kept once"
    return Failure(source=entry.source, stage="read", reason=reason, document=entry.id)


def _key(entry: Entry) -> tuple[str, str]:
    return entry.read_key, entry.file


def _best(readings: list[Stored]) -> Stored:
    newest = max(stored.entry.edition for stored in readings)
    best, *others = (stored for stored in readings if stored.entry.edition in ("", newest))
    for other in others:
        if _beats(other.entry, best.entry):
            best = other
    return best


def _beats(one: Entry, other: Entry) -> bool:
    if (_worth(one), one.text_hash) != (_worth(other), other.text_hash):
        return (_worth(one), one.text_hash) > (_worth(other), other.text_hash)
    return (one.source, one.read_key) < (other.source, other.read_key)


def _worth(entry: Entry) -> int:
    """The length of the text that counts when readings are compared."""
    return entry.length // 2 if entry.is_page else entry.length
