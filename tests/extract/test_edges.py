"""Names that the tagger cut."""

import pytest

from kgbuild.document import Document, Passage, Span
from kgbuild.extract.edges import is_no_name, is_reference, mend_edges


def mended(marked: str, entity: str) -> str | None:
    """The mended mention of a text in which "[" and "]" mark the mention."""
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    doc = Document("kgb:doc-1", text)
    span = mend_edges(doc, Passage(Span(0, len(text)), "sentence"), Span(start, end), entity)
    return None if span is None else doc.text_of(span)


@pytest.mark.parametrize(
    ("marked", "entity", "name"),
    [
        ("in N,N-[dimethylformamide] at", "Chemical", "N,N-dimethylformamide"),
        ("in N,[N-dimethylformamide] at", "Chemical", "N,N-dimethylformamide"),
        ("of 2',3'-[dideoxyinosine]", "Chemical", "2',3'-dideoxyinosine"),
        ("5-[FU]", "Chemical", "5-FU"),
        ("neither Myc nor L-[Myc] is", "Gene", "L-Myc"),
        ("by [MK]-801", "Chemical", "MK-801"),
        ("of [Zn1]-xMgxO films", "Material", "Zn1-xMgxO"),
        ("(cellulose@[α-Fe2O3–ZrO2])", "Material", "cellulose@α-Fe2O3–ZrO2"),
        ("by [Ag]@SiO2@Au, and", "Chemical", "Ag@SiO2@Au"),
        ("a long-[term stability test]", "Method", "long-term stability test"),
        ("by UV-[visible spectrophotometry]", "Method", "UV-visible spectrophotometry"),
        ("in low-[cycle fatigue]", "Property", "low-cycle fatigue"),
        ("the one-[dimensional] rods", "Form", "one-dimensional"),
        ("by 4-[layered] films", "Form", "4-layered"),
        ("(La0.8Sr0.2MnO[3]-δ)", "Material", "La0.8Sr0.2MnO3-δ"),
        ("of [Ca](OH)2.", "Chemical", "Ca(OH)2"),
        ("([NaCl]).", "Chemical", "NaCl"),
        ("[Fe3O4]-based", "Material", "Fe3O4"),
        ("= [1].8\u00b0 and", "Quantity", "1.8\u00b0"),
        ("a [histamine H(3]) receptor", "Chemical", "histamine H(3)"),
        ("a ([+)-isomer] of", "Chemical", "(+)-isomer"),
        ("the [acetate (DOCA]) group", "Chemical", "acetate"),
        ("of (SMV[) thrombosis] in", "Disease", "thrombosis"),
        ("of (the [PEN)] film", "Material", "PEN"),
        ("of [poly(arylene)s (A] b", "Material", "poly(arylene)s"),
        ("at [100 mV s]^-1 and", "Quantity", "100 mV s^-1"),
        ("of [5 mA h]^-1 g^-1.", "Quantity", "5 mA h^-1 g^-1"),
        ("at [100 mV] s^-1 and", "Quantity", "100 mV s^-1"),
        ("at [20 mV] s⁻¹ and", "Quantity", "20 mV s⁻¹"),
        ("of [0.1 S] cm−1.", "Quantity", "0.1 S cm−1"),
        ("by [3 W]·m^-1·K^-1.", "Quantity", "3 W·m^-1·K^-1"),
        ("for [10 min] in", "Quantity", "10 min"),
        ("of [25 kg/m]^3.", "Quantity", "25 kg/m^3"),
        ("of [10^]4 cells", "Quantity", "10^4"),
        ("time of [17] s.", "Quantity", "17 s"),
        ("of [0.3 mg/]kg/day for", "Quantity", "0.3 mg/kg/day"),
        ("of 2.[4 eV] at", "Quantity", "2.4 eV"),
        ("[MCF]-7 cells", "CellLine", "MCF-7"),
        ("MCF[-7] cells", "CellLine", "MCF-7"),
        ("MCF-[7]", "CellLine", "MCF-7"),
        ("[HIV-]1-positive", "Species", "HIV-1"),
        ("a [CD40L/IL]-4-primed", "Gene", "CD40L/IL-4"),
        ("[angiotensin-]converting", "Chemical", "angiotensin"),
        ("in [SK]-N-SH cells", "CellLine", "SK-N-SH"),
        ("in MDA-[MB-231] cells", "CellLine", "MDA-MB-231"),
        ("the [p].V600E mutation", "Variant", "p.V600E"),
        ("the c.[35G]>A mutation", "Variant", "c.35G>A"),
        ("and \u03b1-[synuclein]", "Gene", "\u03b1-synuclein"),
    ],
)
def test_a_cut_name_is_made_whole(marked: str, entity: str, name: str) -> None:
    assert mended(marked, entity) == name


@pytest.mark.parametrize(
    ("marked", "entity", "name"),
    [
        ("[cocaine]-induced", "Chemical", "cocaine"),
        ("with [thallium]-201", "Chemical", "thallium"),
        ("the [FOXP3]-924 A/G", "Gene", "FOXP3"),
        ("of p-[Akt]", "Gene", "Akt"),
        ("MDM2/4-[p53]", "Gene", "p53"),
        ("non-[tumour]", "Disease", "tumour"),
        ("[Cl-] channels", "Chemical", "Cl-"),
        ("at [-3] mV", "Quantity", "-3"),
        ("10-[20] mg", "Quantity", "20 mg"),
        ("in [17] samples", "Quantity", "17"),
        ("of [17] s-block", "Quantity", "17"),
        ("of [10 mg]/tablet", "Quantity", "10 mg"),
        ("in [5].2.1 of", "Quantity", "5"),
        ("[IL-4]", "Gene", "IL-4"),
        ("in [HepG2]-derived cells", "CellLine", "HepG2"),
        ("of [CO2]-10 mmol", "Chemical", "CO2"),
        ("of [SiO2]-20 wt%", "Material", "SiO2"),
        ("[methyl and] ethyl", "Material", "methyl"),
        ("the [activity of] it", "Property", "activity"),
        ("[the gap of] HOMO", "Property", "gap"),
        ("by [of the SEM]", "Method", "SEM"),
        ("by Levene[’s t-test]", "Method", "t-test"),
        ("an [in mean value]", "Property", "mean value"),
        ("the [(Ag/rGO] film", "Material", "Ag/rGO"),
        ("an [in situ test] of", "Method", "in situ test"),
        ("[In and As] films", "Material", "In and As"),
        ("of [vitamin a]", "Chemical", "vitamin a"),
        ("[from 2 to] 3 V", "Quantity", "from 2 to"),
        ("at [1],350 °C", "Quantity", "1,350 °C"),
        ("at 1,[350 °C]", "Quantity", "1,350 °C"),
        ("at [1], 350 times", "Quantity", "1"),
        ("2, 3,[500] samples", "Quantity", "3,500"),
    ],
)
def test_what_stands_beside_a_name_stays_outside(marked: str, entity: str, name: str) -> None:
    assert mended(marked, entity) == name


def test_a_name_is_not_mended_beyond_its_passage() -> None:
    doc = Document("kgb:doc-1", "5-FU-1")
    assert mend_edges(doc, Passage(Span(2, 4), "cell"), Span(2, 4), "Chemical") == Span(2, 4)


@pytest.mark.parametrize("name", ["5D", "-10D", "10C-10D", "A-B", "B", "119", "-7"])
def test_labels_of_figures_and_numbers_are_no_genes(name: str) -> None:
    assert is_no_name(name, "Gene")


@pytest.mark.parametrize(
    ("entity", "name"),
    [
        ("Material", "FCC"),
        ("Chemical", "448"),
        ("Quantity", "mL"),
        ("Chemical", "L"),
        ("CellLine", "7"),
        ("CellLine", "Cell lines"),
        ("CellType", "cells"),
        ("Gene", "Protein"),
        ("Gene", "type I"),
        ("Species", "B"),
        ("Variant", "T"),
        ("Variant", "556 bp"),
        ("Variant", "_016383"),
        ("Variant", "JX961707"),
        ("Material", "electro"),
        ("Form", "Nano"),
        ("Chemical", "co"),
        ("Material", "ATCC"),
        ("Property", "of"),
        ("Method", "in"),
        ("Method", "numerical"),
        ("Property", "optical"),
        ("Form", "structured"),
        ("Form", "single"),
    ],
)
def test_numbers_letters_and_words_for_a_kind_name_nothing(entity: str, name: str) -> None:
    assert is_no_name(name, entity)


@pytest.mark.parametrize(
    ("entity", "name"),
    [
        ("Chemical", "K"),
        ("Material", "C"),
        ("Quantity", "7"),
        ("Property", "T"),
        ("CellLine", "T47D"),
        ("CellType", "T cells"),
        ("Variant", "20 bp deletion"),
        ("Variant", "rs2476601"),
        ("Variant", "R620W"),
        ("Chemical", "CO"),
        ("Material", "Bi"),
        ("Material", "As"),
        ("Gene", "for"),
        ("Species", "ATCC"),
        ("Form", "nanotube"),
        ("Form", "1D"),
        ("Form", "amorphous"),
        ("Chemical", "lactic"),
    ],
)
def test_short_names_are_kept(entity: str, name: str) -> None:
    assert not is_no_name(name, entity)


@pytest.mark.parametrize("name", ["p53", "14-3-3", "A1", "F5", "4E-BP1", "B7", "IL-4", "c-kit"])
def test_short_names_of_genes_are_no_labels(name: str) -> None:
    assert not is_no_name(name, "Gene")


@pytest.mark.parametrize("marked", ["the [p]-value of", "a [quasi-steady]-state model", "[finite]-element method"])
def test_the_first_part_of_a_word_names_no_property_or_method(marked: str) -> None:
    assert mended(marked, "Property") is None and mended(marked, "Method") is None


@pytest.mark.parametrize(
    ("marked", "is_one"),
    [
        ("in Figs. S1, S2 and [S3]", True),
        ("(Supplementary Table [S2])", True),
        ("see Additional file [2]", True),
        ("Fig. 2A–[2C]", True),
        ("in Fig. 3, [IL6] was increased", False),
        ("(Fig. 2; C3 and [C5])", False),
        ("in Figs 1 and 2, [CO2] uptake", False),
        ("the table of [C3] levels", False),
        ("Figure 2 shows [C3]", False),
        ("Tables list [TP53]", False),
    ],
)
def test_numbers_of_tables_and_figures_are_references(marked: str, is_one: bool) -> None:
    start, end = marked.index("["), marked.index("]") - 1
    assert is_reference(marked.replace("[", "").replace("]", ""), Span(start, end)) == is_one
