"""Statements a second of RDF writing: ours, Oxigraph's dump of the loaded store, rdflib's serialiser.

    python benchmarks/rdf_writing.py --nodes 2000 --edges 10000 --rounds 3

All write the same synthetic graph, ours from the Parquet tables, the others from a store that is loaded beforehand and
not counted; rdflib, which knows RDF 1.1 alone, gets the reified statements. Each runs in a process of its own, in turns
with the others; of each the best of the rounds is given, in seconds by the clock and of processor time. The ratios are
those of processor time, which other work on the machine disturbs less; peak memory is that of the process.
"""

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import rdflib
from load_rates import peak_mib, synthetic_tables
from pyoxigraph import DefaultGraph, RdfFormat, Store

from kgbuild.export.graph.rdf_files import NQUADS, NQUADS_RDF11, TURTLE, TURTLE_RDF11, RdfWriter
from kgbuild.export.graph.source import GraphSource
from kgbuild.store import build_rdf, write_tables
from kgbuild.store.rdf import open_rdf

Write = Callable[[], object]


class Effort(NamedTuple):
    """Seconds by the clock and of processor time, and peak resident memory in MiB."""

    seconds: float
    processor_seconds: float
    peak_mib: float


def ours(writer: RdfWriter) -> Callable[[Path, Path], Write]:
    """From the tables."""
    return lambda folder, output: lambda: writer.write(GraphSource(folder), output)


def dumped_quads(folder: Path, output: Path) -> Write:
    """Oxigraph's own dump."""
    store = open_rdf(folder)
    return lambda: store.dump(str(output), RdfFormat.N_QUADS)


def dumped_turtle(folder: Path, output: Path) -> Write:
    """Oxigraph's own dump of all statements in one graph."""
    TURTLE.write(GraphSource(folder), output)
    store = Store(str(output.with_suffix(".store")))
    store.bulk_load(path=output, format=RdfFormat.TURTLE)
    return lambda: store.dump(str(output), RdfFormat.TURTLE, from_graph=DefaultGraph())


def by_rdflib(writer: RdfWriter, format: str) -> Callable[[Path, Path], Write]:
    """Its serialiser, from its store in memory."""

    def load(folder: Path, output: Path) -> Write:
        writer.write(GraphSource(folder), output)
        store = rdflib.Dataset() if format == "nquads" else rdflib.Graph()
        store.parse(output, format=format)
        return lambda: store.serialize(str(output), format=format, encoding="utf-8")

    return load


WRITERS = {
    "kgbuild, N-Quads": ours(NQUADS),
    "kgbuild, N-Quads for RDF 1.1": ours(NQUADS_RDF11),
    "Oxigraph's dump, N-Quads": dumped_quads,
    "rdflib, N-Quads": by_rdflib(NQUADS_RDF11, "nquads"),
    "kgbuild, Turtle": ours(TURTLE),
    "kgbuild, Turtle for RDF 1.1": ours(TURTLE_RDF11),
    "Oxigraph's dump, Turtle": dumped_turtle,
    "rdflib, Turtle": by_rdflib(TURTLE_RDF11, "turtle"),
}

#: ours -> the peers that it is compared with
COMPARED = {
    "kgbuild, N-Quads": "Oxigraph's dump, N-Quads",
    "kgbuild, N-Quads for RDF 1.1": "rdflib, N-Quads",
    "kgbuild, Turtle": "Oxigraph's dump, Turtle",
    "kgbuild, Turtle for RDF 1.1": "rdflib, Turtle",
}


def write_alone(writer: str, folder: Path, scratch: Path) -> Effort:
    """Write the file once, and what it took."""
    with tempfile.TemporaryDirectory(dir=scratch) as place:
        write = WRITERS[writer](folder, Path(place) / "graph.rdf")
        started, worked = time.perf_counter(), time.process_time()
        write()
        return Effort(time.perf_counter() - started, time.process_time() - worked, peak_mib())


def measure(writers: list[str], folder: Path, scratch: Path, rounds: int) -> dict[str, Effort]:
    """The least of each over the rounds, in which the writers take turns."""
    efforts: dict[str, list[Effort]] = {writer: [] for writer in writers}
    for _ in range(rounds):
        for writer in writers:
            # spawned: the memory of this process is not counted
            with multiprocessing.get_context("spawn").Pool(1) as alone:
                efforts[writer].append(alone.apply(write_alone, (writer, folder, scratch)))
    return {writer: Effort(*map(min, zip(*found, strict=True))) for writer, found in efforts.items()}


def main() -> None:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=2_000)
    parser.add_argument("--edges", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=WRITERS, action="append", help="Measure these; repeatable.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "graph"
        write_tables(folder, synthetic_tables(arguments.nodes, arguments.edges, seed=arguments.seed))
        build_rdf(folder)
        counted = {
            is_reified: writer.write(GraphSource(folder), Path(scratch) / "counted")["statements"]
            for is_reified, writer in ((False, NQUADS), (True, NQUADS_RDF11))
        }
        print(f"{arguments.nodes} nodes, {arguments.edges} edges with one piece of evidence each")
        efforts = measure(list(arguments.only or WRITERS), folder, Path(scratch), arguments.rounds)
    print("| writer | statements | seconds | processor s | statements/s of processor time | peak MiB |")
    print("|---|---|---|---|---|---|")
    rates = {}
    for writer, effort in efforts.items():
        n = counted["1.1" in writer or "rdflib" in writer]
        rates[writer] = n / effort.processor_seconds
        times = f"{effort.seconds:.2f} | {effort.processor_seconds:.2f} | {rates[writer]:,.0f}"
        print(f"| {writer} | {n} | {times} | {effort.peak_mib:,.0f} |")
    for writer, peer in COMPARED.items():
        if writer in rates and peer in rates:
            print(f"{writer}: {rates[writer] / rates[peer]:.1f} times {peer}")


if __name__ == "__main__":
    main()
