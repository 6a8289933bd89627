"""The records that kgbuild itself writes as RDF (`kgbuild.store.statements`), back as rows.

A piece of evidence or a measurement points to the selectors that hold its words and places, and to the run of the model
that read it; they are joined when all of a file is read. RDF holds neither where mentions stand, nor how long a
document is and where it was read from, nor the words of a measurement's subject.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from kgbuild.importing.given import Given, canonical, given_document
from kgbuild.prefixes import VOCABULARIES, iri_of_curie
from kgbuild.store.statements import DOCUMENT_TERMS, EVIDENCE_TERMS, MEASUREMENT_TERMS
from kgbuild.store.workbench import Workbench
from kgbuild.tables import EVIDENCE, MEASUREMENTS, Row

__all__ = ["OWN_TABLES", "is_about_the_graph", "own_evidence", "own_measurements", "read_own"]

Values = Mapping[str, list[Any]]
Reader = Callable[[Given, str, Values], None]

_TEXT, _NUMBER = pa.string(), pa.int64()
_ENDS = ("subject", "object")

#: tables of a workbench in which the records of a file wait for each other
OWN_TABLES: dict[str, pa.Schema] = {
    "selectors": pa.schema([("selector", _TEXT), ("start", _NUMBER), ("end", _NUMBER), ("text", pa.large_string())]),
    "agents": pa.schema([("run", _TEXT), ("agent", _TEXT), ("revision", _TEXT)]),
    "own_evidence": pa.schema(
        [*EVIDENCE, *((name, _TEXT) for name in ("selector", "subject_selector", "object_selector", "run"))]
    ),
    "own_measurements": pa.schema([*MEASUREMENTS, ("selector", _TEXT)]),
}

_CASTS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "nonNegativeInteger": int,
    "double": float,
    "decimal": float,
    "boolean": lambda text: text in ("true", "1"),
}

_OWN, _RUN, _AGENT = VOCABULARIES["kgb"], f"{VOCABULARIES['kgb']}run/", f"{VOCABULARIES['kgb']}agent/"
#: what is said of the graph as a whole and of its named graphs, which follows from all the rest
_ABOUT = tuple(f"{_OWN}{name}" for name in ("dataset", "run/", "reading/", "document/"))

_PLACE = """coalesce(t.start, 0) AS start, coalesce(t."end", length(coalesce(t.text, ''))) AS "end",
        coalesce(t.text, '') AS text"""
_EVIDENCE = f"""SELECT e.* REPLACE ({_PLACE},
        s.start AS subject_start, s."end" AS subject_end, o.start AS object_start, o."end" AS object_end,
        coalesce(a.agent, '') AS agent, coalesce(a.revision, '') AS revision,
        r.subject AS subject, r.predicate AS predicate, r.object AS object)
    FROM own_evidence e JOIN reifiers r ON r.reifier = e.edge
    LEFT JOIN selectors t ON t.selector = e.selector
    LEFT JOIN selectors s ON s.selector = e.subject_selector
    LEFT JOIN selectors o ON o.selector = e.object_selector
    LEFT JOIN agents a ON a.run = e.run ORDER BY e.id"""
_MEASUREMENTS = f"""SELECT m.* EXCLUDE (selector) REPLACE ({_PLACE})
    FROM own_measurements m LEFT JOIN selectors t ON t.selector = m.selector ORDER BY m.id"""


def is_about_the_graph(subject: str) -> bool:
    """Whether a subject is described only as a part of our own dataset, or is a term of our own vocabulary."""
    return subject.startswith((*_ABOUT, VOCABULARIES["kg"]))


def own_evidence(bench: Workbench) -> Iterator[Row]:
    """The statements of our own pieces of evidence, by their edges' reifiers."""
    for row in bench.rows(_EVIDENCE):
        columns = {name: row[name] for name in EVIDENCE.names if name not in ("id", "edge", "predicate", *_ENDS)}
        ends = {end: canonical(row[end]) for end in _ENDS}
        yield columns | ends | {"predicates": [canonical(row["predicate"])]}


def own_measurements(bench: Workbench) -> Iterator[Row]:
    """Our own measurements."""
    return bench.rows(_MEASUREMENTS)


def _read_document(given: Given, subject: str, values: Values) -> None:
    row = given_document(canonical(subject), source=given.file)
    nothing = dict.fromkeys(("doi", "pmid", "pmcid"), "")
    licence = _one(values, "dcterms:license") or _one(values, "dcterms:rights")
    given.bench.add("documents", row | nothing | {"licence": licence} | _columns(values, DOCUMENT_TERMS))


def _read_evidence(given: Given, subject: str, values: Values) -> None:
    row = dict.fromkeys(EVIDENCE.names) | {"section": "", "id": canonical(subject)}
    given.bench.add(
        "own_evidence",
        row
        | _columns(values, EVIDENCE_TERMS)
        | {
            "document": canonical(_one(values, "prov:wasDerivedFrom")),
            "edge": _one(values, "kg:edge"),
            "run": _one(values, "prov:wasGeneratedBy").removeprefix(_RUN),
            "selector": _one(values, "oa:hasSelector"),
            **{f"{end}_selector": _one(values, f"kg:{end}Selector") for end in _ENDS},
        },
    )


def _read_measurement(given: Given, subject: str, values: Values) -> None:
    texts = ("subject_text", "property_text", "property_type", "unit", "si_unit", "section")
    conditions = [item.text.partition(" = ") for item in values.get(iri_of_curie("kg:condition"), ())]
    row = dict.fromkeys(MEASUREMENTS.names) | dict.fromkeys(texts, "") | _columns(values, MEASUREMENT_TERMS)
    given.bench.add(
        "own_measurements",
        row
        | {
            "id": canonical(subject),
            "document": canonical(_one(values, "prov:wasDerivedFrom")),
            **{end: canonical(_one(values, f"kg:{end}")) for end in ("subject", "property")},
            "conditions": [{"name": name, "value": value} for name, _, value in conditions],
            "selector": _one(values, "oa:hasSelector"),
        },
    )


def _read_selector(given: Given, subject: str, values: Values) -> None:
    places = _columns(values, {"start": "oa:start", "end": "oa:end"})
    nothing = {"start": None, "end": None}
    given.bench.add("selectors", {"selector": subject, "text": _one(values, "oa:exact"), **nothing, **places})


def _read_agent(given: Given, subject: str, values: Values) -> None:
    names = {"agent": _one(values, "rdfs:label"), "revision": _one(values, "kg:revision")}
    given.bench.add("agents", {"run": subject.removeprefix(_AGENT), **names})


#: type of a record of ours -> what puts it into its table, once its subject and values are known
_RECORDS: dict[str, Reader] = {
    iri_of_curie("kg:Document"): _read_document,
    iri_of_curie("kg:Evidence"): _read_evidence,
    iri_of_curie("kg:Measurement"): _read_measurement,
    iri_of_curie("oa:TextPositionSelector"): _read_selector,
    iri_of_curie("prov:SoftwareAgent"): _read_agent,
}


def read_own(given: Given, types: set[str], subject: str, values: Values) -> bool:
    """Put the record that a subject of these types describes, if it is one of ours; whether it is."""
    reader = next((_RECORDS[type_] for type_ in sorted(types & _RECORDS.keys())), None)
    if reader is None or (reader is _read_agent and not subject.startswith(_AGENT)):
        return False
    reader(given, subject, values)
    return True


def _columns(values: Values, terms: Mapping[str, str]) -> Row:
    return {
        column: _CASTS.get(items[0].kind, str)(items[0].text)
        for column, property in terms.items()
        if (items := values.get(iri_of_curie(property)))
    }


def _one(values: Values, property: str) -> str:
    items = values.get(iri_of_curie(property))
    return str(items[0].text) if items else ""
