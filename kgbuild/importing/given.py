"""What a graph's file gives, before any schema is asked: nodes and statements as rows, and the account of the rest.

A statement becomes evidence: of kind `import` with its publication, or else the file, as its document, and its source,
file and record as agent and revision; one that kgbuild exported with all its columns becomes what it was.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from kgbuild.document import Failure
from kgbuild.prefixes import curie_of_iri, spelled
from kgbuild.store.workbench import Workbench
from kgbuild.tables import DOCUMENTS, EVIDENCE, MEASUREMENTS, MENTIONS, NODES, Row

__all__ = ["GIVEN", "UNSCORED", "Given", "Tally", "canonical", "given_document", "statement_row"]

#: Probability of a statement for which no score is given: that of a curated database in INDRA (Bachman et al. 2023).
UNSCORED = 0.99

_TEXTS = pa.list_(pa.string())
_OF_EDGE = frozenset({"id", "edge", "subject", "predicate", "object"})

#: tables of a workbench in which readers gather what they find
GIVEN: dict[str, pa.Schema] = {
    "given_nodes": pa.schema(
        [
            *(field for field in NODES if field.name not in ("type", "category")),
            ("categories", _TEXTS),
            ("file", pa.string()),
            ("record", pa.int64()),
        ]
    ),
    "statements": pa.schema(
        [
            ("subject", pa.string()),
            ("predicates", _TEXTS),  # the first that the schema knows counts
            ("object", pa.string()),
            ("file", pa.string()),
            ("record", pa.int64()),
            *(field for field in EVIDENCE if field.name not in _OF_EDGE),
        ]
    ),
    "documents": DOCUMENTS,
    "cited": DOCUMENTS,  # of which nothing else is known
    "mentions": MENTIONS,
    "measurements": MEASUREMENTS,
}


class Tally:
    """Counts of what could not be used, by file and reason, with the first record of each; memory does not grow."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[int, int]] = {}

    def add(self, file: str, record: int, reason: str) -> None:
        """Note a record of the file (counted from 1) that could not be used."""
        count, first = self._found.get((file, reason), (0, record))
        self._found[file, reason] = (count + 1, min(first, record))

    def failures(self) -> Iterator[Failure]:
        """One failure for each file and reason."""
        for (file, reason), (count, first) in sorted(self._found.items()):
            times = f"record {first}" if count == 1 else f"{count} records, the first is {first}"
            yield Failure(file, "import", f"{reason}: {times}")

    def counts(self) -> dict[str, int]:
        """How many records each reason concerns."""
        totals: dict[str, int] = {}
        for (_, reason), (count, _) in sorted(self._found.items()):
            totals[reason] = totals.get(reason, 0) + count
        return totals


class Given:
    """Where a reader puts the records of one file."""

    def __init__(self, bench: Workbench, tally: Tally, path: Path, document: str) -> None:
        self.bench = bench
        self.path = path
        self.file = path.name
        #: the document that stands for the file, for statements that cite none
        self.document = document
        self._tally = tally

    def reject(self, record: int, reason: str) -> None:
        """Note a record, or a part of one, that has no place in a graph."""
        self._tally.add(self.file, record, reason)

    def node(self, record: int, **columns: Any) -> None:
        """Put a node."""
        self.bench.add("given_nodes", {"file": self.file, "record": record, **columns})

    def statement(self, record: int, row: Row) -> None:
        """Put a row that `statement_row` made."""
        self.bench.add("statements", {"file": self.file, "record": record, **row})

    def cite(self, document: str, year: int | None = None) -> None:
        """Put a document of which nothing else is known."""
        self.bench.add("cited", given_document(document, source=self.file, year=year))


def statement_row(
    *,
    subject: str,
    predicates: list[str],
    object: str,
    document: str,
    text: str,
    agent: str,
    revision: str,
    score: float,
    is_negated: bool,
    section: str = "",
    subject_place: tuple[int, int] | None = None,
    object_place: tuple[int, int] | None = None,
) -> Row:
    """A statement of someone else, as evidence whose offsets lie in `text`."""
    subject_start, subject_end = subject_place or (None, None)
    object_start, object_end = object_place or (None, None)
    return {
        "subject": subject,
        "predicates": predicates,
        "object": object,
        "kind": "import",
        "document": document,
        "section": section,
        "start": 0,
        "end": len(text),
        "subject_start": subject_start,
        "subject_end": subject_end,
        "object_start": object_start,
        "object_end": object_end,
        "text": text,
        "agent": agent,
        "revision": revision,
        "raw": score,
        "calibrated": score,
        "polarity": "negated" if is_negated else "affirmed",
        "modality": "asserted",
        "novel": None,
        "table": None,
        "row": None,
        "column": None,
    }


def given_document(
    identifier: str, *, source: str, year: int | None = None, title: str = "", format: str = "import"
) -> Row:
    """Row of DOCUMENTS for a document that is only cited."""
    prefix, _, local = identifier.partition(":")
    return {
        "id": identifier,
        "title": title,
        "year": year,
        "journal": "",
        "doi": local if prefix == "DOI" else "",
        "pmid": local if prefix == "PMID" else "",
        "pmcid": local if prefix == "PMC" else "",
        "retracted": False,
        "licence": "",
        "length": None,
        "source": source,
        "format": format,
    }


def shared_score(score: float | None, sources: int) -> float:
    """The score of each of several sources, so that noisy-or over them gives the score of the whole.

    >>> round(shared_score(0.96, 2), 3)
    0.8
    """
    return float(1.0 - (1.0 - (UNSCORED if score is None else score)) ** (1.0 / max(sources, 1)))


@lru_cache(maxsize=65536)  # a node, a predicate and a publication are named in many records
def canonical(identifier: str) -> str:
    """An identifier as a CURIE with the prefix in our spelling, where there is one.

    >>> canonical("pubmed:12"), canonical("http://purl.obolibrary.org/obo/HP_0000118"), canonical("x:y")
    ('PMID:12', 'HP:0000118', 'x:y')
    """
    identifier = curie_of_iri(identifier)
    prefix, colon, local = identifier.partition(":")
    if not colon or local.startswith("//"):
        return identifier
    return f"{spelled(prefix) or prefix}:{local}"
