"""`kgbuild ontology`."""

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

import click

from kgbuild.cli.example import example
from kgbuild.cli.options import rendering_options, verbose_option

if TYPE_CHECKING:
    from kgbuild.concept import Concept
    from kgbuild.link.catalogue import Added
    from kgbuild.link.compiled import CompiledOntology
    from kgbuild.schema import Schema

__all__ = ["command"]

#: processes that compile the default ontologies, each with some hundreds of megabytes
MAX_WORKERS = 4
TYPE_OPTION = click.option("--type", "type_", metavar="TYPE", help="Entity type of its concepts, as in the schema.")


@click.group("ontology", epilog=example("kgbuild ontology add default", "kgbuild ontology search 'heart attack'"))
def command() -> None:
    """Compile ontologies once, list them, look names up.

    Compiled ontologies lie in a cache folder (KGBUILD_CACHE, else ~/.cache/kgbuild) and are shared by all runs.
    """


@command.command(
    "add",
    epilog=example(
        "kgbuild ontology add default", "kgbuild ontology add my.obo --type Disease", "kgbuild ontology add mondo"
    ),
)
@click.argument("name", metavar="FILE|FOLDER|PREFIX|default")
@TYPE_OPTION
@click.option("--url", default="", help="Where the release of PREFIX is, perhaps with #sha256=… after it.")
@rendering_options
@verbose_option
def add(name: str, type_: str | None, url: str, rendering: str | None) -> None:
    """Compile an ontology: a file, the files of a folder, the official release of a prefix, or the default ones.

    In: OBO, OBO Graph JSON, OWL or SKOS in RDF, SSSOM mappings, or a table of names; or the prefix of an ontology
    ("mondo"), whose release is downloaded, and downloaded anew when there is a newer one. Out: what was compiled, a row
    for each ontology.
    """
    from kgbuild.cli.progress import download_bar
    from kgbuild.link import catalogue
    from kgbuild.link.remarks import remarks
    from kgbuild.pipeline.engine import count_cores

    workers = min(count_cores(), MAX_WORKERS)
    with download_bar() as on_bytes:
        found = catalogue.add_ontology(name, type_, _say, url=url, on_bytes=on_bytes, workers=workers)
    if name == "default":
        from kgbuild.link.linker import index_default

        index_default(workers, _say)
    for added in found:
        _say(_outcome(added))
        if name != "default":
            for remark in remarks(added.ontology):
                _say(f"  {remark}")
    _echo((added.ontology for added in found), rendering)


@command.command("list", epilog=example("kgbuild ontology list --table"))
@rendering_options
@verbose_option
def list_(rendering: str | None) -> None:
    """List the compiled ontologies, a row each.

    Rows with the same name differ in content, of which the version is a hash, and in the source that they were made
    from. By its name a release that was downloaded is meant, else the default ontology; another one by its file.
    """
    from kgbuild.link import catalogue

    _echo(catalogue.compiled_ontologies(), rendering)


@command.command("show", epilog=example("kgbuild ontology show mondo", "kgbuild ontology show MONDO:0005148"))
@click.argument("name", metavar="NAME|CURIE")
@rendering_options
@verbose_option
def show(name: str, rendering: str | None) -> None:
    """Show what a compiled ontology holds, or what all of them know of a concept.

    Out: a row for each version of the ontology, or for each ontology that has the concept; where none has it, for each
    concept that it is a cross-reference of.
    """
    from kgbuild.link import catalogue

    if ":" in name:
        concepts = catalogue.find_concepts(name)
        if all(concept.curie != name for _, concept in concepts):
            _say(
                f"{name}: no compiled ontology has this concept itself; it is a cross-reference of {_listed(concepts)}"
            )
        _echo_concepts(concepts, rendering)
        return
    found = catalogue.show_ontology(name)
    _echo(found, rendering)
    for ontology in found:
        for what, count in ontology.meta.skipped.items():
            _say(f"{ontology.meta.name} {ontology.meta.version[:12]}: passed over {count:,} {what}")


@command.command("mappings", epilog=example("kgbuild ontology mappings mondo"))
@click.argument("name")
@rendering_options
@verbose_option
def mappings(name: str, rendering: str | None) -> None:
    """List the cross-references of an ontology that are not used, because they would merge concepts.

    Two concepts of one ontology are never the same. Where several are mapped to one concept of another, or one to
    several, the mapping between two of the same name is used, if there is but one, and the rest are rows here.
    """
    from kgbuild.cli.rendering import echo_rows
    from kgbuild.link import catalogue
    from kgbuild.link.equivalence import refusals
    from kgbuild.query.rows import Rows

    found = (refusal for ontology in catalogue.show_ontology(name) for refusal in refusals(ontology))
    rows = ((item.subject, item.object, ", ".join(item.siblings)) for item in found)
    echo_rows(Rows(("subject", "object", "would_merge"), rows), rendering)


@command.command(
    "search",
    epilog=example(
        "kgbuild ontology search 'heart attack' --type Disease",
        "kgbuild ontology search Tat --type Gene --explain --table",
    ),
)
@click.argument("name")
@TYPE_OPTION
@click.option("--explain", is_flag=True, help="Say how the linker ranks the concepts and which one it would choose.")
@click.option(
    "-s", "--schema", default="science", show_default=True, metavar="NAME|FILE", help="Whose types these are."
)
@rendering_options
@verbose_option
def search(name: str, type_: str | None, explain: bool, schema: str, rendering: str | None) -> None:
    """Look a name up in all compiled ontologies.

    Out: the concepts that may have it, the likeliest first, with how each was found; no row where none has. With
    --explain, which needs --type, the linker's probability of each, what adds to it, and whether it is chosen.
    """
    from kgbuild.cli.rendering import echo_rows
    from kgbuild.link import catalogue
    from kgbuild.query.rows import Rows
    from kgbuild.schema import load_schema

    if not any(map(str.isalnum, name)):
        raise click.UsageError(f"expected a name to look up, found {name!r}, without a letter or digit")
    loaded = load_schema(schema)
    if type_ and type_ not in loaded.entities:
        known = ", ".join(sorted(loaded.entities))
        raise click.UsageError(f"no entity type {type_!r} in schema {schema}; there are: {known}")
    if explain:
        _explain(name, type_, loaded, rendering)
        return
    found = catalogue.search(name, type_ or "")
    rows = ((m.concept.curie, m.concept.name, m.concept.type, m.reading.note + m.words) for m in found)
    echo_rows(Rows(("curie", "name", "type", "reason"), rows), rendering)
    if not found:
        _say(f"no ontology has the name {name!r}; with --type and --explain names spelled alike are looked for too")


def _explain(name: str, type_: str | None, schema: "Schema", rendering: str | None) -> None:
    from kgbuild.cli.rendering import echo_rows
    from kgbuild.link.linker import LexicalLinker
    from kgbuild.query.rows import Rows

    if not type_:
        known = ", ".join(sorted(schema.entities))
        raise click.UsageError(f"--explain needs --type, as the linker ranks the concepts of one; there are: {known}")
    linker = LexicalLinker(preferences=schema.preferences)
    mention, parts = linker.explain(name, type_)
    rows = (
        (
            *("yes" if c.curie in mention.concepts else "no", c.curie, c.name, c.score),
            *(" ".join(f"{feature}{value:+.2f}" for feature, value in of_candidate.items()), c.reason),
        )
        for c, of_candidate in zip(mention.candidates, parts, strict=True)
    )
    shown = {candidate.curie for candidate in mention.candidates}
    of_parts = (
        ("yes", curie, concept.name if (concept := linker.concept(curie)) else "", mention.link_score, "", "a part")
        for curie in mention.concepts
        if curie not in shown
    )
    echo_rows(Rows(("chosen", "curie", "name", "probability", "features", "reason"), chain(rows, of_parts)), rendering)
    if not mention.candidates:
        _say(f"no ontology has a name for {name!r} as a {type_}, or one spelled alike")


def _say(words: str) -> None:
    click.echo(words, err=True)


def _outcome(added: "Added") -> str:
    meta, size = added.ontology.meta, added.ontology.size
    held = f"{meta.concepts:,} concepts, {meta.names:,} names, {size / 1e6:.1f} MB on disk"
    done = "was compiled already" if added.seconds is None else f"compiled in {added.seconds:.1f} s"
    return f"{meta.name}: {done}: {held}"


def _echo(found: "Iterable[CompiledOntology]", rendering: str | None) -> None:
    from kgbuild.cli.rendering import echo_rows
    from kgbuild.query.rows import Rows

    columns = ("name", "version", "source", "types", "prefixes", "concepts", "obsolete", "names", "xrefs", "megabytes")
    rows = (
        (
            *(ontology.meta.name, ontology.meta.version[:12], ontology.meta.source),
            *(", ".join(ontology.meta.types), ", ".join(ontology.meta.prefixes)),
            *(ontology.meta.concepts, ontology.meta.obsolete, ontology.meta.names, ontology.meta.xrefs),
            round(ontology.size / 1e6, 1),
        )
        for ontology in found
    )
    echo_rows(Rows(columns, rows), rendering)


def _listed(found: "Iterable[tuple[CompiledOntology, Concept]]") -> str:
    return ", ".join(dict.fromkeys(f"{concept.curie} {concept.name}" for _, concept in found))


def _echo_concepts(found: "Iterable[tuple[CompiledOntology, Concept]]", rendering: str | None) -> None:
    from kgbuild.cli.rendering import echo_rows
    from kgbuild.query.rows import Rows

    columns = (
        "curie",
        "name",
        "type",
        "synonyms",
        "parents",
        "xrefs",
        "definition",
        "obsolete",
        "replaced_by",
        "ontology",
    )
    rows = (
        (
            *(concept.curie, concept.name, concept.type),
            " | ".join(f"{synonym.name} ({synonym.scope})" for synonym in concept.synonyms),
            *(", ".join(concept.parents), ", ".join(concept.xrefs), concept.definition),
            *(concept.obsolete, concept.replaced_by, ontology.meta.name),
        )
        for ontology, concept in found
    )
    echo_rows(Rows(columns, rows), rendering)
