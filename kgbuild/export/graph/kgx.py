"""Records of the KGX format (https://biolink.github.io/kgx/kgx_format.html) by Biolink Model 4.4.6.

An edge becomes one association, or two where papers disagree: one with what affirms it, one, `negated`, with what
denies it, so that no paper is cited for what it denies. Evidence stands in Biolink's
``has_supporting_studies`` (a Study for each document) / ``has_study_results`` (a TextMiningStudyResult for each piece)
with the offsets of subject and object in ``supporting_text``; what Biolink has no slot for keeps the name of its
column, which the format allows. ``infores:kgbuild`` is not in the registry of information resources.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from kgbuild.document import content_hash
from kgbuild.export.graph.source import GraphSource, StatedEdge
from kgbuild.graph import belief
from kgbuild.tables import Row, evidence_from_row

__all__ = [
    "ASSOCIATION",
    "NAMED_THING",
    "OWN_EDGE_SLOTS",
    "OWN_NODE_SLOTS",
    "OWN_RESULT_SLOTS",
    "associations",
    "named_thing",
]

Record = dict[str, Any]

SOURCE = "infores:kgbuild"
NEGATED_SUFFIX = "-negated"

#: columns that Biolink has no slot for: of nodes, of edges, of pieces of evidence
OWN_NODE_SLOTS = ("type", "linked", "mention_count", "document_count", "reduced_formula", "elements")
OWN_EDGE_SLOTS = ("belief",)
OWN_RESULT_SLOTS = (
    *("kind", "document", "start", "end", "subject_start", "subject_end", "object_start", "object_end"),
    *("agent", "revision", "raw", "polarity", "modality", "novel", "table", "row", "column"),
)

#: slots of a node and of an edge, in the order of the columns
NAMED_THING = (*("id", "category", "name", "xref", "synonym", "provided_by"), *OWN_NODE_SLOTS)
ASSOCIATION = (
    *("id", "subject", "predicate", "object", "category", "negated", "original_predicate"),
    *("knowledge_level", "agent_type", "primary_knowledge_source", "publications", "has_confidence_score"),
    *("evidence_count", "supporting_text", "has_supporting_studies", *OWN_EDGE_SLOTS),
)

#: Biolink classes and slots of our schemas that are no NamedThing (an Attribute must have a class beside it), and no
#: predicate under related_to
_NOT_NAMED_THINGS = frozenset({"", "biolink:QuantityValue", "biolink:Attribute"})
_NOT_PREDICATES = frozenset({"", "biolink:has_attribute", "biolink:has_quantitative_value"})

#: kind of evidence -> knowledge_level and agent_type; of several kinds the first in this order says it
_LEVELS = {
    "text": ("not_provided", "text_mining_agent"),
    "table": ("not_provided", "text_mining_agent"),
    "import": ("not_provided", "not_provided"),
    "ontology": ("knowledge_assertion", "not_provided"),
    "inference": ("logical_entailment", "automated_agent"),
    "prediction": ("prediction", "computational_model"),
}


def named_thing(row: Row) -> Record:
    """The record of a row of NODES."""
    return {
        "id": row["id"],
        "category": ["biolink:NamedThing" if row["category"] in _NOT_NAMED_THINGS else row["category"]],
        "name": row["name"],
        "xref": row["xrefs"],
        "synonym": row["synonyms"],
        "provided_by": [SOURCE],
        **{name: row[name] for name in OWN_NODE_SLOTS},
    }


def associations(graph: GraphSource) -> Iterator[Record]:
    """The records of all edges."""
    papers = graph.papers()
    documents = graph.rows("documents", ("id", "year"))
    years = {row["id"]: row["year"] for row in documents if row["year"] is not None}
    for edge in graph.edges():
        for negated in (False, True):
            evidence = [row for row in edge.evidence if (row["polarity"] == "negated") is negated]
            if evidence:
                yield _association(edge, evidence, negated=negated, years=years, papers=papers)


def _association(
    edge: StatedEdge, evidence: list[Row], *, negated: bool, years: dict[str, int], papers: dict[str, str]
) -> Record:
    row = edge.row
    kinds = {item["kind"] for item in evidence}
    level, agent = next(words for kind, words in _LEVELS.items() if kind in kinds)
    edge_id = row["id"] + NEGATED_SUFFIX if negated and not edge.is_denied else row["id"]
    return {
        "id": edge_id,
        "subject": row["subject"],
        "predicate": "biolink:related_to" if row["biolink_predicate"] in _NOT_PREDICATES else row["biolink_predicate"],
        "object": row["object"],
        "category": ["biolink:Association"],
        "negated": negated,
        "original_predicate": f"kg:{row['predicate']}",
        "knowledge_level": level,
        "agent_type": agent,
        "primary_knowledge_source": SOURCE,
        "publications": sorted({item["document"] for item in evidence}),
        "has_confidence_score": _confidence_of_denial(edge, papers) if negated else row["belief"],
        "evidence_count": len(evidence),
        "supporting_text": [item["text"] for item in evidence],
        "has_supporting_studies": {study["id"]: study for study in _studies(edge_id, evidence, years)},
        "belief": row["belief"],
    }


def _confidence_of_denial(edge: StatedEdge, papers: dict[str, str]) -> float:
    """Belief as it would be if what denies the edge affirmed it, and the other way round."""
    turned = {"affirmed": "negated", "negated": "affirmed"}
    turned_rows = (row | {"polarity": turned[row["polarity"]]} for row in edge.evidence)
    return belief(map(evidence_from_row, turned_rows), papers)


def _studies(edge_id: str, evidence: list[Row], years: dict[str, int]) -> Iterator[Record]:
    for document, rows in groupby(evidence, key=lambda row: row["document"]):
        yield {
            "id": "kgb:study-" + content_hash(edge_id, document),
            "category": ["biolink:Study"],
            "xref": [document],
            "has_study_results": [_result(row, years.get(document)) for row in rows],
        }


def _result(row: Row, year: int | None) -> Record:
    slots = {
        "id": row["id"],
        "category": ["biolink:TextMiningStudyResult"],
        "supporting_text": [row["text"]],
        "subject_location_in_text": _location(row, "subject"),
        "object_location_in_text": _location(row, "object"),
        "extraction_confidence_score": row["calibrated"],
        "supporting_document_year": year,
        "supporting_text_section_type": row["section"] or None,
        **{name: row[name] for name in OWN_RESULT_SLOTS},
    }
    return {name: value for name, value in slots.items() if value is not None}


def _location(row: Row, end: str) -> list[int] | None:
    """[start, end) in the supporting text; None where that does not hold the mention, or nobody says where it is."""
    first, last = row[f"{end}_start"], row[f"{end}_end"]
    if first is None or first < row["start"] or last > row["end"]:
        return None
    return [first - row["start"], last - row["start"]]
