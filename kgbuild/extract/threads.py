"""Work for a model on several threads of a CPU without a trace of how many there are in the results.

A matrix product of several threads is cut by the number of its rows, and the cuts show in the last digits: what is
found in a text would depend on the texts beside it. So each thread computes whole products, of batches of its own.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

__all__ = ["each_by_one_thread", "n_threads"]

Item = TypeVar("Item")
Result = TypeVar("Result")


def n_threads(device: torch.device) -> int:
    """How many batches are computed at once: as many as torch has threads, on a GPU one."""
    return torch.get_num_threads() if device.type == "cpu" else 1


def each_by_one_thread(run: Callable[[Item], Result], items: Iterable[Item], device: torch.device) -> list[Result]:
    """What each item gives, in their order; on a CPU by as many threads as torch would use for one.

    `run` sets what torch keeps for each thread, such as the inference mode, itself.
    """
    n = n_threads(device)
    if n == 1:
        return [run(item) for item in items]
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(n) as pool:
            return list(pool.map(run, items))
    finally:
        torch.set_num_threads(n)
