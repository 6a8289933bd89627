"""What the linkers of `linking_speed.py` are measured by; needs nothing but Python."""

import json
import time
from collections.abc import Callable, Iterable, Sized
from pathlib import Path

ROUNDS = 3


def read_names(path: Path) -> list[tuple[str, str]]:
    """The identifiers and names of a table, its first two columns."""
    with path.open(encoding="utf-8") as stream:
        next(stream)
        return [(curie, name) for curie, name, *_ in (line.rstrip("\n").split("\t") for line in stream)]


def read_queries(path: Path) -> list[str]:
    """The strings to look up, in the order of the texts that they are from."""
    return [line.split("\t")[0] for line in path.read_text("utf-8").splitlines()]


def speeds(
    queries: list[str], find: Callable[[str], Sized], *, forget: Callable[[], None] = lambda: None
) -> dict[str, float]:
    """Look-ups a second of wall time and of processor time, of all queries and of each distinct one, best of rounds.

    `forget` is called before each round, where something is remembered between queries.
    """
    distinct = list(dict.fromkeys(queries))
    found: dict[str, float] = {"found": sum(bool(len(find(text))) for text in distinct) / len(distinct)}
    for name, texts in (("all", queries), ("distinct", distinct)):
        times = []
        for _ in range(ROUNDS):
            forget()
            started, worked = time.perf_counter(), time.process_time()
            for text in texts:
                find(text)
            times.append((time.perf_counter() - started, time.process_time() - worked))
        found[name] = len(texts) / min(wall for wall, _ in times)
        found[f"{name}_cpu"] = len(texts) / min(cpu for _, cpu in times)
    return found


def batch_speeds(
    queries: list[str], find: Callable[[list[str]], Iterable[Sized]], *, forget: Callable[[], None] = lambda: None
) -> dict[str, float]:
    """The same for a function that takes all strings at once."""
    distinct = list(dict.fromkeys(queries))
    found: dict[str, float] = {"found": sum(bool(len(item)) for item in find(distinct)) / len(distinct)}
    for name, texts in (("all", queries), ("distinct", distinct)):
        times = []
        for _ in range(ROUNDS):
            forget()
            started, worked = time.perf_counter(), time.process_time()
            find(texts)
            times.append((time.perf_counter() - started, time.process_time() - worked))
        found[name] = len(texts) / min(wall for wall, _ in times)
        found[f"{name}_cpu"] = len(texts) / min(cpu for _, cpu in times)
    return found


def report(*, build_seconds: float, size: int, rows: dict[str, dict[str, float]], **others: float) -> None:
    """Print the figures with the memory that is resident now, as the last line of stdout."""
    print(json.dumps({"build_seconds": build_seconds, "size": size, "resident": resident(), "rows": rows, **others}))


def resident() -> int:
    """Bytes of this process in memory, pages of mapped files included."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


def peak() -> int:
    """The most that `resident` ever was."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024
