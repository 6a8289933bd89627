"""A run as one TOML file. The signature of a part is the schema of its section, so that the two cannot drift apart.

schema = "science"
workers = 2

[extract]
use = "transformer"
device = "cpu"

[link]
use = "lexical"
threshold = 0.5
"""

import inspect
import tomllib
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from kgbuild.errors import ConfigError
from kgbuild.spelling import near_spelling

__all__ = [
    "EVIDENCE_FORMS",
    "GIVEN",
    "PRECISIONS",
    "EvidenceForm",
    "Given",
    "Part",
    "Precision",
    "RunConfig",
    "converted",
    "make_part",
    "read_config",
    "refuse_unknown",
]

#: What is kept of the annotations that the input already carries, each with what stands before it.
Given = Literal["nothing", "mentions", "links", "relations"]
GIVEN: tuple[Given, ...] = typing.get_args(Given)

#: How evidence stands in Neo4j: as nodes, as lists of texts and documents on its edge, or not at all.
EvidenceForm = Literal["nodes", "properties", "none"]
EVIDENCE_FORMS: tuple[EvidenceForm, ...] = typing.get_args(EvidenceForm)

#: In what numbers the extractor computes; "auto" is bfloat16 on CUDA and float32 on CPUs.
Precision = Literal["auto", "float32", "bfloat16", "int8"]
PRECISIONS: tuple[Precision, ...] = typing.get_args(Precision)

Made = TypeVar("Made")


class Part(msgspec.Struct, frozen=True):
    """A registered part by name, with its settings."""

    use: str
    settings: dict[str, Any] = {}

    def with_settings(self, **settings: Any) -> "Part":
        """The part with these settings instead of its own, but for those that are None."""
        given = {key: value for key, value in settings.items() if value is not None}
        return msgspec.structs.replace(self, settings={**self.settings, **given})


class RunConfig(msgspec.Struct, frozen=True):
    """What a build or an annotation may be told."""

    schema: str = "science"
    given: Given = "nothing"
    workers: Annotated[int, msgspec.Meta(ge=1)] = 1
    extract: Part = Part("transformer")
    link: Part = Part("lexical")


def read_config(path: Path) -> RunConfig:
    """The run that a TOML file describes; ConfigError names the table, the key, and the keys that there are."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: expected a TOML file: {error}") from error
    known = [field.name for field in msgspec.structs.fields(RunConfig)]
    refuse_unknown(tables, known, where=f"{path}: the file")
    defaults = RunConfig()
    values = {key: value for key, value in tables.items() if key not in {"extract", "link"}}
    run: RunConfig = converted(values, RunConfig, where=str(path))
    return msgspec.structs.replace(
        run,
        extract=_part(tables.get("extract", {}), defaults.extract, where=f"{path}: [extract]"),
        link=_part(tables.get("link", {}), defaults.link, where=f"{path}: [link]"),
    )


def make_part(
    factory: Callable[..., Made], part: Part, *, table: str, defaults: Mapping[str, Any] | None = None
) -> Made:
    """What the factory makes of the part's settings, once they fit its signature.

    `defaults` are passed where the factory takes them and the settings do not say otherwise.
    """
    parameters = settings_of(factory)
    where = f"[{table}] use = {part.use!r}"
    refuse_unknown(part.settings, list(parameters), where=where)
    checked = {key: converted(value, parameters[key], where=f"{where}: {key}") for key, value in part.settings.items()}
    offered = {key: value for key, value in (defaults or {}).items() if key in parameters}
    return factory(**{**offered, **checked})


def settings_of(factory: Callable[..., Any]) -> dict[str, Any]:
    """The keyword settings of a part with their types, in the order of its signature."""
    target = factory.__init__ if inspect.isclass(factory) else factory
    hints = typing.get_type_hints(target)
    return {name: hints.get(name, Any) for name in inspect.signature(factory).parameters}


def _part(table: Any, default: Part, *, where: str) -> Part:
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: expected a table, found {table!r}")
    use = table.get("use", default.use)
    if not isinstance(use, str):
        raise ConfigError(f"{where}: use: expected the name of a registered part, found {use!r}")
    return Part(use, {key: value for key, value in table.items() if key != "use"})


def refuse_unknown(table: Mapping[str, Any], known: Sequence[str], *, where: str) -> None:
    """ConfigError at the first key that is none of the known ones; it names those, and the one that may be meant."""
    for key in table:
        if key not in known:
            near = near_spelling(key, known)
            meant = f"; did you mean {near!r}?" if near is not None else ";"
            raise ConfigError(f"{where} has no key {key!r}{meant} known keys: {', '.join(known) or 'none'}")


def converted(value: Any, kind: Any, *, where: str) -> Any:
    """The value as that type; ConfigError says where it does not fit it."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where}: {error}") from error
