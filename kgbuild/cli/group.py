"""The `kgbuild` command: finds the subcommand, runs it, and turns its end into an exit code.

Commands are imported when they are run, and import what they need when they are called: `kgbuild --help` loads none of
it.
"""

import importlib
import logging
import os
import signal
import sys
import traceback
from typing import Any

import click

from kgbuild import __version__
from kgbuild.cli.example import example
from kgbuild.cli.log import StderrHandler
from kgbuild.errors import KgbuildError

__all__ = ["COMMANDS", "main", "run"]

#: command -> module in kgbuild.cli, and its line in the list of commands
COMMANDS = {
    "build": ("build", "Papers and tables to a graph in a folder."),
    "annotate": ("annotate", "Mentions, links and relations of documents, without a graph."),
    "query": ("query", "Ask a graph in Cypher or SPARQL."),
    "why": ("why", "The sentences and cells behind an edge."),
    "validate": ("validate", "Check a graph against its schema."),
    "load": ("load", "A graph into a Neo4j or SPARQL server."),
    "export": ("export", "A graph in the formats of other tools."),
    "import": ("importing", "A graph of another tool as a graph."),
    "merge": ("merge", "Several graphs into one."),
    "diff": ("diff", "What differs between two graphs."),
    "ontology": ("ontology", "Compile ontologies, list them, look names up."),
    "train": ("train", "Train the extraction model on annotated corpora."),
    "evaluate": ("evaluate", "Scores of predicted annotations against gold ones."),
    "list": ("listing", "What is installed: formats, extractors, linkers, models, schemas."),
}

INTERRUPTED = 130  # 128 + SIGINT, as shells count
VERBOSE = {"-v", "--verbose"}


class LazyGroup(click.Group):
    """Subcommands that are imported when they are run or asked for help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"kgbuild.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:  # the reader of our output has seen enough; click would exit with 1
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return None
        return result

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    no_args_is_help=True,
    epilog=example(
        "kgbuild build papers/ -o graph/",
        "kgbuild query graph/ 'MATCH (a:Chemical)-[r]->(b:Disease) RETURN a.name, b.name, r.belief LIMIT 5'",
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="kgbuild")
def kgbuild() -> None:
    """Knowledge graphs from scientific papers and tables, with the evidence behind every edge.

    Data goes to stdout, words to stderr. Exit codes: 0 done, 1 an error that the message explains, 2 a wrong command
    line, 130 interrupted. Every command takes -v, which shows where an error arose.
    """


def main() -> None:
    """Run the command line of this process and exit."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # batch systems end with it what takes too long
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of a command line."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s", handlers=[StderrHandler()])
    try:
        kgbuild.main(arguments, prog_name="kgbuild", standalone_mode=False)
    except (KgbuildError, OSError) as error:  # OSError: a full disk, a folder that may not be written
        return _explain(error, is_verbose=not VERBOSE.isdisjoint(arguments))
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort) as end:
        cause = end.__cause__ if isinstance(end, click.Abort) else end  # click makes the one of the other
        click.echo(_with_notes("interrupted", cause), err=True)
        return INTERRUPTED
    return 0


def _explain(error: Exception, *, is_verbose: bool) -> int:
    if is_verbose:
        traceback.print_exception(error)
    click.echo(_with_notes(f"error: {error}", error), err=True)
    return 1


def _with_notes(words: str, error: BaseException | None) -> str:
    return "; ".join([words, *getattr(error, "__notes__", ())])
