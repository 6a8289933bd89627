"""Corpora in brat standoff (https://brat.nlplab.org/standoff.html): a folder, `.tar.gz` or `.zip` of .txt and .ann.

`T1<TAB>Type start end<TAB>text` are mentions and `R1<TAB>Type Arg1:T1 Arg2:T2` relations between them; events,
attributes and notes are left out, and of a discontinuous mention the words between its parts are taken in. The first
line of a text is its title.
"""

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from kgbuild.document import GIVEN_AGENT, Document, Mention, Passage, Relation, Span
from kgbuild.errors import TrainingDataError
from kgbuild.extract.gold import GoldDocument
from kgbuild.read.labels import entity_type
from kgbuild.segment import segment

__all__ = ["read"]


def read(path: Path, *, corpus: str, entities: frozenset[str], relations: frozenset[str]) -> Iterator[GoldDocument]:
    """The documents of the folder or archive, by name, with mentions and relations of these types."""
    n_documents = 0
    for name, files in sorted(_documents(path).items()):
        if ".txt" not in files or ".ann" not in files:
            continue
        n_documents += 1
        doc = _document(f"{corpus}:{Path(name).name}", files[".txt"])
        mentions, found = _annotations(f"{path}:{name}.ann", files[".ann"], doc.text)
        kept = {key: mention for key, mention in mentions.items() if mention.type in entities}
        doc = doc.replace_mentions(set(kept.values()))
        stated = tuple(
            Relation(kept[a].id, predicate, kept[b].id, _around(kept[a].span, kept[b].span), agent=GIVEN_AGENT)
            for predicate, a, b in sorted(found)
            if predicate in relations and a in kept and b in kept
        )
        yield GoldDocument(corpus, msgspec.structs.replace(doc, relations=stated), entities, relations)
    if not n_documents:
        raise TrainingDataError(f"{path}: no pair of .txt and .ann files found; expected brat standoff")


def _document(identifier: str, text: str) -> Document:
    blocks: list[Passage] = []
    start = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped:
            offset = start + line.index(stripped)
            kind = "paragraph" if blocks else "title"
            blocks.append(Passage(Span(offset, offset + len(stripped)), kind))
        start += len(line)
    return segment(Document(identifier, text, blocks=tuple(blocks)))


def _annotations(place: str, lines: str, text: str) -> tuple[dict[str, Mention], set[tuple[str, str, str]]]:
    mentions: dict[str, Mention] = {}
    relations: set[tuple[str, str, str]] = set()
    for row, line in enumerate(lines.splitlines(), start=1):
        key, _, rest = line.partition("\t")
        if not key.startswith(("T", "R")):
            continue
        label, *places = rest.partition("\t")[0].replace(";", " ").split()
        try:
            if key.startswith("T"):
                span = Span(int(places[0]), max(map(int, places)))
                if len(places) % 2 or not 0 <= span.start < span.end <= len(text):
                    raise ValueError(f"characters {span.start} to {span.end} of {len(text)}")
                mentions[key] = Mention(span, entity_type(label), original_type=label, agent=GIVEN_AGENT)
            else:
                first, second = (argument.partition(":")[2] for argument in places)
                relations.add((label, first, second))
        except (ValueError, IndexError) as error:
            expected = "'Type start end'" if key.startswith("T") else "'Type Arg1:T1 Arg2:T2'"
            raise TrainingDataError(f"{place}:{row}: expected {expected}, found {rest!r}: {error}") from error
    return mentions, relations


def _around(first: Span, second: Span) -> Span:
    return Span(min(first.start, second.start), max(first.end, second.end))


def _documents(path: Path) -> dict[str, dict[str, str]]:
    """Name without ending -> ending -> text."""
    files: dict[str, dict[str, str]] = {}
    for name, content in _files(path):
        stem, suffix = name.rsplit(".", 1) if "." in name else (name, "")
        files.setdefault(stem, {})[f".{suffix}"] = content.decode("utf-8")
    return files


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for file in path.rglob("*"):
            if file.suffix in (".txt", ".ann"):
                yield str(file.relative_to(path)), file.read_bytes()
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist() if name.endswith((".txt", ".ann")))
    else:
        with tarfile.open(path) as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.name.endswith((".txt", ".ann")) else None
                if stream is not None:
                    yield member.name, stream.read()
