"""Members of tars as streams, without unpacking a packed tar again for each of them.

A plain tar is read where the member stands. Of a packed one the listing hands on the bytes of the member at which it
stands; what is opened in another order, or is too large for that, is read on from the last member, or from the start.
"""

import io
import tarfile
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

from kgbuild.read.forward import Forward, Opener

__all__ = ["TarMember", "is_plain_file", "release_tar"]

MIB = 1024 * 1024
#: members of a packed tar up to this size are held in memory, one at a time; larger ones are read in blocks
LARGEST_HELD = 64 * MIB
#: packed tars that are read at one time: one in another to the depth that is unpacked
MOST_OPEN = 3


@dataclass(frozen=True)
class TarMember:
    """Opens one member of a tar: the bytes from `offset` on in the unpacked archive, which may be a plain file."""

    archive: Opener
    offset: int
    size: int
    is_plain: bool

    def __call__(self) -> BinaryIO:
        if self.is_plain:
            stream = self.archive()
            stream.seek(self.offset)
            return io.BufferedReader(_Slice(stream, self.size))
        if self.size <= LARGEST_HELD:
            return io.BytesIO(_cursor(self.archive).read(self.offset, self.size))
        return io.BufferedReader(_Stretch(_cursor(self.archive), self.offset, self.size), MIB)

    @classmethod
    def listed(cls, opened: Opener, archive: tarfile.TarFile, info: tarfile.TarInfo, *, is_plain: bool) -> "TarMember":
        """The member at which the listing of an archive stands; if it is opened next, nothing is unpacked for it."""
        if not is_plain and info.size <= LARGEST_HELD:
            content = archive.extractfile(info)
            _cursor(opened).hold(info.offset_data, b"" if content is None else content.read())
        return cls(opened, info.offset_data, info.size, is_plain)


def is_plain_file(stream: BinaryIO) -> bool:
    """Whether it is a file on disk, in which one can go to any place."""
    return isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO)


def release_tar(opened: Opener) -> None:
    """Let go of what is held of a packed tar, when all its members were listed."""
    _cursor(opened).release()


@lru_cache(maxsize=MOST_OPEN)
def _cursor(opened: Opener) -> "_Cursor":
    return _Cursor(opened)


class _Cursor:
    """Reads stretches of a stream that only goes forward, from its start again when one lies behind the last.

    The last stretch is kept: a member is opened several times in a row, to see what it is and to read it.
    """

    def __init__(self, opened: Opener) -> None:
        self._opened = opened
        self._stream: BinaryIO | None = None
        self._position = 0
        self._held_at = 0
        self._held = b""
        self._lock = threading.Lock()

    def hold(self, offset: int, content: bytes) -> None:
        """Keep a stretch that was read elsewhere."""
        with self._lock:
            self._held_at, self._held = offset, content

    def read(self, offset: int, size: int) -> bytes:
        """The bytes [offset, offset + size), fewer at the end of the stream."""
        with self._lock:
            start = offset - self._held_at
            if not 0 <= start <= start + size <= len(self._held):
                start, self._held_at, self._held = 0, offset, self._read(offset, size)
            return self._held[start : start + size]

    def release(self) -> None:
        """Let go of what is held and of the stream."""
        with self._lock:
            self._held = b""
            self._close()

    def _read(self, offset: int, size: int) -> bytes:
        if self._stream is None or offset < self._position:
            self._close()
            self._stream, self._position = self._opened(), 0
        while self._position < offset and (chunk := self._stream.read(min(offset - self._position, MIB))):
            self._position += len(chunk)
        content = self._stream.read(size)
        self._position += len(content)
        return content

    def _close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def __del__(self) -> None:
        self._close()


class _Stretch(Forward):
    """A member that is too large to be held, read through the cursor."""

    def __init__(self, cursor: _Cursor, offset: int, size: int) -> None:
        self._cursor = cursor
        self._offset = offset
        self._end = offset + size

    def take(self, size: int) -> bytes:
        chunk = self._cursor.read(self._offset, min(size, self._end - self._offset))
        self._offset += len(chunk)
        return chunk


class _Slice(Forward):
    """The next `size` bytes of a stream, which is closed with it."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._left = size

    def take(self, size: int) -> bytes:
        chunk = self._stream.read(min(size, self._left))
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        self._stream.close()
        super().close()
