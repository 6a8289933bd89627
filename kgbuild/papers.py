"""Documents that are one paper: the record of PubMed and the full text of PMC, an article and its tables."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["IDENTIFIERS", "papers_of"]

IDENTIFIERS = ("pmid", "pmcid", "doi")


def papers_of(documents: pa.Table) -> dict[str, str]:
    """Document to paper, for those of the table's documents that share an identifier of a paper with another one.

    The table has the columns `id`, `pmid`, `pmcid` and `doi`, where "" says nothing. A paper goes by the least
    identifier of its documents.
    """
    shared = [pair for column in IDENTIFIERS for pair in _shared(documents, column)]
    paper: dict[str, str] = {}
    for one, other in shared:
        first, second = sorted((_find(paper, one), _find(paper, other)))
        paper[second] = first
    return {document: _find(paper, document) for document in {id_ for pair in shared for id_ in pair}}


def _find(paper: dict[str, str], document: str) -> str:
    while paper.get(document, document) != document:
        document = paper[document]
    return document


def _shared(documents: pa.Table, column: str) -> Iterable[tuple[str, str]]:
    """Pairs of documents with the same value: each with the one before it."""
    table = pa.table({"id": documents["id"], "key": pc.utf8_lower(documents[column])})
    counts = table["key"].value_counts()
    keys = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    table = table.filter(pc.and_(pc.is_in(table["key"], value_set=keys), pc.not_equal(table["key"], "")))
    last: dict[str, str] = {}
    for id_, key in zip(table["id"].to_pylist(), table["key"].to_pylist(), strict=True):
        if last.setdefault(key, id_) != id_:
            yield last[key], id_
