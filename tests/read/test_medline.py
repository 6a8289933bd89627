import io
from pathlib import Path

import pytest

from kgbuild.document import Document, Failure, Metadata, Passage, Span
from kgbuild.read import medline
from kgbuild.read.source import Source, find_sources

CITATION = """<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article>
<Journal><JournalIssue><PubDate><MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate></JournalIssue>
<Title>J Test</Title></Journal>
{article}<Language>eng</Language></Article>{rest}</MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="doi">10.1/x</ArticleId>
<ArticleId IdType="pmc">PMC5</ArticleId></ArticleIdList>
</PubmedData></PubmedArticle>"""


def citation(article: str, pmid: str = "7", rest: str = "") -> str:
    return CITATION.format(article=article, pmid=pmid, rest=rest)


def read(content: str) -> list[Document | Failure]:
    return list(medline.read(io.BytesIO(f"<PubmedArticleSet>{content}</PubmedArticleSet>".encode()), "f.xml"))


def read_one(content: str) -> Document:
    (found,) = read(content)
    assert isinstance(found, Document), found
    return found


def blocks(doc: Document) -> list[tuple[str, str, str]]:
    return [(block.kind, block.section, doc.text_of(block.span)) for block in doc.blocks]


def test_a_citation_becomes_a_whole_document() -> None:
    abstract = '<Abstract><AbstractText Label="METHODS">Ca<sup>2+</sup> and H<sub>2</sub>O.</AbstractText></Abstract>'
    types = "<PublicationTypeList><PublicationType>Journal Article</PublicationType></PublicationTypeList>"
    assert read_one(citation(f"<ArticleTitle>On <i>it</i>.</ArticleTitle>{abstract}{types}")) == Document(
        id="PMID:7",
        text="On it.\nCa2+ and H2O.",
        title="On it.",
        metadata=Metadata(
            year=1998,
            journal="J Test",
            doi="10.1/x",
            pmid="7",
            pmcid="PMC5",
            language="en",
            article_type="Journal Article",
            version=1,
        ),
        blocks=(Passage(Span(0, 6), "title"), Passage(Span(7, 20), "abstract", "Abstract > METHODS")),
    )


def test_brackets_of_a_translated_title_go_and_the_vernacular_title_stays() -> None:
    doc = read_one(citation("<ArticleTitle>[On it].</ArticleTitle><VernacularTitle>Über es.</VernacularTitle>"))
    assert blocks(doc) == [("title", "", "On it."), ("title", "Vernacular title", "Über es.")]


def test_other_abstracts_say_what_they_are() -> None:
    rest = '<OtherAbstract Type="Publisher" Language="spa"><AbstractText>Texto.</AbstractText></OtherAbstract>'
    assert blocks(read_one(citation("<ArticleTitle>T</ArticleTitle>", rest=rest)))[1] == (
        "abstract",
        "Abstract (es)",
        "Texto.",
    )


@pytest.mark.parametrize(
    ("article", "rest"),
    [
        ("<PublicationTypeList><PublicationType>Retracted Publication</PublicationType></PublicationTypeList>", ""),
        ("", '<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"/></CommentsCorrectionsList>'),
    ],
)
def test_retracted_citations_are_marked(article: str, rest: str) -> None:
    assert read_one(citation(f"<ArticleTitle>T</ArticleTitle>{article}", rest=rest)).metadata.retracted


@pytest.mark.parametrize(
    "title", ["Retraction", "Retraction.", "RETRACTED: On it", "Retraction note: On it.", "[Retracted] On it"]
)
def test_titles_that_say_so_mark_a_citation_as_retracted(title: str) -> None:
    assert read_one(citation(f"<ArticleTitle>{title}</ArticleTitle>")).metadata.retracted


def test_a_citation_without_pmid_is_named_by_its_text() -> None:
    assert read_one(citation("<ArticleTitle>T</ArticleTitle>", pmid="")).id.startswith("kgb:doc-")


def test_a_citation_without_text_is_a_failure_and_the_next_is_read() -> None:
    first, second = read(citation("<ArticleTitle/>") + citation("<ArticleTitle>T</ArticleTitle>", pmid="8"))
    assert isinstance(first, Failure) and "neither title nor abstract" in first.reason
    assert isinstance(second, Document) and second.id == "PMID:8"


def test_deleted_citations_are_failures_by_which_a_build_leaves_them_out() -> None:
    deleted = '<DeleteCitation><PMID Version="1">1</PMID><PMID>2</PMID><PMID Version="2">3</PMID></DeleteCitation>'
    doc, *failures = read(citation("<ArticleTitle>T</ArticleTitle>") + deleted)
    assert isinstance(doc, Document)
    assert [(item.document, item.stage) for item in failures if isinstance(item, Failure)] == [
        ("PMID:1", "deleted"),
        ("PMID:2", "deleted"),
        ("PMID:3", "read"),
    ]


@pytest.mark.parametrize(
    ("dates", "revised"),
    [
        ({"DateCompleted": (2001, 1, 31), "DateRevised": (2019, 2, 3)}, "2019-02-03"),
        ({"DateCreated": (1999, 12, 1), "DateCompleted": (2001, 1, 31)}, "2001-01-31"),
        ({"DateRevised": (2019, "Feb", 3)}, ""),
        ({}, ""),
    ],
)
def test_a_record_tells_when_it_was_last_changed(dates: dict[str, tuple[object, ...]], revised: str) -> None:
    rest = "".join(
        f"<{tag}><Year>{year}</Year><Month>{month}</Month><Day>{day}</Day></{tag}>"
        for tag, (year, month, day) in dates.items()
    )
    metadata = read_one(citation("<ArticleTitle>T</ArticleTitle>", rest=rest)).metadata
    assert (metadata.version, metadata.revised) == (1, revised)


def test_a_later_version_is_the_newer_edition_whenever_it_was_revised() -> None:
    first, second = (Metadata(version=1, revised="2020-01-01"), Metadata(version=2, revised="2019-12-31"))
    assert Metadata().edition == "" < first.edition < second.edition < Metadata(version=10).edition


def test_a_book_chapter_is_read() -> None:
    book = "<Book><BookTitle>Genes</BookTitle><PubDate><Year>1993</Year></PubDate></Book>"
    text = "<Abstract><AbstractText>Text.</AbstractText></Abstract>"
    doc = read_one(f"<PubmedBookArticle><BookDocument><PMID>3</PMID>{book}{text}</BookDocument></PubmedBookArticle>")
    assert (doc.id, doc.text, doc.metadata.year) == ("PMID:3", "Genes\nText.", 1993)


def test_all_real_citations_are_read(shared_data: Path) -> None:
    counts = {}
    for source in find_sources([str(shared_data / "documents/medline")]):
        assert isinstance(source, Source)
        if source.name.endswith(".txt"):
            continue
        with source.open() as stream:
            found = list(medline.read(stream, source.name))
        assert all(isinstance(item, Document) and item.title for item in found)
        counts[Path(source.name).name] = len(found)
    assert counts["pubmedsample18n0001.xml.gz"] == 177
    assert sum(counts.values()) == 189
