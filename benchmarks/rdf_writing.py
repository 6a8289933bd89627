"""Statements a second and peak memory of RDF writing: ours, Oxigraph's dump of the loaded store, rdflib's serialiser.

    python benchmarks/rdf_writing.py --nodes 20000 --edges 100000

All write the same synthetic graph as N-Quads, ours from the Parquet tables, the others from a store that is loaded
beforehand and not counted; rdflib, which knows RDF 1.1 alone, gets the reified statements. Each runs in a process of
its own, whose peak resident memory is given; for rdflib that is mostly its store.
"""

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import rdflib
from load_rates import peak_mib, synthetic_tables
from pyoxigraph import RdfFormat

from kgbuild.export.graph.rdf_files import NQUADS, NQUADS_RDF11
from kgbuild.export.graph.source import GraphSource
from kgbuild.store import build_rdf, write_tables
from kgbuild.store.rdf import open_rdf


def ours(folder: Path, output: Path) -> Callable[[], object]:
    """From the tables."""
    return lambda: NQUADS.write(GraphSource(folder), output)


def ours_reified(folder: Path, output: Path) -> Callable[[], object]:
    """From the tables, for tools of RDF 1.1."""
    return lambda: NQUADS_RDF11.write(GraphSource(folder), output)


def oxigraph(folder: Path, output: Path) -> Callable[[], object]:
    """The store's own dump."""
    store = open_rdf(folder)
    return lambda: store.dump(str(output), RdfFormat.N_QUADS)


def by_rdflib(folder: Path, output: Path) -> Callable[[], object]:
    """Its serialiser, from its store in memory."""
    NQUADS_RDF11.write(GraphSource(folder), output)
    dataset = rdflib.Dataset()
    dataset.parse(output, format="nquads")
    return lambda: dataset.serialize(str(output), format="nquads", encoding="utf-8")


WRITERS = {"kgbuild": ours, "kgbuild, RDF 1.1": ours_reified, "Oxigraph's dump": oxigraph, "rdflib": by_rdflib}


def write_alone(writer: str, folder: Path, output: Path) -> tuple[float, float]:
    """Seconds to write the file, and this process's peak resident memory in MiB."""
    write = WRITERS[writer](folder, output)
    started = time.perf_counter()
    write()
    seconds = time.perf_counter() - started
    return seconds, peak_mib()


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=20_000)
    parser.add_argument("--edges", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=WRITERS, action="append", help="Measure these; repeatable.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder, output = Path(scratch) / "graph", Path(scratch) / "graph.nq"
        write_tables(folder, synthetic_tables(arguments.nodes, arguments.edges, seed=arguments.seed))
        build_rdf(folder)
        print(f"{arguments.nodes} nodes, {arguments.edges} edges with one piece of evidence each")
        print("| writer | statements | seconds | statements/s | peak MiB |\n|---|---|---|---|---|")
        for writer in arguments.only or WRITERS:
            # spawned: the memory of this process is not counted
            with multiprocessing.get_context("spawn").Pool(1) as alone:
                seconds, memory = alone.apply(write_alone, (writer, folder, output))
            with output.open("rb") as file:
                n = sum(1 for _ in file)
            print(f"| {writer} | {n} | {seconds:.1f} | {n / seconds:,.0f} | {memory:,.0f} |")


if __name__ == "__main__":
    main()
