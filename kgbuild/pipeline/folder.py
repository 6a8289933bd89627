"""A graph's folder: whose it is, who is writing it, and how finished artefacts take the place of the last ones.

Artefacts are made in `.next/`. To publish, the manifest goes first and comes back last: a folder without one is
incomplete, whatever else it holds, and says so when it is asked.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import msgspec

from kgbuild.errors import GraphError
from kgbuild.pipeline.atomic import TEMPORARY_SUFFIX, sync_folder, write_atomically
from kgbuild.read.file_names import GRAPH_MARK
from kgbuild.store.lock import exchanging

__all__ = ["FAILURES", "FILES", "MANIFEST", "GraphFolder", "new_graph_folder"]

MANIFEST = "manifest.json"
FAILURES = "failures.jsonl"

#: The account of files that later builds go by (see `ledger`).
FILES = ".files.jsonl"

#: Marks the folder as a graph's, and is locked by the build that writes it.
MARK = GRAPH_MARK


class GraphFolder:
    """The places inside a graph's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.documents = path / "documents"
        self.imports = path / "imports"
        self.files = path / FILES
        self.next = path / ".next"
        self._last = path / ".last"

    def import_parts(self) -> list[Path]:
        """The folders of the imports, by name."""
        return sorted(path for path in self.imports.glob("*") if path.is_dir())

    def require_place(self) -> None:
        """GraphError if something else than a graph is there."""
        path = self.path
        if path.exists() and not path.is_dir():
            raise GraphError(f"{path}: expected a folder for the graph, found a file; choose another place with -o")
        if path.is_dir() and any(path.iterdir()) and not self.is_there():
            raise GraphError(
                f"{path}: expected a graph or an empty folder, found other files; choose another place with -o, "
                "nothing was changed"
            )

    def require_free(self) -> None:
        """GraphError if another build holds the graph that is there; only `claimed` keeps others from it."""
        if self.is_there():
            with self._locked():
                self._require_account()

    def is_there(self) -> bool:
        """Whether the folder is a graph's, finished or not."""
        return (self.path / MARK).exists()

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Hold the folder, new or old, for writing; GraphError if it is not a graph's, or if another build holds it.

        The lock is the kernel's: it ends with the process that holds it, however that ends.
        """
        self._make()
        with self._locked() as mark:
            self._require_account()
            mark.truncate(0)
            mark.write(f"process {os.getpid()}")
            mark.flush()
            self._tidy()
            yield

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Keep builds from changing a finished graph while it is read; GraphError if one is at it."""
        self._require_account()
        with (self.path / MARK).open("rb") as mark:
            try:
                fcntl.flock(mark, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError as error:
                raise GraphError(f"{self.path}: a kgbuild build is writing this graph; wait for it to end") from error
            yield

    def publish(self, manifest: msgspec.Raw | bytes) -> None:
        """Put what `.next/` holds in the place of what was there, and the manifest last of all."""
        with exchanging(self.path):  # not while someone reads some of the old and some of the new
            (self.path / MANIFEST).unlink(missing_ok=True)
            self._last.mkdir()
            for new in sorted(self.next.iterdir()):
                old = self.path / new.name
                if old.exists():
                    old.rename(self._last / new.name)
                new.rename(old)
            sync_folder(self.path)
            write_atomically(self.path / MANIFEST, bytes(manifest))
        self._tidy()

    @contextmanager
    def _locked(self) -> Iterator[TextIO]:
        with (self.path / MARK).open("a+", encoding="utf-8") as mark:
            try:
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                mark.seek(0)
                raise GraphError(
                    f"{self.path}: another kgbuild command is using this graph (the last build was "
                    f"{mark.read().strip() or 'none'}); wait for it to end, or choose another folder"
                ) from error
            yield mark

    def _make(self) -> None:
        self.require_place()
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / MARK).touch()  # before anything else, so that a kill here leaves a folder that is known as ours
        self.documents.mkdir(exist_ok=True)

    def _require_account(self) -> None:
        has_graph = (self.path / MANIFEST).exists() or any(self.documents.glob("part-*"))
        if has_graph and not self.files.exists():
            raise GraphError(
                f"{self.path}: expected a graph with {FILES}, by which changed files are known, found none: an older "
                "kgbuild made it; build all its papers again into a new folder, nothing was changed"
            )

    def _tidy(self) -> None:
        """Drop what unfinished builds left: unpublished artefacts, unfinished files."""
        for folder in (self.next, self._last):
            if folder.exists():
                shutil.rmtree(folder)
        for folder in (self.path, self.documents):
            for unfinished in sorted(folder.glob(f".*{TEMPORARY_SUFFIX}")):
                unfinished.unlink()


@contextmanager
def new_graph_folder(output: Path) -> Iterator[GraphFolder]:
    """A graph's folder that becomes `output` when the block ends; GraphError if something is there already."""
    if output.exists() and not (output.is_dir() and not any(output.iterdir())):
        raise GraphError(f"{output}: expected a new or empty folder for the graph, found something; choose another -o")
    unfinished = output.with_name(f".{output.name}{TEMPORARY_SUFFIX}")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was killed
    try:
        folder = GraphFolder(unfinished)
        with folder.claimed():
            yield folder
        unfinished.rename(output)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
