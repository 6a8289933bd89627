"""What a graph may hold: entity types with their ontologies, relations with subject and object types, properties.

A schema is a LinkML file (https://linkml.io): an entity type is a class under ``Entity`` with ``id_prefixes`` in order of
preference; a relation is a class under ``Relation`` whose ``slot_usage`` types ``subject`` and ``object``; a property is a
class under ``PropertyKind`` with its unit. kgbuild reads the few constructs that it needs with PyYAML; linkml validates
the files in the tests.
"""

import msgspec

__all__ = ["EntityType", "PropertyType", "RelationType", "Schema"]


class EntityType(msgspec.Struct, frozen=True):
    """A kind of node. `prefixes`: CURIE prefixes in order of preference."""

    name: str
    description: str = ""
    prefixes: tuple[str, ...] = ()
    category: str = ""
    """Biolink class, as a CURIE."""


class RelationType(msgspec.Struct, frozen=True):
    """A kind of edge with the entity types that it may join. `predicate`: Biolink predicate, as a CURIE."""

    name: str
    subjects: frozenset[str]
    objects: frozenset[str]
    predicate: str = ""
    symmetric: bool = False
    description: str = ""

    def allows(self, subject_type: str, object_type: str) -> bool:
        """Whether it may join these types in this direction, or either direction if symmetric."""
        forward = subject_type in self.subjects and object_type in self.objects
        return forward or (self.symmetric and object_type in self.subjects and subject_type in self.objects)


class PropertyType(msgspec.Struct, frozen=True):
    """A measurable property with its quantity kind (QUDT) and its preferred unit (UCUM)."""

    name: str
    quantity_kind: str = ""
    unit: str = ""
    aliases: tuple[str, ...] = ()


class Schema(msgspec.Struct, frozen=True):
    """Entity, relation and property types by name. `version` is a hash of the content, for caches and the manifest."""

    name: str
    version: str
    entities: dict[str, EntityType]
    relations: dict[str, RelationType]
    properties: dict[str, PropertyType]
