"""What speaks for and against a candidate, as named numbers: the input of the ranker, and what `--explain` shows.

All lie in about [0, 1] and are 0 where they do not apply, so that a weight says how much a property counts.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kgbuild.concept import Concept
from kgbuild.link.candidates import SURE, Match
from kgbuild.link.compiled import CompiledOntology
from kgbuild.link.learnt import LearntNames
from kgbuild.link.names import normal_key, same_word, words
from kgbuild.link.prefixes import prefix_of
from kgbuild.link.readings import Reading
from kgbuild.link.species_context import HUMAN, SpeciesContext

__all__ = ["Features", "Option", "describe", "learnt_shares"]

Features = dict[str, float]
#: costs this near are equal
TIE = 0.05
UNSURE_KINDS = ("words", "similar", "meant")
#: from this cosine on two names mean the same, more often than not
LIKELY = 0.8


class Option(NamedTuple):
    """A concept as it is reported, the best match that led to it, and how many ontologies led to it.

    `steps`: how far it lies above the concept that was matched, which the vocabulary lacks.
    """

    concept: Concept
    match: Match
    n_ontologies: int = 1
    steps: int = 0


def describe(
    options: Sequence[Option],
    type: str,
    shares: Mapping[str, float],
    *,
    learnt: LearntNames,
    prefixes: Sequence[str],
    species: SpeciesContext,
    ontologies: Sequence[CompiledOntology],
) -> list[Features]:
    """The features of each option; `shares` are the shares of learnt mentions by concept."""
    costs = [option.match.cost for option in options]
    general = _most_general([o for o, cost in zip(options, costs, strict=True) if cost <= costs[0] + TIE], ontologies)
    described = []
    for option, cost in zip(options, costs, strict=True):
        features = _of_match(option.match, type)
        n_equal = sum(other <= cost + TIE for other in costs)
        features["shared"] = 0.0 if option is general else math.log(n_equal)
        features["behind"] = min(cost - costs[0], 8.0) / 4
        features["general"] = float(option is general)
        features["agreed"] = min(option.n_ontologies - 1, 3) / 3
        features["broader"] = option.steps / 2
        features["other_prefix"] = float(bool(prefixes) and prefix_of(option.concept.curie) != prefixes[0])
        own = shares.get(option.concept.curie, 0.0)
        features["learnt_share"] = own
        features["learnt_otherwise"] = sum(shares.values()) - own
        features["learnt_often"] = math.log1p(learnt.count(type, option.concept.curie)) / 5
        if type == "Gene":
            features |= _of_species(option.match, species)
        described.append({name: round(value, 4) for name, value in features.items() if value})
    return described


def learnt_shares(readings: Sequence[Reading], type: str, learnt: LearntNames) -> dict[str, float]:
    """Concept -> the share of the learnt mentions of this name, each smoothed by one more mention of nothing."""
    for reading in readings:
        meanings = learnt.meanings(type, normal_key(reading.name))
        if meanings:
            total = sum(meanings.values()) + 1.0
            return {concepts[0]: n / total for concepts, n in meanings.items() if len(concepts) == 1}
    return {}


def _of_match(match: Match, type: str) -> Features:
    reading = match.reading
    features: Features = {"any": 1.0}
    if match.likeness not in ("same", "case"):
        features[f"by_{match.likeness}"] = 1.0
    if match.scope != "preferred":
        features[f"as_{match.scope}"] = 1.0
    if reading.how != "written":
        features[f"read_{reading.how}"] = 1.0
    features["unlike"] = 1.0 - match.cosine
    features["meant"] = match.meaning
    features["surely_meant"] = max(match.meaning - LIKELY, 0.0) / (1.0 - LIKELY)
    features["other_type"] = float(bool(type) and match.concept.type != type)
    features["other_ontology"] = float(match.rank > 0)
    features["very_short"] = float(len(reading.name) <= 2)
    features["symbol"] = float(2 < len(reading.name) <= 5 and not reading.name.islower())
    if match.likeness in UNSURE_KINDS:
        asked, found = set(words(reading.name)), set(words(match.name))
        features["numbers_differ"] = float(_numbers(asked) != _numbers(found))
        same_asked, same_found = {same_word(word) for word in asked}, {same_word(word) for word in found}
        features["missing_words"] = len(same_asked - same_found) / max(len(same_asked), 1)
        features["further_words"] = len(same_found - same_asked) / max(len(same_found), 1)
    return features


def _of_species(match: Match, species: SpeciesContext) -> Features:
    gene, is_human = match.concept, match.concept.species == HUMAN
    if not gene.species:
        return {"family": 1.0}
    name = match.reading.name
    capitals = sum(letter.isupper() for letter in name)
    # "TRAF2" is written so of the human gene, "Traf2" of that of a mouse or rat
    is_written_so = name.isupper() if is_human else name[:1].isupper() and capitals == 1 and len(name) > 2
    as_written = {"written_as_species": float(is_written_so and " " not in name)}
    if not species.named:
        return as_written | {"human_by_default": float(is_human)}
    return as_written | {
        "nearest_species": float(gene.species == species.nearest),
        "main_species": float(gene.species == species.main),
        "unnamed_species": float(gene.species not in species.named),
        "human": float(is_human),
    }


def _most_general(tied: Sequence[Option], ontologies: Sequence[CompiledOntology]) -> Option | None:
    """The one option that stands above all the others, if there is one: what is below it are kinds of it."""
    if not 2 <= len(tied) <= 8 or tied[0].match.cost > SURE:
        return None
    above = [_ancestors(option.match, ontologies) for option in tied]
    for option in tied:
        others = [found for other, found in zip(tied, above, strict=True) if other is not option]
        if all(option.match.concept.curie in found for found in others):
            return option
    return None


def _ancestors(match: Match, ontologies: Sequence[CompiledOntology]) -> set[str]:
    ontology, found = ontologies[match.rank], set[str]()
    waiting = list(match.concept.parents)
    while waiting:
        identifier = waiting.pop()
        if identifier not in found:
            found.add(identifier)
            known = ontology.concept(identifier)
            waiting += known.parents if known is not None else ()
    return found


def _numbers(found: set[str]) -> set[str]:
    return {word for word in found if word.isdigit()}
