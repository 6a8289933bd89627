"""What `kgbuild load` does with a SPARQL server."""

import os
from pathlib import Path

import click
from click.core import ParameterSource

__all__ = ["load_into_endpoint"]


def load_into_endpoint(graph: Path, url: str) -> None:
    """Load the graph, with the user that the environment names."""
    from kgbuild.cli.progress import step_line
    from kgbuild.store.sparql_endpoint import load_endpoint

    _refuse_other_options()
    with step_line() as tell:
        report = load_endpoint(
            graph,
            url,
            user=os.environ.get("SPARQL_USER"),
            password=os.environ.get("SPARQL_PASSWORD", ""),
            progress=lambda sent, given: tell(sent, given, "statements"),
        )
    done = f"{report.sent} loaded" if report.sent else "all there already"
    replaced = f", {report.replaced} of an earlier load replaced" if report.replaced else ""
    click.echo(f"{url}: {report.given} statements, {done}{replaced}; {report.seconds:.1f} s", err=True)


def _refuse_other_options() -> None:
    context = click.get_current_context()
    for option in context.command.params:
        given = context.get_parameter_source(option.name or "") == ParameterSource.COMMANDLINE
        if given and option.name not in ("graph", "uri", "verbose"):
            raise click.UsageError(f"{option.opts[0]} is for Neo4j, not for a SPARQL server")
