"""Measurements from the cells of tables: what a row or column is about, the property that heads its other side.

A cell is read if exactly one of its two sides, columns or rows, is headed by a property of the schema (see `lexicon`),
the cell is understood as one quantity to the last character (see `quantities`), and a unit that fits stands in the
header, beside it or in the cell. The other side names the subject: a substance that the extractor found there, or a
name under a header such as "Composition". A sample's label ("S2") is no name outside of its table: it becomes a
condition, and the measurement has no subject. All else in a table is passed over: wrong values cost more than missing
ones.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import msgspec

from kgbuild.document import Cell, Document, Measurement, Mention, Quantity, Relation, Span, content_hash
from kgbuild.extract.headers import Header, parse_header, unit_alone
from kgbuild.extract.lexicon import Lexicon
from kgbuild.extract.quantities import parse_quantities, with_unit
from kgbuild.extract.units import Unit
from kgbuild.schema import PropertyType

__all__ = ["TABLE_SCORE", "TableReader"]

#: Probability that a measurement read here is right in property, value and unit: see benchmarks/table_measurements.py.
TABLE_SCORE = 0.9
#: Raised when the same table may give something else.
ALGORITHM_VERSION = "1"

#: How the agent of what is found here begins; the revision follows.
AGENT = "tables@"
HAS_PROPERTY = "has_property"
SUBJECT_TYPES = ("Material", "Chemical")

#: Headers of columns whose cells are names of substances, whatever they look like.
_NAMING = re.compile(
    r"\b(?:compositions?|materials?|compounds?|alloys?|formulas?|formulae|chemical|oxides?|polymers?|catalysts?|"
    r"elements?|steels?|ceramics?|substances?|solvents?|electrolytes?|fluids?|minerals?|metals?|salts?|drugs?|systems?)"
    r"\b(?! (?:content|concentration|loading|ratio|no|number|id)\b)",
    re.IGNORECASE,
)
#: Headers beside values that are no subject: "Value", "Units", what a standard asks for.
_NO_SUBJECT = re.compile(
    r"\b(?:values?|units?|symbols?|refs?|references?|methods?|standards?|limits?|requirements?|notes?|remarks?|error|"
    r"s\.?d\.?|std|deviation|p)\b\W*$|\b(?:astm|iso|din|en)[ -]?[a-z]?\d|"
    r"^(?:samples?|specimens?|materials?|results?|data)?\W*$",
    re.IGNORECASE,
)
_UNIT_COLUMN = re.compile(r"units?\W*", re.IGNORECASE)
_STEP = (
    r"(?:(?:test(?:ing)?|measur\w+|anneal\w+|sinter\w+|calcin\w+|reaction|growth|deposition|age?ing|substrate|heating|"
    r"heat treatment|firing|operating|working|processing|applied|holding|soaking)\s)?"
)
#: Columns that say under which conditions the others hold. "Melting temperature" is none.
_CONDITION = re.compile(
    rf"{_STEP}(?:temp(?:erature)?|pressure|time|duration|frequency|wavelength|(?:\w+ )?field|humidity)|T",
    re.IGNORECASE,
)
#: "A1", "3b", "x = 0.2": labels even where names are expected.
_LABEL = re.compile(r"[A-Za-z]?[-−\s]?\d+(?:\.\d+)?[a-z]?|[A-Za-z]|.*=.*|\W*")
#: Share of a cell's letters and digits that a mention has to cover to be what the cell is about.
_COVERED = 0.6
_LONGEST_NAME = 80


class _Column(msgspec.Struct, frozen=True):
    """The property that heads a column (or row), with its header cell's place and what else the headers say."""

    property: PropertyType
    name: Span
    unit: Unit | None
    factor: float
    conditions: tuple[tuple[str, str], ...]


class _Subject(msgspec.Struct, frozen=True):
    mention: Mention | None
    conditions: tuple[tuple[str, str], ...] = ()


class TableReader:
    """Reads the tables of documents by the properties of a schema."""

    def __init__(self, properties: Iterable[PropertyType]) -> None:
        self._lexicon = Lexicon(properties)
        self.version = content_hash(ALGORITHM_VERSION, self._lexicon.version) if len(self._lexicon) else ""

    @cached_property
    def agent(self) -> str:
        """What evidence names as its reader."""
        return f"{AGENT}{self.version[:12]}"

    def read(self, doc: Document) -> Document:
        """The document with the measurements of its tables, and the mentions and relations that they need.

        What this reader, under whichever schema, found before is replaced; everything else stays.
        """
        doc = _without_tables(doc)
        if not doc.cells or not len(self._lexicon):
            return doc
        tables: dict[int, list[Cell]] = {}
        for cell in doc.cells:
            tables.setdefault(cell.table, []).append(cell)
        found = _Found(doc, self.agent)
        for cells in tables.values():
            _Table(doc, cells, self._lexicon, found).read()
        return found.document()


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
        return self._doc.text.lower()

    def inside(self, span: Span) -> list[Mention]:
        """The substances named inside a span, by the extractor."""
        return [m for m in self._by_start if m.type in SUBJECT_TYPES and m.span.within(span)]

    def mention(self, span: Span, type: str) -> Mention:
        """The mention of this type at a place, made if there is none."""
        made = Mention(span, type, score=TABLE_SCORE, raw_score=TABLE_SCORE, agent=self._agent)
        return self._mentions.setdefault(made.id, made)

    def measure(
        self, cell: Cell, column: _Column, subject: _Subject, quantity: Quantity, conditions: Iterable[tuple[str, str]]
    ) -> None:
        """Note a measurement and, if it has a subject, that this has the property."""
        named = self.mention(column.name, "Property").id
        owner = subject.mention.id if subject.mention is not None else ""
        self._measurements.append(
            Measurement(
                owner,
                named,
                quantity,
                cell.span,
                tuple(dict.fromkeys((*subject.conditions, *column.conditions, *conditions))),
                TABLE_SCORE,
                column.property.name,
                self._agent,
            )
        )
        if owner:
            relation = Relation(owner, HAS_PROPERTY, named, cell.span, TABLE_SCORE, TABLE_SCORE, agent=self._agent)
            self._relations.setdefault((owner, HAS_PROPERTY, named), relation)

    def document(self) -> Document:
        """The document with all of it."""
        known = {(r.subject, r.predicate, r.object): r for r in self._doc.relations}
        relations = self._relations | known
        return msgspec.structs.replace(
            self._doc.replace_mentions(self._mentions.values()),
            relations=tuple(relations[key] for key in sorted(relations)),
            measurements=(*self._doc.measurements, *self._measurements),
        )


class _Table:
    def __init__(self, doc: Document, cells: Sequence[Cell], lexicon: Lexicon, found: _Found) -> None:
        self._doc = doc
        self._cells = cells
        self._lexicon = lexicon
        self._found = found
        self._rows: dict[int, list[Cell]] = {}
        self._columns: dict[int, list[Cell]] = {}
        self._at = {cell.span: cell for cell in cells}
        self._headed: dict[tuple[Span, ...], _Column | None] = {}
        for cell in cells:
            self._rows.setdefault(cell.row, []).append(cell)
            self._columns.setdefault(cell.column, []).append(cell)

    def read(self) -> None:
        for cell in self._cells:
            if not cell.is_header:
                self._read_cell(cell)

    def _read_cell(self, cell: Cell) -> None:
        by_column, by_row = self._column(cell.column_header), self._column(cell.row_header)
        if (by_column is None) == (by_row is None):
            return
        column = by_column or by_row
        assert column is not None
        beside = self._rows[cell.row] if by_column else self._columns[cell.column]
        quantity = self._quantity(cell, column, self._unit_beside(cell, self._rows[cell.row]))
        if quantity is None:
            return
        subject = self._subject(cell, by_column is not None)
        if subject is not None:
            self._found.measure(cell, column, subject, quantity, self._conditions(cell, beside, by_column is not None))

    def _column(self, stack: tuple[Span, ...]) -> _Column | None:
        if stack not in self._headed:
            self._headed[stack] = self._read_stack(stack)
        return self._headed[stack]

    def _read_stack(self, stack: tuple[Span, ...]) -> _Column | None:
        """The property among headers that stand over one another, the innermost that is one."""
        for place in reversed(range(len(stack))):
            text = self._text(stack[place])
            header = parse_header(text)
            named = self._lexicon.find(text, header, self._found.context)
            if named is None:
                continue
            others = [span for index, span in enumerate(stack) if index != place]
            unit, factor = header.unit, header.factor
            for span in others:
                alone = unit_alone(self._text(span)) if unit is None else None
                if alone is not None:
                    unit, factor = alone
            conditions = [("given as", word) for word in named.qualifiers]
            conditions += [("at", condition) for condition in header.conditions]
            conditions += [("group", self._text(span)) for span in others if unit_alone(self._text(span)) is None]
            name = Span(stack[place].start + named.start, stack[place].start + named.end)
            return _Column(named.property, name, unit, factor, tuple(conditions))
        return None

    def _unit_beside(self, cell: Cell, row: Sequence[Cell]) -> tuple[Unit, float] | None:
        """The unit in a column of units."""
        for other in row:
            heads = [self._text(span) for span in other.column_header]
            if other is not cell and any(_UNIT_COLUMN.fullmatch(head) for head in heads):
                return unit_alone(self._text(other.span))
        return None

    def _quantity(self, cell: Cell, column: _Column, beside: tuple[Unit, float] | None) -> Quantity | None:
        parsed = parse_quantities(self._text(cell.span))
        if len(parsed) != 1 or parsed[0].reference:
            return None
        quantity = parsed[0].quantity
        unit, factor = (column.unit, column.factor) if column.unit is not None else beside or (None, 1.0)
        if quantity.unit == "1" and unit is not None:
            quantity = with_unit(quantity, unit, factor)
        return quantity if self._lexicon.fits(column.property, quantity.si_unit) else None

    def _subject(self, cell: Cell, is_row: bool) -> _Subject | None:
        """What the other side of a cell names; None for what is no subject."""
        names = self._name_cells(cell, is_row)
        labels: list[tuple[str, str]] = []
        for name, is_naming in names:
            mention = self._mention_of(name, is_naming)
            if mention is not None:
                return _Subject(mention, tuple(labels))
            text = self._text(name)
            if _NO_SUBJECT.search(text) is None:
                labels.append(("sample", text))
        labels = labels or (list(self._row_labels(cell)) if is_row else [])
        return _Subject(None, tuple(labels)) if labels else None

    def _row_labels(self, cell: Cell) -> Iterator[tuple[str, str]]:
        """What tells a row without a name from others: the cells before the value that no property heads."""
        for other in self._rows[cell.row]:
            if other.column < cell.column and other.column_header and self._column(other.column_header) is None:
                yield " ".join(self._text(span) for span in other.column_header), self._text(other.span)

    def _name_cells(self, cell: Cell, is_row: bool) -> list[tuple[Span, bool]]:
        """The places that may name the subject, the likeliest first, and whether a header says that they do."""
        if not is_row:
            corners = [
                self._text(span)
                for header in cell.row_header
                if (at := self._at.get(header)) is not None
                for span in at.column_header
            ]
            is_naming = any(_NAMING.search(re.split(r"[/\\]", corner)[-1]) for corner in corners)
            return [(span, is_naming) for span in reversed(cell.column_header)]
        naming = [
            other.span
            for other in self._rows[cell.row]
            if other is not cell and any(_NAMING.search(self._text(span)) for span in other.column_header)
        ]
        others = [span for span in reversed(cell.row_header) if span not in naming]
        return [*((span, True) for span in naming), *((span, False) for span in others)]

    def _mention_of(self, name: Span, is_naming: bool) -> Mention | None:
        inside = self._found.inside(name)
        covered = [m for m in inside if _size(self._text(m.span)) >= _COVERED * _size(self._text(name))]
        if len(covered) == 1:
            return covered[0]
        text = self._text(name)
        is_name = is_naming and len(text) <= _LONGEST_NAME and not _LABEL.fullmatch(text)
        return self._found.mention(name, "Material") if is_name else None

    def _conditions(self, cell: Cell, beside: Sequence[Cell], is_row: bool) -> Iterator[tuple[str, str]]:
        """What the columns of conditions say in this row."""
        for other in beside:
            if other is cell or other.is_header:
                continue
            for span in other.column_header if is_row else other.row_header:
                text = self._text(span)
                header = parse_header(text)
                words = (text[start:end].lower() for start, end in header.words)
                name = " ".join(word for word in words if word not in ("property", "value"))
                if _CONDITION.fullmatch(name):
                    value = self._text(other.span)
                    yield "temperature" if name == "t" else name, _with_unit_text(value, header)

    def _text(self, span: Span) -> str:
        return self._doc.text_of(span)


def _without_tables(doc: Document) -> Document:
    """The document without what a table reader found in it."""
    return msgspec.structs.replace(
        doc,
        mentions=tuple(m for m in doc.mentions if not m.agent.startswith(AGENT)),
        relations=tuple(r for r in doc.relations if not r.agent.startswith(AGENT)),
        measurements=tuple(m for m in doc.measurements if not m.agent.startswith(AGENT)),
    )


def _with_unit_text(value: str, header: Header) -> str:
    if header.unit is None or any(character.isalpha() for character in value):
        return value
    return f"{value} {header.unit.ucum}"


def _size(text: str) -> int:
    return sum(character.isalnum() for character in text)
