"""The account of every file that ever went into a graph, and failures.jsonl, which is made from it.

`.files.jsonl` has a line for each change, written as it happens, so that a run that dies leaves what it knew: what a
file holds once it was read to its end and all of that is stored, and until then each failure as it is found. Later
lines of a file add to earlier ones, up to the next one that says what it holds; a line that was cut off is dropped.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from kgbuild.document import DELETED, Failure
from kgbuild.errors import GraphError
from kgbuild.pipeline.atomic import write_atomically

__all__ = ["FileState", "Ledger", "encode_failures", "encode_states"]

#: Stands until a file is read to its end.
CUT_OFF = (
    "a build ended while it read this file: what it had not stored yet is missing, or stands as it was read before; "
    "run kgbuild build over this file again"
)


class FileState(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of a file: the read keys of its records, None if it was never read to its end, and its failures."""

    file: str
    holds: tuple[str, ...] | None = None
    failures: tuple[Failure, ...] = ()


_decoder = msgspec.json.Decoder(FileState)


class _OpenFile(msgspec.Struct):
    """A file that is being read, or whose records are not all stored yet."""

    holds: set[str]
    failures: list[Failure]
    n_under_way: int = 0
    is_read: bool = False


class Ledger:
    """The states of a folder's files, on disk as they change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._states = _read(path)
        self._open: dict[str, _OpenFile] = {}

    def holdings(self) -> dict[str, frozenset[str]]:
        """The read keys of the files that were read to their end."""
        return {state.file: frozenset(state.holds) for state in self._states.values() if state.holds is not None}

    def states(self) -> Iterator[FileState]:
        """What is known of every file."""
        for file in sorted(self._states):
            yield self._states[file]

    def failures(self) -> Iterator[Failure]:
        """All failures of all files."""
        for state in self.states():
            yield from state.failures

    def deleted(self) -> set[str]:
        """The documents that some file takes back."""
        return {failure.document for failure in self.failures() if failure.stage == DELETED}

    def begin(self, file: str, name: str) -> None:
        """Note that a file is being read from its start."""
        self._open[file] = _OpenFile(set(), [])
        self._append(FileState(file, failures=(Failure(name, "read", f"{name}: {CUT_OFF}"),)))

    def failed(self, file: str, failure: Failure) -> None:
        """Note a failure in a file that is being read."""
        self._open[file].failures.append(failure)
        self._append(FileState(file, failures=(failure,)))

    def unopened(self, file: str, failure: Failure) -> None:
        """Note that nothing can be said of a file now: what it held stays."""
        state = FileState(file, failures=(failure,))
        self._append(state)
        self._states[file] = _merged(self._states.get(file), state)

    def found(self, file: str, read_key: str) -> None:
        """Note that a file holds a record."""
        self._open[file].holds.add(read_key)

    def under_way(self, file: str) -> None:
        """Note that a record of this file will be stored later."""
        self._open[file].n_under_way += 1

    def stored(self, file: str) -> None:
        """Note that a record which was under way is on disk."""
        if file in self._open:
            self._open[file].n_under_way -= 1
            self._close_if_complete(file)

    def end(self, file: str) -> None:
        """Note that a file was read to its end."""
        self._open[file].is_read = True
        self._close_if_complete(file)

    def compact(self) -> None:
        """Leave one line a file, safe from a loss of power."""
        write_atomically(self._path, encode_states(self.states()))

    def _close_if_complete(self, file: str) -> None:
        opened = self._open[file]
        if opened.is_read and not opened.n_under_way:
            del self._open[file]
            self._states[file] = FileState(file, tuple(sorted(opened.holds)), tuple(opened.failures))
            self._append(self._states[file])

    def _append(self, state: FileState) -> None:
        with self._path.open("ab") as stream:
            stream.write(msgspec.json.encode(state) + b"\n")


def encode_states(states: Iterable[FileState]) -> bytes:
    """The account as it stands on disk."""
    return b"".join(msgspec.json.encode(state) + b"\n" for state in states)


def encode_failures(failures: Iterable[Failure]) -> bytes:
    """One JSON object a line, sorted by source, document, stage and reason."""
    ordered = sorted(failures, key=lambda f: (f.source, f.document, f.stage, f.reason))
    return b"".join(msgspec.json.encode(failure) + b"\n" for failure in ordered)


def _read(path: Path) -> dict[str, FileState]:
    if not path.exists():
        return {}
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        os.truncate(path, len(whole))
    states: dict[str, FileState] = {}
    added: dict[str, list[Failure]] = {}
    for state in _decoded(path, whole):
        if state.holds is not None:
            states[state.file] = state
            added.pop(state.file, None)
        else:
            added.setdefault(state.file, []).extend(state.failures)
    for file, failures in added.items():
        states[file] = _merged(states.get(file), FileState(file, failures=tuple(failures)))
    return states


def _merged(known: FileState | None, added: FileState) -> FileState:
    """A state with further failures, each once."""
    state = known or FileState(added.file)
    held = set(state.failures)
    new = dict.fromkeys(failure for failure in added.failures if failure not in held)
    return msgspec.structs.replace(state, failures=(*state.failures, *new))


def _decoded(path: Path, lines: bytes) -> Iterator[FileState]:
    try:
        for line in lines.splitlines():
            yield _decoder.decode(line)
    except msgspec.DecodeError as error:
        raise GraphError(
            f"{path}: expected the account of files that this version of kgbuild writes, but it is damaged or of "
            f"another version ({error}); build all papers again into a new folder"
        ) from error
