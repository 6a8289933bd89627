"""The records that kgbuild itself writes as RDF (`kgbuild.store.rdf`), back as rows: evidence, documents, measurements.

RDF holds neither where mentions stand nor where a document was read from, nor the name of a measurement's subject.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from pyoxigraph import NamedNode

from kgbuild.importing.given import Given, canonical, given_document
from kgbuild.store.rdf import DERIVED, DOCUMENT_TERMS, EVIDENCE_TERMS, MEASUREMENT_TERMS, term
from kgbuild.store.workbench import Workbench
from kgbuild.tables import EVIDENCE, MEASUREMENTS, Row

__all__ = ["OWN_RECORDS", "own_evidence", "read_own"]


class Stated(Protocol):
    """An object of a statement."""

    @property
    def text(self) -> str: ...

    @property
    def kind(self) -> str: ...


Values = Mapping[str, list[Any]]

_CASTS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "double": float,
    "decimal": float,
    "boolean": lambda text: text in ("true", "1"),
}


def read_own(given: Given, name: str, subject: str, values: Values) -> None:
    """Put the record that a subject of this name describes."""
    identifier = canonical(subject)
    if name == "Document":
        nothing = dict.fromkeys(("doi", "pmid", "pmcid"), "")
        row = given_document(identifier, source=given.file) | nothing | _columns(values, DOCUMENT_TERMS)
        given.bench.add("documents", row)
    elif name == "Evidence":
        row = dict.fromkeys(EVIDENCE.names) | {"section": "", "text": "", "agent": "", "revision": ""}
        row |= {
            "id": identifier,
            "edge": _one(values, term("kg", "edge")),
            "document": canonical(_one(values, DERIVED)),
        }
        given.bench.add("own_evidence", row | _columns(values, EVIDENCE_TERMS) | {"edge": row["edge"]})
    else:
        given.bench.add("measurements", _measurement(identifier, values))


#: type of our own records -> its name
OWN_RECORDS: dict[str, str] = {term("kg", name).value: name for name in ("Document", "Evidence", "Measurement")}


def own_evidence(bench: Workbench) -> Iterator[Row]:
    """The statements of our own pieces of evidence, by their edges' reifiers."""
    query = """SELECT r.subject AS s, r.predicate AS p, r.object AS o, e.* FROM own_evidence e
        JOIN reifiers r ON e.edge = r.reifier ORDER BY e.id"""
    for row in bench.rows(query):
        columns = {name: row[name] for name in EVIDENCE.names if name not in ("id", "edge", *_TRIPLE)}
        yield columns | {
            "subject": canonical(row["s"]),
            "predicates": [canonical(row["p"])],
            "object": canonical(row["o"]),
        }


_TRIPLE = ("subject", "predicate", "object")


def _measurement(identifier: str, values: Values) -> Row:
    row = dict.fromkeys(MEASUREMENTS.names) | {
        "id": identifier,
        "document": canonical(_one(values, DERIVED)),
        **dict.fromkeys(("subject_text", "property_text", "property_type", "unit", "si_unit", "text", "section"), ""),
        **{end: canonical(_one(values, term("kg", end))) for end in ("subject", "property")},
    }
    conditions = [item.text.partition(" = ") for item in values.get(term("kg", "condition").value, ())]
    row["conditions"] = [{"name": name, "value": value} for name, _, value in conditions]
    return row | _columns(values, MEASUREMENT_TERMS)


def _columns(values: Values, terms: Mapping[str, NamedNode]) -> Row:
    return {
        column: _CASTS.get(items[0].kind, str)(items[0].text)
        for column, property in terms.items()
        if (items := values.get(property.value))
    }


def _one(values: Values, property: NamedNode) -> str:
    items = values.get(property.value)
    return str(items[0].text) if items else ""
