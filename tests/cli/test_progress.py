"""What a person is told while long work is done."""

import pytest

from kgbuild.cli import progress
from kgbuild.cli.duration import duration


def test_without_a_terminal_lines_are_written_soon_then_every_minute(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter(range(0, 10_000, 5))  # seconds
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now))
    with progress.terminal_progress() as shown:
        assert list(shown("reading", range(40), 40)) == list(range(40))
    assert capsys.readouterr().err.splitlines() == [
        "reading: 1 of 40, 0.2/s, about 3 min 15 s left",
        "reading: 3 of 40, 0.2/s, about 3 min 5 s left",
        "reading: 7 of 40, 0.2/s, about 2 min 45 s left",
        "reading: 15 of 40, 0.2/s, about 2 min 5 s left",
        "reading: 27 of 40, 0.2/s, about 1 min 5 s left",
        "reading: 39 of 40, 0.2/s, about 5.0 s left",
    ]


def test_without_a_total_nothing_is_said_of_what_is_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter(range(0, 10_000, 25))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now))
    with progress.terminal_progress() as shown:
        assert list(shown("linking", "abc", None)) == list("abc")
    assert capsys.readouterr().err.splitlines() == ["linking: 1, 0.04/s", "linking: 2, 0.04/s", "linking: 3, 0.04/s"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0.0 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (3599.6, "1 h 0 min"), (36_000, "10 h 0 min")],
)
def test_a_time_is_told_in_the_units_that_fit(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_at_the_end_the_time_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(0, 10_000, 40))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now))
    with progress.terminal_progress() as shown:
        assert list(shown("loading", "a", 1)) == ["a"]
    assert capsys.readouterr().err == "loading: 1 of 1 after 40 s\n"


def test_short_work_is_done_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.terminal_progress() as shown:
        assert list(shown("reading", "abc", 3)) == list("abc")
    assert capsys.readouterr().err == ""


def test_a_terminal_shows_how_many_are_done_and_at_which_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(progress.sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with progress.terminal_progress() as shown:
        assert list(shown("reading", "abc", 3)) == list("abc")
    assert "3/3" in terminal.getvalue() and "/s" in terminal.getvalue()
