"""`kgbuild annotate`."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click

from kgbuild import registry
from kgbuild.cli.example import example
from kgbuild.cli.options import check_types, run_options, settle_run, verbose_option
from kgbuild.errors import ReadError

__all__ = ["command"]


@click.command(
    "annotate",
    epilog=example(
        "kgbuild annotate abstracts.txt -o annotated.txt -O pubtator --ontology Disease=medic.tsv",
    ),
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("-o", "--output", required=True, metavar="FILE|-", help="Where the annotated documents go; - is stdout.")
@click.option(
    "-O",
    "--format",
    "format_name",
    required=True,
    type=click.Choice(registry.names("writers")),
    help="Format of the output.",
)
@click.option("-s", "--schema", metavar="NAME|FILE", help="Its identifier preferences are used.  [default: science]")
@run_options
@verbose_option
def command(paths: tuple[str, ...], output: str, format_name: str, schema: str | None, **settings: Any) -> None:
    """Add mentions, links and relations to documents, and write them in an annotation format.

    In: what kgbuild build takes; with --given also what stands in annotated files: "mentions" keeps them and adds links
    and relations, "links" keeps mentions and links and adds relations, "relations" keeps all, also measurements, and
    adds nothing. Out: one file, documents in the order of the input; identifiers, text and offsets come out as they
    went in. What cannot be read is named on stderr.
    """
    from kgbuild.cli.progress import terminal_progress
    from kgbuild.cli.summary import tell_failures
    from kgbuild.pipeline import annotate, recipe
    from kgbuild.schema import load_schema

    run = settle_run(**settings)
    loaded = load_schema(schema or run.schema)
    check_types(run, loaded)
    writer = registry.load("writers", format_name)
    with terminal_progress() as progress, _output(output) as stream:
        annotation = annotate(
            paths, recipe=recipe(run.extract, run.link, schema=loaded), given=run.given, progress=progress
        )
        n_written = writer.write(annotation, stream)
        _report(annotation.failures)
        if not n_written:
            raise ReadError(f"{', '.join(paths)}: expected at least one document that can be read, found none")
    told = tell_failures(Counter(failure.stage for failure in annotation.failures)) or "no failures"
    click.echo(f"{n_written} document{'s' * (n_written != 1)} annotated, {told}", err=True)


def _report(failures: list[Any]) -> None:
    for failure in failures:
        click.echo(f"{failure.stage}: {failure.words}", err=True)


@contextmanager
def _output(name: str) -> Iterator[BinaryIO]:
    from kgbuild.pipeline.atomic import output_stream

    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with output_stream(Path(name)) as stream:
        yield stream
