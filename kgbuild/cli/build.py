"""`kgbuild build`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kgbuild.cli.example import example
from kgbuild.cli.options import check_types, run_options, settle_run, verbose_option

if TYPE_CHECKING:
    from kgbuild.pipeline import BuildReport

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
    """
    from kgbuild.cli.progress import terminal_progress
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
    for line in summary(report, output):
        click.echo(line, err=True)


def summary(report: "BuildReport", output: Path) -> list[str]:
    """The report in words, for a person."""
    graph = report.graph
    counts, rejected = graph.counts, {k: n for k, n in graph.counts.items() if "rejected" in k}
    lines = [
        f"{output}: {counts['documents']} documents, {counts['nodes']} nodes, {counts['edges']} edges, "
        f"{counts['evidence']} pieces of evidence, {counts.get('measurements_read', 0)} measurements",
        f"this run: {report.files} files, {report.read} documents read; {report.extracted} extracted, "
        f"{report.relinked} linked anew, {report.reused} already there; {report.seconds:.1f} s, "
        f"{report.read / report.seconds:.1f} documents/s",
    ]
    if report.replaced:
        what = "document" if report.replaced == 1 else "documents"
        lines.append(f"{report.replaced} {what} replaced: no file holds any more what they were read from")
    for type_, count in graph.mentions.items():
        lines.append(f"  {type_}: {count.mentions} mentions, {count.linked / count.mentions:.0%} linked")
    lines.extend(f"  {what}: {n}" for what, n in sorted(rejected.items()))
    if graph.failures:
        stages = ", ".join(f"{stage} {n}" for stage, n in graph.failures.items())
        lines.append(f"failures and rejections: {stages}; see {output / 'failures.jsonl'}")
    return lines
