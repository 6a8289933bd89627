"""BioC XML: a collection of documents with passages, annotations and relations. What it means is in `bioc`."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from kgbuild.document import Document, Failure
from kgbuild.errors import ReadError
from kgbuild.read.bioc import (
    BioCAnnotation,
    BioCDocument,
    BioCLocation,
    BioCNode,
    BioCPassage,
    BioCRelation,
    BioCSentence,
    read_document,
)
from kgbuild.read.xml import Element, head_text, read_documents, root_tag

__all__ = ["read", "sniff"]


def sniff(head: bytes, name: str) -> bool:
    """Whether it is XML whose root is a collection of documents, or a lone document with passages."""
    tag = root_tag(head)
    return tag in {"collection", "document"} and ("<passage" in head_text(head) or "<document" in head_text(head))


def read(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The documents of a collection in their order."""
    return read_documents(stream, name, ("document",), lambda element: read_document(_document(element), name))


def _document(element: Element) -> BioCDocument:
    return BioCDocument(
        id=_text(element, "id"),
        infons=_infons(element),
        passages=[
            BioCPassage(**_part(child), sentences=[BioCSentence(**_part(each)) for each in child.findall("sentence")])
            for child in element.findall("passage")
        ],
        annotations=_annotations(element),
        relations=_relations(element),
    )


def _part(element: Element) -> dict[str, Any]:
    """The fields that passages and sentences share."""
    return {
        "offset": _number(element, element.findtext("offset")),
        "text": _raw_text(element),
        "infons": _infons(element),
        "annotations": _annotations(element),
        "relations": _relations(element),
    }


def _annotations(element: Element) -> list[BioCAnnotation]:
    return [
        BioCAnnotation(
            id=child.get("id"),
            infons=_infons(child),
            text=_raw_text(child),
            locations=[
                BioCLocation(_number(place, place.get("offset")), _number(place, place.get("length")))
                for place in child.findall("location")
            ],
        )
        for child in element.findall("annotation")
    ]


def _relations(element: Element) -> list[BioCRelation]:
    return [
        BioCRelation(
            id=child.get("id"),
            infons=_infons(child),
            nodes=[BioCNode(node.get("refid", ""), node.get("role", "")) for node in child.findall("node")],
        )
        for child in element.findall("relation")
    ]


def _infons(element: Element) -> dict[str, str]:
    return {child.get("key", ""): "".join(child.itertext()) for child in element.findall("infon")}


def _text(element: Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()


def _raw_text(element: Element) -> str:
    child = element.find("text")
    return "" if child is None else "".join(child.itertext())


def _number(element: Element, value: str | None) -> int:
    try:
        return int(value or "")
    except ValueError:
        raise ReadError(f"<{element.tag}>: expected an offset or length in characters, found {value!r}") from None
