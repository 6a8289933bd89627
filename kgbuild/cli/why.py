"""`kgbuild why`."""

import sys
from pathlib import Path

import click

from kgbuild.cli.example import example
from kgbuild.cli.opening import open_graph
from kgbuild.cli.options import verbose_option

__all__ = ["command"]


@click.command("why", epilog=example("kgbuild why graph/ cisplatin nephrotoxicity"))
@click.argument("graph", type=click.Path(path_type=Path))
@click.argument("subject")
@click.argument("predicate_and_object", nargs=-1, required=True, metavar="[PREDICATE] OBJECT")
@click.option("--json", "as_json", is_flag=True, help="A JSON object for each edge.")
@verbose_option
def command(graph: Path, subject: str, predicate_and_object: tuple[str, ...], as_json: bool) -> None:
    """Show the sentences and table cells behind the edges between SUBJECT and OBJECT, in either direction.

    In: the folder that kgbuild build made; SUBJECT and OBJECT by identifier, name or synonym. Out: each edge with its
    evidence, the surest first: document, section, the words with both ends marked, score, and the model that read them.
    """
    if len(predicate_and_object) > 2:
        raise click.UsageError(f"expected SUBJECT [PREDICATE] OBJECT, found {2 + len(predicate_and_object) - 1} names")
    import msgspec

    from kgbuild.errors import QueryError
    from kgbuild.query import render_why, why

    open_graph(graph)
    *predicate, object_ = predicate_and_object
    explanations = why(graph, subject, object_, predicate[0] if predicate else None)
    if not explanations:
        raise QueryError(f"no edge{' ' + predicate[0] if predicate else ''} joins {subject!r} and {object_!r}")
    if as_json:
        for explanation in explanations:
            click.echo(msgspec.json.encode(explanation))
    else:
        click.echo(render_why(explanations, ansi=sys.stdout.isatty()), nl=False)
