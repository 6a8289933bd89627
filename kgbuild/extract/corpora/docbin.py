"""Corpora as spaCy's DocBin (https://spacy.io/api/docbin): entities, and relations as the component `kgbuild` has them.

Mentions are `doc.spans["kgbuild"]` where there is such a group, else `doc.ents`; relations are `doc._.relations` with
head_pos, tail_pos (tokens [start, end)) and label, if the file was written with its user data.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from kgbuild.document import GIVEN_AGENT, Document, Mention, Passage, Relation, Span
from kgbuild.errors import ConfigError, TrainingDataError
from kgbuild.extract.gold import GoldDocument
from kgbuild.read.labels import entity_type
from kgbuild.segment import segment

__all__ = ["read"]


def read(path: Path, *, corpus: str, entities: frozenset[str], relations: frozenset[str]) -> Iterator[GoldDocument]:
    """The documents of a `.spacy` file."""
    try:
        import spacy
        from spacy.tokens import DocBin
    except ImportError as error:
        raise ConfigError("a corpus in DocBin format needs spaCy: pip install 'kgbuild[spacy]'") from error
    try:
        docs = list(DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab))
    except (OSError, ValueError, KeyError) as error:
        raise TrainingDataError(f"{path}: expected a DocBin of spaCy 3: {error}") from error
    for number, doc in enumerate(docs):
        yield GoldDocument(
            corpus, _document(doc, f"{corpus}:{path.name}:{number}", entities, relations), entities, relations
        )


def _document(doc: Any, identifier: str, entities: frozenset[str], relations: frozenset[str]) -> Document:
    spans = doc.spans.get("kgbuild", doc.ents)
    mentions = {}
    for span in spans:
        if entity_type(span.label_) in entities:
            place = Span(span.start_char, span.end_char)
            mentions[span.start, span.end] = Mention(
                place, entity_type(span.label_), original_type=span.label_, agent=GIVEN_AGENT
            )
    stated = doc.user_data.get(("._.", "relations", None, None), ())
    found = {
        (tuple(relation["head_pos"]), relation["label"], tuple(relation["tail_pos"]))
        for relation in stated
        if relation["label"] in relations
    }
    text = Document(identifier, doc.text, blocks=(Passage(Span(0, len(doc.text)), "paragraph"),) if doc.text else ())
    with_mentions = segment(text).replace_mentions(mentions.values())
    kept = tuple(
        Relation(mentions[a].id, label, mentions[b].id, Span(0, len(doc.text)), agent=GIVEN_AGENT)
        for a, label, b in sorted(found)
        if a in mentions and b in mentions
    )
    return msgspec.structs.replace(with_mentions, relations=kept)
