"""What a user should know of a compiled ontology before relying on it, in lines of words."""

from collections.abc import Sequence

from kgbuild.errors import OntologyError
from kgbuild.link.compiled import CompiledOntology
from kgbuild.link.equivalence import refusals

__all__ = ["remarks", "shortcomings"]


def remarks(ontology: CompiledOntology) -> list[str]:
    """What its files held besides concepts, what cannot be found or linked, and mappings that are not used."""
    meta = ontology.meta
    found = [
        f"passed over: {count:,} {what}{_example(meta.examples.get(what))}" for what, count in meta.skipped.items()
    ]
    if not meta.names:
        found.append(
            "no concept has a name, so that nothing is found by it; add the folder that holds its names as well"
        )
    elif not meta.types:
        found.append(
            "no concept has an entity type, so that it is used only by --ontology TYPE=…; add it with --type to use it "
            "for a type beside others"
        )
    else:
        found += [f"not linked to: {words}" for words in _lacking(ontology)]
    refused = refusals(ontology) if meta.xrefs else []
    if refused:
        example = refused[0]
        found.append(
            f"{len(refused):,} of {meta.xrefs:,} cross-references are not used as equivalences, because they would "
            f"merge concepts of one ontology, such as {example.subject} = {example.object}, which would merge "
            f"{' and '.join(example.siblings[:3])}; `kgbuild ontology mappings {meta.name}` lists them"
        )
    return found


def shortcomings(ontology: CompiledOntology, given: str, types: Sequence[str]) -> str:
    """What of an ontology that a user gives as a file is never linked to, in two sentences; "" if all of it is.

    `types`: the entity types that mentions have. OntologyError if neither names nor cross-references are of use.
    """
    meta = ontology.meta
    if not meta.xrefs and not (meta.names and set(types).intersection(meta.types)):
        raise OntologyError(
            f"{given}: nothing can be linked to its {meta.concepts:,} concepts. {_expected(given, types)}; found: "
            + "; ".join(_unusable(ontology, types))
        )
    found = _unusable(ontology, types)
    return f"{given}: not linked to: {'; '.join(found)}. {_expected(given, types)}" if found else ""


def _expected(given: str, types: Sequence[str]) -> str:
    return (
        "Expected are identifiers such as MONDO:0005148, names, and in a column `type` (or by --ontology "
        f"TYPE={given}) one of {', '.join(sorted(types))}"
    )


def _unusable(ontology: CompiledOntology, types: Sequence[str]) -> list[str]:
    meta = ontology.meta
    found = [f"{meta.skipped[what]:,} {what}{_example(first)}" for what, first in meta.examples.items()]
    found += _lacking(ontology)
    unknown = sorted(set(meta.types) - set(types))
    return [*found, f"concepts of the unknown types {', '.join(unknown)}"] if unknown else found


def _lacking(ontology: CompiledOntology) -> list[str]:
    words = {"name": "without a name", "type": "without an entity type"}
    return [
        f"{count:,} of {ontology.meta.concepts:,} concepts {words[what]}{_example(first)}"
        for what, (count, first) in ontology.meta.lacking.items()
    ]


def _example(first: str | None) -> str:
    return f" (the first: {first})" if first else ""
