"""Which reader a file needs, by its content, and the loop that reads it without ever losing a file silently.

A reader is a module with `sniff` and `read` (see `Reader`), registered as an entry point in ``kgbuild.readers``.
"""

import io
import logging
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import PurePath
from typing import BinaryIO, Protocol

import msgspec

from kgbuild import registry
from kgbuild.document import LANGUAGE, Document, Failure
from kgbuild.errors import KgbuildError
from kgbuild.read.foreign import name_foreign
from kgbuild.read.forward import Rewound
from kgbuild.read.language import foreign_language
from kgbuild.read.source import Source
from kgbuild.read.surrogates import without_surrogates
from kgbuild.read.unread import ADVICE, name_unread

__all__ = ["HEAD_BYTES", "Reader", "read_source", "recognise"]

logger = logging.getLogger(__name__)

#: how much of a file `Reader.sniff` is given
HEAD_BYTES = 64 * 1024

#: specific formats first; those that any text would satisfy last. Other packages' readers are asked between the two,
#: and then whether the file is of a kind that must not be read as text
SPECIFIC = (
    "pdf",
    "elsevier",
    "jats",
    "bmc",
    "html",
    "medline",
    "medline-text",
    "bioc-xml",
    "jsonl",
    "bioc-json",
    "pubtator",
    "xlsx",
)
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
    found = _first_to_take(head, name, (*SPECIFIC, *others))
    if found is None and name_unread(head, name) is None and name_foreign(head, name) is None:
        found = _first_to_take(head, name, LENIENT)
    return found


def _first_to_take(head: bytes, name: str, readers: Sequence[str]) -> str | None:
    for reader in readers:
        try:
            if registry.load("readers", reader).sniff(head, name):
                return reader
        except Exception as error:  # a faulty reader of another package must not keep the others from their files
            _warn_of(reader, f"{type(error).__name__}: {error}")
    return None


@cache
def _warn_of(reader: str, problem: str) -> None:
    logger.warning("the reader %r is passed over: it cannot tell its files (%s); mend or uninstall it", reader, problem)


def read_source(source: Source) -> Iterator[Document | Failure]:
    """The documents of one file, with `metadata.source` and `metadata.format`; whatever goes wrong becomes a Failure.

    A file that is empty, of an unknown format or without any document gives a Failure too: every file leaves a trace.
    """
    for item in _read_safely(source):
        whole = without_surrogates(item)
        if isinstance(whole, Document):
            if whole is not item:
                reason = f"{source.name}: lone surrogates, which are no characters, replaced by U+FFFD"
                yield without_surrogates(Failure(source.name, "read", reason, document=whole.id))
            language = foreign_language(whole)
            if language is not None:
                words = f"looks {language}, and kgbuild's model reads English: what it finds here may be wrong"
                yield Failure(source.name, LANGUAGE, f"{source.name}: {words}", document=whole.id)
        yield whole


def _read_safely(source: Source) -> Iterator[Document | Failure]:
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
    format_name = recognise(head, name)
    if format_name is None:
        yield _failure(name, f"{name}: {_why_not(head, _without_packing(name))}")
        return
    reader: Reader = registry.load("readers", format_name)
    rewound = io.BufferedReader(Rewound(head, stream))
    for item in reader.read(rewound, _without_packing(name)):
        yield _signed(item, name, format_name)


def _why_not(head: bytes, name: str) -> str:
    """Why no reader takes the file, and what can be done."""
    unread = name_unread(head, name)
    if unread is not None:
        return f"{unread} is not read yet; {ADVICE.get(unread, 'give the JATS XML or plain text of the paper')}"
    foreign = name_foreign(head, name)
    found = f"unknown format, begins with {head[:40]!r}" if foreign is None else f"{foreign}, in which no paper is read"
    return f"{found}; readable formats: {', '.join(registry.names('readers'))}"


def _signed(item: Document | Failure, source: str, format_name: str) -> Document | Failure:
    if isinstance(item, Failure):
        return msgspec.structs.replace(item, source=source)
    metadata = msgspec.structs.replace(item.metadata, source=source, format=format_name)
    return msgspec.structs.replace(item, metadata=metadata)


def _failure(source: str, reason: str) -> Failure:
    return Failure(source=source, stage="read", reason=reason)


def _without_packing(name: str) -> str:
    return str(PurePath(name).with_suffix("")) if name.lower().endswith(PACKING) else name
