"""MEDLINE and PubMed XML (baseline and update files, E-utilities): one Document for each citation.

https://www.nlm.nih.gov/bsd/licensee/data_elements_doc.html. Read: the title (without the brackets that mark a
translated one), the vernacular title, the abstract with its labelled parts as sections "Abstract > METHODS", other
abstracts. Not read: authors, MeSH headings and references. Each citation that an update file deletes is a Failure of
the stage "deleted", by which a build leaves it out whatever other files hold of it.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from kgbuild.document import DELETED, Document, Failure, Metadata
from kgbuild.errors import ReadError
from kgbuild.read.inline import inline_text
from kgbuild.read.layout import TextBuilder, clean
from kgbuild.read.retraction import is_retraction_title
from kgbuild.read.xml import Element, is_xml_of, read_documents

__all__ = ["LANGUAGES", "RETRACTED_TYPES", "read", "shown_title", "sniff"]

RECORDS = ("PubmedArticle", "PubmedBookArticle", "MedlineCitation")
DELETIONS = ("DeleteCitation", "DeleteDocument")
ROOTS = frozenset({*RECORDS, "PubmedArticleSet", "PubmedBookArticleSet", "MedlineCitationSet"})
INSIDE = ("<PubmedArticle>", "<MedlineCitation ", "<PubmedBookArticle>")

RETRACTED_TYPES = frozenset({"Retracted Publication", "Retraction of Publication"})
RETRACTION_LINKS = frozenset({"RetractionIn", "RetractionOf"})
#: MEDLINE's language codes (ISO 639-2/B) -> ISO 639-1, as JATS has them; others stay
LANGUAGES = {
    "chi": "zh",
    "cze": "cs",
    "dan": "da",
    "dut": "nl",
    "eng": "en",
    "fre": "fr",
    "ger": "de",
    "ita": "it",
    "jpn": "ja",
    "kor": "ko",
    "pol": "pl",
    "por": "pt",
    "rus": "ru",
    "spa": "es",
    "swe": "sv",
    "tur": "tr",
}
NO_TITLE = frozenset({"", "not available", "untitled"})

_TRANSLATED = re.compile(r"\[(.*)\]\s*\.?")


def sniff(head: bytes, name: str) -> bool:
    """Whether the file holds MEDLINE citations."""
    return is_xml_of(head, ROOTS, INSIDE)


def read(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The citations of a file as a stream; one without title and abstract is a Failure."""
    return read_documents(stream, name, (*RECORDS, *DELETIONS), lambda record: _read_record(record, name))


def read_citation(record: Element) -> Document:
    """One citation as a document; ReadError when it has no text at all."""
    citation = _citation(record)
    article = citation.find("Article") if citation.find("Article") is not None else citation
    builder = TextBuilder()
    title = _title(article)
    builder.add("title", title, "")
    builder.add("title", inline_text(article.find("VernacularTitle")), "Vernacular title")
    for part in article.iterfind("Abstract/AbstractText"):
        builder.add("abstract", inline_text(part), _section("Abstract", part))
    for other in citation.iterfind("OtherAbstract"):
        for part in other.iterfind("AbstractText"):
            builder.add("abstract", inline_text(part), _section(_other_name(other), part))
    pmid = clean(citation.findtext("PMID") or "")
    if not builder.text:
        raise ReadError(f"citation {pmid or 'without PMID'} has neither title nor abstract")
    shown = title or clean(inline_text(article.find("VernacularTitle")))
    return builder.build(
        id=f"PMID:{pmid}" if pmid else "", title=shown, metadata=_metadata(record, citation, article, pmid, shown)
    )


def _read_record(record: Element, name: str) -> list[Document | Failure]:
    if record.tag in DELETIONS:
        return [_deletion(node, name) for node in record.iterfind("PMID")]
    return [read_citation(record)]


def _deletion(node: Element, name: str) -> Failure:
    pmid = clean(node.text or "")
    if _version(node) > 1:
        reason = (
            f"{name}: one version of PMID {pmid} is deleted ({node.get('Version')}); no version is left out for that"
        )
        return Failure(name, "read", reason, document=f"PMID:{pmid}")
    reason = f"{name}: PubMed has deleted the citation; graphs that this file goes into leave it out"
    return Failure(name, DELETED, reason, document=f"PMID:{pmid}")


def _version(node: Element | None) -> int:
    """The version that a PMID names, which is the first where it names none; 0 without a PMID."""
    if node is None:
        return 0
    version = node.get("Version", "")
    return int(version) if version.isdecimal() else 1


def _revised(citation: Element) -> str:
    """The day of the last change, as far as the record tells."""
    for tag in ("DateRevised", "DateCompleted", "DateCreated"):
        parts = [clean(citation.findtext(f"{tag}/{part}") or "") for part in ("Year", "Month", "Day")]
        if all(part.isdecimal() for part in parts):
            return f"{parts[0]:0>4}-{parts[1]:0>2}-{parts[2]:0>2}"
    return ""


def _citation(record: Element) -> Element:
    """The citation in a record: of an article, of a book, or itself."""
    for tag in ("MedlineCitation", "BookDocument"):
        found = record.find(tag)
        if found is not None:
            return found
    return record


def shown_title(title: str) -> str:
    """A title without the brackets that mark a translated one; "" for what only says that there is none.

    >>> shown_title("[On it].")
    'On it.'
    """
    title = clean(title)
    translated = _TRANSLATED.fullmatch(title)
    if translated and "] [" not in title:
        title = translated[1].strip()
        title += "" if not title or title[-1] in ".?!" else "."
    return "" if title.rstrip(".").lower() in NO_TITLE else title


def _title(article: Element) -> str:
    title = shown_title(inline_text(article.find("ArticleTitle")))
    return title or clean(inline_text(article.find("Book/BookTitle")))


def _section(name: str, part: Element) -> str:
    label = clean(part.get("Label", ""))
    return f"{name} > {label}" if label and label.upper() != "UNLABELLED" else name


def _other_name(abstract: Element) -> str:
    language = abstract.get("Language", "")
    kind = clean(abstract.get("Type", "")).replace("-", " ")
    name = kind.capitalize() if kind not in ("", "Publisher") else "Abstract"
    return f"{name} ({LANGUAGES.get(language, language)})" if language else name


def _metadata(record: Element, citation: Element, article: Element, pmid: str, title: str) -> Metadata:
    types = [clean(node.text or "") for node in article.iterfind(".//PublicationType")]
    links = {node.get("RefType") for node in citation.iterfind("CommentsCorrectionsList/CommentsCorrections")}
    language = clean(article.findtext("Language") or "")
    return Metadata(
        year=_year(article),
        journal=clean(article.findtext("Journal/Title") or article.findtext("Journal/ISOAbbreviation") or ""),
        doi=_identifier(record, article, "doi"),
        pmid=pmid,
        pmcid=_identifier(record, article, "pmc"),
        language=LANGUAGES.get(language, language),
        version=_version(citation.find("PMID")),
        revised=_revised(citation),
        article_type="; ".join(kind for kind in types if not kind.startswith("Research Support")),
        retracted=bool(RETRACTED_TYPES & set(types) or RETRACTION_LINKS & links) or is_retraction_title(title),
    )


def _year(article: Element) -> int | None:
    """The year of the issue, which may stand in words ("1998 Dec-1999 Jan"), else of the electronic version."""
    for path in ("Journal/JournalIssue/PubDate/Year", "Journal/JournalIssue/PubDate/MedlineDate", "ArticleDate/Year"):
        match = re.search(r"\b(?:1[6-9]|20)\d\d\b", article.findtext(path) or "")
        if match:
            return int(match[0])
    match = re.search(r"\b(?:1[6-9]|20)\d\d\b", article.findtext("Book/PubDate/Year") or "")
    return int(match[0]) if match else None


def _identifier(record: Element, article: Element, kind: str) -> str:
    for node in article.iterfind("ELocationID"):
        if node.get("EIdType") == kind and node.get("ValidYN", "Y") == "Y":
            return clean(node.text or "")
    for path in ("PubmedData/ArticleIdList/ArticleId", "PubmedBookData/ArticleIdList/ArticleId"):
        for node in record.iterfind(path):
            if node.get("IdType") == kind:
                return clean(node.text or "")
    return ""
