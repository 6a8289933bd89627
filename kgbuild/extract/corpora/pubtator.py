"""Corpora in PubTator format (BC5CDR, NCBI-disease, BioRED, NLM-Gene ...): mentions, and relations between concepts."""

import gzip
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from kgbuild.document import Document
from kgbuild.errors import TrainingDataError
from kgbuild.extract.gold import GoldDocument
from kgbuild.read import pubtator
from kgbuild.segment import segment

__all__ = ["read"]

logger = logging.getLogger(__name__)


def read(path: Path, *, corpus: str, entities: frozenset[str], relations: frozenset[str]) -> Iterator[GoldDocument]:
    """The documents of a file, without mentions and relations of other types; one that stands twice, once."""
    seen: set[str] = set()
    n_documents = 0
    with _open(path) as stream:
        for doc in pubtator.read(stream, path.name):
            if not isinstance(doc, Document):
                logger.info("%s: %s", path.name, doc.reason)
                continue
            n_documents += 1
            if doc.id in seen:
                logger.info("%s: %s stands twice, read once", path.name, doc.id)
                continue
            seen.add(doc.id)
            yield GoldDocument(corpus, _only(doc, entities, relations), entities, relations, concept_level=True)
    if not n_documents:
        raise TrainingDataError(f"{path}: no PubTator document found; expected lines such as '123|t|Title'")


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _only(doc: Document, entities: frozenset[str], relations: frozenset[str]) -> Document:
    mentions = tuple(mention for mention in doc.mentions if mention.type in entities)
    kept = {mention.id for mention in mentions}
    chosen = tuple(r for r in doc.relations if r.predicate in relations and {r.subject, r.object} <= kept)
    return msgspec.structs.replace(segment(doc), mentions=mentions, relations=chosen)
