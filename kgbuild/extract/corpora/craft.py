"""CRAFT (Bada et al. 2012, https://doi.org/10.1186/1471-2105-13-161): concepts of ontologies in full articles.

JSON Lines `{pmid, text, annotations: [[ontology, concept, label, [[start, end], ...]], ...]}`. Mentions of concepts
that say nothing ("cell", "tissue") are left out, and so is what lies inside a longer mention ("lung" in "lung cancer").
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from kgbuild.document import GIVEN_AGENT, Document, Mention, Passage, Span
from kgbuild.extract.gold import GoldDocument
from kgbuild.segment import segment

__all__ = ["read"]

TYPES = {
    "CHEBI": "Chemical",
    "CL": "CellType",
    "MONDO": "Disease",
    "NCBITaxon": "Species",
    "PR": "Gene",
    "UBERON": "AnatomicalPart",
}
#: cell; tissue, anatomical structure, adult organism, multicellular organism, organ, body part, sample
GENERIC = frozenset(
    [
        "CL:0000000",
        "UBERON:0000479",
        "UBERON:0000061",
        "UBERON:0007023",
        "UBERON:0000468",
        "UBERON:0000062",
        "UBERON:0000475",
    ]
)


def read(path: Path, *, corpus: str, entities: frozenset[str], relations: frozenset[str]) -> Iterator[GoldDocument]:
    """The articles of one part; it has no relations."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            doc = _document(json.loads(line))
            mentions = tuple(mention for mention in doc.mentions if mention.type in entities)
            yield GoldDocument(corpus, msgspec.structs.replace(doc, mentions=mentions), entities)


def _document(record: dict[str, Any]) -> Document:
    text = record["text"]
    blocks: list[Passage] = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(Passage(Span(start, start + len(line)), "paragraph" if blocks else "title"))
        start += len(line) + 1
    found = [
        Mention(Span(spans[0][0], spans[-1][1]), TYPES[ontology], concepts=(concept,), agent=GIVEN_AGENT)
        for ontology, concept, _, spans in record["annotations"]
        if ontology in TYPES
    ]
    longest = sorted(found, key=lambda mention: (mention.span.start - mention.span.end, mention.span, mention.type))
    taken: set[int] = set()
    kept = []
    for mention in longest:
        characters = range(mention.span.start, mention.span.end)
        if taken.isdisjoint(characters):
            taken.update(characters)
            kept.append(mention)
    doc = segment(Document(f"PMID:{record['pmid']}", text, blocks=tuple(blocks)))
    return doc.replace_mentions(mention for mention in kept if GENERIC.isdisjoint(mention.concepts))
