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

import hashlib
import itertools
import mmap
import shutil
import struct
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from kgbuild.concept import Concept, Synonym
from kgbuild.errors import OntologyError
from kgbuild.link.names import name_keys
from kgbuild.link.prefixes import prefix_of

__all__ = ["FORMAT", "CompiledOntology", "Hit", "Meta", "compile_ontology"]

#: changes with the layout or with the keys of names, so that what an older version compiled is made anew
FORMAT = 2
#: of names, which only fragments and sentences exceed
MAX_NAMES = 60_000
#: concepts that an open ontology keeps decoded
CACHED_CONCEPTS = 8192

#: entries that begin with the same bits, on average, and at most twice as many
BUCKET = 8
RECORDS, STARTS = "record", "record.start"
_CODES: dict[int, Literal["B", "H", "I", "Q"]] = {1: "B", 2: "H", 4: "I", 8: "Q"}
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
        self._shift = _shift(len(self.hashes))

    def places(self, value: int) -> range:
        """The entries of a hash."""
        hashes = self.hashes
        bucket = value >> self._shift
        end = self.first[bucket + 1]
        start = bisect_left(hashes, value, self.first[bucket], end)
        stop = start
        while stop < end and hashes[stop] == value:
            stop += 1
        return range(start, stop)


def _map(path: Path) -> mmap.mmap:
    with path.open("rb") as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def _shift(length: int) -> int:
    """How far a hash is moved to the right for its place in the directory of so many entries."""
    return 64 - (length // BUCKET).bit_length()


def compile_ontology(
    concepts: Iterable[Concept],
    folder: Path,
    *,
    name: str,
    source: str,
    skipped: Mapping[str, int] | None = None,
    examples: Mapping[str, str] | None = None,
) -> Meta:
    """Writes the concepts to a new folder; at once, so that nobody ever sees half of it.

    Concepts of equal identifier become one. When two processes compile the same folder the first to end wins, and
    both have made the same bytes. `skipped` and `examples` are read when the concepts are at their end.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        merged = _merge(concepts)
        known_skips = dict(sorted((skipped or {}).items()))
        if not merged:
            rest = "; ".join(f"{count} {what}" for what, count in known_skips.items())
            raise OntologyError(f"{source}: holds no concepts" + (f", only {rest}" if rest else ""))
        meta = _write(merged, scratch, name=name, source=source, skipped=known_skips, examples=dict(examples or {}))
        _move(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return meta


def _move(scratch: Path, folder: Path) -> None:
    try:
        scratch.rename(folder)
    except OSError:
        if not (folder / "meta.json").is_file():
            raise


def _merge(concepts: Iterable[Concept]) -> list[Concept]:
    """One concept for each identifier, sorted: the first named one leads, what the others know is added to it."""
    merged: dict[str, Concept] = {}
    for concept in concepts:
        known = merged.get(concept.curie)
        merged[concept.curie] = concept if known is None else _join(known, concept)
    return [merged[identifier] for identifier in sorted(merged)]


def _join(first: Concept, second: Concept) -> Concept:
    if first.obsolete and not second.obsolete:  # an alternative identifier that another file still lists
        first, second = second, first
    name = first.name or second.name
    scopes: dict[str, Synonym] = {}
    for synonym in (*first.synonyms, Synonym(second.name), *second.synonyms):
        if synonym.name and synonym.name != name:
            scopes.setdefault(synonym.name, synonym)
    return msgspec.structs.replace(
        first,
        name=name,
        type=first.type or second.type,
        synonyms=tuple(scopes.values()),
        parents=tuple(dict.fromkeys(first.parents + second.parents)),
        xrefs=tuple(dict.fromkeys(first.xrefs + second.xrefs)),
        definition=first.definition or second.definition,
        species=first.species or second.species,
    )


class _Entries:
    """The entries of one index while it is made."""

    def __init__(self) -> None:
        self.hashes = array("Q")
        self.concepts = array("I")
        self.names = array("H")

    def add(self, key: str, concept: int, name: int = 0) -> None:
        self.hashes.append(_digest(key))
        self.concepts.append(concept)
        self.names.append(name)

    def arrays(self, name: str) -> Iterator[tuple[str, NDArray[Any]]]:
        hashes = np.frombuffer(self.hashes, np.uint64)
        order = np.argsort(hashes, kind="stable")
        hashes, shift = hashes[order], _shift(len(hashes))
        yield f"{name}.hash", hashes
        if shift == 64:
            first = np.asarray([0, len(hashes)])
        else:
            beginnings = np.arange(1 << (64 - shift), dtype=np.uint64) << np.uint64(shift)
            first = np.append(hashes.searchsorted(beginnings), len(hashes))
        yield f"{name}.first", first.astype(np.uint32)
        yield f"{name}.concept", np.frombuffer(self.concepts, np.uint32)[order]
        if name in NAME_INDEXES:
            yield f"{name}.name", np.frombuffer(self.names, np.uint16)[order]


def _write(
    concepts: list[Concept],
    folder: Path,
    *,
    name: str,
    source: str,
    skipped: dict[str, int],
    examples: dict[str, str],
) -> Meta:
    normal, word, identifiers, xrefs = _Entries(), _Entries(), _Entries(), _Entries()
    records, starts = bytearray(), array("Q", [0])
    encoder = msgspec.msgpack.Encoder()
    for place, concept in enumerate(concepts):
        if len(concept.synonyms) > MAX_NAMES:
            concept = msgspec.structs.replace(concept, synonyms=concept.synonyms[:MAX_NAMES])
        records += encoder.encode(concept)
        starts.append(len(records))
        identifiers.add(concept.curie, place)
        for xref in concept.xrefs:
            xrefs.add(xref, place)
        if not concept.obsolete:
            _add_names(concept, place, normal, word)
    indexes = {"normal": normal, "word": word, "curie": identifiers, "xref": xrefs}
    arrays = itertools.chain.from_iterable(entries.arrays(index) for index, entries in indexes.items())
    content = ((RECORDS, np.frombuffer(records, np.uint8)), (STARTS, np.frombuffer(starts, np.uint64)))
    places, version = _write_arrays(folder / "index.bin", itertools.chain(arrays, content))
    meta = Meta(
        name=name,
        version=version,
        source=source,
        format=FORMAT,
        types=tuple(sorted({concept.type for concept in concepts if concept.type})),
        prefixes=tuple(sorted({prefix_of(concept.curie) for concept in concepts if not concept.obsolete})),
        concepts=len(concepts),
        obsolete=sum(concept.obsolete for concept in concepts),
        names=len(normal.hashes),
        xrefs=len(xrefs.hashes),
        skipped=skipped,
        examples=examples,
        lacking=_lacking(concepts),
        arrays=places,
    )
    (folder / "meta.json").write_bytes(msgspec.json.format(msgspec.json.encode(meta)))
    return meta


def _lacking(concepts: Iterable[Concept]) -> dict[str, tuple[int, str]]:
    used = [concept for concept in concepts if not concept.obsolete]
    without = {
        "name": [concept.curie for concept in used if not concept.name and not concept.synonyms],
        "type": [f"{concept.curie} {concept.name}".strip() for concept in used if not concept.type],
    }
    return {what: (len(found), found[0]) for what, found in without.items() if found}


def _add_names(concept: Concept, place: int, normal: _Entries, word: _Entries) -> None:
    for ordinal, name in enumerate((concept.name, *(synonym.name for synonym in concept.synonyms))):
        key, words = name_keys(name)
        if key:
            normal.add(key, place, ordinal)
        if words:
            word.add(words, place, ordinal)


def _write_arrays(path: Path, arrays: Iterable[tuple[str, NDArray[Any]]]) -> tuple[dict[str, Array], str]:
    """Where each array lies, beginning at a multiple of eight bytes, and the hash of the file."""
    places: dict[str, Array] = {}
    digest = hashlib.sha256()
    with path.open("wb") as stream:
        for name, items in arrays:
            places[name] = Array(_CODES[items.itemsize], stream.tell(), len(items))
            content = items.tobytes()
            content += bytes(-len(content) % 8)
            digest.update(content)
            stream.write(content)
    return places, digest.hexdigest()


def _digest(key: str) -> int:
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


#: one identifier is looked for in every ontology
_hash = lru_cache(maxsize=4096)(_digest)
