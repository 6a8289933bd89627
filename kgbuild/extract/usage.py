"""How annotated papers use words and names: of how many of their places the annotators made mentions of a type."""

import lzma
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kgbuild.extract.agreement import MAX_CASED

__all__ = ["NO_USE", "USAGE_FILES", "Usage", "WordUse", "usage_key"]

#: The tables in a model's folder: tab-separated, compressed.
USAGE_FILES = NAMES, WORDS = ("names.tsv.xz", "words.tsv.xz")


def usage_key(name: str) -> str:
    """A name as the tables have it: in small letters, but for short ones with a capital behind the first.

    >>> usage_key("WAS"), usage_key("Was"), usage_key("Wnt/beta-Catenin")
    ('WAS', 'was', 'wnt/beta-catenin')
    """
    return name if len(name) <= MAX_CASED and name[1:] != name[1:].lower() else name.lower()


class WordUse(NamedTuple):
    """How often a word stands in annotated papers, inside of mentions, as their first word and as their last."""

    n: int
    inside: int
    first: int
    last: int


NO_USE = WordUse(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Usage:
    """By type: names, as `usage_key` has them, with the number of their places and of those that are mentions; and
    words in small letters.
    """

    names: Mapping[str, Mapping[str, tuple[int, int]]]
    words: Mapping[str, Mapping[str, WordUse]]

    def save(self, folder: Path) -> None:
        """Write both tables, sorted."""
        for table, by_type in ((NAMES, self.names), (WORDS, self.words)):
            rows = ((kind, text, *use) for kind, uses in by_type.items() for text, use in uses.items())
            _write(folder / table, rows)

    @classmethod
    def load(cls, folder: Path) -> "Usage":
        """Read both tables; OSError, EOFError, LZMAError or ValueError of files that are missing or damaged."""
        names: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
        for kind, text, n, named in _rows(folder / NAMES):
            names[kind][text] = (int(n), int(named))
        words: dict[str, dict[str, WordUse]] = defaultdict(dict)
        for kind, text, n, *counts in _rows(folder / WORDS):
            inside, first, last = map(int, counts)
            words[kind][text] = WordUse(int(n), inside, first, last)
        return cls(dict(names), dict(words))


def _write(path: Path, rows: Iterable[tuple[str | int, ...]]) -> None:
    lines = ("\t".join(map(str, row)) + "\n" for row in sorted(rows, key=lambda row: (str(row[0]), str(row[1]))))
    path.write_bytes(lzma.compress("".join(lines).encode()))


def _rows(path: Path) -> Iterator[list[str]]:
    with lzma.open(path, "rt", encoding="utf-8", newline="\n") as file:
        yield from (line.rstrip("\n").split("\t") for line in file)
