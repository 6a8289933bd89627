"""BioC JSON: a collection, a list of documents, one document, or one document a line. What it means is in `bioc`.

A file of one value is read whole; one document a line is read as a stream.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from kgbuild.document import Document, Failure
from kgbuild.errors import ReadError
from kgbuild.read.bioc import BioCDocument, read_document

__all__ = ["read", "sniff"]

_SNIFF = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*[\[{].*?"passages"\s*:', re.DOTALL)


def sniff(head: bytes, name: str) -> bool:
    """Whether it is JSON with a key "passages" in its first part."""
    return _SNIFF.search(head) is not None


def read(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The documents in their order; one that breaks the format is a failure, JSON that does is a ReadError."""
    for place, value in _values(stream, name):
        if isinstance(value, Failure):
            yield value
            continue
        for number, record in enumerate(_records(value), start=1):
            where = f"{name}:{place}" if place else f"{name}: document {number}"
            try:
                document = msgspec.convert(record, BioCDocument, strict=False)
            except msgspec.ValidationError as error:
                yield Failure(name, "read", f"{where}: {error}")
                continue
            yield from read_document(document, name)


def _values(stream: BinaryIO, name: str) -> Iterator[tuple[int, Any]]:
    """The JSON values of the file, each with its line where every line is one, else with 0."""
    first = stream.readline().removeprefix(b"\xef\xbb\xbf")
    try:
        value = msgspec.json.decode(first)
    except (msgspec.DecodeError, UnicodeDecodeError):
        yield 0, _decode(first + stream.read(), name)
        return
    yield 1, value
    for number, line in enumerate(stream, start=2):
        if line.strip():
            try:
                yield number, msgspec.json.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                yield number, Failure(name, "read", f"{name}:{number}: expected a BioC document in JSON: {error}")


def _decode(raw: bytes, name: str) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ReadError(f"{name}: expected BioC in JSON: {error}") from error


def _records(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [record for item in value for record in _records(item)]
    if isinstance(value, dict) and "passages" not in value:
        # {"documents": [..]} of a collection, {"PubTator3": [..]} of the PubTator 3 service
        lists = [item for key, item in value.items() if key in {"documents", "PubTator3"} and isinstance(item, list)]
        return [record for item in lists for record in item] if lists else [value]
    return [value]
