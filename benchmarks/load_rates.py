"""Edges a second and peak memory when a synthetic graph is loaded into the two embedded stores.

    python benchmarks/load_rates.py --nodes 100000 --edges 500000

Every edge has one piece of evidence with a sentence, as after a build. Each store is built in a process of its own,
whose peak resident memory is given; the Parquet tables are written beforehand and not counted.
"""

import argparse
import multiprocessing
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from kgbuild.document import Document, Metadata, Span
from kgbuild.graph import Edge, Evidence, Node, Triple
from kgbuild.schema import load_schema
from kgbuild.store.cypher import build_cypher
from kgbuild.store.parquet import write_tables
from kgbuild.store.rdf import build_rdf
from kgbuild.tables import SCHEMAS, Tables, document_row, edge_row, evidence_row, node_row

TYPES = ("Chemical", "Disease", "Gene")
EDGES_PER_DOCUMENT = 10
#: predicate -> Biolink's
PREDICATES = {
    "Association": "biolink:related_to",
    "CID": "biolink:causes",
    "Bind": "biolink:physically_interacts_with",
}
#: type of the object -> the predicate of a second edge between the same nodes
SECOND = {"Disease": "CID", "Gene": "Bind"}
STORES = {"Cypher (Ladybug)": lambda folder: build_cypher(folder, load_schema()), "RDF (Oxigraph)": build_rdf}


def synthetic_tables(n_nodes: int, n_edges: int, *, seed: int, parallel: float = 0.0) -> Tables:
    """A random graph of associations between chemicals, diseases and genes.

    `parallel` is the share of edges that join nodes which another one joins already, and the share of those that a
    second paper states.
    """
    nodes = [
        Node(f"kgb:node-{i:07}", f"name {i}", TYPES[i % 3], mention_count=1, document_count=1) for i in range(n_nodes)
    ]
    edges = list(random_edges(nodes, n_edges, random.Random(seed), parallel))
    documents = [
        Document(f"PMID:{i}", "", f"Paper {i}", Metadata(year=2000)) for i in range(n_edges // EDGES_PER_DOCUMENT + 1)
    ]
    rows = {
        "nodes": [node_row(node, "") for node in nodes],
        "edges": sorted(
            (edge_row(edge, PREDICATES[edge.triple.predicate]) for edge in edges), key=lambda row: row["id"]
        ),
        "evidence": sorted((evidence_row(item) for edge in edges for item in edge.evidence), key=lambda row: row["id"]),
        "documents": [document_row(document) for document in documents],
    }
    return Tables(**{name: pa.Table.from_pylist(rows.get(name, []), schema) for name, schema in SCHEMAS.items()})


def random_edges(nodes: list[Node], n_edges: int, choose: random.Random, parallel: float) -> Iterator[Edge]:
    """Distinct edges from a chemical to a gene or a disease, with a sentence of each paper; `parallel` as above."""
    sources = [node for node in nodes if node.type == "Chemical"]
    targets = [node for node in nodes if node.type != "Chemical"]
    n_documents = n_edges // EDGES_PER_DOCUMENT + 1
    seen: set[Triple] = set()
    pairs: list[tuple[Node, Node]] = []
    while len(seen) < n_edges:
        is_second = bool(pairs) and choose.random() < parallel
        subject, object = choose.choice(pairs) if is_second else (choose.choice(sources), choose.choice(targets))
        triple = Triple(subject.id, SECOND[object.type] if is_second else "Association", object.id)
        if triple in seen:
            continue
        text = f"We found that {subject.name} was associated with {object.name} in most of the patients."
        papers = [len(seen) // EDGES_PER_DOCUMENT]
        if parallel and choose.random() < parallel:
            papers.append((papers[0] + choose.randrange(1, n_documents)) % n_documents)
        if parallel and not is_second:
            pairs.append((subject, object))
        seen.add(triple)
        yield Edge(triple, tuple(evidence_of(triple, f"PMID:{paper}", text, subject, object) for paper in papers))


def evidence_of(triple: Triple, document: str, text: str, subject: Node, object: Node) -> Evidence:
    """The sentence with the places of both names."""
    places = [Span(start := text.index(node.name), start + len(node.name)) for node in (subject, object)]
    return Evidence(
        triple=triple,
        kind="text",
        document=document,
        section="Abstract",
        span=Span(0, len(text)),
        subject_span=places[0],
        object_span=places[1],
        text=text,
        agent="synthetic",
        revision="1",
        raw=0.9,
        calibrated=0.9,
    )


def build_alone(store: str, folder: Path) -> tuple[float, float]:
    """Seconds to build the store, and this process's peak resident memory in MiB."""
    started = time.perf_counter()
    STORES[store](folder)
    seconds = time.perf_counter() - started
    return seconds, peak_mib()


def peak_mib() -> float:
    """The peak resident memory of this process; not ru_maxrss, which a new process has from the one that started it."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--edges", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "graph"
        write_tables(folder, synthetic_tables(arguments.nodes, arguments.edges, seed=arguments.seed))
        print(f"{arguments.nodes} nodes, {arguments.edges} edges with one piece of evidence each")
        print("| store | seconds | edges/s | peak MiB |\n|---|---|---|---|")
        for store in STORES:
            # spawned: the memory of this process is not counted
            with multiprocessing.get_context("spawn").Pool(1) as alone:
                seconds, memory = alone.apply(build_alone, (store, folder))
            print(f"| {store} | {seconds:.1f} | {arguments.edges / seconds:,.0f} | {memory:,.0f} |")


if __name__ == "__main__":
    main()
