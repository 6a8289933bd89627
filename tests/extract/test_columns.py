"""Mentions that agree in the columns of a table."""

from collections.abc import Sequence

import pytest

from kgbuild.concept import KnownNames
from kgbuild.document import Document, Mention, Span
from kgbuild.extract.columns import agree_in_columns
from kgbuild.read.layout import CellSpec, TextBuilder


def agreed(
    rows: Sequence[Sequence[str]],
    *tagged: tuple[str, str],
    header_rows: int = 1,
    known: KnownNames | None = None,
) -> list[tuple[str, str, float]]:
    """What there is in a table, its header first, where all places of these names were tagged as these types."""
    builder = TextBuilder()
    builder.add_table([[CellSpec(text) for text in row] for row in rows], header_rows=header_rows)
    doc = builder.build()
    mentions = [
        Mention(Span(start, start + len(name)), type_, score=0.8, raw_score=0.7, agent="m")
        for name, type_ in tagged
        for start in places(doc, name)
    ]
    found = agree_in_columns(doc, mentions, known)
    assert [mention.span for mention in found] == sorted(mention.span for mention in found)
    return [(doc.text_of(mention.span), mention.type, mention.score) for mention in found]


def places(doc: Document, name: str) -> list[int]:
    return [start for start in range(len(doc.text)) if doc.text.startswith(name, start)]


class Names:
    """Names of diseases and chemicals."""

    names_version = "1"

    def __init__(self, *names: str) -> None:
        self._names = names

    def knows(self, name: str, type: str) -> bool:
        return type != "Gene" and name in self._names


def test_every_cell_of_a_column_of_names_is_one() -> None:
    rows = [["Gene symbol", "p"], ["BRCA1", "0.1"], ["KLF6", "0.2"], ["12", "0.3"], ["NA", "0.4"], ["NR", "0.5"]]
    # half as sure on the word of the header, and for the other half by the share of the names that were found
    assert agreed(rows, ("BRCA1", "Gene")) == [("BRCA1", "Gene", 0.8), ("KLF6", "Gene", 0.6)]


def test_the_whole_cell_is_the_name_and_has_the_type_of_its_column() -> None:
    rows = [["Disease name"], ["Charcot-Marie-Tooth disease axonal type 2N"], ["AARS1 deficiency"]]
    found = agreed(rows, ("Charcot-Marie-Tooth disease", "Disease"), ("AARS1", "Gene"))
    assert found == [(rows[1][0], "Disease", 0.8), (rows[2][0], "Disease", 0.6)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("PTHLH - CCDC91", ["PTHLH", "CCDC91"]),
        ("RP11-89K11.1 – C9orf72", ["RP11-89K11.1", "C9orf72"]),
        ("IL6, TNF", ["IL6", "TNF"]),
        ("IL6,TNF", ["IL6", "TNF"]),
        ("TP53; Mdm2;", ["TP53", "Mdm2"]),
        ("HLA-DRB1 / HLA-DQA1", ["HLA-DRB1", "HLA-DQA1"]),
        ("IL6 and TNF", ["IL6", "TNF"]),
        (", ".join(f"ABC{n}" for n in range(12)), [f"ABC{n}" for n in range(12)]),
        ("CDKN2B-AS1", ["CDKN2B-AS1"]),
        ("IL-2/IL-4", ["IL-2", "IL-4"]),
        ("Hsp70/Hsp90", ["Hsp70", "Hsp90"]),
        ("GPIIB/IIIA", []),
        ("ERK1/2", []),
        ("TNF;NA;IL6", ["TNF", "IL6"]),
        ("IL6; -", ["IL6"]),
        ("CYP2C9, CYP3A4, others", ["CYP2C9", "CYP3A4"]),
        ("TP53; yes", ["TP53"]),
        ("NA; -", []),
        ("TNF, weakly", []),
    ],
)
def test_a_cell_of_several_genes_names_each(text: str, names: list[str]) -> None:
    found = agreed([["Mapped gene", "p"], ["BRCA1", "1"], [text, "2"]], ("BRCA1", "Gene"))
    assert [(name, type_) for name, type_, _ in found] == [(name, "Gene") for name in ("BRCA1", *names)]


def test_a_list_of_genes_that_the_tagger_took_for_one_is_several() -> None:
    rows = [["Locus", "p"], ["PTHLH - CCDC91", "1"]]
    assert agreed(rows, ("PTHLH - CCDC91", "Gene")) == [("PTHLH", "Gene", 0.8), ("CCDC91", "Gene", 0.8)]


@pytest.mark.parametrize("type_", ["Material", "Chemical"])
@pytest.mark.parametrize("text", ["Ag/TiO2", "CdSe/ZnS", "Pd/Au", "LiCl - KCl"])
def test_a_composite_of_formulas_is_one_name(text: str, type_: str) -> None:
    known = Names(*text.replace(" - ", "/").split("/"))
    assert agreed([["Catalyst", "n"], [text, "1"]], (text, type_), known=known) == [(text, type_, 0.8)]


def test_a_material_is_one_and_chemicals_by_name_are_several() -> None:
    rows, known = [["Sample", "n"], ["silica/graphene", "1"]], Names("silica", "graphene")
    assert [name for name, _, _ in agreed(rows, ("silica/graphene", "Material"), known=known)] == ["silica/graphene"]
    assert [name for name, _, _ in agreed(rows, ("silica/graphene", "Chemical"), known=known)] == ["silica", "graphene"]


@pytest.mark.parametrize(
    ("text", "known", "names"),
    [
        ("Anemia, sickle cell", ["Anemia, sickle cell", "Anemia"], ["Anemia, sickle cell"]),
        ("Anemia, fever", ["Anemia", "fever"], ["Anemia", "fever"]),
        ("Anemia, of some kind", ["Anemia"], ["Anemia, of some kind"]),
        ("Anemia / fever", ["Anemia"], ["Anemia"]),
        ("Anemia; of some kind", [], ["Anemia", "of some kind"]),
        ("Anemia and fever", ["Anemia", "Anemia and fever"], ["Anemia and fever"]),
        ("Anemia; type 2", [], ["Anemia"]),
        ("Anemia; Stage II", ["Anemia"], ["Anemia"]),
        ("Anemia; class IIb; no", [], ["Anemia"]),
        ("Grade 3", [], []),
        ("Anemia; -", ["Anemia", "Anemia; -"], ["Anemia"]),
        ("Anemia;", ["Anemia", "Anemia;"], ["Anemia"]),
    ],
)
def test_ontologies_tell_whether_a_cell_is_one_name(text: str, known: list[str], names: list[str]) -> None:
    rows = [["Disease", "p"], ["gout", "1"], [text, "2"]]
    found = agreed(rows, ("gout", "Disease"), ("Anemia", "Disease"), known=Names(*known))
    assert [name for name, _, _ in found] == ["gout", *names]


def test_without_ontologies_a_name_with_a_comma_is_one_unless_each_part_was_found() -> None:
    rows = [["Disease", "p"], ["Anemia, sickle cell", "1"], ["Anemia, fever", "2"]]
    found = agreed(rows, ("Anemia", "Disease"), ("fever", "Disease"))
    assert [name for name, _, _ in found] == ["Anemia, sickle cell", "Anemia", "fever"]


def test_in_any_column_a_cell_that_is_a_known_name_is_one() -> None:
    rows = [
        ["Trait", "p"],
        ["Anemia, sickle cell", "1"],
        ["Anemia, mild", "2"],
        ["Anemia (HbS)", "3"],
        ["Anemia†", "4"],
    ]
    known = Names("Anemia, sickle cell", "Anemia (HbS)", "Anemia†")
    found = agreed(rows, ("Anemia", "Disease"), known=known)
    assert [name for name, _, _ in found] == ["Anemia, sickle cell", "Anemia", "Anemia", "Anemia"]


def test_a_formula_that_fills_a_cell_is_one_name() -> None:
    rows = [["FORMULA"], ["Al0.25 Co1 Fe1 Ni1"], ["TiO2 on glass"], ["CO2 H2"], ["Pt 5"], ["BaTiO3 SrTiO3"]]
    names = ["Al0.25", "Fe1 Ni1", "TiO2", "CO2", "H2", "Pt", "BaTiO3", "SrTiO3"]
    found = agreed(rows, *((name, "Material") for name in names))
    assert [name for name, _, _ in found] == ["Al0.25 Co1 Fe1 Ni1", *names[2:]]


def test_a_known_name_is_left_apart_where_something_else_was_found_in_it() -> None:
    rows = [["Trait", "p"], ["BRAF V600E melanoma", "1"]]
    found = agreed(rows, ("BRAF", "Gene"), ("melanoma", "Disease"), known=Names("BRAF V600E melanoma"))
    assert [name for name, _, _ in found] == ["BRAF", "melanoma"]


@pytest.mark.parametrize(
    "text", ["Placebo", "Healthy volunteers", "Controls", "Overall", "T = 293 K", "aspirin plus x"]
)
def test_what_is_no_name_is_none_in_a_column_of_names_either(text: str) -> None:
    found = agreed([["Drug", "n"], ["aspirin", "1"], [text, "2"]], ("aspirin ", "Chemical"))
    assert [name for name, _, _ in found if name == text] == []


def test_the_lower_of_two_headers_counts_and_is_no_name() -> None:
    above, below = [["Upregulated", "Upregulated"], ["Gene", "FC"]], [["SOX9", "2"], ["ALAS2", "3"]]
    expected = [("SOX9", "Gene", 0.8), ("ALAS2", "Gene", 0.6)]
    assert agreed([*above, *below], ("SOX9", "Gene"), header_rows=2) == expected
    above = [["Drug", "Drug"], ["Name", "Class"]]
    assert agreed([*above, ["aspirin", "NSAID"]], ("aspirin", "Chemical"), header_rows=2) == [
        ("aspirin", "Chemical", 0.8)
    ]


@pytest.mark.parametrize("header", ["Gene count", "Gene ID", "Function", ""])
def test_other_headers_say_nothing(header: str) -> None:
    assert agreed([[header, "x"], ["BRCA1", "1"], ["KLF6", "2"]], ("BRCA1", "Gene")) == [("BRCA1", "Gene", 0.8)]


def test_a_header_is_believed_if_the_tagger_finds_such_names() -> None:
    rows = [["Gene", "n"], *([word, "1"] for word in ("yes", "maybe", "often", "never", "seldom", "BRCA1"))]
    assert agreed(rows, ("BRCA1", "Gene")) == [("BRCA1", "Gene", 0.8)]


def test_a_code_of_a_kind_is_a_mention_only_if_most_codes_of_the_column_are() -> None:
    rows = [["Form", "n"], *([code, "1"] for code in ("AR", "AD", "AR", "AR", "AD", "AR"))]
    assert agreed(rows, ("AR", "Gene")) == []
    assert len(agreed(rows, ("AR", "Gene"), ("AD", "Gene"))) == 6


def test_under_a_header_of_kinds_codes_are_no_names() -> None:
    rows = [["Inheritance", "n"], ["AR", "1"], ["AD", "2"], ["XL", "3"]]
    assert agreed(rows, ("AR", "Gene"), ("AD", "Disease"), ("XL", "Gene")) == []


@pytest.mark.parametrize("text", ["NA", "N/A", "n.a.", "ND", "none detected"])
def test_what_stands_for_no_value_is_none(text: str) -> None:
    assert agreed([["Sample", "n"], [text, "1"], ["Na", "2"]], (text, "Chemical"), ("Na", "Chemical")) == [
        ("Na", "Chemical", 0.8)
    ]


def test_the_unit_of_a_header_is_none() -> None:
    rows = [["Iron (K)", "Al (wt%)"], ["1", "2"]]
    assert agreed(rows, ("Iron", "Chemical"), ("K", "Chemical"), ("Al", "Chemical")) == [
        ("Iron", "Chemical", 0.8),
        ("Al", "Chemical", 0.8),
    ]


def test_codes_that_stand_once_each_are_names() -> None:
    rows = [["Marker", "n"], ["CRP", "1"], ["BMI", "2"], ["HDL", "3"]]
    assert agreed(rows, ("CRP", "Chemical")) == [("CRP", "Chemical", 0.8)]


@pytest.mark.parametrize("text", ["HGNC:23336", "MONDO:0018997", "2018-06-07T16:00", "DB00620", "https://a.b/HGNC"])
def test_identifiers_and_dates_name_nothing(text: str) -> None:
    assert agreed([["Reference", "n"], [text, "1"]], (text[:4], "Gene")) == []


@pytest.mark.parametrize("text", ["NM_004333.4:c.1799T>A", "PM6:Y6", "NaYF4:Yb3+", "SB203580", "T:293K"])
def test_names_that_look_like_identifiers_stay(text: str) -> None:
    assert agreed([["Sample", "n"], [text, "1"]], (text, "Material")) == [(text, "Material", 0.8)]


def test_text_outside_of_tables_stays_as_it_is() -> None:
    doc = Document("kgb:text", "AR and BRCA1")
    mentions = [Mention(Span(0, 2), "Gene"), Mention(Span(7, 12), "Gene")]
    assert agree_in_columns(doc, mentions) == mentions


@pytest.mark.parametrize("header", ["Tc (K)", "Mn (kg/mol)", "Tm (°C)"])
def test_the_symbol_of_a_property_is_no_element(header: str) -> None:
    assert agreed([["n", header], ["1", "2"]], (header[:2], "Chemical")) == []
    assert len(agreed([["n", f"Transition of {header}"], ["1", "2"]], (header[:2], "Chemical"))) == 1


def test_names_that_ontologies_know_make_up_for_those_that_the_tagger_missed() -> None:
    rows = [["Cell line"], ["K562"], ["HeLa"], ["own line"], ["A549"]]
    known = Names("K562", "HeLa", "A549")
    assert agreed(rows, known=known) == [
        ("K562", "CellLine", pytest.approx(0.7875)),
        ("HeLa", "CellLine", pytest.approx(0.7875)),
        ("own line", "CellLine", pytest.approx(0.3375)),
        ("A549", "CellLine", pytest.approx(0.7875)),
    ]


def test_in_a_column_of_samples_known_names_are_mentions_and_labels_none() -> None:
    names = [["polystyrene"], ["PMMA"], ["S1"], ["own blend"], ["silica"]]
    known = Names("polystyrene", "PMMA", "S1", "silica")
    score = pytest.approx(0.675)
    assert agreed([["Sample name"], *names], known=known) == [
        ("polystyrene", "Material", score),
        ("PMMA", "Material", score),
        ("silica", "Material", score),
    ]
    assert agreed([["Sample name"], *names[1:4]], known=known) == []  # a symbol alone may be a label
    assert agreed([["Outcome"], *names], known=known) == agreed([["Name"], *names], known=known) == []
    found = agreed([["Sample name"], *names], ("polystyrene", "Chemical"), known=known)
    assert found[0] == ("polystyrene", "Chemical", 0.8)


def test_a_header_of_which_nobody_knows_the_names_is_not_believed() -> None:
    rows = [["Cell line"], ["K562"], ["alpha"], ["beta"]]
    assert agreed(rows, known=Names("K562")) == agreed(rows) == []
