"""How commands open a graph that they only read."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kgbuild.pipeline.report import Manifest

__all__ = ["open_graph"]


def open_graph(folder: Path) -> "Manifest":
    """The manifest of a graph, which no build exchanges for another one until the command ends.

    GraphError if there is no graph, or an unfinished one.
    """
    from kgbuild.pipeline.report import read_manifest
    from kgbuild.store.lock import reading

    click.get_current_context().with_resource(reading(folder))
    return read_manifest(folder)
