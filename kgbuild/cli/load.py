"""`kgbuild load`."""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
import msgspec

from kgbuild.cli.endpoint import load_into_endpoint
from kgbuild.cli.example import example
from kgbuild.cli.opening import open_graph
from kgbuild.cli.options import verbose_option
from kgbuild.config import EVIDENCE_FORMS, EvidenceForm

if TYPE_CHECKING:
    from kgbuild.store.neo4j import NameEncoder, Retraction

__all__ = ["command"]

REJECTED = "load-rejected.jsonl"
#: Schemes of the addresses of servers; +s and +ssc are encrypted.
NEO4J_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
SPARQL_SCHEMES = ("http", "https")


@click.command(
    "load",
    epilog=example(
        "NEO4J_PASSWORD=… kgbuild load graph/ --to bolt://localhost:7687",
        "NEO4J_PASSWORD=… kgbuild load graph/ --to bolt://localhost:7687 --full-text --vectors",
        "kgbuild load graph/ --to http://localhost:3030/kgbuild/sparql",
        "NEO4J_PASSWORD=… kgbuild load graph/ --to bolt://localhost:7687 --retract PMID:123",
    ),
)
@click.argument("graph", type=click.Path(path_type=Path))
@click.option("--to", "uri", required=True, metavar="URI", help="bolt://…, neo4j://…, or http://….")
@click.option("--database", metavar="NAME", help="Database on the server.  [default: the user's home database]")
@click.option(
    "--evidence",
    type=click.Choice(EVIDENCE_FORMS),
    default="nodes",
    show_default=True,
    help="Evidence as nodes of its own, as lists on its edge, or left out.",
)
@click.option("--full-text", is_flag=True, help="Make a full-text index of names and synonyms (kgbuild_names).")
@click.option(
    "--vectors",
    is_flag=True,
    help="Give every entity the vector of its name as `embedding`, and make a vector index for each label "
    "(kgbuild_vectors_Gene); Neo4j 5.15 or newer.",
)
@click.option("--batch", type=click.IntRange(1), default=5000, show_default=True, help="Rows of one transaction.")
@click.option("--sessions", type=click.IntRange(1), default=2, show_default=True, help="Transactions at a time.")
@click.option(
    "--retract",
    multiple=True,
    metavar="DOCUMENT|MODEL",
    help="Leave this document, or what this model (AGENT@REVISION) read, out of the graph and remove from the database "
    "what nothing else supports. Repeatable.",
)
@click.option("-s", "--schema", metavar="NAME|FILE", help="For --retract: the graph's schema.  [default: its name]")
@verbose_option
def command(
    graph: Path,
    uri: str,
    database: str | None,
    evidence: EvidenceForm,
    full_text: bool,
    vectors: bool,
    batch: int,
    sessions: int,
    retract: tuple[str, ...],
    schema: str | None,
) -> None:
    """Load GRAPH into a Neo4j 5 server (5.7 or newer), or into a SPARQL server.

    User and password come from NEO4J_USER (default neo4j) and NEO4J_PASSWORD. Loading again changes nothing; a graph
    that has grown adds what is new. Rows that the server did not take are written to load-rejected.jsonl in GRAPH. If
    the server goes away, it is waited for up to two minutes; the same command again completes what is missing. A large
    graph gets into a new database faster by kgbuild export -O neo4j-admin.

    With --vectors the names nearest to a question are found by

        CALL db.index.vector.queryNodes('kgbuild_vectors_Disease', 5, $question) YIELD node, score

    where $question is its vector by the model all-MiniLM-L6-v2: kgbuild.sentence_vectors makes it, as does
    sentence-transformers. Names that have a vector are not encoded again.

    With --retract the graph is loaded as if it had been built without that document or model, which GRAPH itself keeps:
    give the option each time, or the next load brings it back. What was rejected because of them stays rejected.

    A SPARQL server is given by the address of its queries, which ends in /sparql (Apache Jena Fuseki) or /query
    (Oxigraph); user and password, if it wants any, come from SPARQL_USER and SPARQL_PASSWORD. The graph takes the place
    of one that was loaded before; other named graphs stay. Loading again changes nothing.
    """
    address = urlsplit(uri)
    if address.scheme not in (*NEO4J_SCHEMES, *SPARQL_SCHEMES) or not address.netloc:
        expected = "bolt://, neo4j:// (with +s or +ssc: encrypted), http:// or https:// and a host"
        raise click.UsageError(f"--to: expected an address that begins with {expected}, found {uri!r}")
    from kgbuild.cli.progress import step_line
    from kgbuild.errors import ConfigError, GraphError
    from kgbuild.interruption import resumable
    from kgbuild.pipeline.ledger import encode_failures
    from kgbuild.store.neo4j import load_neo4j

    open_graph(graph)
    if address.scheme in SPARQL_SCHEMES:
        load_into_endpoint(graph, uri)
        return
    if not logging.getLogger().isEnabledFor(logging.INFO):
        logging.getLogger("neo4j").setLevel(logging.ERROR)  # the driver warns of every transaction that it tries again
    if "NEO4J_PASSWORD" not in os.environ:
        raise ConfigError("expected the password of the Neo4j server in NEO4J_PASSWORD, which is not set")
    n_written = 0

    def told(done: int, total: int, part: str) -> None:
        nonlocal n_written
        n_written = done
        tell(done, total, part)

    with _left(graph, retract, schema) as (folder, retraction), resumable(lambda: n_written > 0), step_line() as tell:
        report = load_neo4j(
            folder,
            uri,
            user=os.environ.get("NEO4J_USER", "neo4j"),
            password=os.environ["NEO4J_PASSWORD"],
            database=database,
            evidence=evidence,
            full_text=full_text,
            encoder=_name_encoder() if vectors else None,
            retraction=retraction,
            batch_rows=batch,
            sessions=sessions,
            progress=told,
        )
    for part, removed, kept in map(msgspec.structs.astuple, report.removed):
        stayed = f", {kept} kept, which other evidence supports" if kept else ""
        click.echo(f"{part}: {removed} removed{stayed}", err=True)
    for name, given, created, matched, rejected in map(msgspec.structs.astuple, report.parts):
        click.echo(f"{name}: {given} in = {created} created + {matched} matched + {rejected} rejected", err=True)
    if vectors:
        click.echo(f"vectors: {report.n_vectors} names had none", err=True)
    click.echo(f"{uri}: {report.n_created} nodes and relationships created in {report.seconds:.1f} s", err=True)
    if report.rejected:
        path = graph / REJECTED
        path.write_bytes(encode_failures(report.rejected))
        raise GraphError(f"{uri}: {len(report.rejected)} rows were rejected; {path} says which and why")


def _name_encoder() -> "NameEncoder":
    from kgbuild.sentence_vectors import SentenceEncoder

    return SentenceEncoder()


@contextmanager
def _left(graph: Path, targets: Sequence[str], schema: str | None) -> "Iterator[tuple[Path, Retraction | None]]":
    """The folder to load: the graph's own, or that of its tables without the targets."""
    from kgbuild.pipeline.report import read_manifest
    from kgbuild.pipeline.without import write_without
    from kgbuild.schema import load_schema
    from kgbuild.store.neo4j import Retraction

    if not targets:
        yield graph, None
        return
    with TemporaryDirectory(prefix="kgbuild-") as scratch:
        write_without(graph, targets, Path(scratch), schema=load_schema(schema or read_manifest(graph).schema))
        yield Path(scratch), Retraction(targets, graph)
