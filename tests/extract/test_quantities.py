"""Numbers and units as papers write them."""

import pytest

from kgbuild.document import Quantity
from kgbuild.extract.quantities import parse_quantities
from kgbuild.extract.units import parse_unit


def read(text: str) -> list[Quantity]:
    return [item.quantity for item in parse_quantities(text)]


@pytest.mark.parametrize(
    ("text", "value", "unit", "si_value", "si_unit"),
    [
        ("3.2 eV", 3.2, "eV", 5.12696508e-19, "kg.m2.s-2"),
        ("650 °C.", 650.0, "Cel", 923.15, "K"),
        ("250 mA cm−2", 250.0, "mA.cm-2", 2500.0, "A.m-2"),
        ("1000 S/cm", 1000.0, "S.cm-1", 100000.0, "A2.kg-1.m-3.s3"),
        ("423 mWcm−2", 423.0, "mW.cm-2", 4230.0, "kg.s-3"),
        ("0.1°C/s", 0.1, "Cel.s-1", 0.1, "K.s-1"),
        ("2.3 × 10−2 S·cm−1", 0.023, "S.cm-1", 2.3, "A2.kg-1.m-3.s3"),
        ("4.8×1015cm-3", 4.8e15, "cm-3", 4.8e21, "m-3"),
        ("15,000 h", 15000.0, "h", 54000000.0, "s"),
        ("60wt.%", 60.0, "%{wt}", 0.6, "1"),
        ("0.9 W/(m K)", 0.9, "W.m-1.K-1", 0.9, "K-1.kg.m.s-3"),
        ("256", 256.0, "1", 256.0, "1"),
        ("1E-120", 1e-120, "1", 1e-120, "1"),
        ("6.1 x 10-4 cm2 V -1 s-1", 6.1e-4, "cm2.V-1.s-1", 6.1e-8, "A.kg-1.s2"),
        ("80 cm 2 V −1 s −1", 80.0, "cm2.V-1.s-1", 8e-3, "A.kg-1.s2"),
        ("10−7 cm2 s−1", 1e-7, "cm2.s-1", 1e-11, "m2.s-1"),
        ("900 mW/cm−2", 900.0, "mW.cm-2", 9000.0, "kg.s-3"),
        ("437 ° C", 437.0, "Cel", 710.15, "K"),
        ("85 deg C", 85.0, "Cel", 358.15, "K"),
        ("72 °F", 72.0, "[degF]", 295.3722222, "K"),
        ("9 °F/min", 9.0, "[degF].min-1", 0.08333333333, "K.s-1"),
        ("30 mTorr", 30.0, "um[Hg]", 3.99967105, "kg.m-1.s-2"),
        ("8.9 g/cc", 8.9, "g.(cm3)-1", 8900.0, "kg.m-3"),
        ("20 KHz", 20.0, "kHz", 20000.0, "s-1"),
        ("5 KJ/mol", 5.0, "kJ.mol-1", 5000.0, "kg.m2.mol-1.s-2"),
        ("2 K m W-1", 2.0, "K.m.W-1", 2.0, "K.kg-1.m-1.s3"),
        ("1 cm −3", 1.0, "cm-3", 1e6, "m-3"),
        ("10-5 M", 1e-5, "mol/L", 0.01, "m-3.mol"),
        ("5 m V s−1", 5.0, "mV.s-1", 0.005, "A-1.kg.m2.s-4"),
        ("40-nm-thick", 40.0, "nm", 4e-8, "m"),
        ("100-%", 100.0, "%", 1.0, "1"),
    ],
)
def test_a_value_has_its_unit_in_ucum_and_its_size_in_si(text, value, unit, si_value, si_unit):
    (quantity,) = read(text)
    assert (quantity.value, quantity.unit, quantity.si_unit) == (value, unit, si_unit)
    assert quantity.si_value == pytest.approx(si_value, rel=1e-8)


@pytest.mark.parametrize(
    ("text", "low", "high", "unit", "si_low", "si_high", "si_unit"),
    [
        ("26-28°C", 26.0, 28.0, "Cel", 299.15, 301.15, "K"),
        ("between 8.8 keV and 9.6 keV", 8.8, 9.6, "keV", 1.409915e-15, 1.538089e-15, "kg.m2.s-2"),
        ("from 2400 to 1300 S/cm", 1300.0, 2400.0, "S.cm-1", 1.3e5, 2.4e5, "A2.kg-1.m-3.s3"),
        ("up to 96 h", None, 96.0, "h", None, 345600.0, "s"),
        ("≥ 6", 6.0, None, "1", 6.0, None, "1"),
        ("10 Hz–5 MHz", 1e-5, 5.0, "MHz", 10.0, 5e6, "s-1"),
        ("50 kHz–1 Hz", 1.0, 50000.0, "Hz", 1.0, 50000.0, "s-1"),
        ("3-5-nm-thick", 3.0, 5.0, "nm", 3e-9, 5e-9, "m"),
        ("0.5-3 V", 0.5, 3.0, "V", 0.5, 3.0, "A-1.kg.m2.s-3"),
    ],
)
def test_ranges_and_bounds_have_a_lower_and_an_upper_end(text, low, high, unit, si_low, si_high, si_unit):
    (quantity,) = read(text)
    assert (quantity.value, quantity.low, quantity.high, quantity.unit) == (None, low, high, unit)
    assert (quantity.si_value, quantity.si_unit) == (None, si_unit)
    assert [quantity.si_low, quantity.si_high] == [
        None if end is None else pytest.approx(end, rel=1e-6) for end in (si_low, si_high)
    ]


@pytest.mark.parametrize(
    ("text", "relation"), [("below 2 μm", "<"), (">50 nm", ">"), ("∼10%", "~"), ("about 5 K", "~")]
)
def test_words_and_signs_before_a_number_say_how_it_stands_to_the_value(text, relation):
    (quantity,) = read(text)
    assert quantity.relation == relation and quantity.value is not None


@pytest.mark.parametrize("text", ["350 HV", "350 Hv", "350 HV0.5", "350 HV 10", "350 kgf/mm2"])
def test_vickers_hardness_is_a_pressure_whatever_the_load(text):
    (quantity,) = read(text)
    assert (quantity.value, quantity.unit, quantity.si_value) == (350.0, "kgf.mm-2", 3432327500.0)


def test_a_logarithm_per_length_has_no_size_in_si():
    (quantity,) = read("3 dB/cm")
    assert (quantity.value, quantity.unit, quantity.si_value, quantity.si_unit) == (3.0, "dB.cm-1", None, "")


def test_an_uncertainty_is_scaled_with_its_value():
    (quantity,) = read("(0.46±0.11)×10-10m")
    assert (quantity.value, quantity.uncertainty, quantity.unit) == (4.6e-11, 1.1e-11, "m")


def test_a_list_gives_one_quantity_each():
    assert [quantity.value for quantity in read("15, 20, and 45 wt.%")] == [15.0, 20.0, 45.0]


def test_a_potential_keeps_its_reference():
    (found,) = parse_quantities("−0.4 V vs. the RHE")
    assert (found.quantity.value, found.reference) == (-0.4, "RHE")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "two",
        "7 RedOx cycles",
        "62 m2 g 1",
        "10−3",
        "100 kPag",
        "2 barg",
        "5 psig",
        "5 mm × 10 mm",
        "room temperature",
        "V",
        "3 C-F",
        "4 C-H",
        "20 K-T",
        "10 min-h",
        "5 W/m-K",
        "12E456",
        "(5 ± 1) x 10^999 m",
        "5 x 10^" + "9" * 5000 + " m",
        "5 " + "kg m " * 500,
    ],
)
def test_what_is_not_understood_to_its_end_is_no_quantity(text):
    assert parse_quantities(text) == ()


@pytest.mark.parametrize("text", ["cat", "mW cm 2", "cm^", "/", "nm3.2", "A0", "HV x"])
def test_what_is_not_a_unit_to_its_last_character_is_none(text):
    assert parse_unit(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "10 Hz-5 V",
        "5 °C–300 K",
        "5%-10",
        "10% to 50",
        "5 wt%-10 at%",
        "5 mol% to 10 wt%",
        "100 nm and 10 nm",
        "10-5 nm",
        "10-6 h",
        "10 min -4 °C",
        "5 mm 2 h",
    ],
)
def test_two_units_that_do_not_go_together_are_no_quantity(text):
    assert read(text) == []
