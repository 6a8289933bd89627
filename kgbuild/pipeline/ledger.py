"""failures.jsonl: everything that is not in the graph and why, over all runs that made it."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from kgbuild.document import Failure
from kgbuild.errors import GraphError
from kgbuild.pipeline.folder import FAILURES
from kgbuild.pipeline.sources import file_of

__all__ = ["encode_failures", "lasting_failures", "read_failures"]

#: Stages whose failures every build finds again; what reading found stands until the file is read again.
FOUND_AGAIN = frozenset({"duplicate", "extract", "link", "assemble"})


def encode_failures(failures: Iterable[Failure]) -> bytes:
    """One JSON object a line, sorted by source, document, stage and reason."""
    ordered = sorted(failures, key=lambda f: (f.source, f.document, f.stage, f.reason))
    return b"".join(msgspec.json.encode(failure) + b"\n" for failure in ordered)


def read_failures(folder: Path) -> list[Failure]:
    """The failures of a graph's folder; none where it has no such file."""
    path = folder / FAILURES
    if not path.exists():
        return []
    try:
        return [msgspec.json.decode(line, type=Failure) for line in path.read_bytes().splitlines()]
    except msgspec.DecodeError as error:
        raise GraphError(f"{path}: expected one failure a line ({error}); delete the file and run again") from error


def lasting_failures(folder: Path, visited: set[str]) -> list[Failure]:
    """Failures of former runs in files that this run did not visit."""
    return [
        failure
        for failure in read_failures(folder)
        if failure.stage not in FOUND_AGAIN and file_of(failure.source) not in visited
    ]
