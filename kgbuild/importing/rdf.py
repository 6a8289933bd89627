"""RDF of anyone: Turtle, TriG, N-Triples, N-Quads, RDF/XML, JSON-LD, as RDF 1.1 or 1.2, read statement by statement.

A resource is a node by its labels, types, synonyms and matches; a statement between two resources is an edge. What is
said of a statement by a reifier (RDF 1.2) or rdf:Statement is its source, score and text; else its named graph is its
source. Statements come in any order, so that they are gathered by their subjects on disk. What kgbuild wrote comes back
by `kgbuild.importing.rdf_records`.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import IO, NamedTuple

import pyarrow as pa
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, RdfFormat, Triple, parse

from kgbuild.document import content_hash
from kgbuild.importing.given import Given, canonical, shared_score, statement_row
from kgbuild.importing.rdf_records import OWN_TABLES, is_about_the_graph, own_evidence, own_measurements, read_own
from kgbuild.prefixes import VOCABULARIES
from kgbuild.tables import MENTIONS, Row

__all__ = ["FORMATS", "read_rdf"]

#: ending of a file -> its format
FORMATS: dict[str, RdfFormat] = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}

_RDF = VOCABULARIES["rdf"]
_TYPE, _STATEMENT = f"{_RDF}type", f"{_RDF}Statement"
_PARTS = {f"{_RDF}{part}": part for part in ("subject", "predicate", "object")}

_LABELS = ("rdfs:label", "skos:prefLabel", "schema:name", "foaf:name", "dcterms:title", "biolink:name")
_SYNONYMS = frozenset(
    {
        *("skos:altLabel", "schema:alternateName", "biolink:synonym", "obo:IAO_0000118"),
        *(f"oboInOwl:has{scope}Synonym" for scope in ("Exact", "Related", "Narrow", "Broad")),
    }
)
_XREFS = frozenset(
    {
        *("skos:exactMatch", "skos:closeMatch", "owl:sameAs", "owl:equivalentClass", "schema:sameAs", "biolink:xref"),
        "oboInOwl:hasDbXref",
    }
)
#: types that say nothing of what a resource is
_NO_CATEGORIES = frozenset(
    {"owl:Class", "owl:NamedIndividual", "owl:Thing", "rdfs:Class", "rdfs:Resource", "skos:Concept"}
)
_SOURCES = frozenset({"prov:wasDerivedFrom", "prov:hadPrimarySource", "dcterms:source", "dc:source"}) | {
    "biolink:publications"
}
_AGENTS = frozenset({"prov:wasAttributedTo", "dcterms:creator", "biolink:primary_knowledge_source"})
_SCORES = frozenset({"biolink:has_confidence_score", "schema:ratingValue"})
_SAID = frozenset({"biolink:supporting_text", "oa:exact", "dcterms:description", "rdfs:comment"})

#: prefixes of those words, beyond our own vocabularies
_WORDS = VOCABULARIES | {
    "owl": "http://www.w3.org/2002/07/owl#",
    "schema": "https://schema.org/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "obo": "http://purl.obolibrary.org/obo/",
    "oboInOwl": "http://www.geneontology.org/formats/oboInOwl#",
}
_BY_LENGTH = sorted(_WORDS.items(), key=lambda item: -len(item[1]))

_TEXT, _NUMBER = pa.string(), pa.int64()
_QUADS = pa.schema(
    [(name, _TEXT) for name in ("subject", "predicate", "object", "kind", "graph")] + [("record", _NUMBER)]
)
_TRIPLE = [(name, _TEXT) for name in ("subject", "predicate", "object")]
_TABLES = {
    "quads": _QUADS,
    "reifiers": pa.schema([("reifier", _TEXT), *_TRIPLE, ("is_quoted", pa.bool_()), ("record", _NUMBER)]),
    "asserted": pa.schema([*_TRIPLE, ("graph", _TEXT), ("record", _NUMBER)]),
    "remarks": pa.schema(
        [
            *(("reifier", _TEXT), ("sources", pa.list_(_TEXT)), ("agent", _TEXT), ("text", _TEXT)),
            *(("score", pa.float64()), ("is_negated", pa.bool_()), ("graph", _TEXT)),
        ]
    ),
    **OWN_TABLES,
}


class Value(NamedTuple):
    """An object: an IRI or blank node (`kind` "iri", "blank"), or a text with the name of its datatype as its kind."""

    predicate: str
    text: str
    kind: str
    graph: str
    record: int


def read_rdf(given: Given, stream: IO[bytes], format: RdfFormat) -> None:
    """Read a file; one that breaks off is read to there."""
    for name, schema in _TABLES.items():
        given.bench.create(name, schema)
    _stage(given, stream, format)
    _describe(given)
    _state(given)
    for name in _TABLES:
        given.bench.drop(name)


def _stage(given: Given, stream: IO[bytes], format: RdfFormat) -> None:
    record = 0
    try:
        for record, quad in enumerate(parse(stream, format=format), 1):
            subject, predicate = _name(quad.subject), quad.predicate.value
            if isinstance(quad.object, Triple):
                _stage_reifier(given, record, subject, predicate, quad.object)
                continue
            graph = "" if isinstance(quad.graph_name, DefaultGraph) else _name(quad.graph_name)
            row = {"subject": subject, "predicate": predicate, "graph": graph, "record": record}
            given.bench.add("quads", row | _object(quad.object))
    except (SyntaxError, ValueError, OSError, EOFError) as error:
        given.reject(record + 1, f"the file breaks off here ({' '.join(str(error).split())[:200]})")


def _stage_reifier(given: Given, record: int, reifier: str, predicate: str, said: Triple) -> None:
    if predicate != f"{_RDF}reifies" or isinstance(said.object, Triple | Literal):
        given.reject(record, "a triple term is used otherwise than to reify a statement between resources")
        return
    triple = {"subject": _name(said.subject), "predicate": said.predicate.value, "object": _name(said.object)}
    given.bench.add("reifiers", {"reifier": reifier, **triple, "is_quoted": True, "record": record})


def _name(term: NamedNode | BlankNode | Triple) -> str:
    if isinstance(term, Triple):
        raise ValueError("a triple as the subject of a statement, which RDF 1.2 does not know")
    return term.value if isinstance(term, NamedNode) else f"_:{term.value}"


def _object(term: NamedNode | BlankNode | Literal) -> Row:
    if isinstance(term, Literal):
        return {"object": term.value, "kind": term.datatype.value.rpartition("#")[2] or "string"}
    return {"object": _name(term), "kind": "iri" if isinstance(term, NamedNode) else "blank"}


def _describe(given: Given) -> None:
    """Tell apart what each subject is: a record of ours, a reifier, or a node with its statements."""
    query = """SELECT q.*, r.reifier IS NOT NULL AS is_reifier FROM quads q
        LEFT JOIN (SELECT DISTINCT reifier FROM reifiers) r ON q.subject = r.reifier
        ORDER BY q.subject, q.predicate, q.object, q.kind, q.record"""
    for subject, rows in groupby(given.bench.rows(query), key=lambda row: row["subject"]):
        values: dict[str, list[Value]] = {}
        is_reifier = False
        for row in rows:
            is_reifier = row["is_reifier"]
            value = Value(row["predicate"], row["object"], row["kind"], row["graph"], row["record"])
            values.setdefault(row["predicate"], []).append(value)
        types = {value.text for value in values.get(_TYPE, ())}
        if read_own(given, types, subject, values) or is_about_the_graph(subject):
            continue
        if is_reifier or _STATEMENT in types:
            _remark(given, subject, values)
        else:
            _node(given, subject, {_word(predicate): items for predicate, items in values.items()})


def _remark(given: Given, reifier: str, values: dict[str, list[Value]]) -> None:
    first = next(iter(values.values()))[0]
    parts = {part: values[iri][0].text for iri, part in _PARTS.items() if iri in values}
    if len(parts) == len(_PARTS):
        given.bench.add("reifiers", {"reifier": reifier, **parts, "is_quoted": False, "record": first.record})
    said = {_word(predicate): items for predicate, items in values.items() if predicate not in _PARTS}
    score = _first(said, _SCORES)
    given.bench.add(
        "remarks",
        {
            "reifier": reifier,
            "sources": sorted({canonical(item.text) for item in _all(said, _SOURCES)}),
            "agent": canonical(_first(said, _AGENTS)),
            "text": _first(said, _SAID),
            "score": float(score) if _is_probability(score) else None,
            "is_negated": _first(said, frozenset({"biolink:negated"})) in ("true", "1"),
            "graph": first.graph,
        },
    )
    used = {"rdf:type", "biolink:negated", *_SOURCES, *_AGENTS, *_SAID, *_SCORES}
    for predicate in said.keys() - used:
        if not predicate.startswith("kg:"):  # an edge's belief and counts follow from its evidence
            given.reject(said[predicate][0].record, f"property {predicate} of a statement has no place in a graph")
    if score and not _is_probability(score):
        given.reject(first.record, "a statement's score is no probability")


def _node(given: Given, subject: str, values: dict[str, list[Value]]) -> None:
    first = next(iter(values.values()))[0]
    if subject.startswith("_:"):
        given.reject(first.record, "a blank node has no identity")
        return
    identifier = canonical(subject)
    categories = [canonical(item.text) for item in values.get("rdf:type", ())]
    name = next((labels[0].text for label in _LABELS if (labels := values.get(label))), "")
    given.node(
        first.record,
        id=identifier,
        name=name or identifier,
        categories=[item for item in categories if _word(item) not in _NO_CATEGORIES],
        linked=_first(values, frozenset({"kg:linked"})) != "false" and not identifier.startswith("kgb:"),
        xrefs=sorted({canonical(item.text) for item in _all(values, _XREFS)}),
        synonyms=sorted({item.text for item in _all(values, _SYNONYMS)}),
        reduced_formula=_first(values, frozenset({"kg:reducedFormula"})),
        elements=sorted({item.text for item in values.get("kg:element", ())}),
        mention_count=int(_first(values, frozenset({"kg:mentionCount"})) or 0),
        document_count=int(_first(values, frozenset({"kg:documentCount"})) or 0),
    )
    for item in values.get("kg:mentionedIn", ()):
        given.bench.add("mentions", _mention(identifier, canonical(item.text), name))
    described = {"rdf:type", *_LABELS, *_XREFS, *_SYNONYMS}
    described |= {"kg:linked", "kg:mentionCount", "kg:documentCount", "kg:mentionedIn"}
    described |= {"kg:reducedFormula", "kg:element"}
    for predicate in values.keys() - described:
        for item in values[predicate]:
            if item.kind in ("iri", "blank"):
                triple = {"subject": subject, "predicate": item.predicate, "object": item.text}
                given.bench.add("asserted", triple | {"graph": item.graph, "record": item.record})
            else:
                given.reject(item.record, f"property {predicate} with a text has no place in a graph")


def _mention(node: str, document: str, name: str) -> Row:
    """That a document names a node, without the place."""
    row = dict.fromkeys(MENTIONS.names)
    identifier = "kgb:mention-" + content_hash(document, node)
    return row | {"id": identifier, "node": node, "document": document, "text": name, "type": "", "section": ""}


def _state(given: Given) -> None:
    """Statements: those of our own evidence, then those that something is said of, then the rest."""
    bench = given.bench
    for _ in bench.rows("SELECT edge FROM own_evidence ANTI JOIN reifiers ON reifier = edge"):
        given.reject(0, "evidence is for an edge that the file does not describe")
    for evidence in own_evidence(bench):
        given.statement(0, evidence)
    for measurement in own_measurements(bench):
        bench.add("measurements", measurement)
    covered = """SELECT r.subject, r.predicate, r.object FROM reifiers r JOIN own_evidence e ON e.edge = r.reifier"""
    remarked = f"""SELECT r.*, m.* EXCLUDE (reifier, graph), m.graph AS said_in,
            a.subject IS NOT NULL AS is_asserted, a.graph AS graph
        FROM reifiers r LEFT JOIN remarks m ON m.reifier = r.reifier
        LEFT JOIN (SELECT subject, predicate, object, min(graph) AS graph FROM asserted GROUP BY ALL) a
            USING (subject, predicate, object)
        ANTI JOIN ({covered}) USING (subject, predicate, object) ORDER BY r.reifier"""
    for row in bench.rows(remarked):
        if row["is_quoted"] and not row["is_asserted"]:
            given.reject(row["record"], "the statement is quoted and not asserted")
            continue
        graph = row["graph"] or row["said_in"] or ""
        _put(given, row, row["sources"] or [graph and canonical(graph)])
    plain = f"""SELECT *, '' AS agent, '' AS text, NULL AS score, false AS is_negated FROM asserted
        ANTI JOIN ({covered} UNION ALL SELECT subject, predicate, object FROM reifiers)
            USING (subject, predicate, object) ORDER BY record"""
    for row in bench.rows(plain):
        _put(given, row, [row["graph"] and canonical(row["graph"])])


def _put(given: Given, row: Row, sources: list[str]) -> None:
    for source in sources:
        document = source or given.document
        given.cite(document)
        statement = statement_row(
            subject=canonical(row["subject"]),
            predicates=[canonical(row["predicate"])],
            object=canonical(row["object"]),
            document=document,
            text=row["text"] or "",
            agent=row["agent"] or "import",
            revision=f"{given.file}:{row['record']}",
            score=shared_score(row["score"], len(sources)),
            is_negated=bool(row["is_negated"]),
        )
        given.statement(row["record"], statement)


def _word(iri: str) -> str:
    """The name by which the tables above call a property; the IRI itself if they do not."""
    for prefix, namespace in _BY_LENGTH:
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def _all(values: dict[str, list[Value]], words: frozenset[str]) -> Iterator[Value]:
    for word in sorted(words & values.keys()):
        yield from values[word]


def _first(values: dict[str, list[Value]], words: frozenset[str]) -> str:
    return next((item.text for item in _all(values, words)), "")


def _is_probability(text: str) -> bool:
    try:
        return 0.0 <= float(text) <= 1.0
    except ValueError:
        return False
