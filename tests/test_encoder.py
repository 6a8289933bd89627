"""Encoders and their batches."""

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from kgbuild.encoder import Encoder, batch_by_length, choose_device, choose_dtype, padded_length
from kgbuild.errors import ConfigError, ModelError


def encoder(*pieces: str) -> Encoder:
    module = torch.nn.Linear(1, 1)
    module.config = None
    return Encoder(
        "toy", module, Tokenizer(WordLevel({piece: n for n, piece in enumerate(pieces)}, unk_token=pieces[0]))
    )


def test_special_pieces_are_those_of_the_tokenizer() -> None:
    assert encoder("[UNK]", "[SEP]", "[PAD]", "[CLS]").special_ids == (3, 1, 2)
    assert encoder("<unk>", "<s>", "</s>", "<pad>").special_ids == (1, 2, 3)


def test_a_tokenizer_without_special_pieces_is_refused() -> None:
    with pytest.raises(ModelError, match=r"the tokenizer of 'toy' has none of the pieces \[SEP\], </s>"):
        _ = encoder("[UNK]", "[CLS]", "[PAD]").special_ids


def test_an_encoder_that_is_not_there_is_an_error_with_the_choices() -> None:
    with pytest.raises(ModelError, match="minilm-l6"):
        Encoder.load("no/such/folder")


def test_every_window_is_in_one_batch_of_its_padded_length() -> None:
    lengths = [510, 3, 64, 65, 33, 31, 1]
    batches = list(batch_by_length(lengths, budget=96))
    assert sorted(index for batch in batches for index in batch) == list(range(7))
    for batch in batches:
        (length,) = {padded_length(lengths[index]) for index in batch}
        assert length * len(batch) <= 96 or len(batch) == 1
    assert list(batch_by_length([], budget=96)) == []


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(ModelError, match="device must be auto, cpu, cuda or cuda:N, is 'gpu'"):
        choose_device("gpu")


def test_an_unknown_precision_is_refused_with_the_choices() -> None:
    with pytest.raises(ConfigError, match="precision must be one of auto, float32, bfloat16, int8, is 'float16'"):
        choose_dtype(torch.device("cpu"), "float16")  # type: ignore[arg-type]  # the name that is refused
