r"""Makes what the linker has learnt from training parts of corpora alone: names, words that tell species, and weights.

    python benchmarks/linker_training.py --data extraction --vocabulary Disease=medic_06Jul2012.txt.xz \
        --vocabulary Chemical=mesh

`--data` is a folder with the corpora of CORPORA below, each of which permits commercial use. A document that is held
out for development in one corpus teaches nothing, in whatever corpus it stands. The weights are fitted to the
documents, each fifth linked with the names and words of the other four, so that the linker does not come to trust its
memory too much; against the default ontologies and again against the vocabularies named. `--only Gene` fits the weights
of genes again and leaves all else as it is, which is what a whole run does where only features of genes have changed.
"""

import argparse
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from scipy.optimize import minimize
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from sklearn.linear_model import LogisticRegression

from kgbuild.abbreviation import find_abbreviations
from kgbuild.document import Document
from kgbuild.extract.recipe import Corpus, Recipe, split_gold
from kgbuild.link import learnt, ranker, species_words
from kgbuild.link.candidates import SURE
from kgbuild.link.cases import Case
from kgbuild.link.features import Features
from kgbuild.link.learnt import LearntName, LearntNames, write_names
from kgbuild.link.linker import LexicalLinker
from kgbuild.link.ranker import GROUPS, OTHER
from kgbuild.link.species_context import HUMAN, MOUSE, RAT
from kgbuild.link.species_words import CONSTANT, SpeciesWords, count_words, write_words
from kgbuild.schema import load_schema

CORPORA = (
    Corpus(
        name="bc5cdr",
        format="pubtator",
        licence="public domain (work of the US government)",
        train=("bc5cdr/CDR_TrainingSet.PubTator.txt.gz",),
        dev=("bc5cdr/CDR_DevelopmentSet.PubTator.txt.gz",),
        entities=("Chemical", "Disease"),
    ),
    Corpus(
        name="ncbi_disease",
        format="pubtator",
        licence="public domain (NLM notice)",
        train=("ncbi_disease/NCBItrainset_corpus.txt.gz",),
        dev=("ncbi_disease/NCBIdevelopset_corpus.txt",),
        entities=("Disease",),
    ),
    Corpus(
        name="biored",
        format="pubtator",
        licence="freely available (NLM, work of the US government)",
        train=("biored/Train.PubTator.gz",),
        dev=("biored/Dev.PubTator.gz",),
        entities=("Gene", "Disease", "Chemical", "Species", "CellLine"),
    ),
    Corpus(
        name="nlm_gene",
        format="pubtator",
        licence="freely available (NLM)",
        train=("nlm_gene/train.PubTator.gz",),
        dev_share=0.15,
        entities=("Gene",),
    ),
    Corpus(
        name="gnormplus",
        format="pubtator",
        licence="freely available (NLM)",
        train=("gnormplus/train.PubTator.gz",),
        dev_share=0.15,
        entities=("Gene", "Species"),
    ),
)
#: the other types whose links are learnt
TYPES = ("Disease", "Chemical", "Species", "CellLine")
#: parts of the documents, each linked with what the others teach
N_FOLDS = 5
#: strength of the pull of every weight towards 0
RIDGE = 1.0
#: features that never speak for a candidate: a name found less strictly is not the likelier for it
FAULTS = (
    *("by_", "read_", "unlike", "unmeant", "undescribed", "not_surely", "foreign_", "learnt_several"),
    *("plural", "class_words", "of_series", "not_as_gene", "unsaid"),
)
#: and features that never speak against one
MERITS = ("agreed", "as_gene", "described", "in_own_name")
#: what only annotated text teaches: left out of the weights of types without any
LEARNT = ("by_learnt", "learnt_share", "learnt_otherwise", "learnt_often")


#: words that tell species stand in so many documents; strength of the pull of their weights to 0 (the less, the more)
MIN_DOCUMENTS, WORDS_C = 8, 0.4


class Choice(msgspec.Struct, frozen=True):
    """The features of the options of a mention, and which of them are right; none if "none of them" is."""

    features: tuple[Features, ...]
    right: tuple[int, ...]


def fold_of(doc: Document) -> int:
    """The fifth that a document belongs to, by its identifier."""
    return hashlib.sha256(doc.id.encode()).digest()[-1] % N_FOLDS


def learn_names(documents: Iterable[Document]) -> Iterator[LearntName]:
    """What the mentions of the documents are called, each name once a document, which may be wrong throughout.

    Abbreviations that a document defines teach their long form.
    """
    for doc in documents:
        long_forms = find_abbreviations(doc.text)
        named = {
            (mention.type, long_forms.get(text, text), mention.concepts)
            for mention in doc.mentions
            if mention.concepts and (text := doc.text_of(mention.span))
        }
        yield from (LearntName(*name, 1) for name in sorted(named))


def learn_words(documents: Sequence[Document], linker: LexicalLinker) -> dict[str, float]:
    """The weights of words that stand in documents on human genes (above 0) or on those of mice, by sparse regression.

    A document counts for each of the two by the share of its genes that are of that species.
    """
    counted = [(doc, count_words(doc)) for doc in documents if any(m.type == "Gene" for m in doc.mentions)]
    n_documents = Counter(word for _, words in counted for word in words)
    kept = {word for word, n in n_documents.items() if n >= MIN_DOCUMENTS and word not in ENGLISH_STOP_WORDS}
    rows, labels, shares = [], [], []
    for doc, words in counted:
        species = _species_of_genes(doc, linker)
        for is_human, name in enumerate((MOUSE, HUMAN)):
            if name in species:
                rows.append({word: count for word, count in sorted(words.items()) if word in kept})
                labels.append(is_human)
                shares.append(species[name] / sum(species.values()))
    if not rows:
        return {}
    table = DictVectorizer()
    matrix = table.fit_transform(rows)
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)  # as liblinear asks
    model = LogisticRegression(l1_ratio=1.0, C=WORDS_C, solver="liblinear", random_state=0)
    model.fit(matrix, labels, sample_weight=shares)
    found = {CONSTANT: float(model.intercept_[0])} | dict(
        zip(map(str, table.get_feature_names_out()), map(float, model.coef_[0]), strict=True)
    )
    return {word: round(weight, 2) for word, weight in found.items() if abs(weight) >= 0.005}


def _species_of_genes(doc: Document, linker: LexicalLinker) -> dict[str, float]:
    """Species -> the number of gene mentions of the document, in shares where a mention has several concepts."""
    counts: dict[str, float] = defaultdict(float)
    for mention in doc.mentions:
        for identifier in mention.concepts if mention.type == "Gene" else ():
            concept = linker.concept(identifier)
            counts[concept.species if concept is not None else ""] += 1 / len(mention.concepts)
    return counts


def is_right(case: Case, place: int) -> bool:
    """Whether an option is the gold concept, or known to be equivalent to it."""
    concept = case.options[place].concept
    return bool({concept.curie, *concept.xrefs} & set(case.mention.concepts))


def is_rat(case: Case, place: int) -> bool:
    """Whether an option is a rat gene of that name: what a gene that no table holds is taken for, or else for none.

    The corpora number rat genes as NCBI Gene does, the default tables as RGD does.
    """
    option = case.options[place]
    return option.concept.species == RAT and option.match.cost <= SURE


def choices(linker: LexicalLinker, documents: Sequence[Document]) -> Iterator[tuple[str, Choice]]:
    """The type and the choice of each mention, linked with the names learnt from the other documents."""
    for fold in range(N_FOLDS):
        others = [doc for doc in documents if fold_of(doc) != fold]
        linker.use_learnt(LearntNames(learn_names(others)), SpeciesWords(learn_words(others, linker)))
        for doc in documents:
            if fold_of(doc) != fold:
                continue
            # genes by themselves: who links them does not know the species of other mentions yet
            genes = doc.replace_mentions(m for m in doc.mentions if m.type == "Gene")
            rest = doc.replace_mentions(m for m in doc.mentions if m.type != "Gene")
            for case in (*linker.cases(genes), *linker.cases(rest)):
                if len(case.mention.concepts) > 1 and case.mention.type != "Gene":
                    continue
                is_held = not case.mention.concepts or any(map(linker.concept, case.mention.concepts))
                if not is_held and case.mention.type != "Gene":
                    continue  # no candidate could be right
                right = tuple(
                    place for place in range(len(case.options)) if (is_right if is_held else is_rat)(case, place)
                )
                if case.options:
                    yield case.mention.type, Choice(case.features, right)


def fit(given: Sequence[Choice]) -> dict[str, float]:
    """The weights that make the right options likeliest, by conditional logit with a ridge."""
    names = sorted({name for choice in given for option in choice.features for name in option})
    place = {name: number for number, name in enumerate(names)}
    rows = [option for choice in given for option in choice.features]
    matrix = np.zeros((len(rows), len(names)))
    for number, row in enumerate(rows):
        for name, value in row.items():
            matrix[number, place[name]] = value
    sizes = np.array([len(choice.features) for choice in given])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    owner = np.repeat(np.arange(len(given)), sizes)
    is_gold = np.zeros(len(rows), bool)
    for start, choice in zip(starts, given, strict=True):
        is_gold[start + np.array(choice.right, int)] = True
    has_gold = np.array([bool(choice.right) for choice in given])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = matrix @ weights  # (options,)
        top = np.maximum(np.maximum.reduceat(scores, starts), 0.0)  # (mentions,)
        raised = np.exp(scores - top[owner])
        none = np.exp(-top)
        total = np.add.reduceat(raised, starts) + none
        gold = np.where(has_gold, np.add.reduceat(np.where(is_gold, raised, 0.0), starts), none)
        share = raised / total[owner]
        wanted = np.where(is_gold, raised / gold[owner], 0.0)
        value = float(np.log(total / gold).sum() + RIDGE / 2 * weights @ weights)
        return value, matrix.T @ (share - wanted) + RIDGE * weights

    bounds = [
        (0.0 if name in MERITS else None, 0.0 if name.startswith(FAULTS) and name != "by_learnt" else None)
        for name in names
    ]
    best = minimize(loss, np.zeros(len(names)), jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 500})
    return {name: round(float(weight), 3) for name, weight in zip(names, best.x, strict=True) if abs(weight) >= 0.0005}


def without_learnt(choice: Choice) -> Choice:
    """The choice as it is for a type that no corpus teaches."""
    kept = tuple({name: value for name, value in option.items() if name not in LEARNT} for option in choice.features)
    return Choice(kept, choice.right)


def write_weights(weights: Mapping[str, Mapping[str, float]], path: Path) -> None:
    """The weights as a TOML file, a table for each group, by alphabet."""
    lines = ["# Weights of features by group of entity types; made by benchmarks/linker_training.py."]
    for group, table in sorted(weights.items()):
        lines += ["", f"[{group}]", *(f"{name} = {weight}" for name, weight in sorted(table.items()))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--vocabulary", action="append", default=[], metavar="TYPE=FILE")
    parser.add_argument("--only", choices=["Gene"], help="fit the weights of this group only")
    parser.add_argument("-o", "--output", type=Path, default=learnt.TABLE.parent, help="folder to write to")
    arguments = parser.parse_args()
    train, _ = split_gold(Recipe(corpus=CORPORA), arguments.data)
    documents = [gold.document for gold in train]
    preferences = load_schema().preferences
    found: dict[str, list[Choice]] = {}
    if arguments.only and arguments.vocabulary:
        parser.error("--only fits against the default ontologies; leave out --vocabulary")
    vocabularies = [] if arguments.only else [dict(item.split("=", 1) for item in arguments.vocabulary)]
    for overrides in ({}, *vocabularies):
        linker = LexicalLinker(None, overrides, preferences)
        wanted = set(overrides) or {arguments.only or "Gene", *(TYPES if arguments.only is None else ())}
        asked = [doc.replace_mentions(m for m in doc.mentions if m.type in wanted) for doc in documents]
        for type_, choice in choices(linker, asked):
            found.setdefault(GROUPS.get(type_, OTHER), []).append(choice)
    if arguments.only:
        (given,) = found.values()
        write_weights(
            {**ranker.bundled_ranker().weights, arguments.only: fit(given)}, arguments.output / ranker.TABLE.name
        )
        print(f"{len(documents)} documents; mentions: {len(given)}")
        return
    other = [without_learnt(choice) for group in ("Disease", "Chemical", OTHER) for choice in found[group]]
    weights = {group: fit(given) for group, given in found.items() if group != OTHER}
    write_weights({**weights, OTHER: fit(other)}, arguments.output / ranker.TABLE.name)
    write_words(learn_words(documents, LexicalLinker()), arguments.output / species_words.TABLE.name)
    n_names = write_names(learn_names(documents), arguments.output / learnt.TABLE.name)
    counts = Counter({group: len(given) for group, given in found.items()})
    print(f"{len(documents)} documents, {n_names} names; mentions: {dict(sorted(counts.items()))}")


if __name__ == "__main__":
    main()
