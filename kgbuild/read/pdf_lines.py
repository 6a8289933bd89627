"""The lines of a PDF's page in the order of reading: columns found by their edges, pieces of one line put together.

A column's gutter is where wide pieces on both sides end and begin at the same places; what crosses it (titles, wide
figures) cuts the page into bands, in each of which the left column comes before the right.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

import msgspec

from kgbuild.read.pdf_pages import Char, Font, Page, Piece

__all__ = ["Columns", "Line", "find_columns", "page_lines"]

#: pieces that a column must have at least, and how wide these are, as a share of the area that is cut: the left one
#: may be narrow, as the notes beside an abstract are
LEAST_LINES, LEAST_WIDTH, LEAST_LEFT = 5, 0.22, 0.12
#: share of a column's wide pieces that begin at its edge, and how exactly, in points
LEAST_ALIGNED, EDGE = 0.5, 3.0
#: how far the first line of a paragraph may be indented, in points
INDENT = 15.0
#: columns beside one another that are looked for, each time by halving
DEEPEST = 3
#: gap inside a line that parts the cells of a table, in font sizes: the first if most gaps of the line are narrower by
#: half, as justified lines may have wide ones
CELL_GAP, WIDEST_GAP = 1.0, 2.5

#: what stands before a wide gap that parts no cells: the number of a heading, the mark of an item
_LABEL = re.compile(r"[(\[]?[\dA-Za-z]{0,2}(?:\.\d+)*[.)\]]?|[IVXivx]{1,4}[.)]?|\W{1,2}")


class Line(Piece, frozen=True):
    """A line of a column; `left` and `right` are the column's edges, `n_gaps` the wide gaps as tables have them."""

    page: int
    font: Font
    left: float
    right: float
    n_gaps: int

    @property
    def style(self) -> tuple[float, Font]:
        """Size and font of most of its characters."""
        return self.size, self.font


class Columns(msgspec.Struct, frozen=True):
    """Where the columns of most pages begin, and the gutter between them."""

    left: float
    gutter: float
    right: float

    def are_in(self, pieces: Sequence[Piece]) -> bool:
        """Whether wide pieces begin in both, or with an indent."""
        width = self.right - self.left
        wide = [piece for piece in pieces if 0.6 * width < piece.x1 - piece.x0 < 1.1 * width]
        return all(any(-EDGE < piece.x0 - edge < INDENT for piece in wide) for edge in (self.left, self.right))


def find_columns(pages: Iterable[Page]) -> Columns | None:
    """The two columns that most pages with columns have; None where not even two pages do.

    A page with a large figure has but a few lines of each, which alone would not tell.
    """
    found: list[tuple[int, float, int]] = []
    for page in pages:
        pieces = _split_side_notes(page.pieces)[0]
        gutter = _find_gutter(pieces)
        if gutter is not None:
            left = Counter(round(piece.x0) for piece in pieces if piece.x1 < gutter)
            right = Counter(round(piece.x0) for piece in pieces if piece.x0 > gutter)
            found.append((left.most_common(1)[0][0], gutter, right.most_common(1)[0][0]))
    if len(found) < 2:
        return None
    left_edge, right_edge = (Counter(item[side] for item in found).most_common(1)[0][0] for side in (0, 2))
    gutters = sorted(gutter for _, gutter, right in found if abs(right - right_edge) < EDGE)
    return Columns(left_edge, gutters[len(gutters) // 2], right_edge)


def page_lines(page: Page, columns: Columns | None = None) -> Iterator[Line]:
    """The lines of the page in the order of reading; `columns` are those of most pages."""
    text, notes = _split_side_notes(page.pieces)
    for area in [*_areas(text, 0, columns), *([notes] if notes else [])]:
        lines = _lines(area)
        left, right = _edges(area)
        for pieces in lines:
            yield _line(page.number, pieces, left, right)


def _split_side_notes(pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """The pieces without small print that stands beside wide lines of text, and that print."""
    left, right = _edges(pieces) if pieces else (0.0, 0.0)
    wide = [piece for piece in pieces if piece.x1 - piece.x0 > 0.5 * (right - left)]
    beside = defaultdict(list)
    for piece in pieces:
        rows = [row for row in wide if abs(row.y - piece.y) < row.size and piece.size < 0.86 * row.size]
        if rows and all(piece.x0 > row.x1 or piece.x1 < row.x0 for row in rows):
            beside[round(piece.x0), piece.size].append(piece)
    edges = {edge for edge, found in beside.items() if len(found) >= LEAST_LINES}
    notes = [piece for piece in pieces if (round(piece.x0), piece.size) in edges]
    return [piece for piece in pieces if (round(piece.x0), piece.size) not in edges], notes


def _areas(pieces: list[Piece], depth: int, columns: Columns | None) -> Iterator[list[Piece]]:
    """The pieces of each column or band across columns, in the order of reading."""
    gutter: float | None = None
    if columns is not None and columns.are_in(pieces):
        gutter = columns.gutter
    elif pieces:
        gutter = _find_gutter(pieces)
    gutter = gutter if depth < DEEPEST else None
    if gutter is None:
        if pieces:
            yield pieces
        return
    ordered = sorted(pieces, key=lambda piece: (piece.y, piece.x0))
    across = [piece for piece in ordered if piece.x0 < gutter - EDGE and piece.x1 > gutter + EDGE]
    for is_band, group in groupby(_in_bands(ordered, across, gutter), key=lambda item: item[0]):
        members = [piece for _, piece in group]
        if is_band:
            yield from _areas(members, depth + 1, columns) if len(members) < len(pieces) else [members]
            continue
        yield from _areas([piece for piece in members if piece.x0 < gutter - EDGE], depth + 1, columns)
        yield from _areas([piece for piece in members if piece.x0 >= gutter - EDGE], depth + 1, columns)


def _in_bands(ordered: list[Piece], across: list[Piece], gutter: float) -> list[tuple[bool, Piece]]:
    """Whether each piece, from the top down, belongs to a band: it crosses the gutter, or stands in a line that does.

    What stands between two lines across, and is not wide itself, belongs to the band too.
    """
    crossing = {id(piece) for piece in across}
    marks: list[bool] = []
    for piece in ordered:
        beside = any(abs(piece.y - other.y) < 0.5 * other.size for other in across)
        marks.append(id(piece) in crossing or beside or _is_rest(piece, ordered, marks))
    for start in (index for index, mark in enumerate(marks) if mark):
        end = next((index for index in range(start + 1, len(marks)) if marks[index]), None)
        if end is None or end == start + 1:
            continue
        between = ordered[start + 1 : end]
        close = ordered[end].y - ordered[start].y < 3.2 * ordered[start].size
        if close and len(between) <= 3:
            marks[start + 1 : end] = [True] * len(between)
    return list(zip(marks, ordered, strict=True))


def _is_rest(piece: Piece, ordered: list[Piece], marks: list[bool]) -> bool:
    """Whether a short line ends the lines of a band right above it."""
    last = next((ordered[index] for index in reversed(range(len(marks))) if marks[index]), None)
    if last is None or not marks[-1] or last.size != piece.size or last.chars[-1].font != piece.chars[0].font:
        return False
    return 0 < piece.y - last.y < 1.4 * piece.size and abs(piece.x0 - last.x0) < EDGE


def _find_gutter(pieces: list[Piece]) -> float | None:
    """The place between two columns, None where there are none."""
    if len(pieces) < 2 * LEAST_LINES:
        return None
    left, right = _edges(pieces)
    width = right - left
    wide = [piece for piece in pieces if piece.x1 - piece.x0 > LEAST_WIDTH * width]
    starts = Counter(round(piece.x0) for piece in wide if left + 0.15 * width < piece.x0 < left + 0.85 * width)
    best: tuple[int, float] | None = None
    for start, _ in sorted(starts.items()):
        after = [piece for piece in wide if piece.x0 > start - EDGE]
        aligned = [piece for piece in after if piece.x0 < start + EDGE]
        before = [piece for piece in pieces if piece.x1 < start and piece.x1 - piece.x0 > LEAST_LEFT * width]
        if min(len(aligned), len(before)) < LEAST_LINES or len(aligned) < LEAST_ALIGNED * len(after):
            continue
        edge = Counter(round(piece.x0) for piece in before)
        n_left = max(edge[x - 1] + edge[x] + edge[x + 1] for x in edge)
        if n_left < LEAST_LINES:
            continue
        crossing = sum(piece.x0 < start - EDGE and piece.x1 > start for piece in wide)
        score = len(aligned) - crossing
        if best is None or score > best[0]:
            ends = sorted(piece.x1 for piece in before)
            best = score, min(start - EDGE, ends[len(ends) * 9 // 10] + EDGE)
    return best[1] if best is not None else None


def _edges(pieces: Sequence[Piece]) -> tuple[float, float]:
    return min(piece.x0 for piece in pieces), max(piece.x1 for piece in pieces)


def _lines(pieces: list[Piece]) -> list[list[Piece]]:
    """The pieces of each line from left to right, lines from the top down. Raised and lowered pieces join theirs."""
    largest = Counter()  # type: Counter[float]
    for piece in pieces:
        largest[piece.size] += len(piece.chars)
    body = largest.most_common(1)[0][0]
    lines: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.size < 0.8 * body, piece.y, piece.x0)):
        line = _find_line(lines, piece)
        if line is None:
            lines.append([piece])
        else:
            line.append(piece)
    for line in lines:
        line.sort(key=lambda piece: piece.x0)
    return sorted(lines, key=lambda line: (_main(line).y, line[0].x0))


def _find_line(lines: list[list[Piece]], piece: Piece) -> list[Piece] | None:
    for line in reversed(lines):
        main = _main(line)
        size = max(main.size, piece.size)
        is_small = min(piece.size, main.size) < 0.85 * size
        shift = main.y - piece.y
        fits = -0.35 * size < shift < 0.6 * size if is_small else abs(shift) < 0.25 * size
        if not fits or any(min(piece.x1, other.x1) - max(piece.x0, other.x0) > 0.3 * size for other in line):
            continue
        nearest = min(max(piece.x0 - other.x1, other.x0 - piece.x1) for other in line)
        if not is_small or nearest < size:
            return line
    return None


def _main(line: list[Piece]) -> Piece:
    return max(line, key=lambda piece: (piece.size, len(piece.chars)))


def _usual_gap(pieces: list[Piece]) -> float:
    """The middle one of the gaps between the words of a line, in points."""
    words = [char for piece in pieces for char in piece.chars]
    gaps = [words[n + 1].x0 - words[n - 1].x1 for n in range(1, len(words) - 1) if words[n].text == " "]
    gaps += [after.x0 - before.x1 for before, after in pairwise(pieces)]
    return sorted(gaps)[len(gaps) // 2] if gaps else 0.0


def _line(page: int, pieces: list[Piece], left: float, right: float) -> Line:
    chars: list[Char] = []
    n_gaps = 0
    usual = _usual_gap(pieces)
    for piece in pieces:
        if chars:
            gap = piece.x0 - chars[-1].x1
            if gap > CELL_GAP * piece.size and not _LABEL.fullmatch("".join(char.text for char in chars)):
                n_gaps += gap > min(2 * usual, WIDEST_GAP * piece.size)
            if gap > 0.15 * min(piece.size, chars[-1].size):
                chars.append(chars[-1]._replace(text=" ", x0=chars[-1].x1))
        chars += piece.chars
    words = [char for char in chars if char.text != " "]
    size = Counter(char.size for char in words).most_common(1)[0][0]
    font = Counter(char.font for char in words).most_common(1)[0][0]
    y = Counter(round(char.y, 1) for char in words if char.size == size).most_common(1)[0][0]
    x0, x1 = min(char.x0 for char in words), max(char.x1 for char in words)
    return Line(tuple(chars), x0, x1, y, size, page, font, left, right, n_gaps)
