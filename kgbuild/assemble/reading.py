"""What one document says, as rows: mentions with their nodes, statements as they stand, measurements.

Whether a statement is allowed depends on the types of its nodes, which all documents decide together: see `settling`.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property

import msgspec

from kgbuild.abbreviation import find_abbreviations
from kgbuild.assemble.agreed_types import agreed_types
from kgbuild.assemble.intervals import Intervals
from kgbuild.document import (
    Cell,
    Document,
    Failure,
    Measurement,
    Mention,
    Passage,
    Relation,
    Span,
    content_hash,
    linked_score,
)
from kgbuild.graph import Evidence, Triple
from kgbuild.prefixes import CURIE
from kgbuild.schema import PropertyNames, Schema
from kgbuild.tables import Row, evidence_row, measurement_row, mention_row
from kgbuild.variant import described_variant, variant_of_tmvar

__all__ = ["Normalise", "Reading", "normal_form", "read_document", "unlinked_id"]

_CURIE = re.compile(CURIE)

#: type, name, and the abbreviations that its document defines -> the form by which it is told apart
Normalise = Callable[[str, str, Mapping[str, str]], str]


class Reading(msgspec.Struct):
    """Rows and counts of one document."""

    mentions: list[Row] = []
    statements: list[Row] = []
    measurements: list[Row] = []
    failures: list[Failure] = []
    counts: Counter[str] = msgspec.field(default_factory=Counter)


def normal_form(type: str, text: str, long_forms: Mapping[str, str] | None = None) -> str:
    """The text without differences of case and blanks: what makes two unlinked names one node.

    >>> normal_form("Gene", " Brca1  protein")
    'brca1 protein'
    """
    return " ".join(text.casefold().split())


def unlinked_id(type: str, normal_form: str) -> str:
    """Identifier of the node for a name that no ontology knows."""
    return "kgb:" + content_hash(type, normal_form)


def read_document(document: Document, *, schema: Schema, properties: PropertyNames, normalise: Normalise) -> Reading:
    """The rows of a document; what cannot be used is a failure, and every record is counted."""
    return _Reader(document, schema=schema, properties=properties, normalise=normalise).read()


class _Reader:
    def __init__(self, document: Document, *, schema: Schema, properties: PropertyNames, normalise: Normalise) -> None:
        self._document = document
        self._schema = schema
        self._properties = properties
        self._normalise = normalise
        self._passages = Intervals[Passage](document.passages or document.blocks)
        self._cells = Intervals[Cell](document.cells)
        self._mentions = document.mention_index()
        self._nodes: dict[str, tuple[str, ...]] = {}
        self._reading = Reading()

    def read(self) -> Reading:
        for mention in self._mentions.values():
            self._read_mention(mention)
        for relation in self._document.relations:
            self._read_relation(relation)
        for measurement in self._document.measurements:
            self._read_measurement(measurement)
        self._count("mentions_given", len(self._document.mentions))
        self._count("mentions_repeated", len(self._document.mentions) - len(self._mentions))
        self._count("relations", len(self._document.relations))
        self._count("measurements_given", len(self._document.measurements))
        return self._reading

    def _read_mention(self, mention: Mention) -> None:
        reason = self._mention_problem(mention)
        if reason:
            self._reject("mention", mention.id, reason)
            return
        concepts = [concept for concept in sorted(set(mention.concepts)) if _CURIE.match(concept)]
        for identifier in sorted(set(mention.concepts).difference(concepts)):
            if variant_of_tmvar(identifier) is None:
                self._reject("identifier", identifier, "it is no CURIE, its mention is taken as unlinked")
        type_ = mention.type if concepts else self._agreed_types.get(mention.id, mention.type)
        nodes = tuple(concepts) or (self._unlinked(type_, mention),)
        self._nodes[mention.id] = nodes
        self._count("mentions_linked" if concepts else "mentions_unlinked")
        if type_ != mention.type:
            self._count("mentions_of_agreed_type")
        self._reading.mentions.extend(
            mention_row(
                node=node,
                document=self._document.id,
                span=mention.span,
                text=self._document.text_of(mention.span),
                type=type_,
                section=self._section(mention.span),
                score=mention.score,
                link_score=mention.link_score,
                negated=mention.negated,
                uncertain=mention.uncertain,
            )
            for node in nodes
        )

    def _mention_problem(self, mention: Mention) -> str:
        if mention.type not in self._schema.entities:
            return f"entity type {mention.type} is not in schema {self._schema.name}"
        return self._span_problem(mention.span)

    def _span_problem(self, span: Span) -> str:
        if not 0 <= span.start < span.end <= len(self._document.text):
            return "span is empty or outside of the text"
        return "" if self._document.text_of(span).strip() else "span holds nothing but blanks"

    def _unlinked(self, type_: str, mention: Mention) -> str:
        return unlinked_id(type_, self._form(type_, mention))

    def _form(self, type_: str, mention: Mention) -> str:
        text = described_variant(mention.concepts) or self._document.text_of(mention.span)
        return self._normalise(type_, text, self._long_forms)

    @cached_property
    def _agreed_types(self) -> dict[str, str]:
        mentions = [mention for mention in self._mentions.values() if not self._mention_problem(mention)]
        return agreed_types(mentions, form=self._form, barred=self._barred())

    def _barred(self) -> dict[str, frozenset[str]]:
        """The types that a mention cannot have for the schema to allow what is stated of it."""
        barred: dict[str, frozenset[str]] = {}
        for stated in self._document.relations:
            relation, ends = self._schema.relations.get(stated.predicate), (stated.subject, stated.object)
            if relation is None or relation.symmetric:
                continue
            for end, allowed in zip(ends, (relation.subjects, relation.objects), strict=True):
                barred[end] = barred.get(end, frozenset()) | (self._schema.entities.keys() - allowed)
        return barred

    @cached_property
    def _long_forms(self) -> dict[str, str]:
        return find_abbreviations(self._document.text)

    def _read_relation(self, relation: Relation) -> None:
        missing = [end for end in (relation.subject, relation.object) if end not in self._nodes]
        reason = "its subject or object is no accepted mention" if missing else self._span_problem(relation.span)
        if reason:
            self._reject("relation", f"{relation.subject} {relation.predicate} {relation.object}", reason)
            return
        self._count("relations_read")
        triples = {
            Triple(subject, relation.predicate, object)
            for subject in self._nodes[relation.subject]
            for object in self._nodes[relation.object]
        }
        self._reading.statements.extend(evidence_row(self._evidence(relation, triple)) for triple in sorted(triples))

    def _evidence(self, relation: Relation, triple: Triple) -> Evidence:
        subject, object_ = self._mentions[relation.subject], self._mentions[relation.object]
        subject_span, object_span = subject.span, object_.span
        # a statement read from a table names the cell of its value, which stands in neither end
        value = self._cells.innermost(relation.span)
        cell = value or self._cells.innermost(object_span) or self._cells.innermost(subject_span)
        passage = self._passages.innermost(relation.span) if value is not None else None
        span = relation.span if passage is None else passage.span
        agent, _, revision = relation.agent.partition("@")
        return Evidence(
            triple=triple,
            kind="text" if cell is None else "table",
            document=self._document.id,
            section=self._section(subject_span),
            span=span,
            subject_span=subject_span,
            object_span=object_span,
            text=self._document.text_of(span),
            agent=agent,
            revision=revision,
            raw=relation.raw_score,
            calibrated=linked_score(relation, subject, object_),
            polarity=relation.polarity,
            modality=relation.modality,
            novel=relation.novel,
            table=None if cell is None else cell.table,
            row=None if cell is None else cell.row,
            column=None if cell is None else cell.column,
        )

    def _read_measurement(self, measurement: Measurement) -> None:
        reason = self._measurement_problem(measurement)
        if reason:
            self._reject("measurement", f"{measurement.span.start}-{measurement.span.end}", reason)
            return
        self._count("measurements_read")
        property_text = self._text_of(measurement.property)
        found = self._properties.find(property_text)
        property_type = measurement.property_type or ("" if found is None else found.name)
        cell = self._cells.innermost(measurement.span)
        for subject in self._ends(measurement.subject):
            for property in self._ends(measurement.property):
                row = measurement_row(
                    measurement,
                    document=self._document.id,
                    subject=subject,
                    subject_text=self._text_of(measurement.subject),
                    property=property,
                    property_text=property_text,
                    property_type=property_type,
                    text=self._document.text_of(measurement.span),
                    section=self._section(measurement.span),
                    cell=(None, None, None) if cell is None else (cell.table, cell.row, cell.column),
                )
                self._reading.measurements.append(row)

    def _measurement_problem(self, measurement: Measurement) -> str:
        if measurement.subject and measurement.subject not in self._nodes:
            return "its subject is no accepted mention"
        if measurement.property and measurement.property not in self._nodes and ":" not in measurement.property:
            return "its property is neither an accepted mention nor a CURIE"
        return self._span_problem(measurement.span)

    def _ends(self, name: str) -> tuple[str, ...]:
        return self._nodes.get(name, (name,))

    def _text_of(self, name: str) -> str:
        return self._document.text_of(self._mentions[name].span) if name in self._nodes else name

    def _section(self, span: Span) -> str:
        passage = self._passages.innermost(span)
        return "" if passage is None else passage.section

    def _count(self, key: str, n: int = 1) -> None:
        self._reading.counts[key] += n

    def _reject(self, kind: str, what: str, reason: str) -> None:
        self._count(f"{kind}s_rejected: {reason}")
        source = self._document.metadata.source
        self._reading.failures.append(Failure(source, "assemble", f"{kind} {what}: {reason}", self._document.id))
