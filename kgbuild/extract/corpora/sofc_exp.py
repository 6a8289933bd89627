"""SOFC-Exp (Friedrich et al. 2020, https://aclanthology.org/2020.acl-main.116): solid oxide fuel cell articles.

A folder with `texts/X.txt`, `annotations/sentences/X.csv` (id, label, begin, end) and `annotations/frames/X.csv`, whose
`SPAN id type sentence begin end` counts from the start of the sentence. Only sentences labelled 1 (they describe an
experiment) are annotated in full. The folder may be a `.tar.gz`; `SOFC-Exp-Metadata.csv` names each article's part.
"""

import csv
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

from kgbuild.document import GIVEN_AGENT, Document, Mention, Passage, Span
from kgbuild.errors import TrainingDataError
from kgbuild.extract.gold import GoldDocument

__all__ = ["read"]

METADATA = "SOFC-Exp-Metadata.csv"
TYPES = {"MATERIAL": "Material", "VALUE": "Quantity", "DEVICE": "Device"}


def read(path: Path, *, corpus: str, entities: frozenset[str], relations: frozenset[str]) -> Iterator[GoldDocument]:
    """The articles of the part that the path ends in: `sofc_exp.tar.gz!train` or `!dev`. Relations are not read."""
    archive, _, part = str(path).partition("!")
    files = _read_texts(Path(archive))
    for row in csv.DictReader(io.StringIO(files[METADATA]), delimiter="\t"):
        name = row["name"]
        if row["set"] == part and f"texts/{name}.txt" in files:
            yield _document(name, files, corpus, entities)


def _document(name: str, files: dict[str, str], corpus: str, entities: frozenset[str]) -> GoldDocument:
    text = files[f"texts/{name}.txt"]
    sentences: dict[str, Span] = {}
    passages: list[Passage] = []
    experiments: list[int] = []
    for line in files[f"annotations/sentences/{name}.csv"].splitlines():
        number, label, begin, end = line.split("\t")
        sentences[number] = Span(int(begin), int(end))
        if int(begin) < int(end):
            if label == "1":
                experiments.append(len(passages))
            passages.append(Passage(sentences[number], "sentence"))
    mentions = {}
    for row, line in enumerate(files[f"annotations/frames/{name}.csv"].splitlines(), start=1):
        columns = line.split("\t")
        if columns[0] != "SPAN" or TYPES.get(columns[2]) not in entities:
            continue
        if columns[3] not in sentences:
            raise TrainingDataError(f"{name}.csv:{row}: sentence {columns[3]} is not in the list of sentences")
        offset = sentences[columns[3]].start
        span = Span(offset + int(columns[4]), offset + int(columns[5]))
        mentions[span] = Mention(span, TYPES[columns[2]], original_type=columns[2], agent=GIVEN_AGENT)
    doc = Document(
        id=f"PMC:{name}",
        text=text,
        passages=tuple(passages),
        mentions=tuple(mentions[span] for span in sorted(mentions)),
    )
    return GoldDocument(corpus, doc, entities, annotated=frozenset(experiments))


def _read_texts(path: Path) -> dict[str, str]:
    with tarfile.open(path) as archive:
        members = [
            (member.name.removeprefix("./"), archive.extractfile(member)) for member in archive if member.isfile()
        ]
        return {name: stream.read().decode("utf-8") for name, stream in members if stream is not None}
