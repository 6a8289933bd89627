"""What a graph holds (manifest.json) and what one build did."""

from pathlib import Path

import msgspec

from kgbuild.errors import GraphError
from kgbuild.pipeline.folder import MANIFEST

__all__ = ["FORMAT_VERSION", "BuildReport", "Makers", "Manifest", "TypeCount", "read_manifest"]

#: Of the folder's layout and tables; a graph of another version is built again.
FORMAT_VERSION = 5


class TypeCount(msgspec.Struct, frozen=True):
    """Mentions of one type, and how many of them are linked to a concept."""

    mentions: int
    linked: int


class Makers(msgspec.Struct, frozen=True, order=True):
    """The revisions of what made the layers of a document."""

    segmenter: str
    extractor: str
    linker: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a graph was made from and what it holds; equal for equal input, so that it names no time and no machine.

    `makers` made the layers of its documents: one, but in a merged graph, where several may have read the same one.
    `counts` come from assembly, `mentions` from the documents; both have every reading of a document in them.
    `failures` are counted by stage; failures.jsonl tells them one by one.
    """

    format: int
    kgbuild: str
    schema: str
    schema_version: str
    makers: tuple[Makers, ...]
    counts: dict[str, int]
    mentions: dict[str, TypeCount]
    failures: dict[str, int]


class BuildReport(msgspec.Struct, frozen=True, kw_only=True):
    """What one build did: files visited, documents read, and how many of them were in the folder already.

    `replaced` documents, or former texts of documents, left the graph because their files hold something else now, and
    `superseded` readings because their document has one by the present model.
    `as_given` documents of the graph have their own annotations alone: nothing else was looked for in them.
    """

    files: int
    read: int
    reused: int
    extracted: int
    relinked: int
    seconds: float
    graph: Manifest
    replaced: int = 0
    superseded: int = 0
    as_given: int = 0


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a finished graph; GraphError says what is wrong with the folder and what to do."""
    path = folder / MANIFEST
    if not folder.is_dir():
        raise GraphError(f"{folder}: expected the folder of a graph, found none; kgbuild build … -o {folder} makes one")
    if not path.exists():
        raise GraphError(f"{folder}: expected a finished graph, found no {MANIFEST}; run kgbuild build again")
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except msgspec.DecodeError as error:
        raise GraphError(f"{path}: expected the manifest of a graph ({error}); run kgbuild build again") from error
    if manifest.format != FORMAT_VERSION:
        raise GraphError(
            f"{folder}: expected a graph of format {FORMAT_VERSION}, found {manifest.format}, made by kgbuild "
            f"{manifest.kgbuild}; run kgbuild build again with any of its papers, which brings all that it holds up "
            "to date, or import its files again into a new folder"
        )
    return manifest
