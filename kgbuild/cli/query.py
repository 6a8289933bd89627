"""`kgbuild query`."""

import sys
from pathlib import Path

import click

from kgbuild.cli.example import example
from kgbuild.cli.opening import open_graph
from kgbuild.cli.options import rendering_options, verbose_option

__all__ = ["command"]


@click.command(
    "query",
    epilog=example(
        "kgbuild query graph/ 'MATCH (a:Chemical)-[r]->(b:Disease) RETURN a.name, b.name, r.belief LIMIT 5'",
        "kgbuild query graph/ --sparql 'SELECT ?s ?label { ?s rdfs:label ?label } LIMIT 5' --csv",
    ),
)
@click.argument("graph", type=click.Path(path_type=Path))
@click.argument("cypher", required=False, metavar="[QUERY]")
@click.option("--sparql", help="Ask this in SPARQL instead; - reads it from stdin.")
@rendering_options
@verbose_option
def command(graph: Path, cypher: str | None, sparql: str | None, rendering: str | None) -> None:
    """Ask GRAPH a Cypher QUERY, or a SPARQL one with --sparql; - reads it from stdin.

    In: the folder that kgbuild build made; it is only read. Out: the rows, as a table on a terminal, as JSON Lines
    otherwise.
    """
    if (cypher is None) == (sparql is None):
        raise click.UsageError("give either a Cypher QUERY or --sparql QUERY")
    from kgbuild import query
    from kgbuild.cli.rendering import echo_rows

    open_graph(graph)
    rows = query.cypher(graph, _text(cypher)) if cypher is not None else query.sparql(graph, _text(sparql or ""))
    echo_rows(rows, rendering)


def _text(argument: str) -> str:
    from kgbuild.errors import QueryError

    text = sys.stdin.buffer.read() if argument == "-" else argument.encode("utf-8", "surrogateescape")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(f"expected a query in UTF-8, found the byte 0x{text[error.start]:02x}") from error
