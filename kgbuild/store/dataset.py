"""All statements of a graph, with what is said of the graph as a whole and of the models that read its documents.

The dataset is described by VoID and DCAT (https://www.w3.org/TR/void/, https://www.w3.org/TR/vocab-dcat-3/), the models
by PROV-O (https://www.w3.org/TR/prov-o/); no time is named, so that equal graphs give equal statements.
``kg:INHIBITOR rdfs:subPropertyOf biolink:affects`` and ``kg:Chemical rdfs:subClassOf biolink:ChemicalEntity`` say what
the graph's terms are elsewhere.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pyarrow as pa

from kgbuild.prefixes import VOCABULARIES
from kgbuild.store.blocks import Block, Property, reified
from kgbuild.store.parquet import count_rows, read_batches
from kgbuild.store.statements import FACTS, blocks, run_of
from kgbuild.tables import SCHEMAS

__all__ = ["DATASET", "dataset_blocks"]

#: What the graphs of a file or store are together.
DATASET = "kgb:dataset"

#: table -> class of its records
RECORDS = {"documents": "kg:Document", "evidence": "kg:Evidence", "measurements": "kg:Measurement"}


def dataset_blocks(folder: Path, *, is_reified: bool = False) -> Iterator[Block]:
    """Every statement once, their number last; with `is_reified` triple terms are told by rdf:Statement."""
    n = 0
    for block in chain(_header(folder), blocks(folder)):
        said = reified(block) if is_reified else block
        n += said.n_statements
        yield said
    yield _statement(DATASET, "void:triples", n + 1, "integer")  # itself with them


def _header(folder: Path) -> Iterator[Block]:
    n_rows = {name: count_rows(folder, name) for name in SCHEMAS}
    for type_ in ("void:Dataset", "dcat:Dataset"):
        yield _statement(DATASET, "rdf:type", type_)
    yield _statement(DATASET, "dcterms:title", f"Knowledge graph of {n_rows['documents']} documents", "string")
    yield _statement(DATASET, "void:entities", n_rows["nodes"], "integer")
    for prefix in VOCABULARIES:
        if prefix not in ("kgb", "xsd"):
            yield _statement(DATASET, "void:vocabulary", f"{prefix}:")
    yield from _licence(folder)
    for name, class_ in RECORDS.items():
        yield from _partition("class", class_, "void:entities", n_rows[name])
        if class_ != "kg:Document":
            yield _statement(class_, "rdfs:subClassOf", "oa:SpecificResource")
    for (type_, category), n in _counted(folder, "nodes", ("type", "category")):
        yield from _partition("class", f"kg:{type_}", "void:entities", n)
        if category:
            yield _statement(f"kg:{type_}", "rdfs:subClassOf", category)
    for (predicate, biolink), n in _counted(folder, "edges", ("predicate", "biolink_predicate")):
        yield from _partition("property", f"kg:{predicate}", "kg:edges", n)
        if biolink:
            yield _statement(f"kg:{predicate}", "rdfs:subPropertyOf", biolink)
    for (agent, revision), _ in _counted(folder, "evidence", ("agent", "revision")):
        yield from _run(agent, revision)


def _licence(folder: Path) -> Iterator[Block]:
    """The licence of the dataset, if all documents have the same."""
    found = [licence for (licence,), _ in _counted(folder, "documents", ("licence",))]
    if len(found) == 1 and found[0].startswith("http"):
        yield _statement(DATASET, "dcterms:license", found[0], "link")


def _partition(kind: str, term: str, counted: str, n: int) -> Iterator[Block]:
    """How many there are of one class, or of one predicate; edges that are denied count, though they are no triples."""
    part = f"{DATASET}/{kind}/{term.partition(':')[2]}"
    yield _statement(DATASET, f"void:{kind}Partition", part)
    yield _statement(part, f"void:{kind}", term)
    yield _statement(part, counted, n, "integer")


def _run(agent: str, revision: str) -> Iterator[Block]:
    run = run_of(pa.array([agent]), pa.array([revision]))[0].as_py()
    yield _statement(f"kgb:run/{run}", "rdf:type", "prov:Activity")
    yield _statement(f"kgb:run/{run}", "prov:wasAssociatedWith", f"kgb:agent/{run}")
    yield _statement(f"kgb:agent/{run}", "rdf:type", "prov:SoftwareAgent")
    yield _statement(f"kgb:agent/{run}", "rdfs:label", agent, "string")
    if revision:
        yield _statement(f"kgb:agent/{run}", "kg:revision", revision, "string")


def _counted(folder: Path, name: str, columns: tuple[str, ...]) -> list[tuple[tuple[str, ...], int]]:
    """How often each combination of values stands in a table, sorted; there must be few."""
    counts: Counter[tuple[str, ...]] = Counter()
    for batch in read_batches(folder, name, columns=columns):
        for row in batch.group_by(list(columns)).aggregate([([], "count_all")]).to_pylist():
            counts[tuple(row[column] for column in columns)] += row["count_all"]
    return sorted(counts.items())


def _statement(subject: str, predicate: str, value: str | int, kind: str = "curie") -> Block:
    return Block(FACTS, pa.array([subject]), (Property(predicate, pa.array([value]), kind),))
