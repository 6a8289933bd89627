"""Ontology files to concepts: the parser is found from the name and the first bytes of the file."""

from kgbuild.link.parse.source import read_concepts

__all__ = ["read_concepts"]
