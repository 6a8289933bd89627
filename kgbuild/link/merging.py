"""One concept for each identifier of an ontology, sorted, whatever its size: the concepts wait in a file meanwhile."""

import os
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from kgbuild.concept import Concept, Synonym

__all__ = ["merge_concepts"]


def merge_concepts(concepts: Iterable[Concept], waiting: Path) -> Iterator[Concept]:
    """The concepts sorted by identifier; of several the first one leads, what the others know is added to it.

    `waiting` is a file that is made for them; in memory are their identifiers, and while concepts are given out less.
    """
    encode = msgspec.msgpack.Encoder().encode
    decode = msgspec.msgpack.Decoder(Concept).decode
    identifiers: list[str] = []
    starts = array("Q", [0])
    with waiting.open("w+b") as stream:
        for concept in concepts:
            identifiers.append(concept.curie)
            starts.append(starts[-1] + stream.write(encode(concept)))
        stream.flush()
        # of equal identifiers the earlier stays before the later
        order = array("I", sorted(range(len(identifiers)), key=identifiers.__getitem__))
        identifiers.clear()
        merged: Concept | None = None
        for place in order:
            found = decode(os.pread(stream.fileno(), starts[place + 1] - starts[place], starts[place]))
            if merged is not None and merged.curie == found.curie:
                merged = _join(merged, found)
                continue
            if merged is not None:
                yield merged
            merged = found
        if merged is not None:
            yield merged


def _join(first: Concept, second: Concept) -> Concept:
    if first.obsolete and not second.obsolete:  # an alternative identifier that another file still lists
        first, second = second, first
    name = first.name or second.name
    scopes: dict[str, Synonym] = {}
    for synonym in (*first.synonyms, Synonym(second.name), *second.synonyms):
        if synonym.name and synonym.name != name:
            scopes.setdefault(synonym.name, synonym)
    return msgspec.structs.replace(
        first,
        name=name,
        type=first.type or second.type,
        synonyms=tuple(scopes.values()),
        parents=tuple(dict.fromkeys(first.parents + second.parents)),
        xrefs=tuple(dict.fromkeys(first.xrefs + second.xrefs)),
        definition=first.definition or second.definition,
        species=first.species or second.species,
    )
