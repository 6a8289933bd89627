"""Where compiled ontologies and downloads are kept: `$KGBUILD_CACHE`, else `kgbuild` in the user's cache folder."""

import os
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder() -> Path:
    """The folder, which may not exist yet."""
    if os.environ.get("KGBUILD_CACHE"):
        return Path(os.environ["KGBUILD_CACHE"])
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "kgbuild"
