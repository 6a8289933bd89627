"""Documents of one paper."""

import pyarrow as pa

from kgbuild.papers import papers_of

COLUMNS = ("id", "pmid", "pmcid", "doi")


def documents(*rows: tuple[str, str, str, str]) -> pa.Table:
    return pa.table(dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True)))


def test_documents_that_share_an_identifier_are_one_paper_however_they_hang_together():
    table = documents(
        ("PMID:1", "1", "", "10.1/A"),
        ("PMC:5", "", "PMC5", "10.1/a"),
        ("text:t", "", "PMC5", ""),
        ("PMID:2", "2", "", "10.1/b"),
        ("text:u", "", "", ""),
        ("text:v", "", "", ""),
    )
    assert papers_of(table) == {"PMID:1": "PMC:5", "PMC:5": "PMC:5", "text:t": "PMC:5"}


def test_their_order_makes_no_difference():
    rows = [("d", "1", "", ""), ("c", "1", "2", ""), ("b", "", "2", "3"), ("a", "", "", "3")]
    assert papers_of(documents(*rows)) == papers_of(documents(*reversed(rows))) == dict.fromkeys("abcd", "a")
