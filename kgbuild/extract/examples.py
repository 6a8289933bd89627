"""Training examples: windows of gold documents with tag and relation targets and the masks of what is unknown."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product

import numpy as np
from numpy.typing import NDArray

from kgbuild.document import Mention, Relation
from kgbuild.extract.arguments import Argument, group_arguments, prose_of
from kgbuild.extract.batch import WindowArguments, window_arguments
from kgbuild.extract.decode import BEGIN, INSIDE, OUTSIDE, mention_words
from kgbuild.extract.gold import GoldDocument
from kgbuild.extract.labels import LabelSet, RelationLabel
from kgbuild.extract.windows import Window, Words, plan_windows

__all__ = [
    "Example",
    "Statement",
    "collect_labels",
    "is_novel",
    "is_true",
    "make_examples",
    "told_novelty",
    "true_pairs",
]

#: (subject, relation, object): concepts, or mentions where the corpus speaks of mentions
Statement = tuple[str, str, str]

#: A pair of types seen fewer times than this for a relation in training is noise of the annotation.
MIN_PAIR_COUNT = 3


@dataclass(frozen=True, slots=True)
class Example:
    """One window with its targets.

    tags: (words, types) of 0 outside, 1 begin, 2 inside; tag_mask the same shape, True where the corpus says something;
    relation_targets: (pairs, relations); relation_mask: (relations,) True where the corpus annotates the relation;
    novelty: (pairs,) 1 told as new, 0 known before, NaN where the corpus says nothing of it; taught: (words, types, 3)
    the probabilities that teachers give, None without teachers.
    """

    corpus: str
    words: Words
    window: Window
    tags: NDArray[np.int8]
    tag_mask: NDArray[np.bool_]
    arguments: WindowArguments
    relation_targets: NDArray[np.float32]
    relation_mask: NDArray[np.bool_]
    novelty: NDArray[np.float32]
    taught: NDArray[np.float16] | None = None


def collect_labels(documents: Iterable[GoldDocument], symmetric: frozenset[str]) -> LabelSet:
    """The entity types and relations of the documents, sorted; `symmetric` names the relations without direction."""
    entities: set[str] = set()
    local: set[str] = set()
    novel: set[str] = set()
    counts: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for gold in documents:
        entities |= gold.entities
        mentions = gold.document.mention_index()
        for relation in gold.document.relations:
            pair = (mentions[relation.subject].type, mentions[relation.object].type)
            ordered = (min(pair), max(pair)) if relation.predicate in symmetric else pair
            counts[relation.predicate][ordered] += 1
            if relation.novel is not None:
                novel.add(relation.predicate)
            if not gold.concept_level:
                local.update(pair)
    relations = tuple(
        RelationLabel(
            name,
            tuple(sorted(pair for pair, n in seen.items() if n >= MIN_PAIR_COUNT)),
            symmetric=name in symmetric,
            tells_novelty=name in novel,
        )
        for name, seen in sorted(counts.items())
    )
    kept = tuple(relation for relation in relations if relation.pairs)
    return LabelSet(tuple(sorted(entities)), kept, local_types=tuple(sorted(local)))


def make_examples(gold: GoldDocument, words: Words, labels: LabelSet, *, size: int, overlap: int) -> list[Example]:
    """The windows of one document that hold an annotated passage."""
    mentions = gold.document.mentions
    bounds = [mention_words(words, mention.span) for mention in mentions]
    annotated = sorted(gold.annotated) if gold.annotated is not None else range(len(gold.document.passages))
    known = np.isin(words.passage, list(annotated))
    tags = _tags(mentions, bounds, len(words), labels)
    type_mask = np.array([name in gold.entities for name in labels.entities])
    relation_mask = np.array([relation.name in gold.relations for relation in labels.relations], dtype=np.bool_)
    # mentions do not overlap: what is named as one type is known to be of no other, annotated or not
    tag_mask = known[:, None] & (type_mask | (tags != OUTSIDE).any(-1, keepdims=True))
    truth, told = true_pairs(gold), told_novelty(gold)
    arguments = group_arguments(gold.document, mentions, labels) if gold.relations else []
    examples = []
    windows = plan_windows(words, size=size, overlap=overlap)
    prose = prose_of(gold.document, len(windows))
    for window in windows:
        inside = slice(window.start, window.end)
        if not known[inside].any():
            continue
        items = window_arguments(words, window, mentions, bounds, arguments, labels, prose)
        targets = np.zeros((len(items.pairs), max(len(labels.relations), 1)), dtype=np.float32)
        novelty = np.full(len(items.pairs), np.nan, dtype=np.float32)
        for row, pair in enumerate(items.pairs):
            subject, other = items.arguments[pair.subject], items.arguments[pair.object]
            for index in pair.relations:
                label = labels.relations[index]
                targets[row, index] = is_true(truth, gold, label, subject, other)
                if (said := is_novel(told, gold, label, subject, other)) is not None:
                    novelty[row] = np.fmax(novelty[row], said)
        examples.append(
            Example(gold.corpus, words, window, tags[inside], tag_mask[inside], items, targets, relation_mask, novelty)
        )
    return examples


def true_pairs(gold: GoldDocument) -> frozenset[Statement]:
    """What the gold states, by concept where the corpus speaks of concepts, else by mention."""
    mentions = gold.document.mention_index()
    return frozenset(chain.from_iterable(_statements(relation, mentions, gold) for relation in gold.document.relations))


def told_novelty(gold: GoldDocument) -> dict[Statement, bool]:
    """Whether the document tells as new what it states, as far as its corpus says so; of two answers yes."""
    mentions = gold.document.mention_index()
    told: dict[Statement, bool] = {}
    for relation in gold.document.relations:
        if relation.novel is not None:
            for statement in _statements(relation, mentions, gold):
                told[statement] = told.get(statement, False) or relation.novel
    return told


def is_true(
    truth: frozenset[Statement], gold: GoldDocument, relation: RelationLabel, subject: Argument, other: Argument
) -> bool:
    """Whether the gold holds the relation between some mention of the subject and some of the object."""
    return not truth.isdisjoint(_stated(gold, relation, subject, other))


def is_novel(
    told: Mapping[Statement, bool], gold: GoldDocument, relation: RelationLabel, subject: Argument, other: Argument
) -> bool | None:
    """Whether the relation is told as new between some mention of the subject and some of the object; None: unknown."""
    if not told:
        return None
    said = [told[statement] for statement in _stated(gold, relation, subject, other) if statement in told]
    return any(said) if said else None


def _stated(gold: GoldDocument, relation: RelationLabel, subject: Argument, other: Argument) -> Iterator[Statement]:
    """What the relation between the two arguments would state."""
    mentions = gold.document.mentions
    subjects = {key for m in subject.mentions for key in _keys(mentions[m], gold)}
    objects = {key for m in other.mentions for key in _keys(mentions[m], gold)}
    for a, b in product(subjects, objects):
        yield a, relation.name, b
        if relation.symmetric:
            yield b, relation.name, a


def _statements(relation: Relation, mentions: Mapping[str, Mention], gold: GoldDocument) -> Iterator[Statement]:
    for a, b in product(_keys(mentions[relation.subject], gold), _keys(mentions[relation.object], gold)):
        yield a, relation.predicate, b


def _keys(mention: Mention, gold: GoldDocument) -> tuple[str, ...]:
    return mention.concepts if gold.concept_level else (mention.id,)


def _tags(
    mentions: Sequence[Mention], bounds: Sequence[tuple[int, int]], n_words: int, labels: LabelSet
) -> NDArray[np.int8]:
    tags = np.zeros((n_words, len(labels.entities)), dtype=np.int8)
    index = {name: i for i, name in enumerate(labels.entities)}
    for mention, (first, last) in zip(mentions, bounds, strict=True):
        if first < last:
            tags[first, index[mention.type]] = BEGIN
            tags[first + 1 : last, index[mention.type]] = INSIDE
    return tags
