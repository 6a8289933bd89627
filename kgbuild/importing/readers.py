"""Which files are graphs, by their names, and what reads them. Any of them may be compressed (.gz)."""

import functools
import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, cast

from kgbuild.errors import ReadError
from kgbuild.importing.given import Given, Tally, given_document
from kgbuild.importing.kgx import read_jsonl, read_tsv
from kgbuild.importing.rdf import FORMATS, read_rdf
from kgbuild.store.workbench import Workbench

__all__ = ["find_graph_files", "read_graph_file"]

Reader = Callable[[Given, IO[bytes]], None]

#: ending of a file's name -> its reader
READERS: dict[str, Reader] = {
    ".tsv": read_tsv,
    ".jsonl": read_jsonl,
    **{ending: functools.partial(read_rdf, format=format) for ending, format in FORMATS.items()},
}


def find_graph_files(paths: Iterable[Path]) -> list[Path]:
    """The files, and those in the folders, sorted by name; ReadError for one that is no graph, or not there."""
    files: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found = [inner for inner in path.rglob("*") if inner.is_file() and _ending(inner) in READERS]
            if not found:
                raise ReadError(f"{path}: expected files with the endings {_known()}, found none")
            files.update(dict.fromkeys(found))
        elif not path.exists():
            raise ReadError(f"{path}: expected a file or folder with a graph, found nothing")
        elif _ending(path) not in READERS:
            raise ReadError(f"{path}: expected a graph whose name ends in {_known()}, or one of these and .gz")
        else:
            files[path] = None
    return sorted(files, key=lambda file: (file.name, str(file)))


def read_graph_file(path: Path, bench: Workbench, tally: Tally) -> None:
    """Put the nodes and statements of a file into the workbench; ReadError if it cannot be opened."""
    document = _identifier(path)
    bench.add("cited", given_document(document, source=path.name, title=path.name))
    given = Given(bench, tally, path, document)
    try:
        with _opened(path) as stream:
            READERS[_ending(path)](given, stream)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        tally.add(path.name, 0, f"the file breaks off ({error})")
    except OSError as error:
        raise ReadError(f"{path}: cannot be read: {error}") from error


def _identifier(path: Path) -> str:
    """What stands for a file as the source of its statements, from its content."""
    with path.open("rb") as stream:
        return f"kgb:file-{hashlib.file_digest(stream, 'sha256').hexdigest()[:16]}"


def _opened(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _ending(path: Path) -> str:
    return Path(path.name.removesuffix(".gz")).suffix


def _known() -> str:
    return ", ".join(READERS)
