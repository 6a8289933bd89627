"""Mentions that agree with one another in the columns of a table.

The tagger reads a row as a sentence. It misses most of the symbols in a column "Gene", and takes "AR", a mode of
inheritance, for the androgen receptor wherever it stands. Here a column whose header says what it names has a mention
of that type in each cell; a code in another column is a mention only if most codes there are. Identifiers, dates and
addresses are none.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean

from kgbuild.document import Cell, Document, Mention, Span

__all__ = ["agree_in_columns"]

#: What a header says, but for words that add nothing, and the type that its column names.
TYPE_OF = {
    **dict.fromkeys(("gene", "genes", "gene symbol", "gene symbols", "symbol", "symbols", "hgnc symbol"), "Gene"),
    **dict.fromkeys(("protein", "proteins", "gene protein", "target gene", "target genes"), "Gene"),
    **dict.fromkeys(("disease", "diseases", "disorder", "disorders", "indication", "indications"), "Disease"),
    **dict.fromkeys(("doid", "mondo"), "Disease"),
    **dict.fromkeys(("drug", "drugs", "chemical", "chemicals", "metabolite", "metabolites"), "Chemical"),
    **dict.fromkeys(("organism", "organisms"), "Species"),
    **dict.fromkeys(("cell line", "cell lines"), "CellLine"),
    **dict.fromkeys(("cell type", "cell types"), "CellType"),
}
ADD_NOTHING = frozenset(
    {"approved", "candidate", "human", "label", "labels", "mapped", "name", "names", "official", "reported", "s", "the"}
)
#: Share of a column's names that the tagger must have found for its header to be believed.
FOUND = 0.2
#: and of a column's distinct codes, for a code to be a mention.
AGREED = 0.5
#: Words of a name, at most.
MAX_WORDS = 10

_CODE = re.compile(r"[A-Z][A-Z0-9-]{1,4}\Z")
_WORD = re.compile(r"[^\W_]+")
_HAS_LETTERS = re.compile(r"[^\W\d_]{2}|[^\W_]{3}")
#: Several names, or a name with something more.
_SEVERAL = re.compile(r"[;,/|()\[\]]|\b(?:and|or)\b")
_MISSING = re.compile(r"(?:n\.?/?[ad]\.?|none|unknown|not .*|other|control|total)\Z", re.IGNORECASE)
#: "MONDO:0018997", "DB00620", "2018-06-07T16:00:00.000Z", "https://…", "10.1038/…"
_NO_NAME = re.compile(r"(?:[A-Za-z][\w.]*:\S*\d\S*|[A-Z]+\d{5,}|\d{4}-\d\d-\d\d\S*|https?://\S+|10\.\d{4,9}/\S+)\Z")


def agree_in_columns(doc: Document, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions of a document, those in its tables' columns made to agree; sorted by place."""
    cells = sorted((cell for cell in doc.cells if cell.column_header), key=lambda cell: cell.span)
    starts = [cell.span.start for cell in cells]
    inside: defaultdict[Span, list[Mention]] = defaultdict(list)
    kept: list[Mention] = []
    for mention in mentions:
        place = bisect_right(starts, mention.span.start) - 1
        if place >= 0 and mention.span.within(cells[place].span):
            inside[cells[place].span].append(mention)
        else:
            kept.append(mention)
    columns: defaultdict[tuple[int, int], list[Cell]] = defaultdict(list)
    for cell in cells:
        columns[cell.table, cell.column].append(cell)
    for column in columns.values():
        kept += _agreed(doc, column, inside)
    return sorted(kept, key=lambda mention: mention.span)


def _agreed(doc: Document, column: Sequence[Cell], inside: Mapping[Span, Sequence[Mention]]) -> Iterator[Mention]:
    """The mentions in the cells of one column."""
    texts = {cell.span: doc.text_of(cell.span) for cell in column}
    type_ = _named_by(doc.text_of(column[0].column_header[-1]))
    names = {span for span, text in texts.items() if _is_name(text)}
    found = {span: [m for m in inside.get(span, ()) if m.type == type_] for span in names}
    tagged = {texts[span] for span, mentions in found.items() if mentions}
    if tagged and len(tagged) >= FOUND * len({texts[span] for span in names}):
        likely = [mention for mentions in found.values() for mention in mentions]
        score = round(fmean(mention.score for mention in likely), 6)
        raw_score = round(fmean(mention.raw_score for mention in likely), 6)
        yield from (Mention(span, type_, score=score, raw_score=raw_score, agent=likely[0].agent) for span in names)
    else:
        names = set()
    doubted = _doubted_codes(texts, inside)
    for span, text in texts.items():
        if span not in names and not _NO_NAME.match(text):
            yield from (m for m in inside.get(span, ()) if m.type == type_ or (text, m.type) not in doubted)


def _doubted_codes(texts: Mapping[Span, str], inside: Mapping[Span, Sequence[Mention]]) -> set[tuple[str, str]]:
    """Codes and the type that the tagger gives them, where it does so to few of the column's."""
    codes = {text for text in texts.values() if _CODE.match(text)}
    marked: defaultdict[str, set[str]] = defaultdict(set)
    for span, text in texts.items():
        if text in codes:
            for mention in inside.get(span, ()):
                marked[mention.type].add(text)
    return {(text, type_) for type_, found in marked.items() if len(found) < AGREED * len(codes) for text in found}


def _named_by(header: str) -> str:
    """The type that a column of this header names, or ""."""
    words = [word.lower() for word in _WORD.findall(header)]
    return TYPE_OF.get(" ".join(word for word in words if word not in ADD_NOTHING), "")


def _is_name(text: str) -> bool:
    """Whether a cell holds one name and nothing more."""
    return (
        bool(_HAS_LETTERS.search(text))
        and not (_SEVERAL.search(text) or _MISSING.match(text) or _NO_NAME.match(text))
        and len(text.split()) <= MAX_WORDS
    )
