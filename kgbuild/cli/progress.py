"""Progress bars on stderr, where that is a terminal."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import click

from kgbuild.pipeline.progress import Item, Progress

__all__ = ["download_bar", "step_line", "terminal_progress"]

#: Between two lines of progress where stderr is no terminal.
SECONDS_BETWEEN_LINES = 60.0


@contextmanager
def terminal_progress() -> Iterator[Progress]:
    """One bar a step; without a terminal a line every minute, so that a night's log says how far it came."""
    if not sys.stderr.isatty():
        yield _line_progress
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


def _line_progress(step: str, items: Iterable[Item], total: int | None) -> Iterable[Item]:
    last = time.monotonic()
    for n_done, item in enumerate(items, start=1):
        yield item
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            click.echo(f"{step}: {n_done}{'' if total is None else f' of {total}'}", err=True)


@contextmanager
def download_bar() -> Iterator[Callable[[int, int | None], None]]:
    """One bar that is told the bytes that are here and those that there are; without a terminal a line every minute."""
    if not sys.stderr.isatty():
        with step_line() as tell:
            yield lambda done, total: tell(done, total or 0, "bytes")
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    with Bars(
        BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(), console=Console(stderr=True)
    ) as bars:
        task = bars.add_task("", total=None, visible=False)
        yield lambda done, total: bars.update(task, completed=done, total=total, visible=True)


@contextmanager
def step_line() -> Iterator[Callable[[int, int, str], None]]:
    """One line that is told steps done, steps in all and a few words; without a terminal a line every minute."""
    if sys.stderr.isatty():
        yield lambda done, total, words: click.echo(f"\r{done}/{total} {words}\x1b[K", err=True, nl=False)
        click.echo(err=True)
        return
    last = 0.0

    def tell(done: int, total: int, words: str) -> None:
        nonlocal last
        if done == total or time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            click.echo(f"{done}/{total} {words}", err=True)

    yield tell
