"""SSSOM mapping sets in TSV (https://mapping-commons.github.io/sssom): concepts with those that are the same elsewhere.

Only mappings that say so count: `skos:exactMatch` and OWL's two of its kind, without the modifier `Not`. Both sides
become concepts under their labels. Which mappings are used is for `kgbuild.link.equivalence` to say.
"""

import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from kgbuild.concept import Concept
from kgbuild.errors import OntologyError
from kgbuild.link.parse.source import Skip, pass_over
from kgbuild.link.parse.tsv import open_text, read_header, read_rows
from kgbuild.link.prefixes import curie, guess_type

__all__ = ["parse", "sniff"]

EXACT = frozenset(["skos:exactMatch", "owl:equivalentClass", "owl:sameAs"])
COLUMNS = ("subject_id", "predicate_id", "object_id")


def sniff(head: bytes, name: str) -> bool:
    """Whether it has the columns of a mapping set."""
    header = read_header(io.StringIO(head.decode("utf-8", "replace")), name)
    return header is not None and set(COLUMNS) <= set(header)


def parse(stream: BinaryIO, name: str, *, type: str, skip: Skip = pass_over) -> Iterator[Concept]:
    """The subjects with their objects as cross-references, and the objects that have a label."""
    with open_text(stream) as text:
        header = read_header(text, name)
        if header is None or not set(COLUMNS) <= set(header):
            raise OntologyError(
                f"{name}: expected the columns {', '.join(COLUMNS)} of an SSSOM mapping set, found {header}"
            )
        for row in read_rows(text, name):
            yield from _concepts(dict(zip(header, row, strict=False)), type, skip)


def _concepts(row: Mapping[str, str], type: str, skip: Skip) -> Iterator[Concept]:
    reason = _no_equivalence(row)
    if reason:
        skip(reason)
        return
    subject, other = curie(row["subject_id"]), curie(row["object_id"])
    guesses = guess_type(subject), guess_type(other)
    yield _concept(subject, row.get("subject_label", ""), type or guesses[0] or guesses[1], xrefs=(other,))
    if row.get("object_label"):
        yield _concept(other, row["object_label"], type or guesses[1] or guesses[0])


def _concept(identifier: str, label: str, type: str, *, xrefs: tuple[str, ...] = ()) -> Concept:
    is_obsolete = label.startswith("obsolete ")
    return Concept(identifier, label.removeprefix("obsolete "), type, xrefs=xrefs, obsolete=is_obsolete)


def _no_equivalence(row: Mapping[str, str]) -> str:
    """Why a mapping does not say that two concepts are the same; "" if it does."""
    if not row.get("subject_id") or not row.get("object_id"):
        return "rows without two identifiers"
    if row.get("predicate_modifier"):
        return f"mappings with the modifier {row['predicate_modifier']}"
    predicate = row.get("predicate_id", "")
    return "" if predicate in EXACT else f"mappings by {predicate}"
