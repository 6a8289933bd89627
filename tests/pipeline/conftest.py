"""A workplace for builds with the stages of `fake_stages`, here or in worker processes."""

import functools
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from kgbuild.pipeline import BuildReport, build
from kgbuild.schema import load_schema

sys.path.insert(0, str(Path(__file__).parent))  # worker processes import the module by name

import fake_stages

SENTENCES = (
    "We gave aspirin against fever.",
    "No nausea after cisplatin.",
    "Müdigkeit after aspirin.",
    "Nothing here.",
)


class Workplace:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "calls.log"

    def papers(self, name: str, numbers: range, text: Callable[[int], str] | None = None) -> str:
        """A PubTator file with a paper for every number; its name, from the working folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write = text or (lambda n: f"{SENTENCES[n % 4]} {SENTENCES[(n // 4) % 4]}")
        path.write_text("\n".join(f"{n}|t|Paper {n}\n{n}|a|{write(n)}\n" for n in numbers), "utf-8")
        return name

    def recipe(self, **settings: object) -> Callable[[], object]:
        return functools.partial(fake_stages.load, str(self.log), **settings)

    def build(
        self,
        *paths: str,
        to: str = "graph",
        schema: str = "science",
        workers: int = 1,
        given: str = "nothing",
        **settings,
    ) -> BuildReport:
        return build(
            paths,
            self.folder / to,
            recipe=self.recipe(**settings),
            schema=load_schema(schema),
            workers=workers,
            given=given,
        )

    def calls(self) -> Counter[str]:
        """Calls since the last time, by stage."""
        lines = self.log.read_text("utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return Counter(line.split()[0] for line in lines)

    def artefacts(self, graph: str = "graph") -> dict[str, bytes]:
        """The bytes of everything that must be equal for equal input."""
        folder = self.folder / graph
        files = [*folder.glob("*.parquet"), folder / "failures.jsonl", folder / "manifest.json"]
        return {path.name: path.read_bytes() for path in files}


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    monkeypatch.chdir(tmp_path)
    return Workplace(tmp_path)
