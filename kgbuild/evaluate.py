"""Scores of predicted annotations against gold ones: mentions, concepts of documents, relations.

All scores are micro averages: counts are added up over the documents, then precision, recall and F1 are taken.
Documents are matched by identifier; one that is not predicted counts as one with nothing in it, one without gold is
left out.
"""

from collections.abc import Hashable, Iterable, Mapping

import msgspec

from kgbuild.document import Document, Mention, linked_score
from kgbuild.errors import ReadError
from kgbuild.variant import described_variant, normalise_variant

__all__ = ["Evaluation", "Score", "evaluate"]

#: The row over all types.
ALL = "all"

#: A counted thing: its row, the document it is in, and what makes it equal to another.
Item = tuple[str, str, Hashable]


class Score(msgspec.Struct, frozen=True):
    """Counts of one row; precision, recall and F1 in [0, 1], 0 where they would divide by zero."""

    correct: int
    predicted: int
    gold: int

    @property
    def precision(self) -> float:
        """The share of the predicted that is right."""
        return self.correct / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """The share of the gold that was found."""
        return self.correct / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.correct / (self.predicted + self.gold) if self.predicted + self.gold else 0.0


class Evaluation(msgspec.Struct, frozen=True):
    """Scores by row: "all", then the types in order.

    `mentions`: same span and same type. `concepts`: same type and same CURIE in the same document, however often.
    `pairs`: the same two concepts related in the same document, in either order; `relations`: with the same relation
    type.
    """

    mentions: dict[str, Score]
    concepts: dict[str, Score]
    pairs: dict[str, Score]
    relations: dict[str, Score]
    n_documents: int
    missing: tuple[str, ...]
    """Gold documents that are not among the predicted."""
    extra: tuple[str, ...]
    """Predicted documents without gold."""


def evaluate(gold: Iterable[Document], predicted: Iterable[Document], *, min_score: float = 0.0) -> Evaluation:
    """The scores of the predicted documents; ReadError if two of a side have one identifier but two texts.

    Predicted relations whose `linked_score` is below `min_score` are left out.
    """
    gold_by_id, predicted_by_id = _by_id(gold, "gold"), _by_id(predicted, "predicted")
    expected = list(gold_by_id.values())
    found = [_surest(document, min_score) for id_, document in predicted_by_id.items() if id_ in gold_by_id]
    return Evaluation(
        mentions=_scores(map(_mention_items, expected), map(_mention_items, found)),
        concepts=_scores(map(_concept_items, expected), map(_concept_items, found)),
        pairs=_scores(map(_pair_items, expected), map(_pair_items, found)),
        relations=_scores(map(_relation_items, expected), map(_relation_items, found)),
        n_documents=len(gold_by_id),
        missing=tuple(sorted(gold_by_id.keys() - predicted_by_id.keys())),
        extra=tuple(sorted(predicted_by_id.keys() - gold_by_id.keys())),
    )


def _surest(document: Document, min_score: float) -> Document:
    ends = document.mention_index()
    kept = [r for r in document.relations if linked_score(r, ends[r.subject], ends[r.object]) >= min_score]
    return msgspec.structs.replace(document, relations=tuple(kept))


def _by_id(documents: Iterable[Document], side: str) -> dict[str, Document]:
    """The documents by identifier; one that stands twice has the annotations of both."""
    result: dict[str, Document] = {}
    for document in documents:
        known = result.get(document.id, document)
        if known.text != document.text:
            raise ReadError(f"the {side} documents hold {document.id} twice, with different texts; keep one of them")
        both = known.replace_mentions({*known.mentions, *document.mentions})
        relations = tuple(dict.fromkeys((*known.relations, *document.relations)))
        result[document.id] = msgspec.structs.replace(both, relations=relations)
    return result


def _scores(gold: Iterable[set[Item]], predicted: Iterable[set[Item]]) -> dict[str, Score]:
    expected = set().union(*gold)
    found = set().union(*predicted)
    rows = {ALL: Score(len(expected & found), len(found), len(expected))}
    types = sorted({type for type, _, _ in expected | found} - {ALL})
    by_type = {type: [{item for item in items if item[0] == type} for items in (expected, found)] for type in types}
    return rows | {type: Score(len(e & f), len(f), len(e)) for type, (e, f) in by_type.items()}


def _mention_items(document: Document) -> set[Item]:
    return {(m.type, document.id, m.span) for m in document.mentions}


def _concept_items(document: Document) -> set[Item]:
    return {(m.type, document.id, curie) for m in document.mentions for curie in m.concepts}


def _pair_items(document: Document) -> set[Item]:
    return {(ALL, document.id, pair) for _, pair in _related(document)}


def _relation_items(document: Document) -> set[Item]:
    return {(predicate, document.id, pair) for predicate, pair in _related(document)}


def _related(document: Document) -> set[tuple[str, tuple[str, ...]]]:
    """Relation types with their two concepts, sorted: corpora do not agree on the direction."""
    mentions: Mapping[str, Mention] = document.mention_index()
    return {
        (relation.predicate, tuple(sorted((subject, object_))))
        for relation in document.relations
        for subject in _names(document, mentions[relation.subject])
        for object_ in _names(document, mentions[relation.object])
    }


def _names(document: Document, mention: Mention) -> tuple[str, ...]:
    """The concepts of a mention; for an unlinked one its words, so that it equals the same words elsewhere.

    A variant in tmVar's form is unlinked: it is what it describes, or, if that is nothing, its words.
    """
    if concepts := tuple(concept for concept in mention.concepts if "|" not in concept):
        return concepts
    text = document.text_of(mention.span)
    described = described_variant(mention.concepts)
    if mention.type == "Variant":
        described = described or normalise_variant(text)
    return (f"{mention.type}: {described or text.casefold()}",)
