"""The documents of a graph with their layers, on disk: compressed JSON Lines, each file written whole or not at all.

A record carries the keys of what its layers were made from, so that a later run knows what still holds. Files are never
changed: new records go into new files, and `compact` drops the stale records at the end of a run.
"""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from kgbuild.config import Given
from kgbuild.document import Document, content_hash
from kgbuild.errors import GraphError
from kgbuild.pipeline.atomic import write_atomically

__all__ = ["Batcher", "Entry", "Identity", "Record", "Shards", "batched", "read_ahead"]

#: Documents and characters of one file, whichever come first: what a kill may cost and what a batch holds in memory,
#: against the number of files. Full texts fill one with some ten, which takes two cores half a minute.
SHARD_DOCUMENTS = 64
SHARD_CHARACTERS = 400_000
#: Documents and characters of the first file of a run: a second's work or two, so that little is lost when a small
#: build is cut off, and there is something to tell of it.
FIRST_DOCUMENTS = 8
FIRST_CHARACTERS = 20_000
#: A file has at most what the run did before it divided by this, until it is full.
GROWTH = 8
#: Characters that are read before the first batch, to know how many documents there are: 200 full texts.
READ_AHEAD_CHARACTERS = 8_000_000

#: Fast, and within a tenth of the size at the default level.
COMPRESSION_LEVEL = 4

Item = TypeVar("Item")
Line = TypeVar("Line")

#: Document, read key and file of a record.
Identity = tuple[str, str, str]


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a record without its document.

    `file` is the key of the file that it was read from, `edition` that of its metadata. `read_key` tells readings apart
    (text, metadata, source). `is_page` says that the text was told from the look of pages, not from marks in the file,
    `names` are the identifiers of its paper besides `id`. `extract_key` and `link_key` name what the layers were made
    from and are "" where there is no layer. `given` says which layers of the input were kept, `given_hash` is their
    hash.
    """

    id: str
    file: str
    source: str
    length: int
    text_hash: str
    read_key: str
    edition: str = ""
    is_page: bool = False
    names: tuple[str, ...] = ()
    given: Given = "nothing"
    given_hash: str = ""
    extract_key: str = ""
    link_key: str = ""

    @property
    def identity(self) -> "Identity":
        """What two records of one reading share, whatever layers they have."""
        return self.id, self.read_key, self.file


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a shard: the entry and its document."""

    entry: Entry
    document: Document


class _Head(msgspec.Struct, frozen=True):
    """A line read without its document."""

    entry: Entry


_encoder = msgspec.json.Encoder()
_record_decoder = msgspec.json.Decoder(Record)
_head_decoder = msgspec.json.Decoder(_Head)


class Shards:
    """The files `part-<hash>.jsonl.gz` of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """The file names, sorted."""
        return sorted(path.name for path in self.folder.glob("part-*.jsonl.gz"))

    def write(self, records: list[Record]) -> str:
        """The name of the new file that holds these records; it comes from their keys, so that equal is equal."""
        entries = (record.entry for record in records)
        keys = (" ".join((*entry.identity, entry.extract_key, entry.link_key)) for entry in entries)
        name = f"part-{content_hash(*keys)}.jsonl.gz"
        lines = b"".join(_encoder.encode(record) + b"\n" for record in records)
        write_atomically(self.folder / name, gzip.compress(lines, COMPRESSION_LEVEL, mtime=0))
        return name

    def entries(self, name: str) -> Iterator[Entry]:
        """The entries of one file, in its order, read without their documents."""
        for head in self._decoded(name, _head_decoder):
            yield head.entry

    def records(self, name: str) -> Iterator[Record]:
        """The records of one file, in its order."""
        yield from self._decoded(name, _record_decoder)

    def compact(self, live: dict[str, set[Identity]]) -> int:
        """How many records were dropped: all but those of these files with these identities.

        A file that loses some of its records is replaced by one with the rest, which is written first: a kill in
        between leaves both, and the next run drops one.
        """
        dropped = 0
        for name in self.names():
            wanted = live.get(name, set())
            n_stale = sum(entry.identity not in wanted for entry in self.entries(name))
            if not n_stale:
                continue
            rest = [record for record in self.records(name) if record.entry.identity in wanted]
            if rest:
                self.write(rest)
            (self.folder / name).unlink()
            dropped += n_stale
        return dropped

    def _decoded(self, name: str, decoder: "msgspec.json.Decoder[Line]") -> Iterator[Line]:
        try:
            for line in self._lines(name):
                yield decoder.decode(line)
        except msgspec.ValidationError as error:
            raise GraphError(
                f"{self.folder / name}: expected documents as this version of kgbuild stores them, found those of "
                f"another version ({error}); build all papers of {self.folder.parent} again into a new folder"
            ) from error
        except msgspec.DecodeError as error:
            raise self._damaged(name, error) from error

    def _lines(self, name: str) -> Iterator[bytes]:
        path = self.folder / name
        try:
            with gzip.open(path, "rb") as stream:
                yield from stream
        except (OSError, EOFError, zlib.error) as error:
            raise self._damaged(name, error) from error

    def _damaged(self, name: str, error: Exception) -> GraphError:
        return GraphError(
            f"{self.folder / name}: expected compressed JSON Lines, but it is damaged ({error}); "
            "delete this file and run kgbuild build again over its papers"
        )


class Batcher(Generic[Item]):
    """Gathers items, in their order, into lists that each fill one file; the first are small, later ones grow."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._n_characters = 0
        self._n_items_before = 0
        self._n_characters_before = 0

    def add(self, item: Item, n_characters: int) -> list[Item]:
        """The list that this item completes; empty if it does not."""
        self._items.append(item)
        self._n_characters += n_characters
        most_items = min(SHARD_DOCUMENTS, max(FIRST_DOCUMENTS, self._n_items_before // GROWTH))
        most_characters = min(SHARD_CHARACTERS, max(FIRST_CHARACTERS, self._n_characters_before // GROWTH))
        is_full = len(self._items) >= most_items or self._n_characters >= most_characters
        return self.rest() if is_full else []

    def rest(self) -> list[Item]:
        """What is gathered by now; the next list begins behind it."""
        items = self._items
        self._n_items_before += len(items)
        self._n_characters_before += self._n_characters
        self._items, self._n_characters = [], 0
        return items


def batched(items: Iterable[Item], length: Callable[[Item], int]) -> Iterator[list[Item]]:
    """Consecutive items, each list filling one file (see `Batcher`) but for the last; `length` in characters."""
    batcher = Batcher[Item]()
    for item in items:
        if batch := batcher.add(item, length(item)):
            yield batch
    if batch := batcher.rest():
        yield batch


def read_ahead(items: Iterable[Item], length: Callable[[Item], int]) -> tuple[Iterator[Item], int | None]:
    """The same items, and their number if they end within READ_AHEAD_CHARACTERS; `length` in characters."""
    rest = iter(items)
    ahead: list[Item] = []
    n_characters = 0
    for item in rest:
        ahead.append(item)
        n_characters += length(item)
        if n_characters >= READ_AHEAD_CHARACTERS:
            return chain(ahead, rest), None
    return iter(ahead), len(ahead)
