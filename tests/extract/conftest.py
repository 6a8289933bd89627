"""A very small encoder with the real tokenizer: fast, random, deterministic."""

from pathlib import Path

import pytest
import torch
import transformers

from kgbuild.encoder import Encoder


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    Encoder.load().tokenizer.save(str(folder / "tokenizer.json"))
    config = transformers.BertConfig(
        hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64, max_position_embeddings=512
    )
    torch.manual_seed(3)
    transformers.BertModel(config).save_pretrained(folder)
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizerFast"}', "utf-8")
    return folder
