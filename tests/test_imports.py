"""Imports point one way: each module imports only what stands above it in the order of the design."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "kgbuild"

#: Layer of each module or package below kgbuild/; a module imports only lower layers, or its own package.
LAYERS = {
    "errors": 0,
    "spelling": 0,
    "document": 1,
    "interruption": 1,
    "concept": 1,
    "graph": 2,
    "abbreviation": 1,
    "formula": 1,
    "variant": 1,
    "int8": 1,
    "papers": 2,
    "prefixes": 1,
    "schema": 3,
    "tables": 3,
    "registry": 3,
    "config": 3,
    "read": 4,
    "segment": 4,
    "encoder": 4,
    "extract": 5,  # above encoder, its one shared part
    "sentence_vectors": 5,  # above encoder, whose default it runs
    "link": 4,
    "assemble": 4,
    "store": 4,
    "export": 5,  # above store, whose statements it writes
    "importing": 5,  # above store, on whose workbench it gathers
    "query": 5,  # above store, which it asks
    "validate": 5,  # above store, whose tables it reads
    "evaluate": 4,
    "pipeline": 6,
    "texts": 7,
    "spacy_component": 8,
    "cli": 8,
}


def internal_imports(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("kgbuild."):
            names.append(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "kgbuild":
            names.extend(alias.name for alias in node.names if alias.name in LAYERS)
        elif isinstance(node, ast.Import):
            names.extend(alias.name.split(".")[1] for alias in node.names if alias.name.startswith("kgbuild."))
    return names


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_imports_only_lower_layers(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own in {"__init__", "__main__"}:
        return
    assert own in LAYERS, f"{own} has no place in the order of modules"
    wrong = [name for name in internal_imports(path) if name != own and LAYERS[name] >= LAYERS[own]]
    assert not wrong, f"{path.name} reaches the wrong way: {wrong}"
