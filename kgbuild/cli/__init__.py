from kgbuild.cli.group import main

__all__ = ["main"]
