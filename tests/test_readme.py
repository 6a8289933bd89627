"""Every command and every piece of Python in README.md runs, in order, beside a copy of the demonstration corpus."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from servers import Neo4jServer, neo4j_server

from kgbuild.cli.group import COMMANDS
from kgbuild.extract.extractor import TransformerExtractor
from kgbuild.tables import SCHEMAS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCK = re.compile(r"^```(console|python|toml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")


@dataclass(frozen=True)
class Example:
    """Something to run, with the output that the README shows of it; or a file to write, where it is TOML."""

    language: str
    code: str
    shown: tuple[str, ...] = ()


def read_examples(text: str) -> list[Example]:
    examples = []
    for language, block in BLOCK.findall(text):
        if language != "console":
            examples.append(Example(language, block))
            continue
        for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, *shown = command.splitlines()
            examples.append(Example(language, line, tuple(shown)))
    return examples


EXAMPLES = read_examples(README)


def test_every_command_has_an_example() -> None:
    shown = "\n".join(example.code for example in EXAMPLES if example.language == "console")
    assert [name for name in COMMANDS if f"kgbuild {name} " not in shown] == []


def test_the_revision_of_the_bundled_model_is_the_one_that_is_shown() -> None:
    assert set(re.findall(r"science-minilm@\w+", README)) == {TransformerExtractor(device="cpu").agent}


def test_every_column_of_every_table_is_described() -> None:
    described: dict[str, list[str]] = {}
    table = ""
    for name, columns in re.findall(r"^\| (`\w+`)? ?\| ((?:`\w+`(?:, )?)+) \|", README, re.MULTILINE):
        table = name.strip("`") or table
        described.setdefault(table, []).extend(re.findall(r"`(\w+)`", columns))
    assert {name: sorted(described[name]) for name in SCHEMAS} == {
        name: sorted(schema.names) for name, schema in SCHEMAS.items()
    }


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    with neo4j_server(tmp_path_factory.mktemp("neo4j")) as found:
        yield found


def test_the_examples_run_and_print_what_is_shown(
    tmp_path: Path, server: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_USER", server.user)
    monkeypatch.setenv("NEO4J_PASSWORD", server.password)
    shutil.copytree(ROOT / "tests" / "data" / "demo", tmp_path / "demo")
    for example in EXAMPLES:
        if example.language == "toml":
            name = re.match(r"# (\S+\.toml)\n", example.code)
            assert name, f"expected the file's name in the first line of {example.code!r}"
            (tmp_path / name[1]).write_text(example.code, "utf-8")
        else:
            example = replace(example, code=example.code.replace("bolt://localhost:7687", server.uri))
            assert_shown(example, run(example, tmp_path))


def run(example: Example, folder: Path) -> str:
    """What the example prints, on stdout and stderr together."""
    arguments = ["bash", "-c", example.code] if example.language == "console" else [sys.executable, "-c", example.code]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        arguments,
        cwd=folder,
        env={**os.environ, "PATH": path},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode != 0:
        pytest.fail(f"exit {done.returncode} of: {example.code}\n{done.stdout}")
    return done.stdout


def assert_shown(example: Example, output: str) -> None:
    """Every shown line is printed, numbers and blanks aside; lines of "…" stand for what is left out."""
    printed = {plain(line) for line in output.splitlines()}
    missing = [line for line in example.shown if line.strip() not in ("", "…") and plain(line) not in printed]
    if missing:
        pytest.fail(f"{example.code}\nis shown to print {missing}, but prints\n{output}")


def plain(line: str) -> str:
    return " ".join(re.sub("─+", "─", NUMBER.sub("#", line)).split())
