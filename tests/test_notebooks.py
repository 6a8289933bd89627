"""The notebooks run from first to last cell, in order, from a copy of the folders that they use."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS_PER_CELL = 600  # where the default ontologies are not compiled yet, the first build compiles them


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notebooks")
    shutil.copytree(ROOT / "tests" / "data" / "demo", folder / "tests" / "data" / "demo")
    (folder / "notebooks").mkdir()
    return folder / "notebooks"


@pytest.mark.notebook
@pytest.mark.filterwarnings("default")  # of the Jupyter client, not ours; the notebook runs in a process of its own
def test_notebooks_run_from_first_to_last_cell(workplace: Path) -> None:
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(
            notebook, timeout=SECONDS_PER_CELL, kernel_name="python3", resources={"metadata": {"path": str(workplace)}}
        ).execute()
    assert (workplace / "graph.png").stat().st_size > 10_000


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_committed_without_output(path: Path) -> None:
    cells = [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert cells
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
