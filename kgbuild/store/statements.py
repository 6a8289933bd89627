"""The graph as RDF statements, in blocks of columns that stream from the Parquet tables.

    GRAPH kgb:graph {
      MESH:D001241  a kg:Chemical ; rdfs:label "Aspirin" ; kg:INHIBITOR kgb:c7b4 .
      kgb:edge-1    rdf:reifies <<( MESH:D001241 kg:INHIBITOR kgb:c7b4 )>> ; kg:belief 0.9 ; kg:evidenceCount 1 . }
    GRAPH <kgb:reading/model@1/PMID:1> {
      kgb:evidence-1  a kg:Evidence ; kg:edge kgb:edge-1 ; prov:wasDerivedFrom PMID:1 ; oa:hasSelector
      kgb:evidence-1-text . kgb:evidence-1-text oa:start 0 ; oa:end 22 ; oa:exact "…" . }

`kgb:graph` holds what all documents together say, a graph `kgb:reading/…` what one model read in one document, a graph
`kgb:document/…` the document's own data, mentions and measurements; no statement stands in two of them. A statement
that papers only deny has a reifier (RDF 1.2), a belief of 0 and its evidence, but is not itself asserted. There are no
blank nodes, so that the same statements can be loaded twice.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from kgbuild.store.blocks import Block, Columns, Property, TripleTerms
from kgbuild.store.distinct import distinct_rows
from kgbuild.store.parquet import read_batches
from kgbuild.store.qudt import unit_of_ucum
from kgbuild.store.terms import TEXT, joined

__all__ = ["FACTS", "TERMS", "blocks", "run_of"]

#: The graph of what all documents together say.
FACTS = "kgb:graph"

#: Rows of a block: some ten megabytes of text.
BLOCK_ROWS = 16384

#: column of a table -> property; columns whose value is null or "" give no statement
NODE_TERMS = {
    "name": "rdfs:label",
    "linked": "kg:linked",
    "reduced_formula": "kg:reducedFormula",
    "mention_count": "kg:mentionCount",
    "document_count": "kg:documentCount",
}
#: columns of lists of NODES -> property, and what each item is
NODE_LISTS = (
    ("synonyms", "skos:altLabel", "string"),
    ("xrefs", "skos:closeMatch", "curie"),
    ("elements", "kg:element", "string"),
)
EDGE_TERMS = {
    "belief": "kg:belief",
    "evidence_count": "kg:evidenceCount",
    "documents": "kg:documents",
    "negated_count": "kg:negatedCount",
    "speculated_count": "kg:speculatedCount",
}
PLACE_TERMS = {"section": "kg:section", "table": "kg:table", "row": "kg:row", "column": "kg:column"}
EVIDENCE_TERMS = {
    **PLACE_TERMS,
    "kind": "kg:kind",
    "polarity": "kg:polarity",
    "modality": "kg:modality",
    "novel": "kg:novel",
    "calibrated": "kg:score",
    "raw": "kg:rawScore",
}
DOCUMENT_TERMS = {
    "title": "dcterms:title",
    "year": "dcterms:date",
    "journal": "dcterms:isPartOf",
    "doi": "kg:doi",
    "pmid": "kg:pmid",
    "pmcid": "kg:pmcid",
    "retracted": "kg:retracted",
}
MEASUREMENT_TERMS = {
    **PLACE_TERMS,
    "property_text": "kg:propertyText",
    "property_type": "kg:propertyType",
    "value": "qudt:numericValue",
    "low": "qudt:lowerBound",
    "high": "qudt:upperBound",
    "uncertainty": "kg:uncertainty",
    "unit": "qudt:ucumCode",
    "si_value": "kg:siValue",
    "si_low": "kg:siLow",
    "si_high": "kg:siHigh",
    "si_unit": "kg:siUnit",
    "relation": "kg:relation",
    "score": "kg:score",
}

#: classes and properties that are no column's alone
_FURTHER_TERMS = (
    *("kg:Document", "kg:Evidence", "kg:Measurement", "kg:condition", "kg:edge", "kg:mentionedIn"),
    *("kg:objectSelector", "kg:property", "kg:subject", "kg:subjectSelector", "dcterms:license", "dcterms:rights"),
    *("oa:TextPositionSelector", "oa:TextQuoteSelector", "oa:end", "oa:exact", "oa:hasSelector", "oa:hasSource"),
    *("oa:start", "prov:Entity", "prov:wasDerivedFrom", "prov:wasGeneratedBy", "qudt:QuantityValue"),
    *("qudt:hasQuantityKind", "qudt:hasUnit", "qudt:unit", "rdf:reifies", "rdf:type"),
)
_TERMS_OF_COLUMNS = (NODE_TERMS, EDGE_TERMS, EVIDENCE_TERMS, DOCUMENT_TERMS, MEASUREMENT_TERMS)
#: All classes and properties of the statements of any graph, but for the types and predicates of its schema.
TERMS = frozenset(
    [
        *(term for terms in _TERMS_OF_COLUMNS for term in terms.values()),
        *(term for _, term, _ in NODE_LISTS),
        *_FURTHER_TERMS,
    ]
)


def blocks(folder: Path) -> Iterator[Block]:
    """The statements of all tables, each once; memory does not grow with them.

    What a graph is made from is said before anything that is in it.
    """
    for readings in distinct_rows(folder, "evidence", ("document", "agent", "revision")):
        yield _reading(Columns(readings))
    for name, statements in (
        ("documents", _documents),
        ("nodes", _nodes),
        ("edges", _edges),
        ("evidence", _evidence),
        ("measurements", _measurements),
    ):
        for batch in read_batches(folder, name, size=BLOCK_ROWS):
            if batch.num_rows:
                yield from statements(Columns(batch))
    for pairs in distinct_rows(folder, "mentions", ("node", "document")):
        rows = Columns(pairs)
        subject, document = rows["node"], rows["document"]
        yield Block(_join("kgb:document/", document), subject, (Property("kg:mentionedIn", document),))


def run_of(agent: pa.Array, revision: pa.Array) -> pa.Array:
    """What a model in one revision did, over all documents: "model@revision"."""
    # "/" would make graphs ambiguous, which are named by run and document
    return pc.replace_substring(joined(agent.cast(TEXT), "@", revision.cast(TEXT)), "/", "%2F")


def _documents(rows: Columns) -> Iterator[Block]:
    document = rows["id"]
    graph = _join("kgb:document/", document)
    licence = rows.given("licence")
    is_link = pc.starts_with(licence, "http")
    nothing = pa.scalar(None, licence.type)
    yield Block(FACTS, graph, (_is_a("prov:Entity"), Property("prov:wasDerivedFrom", document)))
    yield Block(
        graph,
        document,
        (
            _is_a("kg:Document"),
            *rows.properties(DOCUMENT_TERMS),
            Property("dcterms:license", pc.if_else(is_link, licence, nothing), "link"),
            Property("dcterms:rights", pc.if_else(is_link, nothing, licence), "string"),
        ),
    )


def _reading(rows: Columns) -> Block:
    run, document = run_of(rows["agent"], rows["revision"]), rows["document"]
    return Block(
        FACTS,
        _join("kgb:reading/", run, "/", document),
        (
            _is_a("prov:Entity"),
            Property("prov:wasDerivedFrom", document),
            Property("prov:wasGeneratedBy", _join("kgb:run/", run)),
        ),
    )


def _nodes(rows: Columns) -> Iterator[Block]:
    node = rows["id"]
    type_ = Property("rdf:type", _join("kg:", rows["type"]))
    yield Block(FACTS, node, (type_, *rows.properties(NODE_TERMS)))
    for name, predicate, kind in NODE_LISTS:
        yield from _listed(rows[name], node, FACTS, predicate, kind)


def _edges(rows: Columns) -> Iterator[Block]:
    graph, subject, object = FACTS, rows["subject"], rows["object"]
    predicate = _join("kg:", rows["predicate"])
    is_asserted = pc.greater(rows["evidence_count"], rows["negated_count"])
    asserted = pc.if_else(is_asserted, object, pa.scalar(None, object.type))
    yield Block(graph, subject, (Property(predicate, asserted),))
    reifies = Property("rdf:reifies", TripleTerms(subject, predicate, object))
    yield Block(graph, rows["id"], (reifies, *rows.properties(EDGE_TERMS)))


def _evidence(rows: Columns) -> Iterator[Block]:
    evidence, document = rows["id"], rows["document"]
    run = run_of(rows["agent"], rows["revision"])
    graph = _join("kgb:reading/", run, "/", document)
    yield Block(
        graph,
        evidence,
        (
            _is_a("kg:Evidence"),
            Property("kg:edge", rows["edge"]),
            *_places(evidence, document),
            Property("prov:wasGeneratedBy", _join("kgb:run/", run)),
            Property("kg:subjectSelector", _join(evidence, "-subject")),
            Property("kg:objectSelector", _join(evidence, "-object")),
            *rows.properties(EVIDENCE_TERMS),
        ),
    )
    yield _passage(graph, evidence, rows)
    for end in ("subject", "object"):
        yield Block(graph, _join(evidence, f"-{end}"), _position(rows[f"{end}_start"], rows[f"{end}_end"]))


def _measurements(rows: Columns) -> Iterator[Block]:
    measurement, document, property_ = rows["id"], rows["document"], rows.given("property")
    graph = _join("kgb:document/", document)
    is_kind = pc.starts_with(property_, "QUDT:")
    units = rows["unit"].dictionary_encode()
    unit = pa.array([unit_of_ucum(code) if code else None for code in units.dictionary.to_pylist()], pa.string())
    yield Block(
        graph,
        measurement,
        (
            _is_a("kg:Measurement"),
            _is_a("qudt:QuantityValue"),
            *_places(measurement, document),
            Property("kg:subject", rows.given("subject")),
            Property("kg:property", property_),
            Property("qudt:hasQuantityKind", pc.if_else(is_kind, property_, pa.scalar(None, property_.type))),
            Property("qudt:hasUnit", unit.take(units.indices)),
            Property("qudt:unit", unit.take(units.indices)),  # its name until QUDT 2.1.27, which many tools still know
            *rows.properties(MEASUREMENT_TERMS),
        ),
    )
    yield _passage(graph, measurement, rows)
    conditions = rows["conditions"]
    texts = conditions.flatten()
    named = joined(texts.field("name").cast(TEXT), " = ", texts.field("value").cast(TEXT))
    listed = pa.ListArray.from_arrays(_offsets(conditions), named.cast(pa.string()))
    yield from _listed(listed, measurement, graph, "kg:condition", "string")


def _places(subject: pa.Array, document: pa.Array) -> tuple[Property, ...]:
    """Evidence and measurements are places in a document: specific resources of Web Annotation."""
    return (
        Property("prov:wasDerivedFrom", document),
        Property("oa:hasSource", document),
        Property("oa:hasSelector", _join(subject, "-text")),
    )


def _passage(graph: pa.Array, subject: pa.Array, rows: Columns) -> Block:
    text = rows.given("text")
    quoted = pc.if_else(pc.is_valid(text), "oa:TextQuoteSelector", pa.scalar(None, pa.string()))
    position = _position(rows["start"], rows["end"])
    quote = (Property("rdf:type", quoted), Property("oa:exact", text, "string"))
    return Block(graph, _join(subject, "-text"), (*position, *quote))


def _position(start: pa.Array, end: pa.Array) -> tuple[Property, ...]:
    return (
        _is_a("oa:TextPositionSelector"),
        Property("oa:start", start, "nonNegativeInteger"),
        Property("oa:end", end, "nonNegativeInteger"),
    )


def _listed(lists: pa.Array, subject: pa.Array, graph: str | pa.Array, predicate: str, kind: str) -> Iterator[Block]:
    """A statement for each item of each row's list."""
    rows = pc.list_parent_indices(lists)
    if len(rows):
        graph = graph if isinstance(graph, str) else graph.take(rows)
        yield Block(graph, subject.take(rows), (Property(predicate, lists.flatten(), kind),))


def _is_a(curie: str) -> Property:
    return Property("rdf:type", curie)


def _join(*parts: pa.Array | str) -> pa.Array:
    return joined(*(part if isinstance(part, str) else part.cast(TEXT) for part in parts))


def _offsets(lists: pa.Array) -> pa.Array:
    """Where each list begins in the flattened values."""
    lengths = pc.fill_null(pc.list_value_length(lists), 0)
    ends = pc.cumulative_sum(lengths).cast(pa.int32())
    return pa.concat_arrays([pa.array([0], pa.int32()), ends])
