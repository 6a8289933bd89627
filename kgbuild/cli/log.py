"""Where the log goes."""

import logging

import click

__all__ = ["StderrHandler"]


class StderrHandler(logging.Handler):
    """Writes to what stderr is when a line comes, which a caller may have exchanged since."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(self.format(record), err=True)
