"""A graph's statements made one row at a time from Oxigraph's terms: what the columns of strings are compared with."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, Triple

from kgbuild.prefixes import NAMESPACES, iri_of_curie
from kgbuild.store.parquet import read_table
from kgbuild.store.qudt import unit_of_ucum
from kgbuild.store.statements import DOCUMENT_TERMS, EDGE_TERMS, EVIDENCE_TERMS, MEASUREMENT_TERMS, NODE_TERMS

Row = dict[str, Any]
Statement = tuple[NamedNode, NamedNode, NamedNode | Literal | Triple]

NOT_NEGATIVE = NamedNode(NAMESPACES["xsd"] + "nonNegativeInteger")


def named(curie: str) -> NamedNode:
    return NamedNode(iri_of_curie(curie))


FACTS, TYPE = named("kgb:graph"), named("rdf:type")


def naive_quads(folder: Path) -> Iterator[Quad]:
    """All statements but those of the header."""
    for row in read_table(folder, "documents").to_pylist():
        graph = named(f"kgb:document/{row['id']}")
        for statement in document(row):
            yield Quad(*statement, graph)
        yield Quad(graph, TYPE, named("prov:Entity"), FACTS)
        yield Quad(graph, named("prov:wasDerivedFrom"), named(row["id"]), FACTS)
    for name, statements in (("nodes", node), ("edges", edge)):
        for row in read_table(folder, name).to_pylist():
            for statement in statements(row):
                yield Quad(*statement, FACTS)
    readings = set()
    for row in read_table(folder, "evidence").to_pylist():
        run = f"{row['agent']}@{row['revision']}".replace("/", "%2F")
        graph = named(f"kgb:reading/{run}/{row['document']}")
        readings.add((graph, run, row["document"]))
        for statement in evidence(row, run):
            yield Quad(*statement, graph)
    for graph, run, document_id in sorted(readings, key=lambda reading: reading[0].value):
        yield Quad(graph, TYPE, named("prov:Entity"), FACTS)
        yield Quad(graph, named("prov:wasDerivedFrom"), named(document_id), FACTS)
        yield Quad(graph, named("prov:wasGeneratedBy"), named(f"kgb:run/{run}"), FACTS)
    for row in read_table(folder, "measurements").to_pylist():
        for statement in measurement(row):
            yield Quad(*statement, named(f"kgb:document/{row['document']}"))
    mentions = read_table(folder, "mentions", columns=["node", "document"]).to_pylist()
    for node_id, document_id in sorted({(row["node"], row["document"]) for row in mentions}):
        graph = named(f"kgb:document/{document_id}")
        yield Quad(named(node_id), named("kg:mentionedIn"), named(document_id), graph)


def document(row: Row) -> Iterator[Statement]:
    subject = named(row["id"])
    yield subject, TYPE, named("kg:Document")
    yield from values(subject, row, DOCUMENT_TERMS)
    if row["licence"].startswith("http"):
        yield subject, named("dcterms:license"), NamedNode(row["licence"])
    elif row["licence"]:
        yield subject, named("dcterms:rights"), Literal(row["licence"])


def node(row: Row) -> Iterator[Statement]:
    subject = named(row["id"])
    yield subject, TYPE, named(f"kg:{row['type']}")
    yield from values(subject, row, NODE_TERMS)
    for synonym in row["synonyms"]:
        yield subject, named("skos:altLabel"), Literal(synonym)
    for xref in row["xrefs"]:
        yield subject, named("skos:closeMatch"), named(xref)
    for element in row["elements"]:
        yield subject, named("kg:element"), Literal(element)


def edge(row: Row) -> Iterator[Statement]:
    triple = Triple(named(row["subject"]), named(f"kg:{row['predicate']}"), named(row["object"]))
    if row["evidence_count"] > row["negated_count"]:
        yield tuple(triple)
    yield named(row["id"]), named("rdf:reifies"), triple
    yield from values(named(row["id"]), row, EDGE_TERMS)


def evidence(row: Row, run: str) -> Iterator[Statement]:
    subject = named(row["id"])
    yield subject, TYPE, named("kg:Evidence")
    yield subject, named("kg:edge"), named(row["edge"])
    yield subject, named("prov:wasGeneratedBy"), named(f"kgb:run/{run}")
    yield from values(subject, row, EVIDENCE_TERMS)
    yield from place(row)
    for end in ("subject", "object"):
        selector = named(f"{row['id']}-{end}")
        yield subject, named(f"kg:{end}Selector"), selector
        yield from position(selector, row[f"{end}_start"], row[f"{end}_end"])


def measurement(row: Row) -> Iterator[Statement]:
    subject = named(row["id"])
    yield subject, TYPE, named("kg:Measurement")
    yield subject, TYPE, named("qudt:QuantityValue")
    yield from values(subject, row, MEASUREMENT_TERMS)
    yield from place(row)
    for end in ("subject", "property"):
        if row[end]:
            yield subject, named(f"kg:{end}"), named(row[end])
    if row["property"].startswith("QUDT:"):
        yield subject, named("qudt:hasQuantityKind"), named(row["property"])
    unit = unit_of_ucum(row["unit"]) if row["unit"] else None
    if unit:
        yield subject, named("qudt:hasUnit"), named(unit)
        yield subject, named("qudt:unit"), named(unit)
    for condition in row["conditions"]:
        yield subject, named("kg:condition"), Literal(f"{condition['name']} = {condition['value']}")


def place(row: Row) -> Iterator[Statement]:
    subject, text = named(row["id"]), named(f"{row['id']}-text")
    yield subject, named("prov:wasDerivedFrom"), named(row["document"])
    yield subject, named("oa:hasSource"), named(row["document"])
    yield subject, named("oa:hasSelector"), text
    yield from position(text, row["start"], row["end"])
    if row["text"]:
        yield text, TYPE, named("oa:TextQuoteSelector")
        yield text, named("oa:exact"), Literal(row["text"])


def position(subject: NamedNode, start: int, end: int) -> Iterator[Statement]:
    yield subject, TYPE, named("oa:TextPositionSelector")
    yield subject, named("oa:start"), Literal(str(start), datatype=NOT_NEGATIVE)
    yield subject, named("oa:end"), Literal(str(end), datatype=NOT_NEGATIVE)


def values(subject: NamedNode, row: Row, terms: dict[str, str]) -> Iterator[Statement]:
    for column, term in terms.items():
        if row[column] is not None and row[column] != "":
            yield subject, named(term), Literal(row[column])
