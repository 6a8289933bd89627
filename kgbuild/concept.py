"""A concept of an ontology and what is known of it."""

from typing import Literal, Protocol, runtime_checkable

import msgspec

__all__ = ["Concept", "KnownNames", "Scope", "Synonym"]

Scope = Literal["exact", "related", "broad", "narrow", "abbreviation", "former"]


class Synonym(msgspec.Struct, frozen=True, order=True):
    """Another name of a concept, and how close it is (the scopes of OBO, plus abbreviation and former name)."""

    name: str
    scope: Scope = "exact"


class Concept(msgspec.Struct, frozen=True):
    """One ontology entry. `type` is an entity type of the schema; `species` an NCBITaxon CURIE for genes."""

    curie: str
    name: str
    type: str
    synonyms: tuple[Synonym, ...] = ()
    parents: tuple[str, ...] = ()
    xrefs: tuple[str, ...] = ()
    definition: str = ""
    replaced_by: str = ""
    obsolete: bool = False
    species: str = ""


@runtime_checkable
class KnownNames(Protocol):
    """Names of concepts, by the type of these."""

    @property
    def names_version(self) -> str:
        """Changes with whatever changes an answer."""
        ...

    def knows(self, name: str, type: str) -> bool:
        """Whether a concept of the entity type has the name, without regard to case and spelling."""
        ...
