"""MSPT (Mysore et al. 2019, https://aclanthology.org/W19-4007): syntheses of materials in brat standoff, MIT licence.

A number and its unit are two mentions there, joined by Number_Of; here they are one quantity. Words for whatever is in
the flask ("mixture", "samples") name no material.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from kgbuild.document import GIVEN_AGENT, Mention, Span
from kgbuild.extract.corpora import brat
from kgbuild.extract.gold import GoldDocument

__all__ = ["read"]

MATERIALS = frozenset({"Material", "Nonrecipe-Material"})
NUMBER = "Number"
UNITS = frozenset({"Amount-Unit", "Condition-Unit", "Property-Unit", "Apparatus-Unit"})
NUMBER_OF = "Number_Of"
#: Most characters between a number and its unit ("100 mL"); further off the unit belongs to a list of numbers.
GAP = 1
VESSEL_WORDS = """
    alcohol blocks chemicals gel material materials mixture mixtures particles pellets plates powder powders
    precipitate precipitates precursor precursors product products reactant reactants reagent reagents residue
    sample samples slurry solid solids solution solutions solvent solvents suspension
"""
GENERIC = frozenset(VESSEL_WORDS.split())


def read(path: Path, *, corpus: str, entities: frozenset[str], relations: frozenset[str]) -> Iterator[GoldDocument]:
    """The paragraphs of the archive; of its relations none."""
    labels = frozenset({*MATERIALS, NUMBER, *UNITS})
    for gold in brat.read(path, corpus=corpus, entities=labels, relations=frozenset({NUMBER_OF})):
        mentions = tuple(mention for mention in _mentions(gold) if mention.type in entities)
        doc = msgspec.structs.replace(gold.document, relations=())
        yield GoldDocument(corpus, doc.replace_mentions(mentions), entities)


def _mentions(gold: GoldDocument) -> Iterator[Mention]:
    doc = gold.document
    index = doc.mention_index()
    for mention in doc.mentions:
        if mention.type in MATERIALS and doc.text_of(mention.span).casefold() not in GENERIC:
            yield Mention(mention.span, "Material", original_type=mention.original_type, agent=GIVEN_AGENT)
    for relation in doc.relations:
        number, unit = index[relation.subject].span, index[relation.object].span
        if 0 <= unit.start - number.end <= GAP:
            yield Mention(Span(number.start, unit.end), "Quantity", original_type=NUMBER, agent=GIVEN_AGENT)
