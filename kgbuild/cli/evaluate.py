"""`kgbuild evaluate`."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from kgbuild.cli.example import example
from kgbuild.cli.options import rendering_options, verbose_option

if TYPE_CHECKING:
    from kgbuild.document import Document
    from kgbuild.evaluate import Evaluation

__all__ = ["command"]

#: layers of an evaluation, in the order in which they are printed
LAYERS = ("mentions", "concepts", "pairs", "relations")
COLUMNS = ("layer", "type", "precision", "recall", "f1", "correct", "predicted", "gold")


@click.command(
    "evaluate",
    epilog=example(
        "kgbuild evaluate gold.txt predicted.txt",
        "kgbuild evaluate gold.txt predicted.jsonl --min-score 0.5",
    ),
)
@click.argument("gold")
@click.argument("predicted")
@click.option(
    "--min-score",
    type=click.FloatRange(0.0, 1.0),
    default=0.0,
    show_default=True,
    help="Count the predicted relations whose score, times those of the links of its two ends, is not below this. "
    "Scores stand in JSON Lines (annotate -O jsonl).",
)
@rendering_options
@verbose_option
def command(gold: str, predicted: str, min_score: float, rendering: str | None) -> None:
    """Compare PREDICTED annotations with GOLD ones: two files or folders in any annotated format.

    Out: micro precision, recall and F1, by type and over all: mentions (same span and type), concepts (same CURIE in
    the same document), pairs (the same two concepts related), relations (pairs of the same relation type). Documents
    that are not predicted count as missed, and are named on stderr.
    """
    from kgbuild.cli.rendering import echo_rows
    from kgbuild.evaluate import evaluate
    from kgbuild.query.rows import Rows

    evaluation = evaluate(_documents(gold), _documents(predicted), min_score=min_score)
    if not any(score.predicted for score in evaluation.mentions.values()):
        click.echo(f"{predicted}: no annotations of the gold documents; is it the file that was predicted?", err=True)
    echo_rows(Rows(COLUMNS, _rows(evaluation)), rendering)
    _tell("in the gold but not predicted, counted as missed", evaluation.missing)
    _tell("predicted without gold, left out", evaluation.extra)
    click.echo(f"{evaluation.n_documents} gold documents", err=True)


def _rows(evaluation: "Evaluation") -> Iterator[tuple[str | float | int, ...]]:
    for layer in LAYERS:
        for type_, score in getattr(evaluation, layer).items():
            ratios = (score.precision, score.recall, score.f1)
            yield (layer, type_, *(round(x, 4) for x in ratios), score.correct, score.predicted, score.gold)


def _documents(path: str) -> "Iterator[Document]":
    from kgbuild.errors import ReadError
    from kgbuild.pipeline.sources import Reading

    reading = Reading([path])
    yield from reading
    for failure in reading.failures:
        click.echo(failure.words, err=True)
    if not reading.n_documents:
        raise ReadError(f"{path}: expected annotated documents, found none that can be read")


def _tell(what: str, documents: Iterable[str]) -> None:
    if named := tuple(documents):
        click.echo(f"{len(named)} documents {what}: {', '.join(named)}", err=True)
