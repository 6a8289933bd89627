"""What a user should know of a compiled ontology before relying on it, in lines of words."""

from kgbuild.link.compiled import CompiledOntology
from kgbuild.link.equivalence import refusals

__all__ = ["remarks"]


def remarks(ontology: CompiledOntology) -> list[str]:
    """What its files held besides concepts, what cannot be found or linked, and mappings that are not used."""
    meta = ontology.meta
    found = [f"passed over: {count:,} {what}" for what, count in meta.skipped.items()]
    if not meta.names:
        found.append(
            "no concept has a name, so that nothing is found by it; add the folder that holds its names as well"
        )
    elif not meta.types:
        found.append(
            "no concept has an entity type, so that it is used only by --ontology TYPE=…; add it with --type to use it "
            "for a type beside others"
        )
    refused = refusals(ontology) if meta.xrefs else []
    if refused:
        example = refused[0]
        found.append(
            f"{len(refused):,} of {meta.xrefs:,} cross-references are not used as equivalences, because they would "
            f"merge concepts of one ontology, such as {example.subject} = {example.object}, which would merge "
            f"{' and '.join(example.siblings[:3])}; `kgbuild ontology mappings {meta.name}` lists them"
        )
    return found
