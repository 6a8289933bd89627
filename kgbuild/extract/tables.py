"""Measurements from the cells of tables: what a row or column is about, the property that heads its other side.

A cell is read if exactly one of its two sides, columns or rows, is headed by a property of the schema (see `lexicon`),
the cell is understood as one quantity to the last character (see `quantities`), and a unit that fits stands in the
header, beside it or in the cell. The other side names the subject: a substance that the extractor found there, or a
name under a header such as "Composition". A sample's label ("S2") is no name outside of its table: it becomes a
condition, and the measurement has no subject. Where several rows give one subject's property, the columns that tell
these apart are conditions. All else in a table is passed over: wrong values cost more than missing ones.
"""

import re
from collections.abc import Iterable, Iterator, Set
from functools import cached_property
from typing import Self

import msgspec

from kgbuild.document import (
    GIVEN_AGENT,
    Cell,
    Document,
    Failure,
    Measurement,
    Mention,
    Quantity,
    Relation,
    Span,
    content_hash,
)
from kgbuild.extract.headers import parse_header, unit_alone
from kgbuild.extract.lexicon import Lexicon
from kgbuild.extract.quantities import parse_quantities, with_unit
from kgbuild.extract.table_cells import TableCells
from kgbuild.extract.table_conditions import condition_columns, telling_cells, telling_columns
from kgbuild.extract.table_results import is_set
from kgbuild.extract.table_subjects import names_of, row_labels, substance_of
from kgbuild.extract.units import Unit, as_temperature
from kgbuild.extract.unmeasured import tell_unmeasured
from kgbuild.schema import PropertyType, Schema

__all__ = ["TABLE_SCORE", "TableReader"]

#: Probability that a measurement read here is right. In property and value 98 % were, on annotated tables (see
#: benchmarks/table_measurements.py); whose value it is, is told less surely.
TABLE_SCORE = 0.9
#: Raised when the same table may give something else.
ALGORITHM_VERSION = "7"

#: How the agent of what is found here begins; the revision follows.
AGENT = "tables@"
HAS_PROPERTY = "has_property"
SUBJECT_TYPES = ("Material", "Chemical")

#: Types of mentions that a cell of one letter is none of ("C" for a test in compression, "S" for a single phase).
_NO_LETTER_TYPES = ("Material", "Chemical", "Gene")
#: Columns in which a letter is an element or a material.
_LETTER_COLUMN = re.compile(r"\b(?:elements?|materials?|compositions?|formulas?|formulae|compounds?)\b", re.IGNORECASE)
_UNIT_COLUMN = re.compile(r"units?\W*", re.IGNORECASE)


class _Column(msgspec.Struct, frozen=True):
    """The property that heads a column (or row), with its header cell's place and what else the headers say."""

    property: PropertyType
    name: Span
    unit: Unit | None
    factor: float
    conditions: tuple[tuple[str, str], ...]


class _Subject(msgspec.Struct, frozen=True):
    """What has the property, if it is named, what tells it from others, and the words of the cell that names it."""

    mention: Mention | None
    labels: tuple[tuple[str, str], ...]
    words: str


class _Group(msgspec.Struct, frozen=True):
    """What measurements of one property of one subject have in common; `labels` are of those without a subject."""

    property: str
    subject: str
    labels: tuple[tuple[str, str], ...]


class _Reading(msgspec.Struct, frozen=True):
    """A cell that was understood; `is_row` says that its row names the subject."""

    cell: Cell
    column: _Column
    subject: _Subject
    quantity: Quantity
    is_row: bool


class TableReader:
    """Reads the tables of documents by the properties of a schema."""

    def __init__(self, properties: Iterable[PropertyType]) -> None:
        self._lexicon = Lexicon(properties)
        self.version = content_hash(ALGORITHM_VERSION, self._lexicon.version)

    @classmethod
    def of_schema(cls, schema: Schema) -> Self:
        """The reader of a schema's properties, of none without a type for these: a graph then has no place for them."""
        return cls(schema.properties.values() if "Property" in schema.entities else ())

    @cached_property
    def agent(self) -> str:
        """What evidence names as its reader."""
        return f"{AGENT}{self.version[:12]}"

    def unmeasured(self, doc: Document) -> Failure | None:
        """What is to be told of columns of numbers that gave no measurement of any property; see `tell_unmeasured`."""
        return tell_unmeasured(doc) if len(self._lexicon) else None

    def read(self, doc: Document) -> Document:
        """The document with the measurements of its tables, and the mentions and relations that they need.

        Of the measurements in sentences it tells which properties of the schema they are of.

        What this reader, under whichever schema, found before is replaced; everything else stays, but for names that
        the extractor found in cells of one letter.
        """
        doc = _without_letters(_without_tables(doc))
        if not len(self._lexicon):
            return doc
        doc = self._with_property_types(doc)
        if not doc.cells:
            return doc
        tables: dict[int, list[Cell]] = {}
        for cell in doc.cells:
            tables.setdefault(cell.table, []).append(cell)
        found = _Found(doc, self.agent)
        for cells in tables.values():
            _Table(TableCells(doc, cells), self._lexicon, found).read()
        return found.document()

    def _with_property_types(self, doc: Document) -> Document:
        if not doc.measurements:
            return doc
        mentions, context = doc.mention_index(), _context(doc)
        measurements: list[Measurement] = []
        for item in doc.measurements:
            name = doc.text_of(mentions[item.property].span) if item.property in mentions else ""
            found = self._lexicon.find_measured(name, item.quantity.si_unit, context)
            measurements.append(item if found is None else msgspec.structs.replace(item, property_type=found.name))
        return msgspec.structs.replace(doc, measurements=tuple(measurements))


class _Found:
    """What was read of a document's tables so far."""

    def __init__(self, doc: Document, agent: str) -> None:
        self._doc = doc
        self._agent = agent
        self._mentions = doc.mention_index()
        self._by_start = sorted(doc.mentions, key=lambda mention: mention.span)
        self._relations: dict[tuple[str, str, str], Relation] = {}
        self._measurements: list[Measurement] = []

    @cached_property
    def context(self) -> str:
        """The document's words in lower case."""
        return _context(self._doc)

    def inside(self, span: Span) -> list[Mention]:
        """The substances named inside a span, by the extractor."""
        return [m for m in self._by_start if m.type in SUBJECT_TYPES and m.span.within(span)]

    def mention(self, span: Span, type: str) -> Mention:
        """The mention of this type at a place, made if there is none."""
        made = Mention(span, type, score=TABLE_SCORE, raw_score=TABLE_SCORE, agent=self._agent)
        return self._mentions.setdefault(made.id, made)

    def measure(self, reading: _Reading, conditions: Iterable[tuple[str, str]]) -> None:
        """Note a measurement and, if it has a subject, that this has the property."""
        cell, column, subject = reading.cell, reading.column, reading.subject
        named = self.mention(column.name, "Property").id
        owner = subject.mention.id if subject.mention is not None else ""
        told = dict.fromkeys((*subject.labels, *column.conditions, *conditions))
        kept = tuple((name, words) for name, words in told if not subject.words or words != subject.words)
        self._measurements.append(
            Measurement(owner, named, reading.quantity, cell.span, kept, TABLE_SCORE, column.property.name, self._agent)
        )
        if owner:
            relation = Relation(owner, HAS_PROPERTY, named, cell.span, TABLE_SCORE, TABLE_SCORE, agent=self._agent)
            self._relations.setdefault((owner, HAS_PROPERTY, named), relation)

    def document(self) -> Document:
        """The document with all of it."""
        known = {(r.subject, r.predicate, r.object): r for r in self._doc.relations}
        relations = self._relations | known
        doc = msgspec.structs.replace(
            self._doc.replace_mentions(self._mentions.values()),
            relations=tuple(relations[key] for key in sorted(relations)),
            measurements=(*self._doc.measurements, *self._measurements),
        )
        named = {self._mentions[item.property].span for item in self._measurements}
        others = (m for m in doc.mentions if m.span in named and m.type in SUBJECT_TYPES and m.agent != GIVEN_AGENT)
        return _without_mentions(doc, {m.id for m in others})  # UTS is a strength, and no material


class _Table:
    def __init__(self, table: TableCells, lexicon: Lexicon, found: _Found) -> None:
        self._table = table
        self._lexicon = lexicon
        self._found = found
        self._headed: dict[tuple[Span, ...], _Column | None] = {}

    def read(self) -> None:
        cells = [self._read_cell(cell) for cell in self._table.cells if not cell.is_header]
        readings = [reading for reading in cells if reading is not None]
        telling = self._telling(readings)
        for reading in readings:
            conditions = list(condition_columns(self._table, reading.cell, is_row=reading.is_row))
            if reading.is_row:
                conditions += telling_cells(self._table, reading.cell.row, telling[self._group(reading)])
            self._found.measure(reading, conditions)

    def _read_cell(self, cell: Cell) -> _Reading | None:
        by_column, by_row = self._column(cell.column_header), self._column(cell.row_header)
        column = by_column or by_row
        if column is None or (by_column is not None and by_row is not None):
            return None
        is_row = by_column is not None
        quantity = self._quantity(cell, column)
        subject = self._subject(cell, column, is_row=is_row) if quantity is not None else None
        if quantity is None or subject is None:
            return None
        return _Reading(cell, column, subject, quantity, is_row)

    def _group(self, reading: _Reading) -> _Group:
        property, mention = reading.column.property.name, reading.subject.mention
        if mention is None:
            return _Group(property, "", reading.subject.labels)
        return _Group(property, self._table.text(mention.span).casefold(), ())

    def _telling(self, readings: Iterable[_Reading]) -> dict[_Group, set[int]]:
        """The columns that tell the rows of one property of one subject apart, but for those that name the subject."""
        groups: dict[_Group, list[_Reading]] = {}
        for reading in readings:
            if reading.is_row:
                groups.setdefault(self._group(reading), []).append(reading)
        return {
            group: telling_columns(self._table, {reading.cell.row for reading in members}, self._is_akin_to_property)
            - {column for reading in members for column in self._naming(reading)}
            for group, members in groups.items()
        }

    def _naming(self, reading: _Reading) -> Iterator[int]:
        """The column that names a value's subject, if one does."""
        mention = reading.subject.mention
        for other in self._table.standing_in(reading.cell.row):
            if mention is not None and mention.span.within(other.span):
                yield other.column

    def _is_akin_to_property(self, stack: tuple[Span, ...]) -> bool:
        """Whether headers name a property, or one of its kind that is none of the schema's and that nobody sets."""
        return self._column(stack) is not None or any(
            self._lexicon.is_akin(text, parse_header(text)) and not is_set(text) for text in self._table.texts(stack)
        )

    def _column(self, stack: tuple[Span, ...]) -> _Column | None:
        if stack not in self._headed:
            self._headed[stack] = self._read_stack(stack)
        return self._headed[stack]

    def _read_stack(self, stack: tuple[Span, ...]) -> _Column | None:
        """The property among headers that stand over one another, the innermost that is one."""
        for place in reversed(range(len(stack))):
            text = self._table.text(stack[place])
            named = self._lexicon.find(text, parse_header(text), self._found.context)
            if named is None:
                continue
            header = named.header
            others = [other for other in self._table.texts(stack) if other != text]
            units = [alone for other in others if (alone := unit_alone(other)) is not None]
            unit, factor = (header.unit, header.factor) if header.unit is not None or not units else units[-1]
            conditions = [
                *(("given as", word) for word in named.qualifiers),
                *(("at", condition) for condition in header.conditions),
                *(("group", other) for other in others if unit_alone(other) is None),
            ]
            name = Span(stack[place].start + named.start, stack[place].start + named.end)
            return _Column(named.property, name, unit, factor, tuple(conditions))
        return None

    def _quantity(self, cell: Cell, column: _Column) -> Quantity | None:
        parsed = parse_quantities(self._table.number(cell))
        if len(parsed) != 1 or parsed[0].reference:
            return None
        quantity = parsed[0].quantity
        unit, factor = (column.unit, column.factor) if column.unit is not None else self._unit_beside(cell)
        if quantity.unit == "1" and unit is not None:
            quantity = with_unit(quantity, unit, factor)
        temperature = as_temperature(quantity.unit)
        read = [quantity] if temperature is None else [quantity, with_unit(quantity, temperature)]
        return next((item for item in read if self._lexicon.fits(column.property, item.si_unit)), None)

    def _unit_beside(self, cell: Cell) -> tuple[Unit | None, float]:
        """The unit in a column of units."""
        for other in self._table.row(cell):
            if any(_UNIT_COLUMN.fullmatch(head) for head in self._table.texts(other.column_header)):
                return unit_alone(self._table.text(other.span)) or (None, 1.0)
        return None, 1.0

    def _subject(self, cell: Cell, column: _Column, *, is_row: bool) -> _Subject | None:
        """What the other side of a cell names; None where nothing tells whose the value is."""
        names = names_of(self._table, cell, column.name, is_row=is_row)
        if names is None:
            return None
        subject: Mention | None = None
        about = ""
        labels: list[tuple[str, str]] = []
        for name in names:
            substance = substance_of(self._table, name, self._found.inside(name.span)) if subject is None else None
            if substance is None:
                labels += [(name.label, self._table.text(name.span))] if name.label else []
                continue
            about = self._table.text(name.span)
            subject = substance if isinstance(substance, Mention) else self._found.mention(substance, "Material")
        if is_row and not names:
            labels = row_labels(self._table, cell, lambda stack: self._column(stack) is not None)
        if subject is None and not labels:
            return None
        return _Subject(subject, tuple(labels), about)


def _context(doc: Document) -> str:
    """The words of a document and of its title, which a table's file has in its name, in lower case."""
    return f"{doc.title}\n{doc.text}".lower()


def _without_tables(doc: Document) -> Document:
    """The document without what a table reader found in it, or of which properties it said that others are."""
    return msgspec.structs.replace(
        doc,
        mentions=tuple(m for m in doc.mentions if not m.agent.startswith(AGENT)),
        relations=tuple(r for r in doc.relations if not r.agent.startswith(AGENT)),
        measurements=tuple(
            msgspec.structs.replace(m, property_type="") for m in doc.measurements if not m.agent.startswith(AGENT)
        ),
    )


def _without_letters(doc: Document) -> Document:
    """The document without what the extractor took for a substance or gene in cells of one letter, and its relations.

    Letters in headers stay, those under a header such as "Element", and those that came with the input.
    """
    letters = {
        cell.span
        for cell in doc.cells
        if len(letter := doc.text_of(cell.span)) == 1
        and letter.isalpha()
        and not cell.is_header
        and not any(_LETTER_COLUMN.search(doc.text_of(span)) for span in cell.column_header)
    }
    dropped = {
        m.id for m in doc.mentions if m.span in letters and m.type in _NO_LETTER_TYPES and m.agent != GIVEN_AGENT
    }
    return _without_mentions(doc, dropped)


def _without_mentions(doc: Document, dropped: Set[str]) -> Document:
    """The document without these mentions, by `Mention.id`, and what is stated of them."""
    if not dropped:
        return doc
    return msgspec.structs.replace(
        doc,
        mentions=tuple(m for m in doc.mentions if m.id not in dropped),
        relations=tuple(r for r in doc.relations if not dropped & {r.subject, r.object}),
        measurements=tuple(
            msgspec.structs.replace(m, subject="") if m.subject in dropped else m for m in doc.measurements
        ),
    )
