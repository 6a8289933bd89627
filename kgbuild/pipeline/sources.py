"""The documents of a run's files: as one stream, or file by file with what tells a file again in a later run."""

import functools
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePath
from typing import BinaryIO, cast

from kgbuild.document import Document, Failure, content_hash
from kgbuild.errors import ReadError
from kgbuild.read.archive import open_unpacked
from kgbuild.read.file_names import printable_name
from kgbuild.read.reader import read_source
from kgbuild.read.source import (
    InputFile,
    Source,
    find_files,
    open_raw,
    opening_problem,
    sources_of,
)

__all__ = ["Intake", "IntakeFile", "Reading", "lasting_name"]

#: Bytes of a stream that are held in memory; a longer one goes to a temporary file.
HELD_BYTES = 16 * 1024 * 1024


class Reading:
    """The documents of the paths, once, in their order; afterwards their number and the failures.

    ReadError at once for a path that does not exist, or if there is no file.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        given = tuple(paths)
        self.failures: list[Failure] = []
        self.n_documents = 0
        files = _some(find_files(given), given)
        self._sources = (source for file in files for source in sources_of(file, file.name))

    def __iter__(self) -> Iterator[Document]:
        for item in _items(self._sources):
            if isinstance(item, Failure):
                self.failures.append(item)
            else:
                self.n_documents += 1
                yield item


@dataclass(frozen=True)
class IntakeFile:
    """A file of a build and what it holds, to be drawn once.

    `key` tells the file again in another run, however its path is spelled: a hash of its resolved path, or of the
    content of a stream, which has no place. `is_open` is false where nothing can be said of its content now.
    """

    key: str
    name: str
    items: Iterator[Document | Failure]
    is_open: bool


class Intake:
    """The files behind the paths, under their lasting names, each opened when it is its turn.

    Files below `outside` are passed over: a graph that is built into one of its input folders does not read itself.
    ReadError at once for a path that does not exist.
    """

    def __init__(self, paths: Iterable[str], *, outside: Path) -> None:
        self._paths = tuple(paths)
        self._folder = outside.resolve()
        self._found: Iterator[InputFile] = filter(self._is_input, find_files(self._paths))

    def require_some(self) -> None:
        """ReadError if there is no file."""
        self._found = _some(self._found, self._paths)

    def count(self) -> int:
        """How many files there are now; the folders are walked for it."""
        return sum(self._is_input(file) for file in find_files(self._paths))

    def __iter__(self) -> Iterator[IntakeFile]:
        return map(_opened, self._found)

    def _is_input(self, file: InputFile) -> bool:
        return not (file.real and Path(file.real).is_relative_to(self._folder))


def lasting_name(path: Path, real: str) -> str:
    """What a graph calls a file, however its path is spelled, without the place of the working folder on its machine.

    From the working folder on; of a file elsewhere its folder's name and its own.
    """
    here = Path.cwd()
    place = Path(os.path.abspath(path))  # noqa: PTH100  # links keep their names: their targets may have worse ones
    for candidate in (place, Path(real)):
        if candidate.is_relative_to(here):
            return printable_name(str(candidate.relative_to(here)))
    return printable_name(str(PurePath(*place.parts[1:][-2:])))


def _some(files: Iterator[InputFile], paths: Sequence[str]) -> Iterator[InputFile]:
    """The files; ReadError if there is none."""
    first = next(files, None)
    if first is None:
        raise ReadError(f"{', '.join(paths)}: expected papers or tables, found no files; name files, or another folder")
    return chain([first], files)


def _opened(file: InputFile) -> IntakeFile:
    if file.is_stream:
        try:
            return _stream(file)
        except OSError as error:
            return _unreadable(file, error)
    name = file.name if file.path is None else lasting_name(file.path, file.real)
    is_open = opening_problem(file) is None
    return IntakeFile(content_hash("file", file.real), name, _items(sources_of(file, name)), is_open)


def _stream(file: InputFile) -> IntakeFile:
    """A stream that is copied, and named by what came out of it."""
    digest = hashlib.sha256()
    copy = cast(BinaryIO, tempfile.SpooledTemporaryFile(HELD_BYTES))  # noqa: SIM115  # closed by whoever reads it
    with open_raw(file) as stream:
        while chunk := stream.read(1024 * 1024):
            digest.update(chunk)
            copy.write(chunk)
    copy.seek(0)
    name = f"{'stdin' if file.path is None else 'pipe'}-{digest.hexdigest()[:12]}"
    source = Source(name, functools.partial(open_unpacked, name, copy))
    return IntakeFile(content_hash("stream", digest.hexdigest()), name, _items([source]), is_open=True)


def _unreadable(file: InputFile, error: OSError) -> IntakeFile:
    failure = Failure(file.name, "read", f"{file.name}: cannot be read: {error.strerror or error}")
    return IntakeFile(content_hash("file", file.real), file.name, iter([failure]), is_open=False)


def _items(sources: Iterable[Source | Failure]) -> Iterator[Document | Failure]:
    for source in sources:
        if isinstance(source, Failure):
            yield source
        else:
            yield from read_source(source)
