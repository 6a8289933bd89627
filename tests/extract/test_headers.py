"""Headers of tables in their parts, and the properties that they name."""

import pytest

from kgbuild.extract.headers import bare_readings, parse_header, unit_alone
from kgbuild.extract.lexicon import Lexicon
from kgbuild.schema import PropertyType

LEXICON = Lexicon(
    [
        PropertyType("density", unit="g/cm3", symbols=("ρ", "d")),
        PropertyType("electrical_resistivity", unit="Ohm.cm", aliases=("resistivity",), symbols=("ρ",)),
        PropertyType("electrical_conductivity", unit="S/cm", aliases=("conductivity",), symbols=("σ",)),
        PropertyType("thermal_conductivity", unit="W/(m.K)", symbols=("κ",)),
        PropertyType("glass_transition_temperature", unit="K", aliases=("glass transition", "Tg")),
        PropertyType("critical_temperature", unit="K", aliases=("Tc",)),
        PropertyType("crystallization_temperature", unit="K", aliases=("Tx",), symbols=("Tc",)),
        PropertyType("youngs_modulus", unit="GPa", aliases=("Young's modulus",), symbols=("E",)),
        PropertyType("activation_energy", unit="eV", aliases=("Ea",)),
        PropertyType("refractive_index", unit="1", aliases=("nd",)),
        PropertyType("yield_strength", unit="MPa", symbols=("YS",)),
        PropertyType("grain_size", unit="um"),
        PropertyType("magnetization", unit="emu/g"),  # a unit that is not understood
    ]
)


def named(text: str, context: str = "") -> tuple[str, str] | None:
    found = LEXICON.find(text, parse_header(text), context)
    return found and (found.property.name, text[found.start : found.end])


@pytest.mark.parametrize(
    ("text", "unit", "factor", "conditions"),
    [
        ("Tg (°C)", "Cel", 1.0, ()),
        ("σ / S cm−1", "S.cm-1", 1.0, ()),
        ("T/K", "K", 1.0, ()),
        ("Yield strength, MPa", "MPa", 1.0, ()),
        ("Density [g/cm3]", "g.cm-3", 1.0, ()),
        ("PCE (η, %)", "%", 1.0, ()),
        ("κ (W/(m K))", "W.m-1.K-1", 1.0, ()),
        ("thermal_conductivity(W/mK)", "W.m-1.K-1", 1.0, ()),
        ("grain size ($\\mu$m)", "um", 1.0, ()),
        ("ROM Density (g/cm$^3$)", "g.cm-3", 1.0, ()),
        ("Temperature ($^\\circ$C)", "Cel", 1.0, ()),
        ("Conductivity (10^−4 S·cm^−1), 25 °C", "S.cm-1", 1e-4, ("25 °C",)),
        ("α (×10−6 K−1)", "K-1", 1e-6, ()),
        ("Density (g cm^-3) at 25 °C", "g.cm-3", 1.0, ("25 °C",)),
        ("Refractive index (633 nm)", None, 1.0, ("633 nm",)),
        ("Tg (K) (±5 K)", "K", 1.0, ()),
        ("Density", None, 1.0, ()),
        ("Hardness (HV)", "kgf.mm-2", 1.0, ()),
        ("Microhardness HV0.5", "kgf.mm-2", 1.0, ()),
        ("PROPERTY: HV", "kgf.mm-2", 1.0, ()),
        ("HV (GPa)", "GPa", 1.0, ()),
        ("SHV", None, 1.0, ()),
        ("HV mode", None, 1.0, ()),
        ("Cell (A1)", None, 1.0, ()),
        ("Annealing temperature/°C", "Cel", 1.0, ()),
        ("Conductivity/S cm−1", "S.cm-1", 1.0, ()),
        ("CTE (10−6/K)", "K-1", 1e-6, ()),
        ("Thermal expansion (1/K)", "K-1", 1.0, ()),
        ("Elongation %", "%", 1.0, ()),
        ("Fe wt.%", "%{wt}", 1.0, ()),
        ("Melting point °F", "[degF]", 1.0, ()),
        ("Speed km/h", None, 1.0, ()),
        ("Control/A", None, 1.0, ()),
        ("Magnetization (emu/kg)", None, 1.0, ()),
        ("Power factor (W/mK2)", "W.m-1.K-2", 1.0, ()),
        ("Pt/Ru", None, 1.0, ()),
        ("Thermal conductivity (W/m-K)", "W.m-1.K-1", 1.0, ()),
        ("Thermal conductivity (W/(m-K))", "W.m-1.K-1", 1.0, ()),
        ("Diffusivity (cal/cm-s-K)", "cal.cm-1.s-1.K-1", 1.0, ()),
        ("Mobility (cm2/V-s)", "cm2.V-1.s-1", 1.0, ()),
        ("Resistivity (Ohm-cm)", "Ohm.cm", 1.0, ()),
        ("Resistivity, 10^-8 Ω-m", "Ohm.m", 1e-8, ()),
        ("Torque [N-m]", "N.m", 1.0, ()),
        ("Viscosity (mPa-s)", "mPa.s", 1.0, ()),
        ("Yield strength (L-T) (MPa)", "MPa", 1.0, ()),
        ("Yield strength (L-T)", None, 1.0, ()),
        ("Bond length, C-F", None, 1.0, ()),
        ("", None, 1.0, ()),
    ],
)
def test_a_header_has_unit_factor_and_conditions(text, unit, factor, conditions):
    header = parse_header(text)
    found = header.unit.ucum if header.unit else None
    assert (found, header.factor, header.conditions) == (unit, pytest.approx(factor), conditions)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Density (g/cm3)", ("density", "Density")),
        ("Measured density of the glass (g/cm3)", ("density", "density")),
        ("ρ (g/cm3)", ("density", "ρ")),
        ("ρ (Ω cm)", ("electrical_resistivity", "ρ")),
        ("Density d (g/cm3)", ("density", "Density")),
        ("T g (°C)", ("glass_transition_temperature", "T g")),
        ("Glass transition temperature, Tg (K)", ("glass_transition_temperature", "Glass transition temperature")),
        ("Tx2 (K)", ("crystallization_temperature", "Tx")),
        ("Young’s modulus E (GPa)", ("youngs_modulus", "Young’s modulus")),
        ("E (GPa)", ("youngs_modulus", "E")),
        ("Ea (kJ/mol)", ("activation_energy", "Ea")),
        ("nd", ("refractive_index", "nd")),
        ("PROPERTY: grain size (μm)", ("grain_size", "grain size")),
        ("Densities (g/cm3)", ("density", "Densities")),
        ("Young’s moduli (GPa)", ("youngs_modulus", "Young’s moduli")),
        ("Refractive indices", ("refractive_index", "Refractive indices")),
        ("Strength, yield (MPa)", ("yield_strength", "Strength, yield")),
    ],
)
def test_a_property_is_found_by_name_alias_or_symbol(text, expected):
    assert named(text) == expected


@pytest.mark.parametrize(
    ("text", "property", "unit"),
    [
        ("Thermal conductivity W/mK", "thermal_conductivity", "W.m-1.K-1"),
        ("thermal_conductivity_W_m_K", "thermal_conductivity", "W.m-1.K-1"),
        ("density_g_cm3", "density", "g.cm-3"),
        ("Density d g/cm3", "density", "g.cm-3"),
        ("Activation energy/eV", "activation_energy", "eV"),
        ("Tg K", "glass_transition_temperature", "K"),
        ("Tg (C)", "glass_transition_temperature", "Cel"),
        ("glass_transition_temperature_C", "glass_transition_temperature", "Cel"),
        ("Tg F", "glass_transition_temperature", "[degF]"),
        ("Yield strength ksi", "yield_strength", "10*3.[psi]"),
        ("Density", "density", None),
        ("Density d", "density", None),  # no days
    ],
)
def test_a_unit_that_nothing_parts_from_the_name_is_one_if_it_fits(text, property, unit):
    found = LEXICON.find(text, parse_header(text))
    assert (found.property.name, found.header.unit and found.header.unit.ucum) == (property, unit)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Density of states", True),
        ("True density (g/cm3)", True),
        ("Magnetization (emu/g)", True),  # in whatever unit
        ("Relative density (%)", False),  # a ratio
        ("d", False),
        ("Sample", False),
    ],
)
def test_a_header_is_akin_to_a_property_whose_name_stands_in_it(text, expected):
    assert LEXICON.is_akin(text, parse_header(text)) is expected


@pytest.mark.parametrize(
    "text",
    [
        "Relative density (%)",  # the unit does not fit
        "Dislocation density (cm-2)",
        "Density of states",  # another thing
        "Density difference (g/cm3)",
        "Magnetization (emu/g)",
        "ρ",  # a symbol without a unit
        "E 2 (GPa)",
        "log σ (S/cm)",
        "σ × 10^4 (S/cm)",  # times, or divided by?
        "ND (K)",  # case tells symbols apart
        "Sample",
        "",
    ],
)
def test_what_may_be_something_else_is_no_property(text):
    assert named(text) is None


def test_a_symbol_of_several_properties_is_read_by_the_words_around_it():
    about = "superconductivity of borides"
    assert named("Tc (K)", about) == ("critical_temperature", "Tc")
    assert named("Tc (°C)", about) is None and named("Tc1 (K)", about) is None
    assert named("Tc (K)") is None
    assert named("Tc (K)", "glass tg (k) tc (k)") is None
    assert named("Tc (K)", "the transitions of glasses") is None
    assert named("Tc (K)", "the crystallization temperature is tc") == ("crystallization_temperature", "Tc")
    assert named("Tc (K)", "the critical temperature and the crystallization temperature") is None


@pytest.mark.parametrize(
    "text", ["kg m " * 500, "word " * 2000, "kg_m_" * 400, "a/" * 2000, "Density " + "x" * 200 + " K"]
)
def test_a_header_as_long_as_a_paragraph_ends_in_no_bare_unit(text: str) -> None:
    assert list(bare_readings(text, parse_header(text))) == []
    assert named(text) is None


@pytest.mark.parametrize("text", ["Density (" + "kg m " * 500 + ")", "Density (10^999 g/cm3)", "Density at 5E999 K"])
def test_a_unit_or_power_beyond_all_measure_is_none(text: str) -> None:
    header = parse_header(text)
    assert (header.unit, header.conditions) == (None, ())


def test_a_unit_may_stand_alone():
    unit, factor = unit_alone("[10−4 S/cm]")
    assert (unit.ucum, factor) == ("S.cm-1", pytest.approx(1e-4))
    assert unit_alone("Density") is None and unit_alone("") is None


@pytest.mark.parametrize("text", ["100 °C", "105 °C"])
def test_a_number_that_begins_with_ten_is_no_power_of_it(text: str) -> None:
    assert unit_alone(text) is None
    assert parse_header(f"Conductivity (S/cm) ({text})").conditions == (text,)


@pytest.mark.parametrize(
    ("name", "si_unit", "context", "expected"),
    [
        ("calculated densities", "kg.m-3", "", "density"),
        ("resistivity values", "A-2.kg.m3.s-3", "", "electrical_resistivity"),
        ("density", "m", "", None),
        ("E", "kg.m-1.s-2", "young's modulus", "youngs_modulus"),
        ("E", "kg.m-1.s-2", "energies", None),
        ("E", "kg.m2.s-2", "young's modulus", None),
        ("relative density", "kg.m-3", "", None),
        ("", "1", "", None),
    ],
)
def test_a_name_in_a_sentence_is_a_property_s_if_its_value_fits(name, si_unit, context, expected):
    found = LEXICON.find_measured(name, si_unit, context)
    assert (None if found is None else found.name) == expected
