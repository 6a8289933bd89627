"""Takes from a database what only some documents or models supported.

What they support is found twice: in the difference between the graph's tables with and without them, and in the
database itself, which may hold of them what the graph's folder holds no more. What the database is asked by, their
evidence and documents, goes last, so that a removal that was cut off can be run again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kgbuild.store.neo4j.report import Removal
from kgbuild.store.parquet import read_table
from kgbuild.store.parts import mention_counts
from kgbuild.store.property_graph import LEXICAL, quoted

__all__ = ["remove"]

#: Identifiers of one transaction.
AT_ONCE = 5000

Run = Callable[..., list[tuple[Any, ...]]]

_OF_DOCUMENTS = "MATCH (d:Document) WHERE d.id IN $targets MATCH (e:Evidence)-[:FROM_DOCUMENT]->(d) "
_OF_MODEL = "e.agent + CASE e.revision WHEN '' THEN '' ELSE '@' + e.revision END IN $targets"
_OF_MODELS = f"MATCH (e:Evidence) WHERE {_OF_MODEL} "

#: An edge that has evidence of others.
_SUPPORTED = (
    f"EXISTS {{ MATCH (e:Evidence {{edge: id}}) WHERE NOT {_OF_MODEL} "
    "AND NOT EXISTS { (e)-[:FROM_DOCUMENT]->(d:Document) WHERE d.id IN $targets } }"
)
#: A node that has other relationships than to the documents that go.
_CONNECTED = "EXISTS { (n)--(other) WHERE NOT (other:Document AND other.id IN $targets) }"


def remove(run: Run, before: Path, after: Path, targets: Sequence[str]) -> tuple[Removal, ...]:
    """Remove what `after` and the rest of the database do not support; `before` is the graph with the targets."""
    return _Removing(run, before, after, list(targets)).remove()


class _Removing:
    def __init__(self, run: Run, before: Path, after: Path, targets: list[str]) -> None:
        self._run = run
        self._before = before
        self._after = after
        self._targets = targets
        unique = "SHOW CONSTRAINTS YIELD entityType, labelsOrTypes, properties WHERE properties = ['id'] "
        labels = {row[0][0] for row in run(unique + "AND entityType = 'NODE' RETURN labelsOrTypes")}
        self._labels = sorted(labels - set(LEXICAL))
        self._types = [row[0][0] for row in run(unique + "AND entityType = 'RELATIONSHIP' RETURN labelsOrTypes")]

    def remove(self) -> tuple[Removal, ...]:
        evidence = self._delete("(n:Evidence {id: id})", self._gone("evidence"))
        measurements = self._delete("(n:Measurement {id: id})", self._gone("measurements"))
        measurements += self._delete("(:Document {id: id})<-[:FROM_DOCUMENT]-(n:Measurement)", self._targets)
        mentions = self._delete_mentions()
        edges, ends = self._delete_edges()
        nodes = self._delete_nodes(ends)
        for theirs in (_OF_DOCUMENTS, _OF_MODELS):
            while n := self._count(f"{theirs}WITH e LIMIT {AT_ONCE} DETACH DELETE e RETURN count(*)"):
                evidence += n
        documents = self._delete("(n:Document {id: id})", {*self._gone("documents"), *self._targets})
        return (
            Removal("Document", documents),
            Removal("Evidence", evidence),
            Removal("Measurement", measurements),
            Removal("MENTIONED_IN", mentions),
            edges,
            nodes,
        )

    def _delete_mentions(self) -> int:
        # those in documents that go are deleted with them: until then they tell which nodes were mentioned
        pairs = _mentioned(self._before)
        pairs = pairs.filter(pc.invert(pc.is_in(pairs["to"], value_set=pa.array(self._targets, pa.string()))))
        pairs = pairs.join(_mentioned(self._after), ["from", "to"], join_type="left anti")
        n = self._count("MATCH (d:Document) WHERE d.id IN $targets RETURN COUNT { ()-[:MENTIONED_IN]->(d) }")
        for rows in _batched(list(zip(*(column.to_pylist() for column in pairs.columns), strict=True))):
            n += self._count(
                "UNWIND $rows AS row MATCH (:Document {id: row[1]})<-[r:MENTIONED_IN]-({id: row[0]}) DELETE r "
                "RETURN count(*)",
                rows=rows,
            )
        return n

    def _delete_edges(self) -> tuple[Removal, set[str]]:
        """Edges without evidence of others, and the nodes that they joined."""
        ids = set(self._gone("edges"))
        for theirs in (_OF_DOCUMENTS, _OF_MODELS):
            ids.update(self._not_loaded("edges", self._column(theirs + "RETURN DISTINCT e.edge")))
        n_found, ends = 0, list[str]()
        for type_ in self._types:
            match = f"UNWIND $ids AS id MATCH (a)-[r:{quoted(type_)} {{id: id}}]->(b) "
            for batch in _batched(sorted(ids)):
                n_found += self._count(match + "RETURN count(*)", ids=batch)
                deleted = f"WHERE NOT {_SUPPORTED} WITH r, [a.id, b.id] AS ends DELETE r RETURN ends"
                ends += [end for (pair,) in self._ask(match + deleted, ids=batch) for end in pair]
        return Removal("edges", len(ends) // 2, n_found - len(ends) // 2), set(ends)

    def _delete_nodes(self, ends: set[str]) -> Removal:
        """Nodes that nothing else is said of."""
        mentioned = self._column(
            "MATCH (d:Document) WHERE d.id IN $targets MATCH (n)-[:MENTIONED_IN]->(d) RETURN DISTINCT n.id"
        )
        ids = {*self._gone("nodes"), *self._not_loaded("nodes", ends.union(mentioned))}
        n_found = n_deleted = 0
        for label in self._labels:
            match = f"UNWIND $ids AS id MATCH (n:{quoted(label)} {{id: id}}) "
            for batch in _batched(sorted(ids)):
                n_found += self._count(match + "RETURN count(*)", ids=batch)
                n_deleted += self._count(f"{match}WHERE NOT {_CONNECTED} DETACH DELETE n RETURN count(*)", ids=batch)
        return Removal("nodes", n_deleted, n_found - n_deleted)

    def _delete(self, pattern: str, ids: Iterable[str]) -> int:
        """How many nodes `n` of the pattern were deleted."""
        text = f"UNWIND $ids AS id MATCH {pattern} DETACH DELETE n RETURN count(*)"
        return sum(self._count(text, ids=batch) for batch in _batched(sorted(ids)))

    def _gone(self, name: str) -> list[str]:
        """Identifiers of the rows that only the graph with the targets has."""
        return self._not_loaded(name, read_table(self._before, name, columns=["id"])["id"])

    def _not_loaded(self, name: str, ids: Iterable[str] | pa.ChunkedArray) -> list[str]:
        """Those of the identifiers that the graph to load has not."""
        given = ids if isinstance(ids, pa.ChunkedArray) else pa.array(sorted(ids), pa.string())
        loaded = read_table(self._after, name, columns=["id"])["id"]
        found: list[str] = given.filter(pc.invert(pc.is_in(given, value_set=loaded.combine_chunks()))).to_pylist()
        return found

    def _ask(self, text: str, **parameters: Any) -> list[tuple[Any, ...]]:
        return self._run(text, targets=self._targets, **parameters)

    def _column(self, text: str) -> list[str]:
        return [value for (value,) in self._ask(text)]

    def _count(self, text: str, **parameters: Any) -> int:
        return sum(value for (value,) in self._ask(text, **parameters))


def _mentioned(folder: Path) -> pa.Table:
    """Which node is mentioned in which document of a graph: `from` and `to`."""
    counted = (table.select(["from", "to"]) for table in mention_counts(folder))
    nothing = pa.schema([("from", pa.string()), ("to", pa.string())]).empty_table()
    return pa.concat_tables([nothing, *counted])


def _batched(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for place in range(0, len(items), AT_ONCE):
        yield items[place : place + AT_ONCE]
