"""Stages for tests: words of a small dictionary are mentions, the linker knows some of them, every call is logged."""

import multiprocessing
import os
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from kgbuild.concept import Concept
from kgbuild.document import Candidate, Document, Mention, Relation, Span
from kgbuild.extract.tables import TableReader
from kgbuild.pipeline import Stages
from kgbuild.schema import load_schema

TYPES = {
    "aspirin": "Chemical",
    "cisplatin": "Chemical",
    "fever": "Disease",
    "nausea": "Disease",
    "Müdigkeit": "Disease",  # known to no ontology
}
CURIES = {"aspirin": "MESH:D001241", "cisplatin": "MESH:D002945", "fever": "MESH:D005334", "nausea": "MESH:D009325"}
WORD = re.compile(r"\w+")


class FakeExtractor:
    """The revision "second@1" is another model: surer of relations, and blind to nausea."""

    def __init__(self, revision: str, log: Path, seconds: float) -> None:
        self.revision = revision
        self._log = log
        self._seconds = seconds

    def annotate(self, documents: Iterable[Document], *, given_mentions: bool = False) -> Iterator[Document]:
        for document in documents:
            if "poison" in document.text:
                raise ValueError("this text cannot be read")
            if "deadly" in document.text and multiprocessing.parent_process() is not None:
                os._exit(9)  # as the kernel ends a worker that takes too much memory
            if self.revision == "broken":
                raise RuntimeError("no memory on the device")
            time.sleep(self._seconds)
            _write(self._log, f"extract {document.id} by {self.revision}")
            agent, score = (self.revision, 0.9) if "@" in self.revision else ("fake", 0.7)
            found = (mention for mention in _mentions(document, agent) if _sees(agent, document.text_of(mention.span)))
            with_mentions = document if given_mentions else document.replace_mentions(found)
            yield msgspec.structs.replace(with_mentions, relations=tuple(_relations(with_mentions, agent, score)))


class FakeLinker:
    def __init__(self, revision: str, log: Path) -> None:
        self.revision = revision
        self._log = log

    def link(self, documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            _write(self._log, f"link {document.id} by {self.revision}")
            yield document.replace_mentions(self._linked(document, mention) for mention in document.mentions)

    def concept(self, curie: str) -> Concept | None:
        names = {curie: word for word, curie in CURIES.items()}
        return Concept(curie, names[curie], TYPES[names[curie]]) if curie in names else None

    def _linked(self, document: Document, mention: Mention) -> Mention:
        curie = CURIES.get(document.text_of(mention.span).lower())
        if curie is None or (self.revision == "without fever" and curie == CURIES["fever"]):
            return mention
        candidate = Candidate(curie, "a name", 1.0, "exact")
        return msgspec.structs.replace(mention, candidates=(candidate,), concepts=(curie,), link_score=1.0)


def load(
    log: str, extractor: str = "fake-1", linker: str = "fake-1", seconds: float = 0.0, tables: str | None = None
) -> Stages:
    """With `tables`, the name of a schema, its properties are read from tables."""
    return Stages(
        extractor=FakeExtractor(extractor, Path(log), seconds),
        linker=FakeLinker(linker, Path(log)),
        tables=TableReader(load_schema(tables).properties.values()) if tables else None,
    )


def _write(log: Path, line: str) -> None:
    with log.open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")


def _sees(agent: str, word: str) -> bool:
    return agent != "second@1" or word != "nausea"


def _mentions(document: Document, agent: str) -> Iterator[Mention]:
    for match in WORD.finditer(document.text):
        if match[0] in TYPES:
            yield Mention(Span(*match.span()), TYPES[match[0]], score=0.9, raw_score=0.8, agent=agent)


def _relations(document: Document, agent: str, score: float) -> Iterator[Relation]:
    for passage in document.passages:
        inside = [mention for mention in document.mentions if mention.span.within(passage.span)]
        for chemical in (mention for mention in inside if mention.type == "Chemical"):
            for disease in (mention for mention in inside if mention.type == "Disease"):
                yield Relation(chemical.id, "CID", disease.id, passage.span, score=score, raw_score=0.6, agent=agent)
