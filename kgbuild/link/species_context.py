"""The species that a place of a document speaks of: named beside it, or else most often; nothing if none is named."""

import bisect
import re
from collections import Counter
from functools import cache
from typing import NamedTuple

from kgbuild.document import Document
from kgbuild.link.default import read_species

__all__ = ["HUMAN", "SpeciesContext", "SpeciesNames"]

HUMAN = "NCBITaxon:9606"
_CUE_WORDS = {
    HUMAN: (
        r"HeLa|HEK[- ]?293T?|MCF-?7|Hep ?G2|Jurkat|K562|A549|U2OS|SH-SY5Y|THP-1|U937|HCT-?116|LNCaP|HUVECs?|"
        "volunteers?|subjects|pedigrees?|famil(?:y|ies)|probands?"
    ),
    "NCBITaxon:10090": r"NIH ?3T3|3T3-L1|C2C12|RAW ?264\.7|MEFs?|C57BL/6J?|BALB/c|[Kk]nock-?outs?",
    "NCBITaxon:10116": r"PC12|H9[cC]2|INS-1E?|Sprague[- ]Dawley|Wistar",
}
#: cell lines, strains and groups of people that tell whose genes are spoken of
CUES = {species: re.compile(rf"(?<!\w)(?:{words})(?!\w)") for species, words in _CUE_WORDS.items()}
_SENTENCE_END = re.compile(r"[.!?]\s+(?=[A-Z(])|\n")


class SpeciesContext(NamedTuple):
    """For one place: the species nearest to it, the one named most, and all that the document names; empty if none."""

    nearest: str = ""
    main: str = ""
    named: tuple[str, ...] = ()


class SpeciesNames:
    """The names of species that a document holds, in the order of their places."""

    def __init__(self, document: Document) -> None:
        pattern, species_of = _names()
        found = {match.span(): species_of[match[0].casefold()] for match in pattern.finditer(document.text)}
        for species, cues in CUES.items():
            found |= {match.span(): species for match in cues.finditer(document.text)}
        for mention in document.mentions:
            if mention.type == "Species" and mention.concepts:
                found[mention.span.start, mention.span.end] = mention.concepts[0]
        self._places = sorted(found)
        self._species = [found[place] for place in self._places]
        counts = Counter(self._species)
        for (start, _), species in zip(self._places, self._species, strict=True):
            counts[species] += 2 if start < len(document.title) else 0
        self._named = tuple(sorted(counts, key=lambda species: (-counts[species], species)))
        self._ends = [match.end() for match in _SENTENCE_END.finditer(document.text)]

    def at(self, start: int, end: int) -> SpeciesContext:
        """The context of the mention at [start, end): inside it, before it in its sentence, then after it."""
        if not self._named:
            return SpeciesContext()
        sentence = bisect.bisect_right(self._ends, start)
        first = self._ends[sentence - 1] if sentence else 0
        last = self._ends[sentence] if sentence < len(self._ends) else 1 << 60
        before = after = ""
        for (place, _), species in zip(self._places, self._species, strict=True):
            if first <= place < end:
                before = species
            elif end <= place < last and not after:
                after = species
        return SpeciesContext(before or after or self._named[0], self._named[0], tuple(sorted(self._named)))


@cache
def _names() -> tuple[re.Pattern[str], dict[str, str]]:
    species_of: dict[str, str] = {}
    for concept in read_species():
        for name in (concept.name, *(synonym.name for synonym in concept.synonyms)):
            if len(name) > 2:
                species_of.setdefault(name.casefold(), concept.curie)
    names = "|".join(re.escape(name) for name in sorted(species_of, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{names})(?!\w)", re.IGNORECASE), species_of
