"""Bulk import into a new Neo4j 5: from the graph's folder to a server that answers, and `neo4j-admin` on kgbuild's CSV
beside its like made by hand. Part of neo4j_load.py.

Export and `neo4j-admin` run in processes of their own, and so does the server, which starts when they are done.
"""

import csv
import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import neo4j
import pyarrow.parquet as pq
from load_rates import peak_mib

from kgbuild.config import EvidenceForm
from kgbuild.export.graph import neo4j_admin
from kgbuild.export.graph.source import GraphSource

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

from servers import admin, configure, free_port, own_neo4j

#: times that each CSV is imported beside the other; the fastest counts
ROUNDS = 2

#: file -> its header by hand, and the columns of the graph's table
BY_HAND = {
    "nodes": (
        "id:ID(Entity),:LABEL,name:string,linked:boolean,reduced_formula:string,mention_count:long,document_count:long",
        ("id", "type", "name", "linked", "reduced_formula", "mention_count", "document_count"),
    ),
    "documents": (
        "id:ID(Document),title:string,year:long,journal:string,doi:string,pmid:string,pmcid:string,retracted:boolean",
        ("id", "title", "year", "journal", "doi", "pmid", "pmcid", "retracted"),
    ),
    "edges": (
        ":START_ID(Entity),:END_ID(Entity),:TYPE,id:string,belief:double,evidence_count:long,documents:long,"
        "negated_count:long,speculated_count:long,biolink_predicate:string,evidence_texts:string[],"
        "evidence_documents:string[]",
        (
            *("subject", "object", "predicate", "id", "belief", "evidence_count", "documents"),
            *("negated_count", "speculated_count", "biolink_predicate", "text", "document"),
        ),
    ),
}
IMPORT_BY_HAND = (
    *("database", "import", "full", "--nodes=nodes.csv", "--nodes=Document=documents.csv"),
    *("--relationships=edges.csv", "--bad-tolerance=0", "--overwrite-destination=true", "neo4j"),
)


@dataclass(frozen=True)
class Used:
    """Seconds of the clock and of the processors, and peak memory."""

    seconds: float
    cpu: float
    peak_mib: float


@dataclass(frozen=True)
class BulkImport:
    """What each part took, and what arrived."""

    export: Used
    admin: Used
    start_seconds: float
    constraint_seconds: float
    server_cpu: float
    found: dict[str, int]


def import_graph(
    graph: Path,
    scratch: Path,
    evidence: EvidenceForm,
    *,
    ask: Callable[[neo4j.Driver], dict[str, int]],
    cpu_seconds: Callable[[int], float],
) -> BulkImport:
    """Export, import, start the server, make the constraints; then ask what arrived."""
    out, used = scratch / "export", list[Used]()
    out.mkdir(parents=True)
    started = 0.0

    def prepare(home: Path) -> None:
        nonlocal started
        used.append(export(graph, out, evidence))
        used.append(run_admin(["sh", "import.sh"], out, admin(home))[0])
        started = time.perf_counter()

    with own_neo4j(scratch / "neo4j", prepare, quick=False) as process, connected(process.server) as driver:
        driver.execute_query("MATCH (n) RETURN n LIMIT 1")
        answered = time.perf_counter()
        for statement in (out / "constraints.cypher").read_text("utf-8").split(";\n")[:-1]:
            driver.execute_query(statement)
        driver.execute_query("CALL db.awaitIndexes(300)")
        done = time.perf_counter()
        server_cpu = cpu_seconds(process.pid)
        return BulkImport(*used, answered - started, done - answered, server_cpu, ask(driver))


def compare_by_hand(graph: Path, scratch: Path) -> None:
    """Print the seconds of neo4j-admin on kgbuild's CSV and on the same content written by hand."""
    ours, by_hand, home = scratch / "ours", scratch / "by-hand", scratch / "home"
    for folder in (ours, by_hand):
        folder.mkdir(parents=True)
    exported = export(graph, ours, "properties")
    write_by_hand(graph, by_hand)
    configure(home, free_port(), quick=False)
    program = admin(home, quick=False)
    commands = {
        "by hand": ([str(program), *IMPORT_BY_HAND], by_hand),
        "kgbuild's": (["sh", "import.sh", "neo4j", "--overwrite-destination=true"], ours),
    }
    rounds = [
        {name: run_admin(command, folder, program) for name, (command, folder) in commands.items()}
        for _ in range(ROUNDS)
    ]
    runs = {name: min((runs[name] for runs in rounds), key=lambda run: run[0].seconds) for name in commands}
    print("\n| neo4j-admin, evidence on its edge, CSV | seconds | CPU s | peak MiB | imported |\n|---|---|---|---|---|")
    for name, (used, imported) in runs.items():
        print(f"| {name} | {used.seconds:.1f} | {used.cpu:.1f} | {used.peak_mib:,.0f} | {imported} |")
    seconds = {name: used.seconds for name, (used, _) in runs.items()}
    alone = seconds["kgbuild's"] / seconds["by hand"]
    both = (exported.seconds + seconds["kgbuild's"]) / seconds["by hand"]
    print(
        f"\nImport of kgbuild's CSV takes {alone:.2f} times that of CSV by hand; with kgbuild's export, "
        f"{exported.seconds:.1f} s, {both:.2f} times (the fastest of {ROUNDS} each; making CSV by hand is not counted)."
    )


def export(graph: Path, out: Path, evidence: EvidenceForm) -> Used:
    """Export by a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as alone:
        return alone.apply(_export, (graph, out, evidence))


def _export(graph: Path, out: Path, evidence: EvidenceForm) -> Used:
    started, used = time.perf_counter(), time.process_time()
    neo4j_admin.write(GraphSource(graph), out, evidence=evidence)
    return Used(time.perf_counter() - started, time.process_time() - used, peak_mib())


def run_admin(command: list[str], folder: Path, program: Path) -> tuple[Used, str]:
    """What the import took, and what it says that it imported; RuntimeError if it failed."""
    started = time.perf_counter()
    environment = {**os.environ, "NEO4J_ADMIN": str(program)}
    log = folder / "import.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=stream, stderr=stream)
        ended, peak = 0, 0.0
        while not ended:
            peak = max(peak, peak_so_far(process.pid))
            time.sleep(0.02)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    said = log.read_text("utf-8", "replace")
    if process.returncode:
        raise RuntimeError(said[-2000:])
    imported = re.search(r"Imported:\s+(\d+ nodes)\s+(\d+ relationships)\s+(\d+ properties)", said)
    assert imported, said
    return Used(seconds, usage.ru_utime + usage.ru_stime, peak), ", ".join(imported.groups())


def peak_so_far(pid: int) -> float:
    """The peak resident memory of a process in MiB, 0 if it has ended; its ru_maxrss counts what started it, too."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text("ascii"))
    return int(found[1]) / 1024 if found else 0.0


def write_by_hand(graph: Path, folder: Path) -> None:
    """The CSV that one would write for this graph, whose texts hold no semicolon."""
    evidence: dict[str, dict[str, str]] = {}
    for piece in pq.read_table(graph / "evidence.parquet", columns=["edge", "text", "document"]).to_pylist():
        held = evidence.setdefault(piece.pop("edge"), piece)
        if held is not piece:
            held.update({name: f"{held[name]};{piece[name]}" for name in piece})
    for name, (header, columns) in BY_HAND.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            stream.write(header + "\n")
            writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
            for row in pq.read_table(graph / f"{name}.parquet").to_pylist():
                if name == "edges":
                    row = evidence[row["id"]] | row | {"predicate": row["predicate"].upper()}
                values = [row[column] for column in columns]
                writer.writerow([str(value).lower() if isinstance(value, bool) else value for value in values])


@contextmanager
def connected(server: Any) -> Iterator[neo4j.Driver]:
    """A connection, as soon as there is one."""
    login = (server.user, server.password)
    with neo4j.GraphDatabase.driver(server.uri, auth=login, notifications_min_severity="OFF") as driver:
        yield driver
