"""What speaks for and against a candidate, as named numbers: the input of the ranker, and what `--explain` shows.

All lie in about [0, 1] and are 0 where they do not apply, so that a weight says how much a property counts.
"""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from kgbuild.concept import Concept
from kgbuild.link.candidates import SURE, Match
from kgbuild.link.compiled import CompiledOntology
from kgbuild.link.gene_classes import class_features, is_family
from kgbuild.link.learnt import LearntNames
from kgbuild.link.names import FILLERS, fold, normal_key, same_word, words
from kgbuild.link.prefixes import prefix_of
from kgbuild.link.readings import Reading
from kgbuild.link.similar_indexes import WITH_VECTORS
from kgbuild.link.species_context import ALWAYS_SPOKEN_OF

__all__ = ["UNSURE_KINDS", "Features", "Option", "describe", "learnt_shares", "several_share"]

Features = dict[str, float]
#: costs this near are equal
TIE = 0.05
#: how far a single ontology agrees with itself: as far as several ones usually do on what is right; not on genes, whose
#: names leave open whose they are
ALONE = 2 / 3
UNSURE_KINDS = ("words", "similar", "meant")
#: the share that one paper gives to what it calls by a name
FROM_ONE = 0.5
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
    several: float = 0.0,
    learnt: LearntNames,
    prefixes: Sequence[str],
    ontologies: Sequence[CompiledOntology],
) -> list[Features]:
    """The features of each option.

    `options` come with the surest first; `shares` are the shares of learnt mentions by concept, `several` that of
    several.
    """
    costs = [option.match.cost for option in options]
    general = _most_general([o for o, cost in zip(options, costs, strict=True) if cost <= costs[0] + TIE], ontologies)
    is_alone = len(ontologies) == 1 and type != "Gene"
    is_other = [_has_other_prefix(option.concept, prefixes, ontologies) for option in options]
    # annotated papers know identifiers of one prefix only: what none of it is called is not doubted for its own
    is_rivalled = any(cost <= SURE and not other for cost, other in zip(costs, is_other, strict=True))
    is_told = _is_told(options, is_other, shares, type)
    if not is_told:
        shares = {}  # one paper does not tell what is called otherwise than it is
    # what papers on patients call a gene, papers on mice call it too: genes of a symbol learn together
    kin = [option.concept.name.casefold() if option.concept.species else option.concept.curie for option in options]
    kin_share: dict[str, float] = defaultdict(float)
    kin_count: dict[str, int] = defaultdict(int)
    for option, symbol in zip(options, kin, strict=True):
        kin_share[symbol] += shares.get(option.concept.curie, 0.0)
        kin_count[symbol] += learnt.count(type, option.concept.curie)
    learnt_share = sum(shares.values())
    described = []
    for option, cost, symbol, other in zip(options, costs, kin, is_other, strict=True):
        features = _of_match(option.match, type)
        if type in WITH_VECTORS:
            features |= _of_own_name(option)
        n_equal = bisect_right(costs, cost + TIE)
        features["shared"] = 0.0 if option is general else math.log(n_equal)
        features["behind"] = min(cost - costs[0], 8.0) / 4
        features["general"] = float(option is general)
        features["agreed"] = ALONE if is_alone else min(option.n_ontologies - 1, 3) / 3
        features["broader"] = option.steps / 2
        features["other_prefix"] = float(other and (is_rivalled or not _is_own_name(option.match)))
        features["learnt_share"] = kin_share[symbol]
        features["learnt_otherwise"] = learnt_share - kin_share[symbol]
        features["learnt_often"] = math.log1p(kin_count[symbol]) / 5
        if type == "Gene":
            features["family"] = float(is_family(option.concept))
            features["learnt_several"] = several
            features |= class_features(option.match, option.concept, ontologies)
        described.append(
            {
                name: value if value == 1.0 else round(value, 4)
                for name, value in features.items()
                if value and (is_told or name != "by_learnt")
            }
        )
    return described


def learnt_shares(readings: Sequence[Reading], type: str, learnt: LearntNames) -> dict[str, float]:
    """Concept -> the share of the learnt mentions of this name, each smoothed by one more mention of nothing."""
    for reading in readings:
        meanings = learnt.meanings(type, normal_key(reading.name))
        if meanings:
            total = sum(meanings.values()) + 1.0
            return {concepts[0]: n / total for concepts, n in meanings.items() if len(concepts) == 1}
    return {}


def several_share(readings: Sequence[Reading], type: str, learnt: LearntNames) -> float:
    """The share of the learnt mentions of a name that mean several concepts at once ("cytokine"), smoothed likewise."""
    for reading in readings:
        meanings = learnt.meanings(type, normal_key(reading.name))
        if meanings:
            return sum(n for concepts, n in meanings.items() if len(concepts) > 1) / (sum(meanings.values()) + 1.0)
    return 0.0


def _is_told(options: Sequence[Option], is_other: Sequence[bool], shares: Mapping[str, float], type: str) -> bool:
    """Whether annotated papers tell what a name means: not where only one does, and a concept has that very name.

    Symbols of genes are of several, and a paper knows which.
    """
    if type == "Gene" or sum(shares.values()) > FROM_ONE:
        return True
    return not any(_is_called_so(option) and not other for option, other in zip(options, is_other, strict=True))


def _is_own_name(match: Match) -> bool:
    """Whether a name as written is that of the concept which was found, but for spelling."""
    is_name = match.scope == "preferred" and match.likeness in ("same", "case", "spelling")
    return is_name and match.reading.how == "written"


def _is_called_so(option: Option) -> bool:
    """Whether a concept is called just as the mention is written."""
    reading = option.match.reading
    return reading.how == "written" and fold(option.concept.name) == fold(reading.name)


def _has_other_prefix(concept: Concept, prefixes: Sequence[str], ontologies: Sequence[CompiledOntology]) -> bool:
    """Whether a concept is not of the preferred prefix, though genes of its species could be: NCBI's lack the rat."""
    if not prefixes or prefix_of(concept.curie) == prefixes[0]:
        return False
    if concept.species in ("", *ALWAYS_SPOKEN_OF):
        return True
    return any(concept.species in o.species for o in ontologies if prefixes[0] in o.prefixes)


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
    if type in WITH_VECTORS:
        features["unmeant"] = 1.0 - match.meaning
        features["not_surely_meant"] = min((1.0 - match.meaning) / (1.0 - LIKELY), 1.0)
    features["other_type"] = float(bool(type) and match.concept.type != type)
    features["other_ontology"] = float(match.rank > 0)
    features["very_short"] = float(len(reading.name) <= 2)
    features["symbol"] = float(2 < len(reading.name) <= 5 and not reading.name.islower())
    if match.likeness in UNSURE_KINDS:
        (asked_numbers, same_asked), (found_numbers, same_found) = _words_of(reading.name), _words_of(match.name)
        features["numbers_differ"] = float(asked_numbers != found_numbers)
        features["missing_words"] = len(same_asked - same_found) / max(len(same_asked), 1)
        features["further_words"] = len(same_found - same_asked) / max(len(same_found), 1)
    return features


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


def _of_own_name(option: Option) -> Features:
    """How far what was looked up is what the concept itself is called: stable angina is Angina, Stable by all words."""
    asked, own = _meanings_of(option.match.reading.name), _meanings_of(option.concept.name)
    return {
        "in_own_name": len(asked & own) / max(len(asked), 1),
        "own_name_further": len(own - asked) / max(len(own), 1),
    }


@lru_cache(maxsize=1 << 14)
def _meanings_of(name: str) -> frozenset[str]:
    return frozenset(same_word(word) for word in words(name) if word not in FILLERS)


@lru_cache(maxsize=1 << 14)
def _words_of(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The numbers of a name, and all its words with one for those that mean the same."""
    found = words(name)
    return frozenset(filter(str.isdigit, found)), frozenset(map(same_word, found))
