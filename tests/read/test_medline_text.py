"""MEDLINE tagged text, as PubMed saves it."""

import io

import pytest

from kgbuild.document import Document, Failure, Metadata, Passage, Span
from kgbuild.read import medline_text
from kgbuild.read.reader import recognise

CITATION = """
PMID- 7
OWN - NLM
DP  - 1998 Dec-1999 Jan
TI  - On
      it.
AB  - METHODS: We did Ca2+. RESULTS:
      It DID: well.
LA  - eng
PT  - Journal Article
PT  - Research Support, Non-U.S. Gov't
TA  - J Test
JT  - Journal of tests
PMC - PMC5
LID - e1 [pii]
AID - 10.1/x [doi]
"""


def read(text: str) -> list[Document | Failure]:
    return list(medline_text.read(io.BytesIO(text.encode()), "f.nbib"))


def test_a_citation_becomes_a_whole_document() -> None:
    assert read(CITATION) == [
        Document(
            id="PMID:7",
            text="On it.\nWe did Ca2+.\nIt DID: well.",
            title="On it.",
            metadata=Metadata(
                year=1998,
                journal="Journal of tests",
                doi="10.1/x",
                pmid="7",
                pmcid="PMC5",
                language="en",
                article_type="Journal Article",
            ),
            blocks=(
                Passage(Span(0, 6), "title"),
                Passage(Span(7, 19), "abstract", "Abstract > METHODS"),
                Passage(Span(20, 33), "abstract", "Abstract > RESULTS"),
            ),
        )
    ]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ("TI  - [On it].\nTT  - Über es.", "On it.\nÜber es."),
        ("TI  - On it.\nAB  - It works. NOTE: really.", "On it.\nIt works. NOTE: really."),
        ("TT  - Über es.", "Über es."),
        ("BTI - A book\nOAB - Noch etwas.", "A book\nNoch etwas."),
    ],
)
def test_titles_and_abstracts_are_read(fields: str, text: str) -> None:
    (doc,) = read(f"PMID- 7\nOWN - NLM\n{fields}\n")
    assert isinstance(doc, Document)
    assert doc.text == text


def test_citations_follow_one_another_and_one_without_text_is_a_failure() -> None:
    found = read("PMID- 1\nTI  - A.\n\nPMID- 2\nLA  - eng\nPMID- 3\nTI  - C.\nRIN - Nature 1999")
    assert [item.id if isinstance(item, Document) else item.document for item in found] == [
        "PMID:1",
        "PMID:2",
        "PMID:3",
    ]
    assert isinstance(found[1], Failure)
    assert isinstance(found[2], Document) and found[2].metadata.retracted


@pytest.mark.parametrize("start", ["\n", "\ufeff", "\r\n", ""])
def test_it_is_recognised_by_its_content(start: str) -> None:
    assert recognise(f"{start}PMID- 7\r\nOWN - NLM\r\n".encode(), "f.txt") == "medline-text"


def test_a_note_that_names_a_pmid_is_plain_text() -> None:
    assert recognise(b"PMID- 7 is a paper that I like.\nIt is good.", "f.txt") == "text"
