"""A graph as nanopublications (https://nanopub.net/guidelines/working_draft/): a TriG file with one for each edge.

The assertion is the edge's statement, or, where papers only deny it, an ``owl:NegativePropertyAssertion``. Provenance
holds all its evidence. Identifiers are Trusty URIs (module RA, https://trustyuri.net/): equal content has equal ones,
and no time is named. The nanopublications are not signed: whoever publishes them does that.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize

from kgbuild.export.graph.rdf_files import opened
from kgbuild.export.graph.source import GraphSource, StatedEdge
from kgbuild.prefixes import NAMESPACES, iri_of_curie
from kgbuild.tables import Row

__all__ = ["FILES", "write"]

FILES: tuple[str, ...] = ()

NANOPUBS = "https://w3id.org/kgbuild/np/"
PREFIXES = NAMESPACES | {"np": "http://www.nanopub.org/nschema#", "owl": "http://www.w3.org/2002/07/owl#"}

#: Stands for the hash until it is known; no IRI holds a blank.
CODE = " "
NANOPUB = NANOPUBS + CODE


class Value(NamedTuple):
    """A literal: its words and the IRI of its datatype."""

    text: str
    datatype: str


class Statement(NamedTuple):
    """A statement of IRIs within the part of the nanopublication that is named by `graph`."""

    graph: str
    subject: str
    predicate: str
    object: str | Value


def write(graph: GraphSource, target: Path) -> dict[str, int]:
    """Write the file; how many nanopublications it holds. Equal tables give equal bytes."""
    counts = {"nanopublications": 0}

    def quads() -> Iterator[Quad]:
        for edge in graph.edges():
            counts["nanopublications"] += 1
            yield from nanopublication(edge)

    with opened(target) as stream:
        serialize(quads(), stream, RdfFormat.TRIG, prefixes=PREFIXES)
    return counts


def nanopublication(edge: StatedEdge) -> Iterator[Quad]:
    """The quads of one nanopublication, graph by graph."""
    statements = list(dict.fromkeys((*_head(), *_assertion(edge), *_provenance(edge), *_publication(edge))))
    code = trusty_code(statements)
    for graph, subject, predicate, object in statements:
        said = _literal(object) if isinstance(object, Value) else _node(object, code)
        yield Quad(_node(subject, code), _node(predicate, code), said, _node(graph, code))


def trusty_code(statements: Iterable[Statement]) -> str:
    """The artifact code of module RA for statements in which a blank stands for it."""
    digest = hashlib.sha256("".join(map(_normal_form, sorted(statements, key=_order))).encode()).digest()
    return "RA" + base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def _order(statement: Statement) -> tuple[str | bool, ...]:
    *iris, object = statement
    return (
        *iris,
        isinstance(object, Value),
        *((object.text, object.datatype) if isinstance(object, Value) else (object,)),
    )


def _normal_form(statement: Statement) -> str:
    *iris, object = statement
    if isinstance(object, Value):
        escaped = object.text.replace("\\", "\\\\").replace("\n", "\\n")
        object = f"^{object.datatype} {escaped}"
    return "".join(f"{part}\n" for part in (*iris, object))


def _head() -> Iterator[Statement]:
    graph = f"{NANOPUB}#Head"
    yield Statement(graph, NANOPUB, _iri("rdf:type"), _iri("np:Nanopublication"))
    for part, predicate in (
        ("assertion", "np:hasAssertion"),
        ("provenance", "np:hasProvenance"),
        ("pubinfo", "np:hasPublicationInfo"),
    ):
        yield Statement(graph, NANOPUB, _iri(predicate), f"{NANOPUB}#{part}")


def _assertion(edge: StatedEdge) -> Iterator[Statement]:
    graph, row = f"{NANOPUB}#assertion", edge.row
    subject, predicate, object = _iri(row["subject"]), _iri(f"kg:{row['predicate']}"), _iri(row["object"])
    if not edge.is_denied:
        yield Statement(graph, subject, predicate, object)
        return
    denial = _iri(row["id"])
    yield Statement(graph, denial, _iri("rdf:type"), _iri("owl:NegativePropertyAssertion"))
    yield Statement(graph, denial, _iri("owl:sourceIndividual"), subject)
    yield Statement(graph, denial, _iri("owl:assertionProperty"), predicate)
    yield Statement(graph, denial, _iri("owl:targetIndividual"), object)


def _provenance(edge: StatedEdge) -> Iterator[Statement]:
    graph, assertion = f"{NANOPUB}#provenance", f"{NANOPUB}#assertion"
    yield Statement(graph, assertion, _iri("kg:belief"), _number(edge.row["belief"]))
    for row in edge.evidence:
        evidence = _iri(row["id"])
        yield Statement(graph, assertion, _iri("prov:wasDerivedFrom"), evidence)
        for predicate, object in _evidence(row):
            yield Statement(graph, evidence, predicate, object)
        selector = _iri(f"{row['id']}-text")
        for predicate, object in _selector(row):
            yield Statement(graph, selector, predicate, object)
        yield from _run(graph, row["agent"], row["revision"])


def _evidence(row: Row) -> Iterator[tuple[str, str | Value]]:
    yield _iri("rdf:type"), _iri("kg:Evidence")
    yield _iri("prov:wasDerivedFrom"), _iri(row["document"])
    yield _iri("prov:wasGeneratedBy"), _iri(f"kgb:run/{_run_name(row['agent'], row['revision'])}")
    yield _iri("oa:hasSource"), _iri(row["document"])
    yield _iri("oa:hasSelector"), _iri(f"{row['id']}-text")
    yield _iri("kg:score"), _number(row["calibrated"])
    for column in ("section", "kind", "polarity", "modality"):
        if row[column]:
            yield _iri(f"kg:{column}"), _text(row[column])


def _selector(row: Row) -> Iterator[tuple[str, str | Value]]:
    yield _iri("rdf:type"), _iri("oa:TextPositionSelector")
    for name in ("start", "end"):
        yield _iri(f"oa:{name}"), Value(str(row[name]), _iri("xsd:nonNegativeInteger"))
    if row["text"]:
        yield _iri("rdf:type"), _iri("oa:TextQuoteSelector")
        yield _iri("oa:exact"), _text(row["text"])


def _run(graph: str, agent: str, revision: str) -> Iterator[Statement]:
    name = _run_name(agent, revision)
    model = _iri(f"kgb:agent/{name}")
    yield Statement(graph, _iri(f"kgb:run/{name}"), _iri("prov:wasAssociatedWith"), model)
    yield Statement(graph, model, _iri("rdf:type"), _iri("prov:SoftwareAgent"))
    yield Statement(graph, model, _iri("rdfs:label"), _text(agent))


def _publication(edge: StatedEdge) -> Iterator[Statement]:
    graph, software = f"{NANOPUB}#pubinfo", _iri("kgb:agent/kgbuild")
    yield Statement(graph, NANOPUB, _iri("prov:wasAttributedTo"), software)
    yield Statement(graph, NANOPUB, _iri("kg:edge"), _iri(edge.row["id"]))
    yield Statement(graph, software, _iri("rdf:type"), _iri("prov:SoftwareAgent"))
    yield Statement(graph, software, _iri("rdfs:label"), _text("kgbuild"))


def _run_name(agent: str, revision: str) -> str:
    return f"{agent}@{revision}".replace("/", "%2F")


def _iri(curie: str) -> str:
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local if prefix in ("np", "owl") else iri_of_curie(curie)


def _text(words: str) -> Value:
    return Value(words, _iri("xsd:string"))


def _number(value: float) -> Value:
    return Value(repr(value), _iri("xsd:double"))


def _node(iri: str, code: str) -> NamedNode:
    return NamedNode(iri.replace(CODE, code))


def _literal(value: Value) -> Literal:
    return Literal(value.text, datatype=NamedNode(value.datatype))
