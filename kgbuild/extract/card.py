"""The model card: data, licences, how it was made, held-out scores per type, calibration error."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from kgbuild import __version__
from kgbuild.extract.calibration import calibration_errors, novelty_cases
from kgbuild.extract.labels import LabelSet, calibrate
from kgbuild.extract.model import ExtractionModel
from kgbuild.extract.recipe import Recipe
from kgbuild.extract.scoring import GoldPrediction, Scores, mention_scores, relation_scores

__all__ = ["write_card"]


def write_card(
    path: Path,
    recipe: Recipe,
    model: ExtractionModel,
    predictions: Sequence[GoldPrediction],
    *,
    by_tags: Scores,
    weighed: Sequence[str],
    command: str,
) -> None:
    """Write the card as Markdown; scores are on development documents, which were not trained on.

    `by_tags` are those of mentions without the weighing of spans, which is of the `weighed` types.
    """
    labels = model.labels
    errors = calibration_errors(labels, predictions, weighed=weighed)
    lines = [
        "# Model card",
        "",
        f"Encoder `{model.encoder.name}`, {len(labels.entities)} entity types, {len(labels.relations)} relations. "
        "Weights are stored as float16; word embeddings are the encoder's own and not repeated.",
        "",
        f"Made by kgbuild {__version__}{_commit(Path(__file__))}, with `{command}`.",
        "",
        "Scores are on development documents. No document of these, under any corpus, was trained on; biases, "
        "thresholds and calibration were fitted on them, so that the scores are slightly optimistic.",
        "",
        "## Data",
        "",
        "| corpus | licence | entity types | relations |",
        "|---|---|---|---|",
        *(
            f"| {corpus.name} | {corpus.licence or 'not stated'} | {', '.join(corpus.entities)} "
            f"| {', '.join(corpus.relations) or '-'} |"
            for corpus in recipe.corpus
        ),
        "",
        "A corpus says nothing about a type that it does not annotate; its words are masked for that type.",
        "",
        "## Mentions: strict span and type",
        "",
        *_spans(weighed),
        *_mention_table(mention_scores(predictions), by_tags),
        "",
        "## Relations, gold mentions given",
        "",
        "By concept pair and type in BC5CDR and BioRED, by names in DrugProt, by mention pair in MuLMS and PolyIE; "
        "pairs out of reach count as missed.",
        "",
        *_table(relation_scores(predictions, labels)),
        "",
        *_novelty(labels, predictions),
        "## Calibration",
        "",
        "Expected calibration error (ten bins) of reported scores, fitted on one half and measured on the other.",
        "",
        "| type or relation | error | cases |",
        "|---|---|---|",
        *(f"| {name} | {error:.3f} | {n} |" for name, (error, n) in errors.items()),
        "",
        "## Limits",
        "",
        "English only. Mentions do not overlap. The relations of biomedicine were learnt from abstracts; "
        "relations of materials are found within a sentence. Types without a row above are never predicted.",
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _spans(types: Sequence[str]) -> list[str]:
    """What is said of scores where spans of these types are weighed."""
    if not types:
        return []
    return [
        f"Spans are weighed of the types {', '.join(types)}, by weights that were fitted on development "
        "documents: those of one half of these, by a hash of their first words, by weights fitted on the other half. "
        "The weights that come with the model were fitted on both. *By tags alone*: without them, as where no ontology "
        "is known.",
        "",
    ]


def _mention_table(scores: Scores, by_tags: Scores) -> list[str]:
    rows = ["| corpus | type | precision | recall | F1 | F1 by tags alone |", "|---|---|---|---|---|---|"]
    for corpus, types in scores.items():
        for name, (p, r, f1) in types.items():
            alone = by_tags[corpus].get(name, (0.0, 0.0, 0.0))[2]
            rows.append(f"| {corpus} | {name} | {p:.3f} | {r:.3f} | {f1:.3f} | {alone:.3f} |")
    return rows


def _table(scores: Scores) -> list[str]:
    rows = ["| corpus | type | precision | recall | F1 |", "|---|---|---|---|---|"]
    for corpus, types in scores.items():
        rows += [f"| {corpus} | {name} | {p:.3f} | {r:.3f} | {f1:.3f} |" for name, (p, r, f1) in types.items()]
    return rows


def _novelty(labels: LabelSet, predictions: Sequence[GoldPrediction]) -> list[str]:
    """How often it is rightly said whether a relation is told as new; no lines where no corpus says so."""
    cases = novelty_cases(predictions)
    if not cases:
        return []
    right = sum((calibrate(case.raw, labels.novelty) >= 0.5) == case.correct for case in cases)
    always = sum(case.correct for case in cases)
    return [
        f"Whether a true relation is told as new is said rightly of {right / len(cases):.3f} of {len(cases):,} pairs "
        f"of mentions; {max(always, len(cases) - always) / len(cases):.3f} have the more frequent answer.",
        "",
    ]


def _commit(module: Path) -> str:
    """The words ", commit …" where the module is kept in a git checkout; none where it is installed, perhaps in a
    folder that lies inside some other repository.
    """
    if _git(module.parent, "ls-files", "--error-unmatch", module.name) is None:
        return ""
    commit = _git(module.parent, "rev-parse", "--short", "HEAD")
    changes = _git(module.parent, "status", "--porcelain", "--untracked-files=no")
    return f", commit `{commit}`{' + local changes' if changes else ''}" if commit else ""


def _git(folder: Path, *arguments: str) -> str | None:
    """What git prints of the folder; None if it fails or there is no git."""
    # a hook or a script may have pointed git at another repository
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
