"""Who reads a graph's folder, and who puts another graph in its place: the kernel's lock on the folder itself.

It ends with the process that holds it, however that ends, and needs no right to write.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["exchanging", "reading"]

logger = logging.getLogger(__name__)


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Read what one build made: a build that ends in the meantime waits before it puts its own in that place."""
    if not folder.is_dir():
        yield  # whoever reads it says what is wrong
        return
    with _locked(folder, fcntl.LOCK_SH, "the build that exchanges it"):
        yield


@contextmanager
def exchanging(folder: Path) -> Iterator[None]:
    """Put another graph in the place of the one in the folder, when nobody reads it."""
    with _locked(folder, fcntl.LOCK_EX, "who reads it"):
        yield


@contextmanager
def _locked(folder: Path, kind: int, other: str) -> Iterator[None]:
    opened = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(opened, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            logger.warning("%s: waiting for %s", folder, other)
            fcntl.flock(opened, kind)
        yield
    finally:
        os.close(opened)
