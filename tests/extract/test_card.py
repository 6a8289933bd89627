"""The card states the commit of kgbuild itself, never that of a repository that happens to be around it."""

import subprocess
from pathlib import Path

import pytest

from kgbuild.extract.card import _commit


def git(folder: Path, *arguments: str) -> str:
    named = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(folder), *named, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module in a folder of a repository that does not keep it yet, with the working directory in the repository."""
    git(tmp_path, "init", "-q")
    (tmp_path / "analysis.py").write_text("1\n")
    git(tmp_path, "add", "analysis.py")
    git(tmp_path, "commit", "-q", "-m", "Analyse")
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "site-packages" / "card.py"
    path.parent.mkdir()
    path.write_text("2\n")
    return path


def test_the_commit_of_the_repository_around_an_installed_package_is_not_stated(module: Path) -> None:
    assert _commit(module) == ""


def test_the_commit_of_a_checkout_is_stated_from_wherever_it_is_run(
    module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "Keep the package")
    monkeypatch.chdir("/")
    commit = git(tmp_path, "rev-parse", "--short", "HEAD")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert _commit(module) == f", commit `{commit}`"


def test_local_changes_are_stated(module: Path, tmp_path: Path) -> None:
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "Keep the package")
    module.write_text("3\n")
    assert _commit(module).endswith("` + local changes")


def test_without_git_no_commit_is_stated(tmp_path: Path, module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "add", ".")
    monkeypatch.setenv("PATH", "")
    assert _commit(module) == ""
