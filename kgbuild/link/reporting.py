"""Links as they are reported: candidates with their reasons, and mentions with what was chosen."""

import math
import re

import msgspec

from kgbuild.document import Candidate, MatchKind, Mention
from kgbuild.link.cases import Ranked

__all__ = ["candidate_of", "linked", "read_in", "variant"]

_RS_NUMBER = re.compile(r"(?:dbSNP:? ?)?rs ?(\d{2,})", re.IGNORECASE)


def linked(mention: Mention, chosen: tuple[Candidate, ...], candidates: tuple[Candidate, ...] = ()) -> Mention:
    """The mention with the concepts that were chosen, as sure as the least sure of them."""
    return msgspec.structs.replace(
        mention,
        candidates=candidates or chosen,
        concepts=tuple(dict.fromkeys(candidate.curie for candidate in chosen)),
        link_score=min((candidate.score for candidate in chosen), default=0.0),
    )


def read_in(mention: Mention, name: str, text: str) -> Mention:
    """The mention with what it was read as in the reasons of its candidates, where that is more than its words."""
    if name == text:
        return mention
    told = (
        msgspec.structs.replace(candidate, reason=f"in {name!r}: {candidate.reason}")
        for candidate in mention.candidates
    )
    return msgspec.structs.replace(mention, candidates=tuple(told))


def variant(text: str) -> tuple[Candidate, ...]:
    """The dbSNP identifier that a variant's name is, if it is one."""
    number = _RS_NUMBER.fullmatch(text.strip())
    return (
        () if number is None else (Candidate(f"DBSNP:rs{number[1]}", f"rs{number[1]}", 1.0, "exact", "an rs number"),)
    )


def candidate_of(ranked: Ranked, probability: float) -> Candidate:
    """A concept as it is reported, with how it was found."""
    option, match = ranked.option, ranked.option.match
    kind: MatchKind = "lexical"
    if match.reading.how in ("formula", "long_form"):
        kind = "formula" if match.reading.how == "formula" else "abbreviation"
    elif match.likeness == "same" and match.reading.how == "written":
        kind = "exact"
    elif match.likeness == "meant":
        kind = "dense"
    found = match.words
    n_equal = round(math.exp(ranked.features.get("shared", 0.0)))
    found += f"; {n_equal} concepts fit equally well" if n_equal > 1 else ""
    return Candidate(option.concept.curie, option.concept.name, round(probability, 4), kind, match.reading.note + found)
