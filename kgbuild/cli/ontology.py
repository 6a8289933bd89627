"""`kgbuild ontology`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from kgbuild.cli.example import example
from kgbuild.cli.options import rendering_options, verbose_option

if TYPE_CHECKING:
    from kgbuild.link.compiled import Meta

__all__ = ["command"]

TYPE_OPTION = click.option("--type", "type_", metavar="TYPE", help="Entity type of its concepts, as in the schema.")


@click.group("ontology", epilog=example("kgbuild ontology add default", "kgbuild ontology search 'heart attack'"))
def command() -> None:
    """Compile ontologies once, list them, look names up.

    Compiled ontologies lie in a cache folder (KGBUILD_CACHE, else ~/.cache/kgbuild) and are shared by all runs.
    """


@command.command("add", epilog=example("kgbuild ontology add default", "kgbuild ontology add my.obo --type Disease"))
@click.argument("name")
@TYPE_OPTION
@rendering_options
@verbose_option
def add(name: str, type_: str | None, rendering: str | None) -> None:
    """Compile an ontology: a file, the name of a default one, or "default" for all of these.

    In: OBO, OBO Graph JSON, OWL or SKOS in RDF, or a table of names. Out: what was compiled, a row for each ontology.
    """
    from kgbuild.link import catalogue

    found = catalogue.add_ontology(name, type_, progress=lambda words: click.echo(words, err=True))
    _echo(found, rendering)


@command.command("list", epilog=example("kgbuild ontology list"))
@rendering_options
@verbose_option
def list_(rendering: str | None) -> None:
    """List the compiled ontologies, a row each."""
    from kgbuild.link import catalogue

    _echo(catalogue.list_ontologies(), rendering)


@command.command("show", epilog=example("kgbuild ontology show mondo"))
@click.argument("name")
@rendering_options
@verbose_option
def show(name: str, rendering: str | None) -> None:
    """Show what a compiled ontology holds: version, source, types, and how many concepts and names."""
    from kgbuild.link import catalogue

    _echo([catalogue.show_ontology(name)], rendering)


@command.command(
    "search",
    epilog=example(
        "kgbuild ontology search 'heart attack' --type Disease",
        "kgbuild ontology search Tat --type Gene --explain --table",
    ),
)
@click.argument("name")
@TYPE_OPTION
@click.option("--explain", is_flag=True, help="Say how the linker ranks the concepts and which one it would choose.")
@rendering_options
@verbose_option
def search(name: str, type_: str | None, explain: bool, rendering: str | None) -> None:
    """Look a name up in all compiled ontologies.

    Out: the concepts that may have it, the likeliest first, with how each was found; no row where none has. With
    --explain, which needs --type, the linker's probability of each, what adds to it, and whether it is chosen.
    """
    from kgbuild.cli.rendering import echo_rows
    from kgbuild.link import catalogue
    from kgbuild.query.rows import Rows

    if explain:
        _explain(name, type_, rendering)
        return
    found = catalogue.search(name, type_)
    rows = ((c.curie, c.name, c.score, c.match, c.reason) for c in found)
    echo_rows(Rows(("curie", "name", "score", "match", "reason"), rows), rendering)


def _explain(name: str, type_: str | None, rendering: str | None) -> None:
    from kgbuild.cli.rendering import echo_rows
    from kgbuild.link.linker import LexicalLinker
    from kgbuild.query.rows import Rows

    if not type_:
        raise click.UsageError("--explain needs --type: the linker ranks the concepts of an entity type.")
    linker = LexicalLinker()
    rows = (
        (
            *("yes" if place == 0 and c.score >= linker.threshold else "no", c.curie, c.name, c.score),
            *(" ".join(f"{feature}{value:+.2f}" for feature, value in parts.items()), c.reason),
        )
        for place, (c, parts) in enumerate(linker.explain(name, type_))
    )
    echo_rows(Rows(("chosen", "curie", "name", "probability", "features", "reason"), rows), rendering)


def _echo(found: "Iterable[Meta]", rendering: str | None) -> None:
    from kgbuild.cli.rendering import echo_rows
    from kgbuild.query.rows import Rows

    columns = ("name", "version", "source", "types", "prefixes", "concepts", "names")
    rows = (
        (m.name, m.version[:12], m.source, ", ".join(m.types), ", ".join(m.prefixes), m.concepts, m.names)
        for m in found
    )
    echo_rows(Rows(columns, rows), rendering)
