"""An encoder whose layers multiply integers of eight bits, which CPUs with VNNI or AMX do several times faster.

Inputs of a layer are rounded to 256 steps of ranges that were observed before, so that a row gives the same sums,
and these exactly, whatever rows stand beside it, if there are 16 in all (oneDNN scales those of fewer in another way).
The wide ranges of a few inputs are moved into the weights first (SmoothQuant, Xiao et al. 2023,
https://arxiv.org/abs/2211.10438). The products are oneDNN's.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from kgbuild.errors import ConfigError, ModelError

__all__ = [
    "RANGES_FILE",
    "Ranges",
    "cpu_instructions",
    "load_ranges",
    "observe_ranges",
    "require_int8",
    "save_ranges",
    "use_int8",
]

RANGES_FILE = "ranges.safetensors"
#: How much of the width of an input's range is moved into the weights; on development documents 0.8 lost least.
MOVED = 0.8
#: Weights are rounded to so many steps on either side of zero, inputs to STEPS between the ends of their range.
WEIGHT_STEPS, STEPS = 127, 255
#: Rows for which oneDNN lays the weights out.
TYPICAL_ROWS = 512
#: Of /proc/cpuinfo: instructions without which sums of products could overflow.
INSTRUCTIONS = frozenset(["avx512_vnni", "avx_vnni", "amx_int8"])

#: linear layer -> the least and the greatest value of each of its inputs, (2, width)
Ranges = Mapping[str, Tensor]


@dataclass(slots=True)
class _Observed:
    """What was seen of the inputs of each layer, by any thread."""

    seen: dict[str, list[Tensor]] = field(default_factory=dict)

    def ranges(self) -> dict[str, Tensor]:
        """Of the layers that were asked at all."""
        return {name: _joint(parts) for name, parts in self.seen.items() if parts}


@cache
def cpu_instructions() -> frozenset[str]:
    """What /proc/cpuinfo says that the CPU can do, in lower case; nothing where there is no such file."""
    info = Path("/proc/cpuinfo")
    return frozenset(info.read_text("utf-8", "replace").split() if info.exists() else ())


def require_int8(device: torch.device) -> None:
    """ConfigError unless the device is a CPU with the instructions and torch has the products."""
    if device.type != "cpu":
        raise ConfigError(f"precision int8 is for CPUs, the device is {device}; use bfloat16, or --device cpu")
    if cpu_instructions().isdisjoint(INSTRUCTIONS) or not hasattr(torch.ops.onednn, "qlinear_pointwise"):
        raise ConfigError(
            f"precision int8 needs a CPU with one of {', '.join(sorted(INSTRUCTIONS))} and a torch with oneDNN, which "
            "were not found here; use float32"
        )


@contextmanager
def observe_ranges(module: nn.Module) -> Iterator[_Observed]:
    """Watches what the linear layers of a module are given; `ranges()` of what it gives says within which bounds."""
    observed = _Observed()

    def watch(name: str, layer: nn.Module) -> torch.utils.hooks.RemovableHandle:
        seen = observed.seen.setdefault(name, [])

        def note(_: nn.Module, given: tuple[Tensor, ...]) -> None:
            if not given:  # by keyword: such a layer stays as it is
                return
            rows = given[0].detach().flatten(0, -2).float()
            seen.append(torch.stack([rows.amin(0), rows.amax(0)]))

        return layer.register_forward_pre_hook(note)

    handles = [watch(name, layer) for name, layer in module.named_modules() if isinstance(layer, nn.Linear)]
    try:
        yield observed
    finally:
        for handle in handles:
            handle.remove()


def save_ranges(ranges: Ranges, folder: Path) -> None:
    """Write ranges.safetensors."""
    save_file({name: found.cpu().contiguous() for name, found in ranges.items()}, folder / RANGES_FILE)


def load_ranges(folder: Path) -> Ranges:
    """The ranges that `save_ranges` wrote; ModelError if there are none or they cannot be read."""
    try:
        ranges: dict[str, Tensor] = load_file(folder / RANGES_FILE)
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"{folder / RANGES_FILE}, which precision int8 needs, cannot be read ({error}); train the model with this "
            "kgbuild, or use float32"
        ) from error
    return ranges


def use_int8(module: nn.Module, ranges: Ranges) -> None:
    """Put integer products in the place of those linear layers of a module that have ranges.

    ModelError if ranges are of other layers.
    """
    layers = {name: layer for name, layer in module.named_modules() if isinstance(layer, nn.Linear)}
    for name, found in ranges.items():
        layer = layers.get(name)
        if layer is None or found.shape != (2, layer.in_features):
            raise ModelError(f"{RANGES_FILE} does not fit the encoder: {name!r} is no layer of it, or of another width")
        parent, _, own = name.rpartition(".")
        setattr(module.get_submodule(parent), own, _Int8Linear(layer, found))


class _Int8Linear(nn.Module):
    """A linear layer: inputs as unsigned integers by fixed steps, weights as signed ones with a scale for each row."""

    def __init__(self, layer: nn.Linear, ranges: Tensor) -> None:
        super().__init__()
        weight = layer.weight.detach().float()  # (outputs, inputs)
        widest = ranges.abs().amax(0).clamp(min=1e-5)
        moved = widest**MOVED / weight.abs().amax(0).clamp(min=1e-5) ** (1 - MOVED)  # (inputs,)
        lowest = min(float((ranges[0] / moved).min()), 0.0)
        highest = max(float((ranges[1] / moved).max()), 0.0)
        self._step = max((highest - lowest) / STEPS, 1e-8)
        self._zero = round(-lowest / self._step)
        self._scale = 1 / (moved * self._step)  # (inputs,)
        self._shift = torch.tensor(self._zero + 0.5)  # a half, as what follows the point is cut off
        weight = weight * moved
        self._weight_step = weight.abs().amax(1).clamp(min=1e-8) / WEIGHT_STEPS  # (outputs,)
        rounded = (weight / self._weight_step.unsqueeze(1)).round().to(torch.int8)
        self._weight = torch.ops.onednn.qlinear_prepack(rounded, [TYPICAL_ROWS, layer.in_features])
        self._weight_zero = torch.zeros(layer.out_features, dtype=torch.int32)
        self._bias = None if layer.bias is None else layer.bias.detach().float()

    def forward(self, x: Tensor) -> Tensor:
        steps = torch.addcmul(self._shift, x, self._scale).clamp_(0, STEPS + 0.5).to(torch.uint8)
        product: Tensor = torch.ops.onednn.qlinear_pointwise(
            *(steps, self._step, self._zero, self._weight, self._weight_step, self._weight_zero, self._bias),
            *(1.0, 0, torch.float32, "none", [], ""),
        )
        return product


def _joint(parts: list[Tensor]) -> Tensor:
    together = torch.stack(parts)  # (times, 2, width)
    return torch.stack([together[:, 0].amin(0), together[:, 1].amax(0)])
