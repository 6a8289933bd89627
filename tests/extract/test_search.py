"""A search for settings: repeatable, resumable, never worse than the recipe, and without hopeless trials."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kgbuild.cli.group import run
from kgbuild.errors import ConfigError
from kgbuild.extract.gold import GoldDocument
from kgbuild.extract.model import ExtractionModel
from kgbuild.extract.recipe import Corpus, Recipe, TrainSettings, load_recipe
from kgbuild.extract.search import FACTORS, own_settings, search_settings
from kgbuild.extract.training import begin
from kgbuild.interruption import KEPT

RECORD = """{id}|t|Naloxone and hypertension {id}
{id}|a|Naloxone induced hypertension in rats.
{id}\t0\t8\tNaloxone\tChemical\tD009270
{id}\t13\t25\thypertension\tDisease\tD006973

"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "train.txt").write_text("".join(RECORD.format(id=n) for n in range(1, 5)), "utf-8")
    (tmp_path / "dev.txt").write_text("".join(RECORD.format(id=n) for n in (8, 9)), "utf-8")
    return tmp_path


def recipe(encoder: Path, **settings: object) -> Recipe:
    toy = Corpus("toy", "pubtator", ("train.txt",), ("Chemical", "Disease"), dev=("dev.txt",))
    return Recipe((toy,), msgspec.convert({"encoder": str(encoder), "epochs": 2, **settings}, TrainSettings))


def tell_scores(monkeypatch: pytest.MonkeyPatch, scores: list[float]) -> None:
    told: Iterator[float] = iter(scores)
    monkeypatch.setattr("kgbuild.extract.search.development_score", lambda model, dev: next(told))


def test_a_search_leaves_the_best_recipe_and_is_the_same_again(data: Path, tiny_encoder: Path) -> None:
    chosen = recipe(tiny_encoder)
    report = search_settings(chosen, data, data / "one", n_trials=3, device="cpu")
    again = search_settings(chosen, data, data / "two", n_trials=3, device="cpu")
    best = load_recipe(str(report.best))
    assert report.best.read_text("utf-8") == again.best.read_text("utf-8")
    assert best.corpus == chosen.corpus
    assert report.score >= report.own_score
    for name, value in own_settings(chosen).items():
        assert value / FACTORS[name] * 0.99 <= getattr(best.train, name) <= value * FACTORS[name] * 1.01
    assert best.train.encoder == chosen.train.encoder
    assert not list((data / "one").rglob("*.pt"))
    metrics = (data / "one/trials/0/metrics.jsonl").read_text("utf-8").splitlines()
    assert [set(json.loads(line)) for line in metrics] == [{"epoch", "loss", "score"}] * 2


def test_a_search_that_was_cut_off_goes_on_as_it_would_have(data: Path, tiny_encoder: Path) -> None:
    chosen = recipe(tiny_encoder)

    def interrupt(done: int, total: int, words: str) -> None:
        if words.startswith("trial 3 of 4"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as end:
        search_settings(chosen, data, data / "cut", n_trials=4, device="cpu", progress=interrupt)
    assert end.value.__notes__ == [KEPT]
    cut = search_settings(chosen, data, data / "cut", n_trials=4, device="cpu")
    whole = search_settings(chosen, data, data / "whole", n_trials=4, device="cpu")
    assert cut.best.read_text("utf-8") == whole.best.read_text("utf-8")
    assert (cut.score, cut.own_score) == (whole.score, whole.own_score)


def test_a_search_that_is_cut_off_in_its_first_trial_promises_nothing(data: Path, tiny_encoder: Path) -> None:
    def interrupt(done: int, total: int, words: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as end:
        search_settings(recipe(tiny_encoder), data, data / "cut", n_trials=4, device="cpu", progress=interrupt)
    assert not hasattr(end.value, "__notes__")


def test_the_best_of_the_trials_is_written_and_the_first_is_the_recipe_itself(
    data: Path, tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[TrainSettings] = []

    def begin_seen(trial: Recipe, gold: list[GoldDocument], **settings: Any) -> ExtractionModel:
        seen.append(trial.train)
        return begin(trial, gold, **settings)

    monkeypatch.setattr("kgbuild.extract.search.begin", begin_seen)
    monkeypatch.setattr("kgbuild.extract.search.development_score", lambda model, dev: 0.1 * len(seen))
    chosen = recipe(tiny_encoder)
    report = search_settings(chosen, data, data / "out", n_trials=3, device="cpu")
    assert seen[0] == chosen.train
    assert load_recipe(str(report.best)).train == seen[2] != chosen.train
    assert (report.own_score, report.score) == (pytest.approx(0.1), pytest.approx(0.3))


def test_a_hopeless_trial_is_cut_short_after_an_epoch(
    data: Path, tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    epochs: list[int] = []

    def score(model: object, dev: object) -> float:
        epochs.append(len(epochs))
        return 0.9 if len(n_trials) < 5 else 0.1

    n_trials: list[str] = []

    def progress(done: int, total: int, words: str) -> None:
        trial = words.partition(",")[0]
        if trial not in n_trials:
            n_trials.append(trial)

    monkeypatch.setattr("kgbuild.extract.search.development_score", score)
    # two epochs at least, so that there is something left to cut
    monkeypatch.setitem(FACTORS, "epochs", 1.0)
    report = search_settings(recipe(tiny_encoder), data, data / "out", n_trials=5, device="cpu", progress=progress)
    assert report.n_pruned == 1
    assert len(epochs) == 4 * 2 + 1
    assert report.score == 0.9


def test_the_last_score_counts_and_with_patience_the_best(
    data: Path, tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_scores(monkeypatch, [0.5, 0.3])
    assert search_settings(recipe(tiny_encoder), data, data / "last", n_trials=1, device="cpu").score == 0.3
    tell_scores(monkeypatch, [0.5, 0.3])
    assert search_settings(recipe(tiny_encoder, patience=2), data, data / "best", n_trials=1, device="cpu").score == 0.5


def test_a_folder_with_the_search_of_another_recipe_is_refused(data: Path, tiny_encoder: Path) -> None:
    search_settings(recipe(tiny_encoder), data, data / "out", n_trials=1, device="cpu")
    with pytest.raises(ConfigError, match="another recipe"):
        search_settings(recipe(tiny_encoder, seed=2), data, data / "out", n_trials=2, device="cpu")


def test_a_search_without_development_documents_is_refused(data: Path, tiny_encoder: Path) -> None:
    chosen = recipe(tiny_encoder)
    alone = msgspec.structs.replace(chosen, corpus=(msgspec.structs.replace(chosen.corpus[0], dev=()),))
    with pytest.raises(ConfigError, match="dev_share"):
        search_settings(alone, data, data / "out", n_trials=1, device="cpu")


def test_without_optuna_the_extra_is_named(data: Path, tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ConfigError, match=r"pip install 'kgbuild\[search\]'"):
        search_settings(recipe(tiny_encoder), data, data / "out", n_trials=1, device="cpu")


def test_the_command_says_how_to_train_by_the_best_recipe(
    data: Path, tiny_encoder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = data / "toy.toml"
    path.write_bytes(msgspec.toml.encode(recipe(tiny_encoder, epochs=1)))
    arguments = ["train", str(path), "--data", str(data), "-o", str(data / "out"), "--search", "1", "--device", "cpu"]
    assert run(arguments) == 0
    told = capsys.readouterr().err
    assert "1 trials, 0 of them cut short" in told
    assert f"kgbuild train {data / 'out/best.toml'} --data {data} -o {data / 'out/model'}\n" in told
    assert run([*arguments, "--only-relations"]) == 2


def test_what_is_nought_or_of_no_use_is_not_searched_for(tiny_encoder: Path) -> None:
    assert set(own_settings(recipe(tiny_encoder, weight_decay=0))) == {"learning_rate", "head_learning_rate", "epochs"}
