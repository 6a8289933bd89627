"""Rows on stdout: a table on a terminal, JSON Lines otherwise, or what was asked for."""

import sys

from kgbuild.query.rows import Rows, render_csv, render_json, render_table

__all__ = ["echo_rows"]

RENDERINGS = {"table": render_table, "json": render_json, "csv": render_csv}


def echo_rows(rows: Rows, rendering: str | None) -> None:
    """Write the rows in this rendering; None chooses by where stdout goes."""
    chosen = rendering or ("table" if sys.stdout.isatty() else "json")
    for text in RENDERINGS[chosen](rows):
        sys.stdout.write(text)
