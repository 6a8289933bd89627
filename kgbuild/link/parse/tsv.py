"""Tables of names: TSV, CSV or bars, with the columns found by their names; several values in a cell are joined by `|`.

Knows the columns of the tables that biomedical projects publish (HGNC, NCBI Gene, CTD's MEDIC, MeSH and Cellosaurus
extracts, SSSOM mappings), and the headerless `id|alternative||name|synonym…` lines of MEDIC as entity linkers use it.
Rows of one identifier may be apart: compilation joins them.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from kgbuild.concept import Concept, Scope, Synonym
from kgbuild.errors import OntologyError
from kgbuild.link.prefixes import curie, guess_type, prefix_of

__all__ = ["PlainTabs", "mesh_type", "parse", "sniff"]

#: column names of identifiers -> the prefix of plain ones; the first that a table has is used
IDENTIFIERS: dict[str, str] = {
    "curie": "",
    "id": "",
    "identifier": "",
    "term": "",
    "subject_id": "",
    "diseaseid": "MESH",
    "mesh_id": "MESH",
    "chebi_id": "CHEBI",
    "hgnc_id": "HGNC",
    "geneid": "NCBIGene",
    "gene_id": "NCBIGene",
    "taxon_id": "NCBITaxon",
    "cas": "CAS",
}
NAMES = (
    "symbol",
    "mesh_name",
    "diseasename",
    "preferred_name",
    "label",
    "name",
    "term_label",
    "subject_label",
    "title",
)
#: columns of further names -> how close they are
SYNONYMS: dict[str, Scope] = {
    "name": "exact",
    "names": "exact",
    "synonyms": "exact",
    "synonym": "exact",
    "alias_symbols": "exact",
    "aliases": "exact",
    "layperson": "exact",
    "text": "exact",
    "description": "exact",
    "other_designations": "related",
    "prev_symbols": "former",
    "previous_symbols": "former",
    "abbreviations": "abbreviation",
}
PARENTS = ("parentids", "parents", "is_a")
#: columns of equivalent identifiers -> the prefix of plain ones
XREFS: dict[str, str] = {
    "xrefs": "",
    "dbxrefs": "",
    "altdiseaseids": "",
    "object_id": "",
    "entrez_id": "NCBIGene",
    "db_id": "",
    "uniprot_ids": "UniProtKB",
    "pubchem_cid": "PUBCHEM.COMPOUND",
    "cas": "CAS",
}
DEFAULT_PREFIX_OF_TYPE = {"Species": "NCBITaxon", "Gene": "NCBIGene", "CellLine": "CVCL"}
WITHDRAWN = re.compile(r"withdrawn|obsolete|retired", re.IGNORECASE)

#: beginning of a MeSH tree number -> entity type; the first that fits any of a descriptor's numbers
MESH_TREES = (
    ("C", "Disease"),
    ("F03", "Disease"),
    ("D", "Chemical"),
    ("A11.251", "CellLine"),
    ("A11", "CellType"),
    ("A", "AnatomicalPart"),
    ("B", "Species"),
    ("E", "Method"),
    ("G", "Process"),
    ("F", "Process"),
    ("J01.637", "Material"),
)
#: UMLS semantic types of disorders, as MeSH supplementary records are tagged
DISORDERS = frozenset(["dsyn", "neop", "cgab", "comd", "patf", "fndg", "acab", "mobd", "inpo", "sosy", "anab"])


class PlainTabs(csv.excel_tab):
    """Tabs between the cells, and quotes that mean nothing."""

    quoting = csv.QUOTE_NONE


_MEDIC_LINE = re.compile(rb"(?:[CD]\d*|\d+)\|[^|\n]*\|(?:[^|\n]*\|)?[^|\n]+")


def sniff(head: bytes, name: str) -> bool:
    """Whether it is a table that has a column of identifiers, or MEDIC's lines."""
    text = head.decode("utf-8", "replace")
    if _MEDIC_LINE.match(head):
        return True
    header = _header(io.StringIO(text), name)
    return header is not None and _has_identifier(header)


def parse(stream: BinaryIO, name: str, *, type: str) -> Iterator[Concept]:
    """One concept a row; rows without an identifier are passed over, mappings that are no equivalences too."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
    try:
        yield from _parse_text(text, name, type)
    finally:
        text.detach()  # the stream is the caller's to close


def mesh_type(tree_numbers: str) -> str:
    """The entity type of a descriptor from its tree numbers, joined by `|`; "" when none fits.

    >>> mesh_type("D12.644|C10.228"), mesh_type("Z01.107")
    ('Disease', '')
    """
    numbers = tree_numbers.split("|")
    return next((kind for tree, kind in MESH_TREES if any(number.startswith(tree) for number in numbers)), "")


def _parse_text(text: io.TextIOWrapper, name: str, type: str) -> Iterator[Concept]:
    start = text.read(4096)
    text.seek(0)
    if _MEDIC_LINE.match(start.encode()):
        yield from _medic(text, type)
        return
    header = _header(text, name)
    if header is None or not _has_identifier(header):
        expected = ", ".join(IDENTIFIERS)
        raise OntologyError(f"{name}: expected a column of identifiers ({expected}); found {header}")
    for row in _rows(text, name):
        yield from _row_concept(dict(zip(header, row, strict=False)), header, type)


def _rows(text: io.TextIOWrapper, name: str) -> Iterator[list[str]]:
    csv.field_size_limit(1 << 27)
    delimiter = "," if name.lower().endswith(".csv") else "\t"
    lines = (line for line in text if not line.startswith("#"))
    dialect = csv.excel if delimiter == "," else PlainTabs
    for row in csv.reader(lines, dialect):
        yield [cell.strip().strip('"') if delimiter == "\t" and cell.startswith('"') else cell.strip() for cell in row]


def _header(text: io.TextIOBase, name: str) -> list[str] | None:
    """The column names, in small letters: the last comment that holds tabs, else the first row."""
    delimiter = "," if name.lower().endswith(".csv") else "\t"
    commented = None
    while line := text.readline():
        if line.startswith("#"):
            commented = line if delimiter in line else commented
            continue
        if not line.strip():
            continue
        if commented is not None and _has_identifier(columns := _columns(commented, delimiter)):
            text.seek(0)  # the row just read holds data; comments are skipped again
            return columns
        return _columns(line, delimiter)
    return None


def _columns(line: str, delimiter: str) -> list[str]:
    return [column.strip().strip('"').lstrip("?#").strip().lower() for column in line.rstrip("\r\n").split(delimiter)]


def _has_identifier(header: list[str]) -> bool:
    return any(column in IDENTIFIERS for column in header) and len(header) > 1


def _row_concept(row: Mapping[str, str], header: list[str], type: str) -> Iterator[Concept]:
    column = next(key for key in IDENTIFIERS if key in header)
    if not row.get(column) or not _is_equivalence(row):
        return
    identifier = curie(row[column], IDENTIFIERS[column] or DEFAULT_PREFIX_OF_TYPE.get(type, ""))
    name_column = next((key for key in NAMES if key in header), "")
    synonyms = [
        Synonym(text, scope)
        for key, scope in SYNONYMS.items()
        if key != name_column
        for text in _cells(row.get(key, ""))
    ]
    name = row.get(name_column, "") or (synonyms[0].name if synonyms else "")
    yield Concept(
        curie=identifier,
        name=name.removeprefix("obsolete "),
        type=type or _guess(row, identifier),
        synonyms=tuple(dict.fromkeys(synonym for synonym in synonyms if synonym.name != name)),
        parents=tuple(curie(value, "MESH") for key in PARENTS for value in _cells(row.get(key, ""))),
        xrefs=tuple(
            curie(value, prefix) for key, prefix in XREFS.items() if key != column for value in _cells(row.get(key, ""))
        ),
        obsolete=bool(WITHDRAWN.search(row.get("status", ""))) or name.startswith("obsolete "),
        species="NCBITaxon:9606" if prefix_of(identifier) == "HGNC" else "",
    )


def _is_equivalence(row: Mapping[str, str]) -> bool:
    """SSSOM holds broader and negated mappings too; an ordinary table has no such column."""
    return row.get("predicate_id", "skos:exactMatch") == "skos:exactMatch" and row.get("predicate_modifier") != "Not"


def _guess(row: Mapping[str, str], identifier: str) -> str:
    if row.get("semantic_types"):
        return "Disease" if DISORDERS & set(row["semantic_types"].split("|")) else "Chemical"
    if "tree_numbers" in row or "treenumbers" in row:
        return mesh_type(row.get("tree_numbers", row.get("treenumbers", "")))
    return guess_type(identifier)


def _cells(value: str) -> list[str]:
    return [part for part in (part.strip() for part in value.split("|")) if part]


def _medic(text: io.TextIOWrapper, type: str) -> Iterator[Concept]:
    """`id|alternative ids||name|synonym…`: digits alone are OMIM's, and the identifiers of a line are equivalent."""
    identifier_of: Callable[[str], str] = lambda value: curie(value, "OMIM" if value.isdigit() else "MESH")  # noqa: E731
    for line in text:
        identifiers, _, names = line.rstrip("\r\n").partition("||")
        ids = [identifier_of(value) for value in re.split(r"[|/]", identifiers) if value]
        labels = [label for label in names.split("|") if label]
        if ids and labels:
            synonyms = tuple(Synonym(label) for label in dict.fromkeys(labels[1:]) if label != labels[0])
            yield Concept(ids[0], labels[0], type or "Disease", synonyms, xrefs=tuple(ids[1:]))
