"""Names that mean several genes at once: plurals, words for what proteins do, what the members of a series share.

"VEGFRs", "protein kinases", "proto-oncogene" and "monoamine oxidase" are no names of KDR, CHEK1, RET or MAOB alone.
Tables and papers call these so all the same; the ranker weighs that against what is told here.
"""

from collections.abc import Sequence

from kgbuild.concept import Concept
from kgbuild.link.candidates import Match
from kgbuild.link.compiled import CompiledOntology
from kgbuild.link.gene_names import is_of_class_words, is_plural
from kgbuild.link.names import normal_key
from kgbuild.link.prefixes import prefix_of

__all__ = ["class_features", "is_family"]

#: of FamPlex, whose concepts are families and complexes; a table of one's own may tell no gene's species either
FAMILIES = "FPLX"

#: what tells the members of a series apart; with two of them it is one
MEMBERS = ("1", "2", "3", "4", "A", "B", "C", "D")
LEAST_MEMBERS = 2
#: scopes of names that are no other gene's
OWN_SCOPES = ("preferred", "exact")


def is_family(concept: Concept) -> bool:
    """Whether a concept is a family or complex of genes."""
    return concept.type == "Gene" and not concept.species and prefix_of(concept.curie) == FAMILIES


def class_features(match: Match, gene: Concept, ontologies: Sequence[CompiledOntology]) -> dict[str, float]:
    """What tells that a name, as it was read, means several genes and not this one alone; nothing of a family."""
    name = match.reading.name
    if is_family(gene):
        return {}
    features = {
        "plural": float(is_plural(name) and not is_plural(match.name)),
        "class_words": float(is_of_class_words(name)),
        "of_series": float(_is_of_series(name, gene, ontologies)),
    }
    return {feature: value for feature, value in features.items() if value}


def _is_of_series(name: str, gene: Concept, ontologies: Sequence[CompiledOntology]) -> bool:
    """Whether a name, which is not the gene's symbol, followed by a number or letter names several of its species."""
    if normal_key(name) == normal_key(gene.name):
        return False
    found: set[str] = set()
    for member in MEMBERS:
        key = normal_key(f"{name} {member}")
        for ontology in ontologies:
            if gene.species in ontology.species:
                found.update(
                    hit.concept.name.casefold()
                    for hit in ontology.by_normal_key(key)
                    if hit.concept.species == gene.species and (hit.synonym is None or hit.synonym.scope in OWN_SCOPES)
                )
    return len(found) >= LEAST_MEMBERS
