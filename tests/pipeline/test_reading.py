"""Who reads a graph sees that of one build, from its first table to its last."""

import threading
from pathlib import Path

import pytest

from kgbuild.errors import GraphError
from kgbuild.pipeline.folder import MANIFEST, GraphFolder
from kgbuild.pipeline.report import read_manifest
from kgbuild.store.lock import reading


def test_what_a_build_made_waits_for_those_who_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = GraphFolder(tmp_path / "graph")
    with folder.claimed():
        folder.next.mkdir()
        (folder.next / "nodes.parquet").touch()
        publishing = threading.Thread(target=folder.publish, args=(b"{}",))
        with reading(folder.path), reading(folder.path):
            publishing.start()
            publishing.join(0.3)
            assert publishing.is_alive()
            assert "waiting for who reads it" in caplog.text
            assert [path.name for path in folder.path.glob("[!.]*")] == ["documents"]
        publishing.join(30)
    assert {path.name for path in folder.path.glob("[!.]*")} == {"documents", "nodes.parquet", MANIFEST}


def test_where_there_is_no_graph_the_reader_says_so(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="none"), reading(tmp_path / "none"):
        read_manifest(tmp_path / "none")
