"""Streams that are read forward only, as Python's buffered readers want them, and what opens a stream."""

import io
from collections.abc import Callable
from typing import BinaryIO

__all__ = ["Forward", "Opener", "Rewound"]

#: called again, it opens the stream from its start
Opener = Callable[[], BinaryIO]


class Forward(io.RawIOBase):
    """A raw stream whose bytes `take` gives."""

    def take(self, size: int) -> bytes:
        """At most this many of the next bytes, none at the end."""
        raise NotImplementedError

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed wants WriteableBuffer
        """How many bytes were taken into the buffer."""
        chunk = self.take(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


class Rewound(Forward):
    """A stream whose first bytes were already taken, from its start again; it stays open when this is closed."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def take(self, size: int) -> bytes:
        """The next bytes, first those of the head."""
        if not self._head:
            return self._rest.read(size)
        taken, self._head = self._head[:size], self._head[size:]
        return taken
