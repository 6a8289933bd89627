"""Peak memory of RDF writing as the graph grows: synthetic Parquet tables in, N-Quads out to nowhere.

    python benchmarks/rdf_memory.py --edges 10000 100000 1000000

Every edge has one piece of evidence with a sentence, every piece of evidence two mentions, ten edges share a document.
Tables are made batch by batch beforehand. Each size is written in a process of its own, whose peak resident memory is
given; the lines go to /dev/null, since those of ten million edges would fill most disks.
"""

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from load_rates import peak_mib

from kgbuild.export.graph.rdf_files import NQUADS
from kgbuild.export.graph.source import GraphSource
from kgbuild.store.parquet import ROWS_PER_GROUP, table_path
from kgbuild.tables import SCHEMAS

EDGES_PER_DOCUMENT = 10
EDGES_PER_NODE = 5
SENTENCE = 'We found that the compound of the {}th sample was "associated" with the disease in most of the patients.'


def write_synthetic(folder: Path, n_edges: int) -> None:
    """The tables of a graph of so many edges; no more than a row group is in memory."""
    folder.mkdir()
    n_nodes, n_documents = n_edges // EDGES_PER_NODE + 2, n_edges // EDGES_PER_DOCUMENT + 1
    # by identifier evidence lies in no order of documents
    scattered = np.random.default_rng(0).permutation(n_edges)

    def nodes(rows: np.ndarray) -> dict[str, object]:
        return {"id": named("kgb:node-", rows), "name": named("name ", rows), "type": repeated("Chemical", rows)}

    def edges(rows: np.ndarray) -> dict[str, object]:
        ends = {"subject": named("kgb:node-", rows % n_nodes), "object": named("kgb:node-", (rows * 7 + 1) % n_nodes)}
        counts = {"evidence_count": np.ones_like(rows), "documents": np.ones_like(rows)}
        predicate = {
            "predicate": repeated("Association", rows),
            "biolink_predicate": repeated("biolink:related_to", rows),
        }
        return {"id": named("kgb:edge-", rows), "belief": rows / n_edges, **ends, **counts, **predicate}

    def evidence(rows: np.ndarray) -> dict[str, object]:
        words = {
            "kind": "text",
            "agent": "synthetic",
            "polarity": "affirmed",
            "modality": "asserted",
            "section": "Abstract",
        }
        return {
            "id": named("kgb:evidence-", rows),
            "edge": named("kgb:edge-", rows),
            "document": named("PMID:", scattered[rows] // EDGES_PER_DOCUMENT),
            "start": rows % 1000,
            "end": rows % 1000 + 100,
            "subject_start": rows % 1000,
            "subject_end": rows % 1000 + 10,
            "object_start": rows % 1000 + 20,
            "object_end": rows % 1000 + 30,
            "text": pa.array([SENTENCE.format(row) for row in rows], pa.large_string()),
            "revision": repeated("1", rows),
            "raw": rows / n_edges,
            "calibrated": rows / n_edges,
            **{name: repeated(word, rows) for name, word in words.items()},
        }

    def mentions(rows: np.ndarray) -> dict[str, object]:
        place = scattered[rows // 2]
        node = np.where(rows % 2, place % n_nodes, (place * 7 + 1) % n_nodes)
        return {
            "id": named("kgb:mention-", rows),
            "node": named("kgb:node-", node),
            "document": named("PMID:", place // EDGES_PER_DOCUMENT),
        }

    def documents(rows: np.ndarray) -> dict[str, object]:
        return {"id": named("PMID:", rows), "title": named("Paper ", rows), "year": np.full_like(rows, 2000)}

    for name, make, n_rows in (
        ("nodes", nodes, n_nodes),
        ("edges", edges, n_edges),
        ("evidence", evidence, n_edges),
        ("mentions", mentions, 2 * n_edges),
        ("documents", documents, n_documents),
        ("measurements", documents, 0),
    ):
        with pq.ParquetWriter(table_path(folder, name), SCHEMAS[name], compression="zstd") as writer:
            for batch in batches(name, make, n_rows):
                writer.write_table(batch)


def batches(name: str, make: Callable[[np.ndarray], dict[str, object]], n_rows: int) -> Iterator[pa.Table]:
    """Row groups of a table; columns that are not made are empty."""
    schema = SCHEMAS[name]
    for start in range(0, n_rows, ROWS_PER_GROUP):
        rows = np.arange(start, min(start + ROWS_PER_GROUP, n_rows))
        made = make(rows)
        columns = [made.get(field.name, empty(field.type, len(rows))) for field in schema]
        yield pa.table(
            [pa.array(column).cast(field.type) for column, field in zip(columns, schema, strict=True)], schema
        )


def empty(type_: pa.DataType, n_rows: int) -> pa.Array:
    """What a column holds that nothing is known for."""
    if pa.types.is_list(type_):
        return pa.array([[]] * n_rows, type_)
    if pa.types.is_string(type_):
        return pa.repeat("", n_rows)
    return pa.repeat(0, n_rows).cast(type_) if pa.types.is_boolean(type_) else pa.nulls(n_rows, type_)


def named(start: str, rows: np.ndarray) -> pa.Array:
    """Identifiers that sort as their numbers do."""
    return pa.array([f"{start}{row:09}" for row in rows])


def repeated(word: str, rows: np.ndarray) -> pa.Array:
    """One word in every row."""
    return pa.repeat(word, len(rows))


def write_alone(folder: Path) -> tuple[int, float, float, float]:
    """Statements, seconds, processor seconds, and this process's peak resident memory in MiB."""
    started, worked = time.perf_counter(), time.process_time()
    n = NQUADS.write(GraphSource(folder), Path("/dev/null"))["statements"]
    return n, time.perf_counter() - started, time.process_time() - worked, peak_mib()


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edges", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    arguments = parser.parse_args()
    print("| edges | statements | seconds | processor s | statements/s of processor time | peak MiB |")
    print("|---|---|---|---|---|---|")
    for n_edges in arguments.edges:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "graph"
            write_synthetic(folder, n_edges)
            # spawned: the memory of this process is not counted
            with multiprocessing.get_context("spawn").Pool(1) as alone:
                n, seconds, worked, memory = alone.apply(write_alone, (folder,))
        print(f"| {n_edges:,} | {n:,} | {seconds:.1f} | {worked:.1f} | {n / worked:,.0f} | {memory:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
