"""The blocks of a PDF: paragraphs, headings, captions and the rest, told apart by place, size and font of their lines.

Running heads, page numbers and numbers of lines are dropped. What is neither prose nor heading nor caption, as the
cells of tables and the words in figures are, is told as such, so that none of it is mixed into sentences.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from kgbuild.read.pdf_lines import Line
from kgbuild.read.pdf_pages import Font

__all__ = ["Block", "Style", "find_blocks", "text_of"]

Kind = Literal["prose", "heading", "caption", "note", "cells"]
Style = tuple[float, Font]

#: shares of a page's height at its top and foot in which running heads stand, and those in which nothing else does
MARGIN, EDGE = 0.12, 0.065
#: characters of the longest heading, and lines
LONGEST_HEADING, MOST_HEADING_LINES = 140, 3
#: share of the size of most text below which text is a note or a label
SMALL = 0.87

CAPTION = re.compile(
    r"(?:supplementary |extended data )?(?:(?P<table>table)|fig(?:ure)?s?|scheme|chart|plate|box)\.?\s*"
    r"(?P<number>S?\d+[A-Za-z]?|[IVX]+)(?P<end>\s*[.:|–—-]|\s|\Z)",
    re.IGNORECASE,
)
SECTION_NAMES = re.compile(
    r"(?:\d{1,2}\.?\s+|[IVX]{1,4}\.\s+)?(?:abstract|summary|introduction|background|(?:materials?|patients|subjects|methods?)"
    r"(?: and (?:materials?|methods?))?|experimental(?: section| procedures?| details)?|methods/design"
    r"|results?(?: and discussions?)?|discussions?(?: and conclusions?)?|conclusions?|acknowledge?ments?|funding"
    r"|references(?: and notes)?|bibliography|literature cited|supplementary (?:materials?|data|information)"
    r"|supporting information|competing interests|(?:declaration of )?conflicts? of interests?|key ?words"
    r"|(?:authors?['’]? |author )(?:contributions?|details|information)|abbreviations|end ?notes|data availability)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\d{1,2}(?:\.\d{1,2})+\.?\s+[A-Z][^.!?]{2,100}")
#: the beginning of a note below a table
_NOTE = re.compile(r"[*†‡§#¶]|(?:notes?|abbreviations?|data|values|legend)\b", re.IGNORECASE)
#: the dots that lead to the page numbers of a table of contents
_LEADERS = re.compile(r"(?:\. ?){6}")
_PAGE_NUMBER = re.compile(r"\W*(?:page|p\.)?\s*[\divxlc]{1,6}(?:\s*(?:of|/)\s*\d{1,4})?\W*", re.IGNORECASE)
_BULLET = re.compile(r"[•▪●○◦■□–—*·]\s|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s")
_ENDED = re.compile(r"[.?!:;][\"'”’)\]\d,–-]*\Z")
_SENTENCE_END = re.compile(r"[.?!][\"'”’)\]]*(?:\s?\[?\(?[\d,–\- ]+\)?\]?)?\Z")
_WORDS = re.compile(r"[^\W\d_]{2,}")


class Block(msgspec.Struct, frozen=True):
    """Lines that belong together; `is_at_top` where they begin a column."""

    lines: tuple[Line, ...]
    kind: Kind
    is_at_top: bool

    @property
    def text(self) -> str:
        """The words of the lines in one."""
        return text_of(self.lines)

    @property
    def style(self) -> Style:
        """Size and font of most of its characters."""
        return _style_of(self.lines)


def text_of(lines: Iterable[Line]) -> str:
    """The words of lines in one, hyphens at their ends kept."""
    return " ".join(line.text for line in lines)


def find_blocks(lines: Sequence[Line], heights: Sequence[float]) -> tuple[list[Block], Style]:
    """The blocks in the order of reading, running heads dropped, and the style of most of the text."""
    kept = _without_line_numbers(_without_furniture(lines, heights))
    if not kept:
        return [], (0.0, Font("", False, False))
    body = Counter[Style]()
    for line in kept:
        body[line.style] += len(line.chars)
    style = body.most_common(1)[0][0]
    groups = list(_grouped(kept))
    return list(_told(groups, _styles(groups, style))), style


def _without_furniture(lines: Sequence[Line], heights: Sequence[float]) -> list[Line]:
    """The lines without running heads and feet: repeated near the edge of pages, or alone at the very edge."""
    body = Counter(line.style for line in lines for _ in line.chars)
    most = body.most_common(1)[0][0] if body else None
    seen: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for line in lines:
        seen[_head_key(line)].add(line.page)

    def is_furniture(line: Line) -> bool:
        place = line.y / heights[line.page]
        if MARGIN < place < 1 - MARGIN:
            return False
        if len(seen[_head_key(line)]) > 1 or _PAGE_NUMBER.fullmatch(line.text):
            return True
        return not EDGE < place < 1 - EDGE and line.style != most

    return [line for line in lines if not is_furniture(line)]


def _head_key(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", "".join(line.text.split())), round(line.y / 4)


def _without_line_numbers(lines: list[Line]) -> list[Line]:
    """The lines without the numbers that manuscripts carry in the margin, on most lines of a page."""
    numbered = Counter(line.page for line in lines if re.match(r"\d{1,4}(?:\s|\Z)", line.text))
    total = Counter(line.page for line in lines)
    pages = {page for page, count in numbered.items() if count > 15 and count > 0.6 * total[page]}
    if not pages:
        return lines
    cleaned: list[Line] = []
    for line in lines:
        match = re.match(r"\d{1,4}(?:\s+|\Z)", line.text)
        if line.page not in pages or match is None:
            cleaned.append(line)
        elif match.end() < len(line.text):
            chars = line.chars[match.end() :]
            cleaned.append(msgspec.structs.replace(line, chars=chars, x0=chars[0].x0, left=max(line.left, chars[0].x0)))
    return cleaned


def _grouped(lines: list[Line]) -> Iterator[list[Line]]:
    """The lines of each paragraph, heading or the like."""
    leading = _leadings(lines)
    rights = _right_edges(lines)
    group: list[Line] = []
    for line in lines:
        if group and _begins_anew(group, line, leading, rights):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _leadings(lines: list[Line]) -> dict[float, float]:
    """The usual distance of lines of each size."""
    steps: defaultdict[float, Counter[float]] = defaultdict(Counter)
    for before, line in pairwise(lines):
        step = round(line.y - before.y, 1)
        if before.size == line.size and 0.9 * line.size < step < 2.2 * line.size:
            steps[line.size][step] += 1
    return {size: found.most_common(1)[0][0] for size, found in steps.items()}


def _right_edges(lines: list[Line]) -> dict[tuple[int, float, float], float]:
    """Where most lines of each column end."""
    ends: defaultdict[tuple[int, float, float], list[float]] = defaultdict(list)
    for line in lines:
        ends[_column(line)].append(line.x1)
    return {column: sorted(found)[len(found) * 2 // 3] for column, found in ends.items()}


def _column(line: Line) -> tuple[int, float, float]:
    return line.page, line.left, line.right


def _begins_anew(
    group: list[Line], line: Line, leading: dict[float, float], rights: dict[tuple[int, float, float], float]
) -> bool:
    last, size = group[-1], group[-1].size
    if _column(last) != _column(line) or abs(line.size - size) > 0.35:
        return True
    step = line.y - last.y
    if step > 1.35 * leading.get(size, 1.25 * size) or step < 0:
        return True
    if _is_bold(last) != _is_bold(line) and (_is_bold(last) is not None) and (_is_bold(line) is not None):
        return True
    if _differs(group, line) or (len(group) == 1 and _NUMBERED.fullmatch(last.text) and line.text[:1].isupper()):
        return True
    if last.n_gaps and line.n_gaps:
        return False
    if abs(last.n_gaps - line.n_gaps) > 1 or (last.n_gaps != line.n_gaps and CAPTION.match(group[0].text)):
        return True
    if CAPTION.match(line.text) and _ENDED.search(last.text):
        return True
    if CAPTION.match(group[0].text):
        return False
    if _BULLET.match(line.text) and (_ENDED.search(last.text) or last.x1 < rights[_column(last)] - size):
        return True
    shift = line.x0 - last.x0
    if shift > 0.7 * size:
        return not (len(group) == 1 and (_BULLET.match(last.text) or shift > 3 * size))
    if shift < -0.7 * size and len(group) > 1 and abs(group[-2].x0 - last.x0) < 0.5 * size:
        return True
    if last.x1 > rights[_column(last)] - 0.12 * (line.right - line.left) or line.text[:1].islower():
        return False
    # the items of a list, whose marks are often pictures, are indented and may end without a stop
    is_item = line.x0 > line.left + 1.2 * size and last.text[-1] not in ",-–/(" and line.text[:1].isupper()
    return is_item or _SENTENCE_END.search(last.text) is not None


def _differs(group: list[Line], line: Line) -> bool:
    """Whether a line is in another font than all lines before it, and neither has a character of the other's."""
    one = {char.font for member in group for char in member.chars}
    return one.isdisjoint(char.font for char in line.chars)


def _is_bold(line: Line) -> bool | None:
    """Whether all of a line is bold, or nothing; None where some is."""
    found = {char.font.is_bold for char in line.chars if char.text != " "}
    return found.pop() if len(found) == 1 else None


def _style_of(lines: Iterable[Line]) -> Style:
    counts = Counter((char.size, char.font) for line in lines for char in line.chars if char.text != " ")
    return counts.most_common(1)[0][0]


class _Styles(msgspec.Struct, frozen=True):
    """The style of most of the text, those of headings, and those in which there is running text at all."""

    body: Style
    headings: set[Style]
    text: set[Style]

    def is_plain(self, style: Style) -> bool:
        """Whether a style is neither bold nor larger than most of the text, as that of species in a table's cells."""
        return not style[1].is_bold and style[0] <= self.body[0] + 0.3


def _styles(groups: list[list[Line]], body: Style) -> _Styles:
    """Those of headings have nearly only short blocks that end without a full stop; those of text have long ones."""
    blocks: defaultdict[Style, list[bool]] = defaultdict(list)
    running = {body}
    for group in groups:
        text, style = text_of(group), _style_of(group)
        is_short = (
            len(group) <= MOST_HEADING_LINES and len(text) <= LONGEST_HEADING and not text.endswith((".", ",", ";"))
        )
        blocks[style].append(is_short and sum(line.n_gaps for line in group) == 0)
        if len(group) > 2 and _SENTENCE_END.search(text):
            running.add(style)
    found = {style for style, shorts in blocks.items() if sum(shorts) >= 0.75 * len(shorts)}
    headings = {style for style in found if style != body and style[0] >= 0.92 * body[0]}
    return _Styles(body, headings, running)


def _told(groups: list[list[Line]], styles: _Styles) -> Iterator[Block]:
    """Each group with its kind; below the caption of a table are its cells, until prose or a heading comes."""
    column: tuple[int, float, float] | None = None
    below_table = False
    sizes: set[float] = set()  # of the cells since the caption
    for group in groups:
        is_at_top, column = _column(group[0]) != column, _column(group[-1])
        style = _style_of(group)
        is_text = style in styles.text and abs(style[0] - styles.body[0]) < 0.3
        is_out = bool(sizes) and is_text and all(abs(style[0] - size) > 0.3 for size in sizes)
        kind = _kind(group, styles, below_table=below_table and not is_out)
        if kind == "cells":
            sizes.add(style[0])
        caption = CAPTION.match(group[0].text)
        if kind == "caption":
            below_table, sizes = caption is not None and caption["table"] is not None, set()
        elif kind in ("prose", "heading"):
            below_table = False
        yield Block(tuple(group), kind, is_at_top)


def _kind(group: list[Line], styles: _Styles, *, below_table: bool) -> Kind:
    text, style, body = text_of(group), _style_of(group), styles.body
    if _is_caption(group, text, style, body):
        return "caption"
    if (len(group) == 1 and _NUMBERED.fullmatch(text)) or SECTION_NAMES.fullmatch(_squeezed(text).rstrip(".: ")):
        return "heading"
    n_words = len(_WORDS.findall(text))
    if sum(line.n_gaps > 0 for line in group) > 0.34 * len(group) or _LEADERS.search(text):
        return "cells"
    is_sentence = n_words > 5 and _SENTENCE_END.search(text) is not None
    if below_table and style[0] < body[0] - 0.3 and n_words > 4 and _NOTE.match(text):
        return "note"
    if style[0] < SMALL * body[0]:
        is_text = n_words > 7 and (is_sentence or len(group) > 3) and _is_even(group)
        return "note" if is_text else "cells"
    if _is_heading(group, text, style, styles) and not (below_table and styles.is_plain(style)):
        return "heading"
    if below_table and not (is_sentence and style == body) and not (len(group) > 2 and _is_even(group)):
        return "cells"
    offset = group[0].x0 - group[0].left
    is_label = n_words < 9 and not is_sentence and style not in styles.text and abs(style[0] - body[0]) > 0.15
    is_aside = n_words < 3 and not is_sentence and (offset > 4 * style[0] or n_words == 0)
    return "cells" if is_label or is_aside else "prose"


def _is_caption(group: list[Line], text: str, style: Style, body: Style) -> bool:
    match = CAPTION.match(text)
    if match is None:
        return False
    first = group[0].chars[0]
    is_marked = first.font != body[1] or abs(style[0] - body[0]) > 0.3
    return is_marked or bool(match["end"].strip()) or len(text) == match.end()


def _is_heading(group: list[Line], text: str, style: Style, styles: _Styles) -> bool:
    if len(group) > MOST_HEADING_LINES or len(text) > LONGEST_HEADING or not re.search(r"[^\W\d_]{3}", text):
        return False
    if group[-1].chars[-1].font == styles.body[1] != style[1]:
        return False  # a heading with the text behind it
    return style in styles.headings and (text[0].isupper() or text[0].isdigit()) and not text.endswith((".", ",", ";"))


def _squeezed(text: str) -> str:
    """The words of a spaced-out heading: "a b s t r a c t"."""
    return "".join(text.split()) if all(len(word) == 1 for word in text.split()) else text


def _is_even(group: list[Line]) -> bool:
    """Whether the lines but the last fill their column, as those of prose do."""
    if len(group) < 2:
        return True
    widest = max(line.x1 - line.x0 for line in group)
    return sum(line.x1 - line.x0 > 0.75 * widest for line in group[:-1]) >= 0.7 * (len(group) - 1)
