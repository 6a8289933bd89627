"""Our own documents as JSON Lines, with whatever layers they have; the inverse of `kgbuild.export.jsonl`."""

import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from kgbuild.document import Document, Failure

__all__ = ["read", "sniff"]

_SNIFF = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{(?=[^\n]*?"id"\s*:)(?=[^\n]*?"text"\s*:)')
#: in BioC, which has a key "passages" too, the texts stand inside of these
_TEXT_FIRST = re.compile(rb'(?:(?!"passages"\s*:)[^\n])*?"text"\s*:')
_DECODER = msgspec.json.Decoder(Document)


def sniff(head: bytes, name: str) -> bool:
    """Whether the first line is a JSON object with an id and a text of its own."""
    if _SNIFF.match(head) is None:
        return False
    try:
        return {"id", "text"} <= msgspec.json.decode(
            head.removeprefix(b"\xef\xbb\xbf").split(b"\n")[0], type=dict
        ).keys()
    except (msgspec.DecodeError, UnicodeDecodeError):  # longer than the head, or damaged: which `read` will tell
        return _TEXT_FIRST.match(head) is not None


def read(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The documents, a line each; a line that is not one is a failure."""
    for number, line in enumerate(stream, start=1):
        line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not line.strip():
            continue
        try:
            document = _DECODER.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            yield Failure(name, "read", f"{name}:{number}: expected a document with id and text: {error}")
            continue
        problem = _problem(document)
        if problem:
            yield Failure(name, "read", f"{name}:{number}: {problem}", document=document.id)
        else:
            yield document


def _problem(document: Document) -> str:
    """What in the layers points to nothing, "" when all fits."""
    end = len(document.text)
    layers = (document.blocks, document.cells, document.passages, document.mentions, document.relations)
    for records in (*layers, document.measurements):
        for record in records:
            if not 0 <= record.span.start <= record.span.end <= end:
                kind = type(record).__name__.lower()
                return f"expected every span within 0-{end}, found a {kind} at {record.span.start}-{record.span.end}"
    known = document.mention_index()
    for relation in document.relations:
        for name in (relation.subject, relation.object):
            if name not in known:
                return f"relation {relation.predicate}: expected the id of a mention, found {name!r}"
    return ""
