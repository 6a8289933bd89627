"""OWL, SKOS and QUDT vocabularies in Turtle, RDF/XML, N-Triples or JSON-LD, read with pyoxigraph.

Every named class, individual or SKOS concept with a name is a concept; properties, the ontology's own header and its
authors are not. Names are English or without a language, others only when there is no such name. Restrictions (blank
nodes) are passed over.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

import pyoxigraph as ox

from kgbuild.concept import Concept, Scope, Synonym
from kgbuild.errors import OntologyError
from kgbuild.link.names import split_camel_case
from kgbuild.link.parse.source import Skip, pass_over
from kgbuild.link.prefixes import contract, guess_type

__all__ = ["parse", "sniff"]

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
OBO = "http://www.geneontology.org/formats/oboInOwl#"
IAO = "http://purl.obolibrary.org/obo/IAO_"
QUDT = "http://qudt.org/schema/qudt/"
OM = "http://www.ontology-of-units-of-measure.org/resource/om-2/"
NPO = "http://purl.bioontology.org/ontology/npo#"

#: names of a concept, best first
NAMES = (SKOS + "prefLabel", RDFS + "label", NPO + "preferred_Name")
SYNONYMS: dict[str, Scope] = {
    SKOS + "altLabel": "exact",
    SKOS + "hiddenLabel": "related",
    OBO + "hasExactSynonym": "exact",
    OBO + "hasRelatedSynonym": "related",
    OBO + "hasNarrowSynonym": "narrow",
    OBO + "hasBroadSynonym": "broad",
    IAO + "0000118": "exact",
    NPO + "synonym": "exact",
    OM + "alternativeLabel": "exact",
    OM + "symbol": "abbreviation",
    OM + "alternativeSymbol": "abbreviation",
    QUDT + "symbol": "abbreviation",
    QUDT + "ucumCode": "abbreviation",
    QUDT + "abbreviation": "abbreviation",
}
PARENTS = (RDFS + "subClassOf", SKOS + "broader", QUDT + "specializationOf", SKOS + "broadMatch")
XREFS = (
    OBO + "hasDbXref",
    SKOS + "exactMatch",
    OWL + "equivalentClass",
    OWL + "sameAs",
    QUDT + "exactMatch",
    "https://w3id.org/emmo#EMMO_1f1b164d_ec6a_4faa_8d5e_88bda62316cc",  # QUDT's quantity kind
)
DEFINITIONS = (
    SKOS + "definition",
    IAO + "0000115",
    "https://w3id.org/emmo#EMMO_967080e5_2f42_4eb2_a3a9_c58143e835f9",  # elucidation
    QUDT + "plainTextDescription",
    RDFS + "comment",
)
DEPRECATED = (OWL + "deprecated", QUDT + "deprecated")
REPLACED_BY = (IAO + "0100001", "http://purl.org/dc/terms/isReplacedBy")
_PROPERTIES = frozenset(
    [
        OWL + kind
        for kind in (
            "ObjectProperty",
            "DatatypeProperty",
            "AnnotationProperty",
            "OntologyProperty",
            "TransitiveProperty",
        )
    ]
    + [RDF + "Property"]
)
#: types of what describes the file itself
_ABOUT_THE_FILE = frozenset(
    [
        *(OWL + "Ontology", OWL + "Axiom", SKOS + "ConceptScheme", RDFS + "Datatype"),
        *("https://schema.org/Person", "http://schema.org/Person", "http://xmlns.com/foaf/0.1/Person"),
        *("https://schema.org/Organization", "http://schema.org/Organization"),
        "http://www.linkedmodel.org/schema/vaem#GraphMetaData",
        "http://voag.linkedmodel.org/schema/voag#VocabCatalogEntry",
    ]
)
_PEOPLE = "https://orcid.org/"

Properties = dict[str, list[tuple[str, str | None]]]


def sniff(head: bytes, name: str) -> bool:
    """Whether it looks like RDF."""
    return _format(head, name) is not None


def parse(stream: BinaryIO, name: str, *, type: str, skip: Skip = pass_over) -> Iterator[Concept]:
    """The named concepts, in the order in which the file first mentions them."""
    content = stream.read().removeprefix(b"\xef\xbb\xbf")
    for iri, properties in _subjects(content, name).items():
        kinds = {value for value, _ in properties.get(RDF + "type", ())}
        names = _english(properties, NAMES)
        if kinds & _PROPERTIES:
            skip("properties")
        elif names and not kinds & _ABOUT_THE_FILE and not iri.startswith(_PEOPLE):
            yield _concept(iri, names, properties, type)
        elif OWL + "Class" in kinds:
            skip("classes without a name")


def _format(head: bytes, name: str) -> ox.RdfFormat | None:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if name.lower().endswith((".nt", ".nq")):
        return ox.RdfFormat.N_TRIPLES
    if name.lower().endswith(".jsonld") or (start.startswith(b"{") and b'"@context"' in head):
        return ox.RdfFormat.JSON_LD
    if name.lower().endswith(".ttl") or start.startswith((b"@prefix", b"@base", b"PREFIX")):
        return ox.RdfFormat.TURTLE
    if start.startswith((b"<?xml", b"<rdf:RDF")) and b"rdf" in head:
        return ox.RdfFormat.RDF_XML
    return None


def _subjects(content: bytes, name: str) -> dict[str, Properties]:
    subjects: dict[str, Properties] = {}
    try:
        for quad in ox.parse(
            content, format=_format(content[:8192], name), base_iri="http://example.org/", lenient=True
        ):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
                language = quad.object.language if isinstance(quad.object, ox.Literal) else None
                properties = subjects.setdefault(quad.subject.value, {})
                properties.setdefault(quad.predicate.value, []).append((quad.object.value, language))
    except SyntaxError as error:
        raise OntologyError(f"{name}: not valid RDF: {error}") from error
    return subjects


def _concept(iri: str, names: list[str], properties: Properties, type: str) -> Concept:
    identifier = contract(iri)
    name = split_camel_case(names[0])
    synonyms = [Synonym(other) for other in names if other != name]
    for key, scope in SYNONYMS.items():
        synonyms += [Synonym(split_camel_case(text), scope) for text in _english(properties, [key])]
    definitions = _english(properties, DEFINITIONS)
    return Concept(
        curie=identifier,
        name=name,
        type=type or guess_type(identifier),
        synonyms=tuple(dict.fromkeys(synonyms)),
        parents=tuple(sorted({contract(value) for value in _values(properties, PARENTS)})),
        xrefs=tuple(sorted({contract(value) for value in _values(properties, XREFS)} - {identifier})),
        definition=definitions[0] if definitions else "",
        replaced_by=next((contract(value) for value in _values(properties, REPLACED_BY)), ""),
        obsolete=any(value in ("true", "1") for value in _values(properties, DEPRECATED)),
    )


def _values(properties: Properties, keys: Iterable[str]) -> list[str]:
    return [value for key in keys for value, _ in properties.get(key, ())]


def _english(properties: Properties, keys: Iterable[str]) -> list[str]:
    """The texts under these keys: the English ones, then those without a language; others only if there are none."""
    found = [(value.strip(), language or "") for key in keys for value, language in properties.get(key, ())]
    english = [value for value, language in found if language.startswith("en")]
    plain = [value for value, language in found if not language]
    return list(dict.fromkeys(value for value in (english + plain or [value for value, _ in sorted(found)]) if value))
