"""The concepts that a name may mean: every way in which it is found, the surest first.

A name is looked up in the ontologies as each of its readings, by its exact, normal and word keys, in the table of
learnt names, and, where none of that is sure, among names spelled alike. For genes, those of the same symbol in other
tables and in the other species of the document are added.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from typing import Literal, NamedTuple

import numpy as np

from kgbuild.concept import Concept, Scope
from kgbuild.formula import FORMULA_TYPES, is_formula_like, normalise_formula
from kgbuild.formula.elements import ALL_NAMES, ELEMENTS
from kgbuild.link.compiled import CompiledOntology, Hit
from kgbuild.link.gene_names import is_plural
from kgbuild.link.homologene import HOMOLOGENE_SPECIES
from kgbuild.link.learnt import LearntNames
from kgbuild.link.name_vectors import NameVectors, cosines
from kgbuild.link.names import fold, key_of_words, name_keys, normal_key, other_word, tidy, words
from kgbuild.link.prefixes import prefix_of
from kgbuild.link.readings import How, Reading
from kgbuild.link.similar import Similar, SimilarNames
from kgbuild.link.stop_words import is_stop_word

__all__ = [
    "ACCEPTED_TYPES",
    "LIKENESS_WORDS",
    "Likeness",
    "Match",
    "Question",
    "Vocabulary",
    "find_known",
    "find_matches",
    "fits",
    "stems",
]

Likeness = Literal["same", "case", "symbol_case", "spelling", "words", "learnt", "ortholog", "similar", "meant"]

#: entity types whose concepts a mention may mean besides those of its own type
ACCEPTED_TYPES: dict[str, tuple[str, ...]] = {
    "Disease": ("Phenotype",),
    "Phenotype": ("Disease",),
    "Material": ("Chemical",),
    "AnatomicalPart": ("CellType",),
}
LIKENESS_WORDS: dict[Likeness, str] = {
    "same": "same name",
    "case": "same but for case",
    "symbol_case": "same symbol but for case",
    "spelling": "same but for spelling",
    "words": "same words",
    "learnt": "so called in annotated papers",
    "ortholog": "same symbol in this species",
    "similar": "spelled alike",
    "meant": "much the same meaning",
}
#: how a name was found, from sure to unsure; of several ways to a concept that with the least sum is kept
LIKENESS_COST: dict[Likeness, float] = {
    "same": 0.0,
    "case": 0.5,
    "spelling": 1.0,
    "learnt": 1.0,
    "symbol_case": 2.0,
    "words": 3.0,
    "ortholog": 3.5,
    "similar": 6.0,
    "meant": 6.0,
}
HOW_COST: dict[How, float] = {
    "written": 0.0,
    "long_form": 0.0,
    "short_form": 0.2,
    "symbol": 0.2,
    "marked": 0.5,
    "recast": 0.7,
    "head": 1.5,
    "isoform": 1.5,
    "framed": 1.0,
    "formula": 1.0,
    "noun": 1.5,
    "completed": 2.0,
    "letters": 4.0,
}
SCOPE_COST: dict[Scope | Literal["preferred"], float] = {
    "preferred": 0.0,
    "exact": 0.2,
    "abbreviation": 0.3,
    "narrow": 0.7,
    "related": 0.7,
    "former": 0.7,
    "broad": 0.9,
}
#: readings that say less, or more, than the mention
SHORTENED: tuple[How, ...] = ("framed", "noun", "completed")
#: up to this cost a match is sure enough that nothing spelled alike is looked for
SURE = 2.5
#: shorter names, and those in capitals up to twice this length, are symbols: case tells them apart ("Fas", "FAS")
SYMBOL_LENGTH = 4
MAX_SIMILAR = 10
#: species of which case tells gene, protein and mutant apart, and not one gene from another: "rab-28" makes RAB-28
CASELESS = HOMOLOGENE_SPECIES - {"NCBITaxon:10116"}
#: names less alike are not compared; of materials and genes every word counts: "lithium iron phosphate" is not lithium
LEAST, LEAST_OF = 0.4, {"Material": 0.85, "Gene": 0.7}
#: the beginnings of words that mean the contrary of their rest
DENYING = ("non", "anti")
#: words that tell what a name means, and as many of their letters as count: "nephropathy", "nephrotic"
STEM_LENGTH, MEANING_LENGTH = 5, 4
#: the beginnings of words that tell nothing
MEANINGLESS = frozenset(
    ["prote", "bindi", "facto", "recep", "disea", "disor", "syndr", "gene", "assoc", "relat", "type"]
)


#: a symbol among the words of a long form
_SYMBOL = re.compile(r"(?<![\w-])(?:(?=[A-Za-z]*[A-Z])(?:[A-Za-z]{3,4}|[A-Z]{3,8})\d*|[A-Z]{2,}-[A-Z]?\d+)(?!\w)")


_ELEMENT_NAMES = frozenset(ALL_NAMES.values())
_OF_SALTS = frozenset(["sodium", "potassium", "calcium", "magnesium"])
_PLURAL_LETTERS = re.compile(r"[A-Z]{2,}s")
_NO_DIGITS = re.compile(r"\D+")


class Match(NamedTuple):
    """One way in which a concept was found. `rank` is its ontology's place.

    `cosine`, of spelling, is 1 but for similar names; `meaning` is 1 but for these and for shortened readings, and as
    alike as the spelling where the type has no vectors of names.
    """

    concept: Concept
    rank: int
    name: str
    scope: Scope | Literal["preferred"]
    likeness: Likeness
    reading: Reading
    cosine: float = 1.0
    meaning: float = 1.0

    @property
    def cost(self) -> float:
        """The lower, the surer; compared with other matches of one mention only."""
        unlike = 4.0 * (1.0 - max(self.cosine, self.meaning)) if self.cosine < 1.0 else 0.0
        return LIKENESS_COST[self.likeness] + HOW_COST[self.reading.how] + SCOPE_COST[self.scope] + unlike

    @property
    def words(self) -> str:
        """How it was found, for a person."""
        if self.likeness == "learnt":
            return f"{self.name!r} is {LIKENESS_WORDS['learnt']}"
        if self.likeness == "ortholog" and self.scope != "preferred":
            return f"{self.scope} synonym of the gene {self.name!r} of another species"
        scope = "preferred name" if self.scope == "preferred" else f"{self.scope} synonym"
        return f"{LIKENESS_WORDS[self.likeness]} as the {scope} {self.name!r}"


class Vocabulary(NamedTuple):
    """Where the names of an entity type are looked up; no index of similar names is opened before one is needed.

    `vectors`, where the type has them, tell how much a name without its frame still means of the mention.
    """

    type: str
    ontologies: tuple[CompiledOntology, ...]
    learnt: LearntNames
    similar: Callable[[], Sequence[SimilarNames]]
    vectors: NameVectors | None = None


#: ontologies, each with its place in a vocabulary
Ranked = Sequence[tuple[int, CompiledOntology]]


class Question(NamedTuple):
    """The readings of a mention, and the species whose genes it may mean; None: those of any."""

    readings: Sequence[Reading]
    species: Sequence[str] | None = None


def find_matches(
    questions: Sequence[Question],
    vocabulary: Vocabulary,
    is_reported: Callable[[Concept], bool] = lambda concept: True,
) -> list[list[Match]]:
    """The matches of each mention, the surest first; the same concept may stand there several times.

    Where no sure match is of a concept that is reported, names that are alike are added. Genes are those of the
    question's species, and those of no species.
    """
    found = [_named(question, vocabulary) for question in questions]
    unsure = {
        place: reading
        for place, (question, matches) in enumerate(zip(questions, found, strict=True))
        if not any(match.cost <= SURE and is_reported(match.concept) for match in matches)
        and (reading := _compared(question.readings, vocabulary.type)) is not None
    }
    for place, matches in zip(unsure, _similar(list(unsure.values()), vocabulary), strict=True):
        found[place] += matches
    if vocabulary.type == "Gene":
        found = [
            [match for match in matches if question.species is None or match.concept.species in ("", *question.species)]
            for question, matches in zip(questions, found, strict=True)
        ]
    if vocabulary.vectors is not None:
        found = _with_meaning(found, questions, vocabulary.vectors)
    return [sorted(matches, key=_surest_first) for matches in found]


def fits(concept: Concept, type: str) -> bool:
    """Whether a mention of the type ("" for any) may mean the concept."""
    return not type or concept.type == type or concept.type in ACCEPTED_TYPES.get(type, ())


def find_known(identifier: str, vocabulary: Vocabulary) -> tuple[Concept, int] | None:
    """The concept of an identifier, or the only one that refers to it, and the place of its ontology."""
    prefix = prefix_of(identifier)
    for rank, ontology in enumerate(vocabulary.ontologies):
        concept = ontology.concept(identifier) if prefix in ontology.prefixes else None
        if concept is not None and not concept.obsolete:
            return concept, rank
    for rank, ontology in enumerate(vocabulary.ontologies):
        referring = [concept for concept in ontology.with_xref(identifier) if fits(concept, vocabulary.type)]
        if len(referring) == 1:
            return referring[0], rank
    return None


def stems(text: str) -> set[str]:
    """The first letters of the words that tell what a text means."""
    found = {word[:STEM_LENGTH] for word in words(text) if len(word) >= MEANING_LENGTH and word.isalpha()}
    return found - MEANINGLESS


def _surest_first(match: Match) -> tuple[float, int, int, str]:
    return match.cost, match.rank, _number(match.concept.curie), match.concept.curie


def _named(question: Question, vocabulary: Vocabulary) -> list[Match]:
    """The matches by names that are the same but for case, spelling or the order of words."""
    found: list[Match] = []
    ontologies = _of_species(vocabulary, question.species)
    for reading in question.readings:
        normal, sorted_words = name_keys(reading.name)
        named = list(_by_name(reading, normal, sorted_words, ontologies, vocabulary.type))
        learnt = _learnt(reading, normal, vocabulary)
        named += [match for match in learnt if not _is_one_of_a_class(match, named, vocabulary)]
        if vocabulary.type in FORMULA_TYPES:
            named = [match for match in named if not _is_monomer(match.concept, reading.name)]
        # what the document's short form stands for elsewhere: "CSP" defined here as a kind of particles
        found += [match for match in named if not reading.meaning or _shares_word(match.concept, reading.meaning)]
    if vocabulary.type == "Gene":
        found += _orthologs(found, ontologies, question.species or ())
    return found


def _of_species(vocabulary: Vocabulary, species: Sequence[str] | None) -> Ranked:
    """The ontologies, each with its rank, but for those of genes of other species only."""
    return [
        (rank, ontology)
        for rank, ontology in enumerate(vocabulary.ontologies)
        if species is None or not ontology.species.isdisjoint(("", *species))
    ]


def _by_name(reading: Reading, normal: str, sorted_words: str, ontologies: Ranked, type: str) -> Iterator[Match]:
    if is_stop_word(reading.name):
        return
    tidied = tidy(reading.name)
    folded = tidied.casefold()
    for rank, ontology in ontologies:
        is_found = False
        for hit in ontology.by_normal_key(normal) if normal else ():
            likeness = _likeness(hit.name, tidied, folded)
            if likeness == "symbol_case" and hit.concept.species in CASELESS:
                likeness = "case"
            if type == "Gene" and _is_other_symbol(hit.name, tidied):
                continue
            if type in FORMULA_TYPES and (
                _is_word_for_formula(hit.name, tidied) or _is_other_formula(hit.name, tidied)
            ):
                continue
            if fits(hit.concept, type) and (len(tidied) > 2 or likeness == "same"):  # "K" is not "K+"
                is_found = True
                yield _match(hit, rank, likeness, reading)
        for hit in ontology.by_word_key(sorted_words) if not is_found else ():
            if fits(hit.concept, type):
                yield _match(hit, rank, "words", reading)


def _learnt(reading: Reading, key: str, vocabulary: Vocabulary) -> Iterator[Match]:
    place = (vocabulary.type, key)
    meanings = vocabulary.learnt.meanings(*place)
    if not meanings:
        return
    if vocabulary.type in FORMULA_TYPES and _is_other_formula(vocabulary.learnt.spelling(*place), tidy(reading.name)):
        return
    for concepts in meanings:
        if len(concepts) == 1:
            known = find_known(concepts[0], vocabulary)
            if known is not None:
                yield Match(*known, vocabulary.learnt.spelling(*place), "exact", "learnt", reading)


def _is_one_of_a_class(match: Match, named: Sequence[Match], vocabulary: Vocabulary) -> bool:
    """Whether papers call a chemical by the plural that ontologies have for others: simvastatin their "statins"."""
    if vocabulary.type != "Chemical" or not match.name.endswith("s") or match.name.isupper():
        return False
    own = {m.concept.curie for m in named if m.likeness in ("same", "case") and m.scope in ("preferred", "exact")}
    return bool(own) and match.concept.curie not in own


def _compared(readings: Sequence[Reading], type: str) -> Reading | None:
    """The reading that is compared with names that are alike, if any is."""
    reading = next((r for r in readings if r.how not in ("completed", "letters", "symbol")), readings[0])
    if len(reading.name) < SYMBOL_LENGTH:
        return None
    # CaTiO3 is as much like BaTiO3 as a typo
    return None if type in FORMULA_TYPES and is_formula_like(reading.name) else reading


def _similar(readings: Sequence[Reading], vocabulary: Vocabulary) -> Iterator[list[Match]]:
    """The matches of each reading by names that are alike."""
    least = LEAST_OF.get(vocabulary.type, LEAST)
    spelled = [words(reading.name) for reading in readings]
    asked = [dict.fromkeys((" ".join(item), " ".join(map(other_word, item)))) for item in spelled]
    texts = list(dict.fromkeys(itertools.chain.from_iterable(asked)))
    indexes = vocabulary.similar() if texts else ()
    found = [dict(zip(texts, index.find(texts, MAX_SIMILAR, least), strict=True)) for index in indexes]
    meant = cache(partial(_meant_by, vocabulary=vocabulary))
    for reading, item, forms in zip(readings, spelled, asked, strict=True):
        alike = itertools.chain.from_iterable(of_text[form] for of_text in found for form in forms)
        yield list(_of_similar(reading, vocabulary.type, item, alike, meant))


def _meant_by(name: str, vocabulary: Vocabulary) -> list[Match]:
    """The concepts that a name of an index of similar names stands for, as if it were read."""
    key, reading = key_of_words(name.split(" ")), Reading(name, "written")
    found = [
        _match(hit, rank, "same", reading)
        for rank, ontology in enumerate(vocabulary.ontologies)
        for hit in ontology.by_normal_key(key)
        if fits(hit.concept, vocabulary.type)
    ]
    return [*found, *_learnt(reading, key, vocabulary)]


def _of_similar(
    reading: Reading,
    type: str,
    asked: Sequence[str],
    alike: Iterable[Similar],
    meant: Callable[[str], Sequence[Match]],
) -> Iterator[Match]:
    """The matches of a reading, by its words, by the likest of these names; `meant` are the concepts of a name."""
    best: dict[str, Similar] = {}
    for item in alike:
        known = best.get(item.words)
        if known is None or item.likeness >= known.likeness:
            best[item.words] = item
    is_polymer = _is_polymer(asked)
    for item in sorted(best.values(), key=_likest_first)[:MAX_SIMILAR]:
        found_words = item.words.split(" ")
        if is_polymer != _is_polymer(found_words):
            continue  # polypropylene is not propylene
        if _is_contrary(asked, found_words):
            continue  # nor is one who is nonschizophrenic schizophrenic
        if type in FORMULA_TYPES and _is_of_other_elements(asked, found_words):
            continue  # nor fluorine tin oxide an oxide of fluorine
        likeness: Likeness = "similar" if item.spelling >= item.meaning else "meant"
        cosine, meaning = min(item.spelling, 0.9999), item.meaning
        for concept, rank, name, scope, *_ in meant(item.words):
            if not is_polymer or not _is_monomer(concept, reading.name):
                yield Match(concept, rank, name, scope, likeness, reading, cosine, meaning)


def _likest_first(item: Similar) -> tuple[float, str]:
    return -item.likeness, item.words


def _is_contrary(asked: Sequence[str], found: Sequence[str]) -> bool:
    """Whether one of two names denies, or acts against, what the other says: "non-cancer", "antileukotriene"."""
    of_asked, of_found = _denied(asked), _denied(found)
    if not of_asked and not of_found:
        return False
    return not (
        (of_asked - of_found).isdisjoint(word[:STEM_LENGTH] for word in found)
        and (of_found - of_asked).isdisjoint(word[:STEM_LENGTH] for word in asked)
    )


def _is_of_other_elements(asked: Sequence[str], found: Sequence[str]) -> bool:
    """Whether two names, the first of which names elements, name different ones, but for those of which a drug is the
    salt.
    """
    of_asked, of_found = _ELEMENT_NAMES.intersection(asked), _ELEMENT_NAMES.intersection(found)
    return bool(of_asked) and not of_asked ^ of_found <= _OF_SALTS


def _denied(words: Sequence[str]) -> set[str]:
    # "anti-NMDA receptor encephalitis" is what antibodies do: only joined to its word does it say the contrary
    denying = [word for word in words if word.startswith(DENYING)]
    found = {word.removeprefix(prefix) for word in denying for prefix in DENYING if word.startswith(prefix)}
    if "non" in denying:
        found |= {following for word, following in itertools.pairwise(words) if word == "non"}
    return {word[:STEM_LENGTH] for word in found if len(word) >= MEANING_LENGTH}


def _is_monomer(concept: Concept, name: str) -> bool:
    """Whether a name is that of a polymer of the concept: MeSH has "poly(lactic acid)" among the names of the acid."""
    key = normal_key(name)
    if not key.startswith("poly") or normal_key(concept.name).startswith("poly"):
        return False
    names = (concept.name, *(synonym.name for synonym in concept.synonyms))
    return key.removeprefix("poly") in map(normal_key, names)


def _is_polymer(words: Iterable[str]) -> bool:
    return any(word.startswith("poly") for word in words)


def _with_meaning(
    found: Sequence[Sequence[Match]], questions: Sequence[Question], vectors: NameVectors
) -> list[list[Match]]:
    """The matches of shortened readings with what their names mean of the whole."""
    shortened = list(
        dict.fromkeys(
            (question.readings[0].name, match.reading.name)
            for question, matches in zip(questions, found, strict=True)
            for match in matches
            if _is_shortened(match)
        )
    )
    wholes = list(dict.fromkeys(whole for whole, _ in shortened))
    place_of = {whole: place for place, whole in enumerate(wholes)}
    places = np.array([place_of[whole] for whole, _ in shortened], np.int64)
    parts = vectors.encode([_spaced(part) for _, part in shortened])
    found_cosines = cosines(parts, vectors.encode(list(map(_spaced, wholes))), np.arange(len(parts)), places).tolist()
    meaning_of = dict(zip(shortened, (round(min(max(cosine, 0.0), 1.0), 4) for cosine in found_cosines), strict=True))
    return [
        [
            match._replace(meaning=meaning_of[question.readings[0].name, match.reading.name])
            if _is_shortened(match)
            else match
            for match in matches
        ]
        for question, matches in zip(questions, found, strict=True)
    ]


def _is_shortened(match: Match) -> bool:
    return match.reading.how in SHORTENED and match.likeness not in ("similar", "meant")


def _spaced(name: str) -> str:
    return " ".join(words(name))


def _orthologs(found: Iterable[Match], ontologies: Ranked, species: Sequence[str]) -> Iterator[Match]:
    """The genes with the symbol of a gene that was found: the same in other tables, and those of the other species."""
    seen: set[tuple[str, str]] = set()
    for match in sorted(found, key=lambda match: match.cost):
        gene = match.concept
        if not gene.species or (gene.name, gene.species) in seen or match.cost > SURE:
            continue
        seen.add((gene.name, gene.species))
        for rank, ontology in ontologies:
            for hit in ontology.by_normal_key(normal_key(gene.name)):
                if hit.synonym is not None or fold(hit.name) != fold(gene.name) or hit.concept.curie == gene.curie:
                    continue
                if hit.concept.species == gene.species:
                    yield match._replace(concept=hit.concept, rank=rank)
                elif hit.concept.species in species:
                    # whose alias it is not itself called by: an alias of a mouse gene tells little of the human one
                    yield Match(hit.concept, rank, hit.name, match.scope, "ortholog", match.reading)


def _match(hit: Hit, rank: int, likeness: Likeness, reading: Reading) -> Match:
    scope = "preferred" if hit.synonym is None else hit.synonym.scope
    return Match(hit.concept, rank, hit.name, scope, likeness, reading)


def _likeness(name: str, tidied: str, folded: str) -> Likeness:
    if name == tidied:
        return "same"
    if fold(name) != folded:
        return "spelling"
    is_symbol = len(tidied) < SYMBOL_LENGTH or (len(tidied) <= 2 * SYMBOL_LENGTH and name.isupper() != tidied.isupper())
    return "symbol_case" if is_symbol else "case"


def _is_other_symbol(symbol: str, name: str) -> bool:
    """Whether a symbol is only taken for a name as words are: "ACH" for "AChE", "KIS" for "KIs", several "KI"."""
    if _PLURAL_LETTERS.fullmatch(name):
        return symbol != name and symbol.casefold() == name.casefold()
    shorter, longer = sorted((symbol.casefold(), name.casefold()), key=len)
    return len(shorter) <= SYMBOL_LENGTH and longer in (f"{shorter}e", f"{shorter}es", f"{shorter}is")


def _is_word_for_formula(word: str, name: str) -> bool:
    """Whether a formula is only taken for a word of the same letters: "TiN" for "tin"."""
    is_word = word.isalpha() and word[1:].islower()  # "ch3i" is the formula
    return is_word and not name[1:].islower() and normalise_formula(name) is not None


def _is_other_formula(formula: str, name: str) -> bool:
    """Whether a name has the letters of a formula and not its case: "PBS" is no PbS, "NA" no sodium."""
    if name == formula or name.islower() or formula.isupper() or formula.islower():
        return False
    if formula in ELEMENTS:
        return True
    composition = normalise_formula(formula)
    return composition is not None and normalise_formula(name) != composition


def _number(curie: str) -> int:
    return int(_NO_DIGITS.sub("", curie) or 0)


def _shares_word(concept: Concept, meaning: str) -> bool:
    """Whether some name of the concept has a word with the meaning in common, by its first letters.

    A gene's symbol may begin with a symbol there: EPOR, "Epo receptor".
    """
    names = [concept.name, *(synonym.name for synonym in concept.synonyms)]
    if concept.type == "Gene" and not concept.species and is_plural(meaning):
        return True  # families have no long names
    if not stems(meaning).isdisjoint(stems(" ".join(names))):
        return True
    if concept.type != "Gene":
        return False
    parts = tuple(part.casefold() for part in _SYMBOL.findall(meaning))
    if parts and any(name.casefold().startswith(parts) for name in names):
        return True
    # "TNFR-associated factor 2", "TNF receptor-associated factor 2": words that tell nothing alone, together do
    asked = _beginnings(meaning)
    return len(asked) > 1 and any(len(asked & _beginnings(name)) >= 3 * len(asked) / 4 for name in names)


def _beginnings(name: str) -> set[str]:
    return {word[:STEM_LENGTH] for word in words(name)}
