"""Files to documents: `find_sources` lists what there is to read, `read_source` reads one of them."""

from kgbuild.read.reader import Reader, read_source, recognise
from kgbuild.read.source import Source, find_sources

__all__ = ["Reader", "Source", "find_sources", "read_source", "recognise"]
