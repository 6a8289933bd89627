"""Builds that are killed with SIGKILL, in a process of their own, and continued."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from kgbuild.errors import GraphError
from kgbuild.pipeline import read_manifest
from kgbuild.pipeline.engine import QUEUE_PER_WORKER
from kgbuild.pipeline.shards import Shards

N_PAPERS = 300
N_KILLS = 5

#: Documents in a batch of these builds: few, so that much is stored before each kill.
BATCH = 8

SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import functools, fake_stages
from importlib import import_module
from kgbuild.pipeline import build
from kgbuild.schema import load_schema

if __name__ == "__main__":
    import_module("kgbuild.pipeline.shards").SHARD_DOCUMENTS = int(sys.argv[4])
    recipe = functools.partial(fake_stages.load, "calls.log", seconds=0.005)
    build(["a.txt", "b.txt"], Path(sys.argv[2]), recipe=recipe, schema=load_schema(), workers=int(sys.argv[3]))
"""


def start(graph: str, workers: int) -> subprocess.Popen:
    Path("run_build.py").write_text(SCRIPT, "utf-8")
    arguments = [sys.executable, "run_build.py", str(Path(__file__).parent), graph, str(workers), str(BATCH)]
    return subprocess.Popen(arguments, env={**os.environ, "OMP_NUM_THREADS": "1"})


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def papers(workplace):
    workplace.papers("a.txt", range(N_PAPERS // 2))
    workplace.papers("b.txt", range(N_PAPERS // 3, N_PAPERS))
    Path("broken.txt").write_bytes(b"")
    return workplace


def wait_for_calls(process: subprocess.Popen, log: Path, n_calls: int) -> None:
    """Wait until a build has made so many calls, two a paper, or ended."""
    while process.poll() is None and (not log.exists() or log.read_bytes().count(b"\n") < n_calls):
        time.sleep(0.01)


def kill(process: subprocess.Popen) -> list[int]:
    """Kill a build; its workers, none if it had ended."""
    if process.poll() is not None:
        return []
    process.send_signal(signal.SIGSTOP)  # so that it starts no worker after they are listed
    workers = children(process.pid)
    process.kill()
    process.wait()
    return workers


def end_workers(workers: list[int]) -> None:
    """Wait for the workers of a build that was killed: until then they may extract what they were given."""
    deadline = time.monotonic() + 60
    while any(map(is_alive, workers)):
        assert time.monotonic() < deadline, "a worker outlives its build"
        time.sleep(0.05)


def stored_papers(graph: str) -> set[str]:
    """The documents whose extraction is on disk."""
    shards = Shards(Path(graph, "documents"))
    return {entry.id for name in shards.names() for entry in shards.entries(name) if entry.extract_key}


def in_flight(workers: int) -> int:
    """The most documents that may be extracted and not yet stored."""
    return BATCH * (1 if workers == 1 else workers * QUEUE_PER_WORKER)


def extracted_papers(log: Path) -> Counter[str]:
    """The documents that were extracted since the last time, with how often."""
    lines = log.read_text("utf-8").splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return Counter(line.split()[1] for line in lines if line.startswith("extract"))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_build_that_is_killed_again_and_again_ends_as_an_undisturbed_one(papers, workers):
    assert start("undisturbed", workers).wait() == 0
    assert extracted_papers(papers.log).total() == N_PAPERS
    chance = random.Random(workers)
    stored: set[str] = set()
    for run in range(N_KILLS + 1):
        process = start("killed", workers)
        if run < N_KILLS:
            wait_for_calls(process, papers.log, chance.randrange(1, 2 * N_PAPERS // N_KILLS))
            end_workers(kill(process))
        assert process.wait() in ({0, -signal.SIGKILL} if run < N_KILLS else {0})
        if Path("killed/manifest.json").exists():
            assert read_manifest(Path("killed"))
        extracted = extracted_papers(papers.log)
        assert stored.isdisjoint(extracted)  # what is stored is never done again
        assert set(extracted.values()) <= {1}
        before, stored = stored, stored_papers("killed")
        assert stored >= before
        assert len(extracted.keys() - stored) <= in_flight(workers)
    assert len(stored) == N_PAPERS
    assert papers.artefacts("killed") == papers.artefacts("undisturbed")


@pytest.mark.slow
def test_workers_end_when_their_build_is_killed(papers):
    process = start("killed", 2)
    workers: list[int] = []
    while len(workers) < 3:  # two, and the tracker of resources
        workers = children(process.pid)
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 10
    while any(map(is_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_alive, workers))


class KilledError(BaseException):
    """Stands for a kill at a place that is too short to hit by chance."""


@pytest.mark.parametrize("n_renames", [0, 1, 8, 17])
def test_a_kill_between_two_renames_never_shows_half_a_graph(workplace, monkeypatch, n_renames):
    papers = workplace.papers("a.txt", range(4))
    workplace.build(papers)
    before = workplace.artefacts()
    real, left = Path.rename, [n_renames]

    def rename(path: Path, target: Path) -> Path:
        if Path(target).parent in {Path("graph").resolve(), Path("graph/.last").resolve()}:
            left[0] -= 1
            if left[0] < 0:
                raise KilledError
        return real(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(KilledError):
        workplace.build(papers)
    with pytest.raises(GraphError, match="run kgbuild build again"):
        read_manifest(Path("graph"))
    monkeypatch.setattr(Path, "rename", real)
    workplace.build(papers)
    assert workplace.artefacts() == before


def test_a_kill_while_a_shard_is_written_leaves_no_part_of_it(workplace, monkeypatch):
    papers = workplace.papers("a.txt", range(4))
    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(KilledError))
        workplace.build(papers)
    assert list(Path("graph/documents").iterdir()) == []
    assert workplace.build(papers).graph.counts["documents"] == 4
