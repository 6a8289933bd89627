"""The Cypher that writes parts of a graph. Rows are lists: the values of a part's columns, in their order.

``CREATE`` is a third faster than ``MERGE``, and as exact: every label, and every type whose relationships have
identifiers, has a constraint of uniqueness on `id`, so that a row that is there already makes the whole transaction
fail, which is then done by ``MERGE``. Names are quoted (see `quoted`), values are parameters.
"""

from collections.abc import Sequence
from typing import NamedTuple

from kgbuild.store.parts import NodePart, RelationshipPart
from kgbuild.store.property_graph import quoted

__all__ = [
    "EMBEDDING",
    "EVIDENCE_INDEX",
    "Statement",
    "full_text_index",
    "node_statement",
    "relationship_statement",
    "uniqueness",
    "vector_index",
]

#: From an edge to its evidence.
EVIDENCE_INDEX = "CREATE INDEX kgbuild_evidence_edge IF NOT EXISTS FOR (e:Evidence) ON (e.edge)"

FULL_TEXT_INDEX = "kgbuild_names"

#: The property with the vector of an entity's name, and of its index, with the label behind it.
EMBEDDING = "embedding"
VECTOR_INDEX = "kgbuild_vectors"

_ROWS = "UNWIND $rows AS row "
_COUNT = " RETURN count(*)"


class Statement(NamedTuple):
    """How the rows of a part are written.

    `part` is its name in reports, `target` the label, or the relationship type as in -[TYPE]->; `link` names the
    relationships that its nodes are made with. `relabel` runs before either. `missing` gives the rows whose ends are
    not in the database, with what they lack.
    """

    part: str
    target: str
    merge: str
    create: str = ""
    relabel: str = ""
    missing: str = ""
    link: str = ""
    of_relationships: bool = False


def uniqueness(entity: str, name: str) -> str:
    """The constraint that makes `id` unique: NODE and a label, or RELATIONSHIP and a type."""
    if entity == "NODE":
        constraint, pattern = f"{name}_id", f"(r:{quoted(name)})"
    else:
        constraint, pattern = f"kgbuild_edge_{name}", f"()-[r:{quoted(name)}]-()"
    return f"CREATE CONSTRAINT {quoted(constraint)} IF NOT EXISTS FOR {pattern} REQUIRE r.id IS UNIQUE"


def full_text_index(labels: Sequence[str]) -> str:
    """The index of names and synonyms of the nodes of these labels."""
    union = "|".join(map(quoted, labels))
    return f"CREATE FULLTEXT INDEX {FULL_TEXT_INDEX} IF NOT EXISTS FOR (n:{union}) ON EACH [n.name, n.synonyms]"


def vector_index(label: str) -> str:
    """The index of the vectors of a label's nodes, which have $width numbers."""
    return (
        f"CREATE VECTOR INDEX {quoted(f'{VECTOR_INDEX}_{label}')} IF NOT EXISTS FOR (n:{quoted(label)}) "
        f"ON n.{EMBEDDING} OPTIONS {{indexConfig: {{`vector.dimensions`: $width, "
        "`vector.similarity_function`: 'cosine'}}"
    )


def node_statement(part: NodePart, *, other_labels: Sequence[str] = ()) -> Statement:
    """Nodes by `id`, with their relationship to a document where they have one.

    A node that is there under one of the other labels, because papers said more of it then, gets this one instead.
    One that is there under another name loses the vector of that name.
    """
    label, properties = quoted(part.label), _properties(part.table.column_names, 0)
    merge = f"MERGE (n:{label} {{id: row[0]}}){_forget_vector(part)} SET n += {properties}"
    if part.documents is None:
        others = [quoted(other) for other in other_labels if other != part.label]
        return Statement(
            part.label,
            part.label,
            merge=_ROWS + merge + _COUNT,
            create=f"{_ROWS}CREATE (n:{label} {properties})" + _COUNT,
            relabel=f"{_ROWS}MATCH (n:{'|'.join(others)} {{id: row[0]}}) REMOVE n:{':'.join(others)} SET n:{label}"
            if others
            else "",
        )
    place = part.table.num_columns
    document = f"MATCH (d:Document {{id: row[{place}]}}) "
    return Statement(
        part.label,
        part.label,
        merge=_ROWS + document + merge + " MERGE (n)-[:FROM_DOCUMENT]->(d)" + _COUNT,
        create=_ROWS + document + f"CREATE (n:{label} {properties})-[:FROM_DOCUMENT]->(d)" + _COUNT,
        missing=f"{_ROWS}OPTIONAL {document}WITH row, d WHERE d IS NULL "
        f"RETURN row[0], row[{place}], row[{place}] AS absent",
        link=f"({part.label})-[FROM_DOCUMENT]->(Document)",
    )


def relationship_statement(part: RelationshipPart) -> Statement:
    """Relationships by their ends, and by `id` where they have one."""
    names = part.table.column_names[2:]
    type_, properties = quoted(part.type), _properties(names, 2)
    start, end = (f"({name}:{quoted(label)} {{id: row[{n}]}})" for n, name, label in _ends(part))
    key = f" {{id: row[{2 + names.index('id')}]}}" if "id" in names else ""
    return Statement(
        f"({part.start})-[{part.type}]->({part.end})",
        f"-[{part.type}]->",
        merge=f"{_ROWS}MATCH {start} MATCH {end} MERGE (a)-[r:{type_}{key}]->(b) SET r += {properties}" + _COUNT,
        create=f"{_ROWS}MATCH {start} MATCH {end} CREATE (a)-[r:{type_} {properties}]->(b)" + _COUNT if key else "",
        missing=f"{_ROWS}OPTIONAL MATCH {start} OPTIONAL MATCH {end} WITH row, a, b WHERE a IS NULL OR b IS NULL "
        "RETURN row[0], row[1], CASE WHEN a IS NULL THEN row[0] ELSE row[1] END",
        of_relationships=True,
    )


def _forget_vector(part: NodePart) -> str:
    names = part.table.column_names
    if "name" not in names:
        return ""
    return f" ON MATCH SET n.{EMBEDDING} = CASE n.name WHEN row[{names.index('name')}] THEN n.{EMBEDDING} END"


def _ends(part: RelationshipPart) -> tuple[tuple[int, str, str], ...]:
    return (0, "a", part.start), (1, "b", part.end)


def _properties(names: Sequence[str], first: int) -> str:
    """A map of these properties from the columns of a row."""
    return "{" + ", ".join(f"{quoted(name)}: row[{place}]" for place, name in enumerate(names, first)) + "}"
