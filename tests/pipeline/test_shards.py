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


def test_the_first_files_are_small_and_later_ones_grow_to_a_full_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD_DOCUMENTS", 64)
    monkeypatch.setattr(shards, "SHARD_CHARACTERS", 400_000)
    sizes = [len(batch) for batch in batched(range(1000), lambda _: 1500)]
    assert sizes[:8] == [8] * 8 and max(sizes[:-1]) == sizes[-2] == 64
    done = 0
    for size in sizes:
        assert size <= max(8, done // 8)  # what is done shows early, and little is lost by a kill
        done += size


def test_a_long_text_is_a_first_file_of_its_own() -> None:
    assert [len(batch) for batch in batched(range(3), lambda _: 40_000)] == [1, 1, 1]


@pytest.mark.parametrize(("n_items", "total"), [(0, 0), (3, 3), (4, None), (9, None)])
def test_few_documents_are_counted_before_the_first_is_worked_on(monkeypatch, n_items, total) -> None:
    monkeypatch.setattr(shards, "READ_AHEAD_CHARACTERS", 40)
    items, found = shards.read_ahead(iter(range(n_items)), lambda _: 10)
    assert (list(items), found) == (list(range(n_items)), total)
