"""KGX in a folder of its own: its pins clash with ours, so that it is installed without what it depends on.

What its validator imports beyond the development packages is installed beside it, once a machine, in
``~/.cache/kgbuild-tests`` or where KGBUILD_TEST_CACHE says.
"""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from kgbuild.document import content_hash

REQUIREMENTS = (
    *("kgx==2.7.0", "bmt==1.5.0", "cachetools==5.5.2", "casefy==1.1.0", "inflection==0.5.1"),
    *(
        "jsonlines==4.0.0",
        "jsonstreams==0.6.0",
        "ordered-set==4.1.0",
        "pyjwt==2.15.1",
        "python-arango==8.3.7",
        "stringcase==1.2.0",
    ),
)
CACHE = Path(os.environ.get("KGBUILD_TEST_CACHE", Path.home() / ".cache" / "kgbuild-tests"))


def validated_by_kgx(format_name: str, folder: Path, prefixes: Mapping[str, str] = {}) -> dict[str, object]:
    """How many nodes and edges KGX's validator read from the files in the folder, and its errors; `prefixes` are known
    to it besides Biolink's.
    """
    driver = Path(__file__).with_name("kgx_validation.py")
    environment = {**os.environ, "PYTHONPATH": str(installed())}
    command = [sys.executable, "-W", "ignore", str(driver), format_name, str(folder), json.dumps(dict(prefixes))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def installed() -> Path:
    """The folder with KGX; where it cannot be installed the test is skipped, or fails in CI."""
    folder = CACHE / f"kgx-{content_hash(*REQUIREMENTS)}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "kgx.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return folder
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            command = [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--target",
                scratch,
                *REQUIREMENTS,
            ]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode == 0:
                Path(scratch).rename(folder)
                Path(scratch).mkdir()
                return folder
    reason = f"KGX cannot be installed: {done.stderr.strip().splitlines()[-1]}"
    pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
