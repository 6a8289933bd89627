"""Five small papers with every case that assembly meets, and what an ontology knows of their concepts.

Written by hand; offsets are found from the words.
"""

import re

from kgbuild.concept import Concept, Synonym
from kgbuild.document import Cell, Document, Measurement, Mention, Metadata, Passage, Quantity, Relation, Span

ASPIRIN, ASTHMA, FEVER, IBUPROFEN = "MESH:D001241", "MESH:D001249", "MESH:D005334", "MESH:D007052"
COX2, ZIRCONIA = "NCBIGene:5743", "CHEBI:50822"

CONCEPTS = {
    ASPIRIN: Concept(
        ASPIRIN,
        "Aspirin",
        "Chemical",
        synonyms=(Synonym("acetylsalicylic acid"), Synonym("ASA", "abbreviation")),
        xrefs=("CHEBI:15365",),
    ),
    IBUPROFEN: Concept(IBUPROFEN, "Ibuprofen", "Chemical"),
    ASTHMA: Concept(ASTHMA, "Asthma", "Disease"),
    COX2: Concept(COX2, "PTGS2", "Gene", synonyms=(Synonym("COX2"),)),
}


def span_of(text: str, words: str, occurrence: int = 0) -> Span:
    match = list(re.finditer(re.escape(words), text))[occurrence]
    return Span(*match.span())


def mention(text: str, words: str, type: str, *concepts: str, occurrence: int = 0) -> Mention:
    return Mention(span_of(text, words, occurrence), type, score=0.9, concepts=concepts, link_score=1.0, agent="m@1")


def sentences(text: str, section: str) -> tuple[Passage, ...]:
    return tuple(Passage(Span(*match.span()), "sentence", section) for match in re.finditer(r"[^.]+\.", text))


def asthma_trial() -> Document:
    """Linked mentions, a relation affirmed and one denied, one whose concept is named by no ontology."""
    text = "Aspirin causes asthma. Ibuprofen did not cause asthma. Aspirin lowers fever."
    aspirin = mention(text, "Aspirin", "Chemical", ASPIRIN)
    again = mention(text, "Aspirin", "Chemical", ASPIRIN, occurrence=1)
    ibuprofen = mention(text, "Ibuprofen", "Chemical", IBUPROFEN)
    first = mention(text, "asthma", "Disease", ASTHMA)
    second = mention(text, "asthma", "Disease", ASTHMA, occurrence=1)
    fever = mention(text, "fever", "Phenotype", FEVER)
    passages = sentences(text, "Results")
    return Document(
        "PMID:1",
        text,
        title="Asthma after aspirin",
        metadata=Metadata(source="a.xml", format="jats", year=2001, journal="Lung", pmid="1"),
        passages=passages,
        mentions=(aspirin, first, ibuprofen, second, again, fever),
        relations=(
            Relation(aspirin.id, "CID", first.id, passages[0].span, 0.8, 0.9, agent="m@1"),
            Relation(ibuprofen.id, "CID", second.id, passages[1].span, 0.7, 0.9, polarity="negated", agent="m@1"),
            Relation(fever.id, "Negative_Correlation", again.id, passages[2].span, 0.6, agent="m@1"),
        ),
    )


def asthma_review() -> Document:
    """The same edge from another paper, speculated, in reversed direction; one statement against the schema."""
    text = "Asthma may be caused by acetylsalicylic acid. Asthma inhibits asthma."
    disease = mention(text, "Asthma", "Disease", ASTHMA)
    chemical = mention(text, "acetylsalicylic acid", "Chemical", ASPIRIN)
    subject = mention(text, "Asthma", "Disease", ASTHMA, occurrence=1)
    same = mention(text, "asthma", "Disease", ASTHMA)
    passages = sentences(text, "Discussion")
    return Document(
        "PMID:2",
        text,
        title="Asthma: a review",
        metadata=Metadata(source="b.xml", format="jats", year=2003, pmid="2"),
        passages=passages,
        mentions=(disease, chemical, subject, same),
        relations=(
            Relation(disease.id, "CID", chemical.id, passages[0].span, 0.5, modality="speculated", agent="m@1"),
            Relation(subject.id, "Association", same.id, passages[1].span, 0.5, agent="m@1"),
            Relation(disease.id, "Bind", chemical.id, passages[0].span, 0.5, agent="m@1"),
            Relation(disease.id, "cures", chemical.id, passages[0].span, 0.5, agent="m@1"),
            Relation("0-1-Gene", "CID", disease.id, passages[0].span, 0.5, agent="m@1"),
        ),
    )


def gene_study() -> Document:
    """A composite mention, unlinked names in two spellings, text beyond ASCII and beyond the basic plane."""
    text = "𝛼: Aspirin/ibuprofen bind COX2 and Blörb-1. BLÖRB-1  binds COX2."
    both = mention(text, "Aspirin/ibuprofen", "Chemical", ASPIRIN, IBUPROFEN)
    gene = mention(text, "COX2", "Gene", COX2)
    unknown = mention(text, "Blörb-1", "Gene")
    shouted = mention(text, "BLÖRB-1", "Gene")
    later = mention(text, "COX2", "Gene", COX2, occurrence=1)
    passages = sentences(text, "Abstract")
    return Document(
        "PMID:3",
        text,
        title="Über COX2 'and' \"quotes\"",
        metadata=Metadata(source="c.xml", format="jats", pmid="3"),
        passages=passages,
        mentions=(both, gene, unknown, shouted, later),
        relations=(
            Relation(both.id, "Bind", gene.id, passages[0].span, 0.9, agent="m@1", novel=True),
            Relation(later.id, "Bind", shouted.id, passages[1].span, 0.4, agent="m@1"),
        ),
    )


def materials_table() -> Document:
    """A row of a table with a property and its value, and the measurement that it states."""
    text = "Sample | Band gap (eV)\nZrO2 | 5.1"
    material = mention(text, "ZrO2", "Material", ZIRCONIA)
    named = mention(text, "Band gap", "Property")
    value = mention(text, "5.1", "Quantity")
    header = Cell(span_of(text, "Band gap (eV)"), 0, 0, 1, is_header=True)
    row = span_of(text, "ZrO2 | 5.1")
    cells = (
        Cell(span_of(text, "Sample"), 0, 0, 0, is_header=True),
        header,
        Cell(material.span, 0, 1, 0, column_header=(span_of(text, "Sample"),)),
        Cell(value.span, 0, 1, 1, column_header=(header.span,)),
    )
    quantity = Quantity(5.1, unit="eV", si_value=8.17e-19, si_unit="J")
    between = Quantity(None, low=5.0, high=5.2, unit="eV", si_low=8.01e-19, si_high=8.33e-19, si_unit="J")
    return Document(
        "PMC:PMC4",
        text,
        title="Oxides",
        metadata=Metadata(source="d.csv", format="csv", year=2020),
        cells=cells,
        passages=(Passage(Span(0, 22), "row", "Table 1", 0), Passage(row, "row", "Table 1", 0)),
        mentions=(material, named, value),
        relations=(Relation(named.id, "has_value", value.id, row, 0.95, agent="tables@1"),),
        measurements=(
            Measurement(material.id, named.id, quantity, value.span, (("temperature", "300 K"),), 0.95),
            Measurement("", "QUDT:EnergyGap", between, value.span),
            Measurement("9-9-Material", named.id, quantity, value.span),
        ),
    )


def empty_paper() -> Document:
    return Document("PMID:5", "", metadata=Metadata(source="e.txt", format="text"))


def papers() -> tuple[Document, ...]:
    return asthma_trial(), asthma_review(), gene_study(), materials_table(), empty_paper()
