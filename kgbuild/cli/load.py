"""`kgbuild load`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from kgbuild.cli.endpoint import load_into_endpoint
from kgbuild.cli.example import example
from kgbuild.cli.options import verbose_option

if TYPE_CHECKING:
    from kgbuild.store.neo4j import EvidenceForm

__all__ = ["command"]

REJECTED = "load-rejected.jsonl"


@click.command(
    "load",
    epilog=example(
        "NEO4J_PASSWORD=… kgbuild load graph/ --to bolt://localhost:7687",
        "kgbuild load graph/ --to http://localhost:3030/kgbuild/sparql",
    ),
)
@click.argument("graph", type=click.Path(path_type=Path))
@click.option("--to", "uri", required=True, metavar="URI", help="bolt://…, neo4j://…, or http://….")
@click.option("--database", metavar="NAME", help="Database on the server.  [default: the user's home database]")
@click.option(
    "--evidence",
    type=click.Choice(["nodes", "properties", "none"]),
    default="nodes",
    show_default=True,
    help="Evidence as nodes of its own, as lists on its edge, or left out.",
)
@click.option("--full-text", is_flag=True, help="Make a full-text index of names and synonyms (kgbuild_names).")
@click.option("--batch", type=click.IntRange(1), default=5000, show_default=True, help="Rows of one transaction.")
@click.option("--sessions", type=click.IntRange(1), default=4, show_default=True, help="Transactions at a time.")
@verbose_option
def command(
    graph: Path, uri: str, database: str | None, evidence: "EvidenceForm", full_text: bool, batch: int, sessions: int
) -> None:
    """Load GRAPH into a Neo4j 5 server, or into a SPARQL server.

    User and password come from NEO4J_USER (default neo4j) and NEO4J_PASSWORD. Loading again changes nothing; a graph
    that has grown adds what is new. Rows that the server did not take are written to load-rejected.jsonl in GRAPH.

    A SPARQL server is given by the address of its queries, which ends in /sparql (Apache Jena Fuseki) or /query
    (Oxigraph); user and password, if it wants any, come from SPARQL_USER and SPARQL_PASSWORD. The graph takes the place
    of one that was loaded before; other named graphs stay. Loading again changes nothing.
    """
    from kgbuild.cli.progress import step_line
    from kgbuild.errors import ConfigError, GraphError
    from kgbuild.pipeline.ledger import encode_failures
    from kgbuild.pipeline.report import read_manifest
    from kgbuild.store.neo4j import load_neo4j

    read_manifest(graph)
    if uri.startswith(("http://", "https://")):
        load_into_endpoint(graph, uri)
        return
    if "NEO4J_PASSWORD" not in os.environ:
        raise ConfigError("expected the password of the Neo4j server in NEO4J_PASSWORD, which is not set")
    with step_line() as tell:
        report = load_neo4j(
            graph,
            uri,
            user=os.environ.get("NEO4J_USER", "neo4j"),
            password=os.environ["NEO4J_PASSWORD"],
            database=database,
            evidence=evidence,
            full_text=full_text,
            batch_rows=batch,
            sessions=sessions,
            progress=lambda part, rows: tell(rows, rows, part),
        )
    for name, given, created, matched, rejected in map(msgspec.structs.astuple, report.parts):
        click.echo(f"{name}: {given} in = {created} created + {matched} matched + {rejected} rejected", err=True)
    click.echo(f"{uri}: {report.n_created} nodes and relationships created in {report.seconds:.1f} s", err=True)
    if report.rejected:
        path = graph / REJECTED
        path.write_bytes(encode_failures(report.rejected))
        raise GraphError(f"{uri}: {len(report.rejected)} rows were rejected; {path} says which and why")
