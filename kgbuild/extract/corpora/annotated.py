"""Corpora in formats that kgbuild reads with their annotations: PubTator, BioC XML, BioC JSON, JSON Lines.

BC5CDR, NCBI-disease, BioRED, NLM-Gene and most of the NLM's corpora come so. Relations hold between concepts, wherever
a document names them.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import msgspec

from kgbuild.document import Document
from kgbuild.errors import TrainingDataError
from kgbuild.extract.gold import GoldDocument
from kgbuild.read import Source, find_sources, read_source
from kgbuild.segment import segment

__all__ = ["read"]

logger = logging.getLogger(__name__)


def read(path: Path, *, corpus: str, entities: frozenset[str], relations: frozenset[str]) -> Iterator[GoldDocument]:
    """The documents of a file, folder or archive, without mentions and relations of other types; each once.

    What a document's own annotations got wrong is told at level INFO and the rest of it read, as published corpora have
    such places. TrainingDataError if no document can be read, with the first reason.
    """
    seen: set[str] = set()
    reasons: list[str] = []
    for source in find_sources([str(path)]):
        for doc in read_source(source) if isinstance(source, Source) else [source]:
            if not isinstance(doc, Document):
                reasons.append(doc.reason)
                logger.info("%s: %s", path.name, doc.reason)
            elif doc.id in seen:
                logger.info("%s: %s stands twice, read once", path.name, doc.id)
            else:
                seen.add(doc.id)
                yield GoldDocument(corpus, _only(doc, entities, relations), entities, relations, concept_level=True)
    if not seen:
        raise TrainingDataError(f"{path}: no annotated document found{f': {reasons[0]}' if reasons else ''}")


def _only(doc: Document, entities: frozenset[str], relations: frozenset[str]) -> Document:
    mentions = tuple(mention for mention in doc.mentions if mention.type in entities)
    kept = {mention.id for mention in mentions}
    chosen = tuple(r for r in doc.relations if r.predicate in relations and {r.subject, r.object} <= kept)
    return msgspec.structs.replace(segment(doc), mentions=mentions, relations=chosen)
