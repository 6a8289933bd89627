"""Vectors of the names of entities, each node's `embedding`, and a vector index for each label.

The database is asked which nodes have none; a load that renames a node takes its vector away (see `statements`). So
a load that was cut off goes on where it stopped, and a second one encodes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kgbuild.store.neo4j.statements import EMBEDDING, vector_index
from kgbuild.store.property_graph import quoted

__all__ = ["NameEncoder", "write_vectors"]

#: Names that are encoded, and vectors that are written, together: three megabytes on the way.
AT_ONCE = 1000

Run = Callable[..., list[tuple[Any, ...]]]

_WITHOUT = f"WHERE n.{EMBEDDING} IS NULL AND n.name IS NOT NULL"


class NameEncoder(Protocol):
    """What gives names vectors of `width` numbers."""

    width: int

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors, (texts, width), each of length 1."""


def write_vectors(
    run: Run, labels: Sequence[str], encoder: NameEncoder, progress: Callable[[int, int, str], None]
) -> int:
    """Give every node of the labels that has a name a vector; how many had none."""
    for label in labels:
        run(vector_index(label), width=encoder.width)
    total = sum(run(f"MATCH (n:{quoted(label)}) {_WITHOUT} RETURN count(*)")[0][0] for label in labels)
    done = 0
    for label in labels:
        write = (
            f"UNWIND $rows AS row MATCH (n:{quoted(label)} {{id: row[0]}}) "
            f"CALL db.create.setNodeVectorProperty(n, '{EMBEDDING}', row[1])"
        )
        for nodes in _without_vector(run, label):
            vectors = encoder.encode([name for _, name in nodes]).tolist()
            run(write, rows=[(id_, vector) for (id_, _), vector in zip(nodes, vectors, strict=True)])
            done += len(nodes)
            progress(done, total, f"vectors of {label}")
    run("CALL db.awaitIndexes(300)")
    return done


def _without_vector(run: Run, label: str) -> Iterator[list[tuple[Any, ...]]]:
    """Identifiers and names of the label's nodes without a vector, AT_ONCE and fewer."""
    ask = f"MATCH (n:{quoted(label)}) {_WITHOUT} AND n.id > $after RETURN n.id, n.name ORDER BY n.id LIMIT {AT_ONCE}"
    after = ""
    while nodes := run(ask, after=after):
        yield nodes
        after = nodes[-1][0]
