"""What the ranker cannot weigh of a gene, as it learns from mentions that are all genes: whether one is meant at all.

A plural means the family, or no gene that has an identifier; a few letters for which nothing else speaks mean nothing.
"""

import re
from collections.abc import Iterable, Sequence

from kgbuild.concept import Concept
from kgbuild.link.features import Features, Option
from kgbuild.link.gene_classes import is_family
from kgbuild.link.gene_names import is_plural
from kgbuild.link.names import normal_key
from kgbuild.link.readings import is_acronym

__all__ = ["FAMILY_SHARE", "NAME_FOUND", "family_of", "is_doubtful"]

#: share of the plurals of a family's name that mean the family: nine of ten that were read in abstracts
FAMILY_SHARE = 0.9
#: names that ontologies have, and the readings that say no less than the mention
NAME_FOUND = ("same", "case", "spelling")
WHOLE = ("written", "long_form", "symbol", "short_form")
#: a number that tells which of a series is meant: of "5-HT(2C) receptors" each is the same gene's
_MEMBER = re.compile(r"(?<![A-Za-z\d])\d+[A-Z]?\b")
#: features of a gene of which one at least should be there if nothing but letters speaks for it
SUPPORT = frozenset(["as_gene", "described", "elsewhere", "learnt_share"])


def family_of(text: str, options: Sequence[Option]) -> Option | None:
    """The family of genes that a plural names, "VEGFRs" or "integrins", though a gene may be called so as well."""
    if not is_plural(text):
        return None
    for option in options:
        match = option.match
        if is_family(option.concept) and match.likeness in NAME_FOUND and match.reading.how in WHOLE:
            return option
    return None


def is_doubtful(text: str, long_form: str, option: Option, features: Features, namesakes: Iterable[Concept]) -> bool:
    """Whether a gene that a name is taken for is rather none: one of several, or one for which but letters speak.

    `namesakes`: all concepts of any type that have the same name.
    """
    if _is_one_of_several(text, option):
        return True
    if not _is_unsupported(text, long_form, option, features):
        return False
    return _is_derived(option) or any(_is_other(concept, option.concept) for concept in namesakes)


def _is_one_of_several(text: str, option: Option) -> bool:
    """Whether a plural is taken for a gene that is but one of those so called: of "EGFRs" each is an EGFR."""
    if not is_plural(text) or is_plural(option.match.name) or _MEMBER.search(text):
        return False
    return normal_key(option.concept.name) not in (normal_key(text.removesuffix("s")), normal_key(option.match.name))


def _is_unsupported(text: str, long_form: str, option: Option, features: Features) -> bool:
    """Whether but a few letters speak for a gene that has another symbol: "SCOP" where nothing tells which is meant."""
    if long_form or not is_acronym(text):
        return False
    return option.match.scope != "preferred" and SUPPORT.isdisjoint(features)


def _is_derived(option: Option) -> bool:
    """Whether a gene is called so in another species only, or was found by another name than was written."""
    return option.match.likeness == "ortholog" or option.match.reading.how not in WHOLE


def _is_other(concept: Concept, gene: Concept) -> bool:
    """Whether a concept is anything but a gene, what it does, its family, and its namesakes in other species."""
    return concept.type != "Process" and not is_family(concept) and concept.name.casefold() != gene.name.casefold()
