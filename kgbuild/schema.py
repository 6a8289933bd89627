"""What a graph may hold: entity types with their ontologies, relations with subject and object types, properties.

A schema is a LinkML file (https://linkml.io): an entity type is a class under ``Entity`` with ``id_prefixes`` in
order of preference; a relation is a class under ``Relation`` whose ``slot_usage``, or ``slot_conditions`` under
``any_of`` where only some pairs are allowed, type ``subject`` and ``object``; a property is a slot under
``measured_value`` with its unit. kgbuild reads the few constructs that it needs, lets stand what documents them for
LinkML's own tools (descriptions, mappings, URIs), and refuses all others; linkml validates the shipped ones in the
tests. ``imports`` names schemas beside the file, or shipped ones.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from kgbuild.document import content_hash
from kgbuild.errors import ConfigError

__all__ = ["EntityType", "PropertyNames", "PropertyType", "RelationType", "Schema", "load_schema", "schema_names"]

#: Where the shipped schemas lie: in an installed package, and in a checkout.
_FOLDERS = (Path(__file__).parent / "schemas", Path(__file__).parent.parent / "schemas")

#: Names that the stores use themselves, in the spelling of Cypher labels.
_RESERVED = frozenset(
    {"DOCUMENT", "EVIDENCE", "MEASUREMENT", "HAS_MEASUREMENT", "FROM_DOCUMENT", "MENTIONED_IN", "BELIEF", "DOCUMENTS"}
)

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class EntityType(msgspec.Struct, frozen=True):
    """A kind of node. `prefixes`: CURIE prefixes in order of preference."""

    name: str
    description: str = ""
    prefixes: tuple[str, ...] = ()
    category: str = ""
    """Biolink class, as a CURIE."""


class RelationType(msgspec.Struct, frozen=True):
    """A kind of edge with the entity types that it may join. `predicate`: Biolink predicate, as a CURIE.

    `pairs` are the allowed (subject type, object type); `subjects` and `objects` are what occurs in them. Without
    `pairs` every subject may be joined to every object.
    """

    name: str
    subjects: frozenset[str]
    objects: frozenset[str]
    predicate: str = ""
    symmetric: bool = False
    description: str = ""
    pairs: frozenset[tuple[str, str]] = frozenset()

    def allows(self, subject_type: str, object_type: str) -> bool:
        """Whether it may join these types in this direction, or either direction if symmetric."""
        forward = self._joins(subject_type, object_type)
        return forward or (self.symmetric and self._joins(object_type, subject_type))

    @property
    def directed_pairs(self) -> tuple[tuple[str, str], ...]:
        """Every (subject type, object type) that `allows` allows, sorted."""
        types = sorted(self.subjects | self.objects)
        return tuple((first, second) for first in types for second in types if self.allows(first, second))

    def _joins(self, subject_type: str, object_type: str) -> bool:
        if self.pairs:
            return (subject_type, object_type) in self.pairs
        return subject_type in self.subjects and object_type in self.objects


class PropertyType(msgspec.Struct, frozen=True):
    """A measurable property with its quantity kind (QUDT) and its preferred unit (UCUM).

    `symbols`, as "σ", mean other things elsewhere: they count only beside a unit that fits.
    """

    name: str
    quantity_kind: str = ""
    unit: str = ""
    aliases: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()


class Schema(msgspec.Struct, frozen=True):
    """Entity, relation and property types by name. `version` is a hash of the content, for caches and the manifest."""

    name: str
    version: str
    entities: dict[str, EntityType]
    relations: dict[str, RelationType]
    properties: dict[str, PropertyType]

    @property
    def preferences(self) -> dict[str, tuple[str, ...]]:
        """Entity type -> CURIE prefixes in order of preference."""
        return {name: entity.prefixes for name, entity in self.entities.items()}


class PropertyNames:
    """Finds properties by name or alias, without regard to blanks, hyphens, underscores and, in long names, case."""

    def __init__(self, properties: Iterable[PropertyType]) -> None:
        self._by_key: dict[str, PropertyType] = {}
        for item in sorted(properties, key=lambda item: item.name):
            for name in (item.name, *item.aliases):
                self._by_key.setdefault(_property_key(name), item)

    def find(self, name: str) -> PropertyType | None:
        """The property of this name, or None."""
        return self._by_key.get(_property_key(name))


def schema_names() -> tuple[str, ...]:
    """The names of the shipped schemas, sorted."""
    found = {path.stem for folder in _FOLDERS for path in folder.glob("*.yaml")}
    return tuple(sorted(found - {"base"}))


def load_schema(name_or_path: str | Path = "science") -> Schema:
    """A shipped schema by name, or the user's own by the path of its LinkML file.

    ConfigError names the file and the key that is unknown, given twice, missing or refers to nothing.
    """
    path = _find(name_or_path)
    elements = _Elements()
    elements.add_file(path)
    entities = {item.name: item for item in elements.entities()}
    relations = {item.name: item for item in elements.relations()}
    properties = {item.name: item for item in elements.properties()}
    if not entities:
        raise ConfigError(f"{path}: [classes] expected at least one class under Entity, found none")
    content = msgspec.json.encode((entities, relations, properties), order="deterministic").decode()
    return Schema(path.stem, content_hash(content), entities, relations, properties)


class _Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a slot may hold: one class, or one of several; or a fixed text."""

    range: str = ""
    any_of: tuple["_Range", ...] = ()
    equals_string: str = ""
    required: bool = True
    description: str = ""

    @property
    def classes(self) -> frozenset[str]:
        return frozenset().union({self.range} - {""}, *(option.classes for option in self.any_of))


class _Conditions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    slot_conditions: dict[str, _Range]


class _Class(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    description: str = ""
    title: str = ""
    is_a: str = ""
    abstract: bool = False
    class_uri: str = ""
    id_prefixes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    exact_mappings: tuple[str, ...] = ()
    see_also: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    slot_usage: dict[str, _Range] = {}
    any_of: tuple[_Conditions, ...] = ()
    annotations: dict[str, bool] = {}


class _Unit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ucum_code: str = ""
    symbol: str = ""
    has_quantity_kind: str = ""


class _Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    description: str = ""
    is_a: str = ""
    abstract: bool = False
    identifier: bool = False
    required: bool = False
    range: str = ""
    slot_uri: str = ""
    aliases: tuple[str, ...] = ()
    exact_mappings: tuple[str, ...] = ()
    unit: _Unit = _Unit()
    annotations: dict[str, str] = {}


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    title: str = ""
    description: str = ""
    version: str = ""
    license: str = ""
    see_also: tuple[str, ...] = ()
    prefixes: dict[str, str] = {}
    default_prefix: str = ""
    default_range: str = ""
    imports: tuple[str, ...] = ()
    classes: dict[str, Any] = {}
    slots: dict[str, Any] = {}


class _Elements:
    """Classes and slots of a file and of all that it imports, each with the file that defines it."""

    def __init__(self) -> None:
        self._files: set[Path] = set()
        self._classes: dict[str, tuple[Path, _Class]] = {}
        self._slots: dict[str, tuple[Path, _Slot]] = {}

    def add_file(self, path: Path) -> None:
        if path in self._files:
            return
        self._files.add(path)
        content = _converted(_yaml(path), _File, path, "")
        for name in content.imports:
            if not name.startswith("linkml:"):
                self.add_file(_find(name, beside=path))
        _add(self._classes, content.classes, _Class, path, "classes")
        _add(self._slots, content.slots, _Slot, path, "slots")

    def entities(self) -> Iterator[EntityType]:
        spellings: dict[str, str] = {}
        for name, path, item in self._concrete_classes("Entity"):
            _check_name(name, path)
            twin = spellings.setdefault(_label(name), name)
            if twin != name:
                raise ConfigError(f"{path}: [classes.{name}] has the same name {_label(name)} in Cypher as {twin}")
            if "-" in name:  # relationship types are respelled for Cypher, labels are not
                raise ConfigError(f"{path}: [classes.{name}] an entity type must not have a hyphen in its name")
            yield EntityType(name, item.description, item.id_prefixes, item.class_uri)

    def relations(self) -> Iterator[RelationType]:
        # labels and relationship types share one catalogue in the property graph, which does not tell case
        spellings = {_label(name): name for name, _, _ in self._concrete_classes("Entity")}
        for name, path, item in self._concrete_classes("Relation"):
            _check_name(name, path)
            twin = spellings.setdefault(_label(name), name)
            if twin != name:
                raise ConfigError(f"{path}: [classes.{name}] has the same name {_label(name)} in Cypher as {twin}")
            yield self._relation(name, path, item)

    def properties(self) -> Iterator[PropertyType]:
        for name, (path, item) in sorted(self._slots.items()):
            if not item.abstract and "measured_value" in self._ancestors(self._slots, name, path, "slots"):
                kind = item.unit.has_quantity_kind.rpartition(":")[2]
                _check_annotations(item.annotations, "symbols", f"{path}: [slots.{name}.annotations]")
                symbols = tuple(item.annotations.get("symbols", "").split())
                yield PropertyType(name, kind, item.unit.ucum_code, item.aliases, symbols)

    def _relation(self, name: str, path: Path, item: _Class) -> RelationType:
        _check_annotations(item.annotations, "symmetric", f"{path}: [classes.{name}.annotations]")
        pairs = frozenset(
            (subject, object)
            for ends in ([option.slot_conditions for option in item.any_of] or [item.slot_usage])
            for subject in self._types(ends, "subject", name, path)
            for object in self._types(ends, "object", name, path)
        )
        predicate = item.slot_usage.get("predicate", _Range()).equals_string
        return RelationType(
            name=name,
            subjects=frozenset(subject for subject, _ in pairs),
            objects=frozenset(object for _, object in pairs),
            predicate=predicate,
            symmetric=item.annotations.get("symmetric", False),
            description=item.description,
            pairs=pairs,
        )

    def _types(self, ends: Mapping[str, _Range], end: str, relation: str, path: Path) -> set[str]:
        """The concrete entity types that stand under the classes of one end of a relation."""
        classes = ends[end].classes if end in ends else frozenset()
        if not classes:
            raise ConfigError(f"{path}: [classes.{relation}] expected a range for {end}, found none")
        types = [name for name, _, _ in self._concrete_classes("Entity")]
        allowed = set()
        for wanted in sorted(classes):
            below = {name for name in types if wanted in {name, *self._ancestors(self._classes, name, path, "classes")}}
            if not below:
                raise ConfigError(
                    f"{path}: [classes.{relation}] {end} {wanted!r} is no entity type: {', '.join(types)}"
                )
            allowed |= below
        return allowed

    def _concrete_classes(self, root: str) -> list[tuple[str, Path, _Class]]:
        return [
            (name, path, item)
            for name, (path, item) in sorted(self._classes.items())
            if not item.abstract and root in self._ancestors(self._classes, name, path, "classes")
        ]

    def _ancestors(self, table: Mapping[str, tuple[Path, Any]], name: str, path: Path, key: str) -> list[str]:
        found: list[str] = []
        parent = table[name][1].is_a
        while parent:
            if parent not in table or parent in found:
                raise ConfigError(f"{table[name][0]}: [{key}.{name}] is_a {parent!r} is not defined, or circular")
            found.append(parent)
            parent = table[parent][1].is_a
        return found


class _UniqueKeyLoader(yaml.SafeLoader):
    """PyYAML keeps the last of two equal keys without a word; this refuses the second."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise ConfigError(f"line {key_node.start_mark.line + 1}: expected a name as key, found {key!r}")
            if key in seen:
                raise ConfigError(f"line {key_node.start_mark.line + 1}: key {key!r} is given twice")
            seen.add(key)
        return super().construct_mapping(node, deep)


Element = TypeVar("Element", bound=msgspec.Struct)


def _find(name_or_path: str | Path, *, beside: Path | None = None) -> Path:
    folders = _FOLDERS if beside is None else (beside.parent, *_FOLDERS)
    named = [folder / f"{name_or_path}.yaml" for folder in folders]
    candidates = [*named, Path(name_or_path)] if beside is None else named
    for path in candidates:
        if path.is_file():
            return path
    where = "" if beside is None else f"{beside}: [imports] "
    raise ConfigError(
        f"{where}no schema {str(name_or_path)!r}; give a LinkML file or one of {', '.join(schema_names())}"
    )


def _yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text("utf-8"), Loader=_UniqueKeyLoader)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: expected YAML in UTF-8: {error}") from error


def _add(
    table: dict[str, tuple[Path, Element]], items: Mapping[str, Any], kind: type[Element], path: Path, key: str
) -> None:
    for name, item in items.items():
        if name in table:
            raise ConfigError(f"{path}: [{key}.{name}] is also defined in {table[name][0]}")
        table[name] = (path, _converted({} if item is None else item, kind, path, f"[{key}.{name}] "))


def _converted(content: Any, kind: type[Element], path: Path, where: str) -> Element:
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        known = ", ".join(field.name for field in msgspec.structs.fields(kind))
        raise ConfigError(f"{path}: {where}{error}; known keys: {known}") from error


def _check_annotations(annotations: Iterable[str], known: str, where: str) -> None:
    for key in sorted(annotations):
        if key != known:
            raise ConfigError(f"{where} unknown key {key!r}; known: {known}")


def _check_name(name: str, path: Path) -> None:
    if not _IDENTIFIER.fullmatch(name):
        raise ConfigError(
            f"{path}: [classes.{name}] expected a name of letters, digits, _ and -, starting with a letter"
        )
    if _label(name) in _RESERVED:
        raise ConfigError(f"{path}: [classes.{name}] the name is used by the graph's own records; choose another")


def _label(name: str) -> str:
    return name.replace("-", "_").upper()


def _property_key(name: str) -> str:
    key = re.sub(r"[\s_-]+", "", name)
    return key if len(key) <= 3 else key.casefold()
