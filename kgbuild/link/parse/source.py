"""Opens an ontology file or a folder of them, decompresses it and finds its parser among the registered ones."""

import bz2
import gzip
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from kgbuild import registry
from kgbuild.concept import Concept
from kgbuild.errors import OntologyError

__all__ = ["Skip", "decompress", "pass_over", "read_concepts", "source_files"]


class Skip(Protocol):
    """Told in a few words what a parser passes over, once for each; with an example if a user would miss it."""

    def __call__(self, what: str, example: str = "", /) -> None: ...


#: first bytes of a compressed file -> (its usual suffix, how to open it)
COMPRESSIONS: dict[bytes, tuple[str, Any]] = {
    b"\x1f\x8b": (".gz", gzip.open),
    b"\xfd7zXZ": (".xz", lzma.open),
    b"BZh": (".bz2", bz2.open),
}
HEAD_BYTES = 8192


def pass_over(what: str, example: str = "", /) -> None:
    """Tells nobody."""


def read_concepts(path: Path, *, type: str = "", skip: Skip = pass_over) -> Iterator[Concept]:
    """The concepts of a file, or of the files of a folder in the order of their names.

    `type` is given to every concept; "" leaves it to what the file says or the identifiers imply.
    """
    for file in source_files(path):
        yield from _read_file(file, type=type, skip=skip)


def source_files(path: Path) -> list[Path]:
    """The file, or the files of a folder, sorted; OntologyError if there are none."""
    files = sorted(item for item in path.iterdir() if item.is_file()) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise OntologyError(f"{path}: no such ontology file, or an empty folder")
    return files


def decompress(path: Path) -> tuple[str, BinaryIO]:
    """The file's name without the suffix of its compression, and its bytes decompressed."""
    with path.open("rb") as stream:
        head = stream.read(6)
    for magic, (suffix, open_stream) in COMPRESSIONS.items():
        if head.startswith(magic):
            return path.name.removesuffix(suffix), cast(BinaryIO, open_stream(path, "rb"))
    return path.name, path.open("rb")


def _read_file(path: Path, *, type: str, skip: Skip) -> Iterator[Concept]:
    name, stream = decompress(path)
    with stream:
        try:
            head = stream.read(HEAD_BYTES)
            stream.seek(0)
            yield from _parser(head, name, path).parse(stream, name, type=type, skip=skip)
        except (EOFError, OSError, lzma.LZMAError, UnicodeDecodeError) as error:
            raise OntologyError(f"{path}: cannot be read to its end: {error}") from error


def _parser(head: bytes, name: str, path: Path) -> Any:
    for key in registry.names("ontology_parsers"):
        parser = registry.load("ontology_parsers", key)
        if parser.sniff(head, name):
            return parser
    if b"linkml" in head.lower():
        raise OntologyError(
            f"{path}: a LinkML schema, whose classes and slots are no names to link to; a schema of a graph is given "
            "with --schema"
        )
    known = ", ".join(registry.names("ontology_parsers"))
    raise OntologyError(f"{path}: its format is not recognised; expected one of {known}; it begins with {head[:60]!r}")
