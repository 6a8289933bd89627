"""What mentions of each entity type are linked against, and as which concept one that is found is reported.

A type has an order of preferred prefixes, or one vocabulary whose identifiers all its mentions get.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kgbuild.concept import Concept
from kgbuild.link.candidates import ACCEPTED_TYPES, Match, Vocabulary
from kgbuild.link.compiled import CompiledOntology
from kgbuild.link.equivalence import find_concept, preferred, same_symbol
from kgbuild.link.features import Option
from kgbuild.link.learnt import LearntNames
from kgbuild.link.names import normal_key
from kgbuild.link.prefixes import prefix_of
from kgbuild.link.similar_indexes import SimilarOnce, vectors_of

__all__ = ["Target", "Targets"]

#: what an ontology's own prefixes say when it knows the concepts of the preferred prefix only by cross-reference
STANDS_FOR = {"NCBIGene": "HGNC"}
#: concepts of a mention that are ranked
MAX_OPTIONS = 12
#: a concept that the one vocabulary of a type lacks is reported as one so far above it, at most
MAX_STEPS = 2
#: types whose names are words of the language, and mean nothing else where they stand alone
OTHER_TYPES = ("AnatomicalPart", "CellType", "Method", "Process")
CACHE_SIZE = 100_000


class Target(NamedTuple):
    """Where the names of a type are looked up, and the prefixes to report (none: their own)."""

    type: str
    vocabulary: Vocabulary
    prefixes: tuple[str, ...]


class Targets:
    """The targets of all types, made when they are first asked for.

    `overrides` map a type to its one vocabulary, `preferences` to the prefixes to report, in order; `names` are those
    by which annotated corpora call concepts.
    """

    def __init__(
        self,
        ontologies: tuple[CompiledOntology, ...],
        overrides: Mapping[str, CompiledOntology],
        preferences: Mapping[str, tuple[str, ...]],
        names: LearntNames,
    ) -> None:
        self.ontologies = ontologies
        self.overrides = overrides
        self._preferences = preferences
        self._names = names
        self._targets: dict[str, Target] = {}
        self._reported: dict[tuple[str, str], Concept | None] = {}
        self._known: dict[tuple[str, str], bool] = {}

    def of(self, type: str) -> Target:
        """The target of an entity type."""
        target = self._targets.get(type)
        if target is None:
            target = self._targets[type] = self._make(type)
        return target

    def concept(self, identifier: str) -> Concept | None:
        """What the ontologies know of an identifier, with equivalents among its cross-references; None if nothing."""
        return find_concept(identifier, (*self.overrides.values(), *self.ontologies))

    def has_name(self, name: str, type: str) -> bool:
        """Whether a concept of the type has the name that is reported under the first of its prefixes."""
        target, key = self.of(type), normal_key(name)
        accepted = {type, *ACCEPTED_TYPES.get(type, ())}
        hits = (hit for ontology in target.vocabulary.ontologies for hit in ontology.by_normal_key(key))
        found = (self.reported(hit.concept, target) for hit in hits if hit.concept.type in accepted)
        return any(
            concept is not None and (not target.prefixes or prefix_of(concept.curie) == target.prefixes[0])
            for concept in found
        )

    def knows(self, name: str, type: str) -> bool:
        """Whether an ontology has the name, as a preferred or exact one, for a concept of the type in use."""
        if (name, type) not in self._known:
            if len(self._known) >= CACHE_SIZE:
                self._known.clear()
            key, accepted = normal_key(name), {type, *ACCEPTED_TYPES.get(type, ())}
            hits = (hit for ontology in self.of(type).vocabulary.ontologies for hit in ontology.by_normal_key(key))
            self._known[name, type] = any(
                hit.concept.type in accepted
                and not hit.concept.obsolete
                and (hit.synonym is None or hit.synonym.scope == "exact")
                for hit in hits
            )
        return self._known[name, type]

    def is_named_otherwise(self, name: str, type: str) -> bool:
        """Whether an ontology has the name for a concept of another type, and none has it for one of this type."""
        accepted = {type, *ACCEPTED_TYPES.get(type, ())}
        hits = [hit for ontology in self.ontologies for hit in ontology.by_normal_key(normal_key(name))]
        found = {hit.concept.type for hit in hits if hit.synonym is None or hit.synonym.scope == "exact"}
        return not found & accepted and not found.isdisjoint(OTHER_TYPES)

    def reported(self, concept: Concept, target: Target) -> Concept | None:
        """The concept under the preferred prefix, or in the one vocabulary of the type; None if that lacks it."""
        key = (target.type, concept.curie)
        if key not in self._reported:
            if len(self._reported) >= CACHE_SIZE:
                self._reported.clear()
            if target.type in self.overrides:
                self._reported[key] = self._in_vocabulary(concept, self.overrides[target.type])
            else:
                self._reported[key] = self._preferred(concept, target)
        return self._reported[key]

    def options(self, matches: Iterable[Match], target: Target) -> list[Option]:
        """The best match of each concept that is reported, the surest first."""
        best: dict[str, tuple[Concept, Match, int]] = {}
        ranks: dict[str, set[int]] = {}
        for match in matches:
            concept, steps = self.reported(match.concept, target), 0
            if concept is None:
                concept, steps = self._broader(match, target)
            if concept is None or (concept.curie not in best and len(best) >= MAX_OPTIONS):
                continue
            best.setdefault(concept.curie, (concept, match, steps))
            ranks.setdefault(concept.curie, set()).add(match.rank)
        return [Option(concept, match, len(ranks[curie]), steps) for curie, (concept, match, steps) in best.items()]

    def shares(self, shares: Mapping[str, float], type: str) -> dict[str, float]:
        """The learnt shares of concepts by the identifiers that are reported."""
        if type not in self.overrides:
            return dict(shares)
        found: dict[str, float] = {}
        for identifier, share in shares.items():
            concept = _within(self.overrides[type], identifier, ())
            curie = concept.curie if concept is not None else identifier
            found[curie] = found.get(curie, 0.0) + share
        return found

    def _make(self, type: str) -> Target:
        accepted = {type, *ACCEPTED_TYPES.get(type, ())}
        prefixes = self._preferences.get(type, ())
        order = {prefix: place for place, prefix in enumerate(prefixes)}
        order |= {STANDS_FOR[prefix]: place for prefix, place in order.items() if prefix in STANDS_FOR}
        asked = [ontology for ontology in self.ontologies if not type or accepted & set(ontology.meta.types)]
        asked.sort(
            key=lambda ontology: min((order.get(p, len(order)) for p in ontology.meta.prefixes), default=len(order))
        )
        if type in self.overrides:
            asked, prefixes = [self.overrides[type], *asked], ()
        ontologies = tuple(asked)
        similar = SimilarOnce(type, ontologies, self._names)
        return Target(type, Vocabulary(type, ontologies, self._names, similar, vectors_of(type)), prefixes)

    def _broader(self, match: Match, target: Target) -> tuple[Concept | None, int]:
        """The nearest concept of the one vocabulary of a type above one that it lacks, and how many steps above it."""
        ontology, level = target.vocabulary.ontologies[match.rank], [match.concept]
        for steps in range(1, MAX_STEPS + 1):
            parents = [ontology.concept(parent) for concept in level for parent in concept.parents]
            level = [concept for concept in parents if concept is not None and not concept.obsolete]
            found = {known.curie: known for concept in level if (known := self.reported(concept, target))}
            if len(found) == 1:
                return found.popitem()[1], steps
        return None, 0

    def _in_vocabulary(self, concept: Concept, vocabulary: CompiledOntology) -> Concept | None:
        """What a vocabulary calls the concept; None if it lacks it."""
        known = _within(vocabulary, concept.curie, concept.xrefs)
        if known is None:
            joined = preferred(concept, vocabulary.meta.prefixes, (vocabulary, *self.ontologies))
            known = vocabulary.concept(joined.curie)
        return known

    def _preferred(self, concept: Concept, target: Target) -> Concept:
        if not target.prefixes:
            return concept
        if target.type == "Gene" and concept.species:
            concept = same_symbol(concept, target.prefixes[0], target.vocabulary.ontologies)
        return preferred(concept, target.prefixes, self.ontologies)


def _within(vocabulary: CompiledOntology, identifier: str, xrefs: Sequence[str]) -> Concept | None:
    """The concept of a vocabulary that has the identifier, or is the only one equivalent to it."""
    known = vocabulary.concept(identifier)
    if known is not None:
        return known
    found = {concept.curie: concept for concept in vocabulary.with_xref(identifier)}
    for xref in xrefs:
        concept = vocabulary.concept(xref)
        if concept is not None and not concept.obsolete:
            found[concept.curie] = concept
    return next(iter(found.values())) if len(found) == 1 else None
