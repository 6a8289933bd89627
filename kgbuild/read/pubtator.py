"""PubTator text: ``ID|t|`` and ``ID|a|`` lines, tab-separated mentions and relations, a blank line between documents.

Offsets count in the text lines joined by one character, so that they hold in ``Document.text``, where that character
is a line end. Relations link concepts; each becomes one between the two mentions of its concepts that stand closest.
Wei, Kao and Lu 2013, https://www.ncbi.nlm.nih.gov/research/pubtator
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from kgbuild.document import Document, Failure, Mention, Metadata, Passage, Relation, Span
from kgbuild.read.given import ConceptIndex, document_id, given_mention, given_relation, same_words, unique_mentions

__all__ = ["read", "sniff"]

#: tag of a text line -> kind and section of its block; other tags are paragraphs in a section of that name
BLOCKS = {"t": ("title", ""), "a": ("abstract", "Abstract")}
NOVELTY = {"Novel": True, "No": False}

_TEXT_LINE = re.compile(r"([^\t|]+)\|([A-Za-z]\w*)\|(.*)", re.DOTALL)
_SNIFF = re.compile(rb"\s*[^\t|\r\n]{1,200}\|[ta]\|")


class _Line(msgspec.Struct, frozen=True):
    """A line of the file with its number, from 1."""

    number: int
    text: str


class _Record(msgspec.Struct):
    """The lines of one document, sorted by what they are."""

    id: str
    tags: list[str] = []
    texts: list[str] = []
    rows: list[_Line] = []


def sniff(head: bytes, name: str) -> bool:
    """Whether the first line that is not blank is a PubTator title or abstract."""
    return _SNIFF.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def read(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The documents of a PubTator file in their order; a line that breaks the format is a failure and is left out."""
    record: _Record | None = None
    for number, raw in enumerate(stream, start=1):
        text, problem = _decode(raw, number)
        if problem:
            yield Failure(name, "read", f"{name}:{number}: {problem}")
        if not text.strip():
            continue
        line = _TEXT_LINE.fullmatch(text)
        if line is None:
            if record is None:
                yield Failure(name, "read", f"{name}:{number}: expected ID|t|title, found {text[:60]!r}")
            else:
                record.rows.append(_Line(number, text))
            continue
        # a title opens a document even where its identifier is that of the one before
        if record is None or line[1] != record.id or line[2] == "t":
            if record is not None:
                yield from _document(record, name)
            record = _Record(line[1])
        record.tags.append(line[2])
        record.texts.append(line[3])
    if record is not None:
        yield from _document(record, name)


def _decode(raw: bytes, number: int) -> tuple[str, str]:
    # by line, since a file glued from several may change its encoding; never splitlines(): U+2028 is text
    raw = raw.removesuffix(b"\n").removesuffix(b"\r")
    if number == 1:
        raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        return raw.decode("cp1252", "replace"), f"expected UTF-8, found {error.reason}; read as Windows-1252"


def _document(record: _Record, name: str) -> Iterator[Document | Failure]:
    curie = document_id(record.id, scheme="pubtator")
    text = "\n".join(record.texts)
    if not text.strip():
        yield Failure(name, "read", f"{name}: expected text, found none", document=curie)
        return
    problems: list[str] = []
    index = ConceptIndex()
    mentions = unique_mentions(_mentions(record, text, index, problems))
    relations = dict.fromkeys(_relations(record, index, problems))
    for problem in problems:
        yield Failure(name, "read", f"{name}:{problem}", document=curie)
    yield Document(
        id=curie,
        text=text,
        title=record.texts[0] if record.tags[0] == "t" else "",
        metadata=Metadata(source=name, format="pubtator", pmid=record.id if curie.startswith("PMID:") else ""),
        blocks=tuple(_blocks(record)),
        mentions=tuple(mentions),
        relations=tuple(relations),
    )


def _blocks(record: _Record) -> Iterator[Passage]:
    start = 0
    for tag, text in zip(record.tags, record.texts, strict=True):
        kind, section = BLOCKS.get(tag, ("paragraph", tag))
        if text:
            yield Passage(Span(start, start + len(text)), kind, section)
        start += len(text) + 1


def _mentions(record: _Record, text: str, index: ConceptIndex, problems: list[str]) -> Iterator[Mention]:
    flat = text.replace("\n", " ")
    for row in record.rows:
        columns = row.text.split("\t")
        if not _is_mention(columns, record.id):
            continue
        span, words = Span(int(columns[1]), int(columns[2])), columns[3]
        found = flat[span.start : span.end]
        if found != words:
            problems.append(f"{row.number}: expected {words!r} at {span.start}-{span.end}, found {found!r}")
        # other quotes, blanks or case are the same mention; other letters mean a wrong place
        if not same_words(found, words):
            continue
        field = columns[5] if len(columns) > 5 else ""
        mention = given_mention(span, columns[4].strip(), field)
        index.add(mention, field)
        yield mention


def _relations(record: _Record, index: ConceptIndex, problems: list[str]) -> Iterator[Relation]:
    for row in record.rows:
        columns = row.text.split("\t")
        if _is_mention(columns, record.id):
            continue
        if len(columns) < 4 or columns[0].strip() != record.id:
            problems.append(f"{row.number}: expected a mention or relation of {record.id}, found {row.text[:80]!r}")
            continue
        predicate, subject, object_ = columns[1:4]
        pair = index.closest(subject, object_)
        if pair is None:
            missing = [name for name in (subject, object_) if not index.mentions(name)]
            reason = (
                f"no mention of {' and of '.join(missing)}" if missing else "both concepts have the same only mention"
            )
            problems.append(f"{row.number}: {predicate} {subject} {object_}: {reason}")
            continue
        yield given_relation(pair[0], predicate, pair[1], novel=_novelty(columns))


def _is_mention(columns: list[str], identifier: str) -> bool:
    return len(columns) >= 5 and columns[0].strip() == identifier and columns[1].isdecimal() and columns[2].isdecimal()


def _novelty(columns: list[str]) -> bool | None:
    return NOVELTY.get(columns[4].strip()) if len(columns) > 4 else None
