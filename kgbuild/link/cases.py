"""The mentions of a document with the concepts that they may mean, and what their document says of these."""

from collections.abc import Sequence
from typing import NamedTuple

from kgbuild.document import Document, Mention, Span
from kgbuild.formula import FORMULA_TYPES
from kgbuild.link.candidates import SURE, stems
from kgbuild.link.composite import JOINT, split_composite
from kgbuild.link.features import Features, Option
from kgbuild.link.framing import without_frame
from kgbuild.link.gene_species import described, species_features, unsaid
from kgbuild.link.readings import DISORDER_TYPES, is_acronym
from kgbuild.link.species_context import SpeciesContext

__all__ = ["COMPOSITE_TYPES", "Asked", "Case", "Found", "Key", "Ranked", "parts_of", "with_document", "with_species"]

COMPOSITE_TYPES = ("Disease", "Phenotype", "Gene", "Chemical")
UNDESCRIBED = {"undescribed": 1.0}


class Key(NamedTuple):
    """All that the candidates of a mention depend on, but for the rest of its document."""

    text: str
    long_form: str
    type: str
    species: tuple[str, ...]
    short_form: str = ""


class Ranked(NamedTuple):
    """A concept that a mention may mean, and what speaks for and against it."""

    option: Option
    features: Features


class Found(NamedTuple):
    """A mention, or a part of a composite one, by its text, with what it may mean."""

    mention: Mention
    text: str
    long_form: str
    ranked: tuple[Ranked, ...]


class Asked(NamedTuple):
    """A document with its mentions by text, then the parts of those that may name several genes, and what to find.

    `owners`: the place of the mention that each part is of; `further`: parts of other composite names, which are needed
    if the whole is none. `context`: None without genes.
    """

    document: Document
    mentions: tuple[tuple[Mention, str], ...]
    keys: tuple[Key, ...]
    owners: tuple[int, ...]
    further: tuple[Key, ...]
    context: SpeciesContext | None


class Case(NamedTuple):
    """A mention with the concepts that it may mean and their features, in the order of their matches.

    `parts` are the same of the genes that a composite name stands for, if it is one. `is_foreign`: the document speaks
    only of species whose genes no table holds, and the name does not say otherwise.
    """

    mention: Mention
    long_form: str
    options: tuple[Option, ...]
    features: tuple[Features, ...]
    parts: tuple["Case", ...] = ()
    is_foreign: bool = False


def with_species(
    genes: Sequence[tuple[str, Span, tuple[Ranked, ...]]], context: SpeciesContext
) -> list[tuple[Ranked, ...]]:
    """The options of a document's genes, by name and place, with what depends on their species."""
    named = [(text, span, [item.option for item in ranked]) for text, span, ranked in genes]
    of_species = species_features(named, context)
    return [
        tuple(Ranked(item.option, item.features | more) for item, more in zip(ranked, features, strict=True))
        for (_, _, ranked), features in zip(genes, of_species, strict=True)
    ]


def with_document(found: Sequence[Found], document: Document) -> list[Case]:
    """The cases of a document.

    A concept that another name in it surely means is likelier; one for which but a few letters speak is likelier where
    the document has the words of one of its names.
    """
    around = stems(document.text)
    names: dict[str, set[str]] = {}
    for _, text, _, ranked in found:
        if ranked and ranked[0].option.match.cost <= SURE:
            names.setdefault(ranked[0].option.concept.curie, set()).add(text.casefold())
    cases = []
    for mention, text, long_form, ranked in found:
        own = {text.casefold()}
        features = tuple(
            item.features if names.get(item.option.concept.curie, own) <= own else item.features | {"elsewhere": 1.0}
            for item in ranked
        )
        if is_acronym(text) and not long_form and mention.type != "Gene":
            features = tuple(
                known | (described(item.option.concept, around) or UNDESCRIBED)
                for known, item in zip(features, ranked, strict=True)
            )
        if mention.type not in ("Gene", *FORMULA_TYPES):
            features = tuple(known | unsaid(item.option, around) for known, item in zip(features, ranked, strict=True))
        cases.append(Case(mention, long_form, tuple(item.option for item in ranked), features))
    return cases


def parts_of(text: str, type: str) -> tuple[str, ...]:
    """The names that a composite one stands for; "stage II and III cancer" is one, as its frame alone is joined."""
    if type not in COMPOSITE_TYPES or not JOINT.search(text):
        return ()
    if type in DISORDER_TYPES:
        frame, name, _ = text.partition(without_frame(text, type))
        if JOINT.search(frame) and not JOINT.match(name):
            return split_composite(name)
    return split_composite(text)
