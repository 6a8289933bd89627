"""What is said of an interrupted run whose finished work is kept: a note at the KeyboardInterrupt."""

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["KEPT", "resumable"]

KEPT = "what was finished is kept: run the same command again to continue"


@contextmanager
def resumable() -> Iterator[None]:
    """Note at an interruption of the block that what was finished is kept."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        interrupt.add_note(KEPT)
        raise
