"""Names as annotators used them: what the training parts of annotated corpora call a concept, and how often.

One table in the package, `learnt.tsv.xz`: entity type, name, identifiers joined by `|` (several for a composite name),
number of documents. Its corpora permit commercial use; `benchmarks/linker_training.py` makes it anew.
"""

import lzma
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kgbuild.document import content_hash
from kgbuild.link.names import normal_key, tidy

__all__ = ["LearntName", "LearntNames", "bundled_names", "read_names", "write_names"]

TABLE = Path(__file__).with_name("learnt.tsv.xz")


class LearntName(NamedTuple):
    """A name of an entity type, the concepts that it stands for together, and how many documents say so."""

    type: str
    name: str
    concepts: tuple[str, ...]
    n_documents: int


class LearntNames:
    """Learnt names by type and normal key."""

    def __init__(self, names: Iterable[LearntName] = ()) -> None:
        self._by_key: dict[tuple[str, str], Counter[tuple[str, ...]]] = defaultdict(Counter)
        self._spelling: dict[tuple[str, str], str] = {}
        self._of_concept: Counter[tuple[str, str]] = Counter()
        for type, name, concepts, count in names:
            key = (type, normal_key(name))
            if key[1]:
                self._by_key[key][concepts] += count
                self._spelling.setdefault(key, name)
                self._of_concept.update({(type, concept): count for concept in concepts})

    @property
    def version(self) -> str:
        """A hash of the names."""
        rows = sorted((type, key, *sorted(counts.items())) for (type, key), counts in self._by_key.items())
        return content_hash(*map(repr, rows))

    def meanings(self, type: str, key: str) -> Mapping[tuple[str, ...], int]:
        """What a name of this normal key stands for -> the number of documents."""
        return self._by_key.get((type, key), {})

    def spelling(self, type: str, key: str) -> str:
        """A name of this normal key as it was written."""
        return self._spelling.get((type, key), key)

    def count(self, type: str, concept: str) -> int:
        """How many names of documents stand for a concept."""
        return self._of_concept.get((type, concept), 0)

    def names(self, type: str) -> Iterator[str]:
        """The names of a type."""
        return (name for (kind, _), name in self._spelling.items() if kind == type)


def read_names(path: Path) -> Iterator[LearntName]:
    """The rows of a table of learnt names."""
    for line in lzma.decompress(path.read_bytes()).decode("utf-8").splitlines():
        type, name, concepts, count = line.split("\t")
        yield LearntName(type, name, tuple(concepts.split("|")), int(count))


def write_names(names: Iterable[LearntName], path: Path) -> int:
    """Writes a table, sorted, so that equal names give equal bytes; the number of rows."""
    counts: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
    for name in names:
        counts[name.type, tidy(name.name), name.concepts] += name.n_documents
    rows = sorted(counts.items())
    text = "".join(f"{type}\t{name}\t{'|'.join(concepts)}\t{n}\n" for (type, name, concepts), n in rows)
    path.write_bytes(lzma.compress(text.encode("utf-8"), preset=9))
    return len(rows)


@cache
def bundled_names() -> LearntNames:
    """The package's own table."""
    return LearntNames(read_names(TABLE)) if TABLE.is_file() else LearntNames()
