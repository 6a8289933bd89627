"""Graphs of other tools as a graph's folder, and the imports that a folder holds.

An import lies in `imports/`, in a folder named by its content: its tables, and what could not be used. Whatever is made
of the folder later, by a build or a merge, has the imports in it again.
"""

import hashlib
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from kgbuild.document import Failure
from kgbuild.errors import GraphError
from kgbuild.importing import Tally, Terms, find_graph_files, read_graph_file
from kgbuild.importing.given import GIVEN
from kgbuild.importing.part import write_part
from kgbuild.pipeline.atomic import write_atomically
from kgbuild.pipeline.folder import FAILURES, GraphFolder, new_graph_folder
from kgbuild.pipeline.ledger import encode_failures
from kgbuild.pipeline.progress import Progress, no_progress
from kgbuild.pipeline.publish import publish
from kgbuild.pipeline.report import Manifest
from kgbuild.schema import Schema
from kgbuild.store.workbench import workbench

__all__ = ["ImportReport", "copy_imports", "import_failures", "import_graphs"]


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did: the files that it read, and how many records could not be used, by reason."""

    files: tuple[str, ...]
    rejected: dict[str, int]
    seconds: float
    graph: Manifest


def import_graphs(
    paths: Sequence[Path],
    output: Path,
    *,
    schema: Schema,
    named: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
) -> ImportReport:
    """Make a graph of these files and folders in a new folder, which is there whole or not at all; what was done.

    `named` are terms of the files with the entity types and relations that they mean.
    """
    started = time.monotonic()
    terms = Terms(schema, named)
    files = find_graph_files(paths)
    tally = Tally()
    with new_graph_folder(output) as folder:
        write_atomically(folder.files, b"")
        unnamed = folder.imports / ".unfinished"
        unnamed.mkdir(parents=True)
        with workbench(folder.path, GIVEN) as bench:
            for file in progress("reading", files, len(files)):
                read_graph_file(file, bench, tally)
            write_part(bench, unnamed, schema=schema, terms=terms, tally=tally)
        (unnamed / FAILURES).write_bytes(encode_failures(tally.failures()))
        unnamed.rename(folder.imports / _content_name(unnamed))
        manifest = publish(
            folder,
            (),
            import_failures(folder),
            schema=schema,
            concept=lambda _: None,
            makers=(),
            progress=progress,
        )
    return ImportReport(
        files=tuple(file.name for file in files),
        rejected=tally.counts(),
        seconds=time.monotonic() - started,
        graph=manifest,
    )


def import_failures(folder: GraphFolder) -> Iterator[Failure]:
    """What could not be used of the imports in a folder."""
    for part in folder.import_parts():
        path = part / FAILURES
        try:
            for line in path.read_bytes().splitlines():
                yield msgspec.json.decode(line, type=Failure)
        except (OSError, msgspec.DecodeError) as error:
            raise GraphError(f"{path}: expected the failures of an import ({error}); import its files again") from error


def copy_imports(sources: Iterable[GraphFolder], target: GraphFolder) -> None:
    """Put the imports of some folders into another; the same import is there once."""
    for source in sources:
        for part in source.import_parts():
            if not (target.imports / part.name).exists():
                shutil.copytree(part, target.imports / part.name)


def _content_name(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        with path.open("rb") as stream:
            digest.update(path.name.encode() + hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:16]
