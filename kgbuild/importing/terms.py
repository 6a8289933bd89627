"""Other graphs' words for types and predicates -> the entity types and relations of a schema.

A category or predicate is the schema's own name, is named by the user, or is a Biolink term that the schema maps to, or
stands below one (`biolink.tsv`, made by tests/importing/biolink_hierarchy.py). A node without any such category has the
type of its identifier's prefix. Nothing is guessed: a term that fits several relations fits none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from kgbuild.errors import ConfigError
from kgbuild.prefixes import PREFIXES
from kgbuild.schema import RelationType, Schema

__all__ = ["Terms", "UnknownTermError"]

_BIOLINK = "biolink:"
_OWN = "kg:"

#: a gene's products are of its type
_SAME = {"biolink:GeneOrGeneProduct": "biolink:Gene", "biolink:GeneGroupingMixin": "biolink:Gene"}

#: says nothing of how two things are related, so that no relation of a schema is meant by it
_VAGUE = frozenset(
    {"biolink:related_to", "biolink:related_to_at_instance_level", "biolink:related_to_at_concept_level"}
)


class UnknownTermError(Exception):
    """No type or relation of the schema is meant, and why."""


class Terms:
    """Finds the types and relations of a schema. `named` are the user's own: term -> entity type or relation."""

    def __init__(self, schema: Schema, named: Mapping[str, str] | None = None) -> None:
        self._schema = schema
        self._named = dict(named or {})
        for term, name in self._named.items():
            if name not in schema.entities and name not in schema.relations:
                known = ", ".join([*sorted(schema.entities), *sorted(schema.relations)])
                raise ConfigError(f"{term}={name}: expected a type or relation of schema {schema.name}: {known}")
        self._types: dict[str, list[str]] = {}
        for entity in sorted(schema.entities.values(), key=lambda entity: entity.name):
            self._types.setdefault(entity.category, []).append(entity.name)
        self._relations: dict[str, list[RelationType]] = {}
        for relation in sorted(schema.relations.values(), key=lambda relation: relation.name):
            if relation.predicate not in _VAGUE:
                self._relations.setdefault(relation.predicate, []).append(relation)

    def type_of(self, categories: Sequence[str], identifier: str) -> str:
        """The entity type of a node of these categories; UnknownTermError if there is none."""
        for category in categories:
            name = self._named.get(category, category.removeprefix(_OWN))
            if name in self._schema.entities:
                return name
        found = [self._nearest(category) for category in categories]
        nearest = min((item for item in found if item), key=lambda item: item[0], default=None)
        by_prefix = self._type_of_prefix(identifier)
        if nearest is None and by_prefix:
            return by_prefix
        if nearest is None:
            raise UnknownTermError(
                f"category {', '.join(categories) or '(none)'} is no entity type of schema {self._schema.name}"
            )
        _, types = nearest
        return by_prefix if by_prefix in types else types[0]

    def relation_of(self, predicates: Sequence[str], subject_type: str, object_type: str) -> str:
        """The relation that the first usable of these predicates means between such nodes; UnknownTermError if none."""
        ends = f"from {subject_type} to {object_type}"
        for predicate in predicates:
            name = self._named.get(predicate, predicate.removeprefix(_OWN))
            relation = self._schema.relations.get(name)
            if relation is not None and relation.allows(subject_type, object_type):
                return name
            if relation is not None:
                raise UnknownTermError(f"relation {name} may not lead {ends}")
        for predicate in predicates:
            for term in _upwards(predicate):
                fitting = [r.name for r in self._relations.get(term, ()) if r.allows(subject_type, object_type)]
                if len(fitting) == 1:
                    return fitting[0]
                if fitting:
                    raise UnknownTermError(f"predicate {predicate} {ends} may be any of {', '.join(fitting)}")
        shown = ", ".join(predicates) or "(none)"
        raise UnknownTermError(f"predicate {shown} {ends} is no relation of schema {self._schema.name}")

    def _nearest(self, category: str) -> tuple[int, list[str]] | None:
        for distance, term in enumerate(_upwards(category)):
            if term in self._types:
                return distance, self._types[term]
        return None

    def _type_of_prefix(self, identifier: str) -> str:
        prefix = PREFIXES.get(identifier.partition(":")[0])
        return prefix.type if prefix is not None and prefix.type in self._schema.entities else ""


def _upwards(term: str) -> Iterator[str]:
    """The term and what stands above it in Biolink, nearest first."""
    seen: dict[str, None] = {}
    level: Iterable[str] = [term]
    while level:
        above: list[str] = []
        for item in level:
            if item not in seen and item not in _VAGUE:
                seen[item] = None
                yield item
                above += [_SAME[item]] if item in _SAME else _parents().get(item, ())
        level = above


@cache
def _parents() -> dict[str, tuple[str, ...]]:
    lines = files("kgbuild.importing").joinpath("biolink.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {child: tuple(parents) for child, *parents in rows}
