"""`kgbuild list`."""

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
    ),
)
@rendering_options
@verbose_option
def command(rendering: str | None) -> None:
    """List what can be named in commands and configuration files.

    Out: kind, name and what the kind is, a row each; --json for programs.
    """
    from kgbuild.cli.rendering import echo_rows
    from kgbuild.query.rows import Rows

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
