"""Documents as PubTator text: ``ID|t|`` and ``ID|a|`` lines, mentions, relations between concepts, a blank line.

Offsets are those of ``Document.text``. A document that was no PubTator file has its first line as title and all other
text as abstract, with line ends turned into blanks, so that offsets stay equal.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import BinaryIO

from kgbuild.document import Document, Mention, Relation
from kgbuild.export.document_id import plain_id

__all__ = ["write"]

NOVELTY = {True: "Novel", False: "No"}
TAGS = {"title": "t", "abstract": "a"}

_BREAKS = re.compile(r"[\t\n\r]")


def write(documents: Iterable[Document], stream: BinaryIO) -> int:
    """Writes the documents as UTF-8 in their order; how many they were.

    A mention's identifiers are CURIEs joined by ``|`` (by ``,`` where one holds a bar), ``-`` when it is unlinked. A
    relation is written once for each pair of concepts of its mentions; an unlinked one stands as its `Mention.id`.
    """
    count = 0
    for document in documents:
        lines = [*_text_lines(document), *_mention_lines(document), *_relation_lines(document)]
        stream.write(("\n".join(lines) + "\n\n").encode("utf-8", "surrogatepass"))
        count += 1
    return count


def _text_lines(document: Document) -> Iterator[str]:
    identifier = plain_id(document.id)
    for tag, text in _tagged_texts(document):
        yield f"{identifier}|{tag}|{text}"


def _tagged_texts(document: Document) -> Iterator[tuple[str, str]]:
    if document.metadata.format != "pubtator":
        title, newline, rest = document.text.partition("\n")
        yield "t", _BREAKS.sub(" ", title)
        if newline:
            yield "a", _BREAKS.sub(" ", rest)
        return
    tags = {block.span.start: TAGS.get(block.kind, block.section) for block in document.blocks}
    start = 0
    for text in document.text.split("\n"):
        yield tags.get(start, "a" if start else "t") if text else ("a" if start else "t"), text
        start += len(text) + 1


def _mention_lines(document: Document) -> Iterator[str]:
    identifier = plain_id(document.id)
    for mention in document.mentions:
        text = _BREAKS.sub(" ", document.text_of(mention.span))
        place = f"{mention.span.start}\t{mention.span.end}"
        yield f"{identifier}\t{place}\t{text}\t{mention.type}\t{_concepts(mention)}"


def _concepts(mention: Mention) -> str:
    separator = "," if any("|" in curie for curie in mention.concepts) else "|"
    return separator.join(mention.concepts) or "-"


def _relation_lines(document: Document) -> Iterator[str]:
    identifier = plain_id(document.id)
    mentions = document.mention_index()
    rows: dict[tuple[str, str, str], bool | None] = {}
    for relation in document.relations:
        for subject, object_ in _pairs(mentions[relation.subject], mentions[relation.object]):
            key = (relation.predicate, subject, object_)
            rows[key] = _merge_novelty(rows.get(key), relation)
    for (predicate, subject, object_), novel in rows.items():
        end = "" if novel is None else f"\t{NOVELTY[novel]}"
        yield f"{identifier}\t{predicate}\t{subject}\t{object_}{end}"


def _pairs(subject: Mention, object_: Mention) -> list[tuple[str, str]]:
    pairs = list(product(subject.concepts or (subject.id,), object_.concepts or (object_.id,)))
    # two composite mentions that share a concept do not relate it to itself
    return pairs if len(pairs) == 1 else [pair for pair in pairs if pair[0] != pair[1]]


def _merge_novelty(known: bool | None, relation: Relation) -> bool | None:
    # one novel statement makes the pair novel
    return relation.novel if known is None else known or bool(relation.novel)
