"""MuLMS (Schrader et al. 2023, https://arxiv.org/abs/2310.15569): materials science articles, JSON Lines export.

One article a line: `text`, `sentences` [begin, end], `entities` {id, begin, end, type}, `relations` {type, governor,
dependent}. A measurement is a frame around a trigger word; here its arguments are joined to each other directly:
property - value, material - property, property - technique.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kgbuild.document import GIVEN_AGENT, Document, Mention, Passage, Relation, Span
from kgbuild.extract.gold import GoldDocument

__all__ = ["read"]

#: VALUE and RANGE nest: the outermost is the quantity
TYPES = {
    "MAT": "Material",
    "FORM": "Form",
    "PROPERTY": "Property",
    "VALUE": "Quantity",
    "RANGE": "Quantity",
    "TECHNIQUE": "Method",
    "DEV": "Device",
}
#: (relation, governor, dependent) -> our relation, from governor to dependent
RELATIONS = {
    ("propertyValue", "PROPERTY", "VALUE"): "has_value",
    ("associatedInfo", "MAT", "PROPERTY"): "has_property",
    ("hasForm", "MAT", "FORM"): "has_form",
    ("refersToMaterial", "MAT", "FORM"): "has_form",
    ("usedIn", "MAT", "DEV"): "used_in",
    ("usedAs", "MAT", "MAT"): "used_as",
    ("dopedBy", "MAT", "MAT"): "doped_by",
}


def read(path: Path, *, corpus: str, entities: frozenset[str], relations: frozenset[str]) -> Iterator[GoldDocument]:
    """The articles of one part, `mulms_train1.jsonl.gz` and the like."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield _document(json.loads(line), corpus, entities, relations)


def _document(record: dict[str, Any], corpus: str, entities: frozenset[str], relations: frozenset[str]) -> GoldDocument:
    text = record["text"]
    passages = tuple(
        Passage(Span(begin, end), "sentence") for begin, end in sorted(record["sentences"]) if text[begin:end].strip()
    )
    mentions = _outermost(
        {
            entity["id"]: Mention(
                Span(entity["begin"], entity["end"]),
                TYPES[entity["type"]],
                original_type=entity["type"],
                agent=GIVEN_AGENT,
            )
            for entity in record["entities"]
            if TYPES.get(entity["type"]) in entities and entity["begin"] < entity["end"]
        }
    )
    doc = Document(
        id=f"mulms:{record['doc_id']}",
        text=text,
        title=record["title"] or "",
        passages=passages,
        mentions=tuple(sorted(set(mentions.values()), key=lambda mention: (mention.span, mention.type))),
        relations=tuple(_relations(record, mentions, relations)),
    )
    return GoldDocument(corpus, doc, entities, relations)


def _outermost(mentions: dict[int, Mention]) -> dict[int, Mention]:
    # every identifier, those of nested quantities too, points at the mention that is kept
    by_size = sorted(mentions.items(), key=lambda item: (item[1].span.start, -item[1].span.end))
    kept: list[Mention] = []
    result = {}
    for key, mention in by_size:
        outer = next((k for k in reversed(kept[-8:]) if k.type == mention.type and mention.span.within(k.span)), None)
        if outer is None:
            kept.append(mention)
        result[key] = outer or mention
    return result


def _relations(record: dict[str, Any], mentions: dict[int, Mention], wanted: frozenset[str]) -> Iterator[Relation]:
    types = {entity["id"]: entity["type"] for entity in record["entities"]}
    frames: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    found: set[tuple[int, str, int]] = set()
    for relation in record["relations"]:
        governor, dependent = relation["governor"], relation["dependent"]
        key = (relation["type"], types.get(governor), types.get(dependent))
        if key in RELATIONS:
            found.add((governor, RELATIONS[key], dependent))
        elif key[1] == "MEASUREMENT":
            frames[governor][f"{key[0]} {key[2]}"].append(dependent)
        elif key == ("associatedInfo", "TECHNIQUE", "PROPERTY"):
            found.add((dependent, "measured_by", governor))
    for frame in frames.values():
        for measured in frame["measuresProperty PROPERTY"]:
            found |= {(material, "has_property", measured) for material in frame["conditionSampleFeatures MAT"]}
            found |= {(measured, "measured_by", technique) for technique in frame["usesTechnique TECHNIQUE"]}
    seen = set()
    for subject, predicate, other in sorted(found):
        if predicate not in wanted or subject not in mentions or other not in mentions:
            continue
        first, second = mentions[subject], mentions[other]
        if first == second or (first.id, predicate, second.id) in seen:
            continue
        seen.add((first.id, predicate, second.id))
        span = Span(min(first.span.start, second.span.start), max(first.span.end, second.span.end))
        yield Relation(first.id, predicate, second.id, span, agent=GIVEN_AGENT)
