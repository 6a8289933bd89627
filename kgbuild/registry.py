"""What can be plugged in, by kind and name: built-ins and other packages' entry points through one door.

Nothing is imported until it is loaded. A package adds a reader by an entry point in the group ``kgbuild.readers``.
"""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from kgbuild.errors import ConfigError

__all__ = ["KINDS", "Kind", "load", "names"]

Kind = Literal["readers", "writers", "graph_writers", "ontology_parsers", "extractors", "linkers", "corpora"]

#: kind -> what it is, as `kgbuild list` prints it
KINDS: dict[Kind, str] = {
    "readers": "input formats: bytes to documents",
    "writers": "annotation formats: documents to a file",
    "graph_writers": "export formats: a graph to other tools",
    "ontology_parsers": "ontology formats: a file to concepts",
    "extractors": "mentions and relations of documents",
    "linkers": "concepts of mentions",
    "corpora": "annotated corpora for training and evaluation",
}


def names(kind: Kind) -> tuple[str, ...]:
    """The names registered under a kind, sorted."""
    return tuple(sorted(_entry_points(kind)))


def load(kind: Kind, name: str) -> Any:
    """The object registered under a kind and name, imported now; ConfigError names the choices, or what is broken."""
    found = _entry_points(kind)
    if name not in found:
        raise ConfigError(f"no {kind} named {name!r}; registered: {', '.join(sorted(found)) or 'none'}")
    point = found[name]
    try:
        return point.load()
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f"the {kind} {name!r} of {_package(point)} cannot be loaded ({point.value}): {error}"
        ) from error


@cache
def _entry_points(kind: Kind) -> dict[str, EntryPoint]:
    if kind not in KINDS:
        raise ConfigError(f"no kind named {kind!r}; kinds: {', '.join(KINDS)}")
    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=f"kgbuild.{kind}"):
        other = found.setdefault(point.name, point)
        if other.value != point.value:
            raise ConfigError(
                f"{_package(other)} and {_package(point)} both register {kind} named {point.name!r}; uninstall one"
            )
    return found


def _package(point: EntryPoint) -> str:
    return f"the package {point.dist.name}" if point.dist is not None else "an unknown package"
