"""The indexes of similar names of an entity type: which names of which ontologies are compared, and where they lie."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from kgbuild.document import content_hash
from kgbuild.link.cache import cache_folder
from kgbuild.link.candidates import fits
from kgbuild.link.compiled import CompiledOntology
from kgbuild.link.learnt import LearntNames
from kgbuild.link.name_vectors import NameVectors, bundled_vectors
from kgbuild.link.similar import SimilarNames, open_similar

__all__ = ["SAME_NAMES", "WITH_VECTORS", "SimilarOnce", "similar_folder", "vectors_of"]

#: changes with what is compared in the indexes of similar names, and how it is kept
SIMILAR_VERSION = "4"
#: types whose names are compared by their meaning too
WITH_VECTORS = ("Disease", "Phenotype")
#: longer names, and symbols of genes, are not looked up among those spelled alike
MAX_SIMILAR_LENGTH = 40
#: types whose names are those of another type, compared in one index
SAME_NAMES = {"Phenotype": "Disease", "Material": "Chemical"}
#: prefixes of catalogues of compounds, whose names are not compared either
NOT_COMPARED = ("CAS",)


class SimilarOnce:
    """The indexes of similar names of a type, opened when they are first asked for."""

    def __init__(self, type: str, ontologies: tuple[CompiledOntology, ...], learnt: LearntNames) -> None:
        self._open = partial(_open_of_type, type, ontologies, learnt)
        self._indexes: tuple[SimilarNames, ...] | None = None

    def __call__(self) -> tuple[SimilarNames, ...]:
        if self._indexes is None:
            self._indexes = self._open()
        return self._indexes


def _open_of_type(type: str, ontologies: tuple[CompiledOntology, ...], learnt: LearntNames) -> tuple[SimilarNames, ...]:
    if not type:
        return ()  # a name of any type is not compared with all names there are
    folder, type = similar_folder(type, ontologies), SAME_NAMES.get(type, type)
    compared = [ontology for ontology in ontologies if not set(NOT_COMPARED).issuperset(ontology.meta.prefixes)]
    vectors = vectors_of(type)
    known = open_similar(folder, (name for ontology in compared for name in _names_alike(ontology, type)), vectors)
    names = sorted(name for name in learnt.names(type) if _is_compared(name, type))
    return known, open_similar(_folder(type, "learnt", *names), names, vectors)


def vectors_of(type: str) -> NameVectors | None:
    """What tells the meaning of names of a type, or None."""
    return bundled_vectors() if type in WITH_VECTORS else None


def similar_folder(type: str, ontologies: tuple[CompiledOntology, ...]) -> Path:
    """Where the index of the names of a type in these ontologies lies, by their content."""
    return _folder(type, *sorted(ontology.meta.version for ontology in ontologies))


def _folder(type: str, *content: str) -> Path:
    vectors = vectors_of(type)
    content += (vectors.version,) if vectors is not None else ()
    return cache_folder() / "similar" / f"{SAME_NAMES.get(type, type)}-{content_hash(SIMILAR_VERSION, *content)}"


def _names_alike(ontology: CompiledOntology, type: str) -> Iterator[str]:
    for concept in ontology.concepts():
        if not concept.obsolete and fits(concept, type):
            for name in (concept.name, *(synonym.name for synonym in concept.synonyms)):
                if _is_compared(name, type):
                    yield name


def _is_compared(name: str, type: str) -> bool:
    """Whether a name is worth comparing by its spelling: not symbols, nor the long names of chemistry."""
    least = 8 if type == "Gene" else 4
    return least <= len(name) <= MAX_SIMILAR_LENGTH and (type != "Gene" or " " in name)
