"""`kgbuild build`."""

from pathlib import Path
from typing import Any

import click

from kgbuild.cli.example import example
from kgbuild.cli.options import check_types, run_options, settle_run, verbose_option

__all__ = ["command"]


@click.command(
    "build",
    epilog=example(
        "kgbuild build papers/ supplement.zip -o graph/ --ontology Disease=mondo",
    ),
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder of the graph.")
@click.option("-s", "--schema", metavar="NAME|FILE", help="What the graph may hold.  [default: science]")
@click.option("--workers", type=click.IntRange(min=1), help="Processes that annotate, each with its own model.")
@run_options
@verbose_option
def command(paths: tuple[str, ...], output: Path, schema: str | None, workers: int | None, **settings: Any) -> None:
    """Read papers and tables, find entities and relations, link them, and leave a graph in a folder.

    In: files, folders, archives, glob patterns, or - for stdin; formats are recognised by content (see kgbuild list).
    Out: the folder, with Parquet tables, embedded Cypher and SPARQL databases, and failures.jsonl, which names whatever
    could not be read or used.

    Papers are added to those that the folder already holds. After a crash the same command continues where it stopped.
    The exit code is 1 if nothing could be read.
    """
    from kgbuild.cli.progress import terminal_progress
    from kgbuild.cli.summary import summarise
    from kgbuild.errors import ReadError
    from kgbuild.pipeline import build, recipe
    from kgbuild.schema import load_schema

    run = settle_run(**settings)
    loaded = load_schema(schema or run.schema)
    check_types(run, loaded)
    with terminal_progress() as progress:
        report = build(
            paths,
            output,
            recipe=recipe(run.extract, run.link, schema=loaded),
            schema=loaded,
            given=run.given,
            workers=workers or run.workers,
            progress=progress,
        )
    for line in summarise(report, output):
        click.echo(line, err=True)
    if not report.read:
        raise ReadError("none of what was given holds a document that can be read")
