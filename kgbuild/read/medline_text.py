"""MEDLINE tagged text, PubMed's download format (.nbib): one Document for each citation.

https://www.nlm.nih.gov/bsd/mms/medlineelements.html. A tag of up to four letters and "- " begins a field, six blanks go
on with it. Read: title, vernacular title, abstract with its labelled parts as sections "Abstract > METHODS", other
abstract. Not read: authors, MeSH headings, references.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from kgbuild.document import Document, Failure, Metadata
from kgbuild.read.decode import decode_text
from kgbuild.read.layout import TextBuilder, clean
from kgbuild.read.medline import LANGUAGES, RETRACTED_TYPES, shown_title

__all__ = ["read", "sniff"]

#: fields -> what a citation that has them is about: a retraction, of it or by it
RETRACTION_FIELDS = ("RIN", "ROF")

_START = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*PMID- ?\d+\s*\n[A-Z]{2,4} *- ")
_FIELD = re.compile(r"([A-Z]{2,4}) *- ?(.*)")
_YEAR = re.compile(r"\b(?:1[6-9]|20)\d\d\b")
#: "METHODS: ", at the start or after a sentence
_LABEL = re.compile(r"(?:\A|(?<=[.?!)] ))([A-Z][A-Z ,/&-]{3,60}): ")

Fields = dict[str, list[str]]


def sniff(head: bytes, name: str) -> bool:
    """Whether the file begins with a citation."""
    return _START.match(head) is not None


def read(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The citations in their order; one without title and abstract is a Failure."""
    text, notes = decode_text(stream.read())
    for note in notes:
        yield Failure(name, "read", f"{name}: {note}")
    for fields in _citations(text):
        yield _document(fields) or _without_text(fields, name)


def _citations(text: str) -> Iterator[Fields]:
    fields: Fields = {}
    last: list[str] = []
    for line in text.split("\n"):
        match = _FIELD.match(line)
        if match is not None:
            if match[1] == "PMID" and fields:
                yield fields
                fields = {}
            last = fields.setdefault(match[1], [])
            last.append(match[2])
        elif line.startswith("      ") and last:
            last[-1] += " " + line.strip()
    if fields:
        yield fields


def _document(fields: Fields) -> Document | None:
    builder = TextBuilder()
    title = shown_title(_first(fields, "TI", "BTI"))
    builder.add("title", title)
    builder.add("title", _first(fields, "TT"), "Vernacular title")
    for section, part in _parts(_first(fields, "AB")):
        builder.add("abstract", part, section)
    for other in fields.get("OAB", ()):
        builder.add("abstract", other, "Abstract")
    if not builder.text:
        return None
    pmid = _first(fields, "PMID")
    title = title or _first(fields, "TT")
    return builder.build(id=f"PMID:{pmid}" if pmid else "", title=title, metadata=_metadata(fields, pmid))


def _without_text(fields: Fields, name: str) -> Failure:
    pmid = _first(fields, "PMID")
    reason = f"{name}: citation {pmid or 'without PMID'} has neither title nor abstract"
    return Failure(name, "read", reason, f"PMID:{pmid}" if pmid else "")


def _parts(abstract: str) -> Iterator[tuple[str, str]]:
    """The labelled parts with their sections; an abstract without labels is one."""
    labels = list(_LABEL.finditer(abstract))
    if not labels or labels[0].start():
        yield "Abstract", abstract
        return
    for label, end in zip(labels, [*(label.start() for label in labels[1:]), len(abstract)], strict=True):
        yield f"Abstract > {label[1]}", abstract[label.end() : end]


def _metadata(fields: Fields, pmid: str) -> Metadata:
    types = [clean(kind) for kind in fields.get("PT", ())]
    language = _first(fields, "LA")
    year = _YEAR.search(_first(fields, "DP")) or _YEAR.search(_first(fields, "DEP", "DA"))
    return Metadata(
        year=int(year[0]) if year else None,
        journal=_first(fields, "JT", "TA"),
        doi=_identifier(fields, "[doi]"),
        pmid=pmid,
        pmcid=_first(fields, "PMC"),
        language=LANGUAGES.get(language, language),
        article_type="; ".join(kind for kind in types if not kind.startswith("Research Support")),
        retracted=bool(RETRACTED_TYPES & set(types)) or any(field in fields for field in RETRACTION_FIELDS),
    )


def _identifier(fields: Fields, kind: str) -> str:
    values = [*fields.get("LID", ()), *fields.get("AID", ())]
    return next((clean(value.removesuffix(kind)) for value in values if value.endswith(kind)), "")


def _first(fields: Fields, *tags: str) -> str:
    return next((clean(fields[tag][0]) for tag in tags if tag in fields), "")
