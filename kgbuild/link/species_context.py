"""The species that a document speaks of, as evidence for and against the genes of each.

Species are named (`species.tsv`), or told by strains, cell lines and groups of people (`CUES`), and by the words of the
whole document (`species_words.py`). What is only a tool tells nothing: an antibody raised in rabbits, serum of calves,
mice that carry a human tumour.
"""

import bisect
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from kgbuild.document import Document
from kgbuild.link.default import read_species
from kgbuild.link.homologene import HOMOLOGENE_SPECIES
from kgbuild.link.species_words import SpeciesWords

__all__ = ["ALWAYS_SPOKEN_OF", "HUMAN", "MOUSE", "RAT", "Place", "SpeciesContext"]

HUMAN, MOUSE, RAT, FLY = "NCBITaxon:9606", "NCBITaxon:10090", "NCBITaxon:10116", "NCBITaxon:7227"
#: species whose genes are candidates in a document that does not name them
ALWAYS_SPOKEN_OF = (HUMAN, MOUSE)
#: species whose genes the default tables hold
WITH_GENES = frozenset([*ALWAYS_SPOKEN_OF, FLY, *HOMOLOGENE_SPECIES])
#: yeasts, moulds, plants, worms, insects, protists that are studied for themselves: genes of people and mice are but
#: namesakes of theirs. The genes of a paper on a virus, bacterium, parasite or pathogenic fungus are often its host's,
#: those of one on tobacco, wheat or venom a patient's, those of one on Sf9 cells any
ON_THEIR_OWN = frozenset(
    f"NCBITaxon:{number}"
    for number in (
        *(4932, 4896, 4922, 28985, 5061, 162425, 5141),
        *(3702, 4577, 4513, 4558, 15368),
        *(6239, 7070, 7029),
        *(5911, 44689),
    )
)
_CUE_WORDS = {
    HUMAN: (
        r"HeLa|HEK[- ]?293T?|293T?(?= cells)|MCF-?(?:7|10A)|Hep ?(?:G2|3B)|Huh-?7|Jurkat|K-?562|A549|H1299|U-?2 ?OS|"
        r"Saos-?2|SH-SY5Y|THP-?1|U-?937|HL-?60|HCT-?(?:116|15)|HT-?29|SW-?(?:480|620)|Caco-?2|DLD-?1|LNCaP|"
        r"PC-?3(?= cells)|DU-?145|MDA-MB-\d+|T-?47D|BT-?(?:474|549)|SK-?BR-?3|HaCaT|HMC-1|A375|A431|"
        r"U-?(?:87|251)(?:MG)?|OVCAR-?\d|SKOV-?3|AGS(?= cells)|HUVECs?|PBMCs?|volunteers?|pedigrees?|probands?"
    ),
    MOUSE: (
        r"NIH ?3T3|3T3-L1|C2C12|C3H/?10T1/2|RAW ?264\.7|J774(?:A?\.1)?|MC3T3(?:-E1)?|BV-?2(?= )|N2[aA]|Neuro-?2[aA]|"
        r"4T1|B16(?:-?F10)?|L929|EL-?4|MIN6|Hepa1-?6|P19(?= cells)|MEFs?|BMDMs?|splenocytes|C57BL/6J?|BALB/c|DBA/2J?|"
        r"C3H/HeJ?|[Kk]nock-?out (?:mice|mouse|animals?)"
    ),
    RAT: r"PC-?12|H9[cC]2|INS-1E?|RBL-2H3|GH3|NRK(?:-\d+E)?|Sprague[- ]Dawley|Wistar",
    FLY: r"S2 cells|flies|Dmel",
}
#: cell lines, strains and groups of people that tell whose genes are spoken of
CUES = {species: re.compile(rf"(?<!\w)(?:{words})(?!\w)") for species, words in _CUE_WORDS.items()}
_ANIMALS = "mouse|mice|murine|rats?|rabbits?|goats?|sheep|donkey|chicken|bovine|calf|horse"
#: phrases whose species are not under study
_TOOLS = re.compile(
    rf"(?:{_ANIMALS})[- ](?:anti-|(?:poly|mono)clonal|IgG|serum|antibod)"
    r"|(?:f[eo]etal|newborn) (?:bovine|calf) serum|bovine serum albumin|yeast (?:two|2|one|1)-hybrid",
    re.IGNORECASE,
)
#: what tells that the mice or rats of a sentence carry tumours of another species, mostly human ones: grafts, or a
#: tumour and a strain or a way by which it is brought in
_GRAFTS = re.compile(
    r"xeno-?(?:graft|transplant)|heterograft|tumou?r (?:growth|formation|volume|weight)|tumou?rigen|engraft|"
    r"\b(?:nude|athymic)\b|\b(?:SCID|NSG|NOD/SCID)\b",
    re.IGNORECASE,
)
#: what tells that grafts are of the animals' own species, or that it is their genes that were changed
_OWN = re.compile(
    r"syngeneic|allograft|transgenic|knock-?(?:out|in)|[-+−]/[-+−]|\b(?:4T1|B16|LLC1?(?= cells| tumou?rs?))\b|"
    r"spontaneous",
    re.IGNORECASE,
)
_TUMOUR = re.compile(r"tumou?r|cancer|carcinoma|metasta|cells? lines?", re.IGNORECASE)
_INJECTED = re.compile(r"\bsubcutaneous|\borthotopic|\b(?:SCID|NOD)\b", re.IGNORECASE)
#: what follows a gene that mice were made to lack, or to have: "Rag2(-/-)", "Apc(min/+)", "Bmp4-deficient mice"
_GENOTYPE = re.compile(
    r"\s?\(?(?:[-+−]|min|fl(?:ox)?|lox)/(?:[-+−]|fl(?:ox)?|lox)"
    r"|[- ](?:null|deficient|knock-?out|KO|transgenic|mutant) (?:mice|mouse|embryos)"
)
#: what tells that a paper that names but a yeast or a worm compares it with its own species
_MAMMALS = re.compile(r"\bmammal(?:s|ian)?\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?]\s+(?=[A-Z(])|\n")
#: blanks between a species and a gene beside it: "mouse Tp53", "rat homologue of Tp53"
BLANKS_BESIDE = 2
#: a species in the title counts as if named so often again
TITLE = 2


class Place(NamedTuple):
    """The species beside a mention, nearest in its sentence (before, or else after it), and last named before it.

    `sentence` are all of its sentence, each as often as it is named; `genotype`: that of mutants stands beside it.
    """

    beside: str = ""
    nearest: str = ""
    last: str = ""
    sentence: tuple[str, ...] = ()
    genotype: bool = False


class SpeciesContext:
    """What a document says of species."""

    def __init__(self, document: Document, words: SpeciesWords) -> None:
        self.text = document.text
        self._human = words.share(document)
        self._ends = [match.end() for match in _SENTENCE_END.finditer(document.text)]
        self._grafts: dict[tuple[int, int], bool] = {}
        found = _named_in(document)
        self._all_named = frozenset(found.values())
        tools = [match.span() for match in _TOOLS.finditer(document.text)]
        meant = {place: species for place, species in found.items() if not self._is_tool(place[0], species, tools)}
        self._places = sorted(meant)
        self._species = [meant[place] for place in self._places]
        self._title = {meant[place] for place in self._places if place[0] < len(document.title)}
        counts = Counter(self._species)
        counts.update(dict.fromkeys(self._title, TITLE))
        self._shares = {species: count / counts.total() for species, count in counts.items()}

    @property
    def with_genes(self) -> tuple[str, ...]:
        """The species whose genes the document may mean, sorted."""
        return tuple(sorted(self._all_named.union(ALWAYS_SPOKEN_OF)))

    @property
    def is_foreign(self) -> bool:
        """Whether all species that the document names are such that genes by their names are only namesakes."""
        is_of_such = bool(self._shares) and ON_THEIR_OWN.issuperset(self._shares)
        return is_of_such and _MAMMALS.search(self.text) is None

    def at(self, start: int, end: int) -> Place:
        """The species around the mention at [start, end)."""
        first, last = self._sentence(start)
        genotype = _GENOTYPE.match(self.text, end) is not None
        if not self._places:
            return Place(genotype=genotype)
        n_before = bisect.bisect_left(self._places, (end, end))
        last_named = self._species[n_before - 1] if n_before else ""
        beside = before = after = ""
        if n_before and self._places[n_before - 1][0] >= first:
            place, stop = self._places[n_before - 1]
            before = last_named
            if place >= start or len(self.text[stop:start].split(" ", BLANKS_BESIDE + 1)) <= BLANKS_BESIDE + 1:
                beside = before
        if n_before < len(self._places) and self._places[n_before][0] < last:
            after = self._species[n_before]
        n_first, n_last = (bisect.bisect_left(self._places, (place, place)) for place in (first, last))
        sentence = tuple(self._species[n_first:n_last])
        return Place(beside, before or after, last_named or self._species[0], sentence, genotype)

    def evidence(self, species: str, place: Place) -> dict[str, float]:
        """What speaks for and against a gene of the species there, as features in [0, 1]."""
        words = {
            "species_words": self._human if species == HUMAN else 1.0 - self._human,
            "genotype": float(place.genotype and species == MOUSE),
        }
        if not self._shares:
            return words | {"human_by_default": float(species == HUMAN)}
        return words | {
            "human": float(species == HUMAN),
            "species_share": self._shares.get(species, 0.0),
            "species_unnamed": float(species not in self._shares),
            "only_others_named": float(WITH_GENES.isdisjoint(self._shares)),
            # genes of a worm or a cow, which no table holds, are namesakes of human ones
            "foreign_share": sum(share for named, share in self._shares.items() if named not in WITH_GENES),
            "foreign_in_title": float(any(named not in WITH_GENES for named in self._title)),
            "foreign_beside": float(place.beside not in ("", *WITH_GENES)),
            "foreign_nearest": float(place.nearest not in ("", *WITH_GENES)),
            "foreign_last": float(place.last not in ("", *WITH_GENES)),
            "species_in_title": float(species in self._title),
            "species_beside": float(species == place.beside),
            "species_nearest": float(species == place.nearest),
            "species_last": float(species == place.last),
            "species_in_sentence": place.sentence.count(species) / max(len(place.sentence), 1),
        }

    def _sentence(self, place: int) -> tuple[int, int]:
        number = bisect.bisect_right(self._ends, place)
        start = self._ends[number - 1] if number else 0
        return start, self._ends[number] if number < len(self._ends) else len(self.text)

    def _is_tool(self, start: int, species: str, tools: Iterable[tuple[int, int]]) -> bool:
        if any(first <= start < last for first, last in tools):
            return True
        return species in (MOUSE, RAT) and self._has_graft(self._sentence(start))

    def _has_graft(self, sentence: tuple[int, int]) -> bool:
        """Whether the animals of a sentence carry tumours."""
        known = self._grafts.get(sentence)
        if known is None:
            is_of_tumour = _TUMOUR.search(self.text, *sentence) and _INJECTED.search(self.text, *sentence)
            is_own = _OWN.search(self.text, *sentence)
            known = bool((_GRAFTS.search(self.text, *sentence) or is_of_tumour) and not is_own)
            self._grafts[sentence] = known
        return known


def _named_in(document: Document) -> dict[tuple[int, int], str]:
    """The species of a document by the places where they are named or told."""
    pattern, species_of = _names()
    found = {match.span(): species_of[match[0].casefold()] for match in pattern.finditer(document.text)}
    for species, cues in CUES.items():
        found |= {match.span(): species for match in cues.finditer(document.text)}
    for mention in document.mentions:
        if mention.type == "Species" and mention.concepts:
            found[mention.span.start, mention.span.end] = mention.concepts[0]
    return found


@cache
def _names() -> tuple[re.Pattern[str], dict[str, str]]:
    species_of: dict[str, str] = {}
    for concept in read_species():
        for name in (concept.name, *(synonym.name for synonym in concept.synonyms)):
            if len(name) > 2:
                species_of.setdefault(name.casefold(), concept.curie)
    by_letter: dict[str, list[str]] = {}  # so that at each place but the names of one letter are tried
    for name in sorted(species_of, key=len, reverse=True):
        by_letter.setdefault(name[0], []).append(re.escape(name[1:]))
    names = "|".join(f"{re.escape(letter)}(?:{'|'.join(rest)})" for letter, rest in by_letter.items())
    return re.compile(rf"(?<![\w-])(?:{names})(?!\w)", re.IGNORECASE), species_of
