"""Accuracy of linking gold mentions of a corpus: the chosen concepts against those that the corpus gives.

    python benchmarks/linking_accuracy.py CDR_DevelopmentSet.PubTator.txt.gz --types Chemical,Disease
    python benchmarks/linking_accuracy.py NCBIdevelopset_corpus.txt --types Disease --ontology Disease=medic.tsv

accuracy@1: the mention gets all and only the concepts of the gold one; with a vocabulary of its own (--ontology),
identifiers that it holds to be the same are. equivalent: the same, or an identifier among the cross-references of the
gold one's concept. held: share of the gold mentions whose identifiers the ontologies at hand know, which bounds the
accuracy. Mentions that the corpus leaves without a concept are counted apart: right if they stay unlinked. ECE:
expected calibration error of the best candidate's probability, ten bins.

Errors fall into buckets: `composite` (several gold concepts), `not held` (an identifier that no ontology here has),
`nothing found`, `unlinked` (below the threshold), `wrong choice` (the gold concept is among the candidates), `not
found` (it is not).
"""

import argparse
import functools
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from kgbuild.document import Document, Mention
from kgbuild.extract.recipe import Corpus, Recipe, read_part, split_gold
from kgbuild.link import LexicalLinker
from kgbuild.schema import load_schema


class Judge:
    """Compares links with gold ones."""

    def __init__(self, linker: LexicalLinker) -> None:
        self.linker = linker

    @functools.cache  # noqa: B019  # one judge for a run
    def same(self, identifier: str, type_: str) -> str:
        """The identifier, or that under which the vocabulary of the type has its concept."""
        vocabulary = self.linker.targets.overrides.get(type_)
        if vocabulary is None or vocabulary.concept(identifier) is not None:
            return identifier
        return min((concept.curie for concept in vocabulary.with_xref(identifier)), default=identifier)

    @functools.cache  # noqa: B019
    def is_held(self, identifier: str, type_: str) -> bool:
        """Whether the ontologies that a type is linked against know the identifier."""
        vocabulary = self.linker.targets.overrides.get(type_)
        if vocabulary is None:
            return self.linker.concept(identifier) is not None
        return vocabulary.concept(identifier) is not None or bool(vocabulary.with_xref(identifier))

    def is_equivalent(self, gold: Sequence[str], found: Sequence[str]) -> bool:
        """Whether each found identifier is a gold one or is referred to by its concept, or the other way round."""
        return len(set(gold)) == len(set(found)) and all(any(self._refers(a, b) for b in found) for a in gold)

    def _refers(self, left: str, right: str) -> bool:
        if left == right:
            return True
        known = self.linker.concept(left), self.linker.concept(right)
        return any(
            concept is not None and other in concept.xrefs for concept, other in zip(known, (right, left), strict=True)
        )

    def bucket(self, gold: Mention, found: Mention) -> str:
        """What kind of error a wrong link is."""
        type_ = gold.type
        if len(gold.concepts) > 1:
            return "composite"
        if not self.is_held(gold.concepts[0], type_):
            return "not held"
        if not found.candidates:
            return "nothing found"
        if not found.concepts:
            return "unlinked"
        candidates = {self.same(candidate.curie, type_) for candidate in found.candidates}
        return "wrong choice" if self.same(gold.concepts[0], type_) in candidates else "not found"


def read_gold(path: Path, types: tuple[str, ...], dev_share: float) -> list[Document]:
    """The documents of a PubTator file with their mentions of these types, or the held-out share of them."""
    corpus = Corpus(name=path.name, format="pubtator", train=(path.name,), entities=types, dev_share=dev_share)
    if dev_share:
        return [gold.document for gold in split_gold(Recipe(corpus=(corpus,)), path.parent)[1]]
    return [gold.document for gold in read_part(corpus, corpus.train, path.parent)]


def without_concepts(doc: Document) -> Document:
    """The document with its mentions as they are given, without their concepts."""
    return doc.replace_mentions(
        msgspec.structs.replace(mention, concepts=(), candidates=()) for mention in doc.mentions
    )


def calibration_error(scored: Sequence[tuple[float, bool]]) -> float:
    """The mean distance of probability and share of right ones over ten bins, weighted by their size."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for probability, is_right in scored:
        bins.setdefault(min(int(probability * 10), 9), []).append((probability, is_right))
    distances = (abs(sum(p for p, _ in items) - sum(right for _, right in items)) for items in bins.values())
    return sum(distances) / max(len(scored), 1)


def main() -> None:
    """Link and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="PubTator file, plain or .gz")
    parser.add_argument("--types", required=True, help="entity types, joined by commas")
    parser.add_argument(
        "--ontology", action="append", default=[], metavar="TYPE=FILE", help="the one vocabulary of a type"
    )
    parser.add_argument("--dev-share", type=float, default=0.0, help="only the documents that training leaves out")
    parser.add_argument("--no-learnt", action="store_true", help="without the names learnt from annotated papers")
    parser.add_argument("--threshold", type=float, help="the least probability of a link")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="print the N commonest errors as well")
    arguments = parser.parse_args()
    documents = read_gold(arguments.corpus, tuple(arguments.types.split(",")), arguments.dev_share)
    preferences = load_schema().preferences
    settings = {} if arguments.threshold is None else {"threshold": arguments.threshold}
    overrides = dict(item.split("=", 1) for item in arguments.ontology)
    linker = LexicalLinker(None, overrides, preferences, learnt=not arguments.no_learnt, **settings)
    judge = Judge(linker)
    started = time.perf_counter()
    linked = list(linker.link(map(without_concepts, documents)))
    seconds = time.perf_counter() - started
    counts: Counter[tuple[str, str]] = Counter()
    scored: dict[str, list[tuple[float, bool]]] = {}
    errors: Counter[tuple[str, str, str, str, str]] = Counter()
    for doc, found in zip(documents, linked, strict=True):
        for gold, mention in zip(doc.mentions, found.mentions, strict=True):
            type_ = gold.type
            if not gold.concepts:
                counts.update([(type_, "nil"), *([(type_, "nil right")] if not mention.concepts else [])])
                continue
            wanted = {judge.same(curie, type_) for curie in gold.concepts}
            is_right = wanted == {judge.same(curie, type_) for curie in mention.concepts}
            counts[type_, "linked"] += 1
            counts[type_, "right"] += is_right
            counts[type_, "held"] += all(judge.is_held(curie, type_) for curie in gold.concepts)
            counts[type_, "equivalent"] += is_right or judge.is_equivalent(gold.concepts, mention.concepts)
            if mention.candidates:
                best = mention.candidates[0]
                is_best_right = is_right if mention.concepts else wanted == {judge.same(best.curie, type_)}
                scored.setdefault(type_, []).append((mention.link_score or best.score, is_best_right))
            if not is_right:
                bucket = judge.bucket(gold, mention)
                counts[type_, f"error: {bucket}"] += 1
                got = " ".join(mention.concepts) or "-"
                errors[type_, bucket, doc.text_of(gold.span), got, " ".join(gold.concepts)] += 1
    columns = "mentions | accuracy@1 | equivalent | held | of held | ECE | without concept | of these unlinked"
    print(f"| type in {arguments.corpus.name} | {columns} |")
    print("|---|---|---|---|---|---|---|---|---|")
    for type_ in sorted({type_ for type_, _ in counts}):
        n, n_nil, n_held = (counts[type_, key] for key in ("linked", "nil", "held"))
        shares = [counts[type_, key] / max(n, 1) for key in ("right", "equivalent", "held")]
        figures = [*shares, counts[type_, "right"] / max(n_held, 1), calibration_error(scored.get(type_, []))]
        nil = f"{counts[type_, 'nil right'] / n_nil:.3f}" if n_nil else "-"
        print(f"| {type_} | {n} | {' | '.join(f'{figure:.3f}' for figure in figures)} | {n_nil} | {nil} |")
    for (type_, what), n in sorted(counts.items()):
        if what.startswith("error: "):
            print(f"{type_}: {n} {what.removeprefix('error: ')}")
    for (type_, bucket, text, got, wanted_), n in errors.most_common(arguments.errors):
        print(f"{n:4} {type_} {bucket}: {text!r} linked to {got}, gold {wanted_}")
    print(f"{sum(len(doc.mentions) for doc in documents) / seconds:,.0f} mentions/s")


if __name__ == "__main__":
    main()
