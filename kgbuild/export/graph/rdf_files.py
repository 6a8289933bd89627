"""A graph as an RDF file: the statements of its triple store, streamed from the tables; memory hardly grows with them.

RDF 1.2 says of an edge ``edge rdf:reifies <<( subject predicate object )>>``. Tools that know RDF 1.1 alone, and
JSON-LD, which has no such terms, get ``edge a rdf:Statement ; rdf:subject … ; rdf:predicate … ; rdf:object …`` instead.
Nothing is asserted that papers only deny. Turtle has no named graphs: there all statements stand in one. A file with
the ending .gz is compressed.
"""

import gzip
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
from pyoxigraph import RdfFormat, parse, serialize

from kgbuild.export.graph.source import GraphSource
from kgbuild.store.blocks import Block
from kgbuild.store.dataset import dataset_blocks
from kgbuild.store.rdf_syntax import ByteStream, nquads, trig, turtle

__all__ = ["JSONLD", "NQUADS", "NQUADS_RDF11", "TRIG", "TRIG_RDF11", "TURTLE", "TURTLE_RDF11", "RdfWriter", "opened"]

#: Fast, and within a tenth of the size at the default level.
COMPRESSION_LEVEL = 4

READ_BYTES = 1 << 20


def write_pieces(pieces: Iterator[pa.Buffer], stream: IO[bytes]) -> None:
    """Write pieces of a file as they come."""
    for piece in pieces:
        stream.write(piece)


def write_json_ld(pieces: Iterator[pa.Buffer], stream: IO[bytes]) -> None:
    """Write lines of N-Quads as JSON-LD, by way of Oxigraph."""
    quads = parse(io.BufferedReader(ByteStream(pieces), READ_BYTES), RdfFormat.N_QUADS, lenient=True)
    serialize(quads, stream, RdfFormat.STREAMING_JSON_LD)


@dataclass(frozen=True)
class RdfWriter:
    """Writes one RDF format; `is_reified`: with rdf:Statement in the place of triple terms."""

    syntax: Callable[[Iterable[Block]], Iterator[pa.Buffer]]
    is_reified: bool = False
    write_syntax: Callable[[Iterator[pa.Buffer], IO[bytes]], None] = write_pieces
    FILES: tuple[str, ...] = ()

    def write(self, graph: GraphSource, target: Path) -> dict[str, int]:
        """Write the graph into the file; how many statements it holds. Equal tables give equal bytes."""
        blocks = _Counted(dataset_blocks(graph.folder, is_reified=self.is_reified))
        with opened(target) as stream:
            self.write_syntax(self.syntax(blocks), stream)
        return {"statements": blocks.n}


NQUADS = RdfWriter(nquads)
TURTLE = RdfWriter(turtle)
TRIG = RdfWriter(trig)
JSONLD = RdfWriter(nquads, is_reified=True, write_syntax=write_json_ld)
NQUADS_RDF11 = RdfWriter(nquads, is_reified=True)
TURTLE_RDF11 = RdfWriter(turtle, is_reified=True)
TRIG_RDF11 = RdfWriter(trig, is_reified=True)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A file to write, compressed if its name says so."""
    with path.open("wb") as file:
        if ".gz" not in path.suffixes:  # not the last one while the file is unfinished
            yield file
            return
        with gzip.GzipFile("", "wb", COMPRESSION_LEVEL, file, mtime=0) as compressed:
            yield cast(IO[bytes], compressed)


class _Counted:
    """Blocks, with the number of statements in those that were drawn."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._blocks = blocks
        self.n = 0

    def __iter__(self) -> Iterator[Block]:
        for block in self._blocks:
            self.n += block.n_statements
            yield block
