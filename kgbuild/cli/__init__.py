from kgbuild.cli.main import main

__all__ = ["main"]
