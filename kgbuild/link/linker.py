"""Links mentions to ontology concepts by their names: the linker named `lexical`.

A mention is looked up as its long form where the document defines it as an abbreviation, then as it stands, then
without words that only frame it ("the", "gene", "cells"); chemical formulas by their composition, rs numbers by
rule. What is not found, or scores below the threshold, stays unlinked.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from kgbuild.concept import Concept
from kgbuild.document import Candidate, Document, MatchKind, Mention, content_hash
from kgbuild.errors import ConfigError
from kgbuild.link import catalogue
from kgbuild.link.abbreviation import find_abbreviations
from kgbuild.link.compiled import CompiledOntology
from kgbuild.link.composite import split_composite
from kgbuild.link.curation import NEVER, Curation, Override, read_curation
from kgbuild.link.elements import ELEMENT_NAMES
from kgbuild.link.equivalence import find_concept, preferred
from kgbuild.link.formula import normalise_formula
from kgbuild.link.framing import as_noun, without_frame
from kgbuild.link.lookup import ACCEPTED_TYPES, Found, as_candidate, find
from kgbuild.link.prefixes import prefix_of

__all__ = ["DEFAULT_PREFERENCES", "LexicalLinker"]

#: entity type -> prefixes in order of preference, where the schema says nothing
DEFAULT_PREFERENCES: dict[str, tuple[str, ...]] = {
    "Gene": ("NCBIGene", "HGNC", "MGI", "RGD", "FPLX"),
    "Disease": ("MESH", "MONDO", "DOID", "OMIM", "EFO", "HP"),
    "Chemical": ("MESH", "CHEBI", "CAS"),
    "Material": ("MESH", "CHEBI", "CAS"),
    "Phenotype": ("HP", "MONDO", "MESH"),
    "Species": ("NCBITaxon", "MESH"),
    "CellLine": ("CVCL", "EFO", "MESH"),
    "CellType": ("CL", "MESH"),
    "AnatomicalPart": ("UBERON", "MESH"),
    "Process": ("GO", "MESH"),
    "Method": ("CHMO", "OBI", "EFO", "MESH"),
}
#: what an ontology's own prefixes say when it knows the concepts of the preferred prefix only by cross-reference
STANDS_FOR = {"NCBIGene": "HGNC"}
N_CANDIDATES = 5
#: Raised when equal ontologies and settings give other links.
ALGORITHM_VERSION = "2"
#: factors of the score for a name that is not the mention itself; unconfirmed: a short form by itself
ABBREVIATED, FRAMED, BY_FORMULA, COMPLETED, UNCONFIRMED = 0.98, 0.95, 0.95, 0.85, 0.8
FORMULA_TYPES = ("Chemical", "Material")
DISORDER_TYPES = ("Disease", "Phenotype")
COMPOSITE_TYPES = ("Disease", "Phenotype")
#: words that tell what a name means, and as many of their letters as count: "nephropathy", "nephrotic"
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
STEM_LENGTH = 5
_RS_NUMBER = re.compile(r"(?:dbSNP:? ?)?rs ?(\d{2,})", re.IGNORECASE)
#: candidates within this of the best score may be put before it for their prefix
ABOUT_AS_GOOD = 0.08
CACHE_SIZE = 100_000

Key = tuple[str, str, str, frozenset[str]]


class _Target(NamedTuple):
    """What mentions of a type are linked against: ontologies in order, and the prefixes to report (none: their own)."""

    ontologies: tuple[CompiledOntology, ...]
    prefixes: tuple[str, ...]


class _Reading(NamedTuple):
    """A name to look a mention up as, with a factor of its score, the kind of match ("": as found) and a note.

    A concept that is found must share a word with `meaning`, if that is given.
    """

    name: str
    factor: float
    match: MatchKind | Literal[""]
    note: str
    meaning: str = ""


class LexicalLinker:
    """Fills candidates, concepts and link scores of mentions.

    `ontologies` are names or files, None for the defaults; `overrides` map an entity type to the one vocabulary, by
    name or file, whose identifiers its mentions get. `curation` is a file of a user's own links, which win.
    `threshold` in [0, 1] is the least score of a link. `keep_given` leaves mentions alone that came with concepts.
    """

    def __init__(
        self,
        ontologies: Sequence[str] | None = None,
        overrides: Mapping[str, str] | None = None,
        preferences: Mapping[str, tuple[str, ...]] | None = None,
        *,
        curation: str | None = None,
        threshold: float = 0.5,
        keep_given: bool = True,
    ) -> None:
        if not 0.0 <= threshold <= 1.0:
            raise ConfigError(f"[link] threshold must lie in [0, 1], is {threshold}")
        self.threshold = threshold
        self.keep_given = keep_given
        self.preferences = {**DEFAULT_PREFERENCES, **(preferences or {})}
        self.curation = read_curation(Path(curation), self.preferences) if curation else Curation()
        self.ontologies = _open(ontologies)
        self.overrides = {kind: catalogue.open_ontology(name, kind) for kind, name in sorted((overrides or {}).items())}
        self._targets: dict[str, _Target] = {}
        self._cache: dict[Key, tuple[Candidate, ...]] = {}
        self._reported: dict[tuple[str, tuple[str, ...]], Concept] = {}

    @property
    def revision(self) -> str:
        """A hash of the ontologies' content and the settings: equal revisions give equal links."""
        versions = [ontology.meta.version for ontology in self.ontologies]
        overrides = [f"{kind}={ontology.meta.version}" for kind, ontology in self.overrides.items()]
        preferences = [f"{kind}:{','.join(prefixes)}" for kind, prefixes in sorted(self.preferences.items())]
        own = "lexical-" + content_hash(
            ALGORITHM_VERSION, *versions, *overrides, *preferences, str(self.threshold), str(self.keep_given)
        )
        return f"{own}+curation-{self.curation.version}" if self.curation.version else own

    def link(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The same documents, in the same order, with their mentions linked."""
        for document in documents:
            yield self._link_document(document)

    def candidates(self, text: str, type: str, *, species: frozenset[str] = frozenset()) -> tuple[Candidate, ...]:
        """The concepts that a name of this entity type may mean, best first, at most five."""
        return self._candidates((text, "", type, species))

    def concept(self, identifier: str) -> Concept | None:
        """What the ontologies know of an identifier, with equivalents among its cross-references; None if nothing."""
        return find_concept(identifier, (*self.overrides.values(), *self.ontologies))

    def _link_document(self, document: Document) -> Document:
        if not document.mentions:
            return document
        abbreviations = find_abbreviations(document.text)
        species = self._species(document)
        mentions = []
        for mention in document.mentions:
            text = document.text_of(mention.span)
            found = species if mention.type == "Gene" else frozenset[str]()
            mentions.append(self._link_mention(mention, (text, abbreviations.get(text, ""), mention.type, found)))
        return document.replace_mentions(mentions)

    def _link_mention(self, mention: Mention, key: Key) -> Mention:
        if self.keep_given and mention.concepts and mention.agent == "given":
            return mention
        candidates = self._candidates(key)
        chosen = candidates[:1] if candidates and candidates[0].score >= self.threshold else self._parts(key)
        return msgspec.structs.replace(
            mention,
            candidates=candidates or chosen,
            concepts=tuple(dict.fromkeys(candidate.curie for candidate in chosen)),
            link_score=min((candidate.score for candidate in chosen), default=0.0),
        )

    def _parts(self, key: Key) -> tuple[Candidate, ...]:
        """The concepts of a composite mention, if each of its parts has one."""
        text, long_form, type, species = key
        if type not in COMPOSITE_TYPES or self.curation.find(type, text, long_form):
            return ()
        best = [self._candidates((part, "", type, species))[:1] for part in split_composite(text)]
        is_linked = all(part and part[0].score >= self.threshold for part in best)
        return tuple(part[0] for part in best) if is_linked else ()

    def _species(self, document: Document) -> frozenset[str]:
        """The species that the document's mentions name."""
        found: set[str] = set()
        for mention in document.mentions:
            if mention.type == "Species":
                candidates = self._candidates((document.text_of(mention.span), "", "Species", frozenset()))
                found.update(mention.concepts or [candidate.curie for candidate in candidates[:1]])
        return frozenset(found)

    def _candidates(self, key: Key) -> tuple[Candidate, ...]:
        found = self._cache.get(key)
        if found is None:
            if len(self._cache) >= CACHE_SIZE:
                self._cache.clear()
            found = self._cache[key] = self._find_candidates(*key)
        return found

    def _find_candidates(self, text: str, long_form: str, type: str, species: frozenset[str]) -> tuple[Candidate, ...]:
        override = self.curation.find(type, text, long_form)
        if override is not None:
            return self._curated(override)
        number = _RS_NUMBER.fullmatch(text.strip()) if type == "Variant" else None
        if number is not None:
            return (Candidate(f"DBSNP:rs{number[1]}", f"rs{number[1]}", 1.0, "exact", "an rs number"),)
        target = self._target(type)
        for reading in _readings(text, long_form, type):
            found = find(reading.name, type, target.ontologies, species=species)
            if reading.meaning:
                found = [item for item in found if _shares_word(item.concept, reading.meaning)]
            if found:
                return tuple(_reread(candidate, reading) for candidate in self._report(found, target))
        return ()

    def _curated(self, override: Override) -> tuple[Candidate, ...]:
        if override.concept == NEVER:
            return ()
        known = self.concept(override.concept)
        name = known.name if known is not None else override.text
        return (Candidate(override.concept, name, 1.0, "curated", "the curation file says so"),)

    def _report(self, found: list[Found], target: _Target) -> list[Candidate]:
        """The best candidate for each identifier that is reported, under the preferred prefixes.

        Of candidates about as good as the best, those under an earlier prefix come first: what one ontology cannot
        translate ("breast cancer" of MONDO to MeSH) another one may (DOID's).
        """
        best: dict[str, Candidate] = {}
        for item in found[: 2 * N_CANDIDATES]:
            candidate = as_candidate(msgspec.structs.replace(item, concept=self._preferred(item.concept, target)))
            best.setdefault(candidate.curie, candidate)
        places = {prefix: place for place, prefix in enumerate(target.prefixes)}
        least = found[0].score - ABOUT_AS_GOOD

        def order(candidate: Candidate) -> tuple[bool, int]:
            is_worse = candidate.score < least
            return is_worse, 0 if is_worse else places.get(prefix_of(candidate.curie), len(places))

        return sorted(best.values(), key=order)[:N_CANDIDATES]

    def _preferred(self, concept: Concept, target: _Target) -> Concept:
        if not target.prefixes:
            return concept
        key = (concept.curie, target.prefixes)
        known = self._reported.get(key)
        if known is None:
            if len(self._reported) >= CACHE_SIZE:
                self._reported.clear()
            known = self._reported[key] = preferred(concept, target.prefixes, self.ontologies)
        return known

    def _target(self, type: str) -> _Target:
        target = self._targets.get(type)
        if target is None:
            target = self._targets[type] = self._make_target(type)
        return target

    def _make_target(self, type: str) -> _Target:
        if type in self.overrides:
            return _Target((self.overrides[type],), ())
        accepted = {type, *ACCEPTED_TYPES.get(type, ())}
        prefixes = self.preferences.get(type, ())
        order = {prefix: place for place, prefix in enumerate(prefixes)}
        order |= {STANDS_FOR[prefix]: place for prefix, place in order.items() if prefix in STANDS_FOR}
        asked = [ontology for ontology in self.ontologies if accepted & set(ontology.meta.types)]
        asked.sort(
            key=lambda ontology: min((order.get(p, len(order)) for p in ontology.meta.prefixes), default=len(order))
        )
        return _Target(tuple(asked), prefixes)


def _open(names: Sequence[str] | None) -> tuple[CompiledOntology, ...]:
    if names is None:
        return tuple(catalogue.open_default())
    opened: list[CompiledOntology] = []
    for name in names:
        if name == "default":
            opened += catalogue.open_default()
        else:
            opened.append(catalogue.open_ontology(name))
    return tuple(opened)


def _readings(text: str, long_form: str, type: str) -> Iterator[_Reading]:
    """The names as which a mention is looked up, in order."""
    if long_form:
        note = f"short for {long_form!r} in this document: "
        for name, factor in _variants(long_form, type):
            yield _Reading(name, factor * ABBREVIATED, "abbreviation", note)
        yield _Reading(text, UNCONFIRMED, "lexical", f"{long_form!r} is not known: ", meaning=long_form)
        return
    if type in FORMULA_TYPES and text in ELEMENT_NAMES:
        yield _Reading(ELEMENT_NAMES[text], 1.0, "lexical", f"the element {text}: ")
    for name, factor in _variants(text, type):
        yield _Reading(name, factor, "lexical" if factor < 1.0 else "", f"read as {name!r}: " if name != text else "")
    formula = normalise_formula(text) if type in FORMULA_TYPES else None
    if formula is not None:
        yield _Reading(formula, BY_FORMULA, "formula", f"formula {formula}: ")


def _shares_word(concept: Concept, meaning: str) -> bool:
    """Whether some name of the concept has a word with the meaning in common, by its first letters."""
    names = " ".join([concept.name, *(synonym.name for synonym in concept.synonyms)])
    return not _stems(meaning).isdisjoint(_stems(names))


def _stems(text: str) -> set[str]:
    return {word[:STEM_LENGTH].casefold() for word in _LONG_WORD.findall(text)}


def _variants(name: str, type: str) -> Iterator[tuple[str, float]]:
    """The name, without the words around it, and as a noun, each with a factor of the score."""
    yield name, 1.0
    framed = without_frame(name, type)
    if framed and framed != name:
        yield framed, FRAMED
    noun = as_noun(framed.casefold()) if type in DISORDER_TYPES else framed
    if noun not in (name, framed, framed.casefold()):
        yield noun, FRAMED
    if type in DISORDER_TYPES:  # "von Willebrand", "Down's"
        yield f"{framed or name} disease", COMPLETED
        yield f"{framed or name} syndrome", COMPLETED


def _reread(candidate: Candidate, reading: _Reading) -> Candidate:
    return msgspec.structs.replace(
        candidate,
        score=round(candidate.score * reading.factor, 4),
        match=reading.match or candidate.match,
        reason=reading.note + candidate.reason,
    )
