"""How well a model does on corpora that it never saw, whose guidelines are not those of its own corpora.

Each corpus is read as `kgbuild annotate` would read its bare texts, and compared with its annotations: by strict span
and type, and with every overlap of equal type counted as right, since guidelines differ on edges. Types that a corpus
does not annotate, or the model does not know, are not counted. Documents of the recipe's corpora are left out, by
identifier or, for any part of them, by sixty letters. Of a large corpus those with the smallest hashes are read.

    python benchmarks/unseen_corpora.py corpora/ [--card kgbuild/models/science-minilm/README.md] [--show 20]
"""

import argparse
import hashlib
import random
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from unseen_readers import CORPORA, UNSURE, Unseen

from kgbuild.document import Document, Mention, Span
from kgbuild.extract.extractor import DEFAULT_MODEL, TransformerExtractor
from kgbuild.extract.model import ExtractionModel
from kgbuild.extract.recipe import load_recipe, read_part
from kgbuild.link import LexicalLinker
from kgbuild.segment import segment

#: Letters and digits by which a text is told again.
SAME_LETTERS = 60
HEADING = "## Documents of other corpora"
#: Two types of one substance: which of them a name gets depends on the field that speaks of it.
SUBSTANCES = frozenset({"Chemical", "Material"})
SUBSTANCE = "Material or Chemical"
RELATED = "related pairs"


@dataclass(slots=True)
class Counts:
    """Of a corpus and type: strict hits, all of both sides, and those that overlap one of the other side."""

    right: int = 0
    predicted: int = 0
    gold: int = 0
    predicted_overlapping: int = 0
    gold_overlapping: int = 0

    def cells(self) -> str:
        """Precision, recall and F1, and F1 of overlaps, as cells of a table."""
        precision, recall = self.right / max(self.predicted, 1), self.right / max(self.gold, 1)
        loose = harmonic(self.predicted_overlapping / max(self.predicted, 1), self.gold_overlapping / max(self.gold, 1))
        return f"{precision:.3f} | {recall:.3f} | {harmonic(precision, recall):.3f} | {loose:.3f}"


def main() -> None:
    """Print the table, and write it into the card of the model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of corpora")
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--recipe", default="science", help="what the model was trained by")
    parser.add_argument("--characters", type=int, default=250_000, help="read so much of each corpus")
    parser.add_argument("--corpus", action="append", choices=[corpus.name for corpus in CORPORA])
    parser.add_argument("--by-tags", action="store_true", help="mentions by the tags of words, without weighing spans")
    parser.add_argument("--card", type=Path, help="write the table into this card")
    parser.add_argument("--show", type=int, default=0, help="so many errors of each corpus")
    arguments = parser.parse_args()
    extractor = TransformerExtractor(arguments.model, device="cpu")
    if not arguments.by_tags:
        extractor.use_names(LexicalLinker())
    known = frozenset(ExtractionModel.load(extractor.folder).labels.entities)
    trained = Trained(arguments.recipe, arguments.data)
    rows = []
    for corpus in CORPORA:
        if arguments.corpus and corpus.name not in arguments.corpus:
            continue
        started = time.perf_counter()
        documents = [doc for doc in corpus.documents(arguments.data) if doc.text.strip()]
        fresh = [doc for doc in documents if not trained.knows(doc)]
        chosen = sample(fresh, arguments.characters)
        pairs = list(zip(chosen, extractor.annotate(segment(bare(doc)) for doc in chosen), strict=True))
        counts = count_mentions(pairs, known)
        if any(doc.relations for doc in chosen):
            counts[RELATED] = count_pairs(chosen, extractor)
        rows += [
            f"{place(corpus, len(chosen), len(fresh))} | {name} | {count.gold:,} | {count.cells()} |"
            for name, count in counts.items()
        ]
        print("\n".join(rows[-len(counts) :]))
        print(
            f"{corpus.name}: {len(documents) - len(fresh)} documents of {len(documents)} are the recipe's; "
            f"types not learnt: {', '.join(sorted(set(corpus.types.values()) - known - {UNSURE})) or 'none'}; "
            f"{time.perf_counter() - started:.0f} s"
        )
        print("\n".join(errors(pairs, known, arguments.show)), flush=True)
    head = "| corpus | licence | documents | type | gold | precision | recall | F1 | F1, overlaps |"
    table = "\n".join([head, "|---|---|---|---|---|---|---|---|---|", *rows])
    print(f"\nmodel {extractor.agent}\n\n{table}")
    if arguments.card:
        write_section(arguments.card, section(table, extractor.agent))


class Trained:
    """The documents of a recipe's corpora, training and development parts."""

    def __init__(self, recipe: str, data: Path) -> None:
        self._identifiers: set[str] = set()
        texts = []
        for corpus in load_recipe(recipe).corpus:
            for gold in read_part(corpus, (*corpus.train, *corpus.dev), data):
                self._identifiers.add(gold.document.id)
                texts.append(letters(gold.document.text))
        self._letters = "\n".join(texts)

    def knows(self, doc: Document) -> bool:
        """Whether the paper is one of them, or the beginning of its text stands in one."""
        paper = re.match(r"PMID:\d+", doc.id)
        return bool(paper and paper[0] in self._identifiers) or letters(doc.text)[:SAME_LETTERS] in self._letters


def letters(text: str) -> str:
    """Letters and digits of a text, in lower case."""
    return re.sub(r"[\W_]+", "", text).casefold()


def sample(documents: Iterable[Document], characters: int) -> list[Document]:
    """The documents with the smallest hashes that together have so many characters, in the order of their hashes."""
    chosen, size = [], 0
    for doc in sorted(documents, key=lambda doc: hashlib.sha256(doc.id.encode()).digest()):
        if size >= characters:
            break
        chosen.append(doc)
        size += len(doc.text)
    return chosen


def bare(doc: Document) -> Document:
    """The document without its annotations."""
    return Document(doc.id, doc.text)


def place(corpus: Unseen, n_read: int, n_all: int) -> str:
    """The first cells of a row."""
    return f"| {corpus.name} | {corpus.licence} | {n_read if n_read == n_all else f'{n_read:,} of {n_all:,}'}"


def count_mentions(pairs: Sequence[tuple[Document, Document]], known: frozenset[str]) -> dict[str, Counts]:
    """Counts by type, of those that the corpus annotates and the model knows; last, both types of substances as one."""
    types = sorted({mention.type for gold, _ in pairs for mention in gold.mentions} & known)
    groups = {name: frozenset({name}) for name in types}
    if "Material" in types:
        groups[SUBSTANCE] = SUBSTANCES
    result = {}
    for name, members in groups.items():
        count = result.setdefault(name, Counts())
        for gold, found in pairs:
            expected = {mention.span for mention in gold.mentions if mention.type in members}
            unsure = [mention.span for mention in gold.mentions if mention.type == UNSURE]
            predicted = {mention.span for mention in found.mentions if mention.type in members}
            inside, touched = overlapping(predicted, expected), overlapping(expected, predicted)
            predicted -= overlapping(predicted, unsure) - inside
            count.right += len(predicted & expected)
            count.predicted += len(predicted)
            count.gold += len(expected)
            count.predicted_overlapping += len(inside)
            count.gold_overlapping += len(touched)
    return result


def count_pairs(documents: Sequence[Document], extractor: TransformerExtractor) -> Counts:
    """Counts of pairs of names that are related in a document in whatever way, where the gold mentions are given."""
    count = Counts()
    given = [
        msgspec.structs.replace(
            segment(bare(doc)), mentions=tuple(mention for mention in doc.mentions if mention.type != UNSURE)
        )
        for doc in documents
    ]
    for gold, found in zip(documents, extractor.annotate(given, given_mentions=True), strict=True):
        expected, predicted = set(related(gold)), set(related(found))
        count.right += len(expected & predicted)
        count.predicted += len(predicted)
        count.gold += len(expected)
    count.predicted_overlapping = count.gold_overlapping = count.right
    return count


def related(doc: Document) -> Iterator[frozenset[str]]:
    """The pairs of names that are related in a document."""
    mentions = doc.mention_index()
    for relation in doc.relations:
        ends = [mentions[identifier] for identifier in (relation.subject, relation.object)]
        if all(mention.type != UNSURE for mention in ends):
            yield frozenset(doc.text_of(mention.span).casefold() for mention in ends)


def overlapping(spans: Iterable[Span], others: Iterable[Span]) -> set[Span]:
    """Those of the spans that share a character with one of the others."""
    taken = {character for span in others for character in range(span.start, span.end)}
    return {span for span in spans if not taken.isdisjoint(range(span.start, span.end))}


def harmonic(a: float, b: float) -> float:
    """The harmonic mean, 0 of nothing."""
    return 2 * a * b / (a + b) if a + b else 0.0


def errors(pairs: Sequence[tuple[Document, Document]], known: frozenset[str], n: int) -> Iterator[str]:
    """Some mentions that only one side has, in their sentence, by lot."""
    found: list[tuple[Document, str, Mention]] = []
    types = Counter(mention.type for gold, _ in pairs for mention in gold.mentions if mention.type in known)
    for gold, predicted in pairs:
        right = {(mention.span, mention.type) for mention in gold.mentions}
        ours = {(mention.span, mention.type) for mention in predicted.mentions}
        found += [(gold, "missed", m) for m in gold.mentions if m.type in types and (m.span, m.type) not in ours]
        found += [(gold, "wrong", m) for m in predicted.mentions if m.type in types and (m.span, m.type) not in right]
    for doc, kind, mention in random.Random(1).sample(found, min(n, len(found))):
        a, b = mention.span.start, mention.span.end
        before, after = doc.text[max(0, a - 60) : a], doc.text[b : b + 60]
        yield f"  {kind} {mention.type}: {before}[[{doc.text[a:b]}]]{after}".replace("\n", " ")


def section(table: str, agent: str) -> str:
    """The section of a card."""
    return (
        f"{HEADING}\n\nScores of `{agent}` on corpora of which nothing was trained on, and which have guidelines of "
        "their own: what to expect of texts that come from elsewhere. By `benchmarks/unseen_corpora.py`, which says "
        "how their labels were mapped. *Overlaps*: mentions of the right type are right if they share a character. "
        f"*{SUBSTANCE}*: either type counts. *{RELATED[0].upper()}{RELATED[1:]}*: of names in a document, in whatever "
        "way, gold mentions given.\n\n" + table + "\n"
    )


def write_section(card: Path, text: str) -> None:
    """Put the section into the card, in the place of the one that is there, else before the limits."""
    content = card.read_text("utf-8")
    former = re.compile(re.escape(HEADING) + r"\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    content = former.sub("", content)
    before, limits, after = content.partition("## Limits\n")
    card.write_text(f"{before.rstrip()}\n\n{text}\n{limits}{after}".rstrip() + "\n", "utf-8")


if __name__ == "__main__":
    main()
