"""Names of which the tagger saw a part."""

import re

import pytest

from kgbuild.document import Document, Mention, Span
from kgbuild.extract.completion import complete_names

TYPES = {"c": "Chemical", "g": "Gene", "d": "Disease"}


def completed(marked: str) -> list[tuple[str, str, float]]:
    """What becomes of mentions written as [c:aspirin], each a little less sure than the one before."""
    text, mentions = "", []
    for piece in re.split(r"(\[.*?\])", marked):
        name = piece[3:-1] if piece.startswith("[") else piece
        if name is not piece:
            span, score = Span(len(text), len(text) + len(name)), 0.9 - 0.1 * len(mentions)
            mentions.append(Mention(span, TYPES[piece[1]], score=round(score, 1)))
        text += name
    doc = Document("PMID:1", text)
    return [(mention.type, doc.text_of(mention.span), mention.score) for mention in complete_names(doc, mentions)]


@pytest.mark.parametrize(
    ("marked", "name", "score"),
    [
        ("the [c:NMDA] [g:receptor] of", "NMDA receptor", 0.8),
        ("[c:xanthine] [g:oxidase]", "xanthine oxidase", 0.8),
        ("the [g:neuronal] [c:NO] [g:synthase]", "neuronal NO synthase", 0.7),
        ("a [c:Na]-[g:transporters] b", "Na-transporters", 0.8),
    ],
)
def test_a_chemical_and_the_head_of_a_name_are_one_gene(marked: str, name: str, score: float) -> None:
    assert completed(marked) == [("Gene", name, score)]


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("with [d:hepatitis] B, and", "hepatitis B"),
        ("[d:Chronic hepatitis] C", "Chronic hepatitis C"),
        ("[d:diabetes mellitus] type 2.", "diabetes mellitus type 2"),
        ("the [d:hepatitis] B virus", "hepatitis"),
        ("the [d:hepatitis] B e antigen", "hepatitis"),
        ("of [d:asthma] A was", "asthma"),
        ("of [d:asthma] type A was", "asthma"),
    ],
)
def test_a_disease_takes_in_which_one_it_is(marked: str, name: str) -> None:
    assert completed(marked) == [("Disease", name, 0.9)]


@pytest.mark.parametrize(
    "marked",
    [
        "[c:aspirin] [g:COX2]",
        "[c:aspirin], [g:oxidase]",
        "[c:aspirin] and [g:oxidase]",
        "[d:asthma] [g:receptor]",
        "[g:oxidase] [c:aspirin]",
        "[g:receptor]",
        "[g:MAPK] [g:kinase]",
        "",
    ],
)
def test_other_neighbours_stay_apart(marked: str) -> None:
    assert [name for _, name, _ in completed(marked)] == [piece[3:-1] for piece in re.findall(r"\[.*?\]", marked)]


def test_a_disease_takes_in_nothing_of_the_next_mention() -> None:
    assert [name for _, name, _ in completed("[d:hepatitis] [g:C like protein]")] == ["hepatitis", "C like protein"]
