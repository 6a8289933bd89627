"""Arguments of relations: mentions of one name grouped, and the ordered pairs of groups that a relation may join."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from kgbuild.document import Document, Mention, Passage, Span
from kgbuild.extract.labels import LabelSet
from kgbuild.extract.silence import is_silent

__all__ = ["Argument", "Pair", "candidate_pairs", "group_arguments", "prose_of"]

#: Types that a cell of a table may join by itself.
MEASURED = frozenset({"Property", "Quantity"})


@dataclass(frozen=True, slots=True)
class Argument:
    """Mentions, by index, that stand for one thing within a window."""

    type: str
    mentions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Subject and object argument by index, their closest mentions by index, and the relations that may join them."""

    subject: int
    object: int
    subject_mention: int
    object_mention: int
    relations: tuple[int, ...]


def group_arguments(doc: Document, mentions: Sequence[Mention], labels: LabelSet) -> list[Argument]:
    """The arguments among the mentions, in order of first appearance.

    Mentions are one argument when type and text agree (ignoring case), but for the types that stand for themselves.
    Those in passages that say nothing of what they name are of none, but for a property and value in one cell
    ("T = 293 K").
    """
    silent = [passage.span for passage in doc.passages if is_silent(doc, passage)]
    measured = _measured_in_cells(doc, mentions)
    groups: dict[tuple[str, ...], list[int]] = {}
    for index, mention in enumerate(mentions):
        if mention.type not in labels.related_types:
            continue
        if index not in measured and _around(silent, mention.span) is not None:
            continue
        if mention.type in labels.local_types:
            key = (mention.type, mention.id)
        else:
            key = (mention.type, doc.text_of(mention.span).casefold())
        groups.setdefault(key, []).append(index)
    return [Argument(key[0], tuple(members)) for key, members in groups.items()]


def prose_of(doc: Document, n_windows: int) -> Span:
    """Where relations may join sentences, as they were learnt from abstracts.

    Title and abstract, up to the first block of another kind or of another abstract, such as a summary for the public;
    a text of one window up to its first table.
    """
    kinds = {"title", "heading", "abstract"} | ({"paragraph"} if n_windows == 1 else set())
    others = [block.span.start for block in doc.blocks if block.kind not in kinds]
    abstracts = [block for block in doc.blocks if block.kind == "abstract"]
    second = [block.span.start for block in abstracts if _outermost(block) != _outermost(abstracts[0])]
    return Span(0, min([*others, *second], default=len(doc.text)))


def _measured_in_cells(doc: Document, mentions: Sequence[Mention]) -> set[int]:
    """The properties and quantities, by index, in cells that hold both."""
    cells = sorted(cell.span for cell in doc.cells)
    inside: dict[Span, dict[str, list[int]]] = {}
    for index, mention in enumerate(mentions):
        if mention.type in MEASURED and (cell := _around(cells, mention.span)) is not None:
            inside.setdefault(cell, {}).setdefault(mention.type, []).append(index)
    return {i for types in inside.values() if len(types) == len(MEASURED) for found in types.values() for i in found}


def _around(spans: Sequence[Span], span: Span) -> Span | None:
    """The one of several sorted spans apart from each other in which another one begins."""
    place = bisect_right(spans, span.start, key=lambda other: other.start)
    return spans[place - 1] if place and span.start < spans[place - 1].end else None


def _outermost(block: Passage) -> str:
    return block.section.partition(" > ")[0]


def candidate_pairs(
    arguments: Sequence[Argument],
    mentions: Sequence[Mention],
    passages: Sequence[int],
    labels: LabelSet,
    prose: Span,
) -> list[Pair]:
    """Ordered pairs of different arguments that some relation may join; `passages` holds each mention's passage.

    The closest mentions of a pair stand in one passage, or both in the `prose`. A symmetric relation is asked once, for
    the order of the types in its label, or of appearance if they are equal.
    """
    places = [frozenset(passages[m] for m in argument.mentions) for argument in arguments]
    is_prose = [any(mentions[m].span.within(prose) for m in argument.mentions) for argument in arguments]
    pairs = []
    for i, subject in enumerate(arguments):
        for j, other in enumerate(arguments):
            if i == j or (places[i].isdisjoint(places[j]) and not (is_prose[i] and is_prose[j])):
                continue
            relations = tuple(
                index
                for index in labels.relations_between(subject.type, other.type)
                if not (labels.relations[index].symmetric and subject.type == other.type and i > j)
            )
            if not relations:
                continue
            first, second = _closest(subject, other, mentions, passages)
            is_local = subject.type in labels.local_types or other.type in labels.local_types
            in_prose = mentions[first].span.within(prose) and mentions[second].span.within(prose)
            if passages[first] != passages[second] and (is_local or not in_prose):
                continue
            pairs.append(Pair(i, j, first, second, relations))
    return pairs


def _closest(
    subject: Argument, other: Argument, mentions: Sequence[Mention], passages: Sequence[int]
) -> tuple[int, int]:
    # in one sentence if possible, then nearest, then first: an order that does not depend on how they were found
    def distance(pair: tuple[int, int]) -> tuple[int, int, int, int]:
        i, j = pair
        gap = max(mentions[i].span.start - mentions[j].span.end, mentions[j].span.start - mentions[i].span.end, 0)
        return abs(passages[i] - passages[j]), gap, i, j

    return min(((i, j) for i in subject.mentions for j in other.mentions), key=distance)
