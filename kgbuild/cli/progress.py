"""Progress bars on stderr, where that is a terminal."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import click

from kgbuild.pipeline.progress import Item, Progress, no_progress

__all__ = ["terminal_progress"]


@contextmanager
def terminal_progress() -> Iterator[Progress]:
    """One bar a step; without a terminal nothing at all."""
    if not sys.stderr.isatty():
        yield no_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:

        def show(step: str, items: Iterable[Item], total: int | None) -> Iterable[Item]:
            task = bars.add_task(step, total=total)
            for item in items:
                yield item
                bars.advance(task)
            bars.update(task, total=total if total is not None else bars.tasks[task].completed)

        yield show


@contextmanager
def step_line() -> Iterator[Callable[[int, int, str], None]]:
    """One line that is told steps done, steps in all and a few words; silent where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total, words: None
        return
    yield lambda done, total, words: click.echo(f"\r{done}/{total} {words}\x1b[K", err=True, nl=False)
    click.echo(err=True)
