"""Writing a file so that whoever looks, at any moment and after any crash, finds the old one or the new one, whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kgbuild.errors import ConfigError

__all__ = ["TEMPORARY_SUFFIX", "atomic_stream", "output_stream", "write_atomically"]

#: How the names of unfinished files end.
TEMPORARY_SUFFIX = ".kgbuild-tmp"


@contextmanager
def output_stream(path: Path) -> Iterator[BinaryIO]:
    """Where a command's output goes: a file in whole or not at all; a pipe or device piece by piece.

    A link is followed. ConfigError before anything is written if there is a folder, or no folder to write into.
    """
    target = path.resolve() if path.is_symlink() else path
    if target.is_dir():
        raise ConfigError(f"{path}: expected a file to write, found a folder; give a file's name in it")
    if not target.parent.is_dir():
        raise ConfigError(f"{path}: the folder {target.parent} does not exist; make it first")
    if target.exists() and not target.is_file():
        with target.open("wb") as stream:
            yield stream
        return
    with atomic_stream(target) as stream:
        yield stream


@contextmanager
def atomic_stream(path: Path) -> Iterator[BinaryIO]:
    """A stream that becomes the file when the block ends, and leaves nothing when the block raises."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    try:
        with temporary.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_atomically(path: Path, content: bytes) -> None:
    """Put the content in place of the file, or of nothing."""
    with atomic_stream(path) as stream:
        stream.write(content)


def sync_folder(folder: Path) -> None:
    """Make renames in this folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
