"""Abstracts from JSON Lines as documents, for the benchmarks."""

import json
import lzma
from pathlib import Path

from kgbuild.document import Document, Passage, Span


def read_abstracts(path: Path, n_documents: int) -> list[Document]:
    """The first abstracts of a JSON Lines file (plain or .xz) with title and abstract in each line."""
    open_ = lzma.open if path.suffix == ".xz" else open
    with open_(path, "rt", encoding="utf-8") as lines:
        return [as_document(json.loads(line)) for line, _ in zip(lines, range(n_documents), strict=False)]


def as_document(record: dict[str, str]) -> Document:
    """Title and abstract as two blocks."""
    title = record.get("title", "")
    text = f"{title}\n{record['abstract']}"
    blocks = (
        Passage(Span(0, len(title)), "title"),
        Passage(Span(len(title) + 1, len(text)), "abstract", "Abstract"),
    )
    return Document(id=f"kgb:{record['id']}", text=text, title=title, blocks=blocks)
