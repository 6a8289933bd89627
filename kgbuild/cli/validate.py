"""`kgbuild validate`."""

from pathlib import Path

import click

from kgbuild.cli.example import example
from kgbuild.cli.opening import open_graph
from kgbuild.cli.options import rendering_options, verbose_option

__all__ = ["command"]


@click.command(
    "validate",
    epilog=example(
        "kgbuild validate graph/ --table",
        "kgbuild validate graph/ --shapes shapes.ttl",
    ),
)
@click.argument("graph", type=click.Path(path_type=Path))
@click.option(
    "-s", "--schema", metavar="NAME|FILE", help="The graph's schema.  [default: the one of the name it tells]"
)
@click.option(
    "--shapes", type=click.Path(path_type=Path), help="Write the schema as SHACL shapes into this Turtle file."
)
@rendering_options
@verbose_option
def command(graph: Path, schema: str | None, shapes: Path | None, rendering: str | None) -> None:
    """Check every row of GRAPH against its schema and against what the records promise.

    In: the folder that kgbuild build made; it is only read. Out: a row for each rule that is broken, with how many rows
    break it and three of them; exit code 1 if there is any. The rules: types, predicates and the types that they join
    are the schema's, names refer to what there is, every edge has its evidence, quoted places lie in their documents,
    identifiers are CURIEs, scores lie between 0 and 1.
    """
    import msgspec

    from kgbuild import validate
    from kgbuild.cli.rendering import echo_rows
    from kgbuild.errors import GraphError
    from kgbuild.pipeline.atomic import output_stream
    from kgbuild.query.rows import Rows
    from kgbuild.schema import load_schema

    manifest = open_graph(graph)
    loaded = load_schema(schema or manifest.schema)
    if loaded.version != manifest.schema_version:
        click.echo(f"{graph}: built with another version of schema {manifest.schema}", err=True)
    if shapes is not None:
        with output_stream(shapes) as stream:
            stream.write(validate.shapes(loaded).encode())
    found = list(validate.validate(graph, loaded))
    if found:
        rows = map(msgspec.structs.astuple, found)
        echo_rows(Rows(("table", "rule", "count", "examples"), iter(rows)), rendering)
        n_rules = f"{len(found)} {'rule is' if len(found) == 1 else 'rules are'} broken"
        raise GraphError(f"{graph}: {n_rules}; build the graph again, or give its schema with -s")
    click.echo(f"{graph}: every row of every table is as it should be", err=True)
