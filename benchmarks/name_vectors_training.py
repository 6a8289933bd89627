"""Trains the vectors of names of disorders, by synonym self-alignment on the default ontologies.

    python benchmarks/name_vectors_training.py --data extraction

Pairs of synonyms of a concept attract each other and repel the names of the other concepts of their batch (InfoNCE);
half of the batches are drawn from a neighbourhood, so that the others are alike. Concepts of two ontologies that are
mapped one to one count as one; names that the training parts of annotated corpora use (`learnt.tsv.xz`) are synonyms
too. Prints the loss of every epoch, and for the development parts of the corpora of linker_training.py, which taught
neither, how often the gold concept of a mention is the nearest one and among the ten nearest.
"""

import argparse
import functools
import itertools
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from linker_training import CORPORA
from safetensors.numpy import save_file
from torch.nn import functional

from kgbuild.abbreviation import find_abbreviations
from kgbuild.document import Document
from kgbuild.extract.recipe import Recipe, split_gold
from kgbuild.link.catalogue import open_default
from kgbuild.link.equivalence import preferred
from kgbuild.link.learnt import TABLE, read_names
from kgbuild.link.name_vectors import BUCKETS, DIMENSIONS, WEIGHTS, NameVectors, read_vectors, word_features
from kgbuild.link.names import words
from kgbuild.schema import load_schema

TYPES = ("Disease", "Phenotype")
MAX_LENGTH = 100
TEMPERATURE, RATE, BATCH = 0.05, 4e-3, 1536
CELLS = 256


def synonyms() -> dict[str, set[str]]:
    """The names of each concept, as normalised words, by its preferred identifier."""
    ontologies = [ontology for ontology in open_default() if set(TYPES).intersection(ontology.meta.types)]
    prefixes = load_schema().preferences["Disease"]
    names: dict[str, set[str]] = defaultdict(set)
    for ontology in ontologies:
        for concept in ontology.concepts():
            if concept.type in TYPES and not concept.obsolete:
                found = {concept.name} | {synonym.name for synonym in concept.synonyms if synonym.scope != "broad"}
                curie = preferred(concept, prefixes, ontologies).curie
                names[curie] |= {" ".join(words(name)) for name in found if 2 < len(name) <= MAX_LENGTH}
    for name in read_names(TABLE):
        if name.type in TYPES and len(name.concepts) == 1 and len(name.name) > 3:
            names[name.concepts[0]].add(" ".join(words(name.name)))
    return {curie: found - {""} for curie, found in sorted(names.items())}


class Encoder(torch.nn.Module):
    """Sums of weighted vectors, of length 1."""

    def __init__(self) -> None:
        super().__init__()
        self.vector = torch.nn.Embedding(BUCKETS, DIMENSIONS)
        self.weight = torch.nn.Embedding(BUCKETS, 1)
        torch.nn.init.normal_(self.vector.weight, std=0.1)
        torch.nn.init.zeros_(self.weight.weight)

    def forward(self, names: Sequence[str]) -> torch.Tensor:
        """(names, DIMENSIONS)."""
        split = [name.split() for name in names]
        place = {word: place for place, word in enumerate(dict.fromkeys(itertools.chain.from_iterable(split)))}
        features, starts = _flat([_features(word) for word in place])
        weights = self.weight(features).exp().squeeze(1)
        of_words = functional.embedding_bag(
            features, self.vector.weight, starts, mode="sum", per_sample_weights=weights
        )
        members, starts = _flat([np.array([place[word] for word in words]) for words in split])
        return functional.normalize(functional.embedding_bag(members, of_words, starts, mode="sum"), dim=1)


@functools.cache
def _features(word: str) -> np.ndarray:
    return np.array(word_features(word))


def _flat(rows: Sequence[np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
    """The rows one after another, and where each begins."""
    return torch.from_numpy(np.concatenate(rows)), torch.from_numpy(np.cumsum([0, *map(len, rows[:-1])]))


def batches(groups: list[list[str]], vectors: np.ndarray | None, random: np.random.Generator) -> Iterator[np.ndarray]:
    """Groups that are trained together: in random order, or, with their vectors, along a random direction."""
    order = random.permutation(len(groups))
    if vectors is not None:
        direction = vectors @ random.normal(size=(DIMENSIONS, 1))
        order = np.argsort(direction[:, 0], kind="stable")
    cut = [order[start : start + BATCH] for start in range(0, len(order) - BATCH // 2, BATCH)]
    yield from (cut[place] for place in random.permutation(len(cut)))


def centroids(vectors: np.ndarray, random: np.random.Generator, rounds: int = 12) -> np.ndarray:
    """The means of cells of vectors, of length 1: spherical k-means."""
    means = vectors[random.choice(len(vectors), CELLS, replace=False)]
    for _ in range(rounds):
        owner = np.argmax(vectors @ means.T, axis=1)
        sums = np.zeros_like(means)
        np.add.at(sums, owner, vectors)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        means = np.where(norms > 0, sums / np.maximum(norms, 1e-9), means)
    return means.astype(np.float32)


def recall(vectors: NameVectors, concepts: dict[str, set[str]], documents: Iterable[Document]) -> list[float]:
    """The shares of the mentions with one known concept that have it nearest, and among the ten nearest; how many."""
    owner = [curie for curie, names in concepts.items() for _ in names]
    known = vectors.encode([name for names in concepts.values() for name in names])
    ranks = []
    for doc in documents:
        long_forms = find_abbreviations(doc.text)
        for mention in doc.mentions:
            if len(mention.concepts) == 1 and mention.concepts[0] in concepts:
                text = doc.text_of(mention.span)
                (query,) = vectors.encode([" ".join(words(long_forms.get(text, text)))])
                likeness = known @ query
                near = np.argpartition(-likeness, 200)[:200]
                near = near[np.lexsort((near, -likeness[near]))]
                order = list(dict.fromkeys(owner[place] for place in near))
                ranks.append(order.index(mention.concepts[0]) if mention.concepts[0] in order else len(order))
    return [float(np.mean(np.array(ranks) < limit)) for limit in (1, 10)] + [len(ranks)]


def main() -> None:
    """Train, write and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--evaluate", action="store_true", help="only measure what OUTPUT holds")
    parser.add_argument("-o", "--output", type=Path, default=WEIGHTS, help="file to write to")
    arguments = parser.parse_args()
    concepts = synonyms()
    if not arguments.evaluate:
        train(concepts, arguments.epochs, arguments.seed, arguments.output)
    vectors = read_vectors(arguments.output)
    _, dev = split_gold(Recipe(corpus=CORPORA), arguments.data)
    for corpus in ("bc5cdr", "ncbi_disease", "biored"):
        documents = [
            gold.document.replace_mentions(m for m in gold.document.mentions if m.type in TYPES)
            for gold in dev
            if gold.corpus == corpus
        ]
        first, ten, n = recall(vectors, concepts, documents)
        print(f"{corpus}: nearest {first:.3f}, among ten {ten:.3f} of {n} mentions", flush=True)


def train(concepts: dict[str, set[str]], epochs: int, seed: int, output: Path) -> None:
    """Train and write."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    groups = sorted(sorted(found) for found in concepts.values() if len(found) > 1)
    names = sorted({name for group in groups for name in group})
    print(f"{len(groups)} concepts, {len(names)} names", flush=True)
    encoder = Encoder()
    optimiser = torch.optim.Adam(encoder.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.02, epochs)
    started = time.perf_counter()
    for epoch in range(epochs):
        losses = []
        with torch.no_grad():
            firsts = encoder([group[0] for group in groups]).numpy() if epoch % 2 else None
        for chosen in batches(groups, firsts, random):
            pairs = [random.choice(len(groups[place]), 2, replace=False) for place in chosen]
            left, right = (
                encoder([groups[place][pair[side]] for place, pair in zip(chosen, pairs, strict=True)])
                for side in (0, 1)
            )
            likeness = left @ right.T / TEMPERATURE
            target = torch.arange(len(chosen))
            loss = functional.cross_entropy(likeness, target) + functional.cross_entropy(likeness.T, target)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item() / 2)
        schedule.step()
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, {time.perf_counter() - started:.0f} s", flush=True)
    with torch.no_grad():
        weighted = (encoder.vector.weight * encoder.weight.weight.exp()).numpy()
        vectors = np.concatenate([encoder(names[at : at + 4096]).numpy() for at in range(0, len(names), 4096)])
    scale = np.maximum(np.abs(weighted).max(axis=1), 1e-9) / 127
    output.parent.mkdir(parents=True, exist_ok=True)
    save_file(
        {
            "vector": np.rint(weighted / scale[:, None]).astype(np.int8),
            "scale": scale.astype(np.float32),
            "centroid": centroids(vectors, random),
        },
        output,
    )


if __name__ == "__main__":
    main()
