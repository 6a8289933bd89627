"""Documents as a BioC JSON collection; see `bioc` for what goes where."""

from collections.abc import Iterable
from typing import BinaryIO

import msgspec

from kgbuild.document import Document
from kgbuild.export.bioc import SOURCE, record_of

__all__ = ["write"]

HEAD = f'{{"source": "{SOURCE}", "date": "", "key": "", "infons": {{}}, "documents": ['


def write(documents: Iterable[Document], stream: BinaryIO) -> int:
    """Writes the collection as UTF-8, a document a line, as the documents come; how many they were."""
    count = 0
    stream.write(HEAD.encode())
    for document in documents:
        stream.write(b",\n" if count else b"\n")
        stream.write(msgspec.json.encode(record_of(document)))
        count += 1
    stream.write(b"\n]}\n")
    return count
