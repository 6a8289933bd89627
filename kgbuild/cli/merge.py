"""`kgbuild merge`."""

from pathlib import Path

import click

from kgbuild.cli.example import example
from kgbuild.cli.options import verbose_option

__all__ = ["command"]


@click.command("merge", epilog=example("kgbuild merge ours/ theirs/ -o both/"))
@click.argument("graphs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="GRAPH GRAPH…")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="A new folder for the graph.")
@click.option("-s", "--schema", metavar="NAME|FILE", help="The schema of all graphs.  [default: the first one's name]")
@verbose_option
def command(graphs: tuple[Path, ...], output: Path, schema: str | None) -> None:
    """Make one graph of several, with the evidence and the provenance of all.

    In: folders that kgbuild build made with one schema; they are only read. Out: a new folder like theirs, as if one
    build had read all their papers; a paper of several graphs is in it once, with what the model of each has read in
    it. Nothing is annotated again. kgbuild build adds papers to it, and reads all with its own model.
    """
    if len(graphs) < 2:
        raise click.UsageError("give at least two graphs")
    from kgbuild.cli.progress import terminal_progress
    from kgbuild.pipeline import merge, read_manifest
    from kgbuild.schema import load_schema

    loaded = load_schema(schema or read_manifest(graphs[0]).schema)
    with terminal_progress() as progress:
        report = merge(graphs, output, schema=loaded, progress=progress)
    counts = report.graph.counts
    given = ", ".join(f"{n} of {graph}" for n, graph in zip(report.documents, graphs, strict=True))
    click.echo(f"{given}; {report.shared} of them in several graphs, kept once", err=True)
    if further := counts["further_readings"]:
        click.echo(
            f"{further} further readings of documents by other models, which are kept beside the first", err=True
        )
    click.echo(
        f"{output}: {counts['documents']} documents, {counts['nodes']} nodes, {counts['edges']} edges, "
        f"{counts['evidence']} pieces of evidence; {report.seconds:.1f} s",
        err=True,
    )
