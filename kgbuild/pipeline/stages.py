"""The stages that a document passes between reading and assembly, and how they are loaded.

A worker loads its own extractor and linker, so that what travels to it is a recipe: a function without arguments that
can be pickled and returns `Stages`.
"""

import functools
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import msgspec

from kgbuild import registry
from kgbuild.concept import Concept, KnownNames
from kgbuild.config import Given, Part, make_part
from kgbuild.document import Document, Failure, content_hash
from kgbuild.errors import ModelError
from kgbuild.extract.tables import TableReader
from kgbuild.schema import Schema
from kgbuild.segment import SEGMENTER_VERSION, segment

__all__ = [
    "Extractor",
    "Linker",
    "Recipe",
    "Stages",
    "annotate_batch",
    "link_batch",
    "load_stages",
    "prepare",
    "recipe",
]

logger = logging.getLogger(__name__)


class Extractor(Protocol):
    """Adds mentions, relations and measurements; may load what it needs with the first document, or raise
    ModelError.
    """

    @property
    def revision(self) -> str:
        """Changes with whatever changes the output."""
        ...

    def annotate(self, documents: Iterable[Document], *, given_mentions: bool = False) -> Iterator[Document]:
        """The documents in their order, one for each; with `given_mentions` their mentions stay as they are."""
        ...


@runtime_checkable
class UsesNames(Protocol):
    """An extractor that finds more where it is told what names there are."""

    def use_names(self, names: KnownNames) -> None:
        """Take them into account."""
        ...


class Linker(Protocol):
    """Adds candidates and concepts to mentions."""

    @property
    def revision(self) -> str:
        """Changes with whatever changes the output."""
        ...

    def link(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents in their order, one for each."""
        ...

    def concept(self, curie: str) -> Concept | None:
        """What is known of a concept."""
        ...


@dataclass(frozen=True, slots=True)
class Stages:
    """The parts of one process."""

    extractor: Extractor
    linker: Linker
    tables: TableReader | None = None
    segment: Callable[[Document], Document] = segment
    segmenter_version: str = SEGMENTER_VERSION

    @property
    def extract_revision(self) -> str:
        """What the layers up to the mentions and relations depend on besides the input."""
        return content_hash(self.segmenter_version, self.extractor.revision)

    @property
    def link_revision(self) -> str:
        """What the links, and the measurements of tables before them, depend on besides the layers up to there."""
        version = self.tables.version if self.tables is not None else ""
        return content_hash(self.linker.revision, version) if version else self.linker.revision


Recipe = Callable[[], Stages]


def recipe(extract: Part, link: Part, *, schema: Schema) -> Recipe:
    """How to load these parts, in this process or another one.

    Of the schema they need its preferred CURIE prefixes, and its properties for the tables.
    """
    return functools.partial(load_stages, extract, link, schema)


def load_stages(extract: Part, link: Part, schema: Schema) -> Stages:
    """The parts; ConfigError where a setting is unknown."""
    # the linker first: what it is given is more often wrong, and what runs a model takes a second to import
    linker = make_part(
        registry.load("linkers", link.use), link, table="link", defaults={"preferences": schema.preferences}
    )
    extractor = make_part(registry.load("extractors", extract.use), extract, table="extract")
    if isinstance(extractor, UsesNames) and isinstance(linker, KnownNames):
        extractor.use_names(linker)
    return Stages(extractor=extractor, linker=linker, tables=TableReader.of_schema(schema))


def prepare(document: Document, given: Given) -> Document:
    """The document with only those layers that came with the input and are to be kept; the same when done twice."""
    mentions = () if given == "nothing" else document.mentions
    if given == "mentions":
        mentions = tuple(_unlinked(document).mentions)
    keeps_all = given == "relations"
    relations = document.relations if keeps_all else ()
    measurements = document.measurements if keeps_all else ()
    return msgspec.structs.replace(
        document, passages=(), mentions=mentions, relations=relations, measurements=measurements
    )


def annotate_batch(stages: Stages, documents: Sequence[Document], given: Given) -> list[Document | Failure]:
    """The prepared documents with all layers, in their order; a document that breaks a stage gives a Failure."""
    return _each(documents, "extract", functools.partial(_annotate, stages, given=given))


def link_batch(stages: Stages, documents: Sequence[Document], given: Given) -> list[Document | Failure]:
    """Extracted documents with their tables read and their mentions linked anew, in their order."""
    return _each(documents, "link", functools.partial(_link, stages, given=given))


def _annotate(stages: Stages, documents: Sequence[Document], given: Given) -> list[Document]:
    segmented = [stages.segment(document) for document in documents]
    if given == "relations":
        return segmented
    extracted = list(stages.extractor.annotate(segmented, given_mentions=given != "nothing"))
    return _link(stages, extracted, given)


def _link(stages: Stages, documents: Sequence[Document], given: Given) -> list[Document]:
    if given in ("links", "relations"):
        return list(documents)
    if given == "nothing" and stages.tables is not None:
        documents = [stages.tables.read(document) for document in documents]
    return list(stages.linker.link(_unlinked(document) for document in documents))


def _unlinked(document: Document) -> Document:
    mentions = (
        msgspec.structs.replace(mention, candidates=(), concepts=(), link_score=0.0) for mention in document.mentions
    )
    return msgspec.structs.replace(document, mentions=tuple(mentions))


def _each(
    documents: Sequence[Document], stage: str, run: Callable[[Sequence[Document]], list[Document]]
) -> list[Document | Failure]:
    try:
        return _checked(documents, run(documents))
    except ModelError:  # what was to be loaded with the first document cannot be: no fault of that
        raise
    except Exception:  # whichever document it was: found by running each alone
        logger.debug("a batch of %d documents failed; trying each alone", len(documents), exc_info=True)
    return [_alone(document, stage, run) for document in documents]


def _alone(document: Document, stage: str, run: Callable[[Sequence[Document]], list[Document]]) -> Document | Failure:
    try:
        return _checked([document], run([document]))[0]
    except ModelError:
        raise
    except Exception as error:  # one document must never take the run down with it
        logger.debug("%s: stage %s failed", document.id, stage, exc_info=True)
        reason = f"{stage} failed ({type(error).__name__}: {error}); the document is left out of the graph"
        return Failure(source=document.metadata.source, stage=stage, reason=reason, document=document.id)


def _checked(before: Sequence[Document], after: Sequence[Document]) -> list[Document | Failure]:
    expected, found = [document.id for document in before], [document.id for document in after]
    if expected != found:
        raise ValueError(f"expected documents {expected[:5]}…, found {found[:5]}…")
    return list(after)
