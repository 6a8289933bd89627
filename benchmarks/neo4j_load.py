"""Statements a second into a real Neo4j 5: kgbuild's bulk import, into servers of its own; its loader beside KGX's,
BioCypher's and rdflib-neo4j's, one after the other on one server; then how many times as many kgbuild loads as each
peer, and `neo4j-admin` on kgbuild's CSV beside its like made by hand.

    python benchmarks/neo4j_load.py --nodes 10000 --edges 50000
    python benchmarks/neo4j_load.py --peaks 100000 1000000

The second command tells the time and the peak memory of `kgbuild load` alone, for graphs of so many edges and a fifth
as many nodes.

The graph is that of load_rates.py; as in real ones --parallel of its edges join nodes which another edge joins already,
and as many are stated by two papers. A statement is what one paper says of one edge. Each loader runs in a process of
its own; the database is emptied in between, and asked afterwards what arrived. The server is warm: it has loaded a
tenth of the graph, unmeasured, by kgbuild before the first. Peers live in virtual environments under --environments,
made on demand with pip; one that cannot be installed is skipped, with the reason. They get their rows from memory,
kgbuild reads its Parquet files. The seconds of a bulk import are all from these files to a database that answers and
has its constraints, the start of its cold server included; its client is the export and `neo4j-admin`.

KGX gets the Biolink Model from a package instead of the network; its statement for constraints is none of Neo4j 5's: it
is given the constraint that it means, without which each of its edges scans all nodes. BioCypher needs APOC, which the
server has for it alone; it looks the ends of edges up without a label, which no index helps, so that each edge scans
all nodes: it gets the first FEW edges only, its nodes before the clock starts, and constraints for these.

The floor is what the server needs for nodes of an `id` and a name and relationships without anything, from two sessions
of the official driver: no loader over Bolt that keeps what the graph says can be faster.

What is found is counted by what the loaders call it. A fact is a subject, a predicate and an object, as a relationship
or as a node that is its reification; it has an `id` and a `belief` or has lost them. The peers get a row for each
statement, with its sentence and the belief of its fact; a statement is there if its sentence is.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import neo4j
import pyarrow.parquet as pq
from load_rates import PREDICATES, synthetic_tables
from neo4j_bulk import compare_by_hand, import_graph

from kgbuild.config import EvidenceForm
from kgbuild.store.parquet import write_tables

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests"))

from servers import Neo4jProcess, own_neo4j  # noqa: E402

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
import pathlib
import biolink_model, bmt, kgx.config
from neo4j import GraphDatabase
model = pathlib.Path(biolink_model.__path__[0])
prefixes = model / "prefixmaps" / "biolink-model-prefix-map.json"
kgx.config.jsonld_context_map["biolink"] = json.loads(prefixes.read_text("utf-8"))
schema = str(model / "schema" / "biolink_model.yaml")
bmt.Toolkit.__init__.__defaults__ = (schema, {"predicate mappings": []})
from kgx.sink.neo_sink import NeoSink
from kgx.transformer import Transformer
nodes, edges = rows("nodes"), rows("statements")
with GraphDatabase.driver(uri, auth=(user, password)) as driver:
    driver.execute_query(
        "CREATE CONSTRAINT kgx_id IF NOT EXISTS FOR (n:`biolink:NamedThing`) REQUIRE n.id IS UNIQUE"
    )
started = time.perf_counter()
sink = NeoSink(Transformer(), uri, user, password)
for node in nodes:
    sink.write_node({"id": node["id"], "name": node["name"], "category": ["biolink:" + node["type"]]})
for edge in edges:
    sink.write_edge({**edge, "predicate": edge["biolink_predicate"]})
sink.finalize()
sink.session.close()
done(started)
"""
BIOCYPHER = """
from biocypher._create import BioCypherEdge, BioCypherNode
from biocypher.output.connect._neo4j_driver import _Neo4jDriver
nodes, edges = rows("nodes"), rows("statements")[:FEW]
driver = _Neo4jDriver(
    database_name="neo4j", uri=uri, user=user, password=password, multi_db=False, translator=None,
    increment_version=False,
)
for label in sorted({node["type"] for node in nodes}):
    driver._driver.query(f"CREATE CONSTRAINT FOR (n:{label}) REQUIRE n.id IS UNIQUE")
made = [BioCypherNode(node["id"], node["type"], properties={"name": node["name"]}) for node in nodes]
for place in range(0, len(made), 5000):
    driver.add_biocypher_nodes(made[place : place + 5000])
started = time.perf_counter()
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
nodes, edges = rows("nodes"), rows("statements")
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

#: the least that Bolt can be asked for: constraints, nodes of two properties, relationships of none; two sessions
FLOOR = """
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from neo4j import GraphDatabase
nodes, edges = rows("nodes"), rows("edges")
labels = {node["id"]: node["type"] for node in nodes}
parts = {f"CREATE (n:{label} {{id: row[0], name: row[1]}})": [] for label in sorted(set(labels.values()))}
for node in nodes:
    parts[f"CREATE (n:{node['type']} {{id: row[0], name: row[1]}})"].append((node["id"], node["name"]))
ends = lambda edge: (labels[edge["subject"]], edge["predicate"], labels[edge["object"]])
for (start, predicate, end), found in groupby(sorted(edges, key=ends), ends):
    text = f"MATCH (a:{start} {{id: row[0]}}) MATCH (b:{end} {{id: row[1]}}) CREATE (a)-[:{predicate.upper()}]->(b)"
    parts[text] = [(edge["subject"], edge["object"]) for edge in found]
started = time.perf_counter()
with GraphDatabase.driver(uri, auth=(user, password)) as driver, ThreadPoolExecutor(2) as pool:
    def write(text, batch):
        with driver.session() as session:
            session.execute_write(lambda unit: unit.run("UNWIND $rows AS row " + text, rows=batch).consume())
    for label in sorted(set(labels.values())):
        driver.execute_query(f"CREATE CONSTRAINT FOR (n:{label}) REQUIRE n.id IS UNIQUE")
    for text, found in parts.items():
        batches = [found[place : place + 5000] for place in range(0, len(found), 5000)]
        list(pool.map(write, [text] * len(batches), batches))
done(started)
"""

#: statements that a loader gets which scans all nodes for each
FEW = 1000


@dataclass(frozen=True)
class Loader:
    """A program, the packages that its environment needs besides Python, and how many statements it gets at most."""

    program: str
    packages: tuple[str, ...] = ()
    most_statements: int = sys.maxsize


@dataclass(frozen=True)
class Bulk:
    """Export, `neo4j-admin`, a new server."""

    evidence: EvidenceForm


#: also warms the server
AS_NODES = Loader(KGBUILD.replace("FORM", "'nodes'"))

LOADERS: dict[str, Loader | Bulk] = {
    "kgbuild, bulk import, evidence on its edge": Bulk("properties"),
    "kgbuild, bulk import, evidence as nodes": Bulk("nodes"),
    "kgbuild, evidence on its edge": Loader(KGBUILD.replace("FORM", "'properties'")),
    "kgbuild, evidence as nodes": AS_NODES,
    "floor: bare nodes and relationships": Loader(FLOOR),
    "KGX (with its constraint made by hand)": Loader(KGX, ("kgx", "biolink-model")),
    "rdflib-neo4j, bare triples": Loader(RDFLIB.replace("REIFIED", "False"), ("rdflib-neo4j",)),
    "rdflib-neo4j, reified": Loader(RDFLIB.replace("REIFIED", "True"), ("rdflib-neo4j",)),
    "BioCypher, edges alone": Loader(BIOCYPHER.replace("FEW", str(FEW)), ("biocypher", "neo4j"), FEW),
}

#: what `kgbuild load` does by default, and with --evidence properties
OVER_BOLT = ("kgbuild, evidence as nodes", "kgbuild, evidence on its edge")

COLUMNS = ("loader", "statements/s", "seconds", "client CPU s", "server CPU s", "client peak MiB", "found")

APOC = "org.neo4j.procedure:apoc-core:5.26.12+org.neo4j.procedure:apoc-common:5.26.12"

#: what the loaders call a fact's relationship
TYPES = "|".join(sorted(f"`{name}`" for pair in PREDICATES.items() for name in (*pair, pair[0].upper())))


def facts(where: str, where_reified: str) -> str:
    """The query for the number of facts that meet a condition."""
    return (
        f"CALL () {{ MATCH (a)-[r:{TYPES}]->(b) WHERE {where} RETURN [elementId(a), type(r), elementId(b)] AS fact "
        f"UNION MATCH (a)<-[:subject]-(r:Statement)-[:object]->(b) WHERE {where_reified} "
        "RETURN [elementId(a), r.predicate, elementId(b)] AS fact } RETURN count(fact)"
    )


#: what arrived, by what any of the loaders calls it
FOUND = {
    "nodes": "MATCH (n) WHERE n.name IS NOT NULL OR n.label IS NOT NULL RETURN count(n)",
    "facts": facts("true", "true"),
    "ids": facts("r.id IS NOT NULL", "r.uri IS NOT NULL"),
    "beliefs": facts("r.belief IS NOT NULL", "r.belief IS NOT NULL"),
    "statements": f"MATCH ()-[r:{TYPES}]->() WITH sum(CASE WHEN r.evidence_texts IS NOT NULL "
    "THEN size(r.evidence_texts) WHEN r.evidence_text IS NOT NULL THEN 1 ELSE 0 END) AS held "
    "RETURN held + COUNT { (n) WHERE n.evidence_text IS NOT NULL } + COUNT { (n:Evidence) WHERE n.text IS NOT NULL }",
}


@dataclass(frozen=True)
class Run:
    """Seconds of the clock, of the client's and the server's processors; the client's peak; what arrived."""

    seconds: float
    client: float
    server: float
    peak_mib: float
    found: dict[str, int]


def write_rows(folder: Path) -> None:
    """The graph for the peers: nodes, edges, and statements, each an edge with what one paper says of it."""
    tables = {name: pq.read_table(folder / f"{name}.parquet").to_pylist() for name in ("nodes", "edges", "evidence")}
    edges = {row["id"]: row for row in tables["edges"]}
    tables["statements"] = [
        {
            **edges[row["edge"]],
            **{"id": row["id"], "evidence_count": 1, "documents": 1},
            **{"evidence_text": row["text"], "document": row["document"]},
        }
        for row in tables.pop("evidence")
    ]
    for name, rows in tables.items():
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as stream:
            stream.writelines(json.dumps(row) + "\n" for row in rows)


def given(folder: Path, most_statements: int) -> dict[str, int]:
    """How much of each a loader gets."""
    with (folder / "nodes.jsonl").open(encoding="utf-8") as nodes:
        n_nodes = sum(1 for _ in nodes)
    with (folder / "statements.jsonl").open(encoding="utf-8") as stream:
        statements = [json.loads(line) for line in islice(stream, most_statements)]
    n_facts = len({(row["subject"], row["predicate"], row["object"]) for row in statements})
    return {"nodes": n_nodes, **dict.fromkeys(("facts", "ids", "beliefs"), n_facts), "statements": len(statements)}


def environment(packages: tuple[str, ...], folder: Path) -> Path:
    """The Python of a peer's environment, made if it is not there; RuntimeError if pip cannot install it."""
    if not packages:
        return Path(sys.executable)
    python = folder / packages[0] / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / packages[0])], check=True)
    done = subprocess.run([str(python), "-m", "pip", "install", "-q", *packages], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["pip failed"])[-1])
    return python


def add_apoc(home: Path) -> None:
    """Put APOC into a server that has not started."""
    import jgo

    (home / "plugins").mkdir()
    for jar in jgo.build(APOC).all_jars:
        shutil.copy(jar, home / "plugins")
    with (home / "conf" / "neo4j.conf").open("a", encoding="utf-8") as stream:
        stream.write("dbms.security.procedures.unrestricted=apoc.*\n")


def measure(program: str, python: Path, graph: Path, process: Neo4jProcess) -> Run:
    """Empty the server, run the loader, and ask what arrived."""
    server = process.server
    login = (server.user, server.password)
    with neo4j.GraphDatabase.driver(server.uri, auth=login, notifications_min_severity="OFF") as driver:
        empty(driver)
        before = cpu_seconds(process.pid)
        done = subprocess.run(
            [str(python), "-c", PROLOGUE + program, str(graph), server.uri, server.user, server.password],
            capture_output=True,
            text=True,
            cwd=graph.parent,  # for the logs of BioCypher
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


def found(driver: neo4j.Driver) -> dict[str, int]:
    """How much of each is in the database."""
    return {name: driver.execute_query(query).records[0][0] for name, query in FOUND.items()}


def told(found: dict[str, int], given: dict[str, int]) -> str:
    """What arrived of what was given, as words: what is whole together, then what was lost or doubled."""
    whole = [name for name in found if found[name] == given[name]]
    others = [f"{found[name]:,} {name} of {given[name]:,}" for name in found if name not in whole]
    return "; ".join([*([f"all {', '.join(whole)}"] if whole else []), *others])


def cpu_seconds(pid: int) -> float:
    """What a process has used of the processors so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def import_in_bulk(loader: Bulk, graph: Path, scratch: Path) -> tuple[Run, dict[str, float]]:
    """Make a server of its own of the graph; what that took, and the seconds of its parts."""
    done = import_graph(graph, scratch, loader.evidence, ask=found, cpu_seconds=cpu_seconds)
    parts = {
        "export": done.export.seconds,
        "import": done.admin.seconds,
        "start of the server": done.start_seconds,
        "constraints": done.constraint_seconds,
    }
    client = done.export.cpu + done.admin.cpu
    peak = max(done.export.peak_mib, done.admin.peak_mib)
    return Run(sum(parts.values()), client, done.server_cpu, peak, done.found), parts


def load_over_bolt(
    loaders: dict[str, Loader], environments: Path, graph: Path, tenth: Path, scratch: Path
) -> Iterator[tuple[str, Run | str]]:
    """What each loader took, or why it is skipped; on one server, which has loaded a tenth of the graph before."""
    with own_neo4j(scratch / "neo4j", add_apoc, quick=False) as process:
        measure(AS_NODES.program, Path(sys.executable), tenth, process)
        for name, loader in loaders.items():
            try:
                yield name, measure(loader.program, environment(loader.packages, environments), graph, process)
            except RuntimeError as error:
                yield name, str(error)


def print_ratios(rates: dict[str, float]) -> None:
    """How many statements a second kgbuild loads for each that a peer which gets the whole graph does."""
    few = [
        name for name, loader in LOADERS.items() if isinstance(loader, Loader) and loader.most_statements < sys.maxsize
    ]
    ours = [name for name in rates if name.startswith(("kgbuild", "floor"))]
    peers = [name for name in rates if name not in (*ours, *few)]
    if not peers:
        return
    print("\n| statements/s, times | " + " | ".join(peers) + " |\n|---" + "|---" * len(peers) + "|")
    for name in ours:
        print(f"| {name} | " + " | ".join(f"{rates[name] / rates[peer]:.1f}" for peer in peers) + " |")


def print_peaks(sizes: list[int], parallel: float) -> None:
    """What `kgbuild load` takes for graphs of these many edges, each on a new server."""
    print("| edges | nodes | loader | seconds | edges/s | client peak MiB | found |\n" + "|---" * 7 + "|", flush=True)
    for n_edges in sizes:
        with tempfile.TemporaryDirectory() as place:
            scratch = Path(place)
            graph = scratch / "graph"
            write_tables(graph, synthetic_tables(n_edges // 5, n_edges, seed=0, parallel=parallel))
            write_rows(graph)
            whole = given(graph, sys.maxsize)
            with own_neo4j(scratch / "neo4j", quick=False) as process:
                for name in OVER_BOLT:
                    run = measure(LOADERS[name].program, Path(sys.executable), graph, process)
                    print(
                        f"| {n_edges:,} | {n_edges // 5:,} | {name} | {run.seconds:.1f} | "
                        f"{n_edges / run.seconds:,.0f} | {run.peak_mib:,.0f} | {told(run.found, whole)} |",
                        flush=True,
                    )


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--edges", type=int, default=500_000)
    parser.add_argument("--parallel", type=float, default=0.1, help="share of edges, see above; 0 for none")
    parser.add_argument("--peaks", type=int, nargs="+", metavar="EDGES")
    parser.add_argument("--loaders", nargs="*", default=list(LOADERS), choices=list(LOADERS))
    parser.add_argument("--environments", type=Path, default=Path.home() / ".cache" / "kgbuild-benchmarks")
    parser.add_argument("--no-by-hand", action="store_true")
    arguments = parser.parse_args()
    if arguments.peaks:
        print_peaks(arguments.peaks, arguments.parallel)
        return
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)
        graph, tenth = scratch / "graph", scratch / "tenth"
        size = arguments.nodes, arguments.edges
        write_tables(graph, synthetic_tables(*size, seed=0, parallel=arguments.parallel))
        write_tables(tenth, synthetic_tables(*(n // 10 for n in size), seed=1, parallel=arguments.parallel))
        write_rows(graph)
        whole = given(graph, sys.maxsize)
        print("{} nodes, {} edges, {} statements".format(*size, whole["statements"]), flush=True)
        print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|", flush=True)
        rates, parts = dict[str, float](), dict[str, dict[str, float]]()

        def tell(name: str, run: Run | str, got: dict[str, int]) -> None:
            if isinstance(run, str):
                print(f"| {name} | skipped: {run} |", flush=True)
                return
            rates[name] = got["statements"] / run.seconds
            print(
                f"| {name} | {rates[name]:,.0f} | {run.seconds:.1f} | {run.client:.1f} | {run.server:.1f} | "
                f"{run.peak_mib:,.0f} | {told(run.found, got)} |",
                flush=True,
            )

        chosen = {name: LOADERS[name] for name in arguments.loaders}
        over_bolt = {name: loader for name, loader in chosen.items() if isinstance(loader, Loader)}
        for name, loader in chosen.items():
            if isinstance(loader, Bulk):
                run, parts[name] = import_in_bulk(loader, graph, scratch / f"bulk-{loader.evidence}")
                tell(name, run, whole)
        if over_bolt:
            for name, outcome in load_over_bolt(over_bolt, arguments.environments, graph, tenth, scratch):
                tell(name, outcome, given(graph, over_bolt[name].most_statements))
        print_ratios(rates)
        for name, seconds in parts.items():
            print(f"\n{name}: " + ", ".join(f"{what} {taken:.1f} s" for what, taken in seconds.items()))
        if not arguments.no_by_hand:
            compare_by_hand(graph, scratch)


if __name__ == "__main__":
    main()
