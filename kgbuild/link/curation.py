"""A user's own word on names: what a string means, or that it must not be linked, before anything else is asked.

A tab-separated file whose first line names the columns `text`, `type` and `concept`, in any order, and perhaps `note`:

    text     type      concept       note
    CAT      Gene      NCBIGene:847
    cold               MESH:D003139  any type: the illness, not the temperature
    3D       Gene      never

`concept` is a CURIE or the word `never`; an empty `type` stands for all types that no other line names. A string is
compared as it stands, then without case, then by its normal key ("TNF-α", "TNF alpha"; see `names`), each where that
leaves one answer. Blank lines and lines that begin with `#` say nothing.
"""

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from kgbuild.document import content_hash
from kgbuild.errors import ConfigError
from kgbuild.link.names import fold, normal_key, tidy
from kgbuild.link.prefixes import curie, prefix_of

__all__ = ["NEVER", "Curation", "Override", "read_curation"]

NEVER = "never"
COLUMNS = ("text", "type", "concept")
NOTE = "note"


class Override(msgspec.Struct, frozen=True, order=True):
    """What a string of an entity type ("" for any) means: a CURIE, or `NEVER`. `line` is where the file says so."""

    text: str
    type: str
    concept: str
    line: int


class Curation:
    """The overrides of a file; without any, as for a run without a file, nothing is found and `version` is ""."""

    def __init__(self, overrides: Iterable[Override] = ()) -> None:
        known = sorted(overrides)
        self._exact = {(item.text, item.type): item for item in known}
        self._folded = _unambiguous(known, fold)
        self._normal = _unambiguous(known, normal_key)
        said = sorted(f"{item.text}\t{item.type}\t{item.concept}" for item in known)
        self.version = content_hash(*said) if said else ""

    def find(self, type: str, *texts: str) -> Override | None:
        """What is said of the first of these strings of which something is said: of this type, else of any type."""
        if not self.version:
            return None
        for text in texts:
            for said, key_of in ((self._exact, tidy), (self._folded, fold), (self._normal, normal_key)):
                for key in ((key_of(text), type), (key_of(text), "")):
                    if key in said:
                        return said[key]
        return None


def read_curation(path: Path, types: Collection[str]) -> Curation:
    """The overrides of a file for these entity types; ConfigError names the line that is wrong."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: expected a curation file (UTF-8, tab-separated): {error}") from error
    rows = _rows(text)
    number, header = next(rows, (1, []))
    columns = [column.lower() for column in header]
    if sorted({*columns, NOTE}) != sorted((*COLUMNS, NOTE)) or len(set(columns)) != len(columns):
        expected = ", ".join(COLUMNS)
        raise ConfigError(
            f"{path}:{number}: expected the columns {expected} (and {NOTE}), found {', '.join(header) or 'none'}"
        )
    overrides: dict[tuple[str, str], Override] = {}
    for number, row in rows:
        item = _override(dict(zip(columns, row, strict=False)), number, path, types)
        earlier = overrides.setdefault((item.text, item.type), item)
        if earlier.concept != item.concept:
            raise ConfigError(
                f"{path}:{number}: {item.text!r} of type {item.type or 'any'} is {item.concept} here, but "
                f"{earlier.concept} in line {earlier.line}"
            )
    return Curation(overrides.values())


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, with their numbers."""
    reader = csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, row in enumerate(reader, start=1):
        cells = [cell.strip() for cell in row]
        if any(cells) and not cells[0].startswith("#"):
            yield number, cells


def _override(row: Mapping[str, str], number: int, path: Path, types: Collection[str]) -> Override:
    text, kind, concept = (row.get(column, "") for column in COLUMNS)
    if not text:
        raise ConfigError(f"{path}:{number}: expected a string in the column text, found none")
    if kind and kind not in types:
        raise ConfigError(f"{path}:{number}: no entity type {kind!r}; there are: {', '.join(sorted(types))}")
    if concept.lower() == NEVER:
        return Override(tidy(text), kind, NEVER, number)
    identifier = curie(concept)
    if not prefix_of(identifier) or prefix_of(identifier) == identifier or identifier.endswith(":"):
        raise ConfigError(
            f"{path}:{number}: expected a CURIE (MESH:D003139) or {NEVER!r}, found {concept or 'nothing'!r}"
        )
    return Override(tidy(text), kind, identifier, number)


def _unambiguous(overrides: Iterable[Override], key_of: Callable[[str], str]) -> dict[tuple[str, str], Override]:
    """By the string's key and its type, where all lines that fit say the same; strings without a key are left out."""
    found: dict[tuple[str, str], Override | None] = {}
    for item in overrides:
        key = key_of(item.text), item.type
        earlier = found.setdefault(key, item)
        if earlier is not None and earlier.concept != item.concept:
            found[key] = None
    return {key: item for key, item in found.items() if item is not None and key[0]}
