"""Makes the folder of a compiled ontology, as `compiled` describes it.

What is in memory at once are the identifiers of the concepts, and then the entries of the indexes; concepts and their
records wait in files.
"""

import hashlib
import shutil
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from kgbuild.concept import Concept
from kgbuild.errors import OntologyError
from kgbuild.link.compiled import FORMAT, NAME_INDEXES, RECORDS, STARTS, Array, Meta, bucket_shift, digest
from kgbuild.link.merging import merge_concepts
from kgbuild.link.names import name_keys
from kgbuild.link.prefixes import prefix_of

__all__ = ["compile_ontology"]

#: of names, which only fragments and sentences exceed
MAX_NAMES = 60_000
_CODES: dict[int, Literal["B", "H", "I", "Q"]] = {1: "B", 2: "H", 4: "I", 8: "Q"}
#: bytes of a file that are copied at once
BYTES_AT_ONCE = 1 << 24


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
        made = scratch / "made"
        made.mkdir()
        tally = _Tally()
        arrays = _arrays(map(tally.count, merge_concepts(concepts, scratch / "concepts")), scratch / "records")
        places, version = _write_arrays(made / "index.bin", arrays)
        known_skips = dict(sorted((skipped or {}).items()))
        if not tally.n_concepts:
            rest = "; ".join(f"{count} {what}" for what, count in known_skips.items())
            raise OntologyError(f"{source}: holds no concepts" + (f", only {rest}" if rest else ""))
        meta = Meta(
            name=name,
            version=version,
            source=source,
            format=FORMAT,
            types=tuple(sorted(tally.types)),
            prefixes=tuple(sorted(tally.prefixes)),
            concepts=tally.n_concepts,
            obsolete=tally.n_obsolete,
            names=places["normal.hash"].length,
            xrefs=places["xref.hash"].length,
            skipped=known_skips,
            examples=dict(examples or {}),
            lacking={what: (tally.n_lacking[what], tally.first_lacking[what]) for what in sorted(tally.n_lacking)},
            species=tuple(sorted(tally.species)),
            arrays=places,
        )
        (made / "meta.json").write_bytes(msgspec.json.format(msgspec.json.encode(meta)))
        _move(made, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return meta


def _move(made: Path, folder: Path) -> None:
    try:
        made.rename(folder)
    except OSError:
        if not (folder / "meta.json").is_file():
            raise


class _Tally:
    """What is counted of the concepts, one after another."""

    def __init__(self) -> None:
        self.n_concepts = self.n_obsolete = 0
        self.types: set[str] = set()
        self.prefixes: set[str] = set()
        self.species: set[str] = set()
        self.n_lacking: Counter[str] = Counter()
        self.first_lacking: dict[str, str] = {}

    def count(self, concept: Concept) -> Concept:
        """The concept, counted."""
        self.n_concepts += 1
        if concept.type:
            self.types.add(concept.type)
        if concept.obsolete:
            self.n_obsolete += 1
            return concept
        self.prefixes.add(prefix_of(concept.curie))
        self.species.add(concept.species)
        if not concept.name and not concept.synonyms:
            self._lacks("name", concept.curie)
        if not concept.type:
            self._lacks("type", f"{concept.curie} {concept.name}".strip())
        return concept

    def _lacks(self, what: str, example: str) -> None:
        self.n_lacking[what] += 1
        self.first_lacking.setdefault(what, example)


class _Entries:
    """The entries of one index while it is made."""

    def __init__(self) -> None:
        self.hashes = array("Q")
        self.concepts = array("I")
        self.names = array("H")

    def add(self, key: str, concept: int, name: int = 0) -> None:
        self.hashes.append(digest(key))
        self.concepts.append(concept)
        self.names.append(name)

    def arrays(self, name: str) -> Iterator[tuple[str, NDArray[Any]]]:
        hashes = np.frombuffer(self.hashes, np.uint64)
        order = np.argsort(hashes, kind="stable")
        hashes, shift = hashes[order], bucket_shift(len(hashes))
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


def _arrays(concepts: Iterable[Concept], records: Path) -> Iterator[tuple[str, Iterable[NDArray[Any]]]]:
    """The arrays of an index, each in pieces; `records` is a file that is made for the concepts."""
    indexes = {name: _Entries() for name in (*NAME_INDEXES, "curie", "xref")}
    starts = array("Q", [0])
    encode = msgspec.msgpack.Encoder().encode
    with records.open("wb") as stream:
        for place, concept in enumerate(concepts):
            if len(concept.synonyms) > MAX_NAMES:
                concept = msgspec.structs.replace(concept, synonyms=concept.synonyms[:MAX_NAMES])
            starts.append(starts[-1] + stream.write(encode(concept)))
            indexes["curie"].add(concept.curie, place)
            for xref in concept.xrefs:
                indexes["xref"].add(xref, place)
            if not concept.obsolete:
                _add_names(concept, place, indexes)
    for name in tuple(indexes):
        for key, items in indexes.pop(name).arrays(name):
            yield key, (items,)
    yield RECORDS, _pieces(records)
    yield STARTS, (np.frombuffer(starts, np.uint64),)


def _add_names(concept: Concept, place: int, indexes: Mapping[str, _Entries]) -> None:
    for ordinal, name in enumerate((concept.name, *(synonym.name for synonym in concept.synonyms))):
        for index, key in zip(NAME_INDEXES, name_keys(name), strict=True):
            if key:
                indexes[index].add(key, place, ordinal)


def _pieces(path: Path) -> Iterator[NDArray[np.uint8]]:
    with path.open("rb") as stream:
        while content := stream.read(BYTES_AT_ONCE):
            yield np.frombuffer(content, np.uint8)


def _write_arrays(path: Path, arrays: Iterable[tuple[str, Iterable[NDArray[Any]]]]) -> tuple[dict[str, Array], str]:
    """Where each array lies, beginning at a multiple of eight bytes, and the hash of the file."""
    places: dict[str, Array] = {}
    digest = hashlib.sha256()
    with path.open("wb") as stream:
        for name, pieces in arrays:
            start, length, size = stream.tell(), 0, 1
            for items in pieces:
                length, size = length + len(items), items.itemsize
                digest.update(items.data)
                stream.write(items.data)
            padding = bytes(-length * size % 8)
            digest.update(padding)
            stream.write(padding)
            places[name] = Array(_CODES[size], start, length)
    return places, digest.hexdigest()
