"""`kgbuild diff`."""

from pathlib import Path

import click

from kgbuild.cli.example import example
from kgbuild.cli.opening import open_graph
from kgbuild.cli.options import rendering_options, verbose_option

__all__ = ["command"]


@click.command(
    "diff",
    epilog=example(
        "kgbuild diff march/ april/ --counts",
        "kgbuild diff march/ april/ --only edges --csv",
    ),
)
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(["nodes", "edges", "evidence"]),
    help="Compare these records.  [default: all]  Repeatable.",
)
@click.option("--counts", is_flag=True, help="Say only how many records of each kind differ.")
@rendering_options
@verbose_option
def command(before: Path, after: Path, only: tuple[str, ...], counts: bool, rendering: str | None) -> None:
    """Show which nodes, edges and evidence were added, removed or changed from BEFORE to AFTER.

    In: two folders that kgbuild build made; they are only read. Out: a row for each difference, with what differs on
    either side, such as an edge's belief; as a table on a terminal, as JSON Lines otherwise. Equal graphs give no row.
    What another model or revision reads at the same place is evidence that changed, with the old and the new score.
    """
    from kgbuild.cli.rendering import echo_rows
    from kgbuild.query.diff import RECORDS, count_differences, diff

    for graph in (before, after):
        open_graph(graph)
    compare = count_differences if counts else diff
    echo_rows(compare(before, after, records=[name for name in RECORDS if not only or name in only]), rendering)
