"""What a person is told while long work is done."""

import pytest

from kgbuild.cli import progress


def test_without_a_terminal_a_line_is_written_every_minute(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter(range(0, 10_000, 25))  # seconds
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now))
    with progress.terminal_progress() as shown:
        assert list(shown("reading", "abcdef", 6)) == list("abcdef")
        assert list(shown("linking", "abc", None)) == list("abc")
    assert capsys.readouterr().err.splitlines() == ["reading: 3 of 6", "reading: 6 of 6", "linking: 3"]


def test_short_work_is_done_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.terminal_progress() as shown:
        assert list(shown("reading", "abc", 3)) == list("abc")
    assert capsys.readouterr().err == ""
