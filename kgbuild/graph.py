"""The graph: nodes, edges and the evidence behind every edge, and the rule by which evidence becomes belief.

An edge is its triple; adding it twice adds evidence once. Belief is computed from evidence, never stored as truth:
`noisy_or` over independent sources, where all evidence of one paper counts as one source with the best score of
it, and evidence against (negated) discounts it.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal

import msgspec

from kgbuild.document import Modality, Polarity, Span, content_hash
from kgbuild.formula import NO_COMPOSITION, Composition

__all__ = ["Edge", "Evidence", "Node", "Triple", "belief", "noisy_or"]

EvidenceKind = Literal["text", "table", "ontology", "import", "inference", "prediction"]

#: Weight of a speculated statement ("may induce") against an asserted one.
SPECULATION_WEIGHT = 0.5


class Triple(msgspec.Struct, frozen=True, order=True):
    """The identity of an edge: CURIE, predicate, CURIE."""

    subject: str
    predicate: str
    object: str

    @property
    def id(self) -> str:
        """`kgb:` identifier from the content."""
        return _edge_id(self)


@lru_cache(maxsize=4096)  # what is asked for it is asked again, by its evidence
def _edge_id(triple: Triple) -> str:
    return "kgb:edge-" + content_hash(triple.subject, triple.predicate, triple.object)


class Evidence(msgspec.Struct, frozen=True):
    """One place that speaks for or against a triple.

    `span` is the passage, `subject_span` and `object_span` the mentions; `text` the passage's words. For a table
    `table`, `row` and `column` give the cell of the object (counted from 0). `raw` is the model's score, `calibrated`
    the probability that the text states the relation and both ends mean these concepts, both in [0, 1]. `agent` and
    `revision` name what read it. Of an import the spans lie in `text`, the mentions' are None where it does not tell
    them, and `agent` and `revision` are its source, file and record.
    """

    triple: Triple
    kind: EvidenceKind
    document: str
    section: str
    span: Span
    subject_span: Span | None
    object_span: Span | None
    text: str
    agent: str
    revision: str
    raw: float
    calibrated: float
    polarity: Polarity = "affirmed"
    modality: Modality = "asserted"
    novel: bool | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None

    @property
    def id(self) -> str:
        """`kgb:` identifier from the triple, the place and the model."""
        ends = (self.subject_span, self.object_span)
        place = ",".join("" if end is None else f"{end.start}-{end.end}" for end in ends)
        return "kgb:evidence-" + content_hash(self.triple.id, self.document, place, self.agent, self.revision)


class Node(msgspec.Struct, frozen=True):
    """A concept, or an unlinked name (`kgb:` identifier, `linked` False)."""

    id: str
    name: str
    type: str
    xrefs: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    linked: bool = True
    mention_count: int = 0
    document_count: int = 0
    composition: Composition = NO_COMPOSITION


class Edge(msgspec.Struct, frozen=True):
    """A triple with its evidence, sorted by document and place.

    `papers` gives the paper of documents that are not the only one of theirs.
    """

    triple: Triple
    evidence: tuple[Evidence, ...]
    papers: Mapping[str, str] = {}

    @property
    def belief(self) -> float:
        """Probability in [0, 1] that the statement holds; see `belief`."""
        return belief(self.evidence, self.papers)

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents that speak of it, sorted."""
        return tuple(sorted({item.document for item in self.evidence}))


def noisy_or(probabilities: Iterable[float]) -> float:
    """Probability that at least one of independent causes holds: 1 - prod(1 - p). Empty input gives 0.

    >>> round(noisy_or([0.8, 0.5]), 3)
    0.9
    """
    remaining = 1.0
    for probability in probabilities:
        remaining *= 1.0 - probability
    return 1.0 - remaining


def belief(evidence: Iterable[Evidence], papers: Mapping[str, str] = {}) -> float:
    """Noisy-or over papers of each paper's best score, times one minus the same over the negated evidence.

    Repeats within a paper are not independent, so that it counts once for and once against. A document that is not in
    `papers` is one of its own.
    """
    best: dict[tuple[str, str], float] = {}
    for item in evidence:
        weight = SPECULATION_WEIGHT if item.modality == "speculated" else 1.0
        key = (item.polarity, papers.get(item.document, item.document))
        best[key] = max(best.get(key, 0.0), item.calibrated * weight)
    # sorted: floating-point products depend on the order of their factors
    affirmed = noisy_or(sorted(score for (polarity, _), score in best.items() if polarity == "affirmed"))
    negated = noisy_or(sorted(score for (polarity, _), score in best.items() if polarity == "negated"))
    return affirmed * (1.0 - negated)
