"""Abstracts without annotations, as JSON Lines with `title` and `abstract`: text that teachers annotate for a student.

The `pmid` of a line, or its `id`, names the document. The file may be packed with xz or gzip.
"""

import gzip
import json
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kgbuild.document import Document, Passage, Span
from kgbuild.errors import TrainingDataError
from kgbuild.extract.gold import GoldDocument
from kgbuild.segment import segment

__all__ = ["read"]

OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".xz": lzma.open}


def read(path: Path, *, corpus: str, entities: frozenset[str], relations: frozenset[str]) -> Iterator[GoldDocument]:
    """The abstracts of a file; nothing is annotated in them. TrainingDataError names a line without an abstract."""
    if entities or relations:
        raise TrainingDataError(
            f"corpus {corpus!r}: abstracts carry no annotations; leave its entities and relations []"
        )
    with OPENERS.get(path.suffix, open)(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                record = json.loads(line)
                title, abstract = record.get("title") or "", record["abstract"]
                name = f"PMID:{record['pmid']}" if record.get("pmid") else f"kgb:{record['id']}"
                if not isinstance(title, str) or not isinstance(abstract, str):
                    raise TypeError("a title or an abstract that is no text")
            except (ValueError, KeyError, AttributeError, TypeError) as error:
                raise TrainingDataError(f"{path}:{number}: expected id, title and abstract, found {error}") from error
            yield GoldDocument(corpus, _document(name, title, abstract), entities)


def _document(identifier: str, title: str, abstract: str) -> Document:
    text = f"{title}\n{abstract}"
    blocks = (
        Passage(Span(0, len(title)), "title"),
        Passage(Span(len(title) + 1, len(text)), "abstract", "Abstract"),
    )
    return segment(Document(identifier, text, title=title, blocks=blocks))
