"""Tables of names: TSV, CSV or bars, with the columns found by their names; several values in a cell are joined by `|`.

Knows the columns of the tables that biomedical projects publish (HGNC, NCBI Gene, CTD's MEDIC, MeSH and Cellosaurus
extracts), a column `type` for the entity type, and the headerless `id|alternative||name|synonym…` lines of MEDIC as
entity linkers use it. Rows of one identifier may be apart: compilation joins them. SSSOM mappings are read by
`kgbuild.link.parse.sssom`.
"""

import csv
import io
import itertools
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from kgbuild.concept import Concept, Scope, Synonym
from kgbuild.errors import OntologyError
from kgbuild.link.parse.source import Skip, pass_over
from kgbuild.link.prefixes import curie, guess_type, prefix_of

__all__ = ["PlainTabs", "mesh_type", "open_text", "parse", "read_header", "read_rows", "sniff"]

#: column names of identifiers -> the prefix of plain ones; the first that a table has is used
IDENTIFIERS: dict[str, str] = {
    "curie": "",
    "id": "",
    "identifier": "",
    "term": "",
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
    "alias_symbol": "exact",
    "alias_name": "exact",
    "layperson": "exact",
    "text": "exact",
    "description": "exact",
    "other_designations": "related",
    "prev_symbols": "former",
    "prev_symbol": "former",
    "prev_name": "former",
    "previous_symbols": "former",
    "abbreviations": "abbreviation",
}
PARENTS = ("parentids", "parents", "is_a")
#: columns of equivalent identifiers -> the prefix of plain ones
XREFS: dict[str, str] = {
    "xrefs": "",
    "dbxrefs": "",
    "altdiseaseids": "",
    "entrez_id": "NCBIGene",
    "db_id": "",
    "uniprot_ids": "UniProtKB",
    "pubchem_cid": "PUBCHEM.COMPOUND",
    "cas": "CAS",
}
#: OBO's synonym properties, where a table of names says in a column `predicate` how close they are
PREDICATES: dict[str, Scope] = {
    "oboInOwl:hasExactSynonym": "exact",
    "oboInOwl:hasRelatedSynonym": "related",
    "oboInOwl:hasNarrowSynonym": "narrow",
    "oboInOwl:hasBroadSynonym": "broad",
}
#: databases as MeSH's mappings name them, where not as everyone does
DATABASES = {"UP": "UniProtKB", "PF": "PFAM"}
DEFAULT_PREFIX_OF_TYPE = {"Species": "NCBITaxon", "Gene": "NCBIGene", "CellLine": "CVCL"}
WITHDRAWN = re.compile(r"withdrawn|obsolete|retired", re.IGNORECASE)

#: beginning of a MeSH tree number -> entity type; the first that fits any of a descriptor's numbers
MESH_TREES = (
    ("C", "Disease"),
    ("F03", "Disease"),
    ("F01.145.126", "Disease"),  # symptoms of behaviour: depression, suicide
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
    """Whether it is a table by its name or its column of identifiers, or MEDIC's lines."""
    if _MEDIC_LINE.match(head) or name.lower().endswith((".tsv", ".csv")):
        return True
    header = read_header(io.StringIO(head.decode("utf-8", "replace")), name)
    return header is not None and _has_identifier(header)


def parse(stream: BinaryIO, name: str, *, type: str, skip: Skip = pass_over) -> Iterator[Concept]:
    """One concept a row; rows without an identifier are passed over."""
    with open_text(stream) as text:
        yield from _parse_text(text, name, type, skip)


@contextmanager
def open_text(stream: BinaryIO) -> Iterator[io.TextIOWrapper]:
    """The stream as text; it stays the caller's to close."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
    try:
        yield text
    finally:
        text.detach()


def mesh_type(tree_numbers: str) -> str:
    """The entity type of a descriptor from its tree numbers, joined by `|`; "" when none fits.

    >>> mesh_type("D12.644|C10.228"), mesh_type("Z01.107")
    ('Disease', '')
    """
    numbers = tree_numbers.split("|")
    return next((kind for tree, kind in MESH_TREES if any(number.startswith(tree) for number in numbers)), "")


def _parse_text(text: io.TextIOWrapper, name: str, type: str, skip: Skip) -> Iterator[Concept]:
    start = text.read(4096)
    text.seek(0)
    if _MEDIC_LINE.match(start.encode()):
        yield from _medic(text, type)
        return
    header = read_header(text, name)
    if header is None or not _has_identifier(header):
        raise OntologyError(_no_identifiers(header, name))
    if name.lower().startswith("negative"):
        raise OntologyError(
            f"{name}: by its name, a table of names that do not mean the concepts beside them; names that must not be "
            "linked belong into a curation file (--curation)"
        )
    rows = (dict(zip(header, row, strict=False)) for row in read_rows(text, name))
    layout = _layout(header)
    concepts = (concept for row in rows for concept in _row_concept(row, layout, type, skip))
    yield from _with_prefixes(concepts, name, skip)


def _no_identifiers(header: list[str] | None, name: str) -> str:
    found = ", ".join((header or ["an empty file"])[:8])
    return (
        f"{name}: a table without a column of identifiers: expected a first line that names the columns, one of them "
        f"{', '.join(IDENTIFIERS)}, others {', '.join((*NAMES[:4], 'synonyms', 'xrefs'))}; found {found}. Name the "
        "columns in a line of their own; relations between concepts are no names, and names that mean no concept "
        "belong into a curation file (--curation)"
    )


def _with_prefixes(concepts: Iterator[Concept], name: str, skip: Skip) -> Iterator[Concept]:
    """The concepts whose identifiers have a prefix, others passed over; OntologyError if none of the first ones has."""
    first = list(itertools.islice(concepts, 100))
    if first and not any(prefix_of(concept.curie) != concept.curie for concept in first):
        defaults = ", ".join(f"{prefix} for --type {kind}" for kind, prefix in DEFAULT_PREFIX_OF_TYPE.items())
        raise OntologyError(
            f"{name}: expected identifiers with a prefix (MONDO:0005148), found {first[0].curie!r}; give the type, "
            f"which implies one ({defaults}), or write the prefix into the table"
        )
    for concept in itertools.chain(first, concepts):
        if prefix_of(concept.curie) == concept.curie:
            skip("rows whose identifier has no prefix", f"{concept.curie} {concept.name}".strip())
        else:
            yield concept


def read_rows(text: io.TextIOWrapper, name: str) -> Iterator[list[str]]:
    """The rows of a table without its comments, the one that names the columns included unless it is a comment."""
    csv.field_size_limit(1 << 27)
    delimiter = "," if name.lower().endswith(".csv") else "\t"
    lines = (line for line in text if not line.startswith("#"))
    dialect = csv.excel if delimiter == "," else PlainTabs
    for row in csv.reader(lines, dialect):
        yield [cell.strip().strip('"') if delimiter == "\t" and cell.startswith('"') else cell.strip() for cell in row]


def read_header(text: io.TextIOBase, name: str) -> list[str] | None:
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


class _Layout(NamedTuple):
    """The columns that a table has, with what they mean."""

    identifier: str
    name: str
    synonyms: tuple[tuple[str, Scope], ...]
    parents: tuple[str, ...]
    xrefs: tuple[tuple[str, str], ...]


def _layout(header: Collection[str]) -> _Layout:
    identifier = next(key for key in IDENTIFIERS if key in header)
    name = next((key for key in NAMES if key in header), "")
    return _Layout(
        identifier,
        name,
        tuple((key, scope) for key, scope in SYNONYMS.items() if key in header and key != name),
        tuple(key for key in PARENTS if key in header),
        tuple((key, prefix) for key, prefix in XREFS.items() if key in header and key != identifier),
    )


def _row_concept(row: Mapping[str, str], layout: _Layout, type: str, skip: Skip) -> Iterator[Concept]:
    if not row.get(layout.identifier):
        skip("rows without an identifier", row.get(layout.name, ""))
        return
    identifier = curie(row[layout.identifier], IDENTIFIERS[layout.identifier] or DEFAULT_PREFIX_OF_TYPE.get(type, ""))
    synonyms = [
        Synonym(text, PREDICATES.get(row.get("predicate", ""), scope))
        for key, scope in layout.synonyms
        for text in _cells(row.get(key, ""))
    ]
    name = row.get(layout.name, "") or (synonyms[0].name if synonyms else "")
    yield Concept(
        curie=identifier,
        name=name.removeprefix("obsolete "),
        type=type or _guess(row, identifier),
        synonyms=tuple(dict.fromkeys(synonym for synonym in synonyms if synonym.name != name)),
        parents=tuple(curie(value, "MESH") for key in layout.parents for value in _cells(row.get(key, ""))),
        xrefs=tuple(_xrefs(row, layout)),
        obsolete=bool(WITHDRAWN.search(row.get("status", ""))) or name.startswith("obsolete "),
        species=_species(row, identifier),
    )


def _xrefs(row: Mapping[str, str], layout: _Layout) -> Iterator[str]:
    for key, prefix in layout.xrefs:
        database = DATABASES.get(row.get("db", ""), row.get("db", "")) if key == "db_id" else prefix
        yield from (curie(value, database) for value in _cells(row.get(key, "")))


def _species(row: Mapping[str, str], identifier: str) -> str:
    if row.get("tax_id"):
        return curie(row["tax_id"], "NCBITaxon")
    return "NCBITaxon:9606" if prefix_of(identifier) == "HGNC" else ""


def _guess(row: Mapping[str, str], identifier: str) -> str:
    if row.get("type", "").isidentifier():  # elsewhere it holds a synonym's type, as a CURIE
        return row["type"]
    if row.get("semantic_types"):
        return "Disease" if DISORDERS & set(row["semantic_types"].split("|")) else "Chemical"
    if "tree_numbers" in row or "treenumbers" in row:
        return mesh_type(row.get("tree_numbers", row.get("treenumbers", "")))
    return guess_type(identifier)


def _cells(value: str) -> list[str]:
    """The values of a cell; NCBI writes `-` where there is none."""
    return [part for part in (part.strip() for part in value.split("|")) if part not in ("", "-")]


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
