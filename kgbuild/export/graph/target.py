"""Where an export goes: a file or a folder that is there whole or not at all."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kgbuild.errors import ConfigError

__all__ = ["new_target"]


@contextmanager
def new_target(path: Path, *, files: Sequence[str], force: bool) -> Iterator[Path]:
    """A place to write to, which becomes `path` when the block ends and vanishes when it raises.

    `files` are the names that a folder will hold; without any it is a single file. What is there already is refused,
    or replaced with `force`; a folder that holds anything but such files is never replaced. ConfigError says which.
    """
    _check(path, files=files, force=force)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        if files:
            unfinished.mkdir()
        yield unfinished
        if path.is_dir():  # a folder cannot be renamed onto one that is not empty
            former = path.with_name(f".{path.name}.{os.getpid()}.former")
            path.rename(former)
            unfinished.rename(path)
            shutil.rmtree(former)
        else:
            unfinished.replace(path)
    finally:
        if unfinished.is_dir():
            shutil.rmtree(unfinished)
        else:
            unfinished.unlink(missing_ok=True)


def _check(path: Path, *, files: Sequence[str], force: bool) -> None:
    kind = "folder" if files else "file"
    if not path.parent.is_dir():
        raise ConfigError(f"{path}: expected a {kind} in a folder that exists; create {path.parent} first")
    if not (path.exists() or path.is_symlink()):
        return
    if not force:
        raise ConfigError(f"{path}: expected nothing here, found a {_kind(path)}; --force replaces it")
    if _kind(path) != kind:
        raise ConfigError(f"{path}: expected a {kind} to replace, found a {_kind(path)}; choose another place")
    if files:
        foreign = sorted({entry.name for entry in path.iterdir()} - set(files))
        if foreign:
            raise ConfigError(
                f"{path}: expected a folder of {', '.join(files)} to replace, found {', '.join(foreign[:5])} in it; "
                "choose another place"
            )


def _kind(path: Path) -> str:
    if path.is_symlink():
        return "link"
    return "folder" if path.is_dir() else "file"
