"""Seconds and peak memory of what is done with whole graphs: export, import, the folding of imports, diff.

    python benchmarks/graph_memory.py --nodes 200000 --edges 1000000

The graph is synthetic, as in load_rates.py, with one piece of evidence for each edge; the other one of the two that are
compared lacks every hundredth edge, or is as if another revision of the model had read it. Each step runs in a process
of its own, whose peak resident memory is given. The embedded databases, which every import ends with, are measured by
load_rates.py.
"""

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from load_rates import peak_mib, synthetic_tables

from kgbuild.document import content_hash
from kgbuild.export.graph import kgx_tsv
from kgbuild.export.graph.source import GraphSource
from kgbuild.importing import Tally, Terms, find_graph_files, read_graph_file
from kgbuild.importing.given import GIVEN
from kgbuild.importing.part import write_part
from kgbuild.pipeline.combine import combine
from kgbuild.query.diff import count_differences
from kgbuild.schema import load_schema
from kgbuild.store.parquet import read_tables, write_tables
from kgbuild.store.workbench import workbench
from kgbuild.tables import SCHEMAS, Tables


def export(folder: Path) -> None:
    """KGX as TSV."""
    kgx_tsv.write(GraphSource(folder / "all"), _made(folder / "kgx"))


def read_import(folder: Path) -> None:
    """KGX as TSV to the tables of an import."""
    schema, tally = load_schema(), Tally()
    with workbench(folder, GIVEN) as bench:
        for file in find_graph_files([folder / "kgx"]):
            read_graph_file(file, bench, tally)
        write_part(bench, _made(folder / "part"), schema=schema, terms=Terms(schema), tally=tally)


def fold(folder: Path) -> None:
    """The import and the graph that lacks some of it, into one."""
    combine([folder / "most", folder / "part"], _made(folder / "both"), schema=load_schema())


def compare(folder: Path) -> None:
    """What the graph that lacks some edges lacks."""
    for row in count_differences(folder / "most", folder / "all").rows:
        print("   ", *row)


def compare_models(folder: Path) -> None:
    """What another model reads otherwise: all evidence."""
    for row in count_differences(folder / "all", folder / "again").rows:
        print("   ", *row)


STEPS: dict[str, Callable[[Path], None]] = {
    "export -O kgx-tsv": export,
    "import: files to tables": read_import,
    "merge: tables of both": fold,
    "diff --counts": compare,
    "diff --counts, of two models": compare_models,
}


def without_some(tables: Tables) -> Tables:
    """The graph without every hundredth edge."""
    kept = tables.edges.filter(pa.array([place % 100 != 0 for place in range(tables.edges.num_rows)]))
    evidence = tables.evidence.filter(pc.is_in(tables.evidence["edge"], kept["id"].combine_chunks()))
    parts = {name: getattr(tables, name) for name in SCHEMAS} | {"edges": kept, "evidence": evidence}
    return Tables(**parts)


def read_again(tables: Tables) -> Tables:
    """The graph as if another revision of its model had read it."""
    evidence = tables.evidence
    ids = pa.array([f"kgb:evidence-{content_hash(id_)}" for id_ in evidence["id"].to_pylist()])
    evidence = evidence.set_column(0, "id", ids)
    revisions = pa.array(["2"] * evidence.num_rows)
    evidence = evidence.set_column(evidence.schema.get_field_index("revision"), "revision", revisions)
    return msgspec.structs.replace(tables, evidence=evidence.sort_by("id"))


def measured(step: str, folder: Path) -> tuple[float, float]:
    """Seconds, and this process's peak resident memory in MiB."""
    started = time.perf_counter()
    STEPS[step](folder)
    return time.perf_counter() - started, peak_mib()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=200_000)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_tables(folder / "all", synthetic_tables(arguments.nodes, arguments.edges, seed=arguments.seed))
        write_tables(folder / "most", without_some(read_tables(folder / "all")))
        write_tables(folder / "again", read_again(read_tables(folder / "all")))
        print(f"{arguments.nodes} nodes, {arguments.edges} edges with one piece of evidence each")
        print("| step | seconds | edges/s | peak MiB |\n|---|---|---|---|")
        for step in STEPS:
            # spawned: the memory of this process is not counted
            with multiprocessing.get_context("spawn").Pool(1) as alone:
                seconds, memory = alone.apply(measured, (step, folder))
            print(f"| {step} | {seconds:.1f} | {arguments.edges / seconds:,.0f} | {memory:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
