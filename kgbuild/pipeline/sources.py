"""The documents of a run's files, with an account of every file that was opened and every one that failed."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from kgbuild.document import Document, Failure
from kgbuild.read.reader import read_source
from kgbuild.read.source import find_sources

__all__ = ["Reading", "file_of"]


class Reading:
    """The documents of the paths, once; afterwards the counts and failures.

    ReadError at once for a path that does not exist. Files below `outside` are passed over: a graph that is built into
    one of its input folders does not read itself.
    """

    def __init__(self, paths: Iterable[str], *, outside: Path | None = None) -> None:
        self.failures: list[Failure] = []
        self.visited: set[str] = set()
        self.n_documents = 0
        self._sources = find_sources(paths)
        self._outside = None if outside is None else outside.resolve()

    def __iter__(self) -> Iterator[Document]:
        for source in self._sources:
            name = source.source if isinstance(source, Failure) else source.name
            if self._is_outside(name):
                continue
            self.visited.add(file_of(name))
            items = [source] if isinstance(source, Failure) else read_source(source)
            for item in items:
                if isinstance(item, Failure):
                    self.failures.append(item)
                else:
                    self.n_documents += 1
                    yield item

    def _is_outside(self, name: str) -> bool:
        return self._outside is not None and Path(file_of(name)).resolve().is_relative_to(self._outside)


def file_of(source: str) -> str:
    """The file on disk that a source's name speaks of: an archive for its members."""
    return source.partition("!")[0]
