"""Names that the tagger sees only a part of: "NMDA receptor", "neuronal NO synthase", "hepatitis B".

It decides for each type by itself, and often sees a chemical and, behind it, a gene that is but the head of a protein's
name. Joined they are one gene; a piece of it before the chemical is taken in. On BioRED this is worth a point of F1 for
genes and for chemicals; BC5CDR, which takes the chemical by itself for a mention, loses half of one. A disease takes in
the letter or number that says which of several it is.
"""

import re
from collections.abc import Iterable
from itertools import zip_longest

import msgspec

from kgbuild.document import Document, Mention, Span

__all__ = ["complete_names"]

#: What such names end in.
HEAD = re.compile(
    r"(?:[a-z]{2,}ase|receptor|(?:co-?)?transporter|channel|exchanger|symporter|carrier|binding protein)s?\b"
)
#: Which of the diseases of one name.
KIND = re.compile(
    r"(?:(?<=epatitis) [A-E]| type (?:[12]|I{1,3}|IV))\b"
    r"(?! (?:virus|(?:e |core |surface )?antigen|core|surface|vaccine))"
)
#: What stands between the parts of one name.
JOINTS = frozenset(" -")


def complete_names(doc: Document, mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions, in order of place and without overlaps, with such names whole; one that was joined is as sure as
    the least sure of its parts.
    """
    joined: list[Mention] = []
    ordered = list(mentions)
    for mention, following in zip_longest(ordered, ordered[1:]):
        is_head = mention.type == "Gene" and HEAD.match(doc.text, mention.span.start, mention.span.end)
        parts = [mention]
        for kind in ("Chemical", "Gene") if is_head else ():
            if joined and joined[-1].type == kind and _touch(doc, joined[-1].span, parts[-1].span):
                parts.append(joined.pop())
            else:
                break
        joined.append(_whole(parts) if len(parts) > 1 else _with_kind(doc, mention, following))
    return joined


def _with_kind(doc: Document, mention: Mention, following: Mention | None) -> Mention:
    kind = KIND.match(doc.text, mention.span.end) if mention.type == "Disease" else None
    if kind is None or (following is not None and following.span.start < kind.end()):
        return mention
    return msgspec.structs.replace(mention, span=Span(mention.span.start, kind.end()))


def _touch(doc: Document, left: Span, right: Span) -> bool:
    return doc.text[left.end : right.start] in JOINTS


def _whole(parts: list[Mention]) -> Mention:
    weakest = min(parts, key=lambda part: part.score)
    return msgspec.structs.replace(weakest, span=Span(parts[-1].span.start, parts[0].span.end), type="Gene")
