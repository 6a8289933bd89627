"""Documents with all their layers as JSON Lines, which `kgbuild.read.jsonl` reads back unchanged."""

from collections.abc import Iterable
from typing import BinaryIO

import msgspec

from kgbuild.document import Document

__all__ = ["write"]


def write(documents: Iterable[Document], stream: BinaryIO) -> int:
    """Writes a document a line as the documents come; how many they were."""
    count = 0
    for document in documents:
        stream.write(msgspec.json.encode(document) + b"\n")
        count += 1
    return count
