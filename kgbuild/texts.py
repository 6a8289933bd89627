"""kgbuild in Python: texts in, documents with mentions, links and relations out; no files, no graph."""

import re
from collections.abc import Iterable, Iterator

from kgbuild.config import RunConfig
from kgbuild.document import Document, Passage, Span, content_hash
from kgbuild.pipeline.stages import Stages, load_stages
from kgbuild.schema import load_schema

__all__ = ["annotate", "annotate_with", "load"]

_BETWEEN_PARAGRAPHS = re.compile(r"\n[ \t]*\n")


def annotate(texts: Iterable[str], run: RunConfig | None = None) -> Iterator[Document]:
    """A document for each text, in their order, with passages, mentions, relations and links.

    The text stays as it is, and all offsets point into it. `run` names schema, extractor and linker with their
    settings; the default is that of `kgbuild annotate`. Parts are loaded once per call: give many texts, or `load` once
    and use `annotate_with`.
    """
    yield from annotate_with(load(run), texts)


def load(run: RunConfig | None = None) -> Stages:
    """The extractor and linker of a run, ready to use."""
    run = run or RunConfig()
    return load_stages(run.extract, run.link, load_schema(run.schema))


def annotate_with(stages: Stages, texts: Iterable[str]) -> Iterator[Document]:
    """`annotate` with parts that are loaded already."""
    documents = (stages.segment(_document(text)) for text in texts)
    return stages.linker.link(stages.extractor.annotate(documents))


def _document(text: str) -> Document:
    ends = [match.start() for match in _BETWEEN_PARAGRAPHS.finditer(text)] + [len(text)]
    starts = [0, *(match.end() for match in _BETWEEN_PARAGRAPHS.finditer(text))]
    blocks = tuple(
        Passage(Span(start, end), "paragraph")
        for start, end in zip(starts, ends, strict=True)
        if text[start:end].strip()
    )
    return Document(id=f"kgb:{content_hash(text)}", text=text, blocks=blocks)
