"""From tag probabilities per word and type to mentions without overlaps."""

from collections.abc import Iterator, Sequence, Set

import msgspec
import numpy as np
from numpy.typing import NDArray

from kgbuild.document import Document, Mention, Span
from kgbuild.extract.agreement import agree
from kgbuild.extract.completion import complete_names
from kgbuild.extract.edges import is_no_name, mend_edges
from kgbuild.extract.labels import Calibration, LabelSet, calibrate
from kgbuild.extract.windows import Words

__all__ = ["BEGIN", "OUTSIDE", "decode_mentions", "mention_words", "without_overlaps"]

OUTSIDE, BEGIN, INSIDE = 0, 1, 2


def decode_mentions(
    doc: Document, words: Words, probabilities: NDArray[np.float32], labels: LabelSet, *, agent: str
) -> list[Mention]:
    """The mentions that the tags spell, sorted by place.

    probabilities: (words, types, 3). A mention lies in one passage; two mentions of a type never touch: what looks like
    it is one that the tagger cut in two (worth 1 point of F1 on BC5CDR). Its raw score is the geometric mean of its
    words' probabilities. Of overlapping mentions the one with the higher score stays, then the longer, then the first
    type. Names that were cut are made whole, and numbers and labels are no names (see `edges`). Then the places of each
    name are made to agree (see `agreement`), and what the tagger saw a part of is completed (see `completion`).
    """
    if len(words) == 0:
        return []
    probabilities = _biased(probabilities, labels)
    tags = probabilities.argmax(-1)  # (words, types)
    first = np.diff(words.passage, prepend=-1) != 0  # (words,)
    previous = np.vstack([np.full((1, tags.shape[1]), OUTSIDE), tags[:-1]])
    previous[first] = OUTSIDE
    begins = (tags != OUTSIDE) & (previous == OUTSIDE)
    following = np.vstack([tags[1:], np.full((1, tags.shape[1]), OUTSIDE)])
    following[np.append(first[1:], True)] = OUTSIDE
    ends = (tags != OUTSIDE) & (following == OUTSIDE)
    logs = np.log(np.maximum(np.take_along_axis(probabilities, tags[..., None], -1)[..., 0], 1e-9))
    running = np.vstack([np.zeros((1, tags.shape[1])), logs.cumsum(0, dtype=np.float64)])
    found = []
    kinds, starts = np.nonzero(begins.T)
    lasts = np.nonzero(ends.T)[1]
    raws = np.exp((running[lasts + 1, kinds] - running[starts, kinds]) / (lasts + 1 - starts))
    columns = (kinds, words.passage[starts], words.start[starts], words.end[lasts], raws)
    for kind, passage, start, end, raw in zip(*(column.tolist() for column in columns), strict=True):
        name = labels.entities[kind]
        span = _name_at(doc, passage, Span(start, end), name)
        if span is None:
            continue
        score = calibrate(raw, labels.calibration.get(name, Calibration()))
        found.append(Mention(span, name, score=score, raw_score=round(raw, 6), agent=agent))
    tagged = without_overlaps(found)
    agreed = agree(doc, words, probabilities[..., OUTSIDE], labels, tagged, agent)
    return complete_names(doc, without_overlaps(list(_whole(doc, words, agreed, {mention.span for mention in tagged}))))


def mention_words(words: Words, span: Span) -> tuple[int, int]:
    """The words [first, last) that share a character with a span; equal numbers if there is none."""
    first = int(np.searchsorted(words.end, span.start, side="right"))
    last = int(np.searchsorted(words.start, span.end, side="left"))
    return first, max(first, last)


def _name_at(doc: Document, passage: int, span: Span, entity: str) -> Span | None:
    whole = mend_edges(doc, doc.passages[passage], span, entity)
    return None if whole is None or is_no_name(doc.text_of(whole), entity) else whole


def _whole(doc: Document, words: Words, mentions: Sequence[Mention], known: Set[Span]) -> Iterator[Mention]:
    """The mentions; those at new places made whole, where the same letters may be a part of a name ("7%" of "9.7%")."""
    for mention in mentions:
        if mention.span in known:
            yield mention
            continue
        passage = int(words.passage[mention_words(words, mention.span)[0]])
        if (span := _name_at(doc, passage, mention.span, mention.type)) is not None:
            yield msgspec.structs.replace(mention, span=span)


def _biased(probabilities: NDArray[np.float32], labels: LabelSet) -> NDArray[np.float32]:
    # (words, types, 3), the odds of begin and inside against outside multiplied by exp(bias)
    if not labels.bias:
        return probabilities
    factor = np.exp([labels.bias.get(name, 0.0) for name in labels.entities]).astype(np.float32)
    weights = np.stack([np.ones_like(factor), factor, factor], axis=-1)  # (types, 3)
    weighted = probabilities * weights
    total = weighted[..., 0] + weighted[..., 1] + weighted[..., 2]  # several times faster than a sum over three
    biased: NDArray[np.float32] = weighted / total[..., None]
    return biased


def without_overlaps(mentions: list[Mention]) -> list[Mention]:
    """Those that stay, sorted by place: of two that overlap the more probable one, then the longer one."""
    ordered = sorted(mentions, key=lambda m: (-m.score, m.span.start - m.span.end, m.span.start, m.type))
    taken: list[Mention] = []
    starts: set[int] = set()
    for mention in ordered:
        characters = range(mention.span.start, mention.span.end)
        if starts.isdisjoint(characters):
            starts.update(characters)
            taken.append(mention)
    return sorted(taken, key=lambda mention: mention.span)
