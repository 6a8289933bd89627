"""Scores of a model on gold documents: strict mentions and, from gold mentions, relations, per corpus and type."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from kgbuild.document import Mention
from kgbuild.extract.arguments import Argument
from kgbuild.extract.examples import is_true, true_pairs
from kgbuild.extract.gold import GoldDocument
from kgbuild.extract.inference import EncodedDocument, encode, predict_mentions, score_pairs
from kgbuild.extract.model import ExtractionModel

__all__ = ["gold_batches", "mention_scores", "relation_decisions", "relation_scores"]

Scores = dict[str, dict[str, tuple[float, float, float]]]
BATCH_TOKENS = 4096
CHUNK = 64


def mention_scores(model: ExtractionModel, documents: Sequence[GoldDocument]) -> Scores:
    """Corpus -> type -> (precision, recall, F1), strict span and type; "all" is the micro average."""
    counts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    for gold, encoded in gold_batches(model, documents):
        predicted, expected = annotated_mentions(gold, predict_mentions(encoded, model, agent=""))
        for name in gold.entities:
            found, wanted = {m.span for m in predicted if m.type == name}, {m.span for m in expected if m.type == name}
            for kind in (name, "all"):
                row = counts[gold.corpus][kind]
                row[0] += len(found & wanted)
                row[1] += len(found - wanted)
                row[2] += len(wanted - found)
    return {c: {t: _prf(*row) for t, row in sorted(rows.items())} for c, rows in sorted(counts.items())}


def annotated_mentions(gold: GoldDocument, predicted: Sequence[Mention]) -> tuple[list[Mention], list[Mention]]:
    """Predicted and gold mentions of the types and within the passages that the corpus annotates."""
    spans = gold.annotated_spans()
    known = [m for m in predicted if m.type in gold.entities and any(m.span.within(span) for span in spans)]
    return known, [m for m in gold.document.mentions if any(m.span.within(span) for span in spans)]


def relation_scores(model: ExtractionModel, documents: Sequence[GoldDocument]) -> Scores:
    """Corpus -> relation -> (precision, recall, F1) given gold mentions; pairs by concept where the corpus has them.

    Gold statements that no candidate pair could express (arguments too far apart) count as missed.
    """
    counts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    thresholds = {relation.name: relation.threshold for relation in model.labels.relations}
    for gold, decisions in relation_decisions(model, documents):
        truth = true_pairs(gold)
        reported = {(keys, name) for keys, name, score, _ in decisions if score >= thresholds[name]}
        found = {statement for keys, _ in reported for statement in keys & truth}
        wrong = {(keys, name) for keys, name in reported if not keys & truth}
        rows = counts[gold.corpus]
        for column, names in (
            (0, [name for _, name, _ in found]),
            (1, [name for _, name in wrong]),
            (2, [name for _, name, _ in truth - found]),
        ):
            for name in names:
                rows[name][column] += 1
                rows["all"][column] += 1
    return {c: {t: _prf(*row) for t, row in sorted(rows.items())} for c, rows in sorted(counts.items())}


def relation_decisions(
    model: ExtractionModel, documents: Sequence[GoldDocument]
) -> Iterator[tuple[GoldDocument, list[tuple[frozenset[tuple[str, str, str]], str, float, bool]]]]:
    """Per gold document: (statements that a pair stands for, relation, raw score, whether it holds)."""
    related = [gold for gold in documents if gold.relations]
    device = next(model.parameters()).device
    for start in range(0, len(related), CHUNK):
        chunk = related[start : start + CHUNK]
        encoded = encode(model, [gold.document for gold in chunk], device, batch_tokens=BATCH_TOKENS)
        scored = score_pairs(model, encoded, [gold.document.mentions for gold in chunk], device)
        for gold, pairs in zip(chunk, scored, strict=True):
            truth = true_pairs(gold)
            mentions = gold.document.mentions
            rows = []
            for pair in pairs:
                for index, score in pair.scores:
                    relation = model.labels.relations[index]
                    if relation.name not in gold.relations:
                        continue
                    subject, other = Argument("", (pair.subject,)), Argument("", (pair.object,))
                    correct = is_true(truth, gold, relation, subject, other)
                    a, b = mentions[pair.subject], mentions[pair.object]
                    lefts = a.concepts if gold.concept_level else (a.id,)
                    rights = b.concepts if gold.concept_level else (b.id,)
                    keys = {(x, relation.name, y) for x in lefts for y in rights}
                    if relation.symmetric:
                        keys |= {(y, relation.name, x) for x in lefts for y in rights}
                    rows.append((frozenset(keys), relation.name, score, correct))
            yield gold, rows


def gold_batches(
    model: ExtractionModel, documents: Sequence[GoldDocument]
) -> Iterator[tuple[GoldDocument, EncodedDocument]]:
    """Each gold document with its encoder pass."""
    device = next(model.parameters()).device
    for start in range(0, len(documents), CHUNK):
        chunk = documents[start : start + CHUNK]
        encoded = encode(model, [gold.document for gold in chunk], device, batch_tokens=BATCH_TOKENS)
        yield from zip(chunk, encoded, strict=True)


def _prf(true_positive: int, false_positive: int, false_negative: int) -> tuple[float, float, float]:
    precision = true_positive / max(true_positive + false_positive, 1)
    recall = true_positive / max(true_positive + false_negative, 1)
    f1 = 2 * precision * recall / (precision + recall) if true_positive else 0.0
    return round(precision, 4), round(recall, 4), round(f1, 4)
