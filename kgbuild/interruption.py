"""What is said where a run ends early and its finished work is kept: a note at what ended it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kgbuild.errors import ModelError

__all__ = ["KEPT", "resumable"]

KEPT = "what was finished is kept: run the same command again to continue"


@contextmanager
def resumable(is_kept: Callable[[], bool]) -> Iterator[None]:
    """Note at an interruption of the block, or at a model that it could not load, that what was finished is kept.

    Nothing is noted unless `is_kept` says then that something is.
    """
    try:
        yield
    except (KeyboardInterrupt, ModelError) as end:
        if is_kept():
            end.add_note(KEPT)
        raise
