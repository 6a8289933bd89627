"""Our own documents as JSON Lines, with whatever layers they have; the inverse of `kgbuild.export.jsonl`."""

import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from kgbuild.document import Cell, Document, Failure, Measurement, Mention, Passage, Relation

__all__ = ["read", "sniff"]

#: layer -> its records
_LAYERS = {
    "blocks": Passage,
    "cells": Cell,
    "passages": Passage,
    "mentions": Mention,
    "relations": Relation,
    "measurements": Measurement,
}
#: a string, which the end of the head may cut off, with the colon behind it if it is a key; or a bracket
_TOKEN = re.compile(rb'"(?P<string>[^"\\]*(?:\\.[^"\\]*)*)"?(?P<colon>\s*:)?|(?P<open>[\[{])|[\]}]', re.DOTALL)
_DECODER = msgspec.json.Decoder(Document)


def sniff(head: bytes, name: str) -> bool:
    """Whether the first line is a JSON object with an id and a text of its own; by its keys, where it is longer."""
    line = head.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n")[0]
    if not line.startswith(b"{"):
        return False
    try:
        return {"id", "text"} <= msgspec.json.decode(line, type=dict).keys()
    except (msgspec.DecodeError, UnicodeDecodeError):  # longer than the head, or damaged: which `read` will tell
        return _has_our_keys(line)


def _has_our_keys(line: bytes) -> bool:
    """Whether the beginning of an object has the keys of a document, or of one and of its layers' records alone.

    BioC's documents have "infons" and passages with an "offset".
    """
    keys = set(_keys(line))
    own = {key for layer, key in keys if not layer}
    if {"id", "text"} <= own:
        return True
    if not own & {"id", "text", *_LAYERS} or not own <= {*Document.__struct_fields__}:
        return False
    return all(key in _LAYERS[layer].__struct_fields__ for layer, key in keys if layer in _LAYERS)


def _keys(line: bytes) -> Iterator[tuple[str, str]]:
    """The keys of an object, and of the objects in its lists, each after the key of its list or ""."""
    depth, layer = 0, ""
    for token in _TOKEN.finditer(line):
        if token["string"] is None:
            depth += 1 if token["open"] else -1
        elif token["colon"] and depth in (1, 3):
            key = token["string"].decode("utf-8", "replace")
            if depth == 1:
                layer = key
            yield ("" if depth == 1 else layer), key


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
