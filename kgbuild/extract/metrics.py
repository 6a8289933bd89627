"""Where the figures of a training run go: `metrics.jsonl` beside the weights and, by name, TensorBoard or W&B."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from kgbuild.errors import ConfigError

__all__ = ["TRACKERS", "Record", "recorder"]

#: what a recipe may name as `tracker`, and the package that it needs
TRACKERS = {"tensorboard": "tensorboard", "wandb": "wandb"}

#: epoch from 1, name -> value
Record = Callable[[int, Mapping[str, float]], None]


def recorder(folder: Path, tracker: str = "") -> Record:
    """A function that keeps an epoch's figures. ConfigError if the tracker is unknown or its package not installed."""
    if tracker and tracker not in TRACKERS:
        raise ConfigError(f"[train] tracker must be one of {', '.join(TRACKERS)}, is {tracker!r}")
    track = _tracker(tracker, folder) if tracker else None

    def record(epoch: int, values: Mapping[str, float]) -> None:
        with (folder / "metrics.jsonl").open("ab") as stream:
            stream.write(msgspec.json.encode({"epoch": epoch, **values}) + b"\n")
        if track is not None:
            track(epoch, values)

    return record


def _tracker(name: str, folder: Path) -> Record:
    try:
        return _tensorboard(folder) if name == "tensorboard" else _wandb(folder)
    except ImportError as error:
        raise ConfigError(f"[train] tracker {name!r} needs a package: pip install {TRACKERS[name]}") from error


def _tensorboard(folder: Path) -> Record:
    from torch.utils.tensorboard import SummaryWriter

    writer: Any = SummaryWriter(str(folder / "tensorboard"))

    def record(epoch: int, values: Mapping[str, float]) -> None:
        for key, value in values.items():
            writer.add_scalar(key, value, epoch)
        writer.flush()

    return record


def _wandb(folder: Path) -> Record:
    import wandb

    run: Any = wandb.init(project="kgbuild", name=folder.name, dir=str(folder))

    def record(epoch: int, values: Mapping[str, float]) -> None:
        run.log(dict(values), step=epoch)

    return record
