"""Documents as a BioC XML collection; see `bioc` for what goes where."""

import re
from collections.abc import Iterable
from typing import Any, BinaryIO, TypeAlias

from lxml import etree

from kgbuild.document import Document
from kgbuild.export.bioc import SOURCE, Annotation, Record, RecordPassage, RecordRelation, record_of

__all__ = ["write"]

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE collection SYSTEM "BioC.dtd">\n'
    f"<collection><source>{SOURCE}</source><date></date><key></key>\n"
)

#: characters that XML 1.0 cannot hold
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Element: TypeAlias = Any  # lxml ships no types


def write(documents: Iterable[Document], stream: BinaryIO) -> int:
    """Writes the collection as UTF-8, a document a line, as the documents come; how many they were.

    Control characters, which XML cannot hold, become blanks.
    """
    count = 0
    stream.write(HEAD.encode())
    for document in documents:
        stream.write(etree.tostring(_document(record_of(document)), encoding="utf-8") + b"\n")
        count += 1
    stream.write(b"</collection>\n")
    return count


def _document(record: Record) -> Element:
    element = etree.Element("document")
    _child(element, "id", record.id)
    _infons(element, record.infons)
    for passage in record.passages:
        _passage(element, passage)
    _annotations(element, record.annotations)
    _relations(element, record.relations)
    return element


def _passage(parent: Element, passage: RecordPassage) -> None:
    element = etree.SubElement(parent, "passage")
    _infons(element, passage.infons)
    _child(element, "offset", str(passage.offset))
    _child(element, "text", passage.text)
    _annotations(element, passage.annotations)


def _annotations(parent: Element, annotations: list[Annotation]) -> None:
    for annotation in annotations:
        element = etree.SubElement(parent, "annotation", id=annotation.id)
        _infons(element, annotation.infons)
        for place in annotation.locations:
            etree.SubElement(element, "location", offset=str(place.offset), length=str(place.length))
        _child(element, "text", annotation.text)


def _relations(parent: Element, relations: list[RecordRelation]) -> None:
    for relation in relations:
        element = etree.SubElement(parent, "relation", id=relation.id)
        _infons(element, relation.infons)
        for node in relation.nodes:
            etree.SubElement(element, "node", refid=node.refid, role=node.role)


def _infons(parent: Element, infons: dict[str, str]) -> None:
    for key, value in infons.items():
        _child(parent, "infon", value).set("key", key)


def _child(parent: Element, tag: str, text: str) -> Element:
    child = etree.SubElement(parent, tag)
    child.text = _ILLEGAL.sub(" ", text)
    return child
