"""What one file of documents holds at most."""

import pytest

from kgbuild.pipeline import shards
from kgbuild.pipeline.shards import batched


@pytest.fixture(autouse=True)
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD_DOCUMENTS", 3)
    monkeypatch.setattr(shards, "SHARD_CHARACTERS", 10)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], []),
        (["a"], [["a"]]),
        (["a", "b", "c", "d"], [["a", "b", "c"], ["d"]]),  # by number
        (["aaaaaa", "bbbb", "c"], [["aaaaaa", "bbbb"], ["c"]]),  # by characters
        (["a" * 99, "b"], [["a" * 99], ["b"]]),  # a text is never cut
        (["a", "b" * 99, "c"], [["a", "b" * 99], ["c"]]),
    ],
)
def test_a_file_is_full_by_documents_or_by_characters(texts: list[str], expected: list[list[str]]) -> None:
    assert list(batched(texts, len)) == expected


def test_a_batch_is_handed_on_before_the_next_document_is_read() -> None:
    read: list[str] = []

    def texts():
        for text in ("a" * 10, "b"):
            read.append(text)
            yield text

    next(batched(texts(), len))
    assert read == ["a" * 10]


@pytest.mark.parametrize(("n_documents", "n_characters"), [(7, 10**6), (64, 400), (1000, 10**6)])
def test_the_size_of_files_changes_no_byte_of_the_graph(workplace, monkeypatch, n_documents, n_characters):
    papers = workplace.papers("a.txt", range(60))
    workplace.build(papers)
    monkeypatch.setattr(shards, "SHARD_DOCUMENTS", n_documents)
    monkeypatch.setattr(shards, "SHARD_CHARACTERS", n_characters)
    workplace.build(papers, to="other", workers=2 if n_documents == 64 else 1)
    counts = [len(list((workplace.folder / graph / "documents").iterdir())) for graph in ("graph", "other")]
    assert counts[0] != counts[1]
    assert workplace.artefacts("graph") == workplace.artefacts("other")
