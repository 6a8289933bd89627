"""`kgbuild export`."""

from pathlib import Path

import click

from kgbuild import registry
from kgbuild.cli.example import example
from kgbuild.cli.opening import open_graph
from kgbuild.cli.options import verbose_option
from kgbuild.config import EVIDENCE_FORMS, EvidenceForm

__all__ = ["command"]


@click.command(
    "export",
    epilog=example(
        "kgbuild export graph/ -O kgx-tsv -o kgx/",
        "kgbuild export graph/ -O graphml -o graph.graphml",
        "kgbuild export graph/ -O neo4j-admin --evidence properties -o neo4j/",
        "kgbuild export graph/ -O bioc-xml -o annotations.xml.gz",
    ),
)
@click.argument("graph", type=click.Path(path_type=Path))
@click.option(
    "-O",
    "--format",
    "format_name",
    required=True,
    type=click.Choice(sorted({*registry.names("graph_writers"), *registry.names("writers")})),
    help="Format of the output.",
)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The file or folder to make.")
@click.option(
    "--evidence",
    type=click.Choice(EVIDENCE_FORMS),
    help="For neo4j-admin: evidence as nodes of its own, as lists on its edge, or left out, as kgbuild load does.  "
    "[default: nodes]",
)
@click.option("--force", is_flag=True, help="Replace an export that is there already.")
@verbose_option
def command(graph: Path, format_name: str, output: Path, evidence: EvidenceForm | None, force: bool) -> None:
    """Give GRAPH to other tools, with identifiers, parallel edges and evidence kept as far as the format can.

    In: the folder that kgbuild build made; it is only read. Out: a file, or a folder for csv, kgx-tsv, kgx-jsonl,
    neo4j-admin and pykeen, the same bytes for the same graph; it is there whole or not at all. An edge that papers only
    deny is marked as negated, and no triple for pykeen. The graph's folder itself holds its tables as Parquet.

    bioc-json, bioc-xml, jsonl and pubtator are the annotated documents of the graph, as kgbuild annotate writes them.
    """
    from kgbuild.export.graph.source import GraphSource
    from kgbuild.export.graph.target import new_target

    if format_name in registry.names("writers"):
        if evidence is not None:
            raise click.UsageError(f"--evidence {evidence}: {format_name} holds documents")
        _export_documents(graph, format_name, output, force=force)
        return
    writer = registry.load("graph_writers", format_name)
    if evidence is not None and evidence not in getattr(writer, "EVIDENCE_FORMS", ()):
        raise click.UsageError(f"--evidence {evidence}: {format_name} has evidence in one form only")
    open_graph(graph)
    options = {} if evidence is None else {"evidence": evidence}
    with new_target(output, files=writer.FILES, force=force) as target:
        counts = writer.write(GraphSource(graph), target, **options)
    click.echo(f"{output}: {', '.join(f'{n} {what}' for what, n in counts.items())}", err=True)
    if hasattr(writer, "next_step"):
        click.echo(writer.next_step(output), err=True)


def _export_documents(graph: Path, format_name: str, output: Path, *, force: bool) -> None:
    from kgbuild.export.graph.rdf_files import opened
    from kgbuild.export.graph.target import new_target
    from kgbuild.pipeline import graph_documents

    n_all = open_graph(graph).counts["documents"]
    with new_target(output, files=(), force=force) as target, opened(target) as stream:
        n_written = registry.load("writers", format_name).write(graph_documents(graph), stream)
    left_out = f"; {n_all - n_written} of imports have no text" if n_written < n_all else ""
    click.echo(f"{output}: {n_written} documents{left_out}", err=True)
