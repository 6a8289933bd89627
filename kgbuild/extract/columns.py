"""Mentions that agree with one another in the columns of a table.

The tagger reads a row as a sentence. It misses most of the symbols in a column "Gene", and takes "AR", a mode of
inheritance, for the androgen receptor wherever it stands. Here a column whose header says what it names has a mention
of that type in each cell that holds one name. In a column of few codes, each in many rows, one is a mention only if
most are. Identifiers, dates and addresses are none.

A cell with marks between names ("TP53; MDM2", "PTHLH - CCDC91") holds several, unless an ontology has it as one name
("Diabetes mellitus, type 2"); what may be either is several only if each part is a name.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from statistics import fmean

import msgspec

from kgbuild.concept import KnownNames
from kgbuild.document import Cell, Document, Mention, Span
from kgbuild.extract.headers import SAMPLES, parse_header
from kgbuild.formula import FORMULA_TYPES, is_formula_like, is_one_formula
from kgbuild.formula.elements import ELEMENTS
from kgbuild.prefixes import spelled

__all__ = ["agree_in_columns", "type_named_by"]

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
    {"approved", "associated", "candidate", "causal", "closest", "human", "label", "labels", "mapped", "name", "names"}
    | {"nearest", "official", "reported", "s", "the"}
)
#: Share of a column's cells with names in which the tagger must have found one for its header to be believed.
FOUND = 0.3
#: Share of its names that ontologies must know where the tagger found fewer.
KNOWN = 0.5
#: How sure the best of such names are.
MOST = 0.9
#: Share of the distinct codes that the tagger must have found, to be exceeded for a code to be a mention.
AGREED = 0.5
#: Cells for each distinct code, from which on codes are kinds and not names; under these headers they are in any case.
REPEATED = 1.5
KINDS = frozenset(
    {
        "category",
        "class",
        "classification",
        "evidence",
        "inheritance",
        "mode of inheritance",
        "moi",
        "outcome",
        "response",
    }
)
#: Words of a name, at most.
MAX_WORDS = 10

_CODE = re.compile(r"[A-Z][A-Z0-9-]{1,4}\Z")
_WORD = re.compile(r"[^\W_]+")
_HAS_LETTERS = re.compile(r"[^\W\d_]{2}|[^\W_]{3}")
#: What stands between names and in none, and what stands in some names, too.
_BETWEEN = re.compile(r"\s*[;|]\s*")
_PERHAPS_BETWEEN = re.compile(r"\s*[;|,]\s*|\s*/\s*|\s+[-–+&x]\s+|\s+and\s+")
#: A mark behind which no name stands: "IL6; -". Ontologies know names whatever marks are around them.
_DANGLING = re.compile(r"[;|,/]\s*[-–—]?\Z")
#: Symbols of genes as they are written in lists: "RP11-89K11.1", "C9orf72", "Hsp70"; "IIIA" is part of one.
_SYMBOL = re.compile(r"(?![IVX]+[AB]?\Z)(?:[A-Z][A-Z0-9]+(?:orf\d+)?(?:[-.][A-Z0-9]+)*|[A-Z][a-z]+\d+[a-z]?)\Z")
#: What a header of samples speaks of, besides names and numbers.
_OF_SAMPLES = re.compile(
    r"samples?|specimens?|powders?|pellets?|films?|crystals?|particles?|electrodes?", re.IGNORECASE
)
#: A word, and no symbol.
_IN_WORDS = re.compile(r"[a-z]{4}")
#: A name with a comma and nothing more: "Anemia, sickle cell".
_INVERTED = re.compile(r"[^;/|()\[\]=,]+, ?[^;/|()\[\]=,]+\Z")
#: A cell without marks around it, and without what is said of a name in brackets: "EGFR (L858R)".
_WHOLE = re.compile(r"(?!.*\s[(\[])[\w(](?:.*[\w)])?\Z")
#: Several names, or a name with something more.
_SEVERAL = re.compile(r"[;,/|()\[\]=]|\b(?:and|or|plus|vs)\b")
#: Cells that name nothing, or nobody's disease and no drug, or say of which kind what is named beside them is.
_MISSING = re.compile(
    r"(?:n\.?/?[ad]\.?|none|intergenic|unknown|not .*|others?|overall|(?:healthy|normal)\b.*|controls?|totals?|means?|"
    r"averages?|placebos?|vehicle|standard of care|usual care|surgery\b.*|no \w+|yes|no|"
    r"(?:type|stage|grade|class|group) ?(?:\d+[a-c]?|[ivx]+[a-c]?))\Z",
    re.IGNORECASE,
)
#: What stands for no value, or is an answer, in these letters: "Na" is sodium, "NO" an oxide.
_NO_VALUE = re.compile(
    r"(?:[Yy]es|YES|[Nn]o|NA|N/A|n/?a|[Nn]\.[Aa]\.|ND|[Nn]\.[Dd]\.|NR|NS|n\.s\.|nan|NaN|[Nn]one(?: \w+)?)\Z"
)
_CURIE = re.compile(r"([A-Za-z][\w.]*):\w*\d\w*\Z")
#: Accession numbers of DrugBank and Ensembl, times, addresses.
_NO_NAME = re.compile(r"(?:DB\d{5}|ENS[A-Z]*\d{11}(?:\.\d+)?|\d{4}-\d\d-\d\d(?:T\S*)?|https?://\S+|10\.\d{4,9}/\S+)\Z")


def agree_in_columns(
    doc: Document, mentions: Sequence[Mention], known: KnownNames | None = None, *, agent: str = ""
) -> list[Mention]:
    """The mentions of a document, those in its tables' columns made to agree; sorted by place.

    What names the ontologies know tells whether a cell is one name or several, and whether a header is to be believed
    whose names the tagger missed; `agent` is who found those.
    """
    headers = frozenset(chain.from_iterable(cell.column_header for cell in doc.cells))
    spans = sorted(cell.span for cell in doc.cells)
    starts = [span.start for span in spans]
    inside: defaultdict[Span, list[Mention]] = defaultdict(list)
    kept: list[Mention] = []
    for mention in mentions:
        place = bisect_right(starts, mention.span.start) - 1
        if place >= 0 and mention.span.within(spans[place]):
            inside[spans[place]].append(mention)
        else:
            kept.append(mention)
    in_text = {(doc.text_of(mention.span), mention.type) for mention in kept}
    columns: defaultdict[tuple[int, int], list[Cell]] = defaultdict(list)
    for cell in doc.cells:
        if cell.span in headers:
            kept += (mention for mention in inside[cell.span] if not _is_unit(doc, cell.span, mention.span))
        elif cell.column_header:
            columns[cell.table, cell.column].append(cell)
        else:
            kept += inside[cell.span]
    for column in columns.values():
        kept += _agreed(doc, column, inside, in_text, known, agent)
    return sorted(kept, key=lambda mention: mention.span)


def type_named_by(header: str) -> str:
    """The type that a column of this header names, or ""."""
    words = [word.lower() for word in _WORD.findall(header)]
    return TYPE_OF.get(" ".join(word for word in words if word not in ADD_NOTHING), "")


def _is_unit(doc: Document, header: Span, span: Span) -> bool:
    """Whether what lies in a header is its unit, or the symbol of a property: in "Tc (K)" there is neither technetium
    nor potassium, as no content is in kelvin or grams per mole.
    """
    parsed = parse_header(doc.text_of(header))
    if parsed.unit is None:
        return False
    place = (span.start - header.start, span.end - header.start)
    is_all = len(parsed.words) == 1 and doc.text_of(span) in ELEMENTS
    is_symbol = is_all and parsed.unit.to_si(1.0)[1] in ("K", "kg.mol-1")
    return is_symbol or not any(start < place[1] and place[0] < end for start, end in parsed.words)


def _agreed(
    doc: Document,
    column: Sequence[Cell],
    inside: Mapping[Span, Sequence[Mention]],
    in_text: AbstractSet[tuple[str, str]],
    known: KnownNames | None,
    agent: str,
) -> Iterator[Mention]:
    """The mentions in the cells of one column; `in_text` are names, with their types, that are mentions in the text."""
    texts = {cell.span: doc.text_of(cell.span) for cell in column}
    header = doc.text_of(column[0].column_header[-1])
    type_ = type_named_by(header)
    names = {span: _names(span, texts[span], type_, inside.get(span, ()), known) for span in texts} if type_ else {}
    found = {name: surest for span in names for name in names[span] if (surest := _surest(inside, span, name, type_))}
    full = {texts[span] for span, parts in names.items() if parts}
    tagged = {texts[span] for span, parts in names.items() if not found.keys().isdisjoint(parts)}
    share = len(tagged) / max(len(full), 1)
    if share < FOUND:
        listed = list(chain.from_iterable(names.values()))
        in_use = {name for name in listed if known is not None and known.knows(doc.text_of(name), type_)}
        share = len(in_use) / max(len(listed), 1)
        found = {name: _by_header(name, type_, share, agent, is_known=name in in_use) for name in listed}
        names = names if share >= KNOWN else {}
    for name in chain.from_iterable(names.values()):
        if name in found:
            yield msgspec.structs.replace(found[name], span=name)
        else:
            yield _like(found.values(), name, share)
    samples = _samples(texts, header, known)
    doubted = _doubted_codes(texts, inside, are_kinds=header.strip().lower() in KINDS) - in_text
    for span, text in texts.items():
        if not names.get(span) and not (_is_identifier(text) or _NO_VALUE.match(text)):
            kept = [m for m in inside.get(span, ()) if m.type == type_ or (text, m.type) not in doubted]
            yield from _whole(span, text, kept, known)
            if not kept and text in samples:
                yield _by_header(span, "Material", KNOWN, agent, is_known=True)


def _samples(texts: Mapping[Span, str], header: str, known: KnownNames | None) -> set[str]:
    """The cells of a column of samples that ontologies know as materials, if half of all are such and words: "P3" is a
    label even where some chemical is called so.
    """
    if known is None or not (SAMPLES.fullmatch(header) and _OF_SAMPLES.search(header)):
        return set()
    names = {text for text in texts.values() if not _is_none(text)}
    found = {name for name in names if known.knows(name, "Material")}
    return found if sum(bool(_IN_WORDS.search(name)) for name in found) >= KNOWN * len(names) else set()


def _names(
    span: Span, text: str, type_: str, mentions: Sequence[Mention], known: KnownNames | None
) -> tuple[Span, ...]:
    """The names that a cell of a column of names holds and nothing more, no quantity either."""
    if _is_none(text) or any(mention.type == "Quantity" for mention in mentions):
        return ()
    if known is not None and not _DANGLING.search(text) and known.knows(text, type_):
        return (span,)
    if several := _several(span, text, type_, mentions, known):
        return several
    is_one = not _SEVERAL.search(text) or (type_ == "Disease" and _INVERTED.match(text))
    return (span,) if is_one and len(text.split()) <= MAX_WORDS else ()


def _is_none(text: str) -> bool:
    """Whether a text names nothing."""
    return not _HAS_LETTERS.search(text) or _is_no_value(text) or _is_identifier(text)


def _is_no_value(text: str) -> bool:
    """Whether a text says that there is no name, or nothing that could be one: "-" between others."""
    return not _WORD.search(text) or any((_MISSING.match(text), _NO_VALUE.match(text)))


def _several(
    span: Span, text: str, type_: str, mentions: Sequence[Mention], known: KnownNames | None
) -> tuple[Span, ...]:
    """The names in a cell with marks between them; none if it holds one name, or something else.

    A material is one ("Ag/TiO2"), and so are formulas of chemicals. Parts that stand for no value are left out.
    """
    if type_ == "Material":
        return ()
    tagged = [mention.span for mention in mentions if mention.type == type_]
    for mark, are_sure in ((_PERHAPS_BETWEEN, False), (_BETWEEN, True)):
        parts = list(_parts(span, text, mark))
        named = [(place, part) for place, part in parts if not _is_no_value(part)]
        if (
            type_ == "Chemical"
            and len(named) > 1
            and all(part in ELEMENTS or is_formula_like(part) for _, part in named)
        ):
            return ()
        if [part for _, part in parts] != [text] and all(
            not _is_none(part)
            and (
                (known is not None and known.knows(part, type_))
                or place in tagged
                or (type_ == "Gene" and _SYMBOL.match(part))
                or (are_sure and not _SEVERAL.search(part))
            )
            for place, part in named
        ):
            return tuple(place for place, _ in named)
    return ()


def _parts(span: Span, text: str, mark: re.Pattern[str]) -> Iterator[tuple[Span, str]]:
    start = 0
    for end, after in (*(match.span() for match in mark.finditer(text)), (len(text), len(text))):
        if start < end:  # nothing stands behind a last mark
            yield Span(span.start + start, span.start + end), text[start:end]
        start = after


def _surest(inside: Mapping[Span, Sequence[Mention]], cell: Span, name: Span, type_: str) -> Mention | None:
    """The mention of the type in a cell that shares most surely some words with a name there."""
    shared = (
        m for m in inside.get(cell, ()) if m.type == type_ and m.span.start < name.end and name.start < m.span.end
    )
    return max(shared, key=lambda mention: mention.score, default=None)


def _whole(span: Span, text: str, mentions: Sequence[Mention], known: KnownNames | None) -> Iterator[Mention]:
    """The mentions of a cell in another column: all of it if that is a known name or formula, each name of a list that
    is one.
    """
    types = {mention.type for mention in mentions}
    is_name = len(types) == 1 and known is not None and _WHOLE.match(text) and known.knows(text, *types)
    if is_name or (types and types.issubset(FORMULA_TYPES) and is_one_formula(text)):
        yield msgspec.structs.replace(max(mentions, key=lambda mention: mention.score), span=span)
        return
    for mention in mentions:
        several = _several(span, text, mention.type, (), known) if mention.span == span else ()
        is_one = not several or (known is not None and known.knows(text, mention.type))
        yield from [mention] if is_one else (msgspec.structs.replace(mention, span=part) for part in several)


def _by_header(span: Span, type_: str, share: float, agent: str, *, is_known: bool) -> Mention:
    """A mention in a column where the tagger found too little and ontologies know this share of the names."""
    score = round(MOST * (is_known + share) / 2, 6)
    return Mention(span, type_, score=score, raw_score=score, agent=agent)


def _like(mentions: Collection[Mention], span: Span, share: float) -> Mention:
    """A mention that the tagger missed where it found these, of this share of a column's names.

    Half as sure as they are on the word of the header, and for the other half by the share.
    """
    score = fmean(mention.score for mention in mentions) * (1 + share) / 2
    raw_score = fmean(mention.raw_score for mention in mentions) * (1 + share) / 2
    first = next(iter(mentions))
    return Mention(span, first.type, score=round(score, 6), raw_score=round(raw_score, 6), agent=first.agent)


def _doubted_codes(
    texts: Mapping[Span, str], inside: Mapping[Span, Sequence[Mention]], *, are_kinds: bool
) -> set[tuple[str, str]]:
    """Codes of kinds, and the type that the tagger gives them, where it does so to few of the column's; all of a column
    whose codes `are_kinds` by its header.
    """
    codes = {span: text for span, text in texts.items() if _CODE.match(text)}
    distinct = set(codes.values())
    if not are_kinds and len(codes) < REPEATED * len(distinct):
        return set()
    marked: defaultdict[str, set[str]] = defaultdict(set)
    for span, text in codes.items():
        for mention in inside.get(span, ()):
            marked[mention.type].add(text)
    doubted = {type_: found for type_, found in marked.items() if are_kinds or len(found) <= AGREED * len(distinct)}
    return {(text, type_) for type_, found in doubted.items() for text in found}


def _is_identifier(text: str) -> bool:
    curie = _CURIE.match(text)
    return bool(_NO_NAME.match(text)) or (curie is not None and spelled(curie[1]) is not None)
