"""A compiled ontology: a folder of arrays that processes map into memory and share, found again in well under a second.

Every name of a concept has one entry under its normal key and, where it has one, one under its word key. Entries
are sorted by a 64-bit hash of the key, so that a look-up is a binary search; concepts lie in one file as
MessagePack records.

    meta.json      name, types, prefixes, counts, version (SHA-256 of the content)
    normal.npy     (n,) uint64 hashes of normal keys, sorted;     normal_concept.npy uint32, normal_name.npy uint16
    word.npy       the same for word keys
    curie.npy      hashes of identifiers, sorted;                 curie_concept.npy
    xref.npy       hashes of cross-references, sorted;            xref_concept.npy
    concepts.npy   uint8, the records one after another;          offset.npy uint64, (n + 1,)
"""

import hashlib
import shutil
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from kgbuild.concept import Concept, Synonym
from kgbuild.errors import OntologyError
from kgbuild.link.names import normal_key, word_key
from kgbuild.link.prefixes import prefix_of

__all__ = ["FORMAT", "CompiledOntology", "Hit", "Meta", "compile_ontology"]

#: changes with the layout or with the keys of names, so that what an older version compiled is made anew
FORMAT = 1
#: of names, which only fragments and sentences exceed
MAX_NAMES = 60_000

Uint64 = NDArray[np.uint64]
Uint32 = NDArray[np.uint32]


class Meta(msgspec.Struct, frozen=True):
    """What a compiled ontology holds. `version` is a hash of the content, `source` where it came from.

    `skipped`: what its files hold besides concepts, and how much of each kind.
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
            self._arrays = {
                file.stem: np.asarray(np.load(file, mmap_mode="r")) for file in sorted(folder.glob("*.npy"))
            }
        except (OSError, ValueError, msgspec.DecodeError) as error:
            raise OntologyError(
                f"{folder}: not a compiled ontology, or damaged; remove it and add it again: {error}"
            ) from error
        if self.meta.format != FORMAT:
            raise OntologyError(f"{folder}: compiled in format {self.meta.format}, expected {FORMAT}; add it again")
        self.folder = folder
        self._decoder = msgspec.msgpack.Decoder(Concept)
        self.at = lru_cache(maxsize=4096)(self._decode)

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.stat().st_size for file in self.folder.iterdir())

    def by_normal_key(self, key: str) -> list[Hit]:
        """The concepts with a name of this normal key, in the order of the ontology."""
        return self._hits("normal", key)

    def by_word_key(self, key: str) -> list[Hit]:
        """The concepts with a name of this word key; none for the empty key."""
        return self._hits("word", key) if key else []

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

    def _hits(self, index: str, key: str) -> list[Hit]:
        start, stop = self._range(index, key)
        numbers, names = self._arrays[f"{index}_concept"], self._arrays[f"{index}_name"]
        hits = []
        for place in range(start, stop):
            concept, ordinal = self.at(int(numbers[place])), int(names[place])
            hits.append(Hit(concept, concept.synonyms[ordinal - 1] if ordinal else None))
        return hits

    def _find(self, index: str, key: str) -> list[Concept]:
        start, stop = self._range(index, key)
        return [self.at(int(number)) for number in self._arrays[f"{index}_concept"][start:stop]]

    def _range(self, index: str, key: str) -> tuple[int, int]:
        hashes = self._arrays[index]
        value = np.uint64(_hash(key))  # of the array's own type: another one would make numpy copy the whole array
        start = int(hashes.searchsorted(value, side="left"))
        stop = start
        while stop < len(hashes) and hashes[stop] == value:
            stop += 1
        return start, stop

    def _decode(self, place: int) -> Concept:
        offsets = self._arrays["offset"]
        start, stop = int(offsets[place]), int(offsets[place + 1])
        return self._decoder.decode(self._arrays["concepts"][start:stop].tobytes())


def compile_ontology(
    concepts: Iterable[Concept], folder: Path, *, name: str, source: str, skipped: Mapping[str, int] | None = None
) -> Meta:
    """Writes the concepts to a new folder; at once, so that nobody ever sees half of it.

    Concepts of equal identifier become one. When two processes compile the same folder the first to end wins, and
    both have made the same bytes. `skipped` is read when the concepts are at their end.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        merged = _merge(concepts)
        known_skips = dict(sorted((skipped or {}).items()))
        if not merged:
            rest = "; ".join(f"{count} {what}" for what, count in known_skips.items())
            raise OntologyError(f"{source}: holds no concepts" + (f", only {rest}" if rest else ""))
        meta = _write(merged, scratch, name=name, source=source, skipped=known_skips)
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


class _Index:
    """The entries of one index while it is made."""

    def __init__(self) -> None:
        self.hashes = array("Q")
        self.concepts = array("I")
        self.names = array("H")

    def add(self, key: str, concept: int, name: int = 0) -> None:
        self.hashes.append(_hash(key))
        self.concepts.append(concept)
        self.names.append(name)

    def write(self, folder: Path, name: str) -> None:
        hashes = np.frombuffer(self.hashes, np.uint64) if self.hashes else np.empty(0, np.uint64)
        order = np.argsort(hashes, kind="stable")
        np.save(folder / f"{name}.npy", hashes[order])
        np.save(folder / f"{name}_concept.npy", np.asarray(self.concepts, np.uint32)[order])
        np.save(folder / f"{name}_name.npy", np.asarray(self.names, np.uint16)[order])


def _write(concepts: list[Concept], folder: Path, *, name: str, source: str, skipped: dict[str, int]) -> Meta:
    normal, word, identifiers, xrefs = _Index(), _Index(), _Index(), _Index()
    records, offsets = bytearray(), array("Q", [0])
    encoder = msgspec.msgpack.Encoder()
    for place, concept in enumerate(concepts):
        concept = msgspec.structs.replace(concept, synonyms=concept.synonyms[:MAX_NAMES])
        records += encoder.encode(concept)
        offsets.append(len(records))
        identifiers.add(concept.curie, place)
        for xref in concept.xrefs:
            xrefs.add(xref, place)
        if not concept.obsolete:
            _add_names(concept, place, normal, word)
    for index_name, index in (("normal", normal), ("word", word), ("curie", identifiers), ("xref", xrefs)):
        index.write(folder, index_name)
    np.save(folder / "concepts.npy", np.frombuffer(bytes(records), np.uint8))
    np.save(folder / "offset.npy", np.asarray(offsets, np.uint64))
    meta = Meta(
        name=name,
        version=_content_hash(folder),
        source=source,
        format=FORMAT,
        types=tuple(sorted({concept.type for concept in concepts if concept.type})),
        prefixes=tuple(sorted({prefix_of(concept.curie) for concept in concepts if not concept.obsolete})),
        concepts=len(concepts),
        obsolete=sum(concept.obsolete for concept in concepts),
        names=len(normal.hashes),
        xrefs=len(xrefs.hashes),
        skipped=skipped,
    )
    (folder / "meta.json").write_bytes(msgspec.json.format(msgspec.json.encode(meta)))
    return meta


def _add_names(concept: Concept, place: int, normal: _Index, word: _Index) -> None:
    for ordinal, name in enumerate((concept.name, *(synonym.name for synonym in concept.synonyms))):
        key = normal_key(name)
        if key:
            normal.add(key, place, ordinal)
        words = word_key(name)
        if words:
            word.add(words, place, ordinal)


def _content_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.npy")):
        digest.update(file.name.encode())
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


@lru_cache(maxsize=4096)  # one identifier is looked for in every ontology
def _hash(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
