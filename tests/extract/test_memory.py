"""Memory that goes back to the system."""

import platform
from pathlib import Path

import pytest

from kgbuild.extract.memory import release_free_memory

MEGABYTE = 1024 * 1024


def resident() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * 4096


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's heap can be trimmed")
def test_free_pages_between_small_pieces_go_back() -> None:
    # too small to be mapped each on their own, with others between them that stay
    pieces = [b"x" * 50_000 for _ in range(4000)]
    full = resident()
    del pieces[::2]
    release_free_memory()
    assert full - resident() > 50 * MEGABYTE
    assert len(pieces) == 2000


def test_without_glibc_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    release_free_memory()
