"""Looks a name up in compiled ontologies and scores what it finds, in [0, 1].

The score is a product of how alike the names are, what kind of name was found and how many other concepts of the same
ontology fit as well. It orders candidates and is compared with the linker's threshold; it is not a probability.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from kgbuild.concept import Concept
from kgbuild.document import Candidate
from kgbuild.link.compiled import CompiledOntology, Hit
from kgbuild.link.names import fold, name_keys, tidy
from kgbuild.link.stop_words import is_stop_word

__all__ = ["ACCEPTED_TYPES", "Found", "find", "look_up"]

EXACT, FOLDED, RECASED, NORMAL, WORDS = 1.0, 0.998, 0.95, 0.94, 0.86
LIKENESS = {
    EXACT: "same name",
    FOLDED: "same but for case",
    RECASED: "same symbol but for case",
    NORMAL: "same but for spelling",
    WORDS: "same words",
}
PREFERRED = 1.0
SCOPES = {"exact": 0.97, "abbreviation": 0.93, "narrow": 0.86, "related": 0.85, "former": 0.85, "broad": 0.8}

#: entity types whose concepts a mention may mean besides those of its own type
ACCEPTED_TYPES: dict[str, tuple[str, ...]] = {
    "Disease": ("Phenotype",),
    "Phenotype": ("Disease",),
    "Material": ("Chemical",),
    "AnatomicalPart": ("CellType",),
}
OTHER_TYPE = 0.97
#: taken off where another than the preferred ontology answers, and for each further one asked before it
OTHER_ONTOLOGY, PER_RANK = 0.05, 0.01
#: scores this near are equally good
TIE = 0.015
SHORT = 0.75
HUMAN = "NCBITaxon:9606"
OTHER_SPECIES = 0.9
#: shorter names, and those in capitals up to twice this length, are symbols: case tells them apart ("Fas", "FAS")
SYMBOL_LENGTH = 4


class Found(msgspec.Struct, frozen=True):
    """A concept that a name may mean; `rank` is the place of its ontology among those asked."""

    concept: Concept
    score: float
    likeness: float
    reason: str
    rank: int


def find(
    text: str, type: str, ontologies: Sequence[CompiledOntology], *, species: frozenset[str] = frozenset()
) -> list[Found]:
    """The concepts of a type ("" for any) that have the name `text`, best first; ties go by ontology, then identifier.

    `species` are those that the document names: genes of others than these are passed over or count less.
    """
    if is_stop_word(text):
        return []
    found: list[Found] = []
    tidied = tidy(text)
    folded = tidied.casefold()
    normal, words = _keys(text)
    for rank, ontology in enumerate(ontologies):
        hits = [(hit, _likeness(hit.name, tidied, folded)) for hit in ontology.by_normal_key(normal)] if normal else []
        if len(tidied) <= 2:  # "K" is not "K+", "NO" is not "No"
            hits = [(hit, likeness) for hit, likeness in hits if likeness == EXACT]
        if not any(_fits(hit.concept, type) for hit, _ in hits):
            hits = [(hit, WORDS) for hit in ontology.by_word_key(words)]
        if hits:
            found += _best_of_ontology(ontology, hits, type, rank, species, len(tidied))
    return sorted(found, key=_order)


#: the names of a document come again in it and in the next one
_keys = lru_cache(maxsize=1 << 15)(name_keys)


def look_up(text: str, type: str, ontologies: Sequence[CompiledOntology]) -> list[Candidate]:
    """The same as candidates, under each ontology's own identifiers."""
    return [as_candidate(item) for item in find(text, type, ontologies)]


def as_candidate(found: Found) -> Candidate:
    """The candidate for a concept that was found."""
    match = "exact" if found.likeness == EXACT else "lexical"
    return Candidate(found.concept.curie, found.concept.name, round(found.score, 4), match, found.reason)  # type: ignore[arg-type]


def _best_of_ontology(
    ontology: CompiledOntology,
    hits: Iterable[tuple[Hit, float]],
    type: str,
    rank: int,
    species: frozenset[str],
    length: int,
) -> list[Found]:
    best: dict[str, Found] = {}
    for hit, likeness in hits:
        if not _fits(hit.concept, type):
            continue
        found = _found(hit, likeness, type, rank, species)
        known = best.get(hit.concept.curie)
        if found.score > 0 and (known is None or found.score > known.score):
            best[hit.concept.curie] = found
    return _weigh_ambiguity(sorted(best.values(), key=_order), ontology, length)


def _found(hit: Hit, likeness: float, type: str, rank: int, species: frozenset[str]) -> Found:
    concept, synonym = hit.concept, hit.synonym
    scope = PREFERRED if synonym is None else SCOPES[synonym.scope]
    score = likeness * scope * _species_factor(concept, species)
    if rank:
        score -= OTHER_ONTOLOGY + PER_RANK * (rank - 1)
    if type and concept.type != type:
        score *= OTHER_TYPE
    kind = "preferred name" if synonym is None else f"{synonym.scope} synonym"
    return Found(concept, max(score, 0.0), likeness, f"{LIKENESS[likeness]} as the {kind} {hit.name!r}", rank)


def _species_factor(concept: Concept, species: frozenset[str]) -> float:
    if not concept.species:
        return 1.0
    if concept.species != HUMAN:
        if concept.species not in species:
            return 0.0  # a gene of a species that the document does not name
        return OTHER_SPECIES if HUMAN in species else 1.0
    return OTHER_SPECIES if species and HUMAN not in species else 1.0


def _weigh_ambiguity(found: list[Found], ontology: CompiledOntology, length: int) -> list[Found]:
    """Lowers the scores where several concepts fit equally well, or where the name has one or two characters.

    Concepts below another one that fits are kinds of it, which makes nothing ambiguous: the one above leads.
    """
    if not found:
        return []
    tied = [item for item in found if item.score >= found[0].score - TIE]
    general = _most_general(tied, ontology)
    if general is not None:
        found = [general, *(item for item in found if item is not general)]
    equal = 1 if general is not None else len(tied)
    factor = equal**-0.5 * (SHORT if length <= 2 else 1.0)
    if factor == 1.0:
        return found
    note = f"; {equal} concepts fit equally well" if equal > 1 else "; very short"
    return [msgspec.structs.replace(item, score=item.score * factor, reason=item.reason + note) for item in found]


def _most_general(tied: list[Found], ontology: CompiledOntology) -> Found | None:
    """The one concept that stands above all the others, if there is one."""
    above = {item.concept.curie: _ancestors(item.concept, ontology) for item in tied} if len(tied) > 1 else {}
    for item in tied if above else ():
        if all(item.concept.curie in above[other.concept.curie] for other in tied if other is not item):
            return item
    return None


def _ancestors(concept: Concept, ontology: CompiledOntology) -> set[str]:
    found: set[str] = set()
    waiting = list(concept.parents)
    while waiting:
        identifier = waiting.pop()
        if identifier not in found:
            found.add(identifier)
            known = ontology.concept(identifier)
            waiting += known.parents if known is not None else ()
    return found


def _fits(concept: Concept, type: str) -> bool:
    return not type or concept.type == type or concept.type in ACCEPTED_TYPES.get(type, ())


def _likeness(name: str, tidied: str, folded: str) -> float:
    if name == tidied:
        return EXACT
    if fold(name) != folded:
        return NORMAL
    is_symbol = len(tidied) < SYMBOL_LENGTH or (len(tidied) <= 2 * SYMBOL_LENGTH and name.isupper() != tidied.isupper())
    return RECASED if is_symbol else FOLDED


def _order(found: Found) -> tuple[float, int, int, str]:
    digits = "".join(letter for letter in found.concept.curie if letter.isdigit())
    return (-round(found.score, 6), found.rank, int(digits or 0), found.concept.curie)
