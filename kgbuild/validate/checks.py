"""Whether a graph's tables hold what the schema and the records promise: every rule for every row, a column at a time.

Text is read in batches; beside it only identifiers of nodes, edges and documents are in memory, and a number for each
reference to one of them.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pyarrow.compute as pc

from kgbuild.schema import Schema
from kgbuild.store.parquet import read_batches
from kgbuild.tables import SCHEMAS
from kgbuild.validate.records import Index, Rows
from kgbuild.validate.rules import Rule, rules

__all__ = ["Violation", "validate"]

#: Rows that break a rule of which the identifier is told.
EXAMPLES = 3
BATCH_ROWS = 65536


class Violation(msgspec.Struct, frozen=True):
    """A rule, how many rows of a table break it, and some of them with what they hold."""

    table: str
    rule: str
    count: int
    examples: tuple[str, ...]


def validate(folder: Path, schema: Schema) -> Iterator[Violation]:
    """Every rule that some row breaks, table by table. GraphError if a table is missing or damaged."""
    index = Index(folder)
    for table in SCHEMAS:
        yield from _check(folder, table, list(rules(table, schema, index)), index)


def _check(folder: Path, table: str, rules: Sequence[Rule], index: Index) -> Iterator[Violation]:
    counts = [0] * len(rules)
    examples: list[list[str]] = [[] for _ in rules]
    place, previous = 0, None
    for batch in read_batches(folder, table, size=BATCH_ROWS):
        rows = Rows(batch, place, index.references.get(table, {}), previous)
        for number, rule in enumerate(rules):
            broken = rule.broken(rows).fill_null(False)
            counts[number] += pc.sum(broken).as_py() or 0
            wanted = EXAMPLES - len(examples[number])
            if wanted and counts[number]:
                some = batch.select(["id", *rule.shown]).filter(broken).slice(0, wanted)
                examples[number] += map(_example, some.to_pylist())
        place += batch.num_rows
        previous = batch["id"][-1].as_py() if batch.num_rows else previous
    for rule, count, told in zip(rules, counts, examples, strict=True):
        if count:
            yield Violation(table, rule.words, count, tuple(told))


def _example(row: dict[str, object]) -> str:
    identifier = row.pop("id")
    told = ", ".join(f"{name} {value}" for name, value in row.items())
    return f"{identifier} ({told})" if told else str(identifier)
