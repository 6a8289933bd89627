"""Equivalent identifiers of a concept in other ontologies, from cross-references that are one to one."""

from collections.abc import Sequence

import msgspec

from kgbuild.concept import Concept
from kgbuild.link.compiled import CompiledOntology
from kgbuild.link.prefixes import prefix_of

__all__ = ["find_concept", "preferred"]


def preferred(concept: Concept, prefixes: Sequence[str], ontologies: Sequence[CompiledOntology]) -> Concept:
    """The concept under the first preferred prefix in which it has exactly one equivalent, and that one only it.

    What it was called before becomes a cross-reference. The concept itself if its prefix is preferred or nothing fits.
    """
    own = prefix_of(concept.curie)
    for prefix in prefixes:
        if prefix == own:
            return concept
        others = _equivalents(concept.curie, concept, prefix, ontologies)
        if len(others) == 1:
            other = next(iter(others))
            known = _lookup(other, ontologies)
            if _equivalents(other, known, own, ontologies) == {concept.curie}:
                return _renamed(concept, other, known)
    return concept


def find_concept(identifier: str, ontologies: Sequence[CompiledOntology]) -> Concept | None:
    """The concept of this identifier, or one that has it as its only equivalent, under this identifier; else None."""
    known = _lookup(identifier, ontologies)
    if known is not None:
        equivalents = _referring(identifier, ontologies) - set(known.xrefs)
        return msgspec.structs.replace(known, xrefs=tuple(dict.fromkeys((*known.xrefs, *sorted(equivalents)))))
    for ontology in ontologies:
        referring = ontology.with_xref(identifier)
        if len(referring) == 1:
            return _renamed(referring[0], identifier, None)
    return None


def _equivalents(
    identifier: str, concept: Concept | None, prefix: str, ontologies: Sequence[CompiledOntology]
) -> set[str]:
    named = concept.xrefs if concept is not None else ()
    found = {xref for xref in named if prefix_of(xref) == prefix}
    return found | {other for other in _referring(identifier, ontologies) if prefix_of(other) == prefix}


def _referring(identifier: str, ontologies: Sequence[CompiledOntology]) -> set[str]:
    return {concept.curie for ontology in ontologies for concept in ontology.with_xref(identifier)}


def _lookup(identifier: str, ontologies: Sequence[CompiledOntology]) -> Concept | None:
    found = (ontology.concept(identifier) for ontology in ontologies)
    return next((concept for concept in found if concept is not None and not concept.obsolete), None)


def _renamed(concept: Concept, identifier: str, known: Concept | None) -> Concept:
    """`concept` as `known`, or under another identifier."""
    base = known or msgspec.structs.replace(concept, curie=identifier)
    xrefs = dict.fromkeys((*base.xrefs, concept.curie, *concept.xrefs))
    xrefs.pop(identifier, None)
    return msgspec.structs.replace(base, xrefs=tuple(xrefs))
