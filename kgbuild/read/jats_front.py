"""What the front of a JATS article says about it: identifiers, title, journal, year, licence, language, retraction."""

import re

from kgbuild.document import Metadata
from kgbuild.read.inline import inline_text
from kgbuild.read.layout import clean
from kgbuild.read.retraction import is_retraction_title
from kgbuild.read.xml import Element

__all__ = ["LANGUAGE", "abstract_name", "article_id", "article_title", "read_metadata"]

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
HREF = "{http://www.w3.org/1999/xlink}href"

#: relations to another article that a retracted article or the notice of a retraction has
RETRACTION_LINKS = frozenset(
    {"retracted-article", "retraction-forward", "retraction", "retracted", "partial-retraction"}
)
RETRACTION_TYPES = frozenset({"retraction", "partial-retraction", "retracted-article"})
#: `abstract-type` -> its name where it has no title of its own
ABSTRACT_NAMES = {"summary": "Author summary", "executive-summary": "Digest", "toc": "Short summary"}

_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_LICENCE_LINK = re.compile(r"https?://creativecommons\.org/[^\s\"'<>)]+[^\s\"'<>).,]")


def article_id(article: Element) -> str:
    """PMC:, else PMID:, else DOI: of the article; "" where it has none of them."""
    ids = _identifiers(article)
    if ids["pmcid"]:
        return f"PMC:{ids['pmcid']}"
    if ids["pmid"]:
        return f"PMID:{ids['pmid']}"
    return f"DOI:{ids['doi'].lower()}" if ids["doi"] else ""


def article_title(article: Element) -> str:
    """The title of an article or sub-article, "" where it has none."""
    for path in ("front//title-group/article-title", "front-stub//title-group/article-title"):
        title = clean(inline_text(article.find(path)))
        if title:
            return title
    return ""


def abstract_name(abstract: Element) -> str:
    """What an abstract is called: its title or kind, and its language where that is not the article's."""
    kind = abstract.get("abstract-type", "")
    title = clean(inline_text(abstract.find("title"))).rstrip(".:")
    name = title.capitalize() if title.isupper() else title
    name = name or ABSTRACT_NAMES.get(kind, kind.replace("-", " ").capitalize()) or "Abstract"
    language = abstract.get(LANGUAGE, "")
    article = next(abstract.iterancestors("article", "sub-article"), None)
    return f"{name} ({language})" if language and (article is None or language != article.get(LANGUAGE)) else name


def read_metadata(article: Element, title: str) -> Metadata:
    """Everything but the source, which `read_source` adds. `year` is the earliest year of publication."""
    ids = _identifiers(article)
    return Metadata(
        year=_year(article),
        journal=_journal(article),
        doi=ids["doi"],
        pmid=ids["pmid"],
        pmcid=ids["pmcid"],
        licence=_licence(article),
        language=article.get(LANGUAGE, "").lower(),
        article_type=article.get("article-type", ""),
        retracted=_is_retracted(article, title),
    )


def _identifiers(article: Element) -> dict[str, str]:
    found = dict.fromkeys(("pmcid", "pmid", "doi"), "")
    for node in article.iterfind("front/article-meta/article-id"):
        kind, value = node.get("pub-id-type", ""), clean("".join(node.itertext()))
        digits = re.fullmatch(r"(?:PMC)?(\d+)(?:\.\d+)?", value, re.IGNORECASE)
        if kind in ("pmc", "pmcid", "pmcid-ver") and digits:
            found["pmcid"] = found["pmcid"] or f"PMC{digits[1]}"
        elif kind == "pmid" and digits:
            found["pmid"] = found["pmid"] or digits[1]
        elif kind == "doi" or (not kind and value.startswith("10.")):
            found["doi"] = found["doi"] or _DOI_PREFIX.sub("", value)
    return found


def _year(article: Element) -> int | None:
    texts = ("".join(node.itertext()).strip() for node in article.iterfind("front/article-meta/pub-date/year"))
    years = [int(text) for text in texts if re.fullmatch(r"(?:1[6-9]|20)\d\d", text)]
    return min(years, default=None)


def _journal(article: Element) -> str:
    meta = article.find("front/journal-meta")
    if meta is None:
        return ""
    full = [clean(inline_text(node)) for node in meta.iter("journal-title")]
    # some of PLOS's files have only the publisher's name there
    named = [name for name in full if name.lower() != "plos"]
    short = [clean(inline_text(node)) for node in meta.iter("abbrev-journal-title", "journal-id")]
    return next(iter([*named, *short, *full]), "")


def _licence(article: Element) -> str:
    """The link of the licence, else its words."""
    licences = list(article.iterfind("front/article-meta/permissions/license"))
    for licence in licences:
        links: list[str] = [
            licence.get(HREF, ""),
            *(clean("".join(node.itertext())) for node in licence.iter("license_ref")),
        ]
        links += [node.get(HREF, "") for node in licence.iter("ext-link", "uri")]
        links += _LICENCE_LINK.findall("".join(licence.itertext()))
        for link in links:
            if "creativecommons.org" in link or link.startswith("http"):
                return link
    words = [clean("".join(licence.itertext())) or str(licence.get("license-type", "")) for licence in licences]
    return next(iter(words), "")


def _is_retracted(article: Element, title: str) -> bool:
    links = {node.get("related-article-type") for node in article.iterfind("front/article-meta/related-article")}
    subjects = {clean("".join(node.itertext())).lower() for node in article.iterfind("front/article-meta//subject")}
    return (
        article.get("article-type") in RETRACTION_TYPES
        or bool(links & RETRACTION_LINKS)
        or bool(subjects & {"retraction", "retracted", "retracted article"})
        or is_retraction_title(title)
    )
