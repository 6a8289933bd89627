"""Fixtures that several test folders share."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))  # for servers.py
collect_ignore = ["kgx_validation.py"]  # runs beside KGX in an environment of its own


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public corpora, papers and ontologies that stands beside the project, if it does."""
    folder = Path(os.environ.get("KGBUILD_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if os.environ.get("CI") or not folder.is_dir():
        pytest.skip(f"needs the public data sets in {folder.name}/, which are not part of the project")
    return folder


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test that asks for the shared folder, so that `-m "not shared_data"` leaves out all of them."""
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker("shared_data")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests on a server of the user's own go to one worker, as each empties it."""
    from xdist.scheduler import LoadFileScheduling

    class OnServers(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return "servers" if "from servers import" in (ROOT / file).read_text("utf-8") else file

    return OnServers(config, log) if {"NEO4J_URI", "SPARQL_URL"} & os.environ.keys() else None
