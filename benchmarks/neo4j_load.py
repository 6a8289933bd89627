"""Edges a second into a real Neo4j 5: kgbuild's loader beside KGX's, BioCypher's and rdflib-neo4j's, one after the
other on one server, and the bulk import of kgbuild's CSV beside that of CSV made by hand.

    python benchmarks/neo4j_load.py --nodes 10000 --edges 50000

The graph is that of load_rates.py. Each loader runs in a process of its own; the database is emptied in between, and
asked afterwards what arrived. Peers live in virtual environments under --environments, made on demand with pip; one
that cannot be installed is skipped, with the reason. They get their rows from memory, kgbuild reads its Parquet files.
KGX's statement for constraints is none of Neo4j 5's: it is given the constraint that it means, without which each of
its edges scans all nodes. BioCypher stops without APOC, which the server has not.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import neo4j
import pyarrow.parquet as pq
from load_rates import synthetic_tables

from kgbuild.store.parquet import write_tables

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests"))

from servers import Neo4jProcess, admin, own_neo4j  # noqa: E402

#: what runs in each process; PROLOGUE gives it `clock` and its arguments
PROLOGUE = """
import json, sys, time
folder, uri, user, password = sys.argv[1:5]
def rows(name):
    with open(f"{folder}/{name}.jsonl", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]
def done(started):
    status = open("/proc/self/status").read()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps([time.perf_counter() - started, time.process_time(), peak]))
"""
KGBUILD = """
from pathlib import Path
from kgbuild.store.neo4j import load_neo4j
started = time.perf_counter()
load_neo4j(Path(folder), uri, user=user, password=password, evidence=FORM)
done(started)
"""
KGX = """
from neo4j import GraphDatabase
from kgx.sink.neo_sink import NeoSink
from kgx.transformer import Transformer
nodes, edges = rows("nodes"), rows("edges")
with GraphDatabase.driver(uri, auth=(user, password)) as driver:
    driver.execute_query(
        "CREATE CONSTRAINT kgx_id IF NOT EXISTS FOR (n:`biolink:NamedThing`) REQUIRE n.id IS UNIQUE"
    )
started = time.perf_counter()
sink = NeoSink(Transformer(), uri, user, password)
for node in nodes:
    sink.write_node({"id": node["id"], "name": node["name"], "category": ["biolink:" + node["type"]]})
for edge in edges:
    sink.write_edge({**edge, "predicate": "biolink:related_to"})
sink.finalize()
sink.session.close()
done(started)
"""
BIOCYPHER = """
from biocypher._create import BioCypherEdge, BioCypherNode
from biocypher.output.connect._neo4j_driver import _Neo4jDriver
nodes, edges = rows("nodes"), rows("edges")
driver = _Neo4jDriver(
    database_name="neo4j", uri=uri, user=user, password=password, multi_db=False, translator=None,
    increment_version=False,
)
started = time.perf_counter()
made = [BioCypherNode(node["id"], node["type"], properties={"name": node["name"]}) for node in nodes]
for place in range(0, len(made), 5000):
    driver.add_biocypher_nodes(made[place : place + 5000])
made = [
    BioCypherEdge(
        edge["subject"], edge["object"], edge["predicate"], edge["id"],
        {name: value for name, value in edge.items() if name not in ("subject", "object", "predicate", "id")},
    )
    for edge in edges
]
for place in range(0, len(made), 5000):
    driver.add_biocypher_edges(made[place : place + 5000])
done(started)
"""
RDFLIB = """
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib_neo4j import HANDLE_VOCAB_URI_STRATEGY, Neo4jStore, Neo4jStoreConfig
nodes, edges = rows("nodes"), rows("edges")
K = Namespace("https://example.org/")
auth = {"uri": uri, "database": "neo4j", "user": user, "pwd": password}
config = Neo4jStoreConfig(
    auth_data=auth, custom_prefixes={"k": K}, handle_vocab_uri_strategy=HANDLE_VOCAB_URI_STRATEGY.IGNORE, batching=True
)
out, sys.stdout = sys.stdout, sys.stderr
started = time.perf_counter()
graph = Graph(store=Neo4jStore(config=config))
for node in nodes:
    graph.add((K[node["id"]], RDF.type, K[node["type"]]))
    graph.add((K[node["id"]], RDFS.label, Literal(node["name"])))
for edge in edges:
    if REIFIED:
        graph.add((K[edge["id"]], RDF.type, RDF.Statement))
        graph.add((K[edge["id"]], RDF.subject, K[edge["subject"]]))
        graph.add((K[edge["id"]], RDF.object, K[edge["object"]]))
        for name, value in edge.items():
            if name not in ("subject", "object", "id"):
                graph.add((K[edge["id"]], K[name], Literal(value)))
    else:
        graph.add((K[edge["subject"]], K[edge["predicate"]], K[edge["object"]]))
graph.close(True)
sys.stdout = out
done(started)
"""

#: loader -> its package and its program
LOADERS = {
    "kgbuild, evidence on its edge": ("", KGBUILD.replace("FORM", "'properties'")),
    "kgbuild, evidence as nodes": ("", KGBUILD.replace("FORM", "'nodes'")),
    "KGX (with its constraint made by hand)": ("kgx", KGX),
    "rdflib-neo4j, bare triples": ("rdflib-neo4j", RDFLIB.replace("REIFIED", "False")),
    "rdflib-neo4j, reified": ("rdflib-neo4j", RDFLIB.replace("REIFIED", "True")),
    "BioCypher": ("biocypher", BIOCYPHER),
}


#: columns of the edges in the CSV made by hand
BY_HAND = ("subject", "object", "predicate", "id", "belief", "evidence_count", "documents")


@dataclass(frozen=True)
class Run:
    """Seconds of the clock, of the client's and the server's processors; the client's peak; what arrived."""

    seconds: float
    client: float
    server: float
    peak_mib: float
    found: str


def write_rows(folder: Path) -> None:
    """The graph for the peers: nodes, and edges with the sentence and the document of their evidence."""
    evidence = {row["edge"]: row for row in pq.read_table(folder / "evidence.parquet").to_pylist()}
    for name in ("nodes", "edges"):
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as stream:
            for row in pq.read_table(folder / f"{name}.parquet").to_pylist():
                if name == "edges":
                    row |= {"evidence_text": evidence[row["id"]]["text"], "document": evidence[row["id"]]["document"]}
                stream.write(json.dumps(row) + "\n")


def environment(package: str, folder: Path) -> Path:
    """The Python of a peer's environment, made if it is not there; RuntimeError if pip cannot install it."""
    python = folder / package / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / package)], check=True)
    done = subprocess.run([str(python), "-m", "pip", "install", "-q", package], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["pip failed"])[-1])
    return python


def measure(program: str, python: Path, graph: Path, process: Neo4jProcess) -> Run:
    """Empty the server, run the loader, and ask what arrived."""
    server = process.server
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        empty(driver)
        before = cpu_seconds(process.pid)
        done = subprocess.run(
            [str(python), "-c", PROLOGUE + program, str(graph), server.uri, server.user, server.password],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError((done.stderr.strip().splitlines() or ["no words"])[-1])
        used = cpu_seconds(process.pid) - before
        seconds, client, peak = json.loads(done.stdout.splitlines()[-1])
        return Run(seconds, client, used, peak, found(driver))


def empty(driver: neo4j.Driver) -> None:
    """Delete everything, constraints and indexes too."""
    with driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()
        for kind, shown in (
            ("CONSTRAINT", "SHOW CONSTRAINTS YIELD name RETURN name"),
            ("INDEX", "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"),
        ):
            for (name,) in session.run(shown).values():
                session.run(f"DROP {kind} `{name}` IF EXISTS").consume()


def found(driver: neo4j.Driver) -> str:
    """What is in the database, in words."""
    nodes, edges = (
        driver.execute_query(query).records[0][0]
        for query in ("MATCH (n) RETURN count(n)", "MATCH ()-[r]->() RETURN count(r)")
    )
    with_belief = driver.execute_query("MATCH ()-[r]->() WHERE r.belief IS NOT NULL RETURN count(r)").records[0][0]
    return f"{nodes} nodes, {edges} relationships, {with_belief} of them with belief"


def cpu_seconds(pid: int) -> float:
    """What a process has used of the processors so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def bulk(graph: Path, scratch: Path) -> None:
    """Seconds of neo4j-admin on kgbuild's CSV and on the same nodes and edges written by hand."""
    from kgbuild.export.graph import neo4j_admin
    from kgbuild.export.graph.source import GraphSource

    ours, by_hand = scratch / "ours", scratch / "by-hand"
    ours.mkdir()
    by_hand.mkdir()
    started = time.perf_counter()
    neo4j_admin.write(GraphSource(graph), ours)
    exported = time.perf_counter() - started
    with (by_hand / "nodes.csv").open("w", encoding="utf-8") as stream:
        stream.write("id:ID,name:string,:LABEL\n")
        for row in pq.read_table(graph / "nodes.parquet").to_pylist():
            stream.write(f"{row['id']},{row['name']},{row['type']}\n")
    with (by_hand / "edges.csv").open("w", encoding="utf-8") as stream:
        stream.write(":START_ID,:END_ID,:TYPE,id:string,belief:double,evidence_count:long,documents:long\n")
        for row in pq.read_table(graph / "edges.parquet").to_pylist():
            values = (
                row[name] for name in ("subject", "object", "predicate", "id", "belief", "evidence_count", "documents")
            )
            stream.write(",".join(map(str, values)) + "\n")
    times: dict[str, float] = {}

    def run_imports(home: Path) -> None:
        same = ["--nodes=nodes.csv", "--relationships=edges.csv", "--array-delimiter=U+001F", "neo4j"]
        for name, folder, arguments in (
            ("by hand, nodes and edges", by_hand, ["database", "import", "full", *same]),
            ("kgbuild, nodes and edges", ours, ["database", "import", "full", *same]),
            ("kgbuild, everything", ours, [*neo4j_admin.arguments(), "neo4j"]),
        ):
            started = time.perf_counter()
            command = [str(admin(home)), *arguments, "--overwrite-destination=true"]
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
            times[name] = time.perf_counter() - started

    with own_neo4j(scratch / "bulk", run_imports):
        pass
    print(f"\n| bulk import | seconds |\n|---|---|\n| kgbuild's export | {exported:.1f} |")
    for name, seconds in times.items():
        print(f"| neo4j-admin, {name} | {seconds:.1f} |")


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--edges", type=int, default=500_000)
    parser.add_argument("--loaders", nargs="*", default=list(LOADERS), choices=list(LOADERS))
    parser.add_argument("--environments", type=Path, default=Path.home() / ".cache" / "kgbuild-benchmarks")
    parser.add_argument("--no-bulk", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)
        graph = scratch / "graph"
        write_tables(graph, synthetic_tables(arguments.nodes, arguments.edges, seed=0))
        write_rows(graph)
        print(f"{arguments.nodes} nodes, {arguments.edges} edges", flush=True)
        print(
            "| loader | edges/s | seconds | client CPU s | server CPU s | client peak MiB | found |\n"
            + "|---" * 7
            + "|"
        )
        with own_neo4j(scratch / "neo4j", quick=False) as process:
            for name in arguments.loaders:
                package, program = LOADERS[name]
                try:
                    python = environment(package, arguments.environments) if package else Path(sys.executable)
                    run = measure(program, python, graph, process)
                except RuntimeError as error:
                    print(f"| {name} | skipped: {error} |", flush=True)
                    continue
                rate = arguments.edges / run.seconds
                print(
                    f"| {name} | {rate:,.0f} | {run.seconds:.1f} | {run.client:.1f} | {run.server:.1f} | "
                    f"{run.peak_mib:,.0f} | {run.found} |",
                    flush=True,
                )
        if not arguments.no_bulk:
            bulk(graph, scratch)


if __name__ == "__main__":
    main()
