"""A graph as an RDF file: the statements of its triple store, streamed from the tables, so that memory stays flat.

RDF 1.2 says of an edge ``edge rdf:reifies <<( subject predicate object )>>``. Tools that know RDF 1.1 alone, and
JSON-LD, which has no such terms, get ``edge a rdf:Statement ; rdf:subject … ; rdf:predicate … ; rdf:object …`` instead.
Nothing is asserted that papers only deny. A file with the ending .gz is compressed.
"""

import gzip
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from pyoxigraph import RdfFormat, Triple, serialize

from kgbuild.export.graph.source import GraphSource
from kgbuild.prefixes import NAMESPACES
from kgbuild.store.rdf import term, triples

__all__ = ["JSONLD", "NQUADS", "NQUADS_RDF11", "TRIG", "TRIG_RDF11", "TURTLE", "TURTLE_RDF11", "RdfWriter", "reified"]

#: Fast, and within a tenth of the size at the default level.
COMPRESSION_LEVEL = 4


@dataclass(frozen=True)
class RdfWriter:
    """Writes one RDF format; `is_reified`: with rdf:Statement in the place of triple terms."""

    format: RdfFormat
    is_reified: bool = False
    FILES: tuple[str, ...] = ()

    def write(self, graph: GraphSource, target: Path) -> dict[str, int]:
        """Write the graph into the file; how many statements it holds. Equal tables give equal bytes."""
        statements = triples(graph.folder)
        counted = _Counted(reified(statements) if self.is_reified else statements)
        with _opened(target) as stream:
            serialize(counted, stream, self.format, prefixes=NAMESPACES)
        return {"statements": counted.n}


NQUADS = RdfWriter(RdfFormat.N_QUADS)
TURTLE = RdfWriter(RdfFormat.TURTLE)
TRIG = RdfWriter(RdfFormat.TRIG)
JSONLD = RdfWriter(RdfFormat.STREAMING_JSON_LD, is_reified=True)
NQUADS_RDF11 = RdfWriter(RdfFormat.N_QUADS, is_reified=True)
TURTLE_RDF11 = RdfWriter(RdfFormat.TURTLE, is_reified=True)
TRIG_RDF11 = RdfWriter(RdfFormat.TRIG, is_reified=True)


def reified(statements: Iterable[Triple]) -> Iterator[Triple]:
    """The statements with those about triple terms told by rdf:Statement (RDF Semantics 1.1, appendix D.1)."""
    for statement in statements:
        said = statement.object
        if not isinstance(said, Triple):
            yield statement
            continue
        yield Triple(statement.subject, term("rdf", "type"), term("rdf", "Statement"))
        for part, value in (("subject", said.subject), ("predicate", said.predicate), ("object", said.object)):
            yield Triple(statement.subject, term("rdf", part), value)


class _Counted:
    """An iterable that knows how many items were drawn."""

    def __init__(self, items: Iterable[Triple]) -> None:
        self._items = items
        self.n = 0

    def __iter__(self) -> Iterator[Triple]:
        for item in self._items:
            self.n += 1
            yield item


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with path.open("wb") as file:
        if ".gz" not in path.suffixes:  # not the last one while the file is unfinished
            yield file
            return
        with gzip.GzipFile("", "wb", COMPRESSION_LEVEL, file, mtime=0) as compressed:
            yield cast(IO[bytes], compressed)
