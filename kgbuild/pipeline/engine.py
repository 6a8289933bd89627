"""Runs batches of documents through the stages: in this process, or in worker processes that each load their own parts.

Results come in the order of the batches, so that the number of workers changes nothing but the time. A document that
kills its worker (too large for the memory, a crash in a library) is found by running the documents of its batch alone,
and becomes a failure like any other.
"""

import functools
import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
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

__all__ = ["Batch", "Engine", "Outcome", "count_cores", "open_engine"]

logger = logging.getLogger(__name__)

Work = Literal["extract", "link"]
Outcome = Document | Failure

#: Batches on their way per worker: one in work, one waiting.
QUEUE_PER_WORKER = 2
#: Documents in a row that kill their worker after which the machine is at fault, and not they.
MOST_DEATHS = 3


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
    threads = max(1, count_cores() // workers)
    engine = _Pool(functools.partial(_open_pool, recipe, workers, threads), workers)
    try:
        yield engine
    finally:
        engine.close()


def count_cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _open_pool(recipe: Recipe, workers: int, threads: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")  # a fork would copy the locks of torch's threads
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker, initargs=(recipe, threads))


class _Here:
    def __init__(self, stages: Stages) -> None:
        self._stages = stages

    def run(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, list[Outcome]]]:
        for batch in batches:
            yield batch, _outcomes(self._stages, batch.work, batch.given, _documents(batch))


class _Pool:
    def __init__(self, open_pool: Callable[[], ProcessPoolExecutor], workers: int) -> None:
        self._open_pool = open_pool
        self._pool = open_pool()
        self._limit = workers * QUEUE_PER_WORKER
        self._deaths = 0

    def run(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, list[Outcome]]]:
        waiting: deque[tuple[Batch, Future[list[Outcome]]]] = deque()
        for batch in batches:
            waiting.append((batch, self._submit(batch, _documents(batch))))
            if len(waiting) == self._limit:
                yield self._finished(*waiting.popleft())
        while waiting:
            yield self._finished(*waiting.popleft())

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, batch: Batch, documents: list[Document]) -> "Future[list[Outcome]]":
        try:
            return self._pool.submit(_in_worker, batch.work, batch.given, documents)
        except BrokenProcessPool:  # by a batch that waits for its turn to be finished
            self._reopen()
            return self._pool.submit(_in_worker, batch.work, batch.given, documents)

    def _finished(self, batch: Batch, future: "Future[list[Outcome]]") -> tuple[Batch, list[Outcome]]:
        try:
            outcomes = future.result()
        except BrokenProcessPool:  # by this batch or one beside it: which document it was, one by one shows
            logger.warning("a worker process died; the %d documents of its batch are tried alone", len(batch.records))
            outcomes = [self._alone(batch, document) for document in _documents(batch)]
        else:
            self._deaths = 0
        return batch, outcomes

    def _alone(self, batch: Batch, document: Document) -> Outcome:
        try:
            (outcome,) = self._submit(batch, [document]).result()
        except BrokenProcessPool as error:
            self._deaths += 1
            if self._deaths == MOST_DEATHS:
                raise KgbuildError(
                    f"worker processes died {MOST_DEATHS} times in a row, most likely for want of memory; nothing that "
                    "was finished is lost: run the same command again, with fewer --workers"
                ) from error
            self._reopen()
            reason = (
                f"a worker process died of it in stage {batch.work}, for want of memory or by a crash; the document is "
                "left out of the graph"
            )
            return Failure(document.metadata.source, batch.work, reason, document.id)
        self._deaths = 0
        return outcome

    def _reopen(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._open_pool()


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
    logging.getLogger("kgbuild.link").setLevel(logging.ERROR)  # what loading warns of, the parent has said
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
