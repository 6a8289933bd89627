"""Ontologies to compiled indexes, and mentions to their concepts."""

from kgbuild.link.linker import LexicalLinker

__all__ = ["LexicalLinker"]
