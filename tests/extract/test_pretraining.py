"""Words that are hidden from an encoder, and the loss of guessing them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from kgbuild.document import Document, Passage, Span
from kgbuild.encoder import Encoder
from kgbuild.errors import ConfigError
from kgbuild.extract.batch import word_batch
from kgbuild.extract.pretraining import HIDDEN_SHARE, MaskedLanguageModel, hide_words
from kgbuild.extract.windows import Window, read_words


def test_words_are_hidden_whole_and_the_share_is_kept(tiny_encoder: Path) -> None:
    encoder = Encoder.load(str(tiny_encoder))
    text = "Naloxone induced hypertension in rats . " * 50
    doc = Document("kgb:1", text, passages=(Passage(Span(0, len(text)), "paragraph"),))
    (words,) = read_words([doc], encoder.tokenizer)
    batch = word_batch([(words, Window(0, len(words)))], encoder, torch.device("cpu"))
    torch.manual_seed(3)
    shown, hidden = hide_words(batch, mask=4, n_pieces=8)
    flat = hidden.flatten().numpy()
    by_word = [flat[a : b + 1] for a, b in zip(batch.first_piece, batch.last_piece, strict=True)]
    assert all(len(set(pieces)) == 1 for pieces in by_word)
    assert np.mean([pieces[0] for pieces in by_word]) == pytest.approx(HIDDEN_SHARE, abs=0.06)
    assert not flat[0]  # the special pieces
    assert flat.sum() == sum(pieces.sum() for pieces in by_word)
    assert torch.equal(shown[~hidden], batch.piece_ids[~hidden])
    assert (shown[hidden] == 4).float().mean() == pytest.approx(0.8, abs=0.15)


def test_an_encoder_without_a_mask_cannot_be_pretrained(tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kgbuild.extract.pretraining.MASKS", ("[NONE]",))
    with pytest.raises(ConfigError, match=r"leave out \[pretrain\]"):
        MaskedLanguageModel(Encoder.load(str(tiny_encoder)))
