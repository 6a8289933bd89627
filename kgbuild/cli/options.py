"""Options that several commands share, and what they mean for a run."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from kgbuild.cli.log import StderrHandler
from kgbuild.config import GIVEN, PRECISIONS, RunConfig, read_config
from kgbuild.errors import ConfigError

if TYPE_CHECKING:
    from kgbuild.schema import Schema

__all__ = ["check_types", "rendering_options", "run_options", "settle_run", "verbose_option"]

Command = TypeVar("Command", bound=Callable[..., Any])

_RUN_OPTIONS = (
    click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="The run as a TOML file."),
    click.option(
        "--ontology",
        "ontologies",
        multiple=True,
        metavar="NAME|FILE|TYPE=…",
        help="Link to this ontology, by name or file; with TYPE= link that type to it alone. Repeatable, once a type.",
    ),
    click.option(
        "--curation",
        type=click.Path(exists=True, dir_okay=False),
        metavar="FILE",
        help="Your own links, which win: tab-separated text, type, concept (a CURIE, or never).",
    ),
    click.option(
        "--given",
        type=click.Choice(GIVEN),
        help="Keep these annotations of the input and add the rest; with relations, keep all and add nothing, "
        "measurements neither. Tables are read for measurements with nothing alone, sentences with all but relations.",
    ),
    click.option("--model", metavar="NAME|FOLDER", help="Weights of the extractor.  [default: those in the package]"),
    click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), help="Where the extractor runs."),
    click.option(
        "--precision",
        type=click.Choice(PRECISIONS),
        help="In what numbers it computes; int8 is faster on CPUs with VNNI or AMX and finds nearly the same.",
    ),
    click.option("--threshold", type=click.FloatRange(0, 1), help="Least score of a link.  [default: 0.3]"),
)


def _be_verbose(_context: click.Context, _option: click.Parameter, verbose: bool) -> None:
    if verbose:
        logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[StderrHandler()], force=True)


#: For every command.
verbose_option = click.option(
    "-v",
    "--verbose",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_be_verbose,
    help="Say more on stderr; show where an error arose.",
)


def rendering_options(command: Command) -> Command:
    """How rows are written; `rendering` is None where none is asked for."""
    for name, words in (
        ("csv", "A header and a line a row."),
        ("json", "A JSON object a row; the default elsewhere."),
        ("table", "Aligned columns; the default on a terminal."),
    ):
        command = click.option(f"--{name}", "rendering", flag_value=name, default=None, help=words)(command)
    return command


def run_options(command: Command) -> Command:
    """The options that say how documents are annotated."""
    for option in reversed(_RUN_OPTIONS):
        command = option(command)
    return command


def settle_run(
    *,
    config: Path | None,
    ontologies: Sequence[str],
    curation: str | None,
    given: str | None,
    model: str | None,
    device: str | None,
    precision: str | None,
    threshold: float | None,
) -> RunConfig:
    """The run of the file, or the default one, with what the command line says instead."""
    run = RunConfig() if config is None else read_config(config)
    names, overrides = _split_ontologies(ontologies)
    if overrides:  # beside those of the file, not instead of them
        overrides = {**run.link.settings.get("overrides", {}), **overrides}
    return msgspec.structs.replace(
        run,
        given=given or run.given,
        extract=run.extract.with_settings(model=model, device=device, precision=precision),
        link=run.link.with_settings(
            ontologies=names or None, overrides=overrides or None, curation=curation, threshold=threshold
        ),
    )


def check_types(run: RunConfig, schema: "Schema") -> None:
    """ConfigError if an ontology is given for a type that the schema does not have: no mention would ever be linked to
    it.
    """
    overrides = run.link.settings.get("overrides", {})
    unknown = sorted(set(overrides) - set(schema.entities)) if isinstance(overrides, dict) else []
    if unknown:
        raise ConfigError(
            f"an ontology is given for {', '.join(map(repr, unknown))}, which the schema {schema.name!r} does not "
            f"have; its entity types: {', '.join(sorted(schema.entities))}"
        )


def _split_ontologies(values: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    names: list[str] = []
    overrides: dict[str, str] = {}
    for value in values:
        type_, equals, name = value.partition("=")
        if equals and type_.isidentifier():
            if type_ in overrides:
                raise ConfigError(
                    f"--ontology {type_}=… is given twice ({overrides[type_]}, {name}); a type has one vocabulary"
                )
            overrides[type_] = name
        else:
            names.append(value)
    return names, overrides
