"""Layers of integers: near those of floating point, and the same for a row whatever stands beside it."""

from pathlib import Path

import pytest
import torch
from torch import nn

from kgbuild import int8
from kgbuild.document import Document
from kgbuild.errors import ConfigError, ModelError
from kgbuild.extract.extractor import TransformerExtractor
from kgbuild.extract.model import MIN_ROWS
from kgbuild.int8 import load_ranges, observe_ranges, require_int8, save_ranges, use_int8
from kgbuild.segment import segment

CPU = torch.device("cpu")


def is_able() -> bool:
    try:
        require_int8(CPU)
    except ConfigError:
        return False
    return True


able = pytest.mark.skipif(not is_able(), reason="this CPU has no instructions for products of 8-bit integers")


class Layers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(7)
        self.first, self.last, self.unused = nn.Linear(48, 384), nn.Linear(384, 32, bias=False), nn.Linear(8, 8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(nn.functional.gelu(self.first(x)))


@pytest.fixture
def rows() -> torch.Tensor:
    """Of which some columns are much wider than others, as in a transformer."""
    return torch.randn(3, 40, 48, generator=torch.Generator().manual_seed(1)) * torch.logspace(-1, 1, 48)


def observed(module: nn.Module, rows: torch.Tensor) -> int8.Ranges:
    with observe_ranges(module) as seen:
        module(rows[:1])
        module(rows[1:])
    return seen.ranges()


def test_ranges_are_those_of_all_that_a_layer_was_given(rows: torch.Tensor) -> None:
    ranges = observed(Layers(), rows)
    assert ranges.keys() == {"first", "last"}
    assert torch.equal(ranges["first"], torch.stack([rows.amin((0, 1)), rows.amax((0, 1))]))


def test_ranges_are_read_as_they_were_written(rows: torch.Tensor, tmp_path: Path) -> None:
    ranges = observed(Layers(), rows)
    save_ranges(ranges, tmp_path)
    read = load_ranges(tmp_path)
    assert all(torch.equal(read[name], ranges[name]) for name in ranges.keys() | read.keys())


@able
def test_integer_layers_say_nearly_what_the_layers_say(rows: torch.Tensor) -> None:
    layers = Layers()
    expected = layers(rows)
    use_int8(layers, observed(layers, rows))
    said = layers(rows)
    assert not isinstance(layers.first, nn.Linear) and isinstance(layers.unused, nn.Linear)
    assert said.shape == expected.shape
    assert (said - expected).norm() < 0.02 * expected.norm()


@able
def test_a_row_is_the_same_to_the_last_bit_whatever_stands_beside_it(rows: torch.Tensor) -> None:
    layers = Layers()
    use_int8(layers, observed(layers, rows))
    together = layers(rows)
    numbers = range(MIN_ROWS, rows.shape[1])
    assert all(torch.equal(layers(rows[:1, :n]), together[:1, :n]) for n in numbers)


@able
def test_what_lies_outside_a_range_is_taken_for_its_end(rows: torch.Tensor) -> None:
    layers = Layers()
    use_int8(layers, observed(layers, rows))
    assert torch.equal(layers(rows[0] + 1e6), layers(rows[0] + 1e7))


@able
def test_ranges_of_another_encoder_are_refused(rows: torch.Tensor) -> None:
    ranges = observed(Layers(), rows)
    with pytest.raises(ModelError, match="does not fit the encoder: 'first' is no layer of it, or of another width"):
        use_int8(Layers(), {"first": ranges["first"][:, :40]})


def test_other_devices_and_cpus_are_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="int8 is for CPUs, the device is cuda; use bfloat16, or --device cpu"):
        require_int8(torch.device("cuda"))
    monkeypatch.setattr(int8, "cpu_instructions", lambda: frozenset(["sse2"]))
    with pytest.raises(ConfigError, match=r"needs a CPU with one of amx_int8, avx512_vnni, avx_vnni .* use float32"):
        require_int8(CPU)


@pytest.mark.parametrize("content", [None, b"no ranges"])
def test_a_model_without_ranges_says_what_to_do(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "ranges.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match=r"precision int8 needs, cannot be read .* or use float32"):
        load_ranges(tmp_path)


@able
def test_texts_are_read_in_integers_and_the_same_in_any_order() -> None:
    names = "aspirin", "asthma", "BRCA1", "breast cancer"
    docs = [segment(Document(f"kgb:{n}", f"{names[n % 4]} and {names[n % 3]} in {n} mice. " * n)) for n in range(1, 9)]
    extractor = TransformerExtractor(device="cpu", precision="int8")
    forth, back = list(extractor.annotate(docs)), list(extractor.annotate(docs[::-1]))
    assert forth == back[::-1]
    assert sum(len(doc.mentions) for doc in forth) > 8
    attention = extractor._model.encoder.transformer.get_submodule("encoder.layer.0.attention.self")
    assert isinstance(attention.query, int8._Int8Linear)


@able
def test_another_precision_is_another_revision() -> None:
    plain, integer = (TransformerExtractor(device="cpu", precision=name) for name in ("float32", "int8"))
    assert plain.revision != integer.revision
