"""What the head of an article page says about the paper: Highwire's ``citation_*``, Dublin Core and PRISM names."""

import re
from collections import defaultdict

from lxml import etree

from kgbuild.read.jats_front import HREF, LANGUAGE
from kgbuild.read.layout import clean
from kgbuild.read.xml import Element

__all__ = ["write_front"]

#: what a paper has -> the names under which pages tell it, the surest first
TITLE = ("citation_title", "dc.title", "dcterms.title", "prism.title", "og:title")
JOURNAL = ("citation_journal_title", "prism.publicationname", "dc.source", "citation_journal_abbrev")
DATES = ("citation_publication_date", "citation_date", "citation_online_date", "dc.date", "prism.publicationdate")
DOI = ("citation_doi", "prism.doi", "dc.identifier", "dc.identifier.doi", "bepress_citation_doi")
PMID = ("citation_pmid", "ncbi_pmid")
PMCID = ("citation_pmcid", "ncbi_pmcid")
LANGUAGES = ("citation_language", "dc.language")
TYPES = ("citation_article_type", "dc.type", "prism.section")

_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[6-9]|20)\d\d\b")
_SITE = re.compile(r"\s+(?:[|–—·]|-)\s+[^|–—·]*\Z")


def write_front(page: Element, article: Element) -> Element:
    """Writes the front of the article as JATS has it; its ``article-meta``."""
    said = _said(page)
    article.set(LANGUAGE, (_first(said, LANGUAGES) or page.get("lang", ""))[:2].lower())
    article.set("article-type", _first(said, TYPES).lower().replace(" ", "-"))
    front = etree.SubElement(article, "front")
    etree.SubElement(etree.SubElement(front, "journal-meta"), "journal-title").text = _first(said, JOURNAL)
    meta = etree.SubElement(front, "article-meta")
    dois = (_DOI.fullmatch(value) for name in DOI for value in said[name])
    for kind, value in (
        ("pmc", _first(said, PMCID)),
        ("pmid", _first(said, PMID)),
        ("doi", next((doi[1] for doi in dois if doi), "")),
    ):
        if value:
            etree.SubElement(meta, "article-id", {"pub-id-type": kind}).text = value
    title = _first(said, TITLE) or _SITE.sub("", clean("".join(page.xpath("string(head/title)"))))
    if title:
        etree.SubElement(etree.SubElement(meta, "title-group"), "article-title").text = title
    for year in sorted({year for name in DATES for value in said[name] for year in _YEAR.findall(value)}):
        etree.SubElement(etree.SubElement(meta, "pub-date"), "year").text = year
    licences = [
        link.get("href", "") for link in page.iter("a") if "creativecommons.org/licenses" in link.get("href", "")
    ]
    licences += [value for value in said["dc.rights"] if value.startswith("http")]
    for link in licences[:1]:
        etree.SubElement(etree.SubElement(meta, "permissions"), "license", {HREF: link})
    return meta


def _said(page: Element) -> defaultdict[str, list[str]]:
    """The values of each ``<meta>`` name, in lower case."""
    said: defaultdict[str, list[str]] = defaultdict(list)
    for node in page.iter("meta"):
        value = clean(node.get("content", ""))
        if value:
            said[(node.get("name") or node.get("property") or "").lower()].append(value)
    return said


def _first(said: defaultdict[str, list[str]], names: tuple[str, ...]) -> str:
    return next((said[name][0] for name in names if said[name]), "")
