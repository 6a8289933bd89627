"""Equivalent identifiers of a concept in other ontologies, from cross-references and mappings that are one to one.

Where several concepts of one ontology compete for the same equivalent, joining them all would merge siblings. One of
them stands if it alone has the same name; otherwise all of these mappings are refused.

Where no mapping says anything, two concepts are the same if they alone share the number of a compound, or if one's name
is a name of the other, and no sibling of either lays claim to the other; a compound of a catalogue also if they alone
share any long name.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import TypeVar

import msgspec

from kgbuild.concept import Concept
from kgbuild.link.compiled import CompiledOntology
from kgbuild.link.names import fold, normal_key
from kgbuild.link.prefixes import prefix_of

__all__ = ["Refusal", "find_concept", "preferred", "refusals", "same_symbol"]

#: types whose concepts are the same if they have the same name, each with those of which that is true
JOINED_TYPES = {
    "Chemical": ("Chemical",),
    "Disease": ("Disease", "Phenotype"),
    "Phenotype": ("Disease", "Phenotype"),
}
#: prefixes of catalogues with one number for each compound
COMPOUND_NUMBERS = ("PUBCHEM.COMPOUND", "CAS")
#: prefixes of catalogues of compounds, which have no classes of them
CATALOGUES = ("CAS",)
#: fewest letters of a name that tells a compound by itself
LONG_NAME = 8
#: identifiers of which is remembered what the ontologies know of them
REMEMBERED = 1 << 14
Found = TypeVar("Found")
#: what compounds' names are told apart by no more than by blanks
_SEPARATORS = re.compile(r"[\s,'\[\]]+|-(?!\))")


class Refusal(msgspec.Struct, frozen=True, order=True):
    """A mapping that is not used, and the concepts of one ontology that it would have merged."""

    subject: str
    object: str
    siblings: tuple[str, ...]


def preferred(concept: Concept, prefixes: Sequence[str], ontologies: tuple[CompiledOntology, ...]) -> Concept:
    """The concept under the first preferred prefix in which it has one equivalent that has no other one in its own.

    What it was called before becomes a cross-reference. The concept itself if its prefix is preferred or nothing fits.
    """
    own = prefix_of(concept.curie)
    concept = _lookup(concept.curie, ontologies) or concept  # whichever ontology it was met in
    for prefix in prefixes:
        if prefix == own:
            return concept
        other = _standing(concept.curie, prefix, ontologies)
        if other and _standing(other, own, ontologies) == concept.curie:
            return _renamed(concept, other, _lookup(other, ontologies))
        same = _same_without_mapping(concept, prefix, ontologies)
        if same:
            return _renamed(concept, same, _lookup(same, ontologies))
    return concept


def same_symbol(gene: Concept, prefix: str, ontologies: tuple[CompiledOntology, ...]) -> Concept:
    """The one gene of the same species and symbol that has this prefix; without one, the gene itself.

    Tables of genes that do not refer to one another agree on their symbols, but for those that a gene had when one of
    them was made: these count if no other gene of the gene's own table has them.
    """
    own = prefix_of(gene.curie)
    if own == prefix:
        return gene
    found = _with_symbol(gene.name, gene.species, prefix, ontologies)
    if not found:
        for former in dict.fromkeys(synonym.name for synonym in gene.synonyms):
            if " " not in former and _is_only_of(gene, former, ontologies):
                found |= _with_symbol(former, gene.species, prefix, ontologies)
    return _renamed(gene, *found.popitem()) if len(found) == 1 else gene


def _is_only_of(gene: Concept, name: str, ontologies: tuple[CompiledOntology, ...]) -> bool:
    """Whether no other gene of the species and of the gene's own table has this name, now or among its synonyms."""
    return {gene.curie} == {
        hit.concept.curie
        for ontology in ontologies
        if prefix_of(gene.curie) in ontology.prefixes
        for hit in ontology.by_normal_key(normal_key(name))
        if hit.name == name
        and hit.concept.species == gene.species
        and prefix_of(hit.concept.curie) == prefix_of(gene.curie)
    }


def _with_symbol(
    symbol: str, species: str, prefix: str, ontologies: tuple[CompiledOntology, ...]
) -> dict[str, Concept]:
    """The genes of a species that have this prefix and symbol."""
    return {
        hit.concept.curie: hit.concept
        for ontology in ontologies
        if prefix in ontology.prefixes and species in ontology.species
        for hit in ontology.by_normal_key(normal_key(symbol))
        if hit.synonym is None
        and hit.name == symbol
        and hit.concept.species == species
        and prefix_of(hit.concept.curie) == prefix
    }


def find_concept(identifier: str, ontologies: tuple[CompiledOntology, ...]) -> Concept | None:
    """The concept of this identifier, or one that has it as its only equivalent, under this identifier; else None.

    Concepts that refer to it are added to its cross-references, but for siblings that all do.
    """
    known = _lookup(identifier, ontologies)
    if known is not None:
        referring = _by_prefix(_referring(identifier, ontologies) - set(known.xrefs))
        single = sorted(found.pop() for found in referring.values() if len(found) == 1)
        single += sorted(_joined(known, ontologies) - {*known.xrefs, *single})
        return msgspec.structs.replace(known, xrefs=tuple(dict.fromkeys((*known.xrefs, *single))))
    for ontology in ontologies:
        found = ontology.with_xref(identifier)
        if len(found) == 1:
            return _renamed(found[0], identifier, None)
    return None


def refusals(ontology: CompiledOntology) -> list[Refusal]:
    """The mappings of an ontology that would merge siblings, on either side, sorted."""
    names: dict[str, str] = {}
    objects: dict[str, set[str]] = defaultdict(set)
    subjects: dict[str, set[str]] = defaultdict(set)
    for concept in ontology.concepts():
        if not concept.obsolete:
            names[concept.curie] = concept.name
            for xref in concept.xrefs:
                objects[concept.curie].add(xref)
                subjects[xref].add(concept.curie)
    merging: dict[tuple[str, str], set[str]] = defaultdict(set)
    for subject, found in objects.items():
        merging |= {(subject, other): {subject, other} for other in found if prefix_of(other) == prefix_of(subject)}
        for other, siblings in _losing(subject, found, names):
            merging[subject, other] |= siblings
    for other, found in subjects.items():
        for subject, siblings in _losing(other, found, names):
            merging[subject, other] |= siblings
    return sorted(Refusal(*pair, tuple(sorted(siblings))) for pair, siblings in merging.items())


def _losing(identifier: str, others: Iterable[str], names: dict[str, str]) -> Iterator[tuple[str, set[str]]]:
    """Of the equivalents of an identifier, those that are not used, with all that compete with them."""
    for siblings in _by_prefix(others).values():
        if len(siblings) > 1:
            chosen = _of_same_name(names.get(identifier, ""), ((item, names.get(item, "")) for item in siblings))
            yield from ((item, siblings) for item in siblings if item != chosen)


def _standing(identifier: str, prefix: str, ontologies: tuple[CompiledOntology, ...]) -> str | None:
    """The one equivalent of an identifier with this prefix, or None."""
    concept = _lookup(identifier, ontologies)
    named = concept.xrefs if concept is not None else ()
    found = {other for other in (*named, *_referring(identifier, ontologies)) if prefix_of(other) == prefix}
    if len(found) == 1:
        return found.pop()
    if not found or concept is None:
        return None
    known = ((other, _lookup(other, ontologies)) for other in sorted(found))
    return _of_same_name(concept.name, ((other, item.name) for other, item in known if item is not None))


def _of_same_name(name: str, named: Iterable[tuple[str, str]]) -> str | None:
    """The one identifier whose name is the same but for spelling."""
    key = normal_key(name)
    same = [identifier for identifier, other in named if key and normal_key(other) == key]
    return same[0] if len(same) == 1 else None


def _same_without_mapping(concept: Concept, prefix: str, ontologies: tuple[CompiledOntology, ...]) -> str | None:
    """The one concept with this prefix that is the same by its compound's number or by name, where no mapping speaks.

    None where a mapping leads from either to the ontology of the other, or a sibling is the same as well. A concept
    that has the very name of the other leaves siblings behind that have a synonym of it.
    """
    if concept.type not in JOINED_TYPES or _is_mapped(concept, prefix, ontologies):
        return None
    own = prefix_of(concept.curie)
    by_name = _named(concept, concept.name, prefix, ontologies, of_preferred=True)
    by_number = _of_same_number(concept, prefix, ontologies) if len(by_name) != 1 else {}
    found = by_number or by_name or _named(concept, concept.name, prefix, ontologies)
    if not found and own in CATALOGUES:
        found = _of_long_name(concept, prefix, ontologies)
    if len(found) != 1:
        return None
    (other,) = found.values()
    claiming = _of_same_number(other, own, ontologies) if by_number else _claiming(concept, other, ontologies)
    return None if claiming.keys() - {concept.curie} or _is_mapped(other, own, ontologies) else other.curie


def _claiming(concept: Concept, other: Concept, ontologies: tuple[CompiledOntology, ...]) -> dict[str, Concept]:
    """The concepts of the concept's ontology that are called as the other is, or one of its exact synonyms.

    By the other's own name alone if the concept has that.
    """
    has_very_name = _is_same_name(concept, concept.name, other.name)
    names = [other.name] if has_very_name else _exact_names(other)
    own = prefix_of(concept.curie)
    return {
        curie: sibling
        for name in names
        for curie, sibling in _named(other, name, own, ontologies, of_preferred=True).items()
    }


def _joined(known: Concept, ontologies: tuple[CompiledOntology, ...]) -> set[str]:
    """The concepts of other ontologies that are this one though no mapping says so."""
    if known.type not in JOINED_TYPES:
        return set()
    own = prefix_of(known.curie)
    names = map(normal_key, _exact_names(known))
    alike = {hit.concept.curie: hit.concept for key in names for o in ontologies for hit in o.by_normal_key(key)}
    alike |= {other.curie: other for other in _with_number_of(known, ontologies)}
    others = (other for other in alike.values() if prefix_of(other.curie) != own)
    return {other.curie for other in others if _same_without_mapping(other, own, ontologies) == known.curie}


def _is_mapped(concept: Concept, prefix: str, ontologies: tuple[CompiledOntology, ...]) -> bool:
    """Whether any mapping leads from the concept to one with this prefix."""
    others = (*concept.xrefs, *_referring(concept.curie, ontologies))
    return any(prefix_of(other) == prefix for other in others)


def _of_same_number(concept: Concept, prefix: str, ontologies: tuple[CompiledOntology, ...]) -> dict[str, Concept]:
    """The concepts with this prefix that have the number of the same compound."""
    others = _with_number_of(concept, ontologies)
    return {other.curie: other for other in others if prefix_of(other.curie) == prefix}


def _of_long_name(concept: Concept, prefix: str, ontologies: tuple[CompiledOntology, ...]) -> dict[str, Concept]:
    """The concepts with this prefix that have one of the concept's long names, which no other concept of either has."""
    own = prefix_of(concept.curie)
    found: dict[str, Concept] = {}
    for name in _exact_names(concept):
        if sum(map(str.isalpha, name)) >= LONG_NAME:
            having = _named(concept, name, prefix, ontologies)
            if len(having) == 1 and _named(concept, name, own, ontologies).keys() == {concept.curie}:
                found |= having
    return found


def _with_number_of(concept: Concept, ontologies: tuple[CompiledOntology, ...]) -> Iterator[Concept]:
    for number in concept.xrefs:
        if prefix_of(number) in COMPOUND_NUMBERS:
            for ontology in ontologies:
                yield from ontology.with_xref(number)


def _named(
    concept: Concept, name: str, prefix: str, ontologies: tuple[CompiledOntology, ...], *, of_preferred: bool = False
) -> dict[str, Concept]:
    """The concepts with this prefix, of a type that the concept's may be joined with, that have the name."""
    key = normal_key(name)
    having = (ontology for ontology in ontologies if prefix in ontology.prefixes)
    hits = (hit for ontology in having for hit in ontology.by_normal_key(key)) if key else ()
    return {
        hit.concept.curie: hit.concept
        for hit in hits
        if prefix_of(hit.concept.curie) == prefix
        and hit.concept.type in JOINED_TYPES[concept.type]
        and (hit.synonym is None or (not of_preferred and hit.synonym.scope == "exact"))
        and _is_same_name(concept, name, hit.name)
    }


def _exact_names(concept: Concept) -> list[str]:
    return [concept.name, *(synonym.name for synonym in concept.synonyms if synonym.scope == "exact")]


def _is_same_name(concept: Concept, name: str, other: str) -> bool:
    """Whether two names are one: of compounds in every letter and sign, as "lysin" is not lysine."""
    if concept.type != "Chemical":
        return normal_key(name) == normal_key(other)
    return _SEPARATORS.sub("", fold(name)) == _SEPARATORS.sub("", fold(other))


def _by_prefix(identifiers: Iterable[str]) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for identifier in identifiers:
        groups[prefix_of(identifier)].add(identifier)
    return groups


def _remembered(
    find: Callable[[str, tuple[CompiledOntology, ...]], Found],
) -> Callable[[str, tuple[CompiledOntology, ...]], Found]:
    """Keeps what a function finds with the first of the ontologies, for as long as that is in use."""

    @wraps(find)
    def remember(identifier: str, ontologies: tuple[CompiledOntology, ...]) -> Found:
        if not ontologies:
            return find(identifier, ontologies)
        known: dict[str, Found] = ontologies[0].remembered.setdefault((find, ontologies), {})
        if identifier not in known:
            if len(known) >= REMEMBERED:
                known.clear()
            known[identifier] = find(identifier, ontologies)
        return known[identifier]

    return remember


@_remembered
def _referring(identifier: str, ontologies: tuple[CompiledOntology, ...]) -> frozenset[str]:
    return frozenset(concept.curie for ontology in ontologies for concept in ontology.with_xref(identifier))


@_remembered
def _lookup(identifier: str, ontologies: tuple[CompiledOntology, ...]) -> Concept | None:
    """What the first ontology that has the concept knows of it, with the cross-references of all."""
    prefix = prefix_of(identifier)
    found = (ontology.concept(identifier) for ontology in ontologies if prefix in ontology.prefixes)
    known = [concept for concept in found if concept is not None and not concept.obsolete]
    if len(known) < 2:
        return known[0] if known else None
    xrefs = itertools.chain.from_iterable(concept.xrefs for concept in known)
    return msgspec.structs.replace(known[0], xrefs=tuple(dict.fromkeys(xrefs)))


def _renamed(concept: Concept, identifier: str, known: Concept | None) -> Concept:
    """`concept` as `known`, or under another identifier."""
    base = known or msgspec.structs.replace(concept, curie=identifier)
    xrefs = dict.fromkeys((*base.xrefs, concept.curie, *concept.xrefs))
    xrefs.pop(identifier, None)
    return msgspec.structs.replace(base, xrefs=tuple(xrefs))
