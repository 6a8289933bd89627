"""Input files as streams: files, folders, globs, stdin, and what lies packed in archives, by content, not by name.

Archive members are named "archive.zip!folder/member.xml". Hidden files (and the ``__MACOSX`` twins) are no input and
are passed over.
"""

import glob
import io
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kgbuild.document import Failure
from kgbuild.errors import ReadError
from kgbuild.read.archive import Budget, Opener, is_hidden, list_members, open_unpacked, packing_of

__all__ = ["Source", "find_sources"]

STDIN = "-"


@dataclass(frozen=True)
class Source:
    """A named stream of bytes, unpacked. Opening it again starts anew, except for stdin and other pipes."""

    name: str
    open: Opener


def find_sources(paths: Iterable[str]) -> Iterator[Source | Failure]:
    """The files behind the paths in their order, folders and globs sorted, each file once, archives as their members.

    A path may be a file, a folder (searched to any depth), a glob pattern ("papers/**/*.xml") or "-" for stdin. Raises
    ReadError at once, before anything is yielded, for a path that does not exist and a pattern that matches nothing.
    """
    return _list_sources([match for path in paths for match in _expand(path)])


def _expand(path: str) -> list[Path | None]:
    """The files and folders that an argument stands for; None for stdin."""
    if path == STDIN:
        return [None]
    if Path(path).exists():
        return [Path(path)]
    if not glob.has_magic(path):
        raise ReadError(f"{path}: no such file or folder; expected a path, a glob pattern or - for stdin")
    found = sorted(glob.glob(path, recursive=True))  # noqa: PTH207  # Path.glob takes no absolute pattern
    if not found:
        raise ReadError(f"{path}: no file matches this pattern; check the folder that it starts from")
    return [Path(match) for match in found]


def _list_sources(paths: list[Path | None]) -> Iterator[Source | Failure]:
    seen: set[str] = set()
    for path in paths:
        if path is None:
            yield Source("stdin", _open_stdin)
            continue
        for file in _files(path):
            if isinstance(file, Failure):
                yield file
                continue
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                yield from _sources_of_file(file)


def _files(path: Path) -> Iterator[Path | Failure]:
    """The file itself, or all files below a folder, sorted, without hidden ones."""
    if not path.is_dir():
        yield path
        return
    visited: set[str] = set()
    problems: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=problems.append, followlinks=True):
        real = os.path.realpath(folder)
        if real in visited:  # a link that leads back up
            folders.clear()
            continue
        visited.add(real)
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        yield from (Path(folder, name) for name in sorted(names) if not is_hidden(name))
    yield from (_unopened(Path(problem.filename), problem) for problem in problems)


def _sources_of_file(path: Path) -> Iterator[Source | Failure]:
    try:
        status = path.stat()
        if not path.is_file():
            yield Source(str(path), PipeOpener(path))
            return
        opened = FileOpener(path, status.st_size, status.st_mtime_ns)
        with opened() as stream:
            packing = packing_of(stream)
    except OSError as error:
        yield _unopened(path, error)
        return
    if packing is None:
        yield Source(str(path), opened)
        return
    for member in list_members(str(path), opened, Budget()):
        yield member if isinstance(member, Failure) else Source(member.name, member.open)


@dataclass(frozen=True)
class FileOpener:
    """Opens a file; its size and time are part of the value, so that what is cached of it does not outlive a change."""

    path: Path
    size: int
    modified: int

    def __call__(self) -> BinaryIO:
        return self.path.open("rb")


@dataclass(frozen=True)
class PipeOpener:
    """Opens a named pipe or a device: once, from where it stands."""

    path: Path

    def __call__(self) -> BinaryIO:
        return open_unpacked(str(self.path), self.path.open("rb"))


def _open_stdin() -> BinaryIO:
    return open_unpacked("stdin", io.BufferedReader(_Unclosed(sys.stdin.buffer)))


class _Unclosed(io.RawIOBase):
    """A stream that stays open when its reader closes it: stdin belongs to the process."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed wants WriteableBuffer
        chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _unopened(path: Path, error: OSError) -> Failure:
    return Failure(str(path), "read", f"{path}: cannot be opened: {error.strerror or error}")
