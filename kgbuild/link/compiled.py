"""A compiled ontology: two files that processes map into memory and share, found again in well under a second.

Every name of a concept has one entry under its normal key and, where it has one, one under its word key. The entries
of an index are sorted by a 64-bit hash of the key; a directory says where the hashes with the same first bits begin, so
that a look-up reads a few neighbouring bytes. Concepts lie one after another as MessagePack records.

    meta.json      name, types, prefixes, counts, version (SHA-256 of the content), where each array lies
    index.bin      for each of the indexes normal, word (names), curie (identifiers) and xref (cross-references):
                     <index>.hash      uint64, sorted
                     <index>.first     uint32, the directory
                     <index>.concept   uint32, the concept of each entry
                     <index>.name      uint16, which of its names; of names only
                   record uint8, the concepts; record.start uint64, (n + 1,)
"""

import mmap
import struct
from bisect import bisect_left
from collections.abc import Hashable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

import msgspec

from kgbuild.concept import Concept, Synonym
from kgbuild.errors import OntologyError

__all__ = [
    "FORMAT",
    "NAME_INDEXES",
    "RECORDS",
    "STARTS",
    "Array",
    "CompiledOntology",
    "Hit",
    "Meta",
    "bucket_shift",
    "digest",
]

#: changes with the layout, what stands in it, or the keys of names, so that what an older version compiled is made anew
FORMAT = 3
#: concepts that an open ontology keeps decoded
CACHED_CONCEPTS = 8192

#: entries that begin with the same bits, on average, and at most twice as many
BUCKET = 8
RECORDS, STARTS = "record", "record.start"
NAME_INDEXES = ("normal", "word")


class Array(msgspec.Struct, frozen=True):
    """Where an array lies in `index.bin`: type code of `struct`, first byte, number of items."""

    code: Literal["B", "H", "I", "Q"]
    start: int
    length: int


class Meta(msgspec.Struct, frozen=True):
    """What a compiled ontology holds. `version` is a hash of the content, `source` where it came from.

    `skipped`: what its files hold besides concepts, and how much of each kind; `examples`: the first of a kind.
    `lacking`: "name" and "type", with how many concepts in use have none, and the first of them.
    `species`: those of its concepts in use, "" among them if some are of none.
    """

    name: str
    version: str
    source: str
    format: int
    types: tuple[str, ...]
    prefixes: tuple[str, ...]
    concepts: int
    obsolete: int
    names: int
    xrefs: int
    skipped: dict[str, int] = {}
    examples: dict[str, str] = {}
    lacking: dict[str, tuple[int, str]] = {}
    species: tuple[str, ...] = ()
    arrays: dict[str, Array] = {}


class Hit(msgspec.Struct, frozen=True):
    """A concept with a name of the key that was looked up; `synonym` is that name, None for the preferred one."""

    concept: Concept
    synonym: Synonym | None

    @property
    def name(self) -> str:
        """The name that was found."""
        return self.concept.name if self.synonym is None else self.synonym.name


class CompiledOntology:
    """Reads a compiled folder; OntologyError when it is missing, damaged or of another format."""

    def __init__(self, folder: Path) -> None:
        try:
            self.meta = msgspec.json.decode((folder / "meta.json").read_bytes(), type=Meta)
            if self.meta.format != FORMAT:
                raise OntologyError(f"{folder}: compiled in format {self.meta.format}, expected {FORMAT}; add it again")
            self._map = _map(folder / "index.bin")
            arrays = {name: self._view(array) for name, array in self.meta.arrays.items()}
            self._indexes = {name: _Index(name, arrays) for name in (*NAME_INDEXES, "curie", "xref")}
            self._records, self._starts = arrays[RECORDS], arrays[STARTS]
        except (OSError, ValueError, KeyError, TypeError, msgspec.DecodeError) as error:
            raise OntologyError(
                f"{folder}: not a compiled ontology, or damaged; remove it and add it again: {error}"
            ) from error
        self.folder = folder
        self.prefixes = frozenset(self.meta.prefixes)
        #: those of its concepts in use, "" among them if some are of none
        self.species = frozenset(self.meta.species)
        #: what is found out about it together with others, kept as long as it is
        self.remembered: dict[Hashable, Any] = {}
        self._decoder = msgspec.msgpack.Decoder(Concept)
        self.at = lru_cache(maxsize=CACHED_CONCEPTS)(self._decode)

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.stat().st_size for file in self.folder.iterdir())

    def by_normal_key(self, key: str) -> list[Hit]:
        """The concepts with a name of this normal key, in the order of the ontology."""
        return self._hits(self._indexes["normal"], key)

    def by_word_key(self, key: str) -> list[Hit]:
        """The concepts with a name of this word key; none for the empty key."""
        return self._hits(self._indexes["word"], key) if key else []

    def concept(self, identifier: str) -> Concept | None:
        """The concept of this identifier, or None."""
        return next((item for item in self._find("curie", identifier) if item.curie == identifier), None)

    def with_xref(self, identifier: str) -> list[Concept]:
        """The concepts that name this identifier as a cross-reference, but for obsolete ones."""
        return [item for item in self._find("xref", identifier) if identifier in item.xrefs and not item.obsolete]

    def concepts(self) -> Iterator[Concept]:
        """Every concept, sorted by identifier."""
        for place in range(self.meta.concepts):
            yield self._decode(place)

    def _hits(self, index: "_Index", key: str) -> list[Hit]:
        hits = []
        for place in index.places(_hash(key)):
            concept, ordinal = self.at(index.concepts[place]), index.names[place]
            hits.append(Hit(concept, concept.synonyms[ordinal - 1] if ordinal else None))
        return hits

    def _find(self, name: str, key: str) -> list[Concept]:
        index = self._indexes[name]
        return [self.at(index.concepts[place]) for place in index.places(_hash(key))]

    def _view(self, array: Array) -> memoryview:
        size = array.length * struct.calcsize(array.code)
        return memoryview(self._map)[array.start : array.start + size].cast(array.code)

    def _decode(self, place: int) -> Concept:
        return self._decoder.decode(self._records[self._starts[place] : self._starts[place + 1]])


class _Index:
    """The entries of one index, as memory is mapped."""

    def __init__(self, name: str, arrays: Mapping[str, memoryview]) -> None:
        self.hashes, self.first = arrays[f"{name}.hash"], arrays[f"{name}.first"]
        self.concepts = arrays[f"{name}.concept"]
        self.names = arrays[f"{name}.name"] if name in NAME_INDEXES else self.concepts[:0]
        self._shift = bucket_shift(len(self.hashes))

    def places(self, value: int) -> range:
        """The entries of a hash."""
        hashes, bucket = self.hashes, value >> self._shift
        end = self.first[bucket + 1]
        start = stop = bisect_left(hashes, value, self.first[bucket], end)
        while stop < end and hashes[stop] == value:
            stop += 1
        return range(start, stop)


def _map(path: Path) -> mmap.mmap:
    with path.open("rb") as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def bucket_shift(length: int) -> int:
    """How far a hash is moved to the right for its place in the directory of so many entries."""
    return 64 - (length // BUCKET).bit_length()


def digest(key: str) -> int:
    """The hash by which a key is found."""
    state = _new_state()
    state.update(key.encode("utf-8", "surrogatepass"))
    return int.from_bytes(state.digest(), "little")


#: in less time than its arguments are read again
_new_state = blake2b(digest_size=8).copy


#: one identifier is looked for in every ontology
_hash = lru_cache(maxsize=4096)(digest)
