"""Runs batches of documents through the stages: in this process, or in worker processes that each load their own parts.

Results come in the order of the batches, so that the number of workers changes nothing but the time.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Literal, Protocol

import msgspec

from kgbuild.config import Given
from kgbuild.document import Document, Failure
from kgbuild.errors import KgbuildError
from kgbuild.pipeline.shards import Record
from kgbuild.pipeline.stages import Recipe, Stages, annotate_batch, link_batch

__all__ = ["Batch", "Engine", "Outcome", "open_engine"]

Work = Literal["extract", "link"]
Outcome = Document | Failure

#: Batches on their way per worker: one in work, one waiting.
QUEUE_PER_WORKER = 2


class Batch(msgspec.Struct, frozen=True):
    """Records whose documents need the same work: all of it, or linking alone."""

    work: Work
    given: Given
    records: tuple[Record, ...]


class Engine(Protocol):
    """Where the stages run."""

    def run(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, list[Outcome]]]:
        """Each batch with what became of its documents, in order; batches are drawn as they are needed."""
        ...


@contextmanager
def open_engine(recipe: Recipe, stages: Stages, *, workers: int) -> Iterator[Engine]:
    """An engine that runs `stages` here, or for two workers and more what the recipe loads in each of them."""
    if workers == 1:
        yield _Here(stages)
        return
    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threads = max(1, n_cores // workers)
    context = multiprocessing.get_context("spawn")  # a fork would copy the locks of torch's threads
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker, initargs=(recipe, threads))
    try:
        yield _Pool(pool, workers)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Here:
    def __init__(self, stages: Stages) -> None:
        self._stages = stages

    def run(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, list[Outcome]]]:
        for batch in batches:
            yield batch, _outcomes(self._stages, batch.work, batch.given, _documents(batch))


class _Pool:
    def __init__(self, pool: ProcessPoolExecutor, workers: int) -> None:
        self._pool = pool
        self._limit = workers * QUEUE_PER_WORKER

    def run(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, list[Outcome]]]:
        waiting: deque[tuple[Batch, Future[list[Outcome]]]] = deque()
        for batch in batches:
            waiting.append((batch, self._pool.submit(_in_worker, batch.work, batch.given, _documents(batch))))
            if len(waiting) == self._limit:
                yield _finished(*waiting.popleft())
        while waiting:
            yield _finished(*waiting.popleft())


def _finished(batch: Batch, future: "Future[list[Outcome]]") -> tuple[Batch, list[Outcome]]:
    try:
        return batch, future.result()
    except BrokenProcessPool as error:
        raise KgbuildError(
            "a worker process died, most likely for want of memory; nothing that was finished is lost: "
            "run the same command again, with fewer --workers"
        ) from error


def _documents(batch: Batch) -> list[Document]:
    return [record.document for record in batch.records]


def _outcomes(stages: Stages, work: Work, given: Given, documents: list[Document]) -> list[Outcome]:
    run = annotate_batch if work == "extract" else link_batch
    return run(stages, documents, given)


#: The parts of this worker process, loaded once when it starts.
_stages_of_worker: Stages | None = None


def _start_worker(recipe: Recipe, threads: int) -> None:
    global _stages_of_worker
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends a worker without a word; the parent says what is kept
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))  # read when torch is imported, which the recipe does
    _stages_of_worker = recipe()


def _end_with_parent() -> None:
    """Workers would wait for ever on a parent that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _in_worker(work: Work, given: Given, documents: list[Document]) -> list[Outcome]:
    if _stages_of_worker is None:
        raise RuntimeError("the worker was not started")
    return _outcomes(_stages_of_worker, work, given, documents)
