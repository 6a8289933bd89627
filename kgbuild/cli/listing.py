"""`kgbuild list`."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from kgbuild.cli.example import example
from kgbuild.cli.options import rendering_options, verbose_option

__all__ = ["command"]

MODELS = Path(__file__).resolve().parent.parent / "models"


@click.command(
    "list",
    epilog=example(
        "kgbuild list",
        "kgbuild list --settings",
    ),
)
@click.option(
    "--settings", is_flag=True, help="The keys of the tables [extract] and [link] of a --config file instead."
)
@rendering_options
@verbose_option
def command(settings: bool, rendering: str | None) -> None:
    """List what can be named in commands and configuration files.

    Out: kind, name and what the kind is, a row each; with --settings table, part, key, type and default; --json for
    programs.
    """
    from kgbuild.cli.rendering import echo_rows
    from kgbuild.query.rows import Rows

    if settings:
        echo_rows(Rows(("table", "use", "key", "type", "default"), _settings()), rendering)
    else:
        echo_rows(Rows(("kind", "name", "description"), _rows()), rendering)


def _rows() -> Iterator[tuple[str, str, str]]:
    from kgbuild import registry
    from kgbuild.schema import schema_names

    for kind, description in registry.KINDS.items():
        for name in registry.names(kind):
            yield kind, name, description
    for path in sorted(MODELS.glob("*/config.json")):
        yield "models", path.parent.name, "weights for --model"
    for name in schema_names():
        yield "schemas", name, "what a graph may hold, for --schema"


def _settings() -> Iterator[tuple[str, str, str, str, str]]:
    from kgbuild import registry
    from kgbuild.config import settings_of

    tables: tuple[tuple[str, registry.Kind], ...] = (("extract", "extractors"), ("link", "linkers"))
    for table, kind in tables:
        for name in registry.names(kind):
            part = registry.load(kind, name)
            defaults = inspect.signature(part).parameters
            for key, type_ in settings_of(part).items():
                shown = inspect.formatannotation(type_).replace("collections.abc.", "")
                yield table, name, key, shown, repr(defaults[key].default)
