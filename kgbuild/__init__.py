"""Knowledge graphs from scientific papers and tables, with the evidence behind every edge."""

from typing import Any

__version__ = "0.1.0"

__all__ = ["__version__", "annotate"]


def __getattr__(name: str) -> Any:
    # loaded when it is asked for: `kgbuild --help` needs none of it
    if name == "annotate":
        from kgbuild.texts import annotate

        return annotate
    raise AttributeError(f"module 'kgbuild' has no attribute {name!r}")
