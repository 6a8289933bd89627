"""A document and the layers that the stages add to it.

Offsets are 0-based, half-open, in Unicode code points of ``Document.text``. The text never changes after reading:
tables are rendered into it, one line a row, cells separated by `` | ``, with their coordinates kept as ``Cell``.

Layers: a reader gives ``text``, ``blocks`` and ``cells``; segmentation adds ``passages``; extraction adds
``mentions`` and ``relations``; linking adds ``candidates`` and ``concepts`` to the mentions. Every record is
immutable.
"""

import hashlib
import math
from collections.abc import Iterable
from typing import Literal

import msgspec

__all__ = [
    "COLUMNS",
    "DELETED",
    "GIVEN_AGENT",
    "LANGUAGE",
    "PARTIAL",
    "BlockKind",
    "Candidate",
    "Cell",
    "Comparison",
    "Document",
    "Failure",
    "Measurement",
    "Mention",
    "Metadata",
    "Modality",
    "Passage",
    "Polarity",
    "Quantity",
    "Relation",
    "Span",
    "content_hash",
    "content_id",
    "linked_score",
]

#: the `agent` of what came with the input
GIVEN_AGENT = "given"
#: a "reference", an entry of the list of cited works, is text that says nothing of this one: no passage is made of it
BlockKind = Literal["title", "abstract", "heading", "paragraph", "caption", "table", "footnote", "reference"]
MatchKind = Literal["exact", "lexical", "dense", "abbreviation", "formula", "curated"]
Polarity = Literal["affirmed", "negated"]
Modality = Literal["asserted", "speculated"]
Comparison = Literal["=", "<", ">", "~"]

#: stage of a failure by which a file takes back a document that other files may hold
DELETED = "deleted"
#: stage of the notice that a document, which is kept, seems to be in another language than English
LANGUAGE = "language"
#: stage of the notice that a document, which is kept, was read without some of its parts, as the tables of a PDF
PARTIAL = "partial"
#: stage of the notice that columns of numbers of a table's file, which is kept, gave no measurement
COLUMNS = "columns"


def content_hash(*parts: str, length: int = 16) -> str:
    """The first `length` hex digits of the SHA-256 of the parts, so that equal content has an equal identifier."""
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:length]


def content_id(*parts: str) -> str:
    """The identifier of a document that brings none: of what tells it from others, its text above all."""
    return f"kgb:doc-{content_hash(*parts)}"


class Span(msgspec.Struct, frozen=True, order=True):
    """Characters [start, end) of a document's text."""

    start: int
    end: int

    def within(self, other: "Span") -> bool:
        """Whether every character of this span lies in the other."""
        return other.start <= self.start and self.end <= other.end


class Passage(msgspec.Struct, frozen=True, order=True):
    """A stretch of text with its role: a block as the reader found it, or a sentence, caption or table row in it.

    `section` is the path of headings, outermost first, joined by " > ". `table` is the number of the table, from 0,
    that a caption, footnote or row belongs to.
    """

    span: Span
    kind: str
    section: str = ""
    table: int | None = None


class Cell(msgspec.Struct, frozen=True, order=True):
    """One table cell; `row` and `column` count from 0 in the grid after spans were laid out.

    A cell that spans several rows or columns stands once, at its top left place. The header spans are those of the
    header cells above it and to its left, outermost first.
    """

    span: Span
    table: int
    row: int
    column: int
    row_header: tuple[Span, ...] = ()
    column_header: tuple[Span, ...] = ()
    is_header: bool = False
    row_span: int = 1
    column_span: int = 1


class Candidate(msgspec.Struct, frozen=True):
    """A concept that a mention may stand for. `score` in [0, 1]; `reason` says in words how it was found."""

    curie: str
    name: str
    score: float
    match: MatchKind
    reason: str = ""


class Mention(msgspec.Struct, frozen=True):
    """An entity named at one place.

    `score` is calibrated, `raw_score` is the model's own, both in [0, 1]. `concepts` are the chosen CURIEs: none when
    unlinked, several for a composite mention ("breast and ovarian cancer"). `original_type` is what the corpus or tool
    that made it called the type, where it says more. `agent` is what made it: a model, or `GIVEN_AGENT`.
    """

    span: Span
    type: str
    score: float = 1.0
    raw_score: float = 1.0
    candidates: tuple[Candidate, ...] = ()
    concepts: tuple[str, ...] = ()
    link_score: float = 0.0
    negated: bool = False
    uncertain: bool = False
    original_type: str = ""
    agent: str = ""

    @property
    def id(self) -> str:
        """Identifier inside the document, from place and type."""
        return f"{self.span.start}-{self.span.end}-{self.type}"

    @property
    def concept(self) -> str | None:
        """The chosen CURIE, the first of several, or None."""
        return self.concepts[0] if self.concepts else None


class Relation(msgspec.Struct, frozen=True):
    """A typed statement between two mentions of one document, by their `Mention.id`, with the text that carries it.

    `span` is the evidence: the passage, or the stretch between two passages, that states it.
    """

    subject: str
    predicate: str
    object: str
    span: Span
    score: float = 1.0
    raw_score: float = 1.0
    polarity: Polarity = "affirmed"
    modality: Modality = "asserted"
    novel: bool | None = None
    agent: str = ""


def linked_score(relation: Relation, subject: Mention, object: Mention) -> float:
    """The probability that the relation holds between the concepts that its ends are linked to.

    `Relation.score` is that it holds between what the text names; an end that is unlinked, or whose linker tells no
    score, is taken as what it says.

    >>> lithium = Mention(Span(0, 7), "Chemical", concepts=("MESH:D008094",), link_score=0.9)
    >>> polyuria = Mention(Span(15, 23), "Disease", concepts=("MESH:D011141",), link_score=0.5)
    >>> linked_score(Relation(lithium.id, "CID", polyuria.id, Span(0, 23), score=0.8), lithium, polyuria)
    0.36
    """
    links = [end.link_score for end in (subject, object) if end.concepts and end.link_score > 0.0]
    return round(relation.score * math.prod(links), 6)


class Quantity(msgspec.Struct, frozen=True):
    """A number or range with its unit (UCUM), and what it is in SI: `si_value`, `si_low` and `si_high` of its value,
    low and high. `relation`: the value is =, <, > or about (~) that.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    uncertainty: float | None = None
    unit: str = ""
    si_value: float | None = None
    si_low: float | None = None
    si_high: float | None = None
    si_unit: str = ""
    relation: Comparison = "="


class Measurement(msgspec.Struct, frozen=True):
    """A property of a subject with its value; subject and property are `Mention.id`s, or "" where none is named.

    `property_type` is the property of the schema where what read it knows that; `agent` is what read it from a table.
    """

    subject: str
    property: str
    quantity: Quantity
    span: Span
    conditions: tuple[tuple[str, str], ...] = ()
    score: float = 1.0
    property_type: str = ""
    agent: str = ""


class Metadata(msgspec.Struct, frozen=True):
    """What is known of a document besides its text."""

    source: str = ""
    """The file that it came from; for an archive's member "archive.zip!member.xml"."""
    format: str = ""
    year: int | None = None
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    licence: str = ""
    language: str = ""
    article_type: str = ""
    retracted: bool = False
    """Retracted, or itself the notice of a retraction."""
    version: int = 0
    """Which of the versions of a paper that share its identifier, from 1; 0 where none is named."""
    revised: str = ""
    """The day of the last change to the record, YYYY-MM-DD, "" where it is not known."""

    @property
    def edition(self) -> str:
        """Version and day, greater for the newer of two records of one paper; "" where neither is known."""
        return f"{self.version:04} {self.revised}" if self.version or self.revised else ""


class Document(msgspec.Struct, frozen=True):
    """A paper, record or table file; `id` is a CURIE (PMC:, PMID:, DOI:, or kgb: plus a hash of the text)."""

    id: str
    text: str
    title: str = ""
    metadata: Metadata = Metadata()
    blocks: tuple[Passage, ...] = ()
    cells: tuple[Cell, ...] = ()
    passages: tuple[Passage, ...] = ()
    mentions: tuple[Mention, ...] = ()
    relations: tuple[Relation, ...] = ()
    measurements: tuple[Measurement, ...] = ()

    def text_of(self, span: Span) -> str:
        """The characters of a span."""
        return self.text[span.start : span.end]

    @property
    def text_hash(self) -> str:
        """Hash of the identifier, text and layout as read: equal for equal input, whatever was added since."""
        layout = msgspec.json.encode((self.blocks, self.cells)).decode("utf-8")
        return content_hash(self.id, self.text, layout)

    def mention_index(self) -> dict[str, Mention]:
        """The mentions by identifier."""
        return {mention.id: mention for mention in self.mentions}

    def replace_mentions(self, mentions: Iterable[Mention]) -> "Document":
        """The same document with these mentions, sorted by place and type."""
        ordered = sorted(mentions, key=lambda mention: (mention.span, mention.type))
        return msgspec.structs.replace(self, mentions=tuple(ordered))


class Failure(msgspec.Struct, frozen=True):
    """What could not be read or was rejected, at which stage, and why; one line of failures.jsonl."""

    source: str
    stage: str
    reason: str
    document: str = ""

    @property
    def words(self) -> str:
        """The reason behind the place, which stands in most reasons already."""
        place = self.source or self.document
        return self.reason if not place or self.reason.startswith(f"{place}:") else f"{place}: {self.reason}"
