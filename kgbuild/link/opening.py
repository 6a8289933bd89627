"""The ontologies that a linker is given, opened."""

import logging
from collections.abc import Sequence
from pathlib import Path

from kgbuild.link import catalogue
from kgbuild.link.compiled import CompiledOntology
from kgbuild.link.remarks import shortcomings

__all__ = ["open_all", "open_one"]

logger = logging.getLogger(__name__)


def open_all(names: Sequence[str] | None, types: Sequence[str]) -> tuple[CompiledOntology, ...]:
    """The ontologies of these names or files, None for the defaults; `types` are those that mentions have."""
    if names is None:
        return tuple(catalogue.open_default())
    opened: list[CompiledOntology] = []
    for name in names:
        if name == "default":
            opened += catalogue.open_default()
        else:
            opened.append(open_one(name, types))
    return tuple(opened)


def open_one(name: str, types: Sequence[str], type: str = "") -> CompiledOntology:
    """One ontology, whose concepts are of this type if they tell none; what a user's own lacks is warned of."""
    ontology = catalogue.open_ontology(name, type)
    if Path(name).exists():  # the user's own, who can mend it
        words = shortcomings(ontology, name, types)
        if words:
            logger.warning("%s", words)
    return ontology
