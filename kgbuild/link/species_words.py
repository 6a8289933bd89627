"""Words that tell whether a document speaks of human genes or of those of mice: log-odds in `species_words.tsv`.

A sparse logistic regression (L1) learns them from the training parts of annotated corpora, in
`benchmarks/linker_training.py`. Words of the genes' own names teach and tell nothing.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kgbuild.document import Document, content_hash

__all__ = ["SpeciesWords", "bundled_words", "count_words", "read_words", "write_words"]

TABLE = Path(__file__).with_name("species_words.tsv")
#: what every document adds, in place of a word
CONSTANT = "(constant)"
#: log-odds are cut off here
SURE = 5.0
#: words, and "-/-", by which mutant mice are known
_WORD = re.compile(r"[^\W\d_][\w-]*[^\W_]|[-+]/[-+]")


class SpeciesWords:
    """Weights of words, above 0 if they speak for human genes."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self.weights = weights

    @property
    def version(self) -> str:
        """A hash of the weights."""
        return content_hash(*(f"{word}={weight}" for word, weight in sorted(self.weights.items())))

    def share(self, document: Document) -> float:
        """How much the words of a document speak for human genes: 0 mouse, 0.5 neither, 1 human."""
        counts = count_words(document)
        odds = self.weights.get(CONSTANT, 0.0) + math.fsum(
            weight * counts[word] for word, weight in self.weights.items() if word in counts
        )
        return 0.5 + max(-SURE, min(odds, SURE)) / (2 * SURE)


def count_words(document: Document) -> dict[str, float]:
    """The words of a document outside its genes -> 1 + the logarithm of their number, at most 3."""
    genes = sorted((m.span.start, m.span.end) for m in document.mentions if m.type == "Gene")
    text, last = [], 0
    for start, end in genes:
        text.append(document.text[last : max(start, last)])
        last = max(last, end)
    found = _WORD.findall(" ".join([*text, document.text[last:]]))
    counts = Counter(word.lower() for word in found)
    return {word: min(1.0 + math.log(count), 3.0) for word, count in counts.items()}


def read_words(path: Path) -> dict[str, float]:
    """The weights that a table holds."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[2:])
    return {word: float(weight) for word, weight in rows}


def write_words(weights: Mapping[str, float], path: Path) -> None:
    """Writes a table, from the words that speak most for human genes to those that speak most for mouse genes."""
    rows = sorted(weights.items(), key=lambda row: (-row[1], row[0]))
    head = ("# Words on human (above 0) or mouse genes; made by benchmarks/linker_training.py.", "word\tlog-odds")
    path.write_text("\n".join([*head, *(f"{word}\t{weight}" for word, weight in rows)]) + "\n", encoding="utf-8")


@cache
def bundled_words() -> SpeciesWords:
    """The package's own table."""
    return SpeciesWords(read_words(TABLE))
