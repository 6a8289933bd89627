"""Accuracy of linking gold mentions of a corpus: the first candidate against the concept that the corpus gives.

    python benchmarks/linking_accuracy.py CDR_DevelopmentSet.PubTator.txt.gz --types Chemical,Disease
    python benchmarks/linking_accuracy.py NCBIdevelopset_corpus.txt --types Disease --ontology Disease=medic.tsv

A mention counts as right if it gets all and only the concepts of the gold one. Mentions that the corpus leaves without
a concept are counted apart: right if they stay unlinked. Mentions a second include opening no ontology.
"""

import argparse
import time
from collections import Counter
from pathlib import Path

import msgspec

from kgbuild.document import Document
from kgbuild.extract.recipe import Corpus, read_part
from kgbuild.link import LexicalLinker
from kgbuild.schema import load_schema


def read_gold(path: Path, types: tuple[str, ...]) -> list[Document]:
    """The documents of a PubTator file with their mentions of these types."""
    corpus = Corpus(name=path.name, format="pubtator", train=(path.name,), entities=types)
    return [gold.document for gold in read_part(corpus, corpus.train, path.parent)]


def without_concepts(doc: Document) -> Document:
    """The document whose mentions are as a tagger leaves them."""
    return doc.replace_mentions(
        msgspec.structs.replace(mention, concepts=(), candidates=(), agent="tagger") for mention in doc.mentions
    )


def main() -> None:
    """Link and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="PubTator file, plain or .gz")
    parser.add_argument("--types", required=True, help="entity types, joined by commas")
    parser.add_argument(
        "--ontology", action="append", default=[], metavar="TYPE=FILE", help="the one vocabulary of a type"
    )
    arguments = parser.parse_args()
    documents = read_gold(arguments.corpus, tuple(arguments.types.split(",")))
    preferences = {name: entity.prefixes for name, entity in load_schema().entities.items()}
    linker = LexicalLinker(
        [] if arguments.ontology else None,
        dict(item.split("=", 1) for item in arguments.ontology),
        preferences,
    )
    started = time.perf_counter()
    linked = list(linker.link(map(without_concepts, documents)))
    seconds = time.perf_counter() - started
    counts: Counter[tuple[str, str]] = Counter()
    for doc, found in zip(documents, linked, strict=True):
        for gold, mention in zip(doc.mentions, found.mentions, strict=True):
            kind = "linked" if gold.concepts else "nil"
            counts[gold.type, kind] += 1
            counts[gold.type, f"{kind} right"] += set(gold.concepts) == set(mention.concepts)
    print(f"| type in {arguments.corpus.name} | mentions | accuracy@1 | without concept | of these unlinked |")
    print("|---|---|---|---|---|")
    for type_ in sorted({type_ for type_, _ in counts}):
        n, n_nil = counts[type_, "linked"], counts[type_, "nil"]
        nil = f"{counts[type_, 'nil right'] / n_nil:.3f}" if n_nil else "-"
        print(f"| {type_} | {n} | {counts[type_, 'linked right'] / max(n, 1):.3f} | {n_nil} | {nil} |")
    n_mentions = sum(len(doc.mentions) for doc in documents)
    print(f"{n_mentions / seconds:,.0f} mentions/s")


if __name__ == "__main__":
    main()
