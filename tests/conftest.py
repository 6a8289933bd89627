"""Fixtures that several test folders share."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))  # for servers.py


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public corpora, papers and ontologies that stands beside the project, if it does."""
    folder = Path(os.environ.get("KGBUILD_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if os.environ.get("CI") or not folder.is_dir():
        pytest.skip(f"needs the public data sets in {folder.name}/, which are not part of the project")
    return folder
