"""A schema as SHACL shapes (https://www.w3.org/TR/shacl/), for the RDF that graphs of it are exported as.

They hold for the statements of all graphs together, in RDF 1.2 and in RDF 1.1.
"""

from collections.abc import Iterable, Iterator
from typing import get_args

from kgbuild.document import Modality, Polarity
from kgbuild.prefixes import VOCABULARIES
from kgbuild.schema import RelationType, Schema

__all__ = ["shapes"]

_PREFIXES = VOCABULARIES | {"sh": "http://www.w3.org/ns/shacl#"}

_SCORE = "sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:double ; sh:minInclusive 0.0e0 ; sh:maxInclusive 1.0e0"
_COUNT = "sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ; sh:minInclusive"
_ONE = "sh:minCount 1 ; sh:maxCount 1"

#: what every graph holds, whatever its schema
_RECORDS = f"""
kg:shape-edge a sh:NodeShape ; sh:targetSubjectsOf kg:belief ;
    sh:property [ sh:path kg:belief ; {_SCORE} ] ;
    sh:property [ sh:path kg:evidenceCount ; {_COUNT} 1 ] ;
    sh:property [ sh:path [ sh:inversePath kg:edge ] ; sh:minCount 1 ; sh:message "an edge without evidence" ] .

kg:shape-evidence a sh:NodeShape ; sh:targetClass kg:Evidence ;
    sh:property [ sh:path kg:edge ; {_ONE} ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path prov:wasDerivedFrom ; {_ONE} ; sh:class kg:Document ] ;
    sh:property [ sh:path prov:wasGeneratedBy ; {_ONE} ; sh:class prov:Activity ] ;
    sh:property [ sh:path oa:hasSelector ; {_ONE} ; sh:class oa:TextPositionSelector ] ;
    sh:property [ sh:path kg:polarity ; {_ONE} ; sh:in ( $polarities ) ] ;
    sh:property [ sh:path kg:modality ; {_ONE} ; sh:in ( $modalities ) ] ;
    sh:property [ sh:path kg:score ; {_SCORE} ] .

kg:shape-position a sh:NodeShape ; sh:targetClass oa:TextPositionSelector ;
    sh:property [ sh:path oa:start ; {_ONE} ; sh:minInclusive 0 ; sh:lessThanOrEquals oa:end ] ;
    sh:property [ sh:path oa:end ; {_ONE} ] .

kg:shape-quote a sh:NodeShape ; sh:targetClass oa:TextQuoteSelector ;
    sh:property [ sh:path oa:exact ; {_ONE} ; sh:datatype xsd:string ] .

kg:shape-measurement a sh:NodeShape ; sh:targetClass kg:Measurement ;
    sh:property [ sh:path prov:wasDerivedFrom ; {_ONE} ; sh:class kg:Document ] ;
    sh:property [ sh:path kg:subject ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path kg:score ; {_SCORE} ] ;
    sh:or ( [ sh:property [ sh:path qudt:numericValue ; sh:minCount 1 ] ]
            [ sh:property [ sh:path qudt:lowerBound ; sh:minCount 1 ] ]
            [ sh:property [ sh:path qudt:upperBound ; sh:minCount 1 ] ] ) .
"""


def shapes(schema: Schema) -> str:
    """The shapes as Turtle: one for each entity type, one for each relation, and those of evidence and measurements."""
    return "".join(_shapes(schema))


def _shapes(schema: Schema) -> Iterator[str]:
    for prefix, iri in _PREFIXES.items():
        yield f"@prefix {prefix}: <{iri}> .\n"
    yield _RECORDS.replace("$polarities", _quoted(get_args(Polarity))).replace(
        "$modalities", _quoted(get_args(Modality))
    )
    for name in sorted(schema.entities):
        yield _entity(name)
    for _, relation in sorted(schema.relations.items()):
        yield _relation(relation)


def _entity(name: str) -> str:
    return f"""
kg:shape-type-{name} a sh:NodeShape ; sh:targetClass kg:{name} ; sh:nodeKind sh:IRI ;
    sh:property [ sh:path rdfs:label ; {_ONE} ; sh:datatype xsd:string ] ;
    sh:property [ sh:path kg:linked ; {_ONE} ; sh:datatype xsd:boolean ] ;
    sh:property [ sh:path kg:mentionCount ; {_COUNT} 0 ] ;
    sh:property [ sh:path kg:documentCount ; {_COUNT} 0 ] ;
    sh:property [ sh:path kg:mentionedIn ; sh:class kg:Document ] .
"""


def _relation(relation: RelationType) -> str:
    """What has the relation is of one of its subject types, and what it has is of a type that goes with that one."""
    objects: dict[str, list[str]] = {}
    for subject, object in relation.directed_pairs:
        objects.setdefault(subject, []).append(object)
    choices = "".join(
        f"""
        [ sh:class kg:{subject} ; sh:property [ sh:path kg:{relation.name} ; sh:or ( {_classes(allowed)} ) ] ]"""
        for subject, allowed in objects.items()
    )
    return f"""
kg:shape-relation-{relation.name} a sh:NodeShape ; sh:targetSubjectsOf kg:{relation.name} ;
    sh:message "{relation.name} does not join these types" ;
    sh:or ({choices} ) .
"""


def _classes(names: Iterable[str]) -> str:
    return " ".join(f"[ sh:class kg:{name} ]" for name in names)


def _quoted(words: Iterable[str]) -> str:
    return " ".join(f'"{word}"' for word in words)
