"""What teachers say, and how it is learnt."""

import pytest
import torch

from kgbuild.extract.fitting import mention_loss, taught_loss


def test_annotation_and_teachers_share_what_is_annotated_and_teachers_have_the_rest() -> None:
    logits = torch.zeros(2, 1, 3)
    logits[0, 0] = torch.tensor([2.0, 0.0, 0.0])
    tags = torch.tensor([[1], [0]])
    mask = torch.tensor([[True], [False]])
    said = torch.tensor([[[0.0, 1.0, 0.0]], [[0.5, 0.25, 0.25]]])
    chances = logits.log_softmax(-1)
    expected = -(chances[0, 0, 1] + (said[1, 0] * chances[1, 0]).sum()) / 2
    assert taught_loss(logits, tags, mask, said, weight=0.5).item() == pytest.approx(expected.item())
    # a teacher that is wrong counts its weight
    wrong = torch.tensor([[[1.0, 0.0, 0.0]], [[0.5, 0.25, 0.25]]])
    assert taught_loss(logits, tags, mask, wrong, weight=0.5) < taught_loss(logits, tags, mask, said, weight=0.5)


def test_teachers_that_say_what_is_annotated_change_nothing_but_the_unknown() -> None:
    torch.manual_seed(1)
    logits, tags = torch.randn(5, 2, 3), torch.randint(3, (5, 2))
    mask = torch.ones(5, 2, dtype=torch.bool)
    said = torch.nn.functional.one_hot(tags, 3).half()
    assert taught_loss(logits, tags, mask, said, weight=0.5).item() == pytest.approx(
        mention_loss(logits, tags, mask).item(), rel=1e-3
    )
