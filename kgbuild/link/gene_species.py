"""Features of the candidates of a document's genes that depend on the rest of it: their species, words of their names.

Of a few letters also whether it speaks of them as of a gene: "SCOP mRNA", "expression of SCOP". The others come from
what the document says of species, and from how it writes its genes: "TRAF2" is a symbol of a human gene, "Traf2" that
of the same gene of a mouse or rat, and who writes one gene so mostly writes all of them so.
"""

import re
from collections.abc import Sequence

from kgbuild.concept import Concept
from kgbuild.document import Span
from kgbuild.link.candidates import stems
from kgbuild.link.features import Features, Option
from kgbuild.link.gene_names import marked_species
from kgbuild.link.readings import is_acronym
from kgbuild.link.species_context import HUMAN, MOUSE, SpeciesContext

__all__ = ["GeneName", "described", "mark_of", "species_features", "unsaid"]

#: a gene as it stands in the document, where, and its candidates
GeneName = tuple[str, Span, Sequence[Option]]
#: concepts whose long names are kept
CACHED_CONCEPTS = 1 << 14
#: words beside a name that tell that it is a gene or protein
_GENE_WORDS = (
    r"genes?|proteins?|m?RNAs?|cDNAs?|express\w*|overexpress\w*|transcript\w*|promoters?|alleles?|locus|polymorphisms?|"
    r"mutants?|mutations?|mutated|variants?|isoforms?|phosphorylat\w*|kinases?|receptors?|enzymes?|signal\w*|ligands?|"
    r"knock-?(?:out|down|in)|siRNA|shRNA|silenc\w*|null|deficien\w*|inhibitors?|inhibition|antagonists?|agonists?|"
    r"activat\w*|domains?|subunits?|antibod\w*|levels|homolog\w*|pathways?"
)
#: so many words may stand between
_BETWEEN = r"(?:[\s/(-]+[\w-]+){0,2}[\s/()-]+"
#: identifier -> a concept that has it, which is compared in less time than all its names are hashed in, and its names
_LONG_NAMES: dict[str, tuple[Concept, tuple[frozenset[str], ...]]] = {}


def species_features(genes: Sequence[GeneName], context: SpeciesContext) -> list[list[Features]]:
    """The features of each candidate of each gene; none of those that belong to no species."""
    spelled, around = _spelled(genes), stems(context.text)
    found = []
    as_genes: dict[str, Features] = {}
    for text, span, options in genes:
        if text not in as_genes:
            as_genes[text] = _named_as_gene(text, context.text)
        marked = mark_of(text, options)
        place = context.at(span.start, span.end)
        of_species: dict[str, Features] = {"": {}}
        for species in {option.concept.species for option in options if option.concept.species}:
            features = context.evidence(species, place)
            features["spelled_as_human" if species == HUMAN else "spelled_otherwise"] = spelled.get(species, 0.0)
            if marked:
                features["marked_so" if species == marked else "marked_otherwise"] = 1.0
            of_species[species] = {name: round(value, 4) for name, value in features.items() if value}
        found.append([of_species[o.concept.species] | described(o.concept, around) | as_genes[text] for o in options])
    return found


def mark_of(text: str, options: Sequence[Option]) -> str:
    """The species that letters before the name tell, or ""; "mTOR" is itself the name of a gene, of no mouse alone."""
    is_name = any(option.match.name.casefold() == text.casefold() for option in options)
    return "" if is_name else marked_species(text)


def described(concept: Concept, around: set[str]) -> Features:
    """How far the document has the words of one of the concept's long names: "L1" in a paper on adhesion of cells."""
    share = max((len(name & around) / len(name) for name in _long_names(concept)), default=0.0)
    return {"described": round(share, 4)} if share else {}


def unsaid(option: Option, around: set[str]) -> Features:
    """How far the document lacks the words of what a name is only like: "insufficiency", where no kidney is named."""
    if option.match.likeness not in ("similar", "meant"):
        return {}
    return {"unsaid": round(1.0 - described(option.concept, around).get("described", 0.0), 4)}


def _named_as_gene(name: str, text: str) -> Features:
    """Whether some place of a few letters stands beside words that tell of a gene."""
    if not is_acronym(name):
        return {}
    own = re.escape(name)
    beside = rf"\b(?:{_GENE_WORDS}){_BETWEEN}{own}\b|\b{own}{_BETWEEN}(?:{_GENE_WORDS})\b"
    return {"as_gene": 1.0} if re.search(beside, text) else {"not_as_gene": 1.0}


def _long_names(concept: Concept) -> tuple[frozenset[str], ...]:
    known = _LONG_NAMES.get(concept.curie)
    if known is None or known[0] is not concept:
        names = [frozenset(stems(name)) for name in (concept.name, *(synonym.name for synonym in concept.synonyms))]
        least = 2 if concept.type == "Gene" else 1
        if len(_LONG_NAMES) >= CACHED_CONCEPTS:
            _LONG_NAMES.clear()
        known = _LONG_NAMES[concept.curie] = concept, tuple(name for name in names if len(name) >= least)
    return known[1]


def _spelled(genes: Sequence[GeneName]) -> dict[str, float]:
    """Species -> the share of the document's names that are symbols of its genes, case included.

    Of the names that are symbols of human or of mouse genes, not of both; smoothed by one more name that tells nothing.
    """
    symbols = {text: _species_of_symbol(text, options) for text, _, options in genes}
    told = [species for species in symbols.values() if len(species & {HUMAN, MOUSE}) == 1]
    everyone = sorted(set().union(*told))
    return {species: sum(species in found for found in told) / (len(told) + 1.0) for species in everyone}


def _species_of_symbol(text: str, options: Sequence[Option]) -> set[str]:
    """The species that have a gene of this very symbol."""
    symbols = (o for o in options if o.match.likeness == "same" and o.match.scope == "preferred")
    return {option.concept.species for option in symbols if option.match.name == text}
