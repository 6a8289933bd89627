"""Documents cut at passages into parts, so that a long table takes no more memory than a paper."""

from bisect import bisect_right
from collections.abc import Iterator

import msgspec

from kgbuild.document import Document

__all__ = ["PART_CHARACTERS", "Part", "split_document"]

#: Passages of a document are read together up to so many characters: more than all but the longest papers have.
PART_CHARACTERS = 200_000


class Part(msgspec.Struct, frozen=True):
    """Consecutive passages of a document, with the mentions that begin in them; the text is that of the whole."""

    whole: Document
    document: Document
    n_characters: int
    is_last: bool


def split_document(document: Document) -> Iterator[Part]:
    """The parts of a document in order; most documents are one."""
    starts = [0]
    for index, passage in enumerate(document.passages):
        if passage.span.end - document.passages[starts[-1]].span.start > PART_CHARACTERS and index > starts[-1]:
            starts.append(index)
    if len(starts) == 1:
        yield Part(document, document, len(document.text), is_last=True)
        return
    borders = [document.passages[index].span.start for index in starts[1:]]
    mentions = [
        [mention for mention in document.mentions if bisect_right(borders, mention.span.start) == n]
        for n in range(len(starts))
    ]
    for number, (first, last) in enumerate(zip(starts, [*starts[1:], len(document.passages)], strict=True)):
        passages = document.passages[first:last]
        part = msgspec.structs.replace(document, passages=passages, mentions=tuple(mentions[number]))
        n_characters = passages[-1].span.end - passages[0].span.start
        yield Part(document, part, n_characters, is_last=last == len(document.passages))
