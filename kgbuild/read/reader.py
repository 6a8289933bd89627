"""Which reader a file needs, by its content, and the loop that reads it without ever losing a file silently.

A reader is a module with `sniff` and `read` (see `Reader`), registered as an entry point in ``kgbuild.readers``.
"""

import io
import logging
from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO, Protocol

import msgspec

from kgbuild import registry
from kgbuild.document import Document, Failure
from kgbuild.errors import KgbuildError
from kgbuild.read.source import Source
from kgbuild.read.unread import name_unread

__all__ = ["HEAD_BYTES", "Reader", "read_source", "recognise"]

logger = logging.getLogger(__name__)

#: how much of a file `Reader.sniff` is given
HEAD_BYTES = 64 * 1024

#: specific formats first; those that any text would satisfy last. Other packages' readers are asked between the two.
SPECIFIC = ("jats", "medline", "medline-text", "bioc-xml", "bioc-json", "pubtator", "jsonl", "xlsx")
LENIENT = ("csv", "markdown", "text")

#: endings that say how a file is packed, not what is in it
PACKING = (".gz", ".bz2", ".xz")


class Reader(Protocol):
    """A module that reads one format."""

    def sniff(self, head: bytes, name: str) -> bool:
        """Whether this is the format: `head` is the first 64 KiB, unpacked; the name only breaks ties."""
        ...

    def read(self, stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
        """The documents in the order of the file, as a stream.

        A broken record among others gives a Failure and reading goes on; a wholly broken file raises ReadError. One
        that was mended gives its Document and a Failure that says what was mended. `name` is for messages and for
        documents without an identifier of their own; `metadata.source` and `metadata.format` are set by `read_source`.
        """
        ...


def recognise(head: bytes, name: str) -> str | None:
    """The name of the first reader that takes the file, or None.

    >>> recognise(b'<?xml version="1.0"?><article><front/></article>', "paper")
    'jats'
    """
    name = _without_packing(name)
    others = sorted(set(registry.names("readers")) - {*SPECIFIC, *LENIENT})
    for reader in (*SPECIFIC, *others, *LENIENT):
        if registry.load("readers", reader).sniff(head, name):
            return reader
    return None


def read_source(source: Source) -> Iterator[Document | Failure]:
    """The documents of one file, with `metadata.source` and `metadata.format`; whatever goes wrong becomes a Failure.

    A file that is empty, of an unknown format or without any document gives a Failure too: every file leaves a trace.
    """
    n_found = 0
    try:
        with source.open() as stream:
            for item in _read_stream(stream, source.name):
                n_found += 1
                yield item
    except KgbuildError as error:
        yield _failure(source.name, str(error))
    except MemoryError:
        yield _failure(source.name, f"{source.name}: too large for the memory of this machine; split the file")
    except Exception as error:  # a reader must never take the run down with it, whatever its input does to it
        logger.debug("%s: the reader failed", source.name, exc_info=True)
        where = f"{source.name}, after {n_found} records" if n_found else source.name
        yield _failure(source.name, f"{where}: damaged or unexpected content ({type(error).__name__}: {error})")
    else:
        if not n_found:
            yield _failure(source.name, f"{source.name}: holds no document")


def _read_stream(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    head = stream.read(HEAD_BYTES)
    if not head.strip(b"\x00\xef\xbb\xbf\xfe\xff \t\r\n"):
        found = "is empty (0 bytes)" if not head else "holds only white space"
        yield _failure(name, f"{name}: {found}; expected a paper or a table")
        return
    unread = name_unread(head, _without_packing(name))
    if unread is not None:
        yield _failure(name, f"{name}: {unread}")
        return
    format_name = recognise(head, name)
    if format_name is None:
        readable = ", ".join(registry.names("readers"))
        yield _failure(name, f"{name}: unknown format, begins with {head[:40]!r}; readable formats: {readable}")
        return
    reader: Reader = registry.load("readers", format_name)
    rewound = io.BufferedReader(_Rewound(head, stream))
    for item in reader.read(rewound, _without_packing(name)):
        yield _signed(item, name, format_name)


def _signed(item: Document | Failure, source: str, format_name: str) -> Document | Failure:
    if isinstance(item, Failure):
        return msgspec.structs.replace(item, source=source)
    metadata = msgspec.structs.replace(item.metadata, source=source, format=format_name)
    return msgspec.structs.replace(item, metadata=metadata)


def _failure(source: str, reason: str) -> Failure:
    return Failure(source=source, stage="read", reason=reason)


def _without_packing(name: str) -> str:
    return str(PurePath(name).with_suffix("")) if name.lower().endswith(PACKING) else name


class _Rewound(io.RawIOBase):
    """A stream whose first bytes were already taken, from its start again; it need not be seekable."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed wants WriteableBuffer
        if self._head:
            n_bytes = min(len(buffer), len(self._head))
            buffer[:n_bytes] = self._head[:n_bytes]
            self._head = self._head[n_bytes:]
            return n_bytes
        chunk = self._rest.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)
