"""Measurements in the cells of hand-made tables."""

from pathlib import Path

import msgspec
import pytest

from kgbuild.document import GIVEN_AGENT, Document, Measurement, Mention, Quantity, Relation, Span
from kgbuild.extract.tables import TABLE_SCORE, TableReader
from kgbuild.read.layout import CellSpec, TextBuilder
from kgbuild.read.reader import read_source
from kgbuild.read.source import find_sources
from kgbuild.schema import load_schema
from kgbuild.segment import segment

READER = TableReader(load_schema("materials").properties.values())


def table(*rows: str, header_rows: int | None = None, materials: str = "") -> Document:
    """A document of one table, cells between bars, with mentions of these words as the extractor would make them."""
    builder = TextBuilder()
    cells = [[CellSpec(text.strip()) for text in row.split("|")] for row in rows]
    builder.add_table(cells, header_rows=header_rows)
    doc = segment(builder.build(id="kgb:t"))
    spans = [Span(doc.text.index(name), doc.text.index(name) + len(name)) for name in materials.split()]
    return doc.replace_mentions(Mention(span, "Material", agent="model@1") for span in spans)


def read(doc: Document) -> list[tuple[str, str, str, float | None, str, tuple[tuple[str, str], ...]]]:
    """Subject, property, its words, value, unit and conditions of what is found, in the order of the text."""
    found = READER.read(doc)
    mentions = found.mention_index()

    def words(id: str) -> str:
        return doc.text_of(mentions[id].span) if id else ""

    return [
        (words(m.subject), m.property_type, words(m.property), m.quantity.value, m.quantity.unit, m.conditions)
        for m in found.measurements
    ]


def test_a_cell_is_what_its_column_says_of_its_row() -> None:
    assert read(table("Composition | Tg (°C) | Density (g/cm3)", "ZnO-P2O5 | 325 | 3.1", "PbO-P2O5 | 301 | 4.2")) == [
        ("ZnO-P2O5", "glass_transition_temperature", "Tg", 325.0, "Cel", ()),
        ("ZnO-P2O5", "density", "Density", 3.1, "g.cm-3", ()),
        ("PbO-P2O5", "glass_transition_temperature", "Tg", 301.0, "Cel", ()),
        ("PbO-P2O5", "density", "Density", 4.2, "g.cm-3", ()),
    ]


def test_a_formula_of_which_the_model_found_a_part_is_the_subject_as_a_whole() -> None:
    doc = table("Alloy | Density (g/cm3)", "Al0.476 Co0.476 Cr0.476 Fe0.476 Ni1 | 7.1")
    start = doc.text.index("Al0.476")
    cut = Mention(Span(start, start + len("Al0.476 Co0.476 Cr0.476 Fe0.476")), "Material")
    ((subject, *_),) = read(doc.replace_mentions([cut]))
    assert subject == "Al0.476 Co0.476 Cr0.476 Fe0.476 Ni1"


@pytest.mark.parametrize(
    ("header", "cell", "property", "value", "unit"),
    [
        ("Band gap/eV", "3.3", "band_gap", 3.3, "eV"),
        ("Thermal conductivity W/mK", "50", "thermal_conductivity", 50.0, "W.m-1.K-1"),
        ("Mobility (cm2/Vs)", "200", "carrier_mobility", 200.0, "cm2.V-1.s-1"),
        ("Coercivity (Oe)", "100", "coercivity", 100.0, "Oe"),
        ("Lattice constant (Å)", "4.2", "lattice_parameter", 4.2, "Ao"),
        ("Tm", "1700 C", "melting_point", 1700.0, "Cel"),
    ],
)
def test_units_are_understood_as_tables_write_them(
    header: str, cell: str, property: str, value: float, unit: str
) -> None:
    ((_, found, _, number, code, _),) = read(table(f"Material | {header}", f"ZnO | {cell}"))
    assert (found, number, code) == (property, value, unit)


def test_a_condition_s_unit_may_stand_behind_it_without_a_mark() -> None:
    rows = table("Material | temperature_C | Tensile strength (MPa)", "Steel | 25 | 500")
    assert [item[5] for item in read(rows)] == [(("temperature", "25 Cel"),)]


@pytest.mark.parametrize(
    ("header", "condition"),
    [
        ("T (K)", (("temperature", "10 K"),)),
        ("T", (("temperature", "10"),)),
        ("t (min)", (("time", "10 min"),)),
        ("t (mm)", ()),
        ("t", ()),
    ],
)
def test_t_is_a_temperature_or_a_time_by_its_unit(header: str, condition: tuple[tuple[str, str], ...]) -> None:
    rows = table(f"Material | {header} | Tensile strength (MPa)", "Steel | 10 | 500", "Copper | 10 | 200")
    assert [item[5] for item in read(rows)] == [condition, condition]


def test_a_result_akin_to_a_property_is_no_condition_of_others() -> None:
    rows = table(
        "Alloy | Phase | Elongation plastic (%) | Density of pellets (g/cm3) | Hardness (GPa)",
        "NiAl | B2 | 5 | 3 | 2",
        "NiAl | A2 | 7 | 4 | 3",
    )
    assert [item[1:] for item in read(rows)][:2] == [
        ("elongation", "Elongation", 5.0, "%", (("given as", "plastic"), ("Phase", "B2"))),
        ("hardness", "Hardness", 2.0, "GPa", (("Phase", "B2"),)),
    ]


def test_tc_in_kelvin_is_that_of_superconductors_where_these_are_spoken_of() -> None:
    rows = table("Material | Tc (K) | Class", "MgB2 | 39 | superconductor")
    assert read(rows) == [("MgB2", "critical_temperature", "Tc", 39.0, "K", ())]
    assert read(table("Ferromagnet | Tc (K)", "Fe | 1043")) == []
    glasses = read(table("Composition | Tg (K) | Tc (K)", "Ge20Se80 | 439 | 530"))
    assert [item[1] for item in glasses] == ["glass_transition_temperature"]
    assert read(table("Composition | Tc1 (K) | Tc2 (K)", "AgAsSe2 | 447 | 500")) == []


@pytest.mark.parametrize(
    ("header", "property", "unit"),
    [
        ("Flexural strength (MPa)", "flexural_strength", "MPa"),
        ("Bending strength, MPa", "flexural_strength", "MPa"),
        ("Modulus of rupture (N/mm2)", "flexural_strength", "N.mm-2"),
        ("Flexural modulus (GPa)", "flexural_modulus", "GPa"),
        ("Compressive strength (MPa)", "compressive_strength", "MPa"),
        ("Tensile strength (MPa)", "tensile_strength", "MPa"),
        ("Yield stress (MPa)", "yield_strength", "MPa"),
        ("Yield strength (MPa)", "yield_strength", "MPa"),
        ("Tensile modulus (GPa)", "youngs_modulus", "GPa"),
        ("Elongation at break (%)", "elongation", "%"),
        ("El. %", "elongation", "%"),
        ("Strain at break (%)", "elongation", "%"),
        ("Impact strength (kJ/m2)", "impact_strength", "kJ.m-2"),
    ],
)
def test_mechanical_properties_are_read_under_their_usual_names(header: str, property: str, unit: str) -> None:
    ((_, found, _, value, code, _),) = read(table(f"Material | {header}", "PLA | 60"))
    assert (found, value, code) == (property, 60.0, unit)


@pytest.mark.parametrize("header", ["Compressive stress (MPa)", "Strength (MPa)", "Flexural strength (%)"])
def test_a_stress_is_no_strength(header: str) -> None:
    assert read(table(f"Material | {header}", "PLA | 60")) == []


@pytest.mark.parametrize("header", ["Chemicals", "Inhibitor", "Complexes"])
def test_a_column_of_codes_names_substances_if_its_header_says_so(header: str) -> None:
    (found,) = read(table(f"{header} | Tg (°C)", "MKP-one | 325"))
    assert found[0] == "MKP-one"


@pytest.mark.parametrize(
    ("names", "subjects"),
    [
        (["W", "Cu"], ["W", "Cu"]),
        (["W", "SiC", "K"], ["W", "SiC", "K"]),
        (["W", "C"], ["", ""]),
        (["A", "B", "C", "Control"], ["", "", "", "Control"]),
    ],
)
def test_an_element_of_one_letter_is_a_name_beside_formulas(names: list[str], subjects: list[str]) -> None:
    found = read(table("Material | Density (g/cm3)", *(f"{name} | 19.{n}" for n, name in enumerate(names))))
    assert [subject for subject, *_ in found] == subjects


@pytest.mark.parametrize("header", ["Sample", "Specimen", "Sample name", "Thin film", "Cathode", ""])
def test_a_formula_is_a_name_among_samples(header: str) -> None:
    names = ["GaN", "CoCrFeNi", "Fe3O4@SiO2", "S2", "CF1", "control"]
    rows = [f"{header} | Density (g/cm3)", *(f"{name} | 5.{n}" for n, name in enumerate(names))]
    found = read(table(*rows, header_rows=1))
    assert [subject for subject, *_ in found] == ["GaN", "CoCrFeNi", "Fe3O4@SiO2", "", "", ""]


def test_labels_in_a_series_are_no_formulas() -> None:
    found = read(table("Sample | Density (g/cm3)", "SiC1 | 3.1", "SiC2 | 3.2", "SiC | 3.3"))
    assert [subject for subject, *_ in found] == ["", "", "SiC"]


def test_a_formula_says_what_else_is_in_a_sample() -> None:
    found = read(table("Filler | Density (g/cm3)", "SiC | 1.1", "TiN | 1.2"))
    assert [item[0] for item in found] == ["", ""]


@pytest.mark.parametrize(
    ("text", "named", "is_whole"),
    [
        ("304 steel", "steel", True),
        ("Inconel 718", "Inconel", True),
        ("Hastelloy X", "Hastelloy", True),
        ("Al 6061-T6", "Al", True),
        ("graphene film", "graphene", False),
        ("TiO2 5", "TiO2", False),
    ],
)
def test_which_alloy_it_is_is_part_of_the_name(text: str, named: str, is_whole: bool) -> None:
    found = read(table("Material | Density (g/cm3)", f"{text} | 7.9", materials=named))
    assert [subject for subject, *_ in found] == [text if is_whole else named]


def test_properties_may_be_rows() -> None:
    assert read(table("Property/Composition | ZnO-P2O5 | PbO-P2O5", "E (GPa) | 62 | 56.4", "Colour | white | red")) == [
        ("ZnO-P2O5", "youngs_modulus", "E", 62.0, "GPa", ()),
        ("PbO-P2O5", "youngs_modulus", "E", 56.4, "GPa", ()),
    ]


def test_units_may_stand_in_a_row_or_a_column_of_their_own() -> None:
    rows = table("Alloy | Yield strength | Hardness", "| (MPa) | (GPa)", "AZ31 | 200 | 0.7", header_rows=2)
    assert [item[3:5] for item in read(rows)] == [(200.0, "MPa"), (0.7, "GPa")]
    columns = table("Property | Unit | AZ31", "Yield strength | MPa | 200", "Density | g/cm3 | 1.8", materials="AZ31")
    assert [(*item[:2], *item[3:5]) for item in read(columns)] == [
        ("AZ31", "yield_strength", 200.0, "MPa"),
        ("AZ31", "density", 1.8, "g.cm-3"),
    ]


def test_a_cell_with_its_own_unit_needs_none_in_the_header() -> None:
    assert [item[3:5] for item in read(table("Material | Density", "ZnO | 5.6 g/cm3", "SiO2 | 2.2"))] == [
        (5.6, "g.cm-3")
    ]


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("5.09", Quantity(5.09e-4, unit="S.cm-1", si_value=0.0509, si_unit="A2.kg-1.m-3.s3")),
        ("<5", Quantity(5e-4, unit="S.cm-1", si_value=0.05, si_unit="A2.kg-1.m-3.s3", relation="<")),
        ("5.0 ± 0.1", Quantity(5e-4, uncertainty=1e-5, unit="S.cm-1", si_value=0.05, si_unit="A2.kg-1.m-3.s3")),
        ("5.0(1)", Quantity(5e-4, uncertainty=1e-5, unit="S.cm-1", si_value=0.05, si_unit="A2.kg-1.m-3.s3")),
        (
            "4–6",
            Quantity(None, low=4e-4, high=6e-4, unit="S.cm-1", si_low=0.04, si_high=0.06, si_unit="A2.kg-1.m-3.s3"),
        ),
    ],
)
def test_a_power_of_ten_in_the_header_counts(text: str, quantity: Quantity) -> None:
    doc = READER.read(table("Material | Ionic conductivity (10−4 S cm−1)", f"LLZO | {text}"))
    assert [m.quantity for m in doc.measurements] == [quantity]


def test_a_file_s_column_may_write_decimals_with_commas(tmp_path: Path) -> None:
    def values(*cells: str) -> list[float | None]:
        path = tmp_path / "t.csv"
        path.write_text("Composition;Density (kg/m3)\n" + "".join(f"ZnO;{cell}\n" for cell in cells), "utf-8")
        (source,) = find_sources([str(path)])
        (doc,) = read_source(source)
        return [value for _, _, _, value, _, _ in read(segment(doc))]

    assert values("1200,5", "1310,25", "1,500") == [1200.5, 1310.25, 1.5]
    assert values("1,500", "5606,123") == [1.5, 5606.123]
    assert values("1,500", "0,125", "n.d.", "", "-") == [1.5, 0.125]
    assert values("1,200", "1,310") == [1200.0, 1310.0]
    assert values("1200,5", "1310.25") == [1310.25]  # one column in two ways: only what has one meaning
    assert values("1.034,5", "880,0", "1.100") == [1034.5, 880.0, 1100.0]
    assert values("1.034", "880.5") == [1.034, 880.5]
    assert values("5.6 [12]", "130*", "7.1 †", "3.4a") == [5.6, 130.0, 7.1]
    paper = table("Composition | Density (g/cm3)", "ZnO | 5,6", "PbO | 9,5")
    assert read(paper) == []  # where it may be two numbers
    found = read(msgspec.structs.replace(paper, metadata=msgspec.structs.replace(paper.metadata, format="csv")))
    assert [value for _, _, _, value, _, _ in found] == [5.6, 9.5]


@pytest.mark.parametrize("text", ["-", "n.d.", "n/a", "7,25", "325a", "300, 400", "0.5 V vs. RHE", "300 K", "45 (12)"])
def test_what_is_not_one_quantity_of_the_property_is_passed_over(text: str) -> None:
    assert read(table("Material | Density (g/cm3)", f"ZnO | {text}", "SiO2 | 2.2"))[:-1] == []


def test_the_extractor_s_mention_is_the_subject_if_it_covers_the_name() -> None:
    doc = table("Sample | Density (g/cm3)", "ZnO * | 5.6", "S2 of many named ZrO2 | 3", materials="ZnO ZrO2")
    assert [(item[0], item[5]) for item in read(doc)] == [
        ("ZnO", ()),
        ("", (("Sample", "S2 of many named ZrO2"),)),
    ]


def test_a_sample_s_label_is_a_condition_and_no_subject() -> None:
    assert read(table("Sample | Tg (K)", "S1 | 600", "S2 | 610"))[0] == (
        *("", "glass_transition_temperature", "Tg", 600.0, "K"),
        (("Sample", "S1"),),
    )
    assert read(table("Alloy | Tg (K)", "A1 | 600", "Vit 1 | 610"))[0][5] == (("Alloy", "A1"),)


def test_rows_without_a_name_are_told_by_the_cells_before_the_value() -> None:
    rows = table("PbO (mol%) | P2O5 (mol%) | Density (g/cm3) | Remark", "20 | 80 | 3.1 | clear", header_rows=1)
    assert read(rows)[0][5] == (("PbO (mol%)", "20"), ("P2O5 (mol%)", "80"))


def test_columns_of_conditions_are_told() -> None:
    doc = table("Material | Temperature (°C) | Time | Conductivity (S/cm)", "YSZ | 800 | 2 h | 0.02")
    assert read(doc)[0][5] == (("temperature", "800 Cel"), ("time", "2 h"))
    doc = table("Material | Density at 25 °C (g/cm3)", "ZnO | 5.6")
    assert read(doc)[0][5] == (("at", "25 °C"),)


def test_columns_that_tell_rows_of_one_subject_apart_are_conditions() -> None:
    heads = "Material | Synthesis method | Dosage (g/kg) | Lot | Ref. | Source | Density (g/cm3) | Remark"
    rows = ("ZnO | sol-gel | 1 | NA | 7 | [1] | 5.6 | -", f"zno | CVD | 2 | a | 8 | [2] | 5.5 | {'long ' * 9}")
    told = [item[5] for item in read(table(heads, *rows, "TiO2 | sol-gel | 1 | b | 7 | [1] | 4.2 | -"))]
    assert told == [
        (("Synthesis method", "sol-gel"), ("Dosage (g/kg)", "1")),
        (("Synthesis method", "CVD"), ("Dosage (g/kg)", "2"), ("Lot", "a")),  # no lot is told of the first
        (),
    ]


def test_a_column_that_tells_rows_apart_may_have_cells_that_span_rows_or_are_empty() -> None:
    builder = TextBuilder()
    rows = [
        ["Material", "Density (g/cm3)", "Tg (K)", "Form", "Atmosphere"],
        ["ZnO", "5.6", "300", "film", CellSpec("air", row_span=2)],
        ["ZnO", "5.5", "", "bulk"],
        ["ZnO", "5.4", "", "", "argon"],
    ]
    cells = [[cell if isinstance(cell, CellSpec) else CellSpec(cell) for cell in row] for row in rows]
    builder.add_table(cells, header_rows=1)
    assert [(item[3], item[5]) for item in read(builder.build(id="kgb:t"))] == [
        (5.6, (("Form", "film"), ("Atmosphere", "air"))),
        (300.0, ()),
        (5.5, (("Form", "bulk"), ("Atmosphere", "air"))),
        (5.4, (("Atmosphere", "argon"),)),
    ]


def test_other_levels_of_the_header_are_told() -> None:
    doc = table("Material | Rutile | Anatase", "| Density (g/cm3) | Density (g/cm3)", "TiO2 | 4.2 | 3.8", header_rows=2)
    assert [(item[3], item[5]) for item in read(doc)] == [
        (4.2, (("group", "Rutile"),)),
        (3.8, (("group", "Anatase"),)),
    ]


def spanning(head: str, *others: str) -> Document:
    """A row of values whose columns stand under a header that spans two and those of others."""
    builder = TextBuilder()
    rows = [
        [CellSpec("Property"), CellSpec(head, column_span=2), *map(CellSpec, others)],
        [CellSpec(text) for text in ("", "E. coli", "S. aureus", *others)],
        [CellSpec(text) for text in ("Density (g/cm3)", "4", "2", *("8" for _ in others))],
    ]
    builder.add_table(rows, header_rows=2)
    return segment(builder.build(id="kgb:t"))


def test_a_header_over_all_columns_is_what_they_are_called() -> None:
    told = [item[5] for item in read(spanning("Bacteria strain"))]
    assert told == [(("Bacteria strain", "E. coli"),), (("Bacteria strain", "S. aureus"),)]


def test_a_header_beside_others_tells_columns_apart_itself() -> None:
    told = [item[5] for item in read(spanning("Treated", "Control"))]
    assert told[0] == (("column", "E. coli"), ("column", "Treated"))


@pytest.mark.parametrize(
    ("header", "first", "second", "is_told"),
    [
        ("Dosage (g/kg)", "0.2", "2.5", True),
        ("SiO2 (mol%)", "20 ± 1", "30 ± 1", True),
        ("Molar volume (cm3/mol)", "25", "26", False),
        ("d (g/cm3)", "2.5", "2.6", False),
        ("Cement (kg/m3)", "300", "350", True),
        ("Tmax (min)", "45 ± 11", "75 ± 42", False),
        ("95% CI", "0.1–1.2", "0.6–8.1", False),
    ],
)
def test_results_are_no_conditions_of_other_results(header: str, first: str, second: str, is_told: bool) -> None:
    named = table(f"Alloy | {header} | Hardness (GPa)", f"AZ31B | {first} | 5", f"AZ31B | {second} | 6", header_rows=1)
    unnamed = table(f"x | {header} | Hardness (GPa)", f"0.1 | {first} | 5", f"0.2 | {second} | 6", header_rows=1)
    for doc in (named, unnamed):
        found = [item for item in read(doc) if item[1] == "hardness"]
        assert [header in dict(conditions) for *_, conditions in found] == [is_told, is_told]


def test_a_result_tells_rows_apart_where_nothing_else_does() -> None:
    (found,) = read(table("Molar volume (cm3/mol) | Hardness (GPa)", "25 | 5"))
    assert found[5] == (("Molar volume (cm3/mol)", "25"),)


def test_each_group_of_columns_has_its_measurements() -> None:
    builder = TextBuilder()
    builder.add_table(
        [
            [CellSpec("Sample"), *(CellSpec(f"{time} annealing", column_span=2) for time in ("Before", "After"))],
            [CellSpec(text) for text in ("", *("Density (g/cm3)", "Tg (K)") * 2)],
            [CellSpec(text) for text in ("S1", "5.1", "300", "5.2", "310")],
        ],
        header_rows=2,
    )
    assert [(item[1], item[3], item[5][1]) for item in read(builder.build(id="kgb:t"))] == [
        ("density", 5.1, ("group", "Before annealing")),
        ("glass_transition_temperature", 300.0, ("group", "Before annealing")),
        ("density", 5.2, ("group", "After annealing")),
        ("glass_transition_temperature", 310.0, ("group", "After annealing")),
    ]


@pytest.mark.parametrize("header", ["Hardness (HV)", "Vickers hardness, HV10", "HV"])
def test_vickers_hardness_is_its_own_unit(header: str) -> None:
    assert read(table(f"Sample | {header}", "S1 | 350"))[0][1:5] == (
        *("hardness", header.partition(" (")[0].partition(",")[0], 350.0, "kgf.mm-2"),
    )


def test_properties_of_measurements_in_sentences_are_told() -> None:
    text = "A Young's modulus of 3 GPa; E = 3.5 GPa, and E of 2 eV."
    names = [Mention(Span(start, end), "Property") for start, end in ((2, 17), (28, 29), (43, 44))]
    quantities = [
        Quantity(value, unit=unit, si_value=value, si_unit=si_unit)
        for value, unit, si_unit in ((3e9, "Pa", "kg.m-1.s-2"), (3.5e9, "Pa", "kg.m-1.s-2"), (2.0, "eV", "kg.m2.s-2"))
    ]
    pairs = zip(names, quantities, strict=True)
    measurements = tuple(Measurement("", name.id, quantity, Span(0, len(text))) for name, quantity in pairs)
    doc = Document("PMID:1", text, mentions=tuple(names), measurements=measurements)
    found = READER.read(doc)
    assert [m.property_type for m in found.measurements] == ["youngs_modulus", "youngs_modulus", ""]
    assert READER.read(found) == found and TableReader([]).read(found) == doc


def test_headers_written_in_both_rows_are_told_once() -> None:
    rows = table(*["Sample | Density (g/cm3)"] * 2, "S1 | 5.6", header_rows=2)
    assert read(rows)[0][5] == (("Sample", "S1"),)


@pytest.mark.parametrize(
    "rows",
    [
        ("Sample | Density", "ZnO | 5.6"),  # no unit
        ("Material | Mass (g)", "ZnO | 5.6"),  # no property of the schema
        ("Property | Value", "Density (g/cm3) | 5.6"),  # nothing has it
        ("Density (g/cm3) | Tg (K)", "5.6 | 300"),
        ("Property | ASTM D6751", "Density (g/cm3) | 0.9"),
        ("Density (g/cm3) | Material", "Hardness (GPa) | 5"),
        ("a", "b"),
    ],
)
def test_tables_that_leave_a_doubt_are_passed_over(rows: tuple[str, ...]) -> None:
    doc = table(*rows)
    assert READER.read(doc) == doc


def test_a_measurement_names_its_cell_and_its_subject_has_the_property() -> None:
    doc = READER.read(table("Material | Density (g/cm3)", "ZnO | 5.6", materials="ZnO"))
    (measurement,), (relation,) = doc.measurements, doc.relations
    assert doc.text_of(measurement.span) == doc.text_of(relation.span) == "5.6"
    assert (relation.subject, relation.predicate, relation.object) == (
        measurement.subject,
        "has_property",
        measurement.property,
    )
    assert measurement.score == relation.score == TABLE_SCORE
    assert {m.agent.split("@")[0] for m in doc.mentions} == {"model", "tables"}


def test_one_column_tells_how_a_file_writes_decimals() -> None:
    doc = table(
        "Composition | Density (g/cm3) | Hardness (GPa) | T (°C)", "ZnO | 5,606 | 4,5 | 25,5", "PbO | 9,530 | 3 | 20"
    )
    doc = msgspec.structs.replace(doc, metadata=msgspec.structs.replace(doc.metadata, format="csv"))
    assert [(value, conditions) for _, _, _, value, _, conditions in read(doc)] == [
        (5.606, (("temperature", "25.5 Cel"),)),
        (4.5, (("temperature", "25.5 Cel"),)),
        (9.53, (("temperature", "20 Cel"),)),
        (3.0, (("temperature", "20 Cel"),)),
    ]


def test_what_names_a_property_names_no_substance() -> None:
    doc = table("Composition | UTS (MPa)", "CoCrFeNi | 480", materials="UTS")
    found = READER.read(doc)
    assert {(found.text_of(m.span), m.type) for m in found.mentions} == {("CoCrFeNi", "Material"), ("UTS", "Property")}
    given = doc.replace_mentions(msgspec.structs.replace(m, agent=GIVEN_AGENT) for m in doc.mentions)
    assert "Material" in {m.type for m in READER.read(given).mentions if doc.text_of(m.span) == "UTS"}


def test_reading_again_changes_nothing_and_another_schema_replaces_what_was_found() -> None:
    doc = table("Material | Density (g/cm3)", "ZnO | 5.6")
    once = READER.read(doc)
    assert once != doc
    assert READER.read(once) == once
    other = TableReader([msgspec.structs.replace(load_schema().properties["hardness"])])
    assert other.read(once) == doc
    assert len({READER.version, other.version}) == 2


def test_a_schema_without_properties_reads_no_table() -> None:
    doc = table("Material | Density (g/cm3)", "ZnO | 5.6")
    none = TableReader([])
    assert none.read(doc) == doc


def test_mentions_that_the_document_carries_stay() -> None:
    doc = table("Composition | Density (g/cm3)", "20Na2O-80SiO2 | 2.4", materials="Na2O SiO2")
    found = READER.read(doc)
    assert set(doc.mentions) < set(found.mentions)
    assert read(doc)[0][0] == "20Na2O-80SiO2"


def test_the_kind_of_value_is_told() -> None:
    doc = table("FORMULA | PROPERTY: Exp. Density (g/cm3) | PROPERTY: YS (MPa)", "CoFeNi | 7.9 | 138")
    assert [(item[0], item[1], item[3], item[5]) for item in read(doc)] == [
        ("CoFeNi", "density", 7.9, (("given as", "exp"),)),
        ("CoFeNi", "yield_strength", 138.0, ()),
    ]


def test_the_table_of_a_paper_is_read_with_its_power_of_ten_and_temperature(shared_data: Path) -> None:
    (doc,) = read_source(
        next(iter(find_sources([str(shared_data / "documents" / "jats-materials" / "PMC7040616.xml.gz")])))
    )
    found = READER.read(segment(doc))
    measured = [
        (m.quantity.value, m.quantity.unit, m.conditions)
        for m in found.measurements
        if m.property_type == "ionic_conductivity"
    ]
    assert measured[1] == (0.000509, "S.cm-1", (("Sample Name", "SL−2"), ("given as", "total"), ("at", "25 °C")))


@pytest.mark.parametrize(
    ("header", "type", "agent", "stays"),
    [
        ("Type of test", "Chemical", "model@1", False),
        ("Type of test", "Material", "model@1", False),
        ("Type of test", "Gene", "model@1", False),
        ("Type of test", "Disease", "model@1", True),
        ("Type of test", "Chemical", GIVEN_AGENT, True),
        ("Main element", "Chemical", "model@1", True),
        ("C", "Chemical", "model@1", True),
    ],
)
def test_a_cell_of_one_letter_is_no_substance_but_under_a_header_of_such(
    header: str, type: str, agent: str, stays: bool
) -> None:
    doc = table(f"Sample | {header} | Width", "one | C | 5", header_rows=1)
    cell = next(cell for cell in doc.cells if doc.text_of(cell.span) == "C")
    letter, whole = Mention(cell.span, type, agent=agent), Mention(Span(0, 6), "Material", agent="model@1")
    relation = Relation(letter.id, "Association", whole.id, cell.span)
    doc = msgspec.structs.replace(doc.replace_mentions([letter, whole]), relations=(relation,))
    for reader in (READER, TableReader([])):
        found = reader.read(doc)
        assert found.mentions == (doc.mentions if stays else (whole,))
        assert found.relations == (doc.relations if stays else ())
