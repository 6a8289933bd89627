"""Batches on several threads."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from kgbuild.document import Document
from kgbuild.extract.extractor import DEFAULT_MODEL, model_folder
from kgbuild.extract.inference import encode
from kgbuild.extract.model import ExtractionModel
from kgbuild.extract.threads import each_by_one_thread
from kgbuild.segment import segment

CPU = torch.device("cpu")


@pytest.fixture(params=[1, 2, 3])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    former = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(former)


def test_results_come_in_order_and_each_is_computed_by_one_thread(threads: int) -> None:
    assert each_by_one_thread(lambda n: (n, torch.get_num_threads()), range(20), CPU) == [(n, 1) for n in range(20)]
    assert torch.get_num_threads() == threads


def test_an_error_is_passed_on_and_the_threads_are_given_back(threads: int) -> None:
    def fail(n: int) -> int:
        raise KeyError(n)

    with pytest.raises(KeyError):
        each_by_one_thread(fail, range(20), CPU)
    assert torch.get_num_threads() == threads


def test_what_is_said_of_a_text_depends_neither_on_threads_nor_on_texts_beside_it() -> None:
    model = ExtractionModel.load(model_folder(DEFAULT_MODEL))
    texts = ["Cisplatin caused hearing loss in rats. " * n for n in (1, 2, 3, 5, 8, 13, 21, 34)]
    documents = [segment(Document(f"kgb:{n}", text)) for n, text in enumerate(texts)]
    former = torch.get_num_threads()
    found = []
    try:
        for n, together in ((1, True), (2, True), (2, False), (3, True)):
            torch.set_num_threads(n)
            groups = [documents] if together else [[document] for document in reversed(documents)]
            encoded = [item for group in groups for item in encode(model, group, CPU, batch_tokens=4096)]
            found.append({item.document.id: item.probabilities for item in encoded})
    finally:
        torch.set_num_threads(former)
    for other in found[1:]:
        assert all(np.array_equal(found[0][id_], other[id_]) for id_ in found[0])
