"""Progress bars on stderr, where that is a terminal."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import click

from kgbuild.cli.duration import duration
from kgbuild.pipeline.progress import Item, Progress

__all__ = ["download_bar", "step_line", "terminal_progress"]

#: Between two lines of progress where stderr is no terminal; before the first lines of a step it is less.
SECONDS_BETWEEN_LINES = 60.0
SECONDS_BEFORE_FIRST_LINE = 5.0
#: Over which the rate of a bar is taken: items come in batches.
SECONDS_OF_RATE = 120.0


@contextmanager
def terminal_progress() -> Iterator[Progress]:
    """One bar a step, with its rate and what is left; without a terminal lines, so that a log says how far it came."""
    if not sys.stderr.isatty():
        yield _line_progress
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars
    from rich.text import Text

    class RateColumn(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text("" if speed is None else _rate(speed))

    columns = (
        *(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), RateColumn(), TimeElapsedColumn()),
        *(TextColumn("left"), TimeRemainingColumn()),
    )
    with Bars(*columns, console=Console(stderr=True), speed_estimate_period=SECONDS_OF_RATE) as bars:

        def show(step: str, items: Iterable[Item], total: int | None) -> Iterable[Item]:
            task = bars.add_task(step, total=total)
            for item in items:
                yield item
                bars.advance(task)
            bars.update(task, total=total if total is not None else bars.tasks[task].completed)

        yield show


def _line_progress(step: str, items: Iterable[Item], total: int | None) -> Iterable[Item]:
    """A line after five seconds, then after twice as long each time, at last every minute."""
    started = last = time.monotonic()
    pause = SECONDS_BEFORE_FIRST_LINE
    for n_done, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now - last >= pause:
            last, pause = now, min(2 * pause, SECONDS_BETWEEN_LINES)
            click.echo(f"{step}: {_words(n_done, total, now - started)}", err=True)


def _words(n_done: int, total: int | None, seconds: float) -> str:
    rate = _rate(n_done / seconds)
    if total is None:
        return f"{n_done}, {rate}"
    if n_done == total:
        return f"{n_done} of {total} after {duration(seconds)}"
    return f"{n_done} of {total}, {rate}, about {duration(seconds * (total - n_done) / n_done)} left"


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


def _rate(speed: float) -> str:
    return f"{speed:.0f}/s" if speed >= 10 else f"{speed:.2g}/s"
