"""Work on ontologies in several processes."""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from kgbuild.errors import OntologyError

__all__ = ["in_processes"]

Result = TypeVar("Result")


def in_processes(function: Callable[[str], Result], names: Iterable[str], workers: int) -> list[Result]:
    """The function of each name, in their order. OntologyError if a process dies.

    The function is one of a module, which new processes import.
    """
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        try:
            return list(pool.map(function, names))
        except BrokenProcessPool as error:
            raise OntologyError(
                "a process that compiles ontologies died, most likely for want of memory; what the others did stays: "
                "run the same command again"
            ) from error
