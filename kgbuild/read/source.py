"""Input files as streams: files, folders, globs, stdin, and what lies packed in archives, by content, not by name.

Archive members are named "archive.zip!folder/member.xml". Hidden files (and the ``__MACOSX`` twins) are no input and
are passed over.
"""

import glob
import io
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from kgbuild.document import Failure
from kgbuild.errors import ReadError
from kgbuild.read.archive import Budget, list_members, open_unpacked, packing_of
from kgbuild.read.file_names import GRAPH_MARK, is_hidden, printable_name
from kgbuild.read.forward import Opener, Rewound

__all__ = ["InputFile", "Source", "find_files", "find_sources", "open_raw", "opening_problem", "sources_of"]

STDIN = "-"


@dataclass(frozen=True)
class Source:
    """A named stream of bytes, unpacked. Opening it again starts anew, except for stdin and other pipes."""

    name: str
    open: Opener


@dataclass(frozen=True)
class InputFile:
    """A file to read, before it is opened: where it was found, None for stdin, and its resolved path, "" for stdin.

    `problem` says why a folder is not read: what kept it from being listed, or that it is a graph.
    """

    path: Path | None
    real: str
    problem: str | None = None

    @property
    def name(self) -> str:
        """What the user calls it, as text."""
        return "stdin" if self.path is None else printable_name(str(self.path))

    @property
    def is_stream(self) -> bool:
        """Whether it is stdin, a pipe or a device: to be read once, and no place where it would be found again."""
        if self.path is None or self.problem is not None:
            return self.path is None
        try:
            return not stat.S_ISREG(self.path.stat().st_mode)
        except OSError:
            return False


def find_sources(paths: Iterable[str]) -> Iterator[Source | Failure]:
    """The streams behind the paths in their order, folders and globs sorted, each file once, archives as their members.

    A path may be a file, a folder (searched to any depth), a glob pattern ("papers/**/*.xml") or "-" for stdin. Raises
    ReadError at once, before anything is yielded, for a path that does not exist and a pattern that matches nothing.
    """
    files = find_files(paths)
    return (source for file in files for source in sources_of(file, file.name))


def find_files(paths: Iterable[str]) -> Iterator[InputFile]:
    """The files behind the paths as `find_sources` finds them, not yet opened."""
    return _list_files([match for path in paths for match in _expand(path)])


def sources_of(file: InputFile, name: str) -> Iterator[Source | Failure]:
    """The streams of one file, under this name: itself, or the members of an archive. What cannot be opened fails."""
    problem = opening_problem(file)
    if problem is not None:
        yield Failure(name, "read", f"{name}: {problem}")
    elif file.path is None:
        yield Source(name, _open_stdin)
    elif file.is_stream:
        yield Source(name, PipeOpener(file.path))
    else:
        yield from _sources_on_disk(file.path, name)


def opening_problem(file: InputFile) -> str | None:
    """Why the file cannot be opened now, whatever it holds; None when it can."""
    if file.problem is not None or file.path is None or file.is_stream:
        return file.problem
    try:
        with file.path.open("rb"):
            return None
    except OSError as error:
        return _unopened(error)


def open_raw(file: InputFile) -> BinaryIO:
    """The bytes of the file as they come, still packed."""
    if file.path is not None:
        return file.path.open("rb")
    return io.BufferedReader(Rewound(b"", sys.stdin.buffer))  # which stays open: it belongs to the process


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


def _list_files(paths: list[Path | None]) -> Iterator[InputFile]:
    seen: set[str] = set()
    for path in paths:
        if path is None:
            yield InputFile(None, "")
            continue
        for file in _files(path):
            if file.real not in seen:
                seen.add(file.real)
                yield file


def _files(path: Path) -> Iterator[InputFile]:
    """The file itself, or all files below a folder, sorted, without hidden ones; last the folders that are closed.

    In the place of files of a graph stands its folder.
    """
    graph = _graph_around(path)
    if graph is not None:
        yield _graph(graph)
        return
    if not path.is_dir():
        yield InputFile(path, os.path.realpath(path))
        return
    visited: set[str] = set()
    problems: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=problems.append, followlinks=True):
        real = os.path.realpath(folder)
        if real in visited:  # a link that leads back up
            folders.clear()
            continue
        visited.add(real)
        if GRAPH_MARK in names:
            folders.clear()
            yield _graph(Path(folder))
            continue
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        for name in sorted(names):
            if not is_hidden(name):
                file = InputFile(Path(folder, name), os.path.realpath(Path(folder, name)))
                # a pipe that nobody writes to would be waited for; one that is named itself is meant
                yield replace(file, problem="is a pipe or a device, not a file") if file.is_stream else file
    for problem in problems:
        yield InputFile(Path(problem.filename), os.path.realpath(problem.filename), _unopened(problem))


def _graph_around(path: Path) -> Path | None:
    place = Path(os.path.abspath(path))  # noqa: PTH100  # of a link, the place where it stands
    # os.path: Path.is_file raises in a folder that is closed to us
    found = (folder for folder in (place, *place.parents) if os.path.isfile(folder / GRAPH_MARK))  # noqa: PTH113
    folder = next(found, None)
    return path if folder == place else folder


def _graph(folder: Path) -> InputFile:
    return InputFile(folder, os.path.realpath(folder), "is a graph of kgbuild, whose own files are not read as papers")


def _sources_on_disk(path: Path, name: str) -> Iterator[Source | Failure]:
    try:
        status = path.stat()
        opened = FileOpener(path, status.st_size, status.st_mtime_ns)
        with opened() as stream:
            packing = packing_of(stream)
    except OSError as error:
        yield Failure(name, "read", f"{name}: {_unopened(error)}")
        return
    if packing is None:
        yield Source(name, opened)
        return
    for member in list_members(name, opened, Budget()):
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
        return open_unpacked(printable_name(str(self.path)), self.path.open("rb"))


def _open_stdin() -> BinaryIO:
    return open_unpacked("stdin", open_raw(InputFile(None, "")))


def _unopened(error: OSError) -> str:
    return f"cannot be opened: {error.strerror or error}"
