"""Corpora in the columns of CoNLL 2003 (https://aclanthology.org/W03-0419): a token a line, its tag in the last column.

Tags are BIO, BIOES or bare types (a run of equal ones is one mention). A blank line ends a sentence, `-DOCSTART-` a
document; without it every sentence is a document of its own. The first line says how many columns there are; a token
may hold blanks. Tokens are joined by blanks, since the text is lost.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

from kgbuild.document import GIVEN_AGENT, Document, Mention, Passage, Span
from kgbuild.errors import TrainingDataError
from kgbuild.extract.gold import GoldDocument
from kgbuild.read.labels import entity_type

__all__ = ["read"]

BEGIN = ("B-", "S-", "U-")
INSIDE = ("I-", "E-", "L-")

Sentence = list[tuple[str, str]]


def read(path: Path, *, corpus: str, entities: frozenset[str], relations: frozenset[str]) -> Iterator[GoldDocument]:
    """The documents of a file, plain or `.gz`; it has no relations."""
    n_documents = 0
    for sentences in _documents(path):
        doc = _document(f"{corpus}:{path.name}:{n_documents}", sentences)
        n_documents += 1
        mentions = (mention for mention in doc.mentions if mention.type in entities)
        yield GoldDocument(corpus, doc.replace_mentions(mentions), entities)
    if not n_documents:
        raise TrainingDataError(f"{path}: no sentence found; expected lines such as 'aspirin B-Chemical'")


def _documents(path: Path) -> Iterator[list[Sentence]]:
    document: list[Sentence] = []
    has_boundaries = False
    for sentence in _sentences(path):
        is_boundary = sentence[0][0] == "-DOCSTART-"
        if document and (is_boundary or not has_boundaries):
            yield document
            document = []
        has_boundaries = has_boundaries or is_boundary
        if not is_boundary:
            document.append(sentence)
    if document:
        yield document


def _sentences(path: Path) -> Iterator[Sentence]:
    sentence: Sentence = []
    n_columns = 0
    open_ = gzip.open if path.suffix == ".gz" else open
    with open_(path, "rt", encoding="utf-8") as stream:
        for row, line in enumerate(stream, start=1):
            n_columns = n_columns or len(line.split())
            columns = line.rsplit(None, max(n_columns - 1, 1))
            if not columns:
                if sentence:
                    yield sentence
                sentence = []
            elif len(columns) < max(n_columns, 2):
                raise TrainingDataError(
                    f"{path}:{row}: expected a token and its tag in {max(n_columns, 2)} columns, found "
                    f"{line.rstrip()!r}"
                )
            else:
                sentence.append((columns[0].strip(), columns[-1]))
    if sentence:
        yield sentence


def _document(identifier: str, sentences: list[Sentence]) -> Document:
    lines = [" ".join(token for token, _ in sentence) for sentence in sentences]
    passages: list[Passage] = []
    mentions: list[Mention] = []
    start = 0
    for line, sentence in zip(lines, sentences, strict=True):
        passages.append(Passage(Span(start, start + len(line)), "sentence"))
        mentions.extend(_mentions(sentence, start))
        start += len(line) + 1
    return Document(identifier, "\n".join(lines), passages=tuple(passages), mentions=tuple(mentions))


def _mentions(sentence: Sentence, offset: int) -> Iterator[Mention]:
    first, end, label = offset, offset, ""
    for token, tag in [*sentence, ("", "O")]:
        kind = tag[2:] if tag.startswith((*BEGIN, *INSIDE)) else tag
        goes_on = bool(label) and kind == label and not tag.startswith(BEGIN)
        if label and not goes_on:
            yield Mention(Span(first, end), entity_type(label), original_type=label, agent=GIVEN_AGENT)
            label = ""
        if tag != "O" and not goes_on:
            first, label = offset, kind
        end = offset + len(token)
        offset = end + 1
