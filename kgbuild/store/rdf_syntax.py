"""Blocks of statements as bytes of N-Quads, Turtle or TriG, made by Arrow a column at a time.

N-Quads has the lines of one property of a block after another, Turtle and TriG what is said of one subject together.
"""

import io
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kgbuild.prefixes import NAMESPACES
from kgbuild.store.blocks import Block, Property, TripleTerms
from kgbuild.store.terms import TEXT, data_of, iris, joined, literals, prefixed_names, references

__all__ = ["ByteStream", "nquads", "trig", "turtle"]

Names = Callable[[pa.Array], pa.Array]

#: datatypes that Turtle reads without being told
_BARE = ("integer", "boolean")


def nquads(blocks: Iterable[Block]) -> Iterator[pa.Buffer]:
    """Lines of N-Quads (https://www.w3.org/TR/rdf12-n-quads/)."""
    for block in blocks:
        subject = joined(iris(block.subject), " ")
        graph = joined(" ", _named(block.graph, iris), " .\n")
        for item in block.properties:
            yield data_of(joined(subject, _named(item.predicate, iris), " ", _objects(item, iris), graph))


def turtle(blocks: Iterable[Block]) -> Iterator[pa.Buffer]:
    """Turtle (https://www.w3.org/TR/rdf12-turtle/), in which all graphs are one."""
    yield _prefixes()
    for block in blocks:
        yield data_of(joined(_described(block), "\n"))


def trig(blocks: Iterable[Block]) -> Iterator[pa.Buffer]:
    """TriG (https://www.w3.org/TR/rdf12-trig/), every subject within its graph."""
    yield _prefixes()
    for block in blocks:
        yield data_of(joined(_named(block.graph, prefixed_names), " { ", _described(block), " }\n"))


class ByteStream(io.RawIOBase):
    """Pieces of bytes as a file that is read."""

    def __init__(self, pieces: Iterable[pa.Buffer]) -> None:
        self._pieces = iter(pieces)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece).cast("B")
        n = min(len(buffer), len(self._left))
        buffer[:n] = self._left[:n]
        self._left = self._left[n:]
        return n


def _described(block: Block) -> pa.Array:
    """`subject predicate object ; … .` of each row; null where nothing is said."""
    said = [
        joined(_named(item.predicate, prefixed_names), " ", _objects(item, prefixed_names, bare=_BARE))
        for item in block.properties
    ]
    together = said[0] if len(said) == 1 else joined(*said, skip_null=True, by=" ;\n    ")
    together = pc.if_else(pc.equal(together, ""), pa.scalar(None, together.type), together)
    return joined(prefixed_names(block.subject), " ", together, " .")


def _objects(item: Property, names: Names, *, bare: Collection[str] = ()) -> pa.Array | pa.Scalar:
    """The objects; `bare` are the kinds that need no datatype."""
    values = item.values
    if isinstance(values, TripleTerms):
        subject, predicate, object = map(names, (values.subject, values.predicate, values.object))
        return joined("<<( ", subject, " ", predicate, " ", object, " )>>")
    if isinstance(values, str) or item.kind == "curie":
        return _named(values, names)
    if item.kind == "link":
        return references(values)
    if item.kind in bare:
        return values.cast(TEXT)
    return literals(values, "" if item.kind == "string" else _named(f"xsd:{item.kind}", names).as_py())


def _named(curies: str | pa.Array, names: Names) -> pa.Array | pa.Scalar:
    return _name(curies, names) if isinstance(curies, str) else names(curies)


@cache
def _name(curie: str, names: Names) -> pa.Scalar:
    return names(pa.array([curie]))[0]


def _prefixes() -> pa.Buffer:
    lines = (f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in NAMESPACES.items())
    return pa.py_buffer("".join(lines).encode())
