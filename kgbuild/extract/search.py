"""Settings of a recipe searched for with Optuna (Akiba et al. 2019, https://arxiv.org/abs/1907.10902).

A trial trains by other settings and is scored on the development documents after each epoch; one that is among the
worst quarter at an epoch goes no further. The first trial is the recipe as it is. The same recipe, data and number of
trials give the same settings, also where a search was cut off and went on. A table [relations] of the recipe, which is
trained by after the rest, is left out of the trials.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from kgbuild.document import content_hash
from kgbuild.encoder import choose_device
from kgbuild.errors import ConfigError
from kgbuild.extract.examples import Example
from kgbuild.extract.fitting import Progress, fit, joint_loss
from kgbuild.extract.gold import GoldDocument
from kgbuild.extract.recipe import Recipe, require_annotated, split_gold
from kgbuild.extract.teaching import annotated_only
from kgbuild.extract.training import begin, development_score, model_examples
from kgbuild.interruption import resumable

__all__ = ["FACTORS", "SearchReport", "own_settings", "search_settings"]

#: Setting of [train] -> a trial takes it from the recipe's value divided by this up to the value times this.
FACTORS = {"learning_rate": 4.0, "head_learning_rate": 4.0, "epochs": 2.0, "weight_decay": 10.0, "relation_weight": 4.0}
#: A trial goes no further if this share of the finished ones, in percent, was better at the same epoch.
WORSE_THAN = 75.0
#: Trials that are always run to their end.
N_UNPRUNED = 4


@dataclass(frozen=True, slots=True)
class SearchReport:
    """The file of the best recipe, its score, that of the recipe as it was, and how many trials were cut short."""

    best: Path
    score: float
    own_score: float
    n_pruned: int


def search_settings(
    recipe: Recipe,
    data: Path,
    output: Path,
    *,
    n_trials: int,
    device: str = "auto",
    start: Path | None = None,
    progress: Progress | None = None,
) -> SearchReport:
    """Run trials until there are so many in all, and write the best recipe to `best.toml` in `output`.

    `search.log` there, a journal of Optuna's, holds the trials, and `trials` the figures of their epochs. ConfigError
    if there are no development documents, the recipe has `keep`, or `output` holds the search of another recipe.
    """
    optuna = _optuna()
    if recipe.train.keep or recipe.pretrain.epochs or recipe.teachers.number:
        raise ConfigError(
            "[train] keep, [pretrain] and [teachers] are for the run that follows a search; leave them out of the "
            "search's recipe"
        )
    gold, dev = split_gold(recipe, data)
    require_annotated(recipe, [*gold, *dev], data)
    if not dev:
        raise ConfigError("a search needs development documents to score by; give a corpus dev files or a dev_share")
    output.mkdir(parents=True, exist_ok=True)
    study = _study(optuna, output / "search.log", _identity(recipe, gold, dev, start))
    done = (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED)
    task = _Task(recipe, gold, dev, output / "trials", device, start)
    n_done = len(study.get_trials(deepcopy=False, states=done))
    with resumable(lambda: n_done > 0):
        while n_done < n_trials:
            # from the seed and what was found so far alone: a search that was cut off goes on as it would have
            study.sampler = optuna.samplers.TPESampler(seed=recipe.train.seed + n_done)
            if not n_done:
                study.enqueue_trial(own_settings(recipe), skip_if_exists=True)
            words = f"trial {n_done + 1} of {n_trials}, "
            study.optimize(partial(task.score, optuna, progress=_told(progress, words)), n_trials=1)
            n_done = len(study.get_trials(deepcopy=False, states=done))
    finished = study.get_trials(deepcopy=False, states=done)
    best = output / "best.toml"
    best.write_bytes(msgspec.toml.encode(with_settings(recipe, study.best_params)))
    n_pruned = sum(trial.state == optuna.trial.TrialState.PRUNED for trial in finished)
    return SearchReport(best, study.best_value, float(finished[0].value), n_pruned)


def own_settings(recipe: Recipe) -> dict[str, Any]:
    """The settings that are searched for, as they are in the recipe; those that are 0, or of no use, are left out."""
    has_relations = any(corpus.relations for corpus in recipe.corpus)
    own = {name: getattr(recipe.train, name) for name in FACTORS if name != "relation_weight" or has_relations}
    return {name: value for name, value in own.items() if value}


def with_settings(recipe: Recipe, settings: dict[str, Any]) -> Recipe:
    """The recipe with these settings of [train], to three digits."""
    rounded = {name: float(f"{value:.2e}") if isinstance(value, float) else value for name, value in settings.items()}
    return msgspec.structs.replace(recipe, train=msgspec.structs.replace(recipe.train, **rounded))


@dataclass(frozen=True, slots=True)
class _Task:
    """What all trials share."""

    recipe: Recipe
    gold: Sequence[GoldDocument]
    dev: Sequence[GoldDocument]
    folder: Path
    device: str
    start: Path | None

    def score(self, optuna: Any, trial: Any, *, progress: Progress | None) -> float:
        """The score of a trial's weights: its best ones if the recipe has patience, else its last."""
        own = own_settings(self.recipe)
        chosen = with_settings(self.recipe, {name: _suggested(trial, name, value) for name, value in own.items()})
        model = begin(chosen, self.gold, device=choose_device(self.device), start=self.start)
        examples: list[Example] = annotated_only(model_examples(model, self.gold, chosen.train))
        # a score is asked for after each epoch only where there is patience
        settings = msgspec.structs.replace(chosen.train, patience=chosen.train.patience or chosen.train.epochs)
        scores: list[float] = []

        def score() -> float:
            scores.append(development_score(model, self.dev))
            trial.report(scores[-1], len(scores))
            if len(scores) < settings.epochs and trial.should_prune():
                raise optuna.TrialPruned
            return scores[-1]

        folder = self.folder / str(trial.number)
        folder.mkdir(parents=True)
        try:
            fit(
                model,
                examples,
                settings,
                loss=partial(joint_loss, relation_weight=settings.relation_weight),
                identity="",
                checkpoint=folder / "checkpoint.pt",
                shares=chosen.shares,
                score=score,
                progress=progress,
            )
        finally:
            (folder / "checkpoint.pt").unlink(missing_ok=True)
        return max(scores) if chosen.train.patience else scores[-1]


def _suggested(trial: Any, name: str, own: float) -> float:
    factor = FACTORS[name]
    if isinstance(own, int):
        return int(trial.suggest_int(name, max(1, round(own / factor)), round(own * factor)))
    return float(trial.suggest_float(name, own / factor, own * factor, log=True))


def _told(progress: Progress | None, words: str) -> Progress | None:
    return None if progress is None else lambda done, total, more: progress(done, total, words + more)


def _study(optuna: Any, journal: Path, identity: str) -> Any:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(journal))),
        study_name="kgbuild",
        direction="maximize",
        pruner=optuna.pruners.PercentilePruner(WORSE_THAN, n_startup_trials=N_UNPRUNED),
        load_if_exists=True,
    )
    if study.user_attrs.get("identity", identity) != identity:
        raise ConfigError(f"{journal} holds a search for another recipe or other data; choose another output folder")
    study.set_user_attr("identity", identity)
    return study


def _identity(recipe: Recipe, gold: Sequence[GoldDocument], dev: Sequence[GoldDocument], start: Path | None) -> str:
    texts = [content_hash(item.document.id, item.document.text) for item in (*gold, *dev)]
    weights = hashlib.sha256((start / "model.safetensors").read_bytes()).hexdigest() if start else ""
    return content_hash(msgspec.json.encode(recipe).decode(), weights, *texts)


def _optuna() -> Any:
    try:
        import optuna
        import tomli_w  # noqa: F401  what writes the best recipe
    except ImportError as error:
        raise ConfigError("a search needs the packages optuna and tomli-w: pip install 'kgbuild[search]'") from error
    return optuna
