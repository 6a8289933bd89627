"""Statements in blocks: columns of subjects, predicates and objects, not yet written in one syntax or another."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Block", "Columns", "Property", "TripleTerms", "reified"]


@dataclass(frozen=True)
class TripleTerms:
    """Subjects, predicates and objects of triple terms, each a column of CURIEs."""

    subject: pa.Array
    predicate: pa.Array
    object: pa.Array


@dataclass(frozen=True)
class Property:
    """A statement for each row whose value is not null; a str is a CURIE, the same in every row.

    `kind` is "curie", "link" (an IRI as it is), "string", or a number or truth value of XML Schema ("double" …).
    """

    predicate: str | pa.Array
    values: str | pa.Array | TripleTerms
    kind: str = "curie"


@dataclass(frozen=True)
class Block:
    """Statements about a column of subjects, each in the graph of its row; a str is the CURIE of one graph for all."""

    graph: str | pa.Array
    subject: pa.Array
    properties: tuple[Property, ...]

    @property
    def n_statements(self) -> int:
        """How many statements it holds."""
        columns = (item.values for item in self.properties)
        return sum(len(self.subject) - int(getattr(column, "null_count", 0)) for column in columns)


def reified(block: Block) -> Block:
    """The block with statements about triple terms told by rdf:Statement (RDF Semantics 1.1, appendix D.1)."""
    properties: list[Property] = []
    for item in block.properties:
        if not isinstance(item.values, TripleTerms):
            properties.append(item)
            continue
        properties.append(Property("rdf:type", "rdf:Statement"))
        for part in ("subject", "predicate", "object"):
            properties.append(Property(f"rdf:{part}", getattr(item.values, part)))
    return replace(block, properties=tuple(properties))


class Columns:
    """A batch of rows by column, each in one piece."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self.n_rows = table.num_rows

    def __getitem__(self, name: str) -> pa.Array:
        return self._table[name].combine_chunks()

    def given(self, name: str) -> pa.Array:
        """A column with null in the place of ""."""
        column = self[name]
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            return column
        return pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)

    def properties(self, terms: dict[str, str]) -> Iterator[Property]:
        """The properties of these columns, typed as the columns are."""
        for name, predicate in terms.items():
            yield Property(predicate, self.given(name), _KINDS[self[name].type])


_KINDS = {
    pa.string(): "string",
    pa.large_string(): "string",
    pa.int64(): "integer",
    pa.float64(): "double",
    pa.bool_(): "boolean",
}
