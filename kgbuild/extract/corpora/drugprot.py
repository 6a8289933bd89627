"""DrugProt (Miranda-Escalada et al. 2023, https://doi.org/10.1093/database/baad080): chemicals that act on genes.

Three TSV files: abstracts `pmid, abstract`, entities `pmid, id, type, start, end, text`, relations `pmid, type,
Arg1:id, Arg2:id`. The path names their folder. Mentions of one name are one thing, so that a relation that is stated of
one of them in the abstract is not taught to be false of the others.
"""

import gzip
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from kgbuild.document import GIVEN_AGENT, Document, Mention, Passage, Relation, Span
from kgbuild.errors import TrainingDataError
from kgbuild.extract.gold import GoldDocument
from kgbuild.segment import segment

__all__ = ["read"]

TYPES = {"CHEMICAL": "Chemical", "GENE-Y": "Gene", "GENE-N": "Gene"}


def read(path: Path, *, corpus: str, entities: frozenset[str], relations: frozenset[str]) -> Iterator[GoldDocument]:
    """The abstracts in the folder that the path names."""
    mentions: dict[str, dict[str, Mention]] = defaultdict(dict)
    for pmid, key, label, start, end, text in _rows(path, "entities"):
        if TYPES[label] in entities:
            mentions[pmid][key] = Mention(
                Span(int(start), int(end)),
                TYPES[label],
                concepts=(text.casefold(),),
                original_type=label,
                agent=GIVEN_AGENT,
            )
    stated: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for pmid, predicate, subject, other in _rows(path, "relations"):
        if predicate in relations:
            stated[pmid].append((subject.partition(":")[2], predicate, other.partition(":")[2]))
    for pmid, text in _rows(path, "abstracts"):
        known = mentions[pmid]
        doc = Document(
            f"PMID:{pmid}",
            text,
            blocks=(Passage(Span(0, len(text)), "abstract"),),
            relations=tuple(
                Relation(known[a].id, predicate, known[b].id, Span(0, len(text)), agent=GIVEN_AGENT)
                for a, predicate, b in sorted(stated[pmid])
                if a in known and b in known
            ),
        )
        with_mentions = segment(doc).replace_mentions(set(known.values()))
        yield GoldDocument(corpus, with_mentions, entities, relations, concept_level=True)


def _rows(folder: Path, part: str) -> Iterator[list[str]]:
    files = sorted(folder.glob(f"*{part}*.tsv.gz"))
    if not files:
        raise TrainingDataError(f"{folder}: no file *{part}*.tsv.gz, which DrugProt has")
    with gzip.open(files[0], "rt", encoding="utf-8") as stream:
        for line in stream:
            yield line.rstrip("\n").split("\t")
