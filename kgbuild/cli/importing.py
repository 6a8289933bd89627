"""`kgbuild import`."""

from pathlib import Path

import click

from kgbuild.cli.example import example
from kgbuild.cli.options import verbose_option

__all__ = ["command"]

#: How many reasons for records that could not be used are told on the terminal.
REASONS_SHOWN = 10


@click.command(
    "import",
    epilog=example(
        "kgbuild import kgx/ -o theirs/",
        "kgbuild import edges.nq.gz --take http://example.org/treats=Negative_Correlation -o theirs/",
    ),
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="A new folder for the graph.")
@click.option("-s", "--schema", default="science", show_default=True, metavar="NAME|FILE", help="What it may hold.")
@click.option(
    "--take", "taken", multiple=True, metavar="TERM=NAME", help="This term is that type or relation. Repeatable."
)
@verbose_option
def command(paths: tuple[Path, ...], output: Path, schema: str, taken: tuple[str, ...]) -> None:
    """Make a graph of what another tool wrote: KGX, RDF, or an export of kgbuild.

    In: files or folders; KGX as .tsv or .jsonl, RDF as .ttl, .nt, .nq, .trig, .rdf, .owl or .jsonld, also as .gz. Out:
    a new folder like those of kgbuild build, with the statements as evidence of kind "import", under their publications
    and scores. Categories and predicates are the schema's, or Biolink's; what fits none, or has no place in a graph, is
    counted in failures.jsonl. kgbuild merge joins it with the graphs of papers.
    """
    from kgbuild.cli.progress import terminal_progress
    from kgbuild.pipeline import import_graphs
    from kgbuild.schema import load_schema

    named = {}
    for words in taken:
        term, equals, name = words.rpartition("=")
        if not equals:
            raise click.UsageError(f"--take {words}: expected TERM=NAME")
        named[term] = name
    with terminal_progress() as progress:
        report = import_graphs(paths, output, schema=load_schema(schema), named=named, progress=progress)
    counts = report.graph.counts
    click.echo(
        f"{output}: {counts['nodes']} nodes, {counts['edges']} edges, {counts['evidence']} pieces of evidence from "
        f"{len(report.files)} files; {report.seconds:.1f} s",
        err=True,
    )
    reasons = sorted(report.rejected.items(), key=lambda item: (-item[1], item[0]))
    for reason, n in reasons[:REASONS_SHOWN]:
        click.echo(f"  not used: {reason}: {n}", err=True)
    if len(reasons) > REASONS_SHOWN:
        click.echo(f"  and {len(reasons) - REASONS_SHOWN} other reasons; see {output / 'failures.jsonl'}", err=True)
