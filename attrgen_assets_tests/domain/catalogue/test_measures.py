"""Measures: read as they are written, shown in both systems, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.catalogue.measures import Measure, in_both_systems, parse_measure, shown_number


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("5", Measure(5, 5, None)),
        ("1,200 W", Measure(1200, 1200, "W")),
        ("1/4 in", Measure(0.25, 0.25, "in")),
        ('5 1/2"', Measure(5.5, 5.5, "in")),
        ("5-1/2 inches", Measure(5.5, 5.5, "in")),
        ("110-120V", Measure(110, 120, "V")),
        ("110V - 120V", Measure(110, 120, "V")),
        ("-22 to 140 °F", Measure(-22, 140, "°F")),
        ("350ºF", Measure(350, 350, "°F")),
        ("120 V AC", Measure(120, 120, "V")),
        ("45 µF", Measure(45, 45, "uF")),
        (".5 lb", Measure(0.5, 0.5, "lb")),
        ("12 lbs.", Measure(12, 12, "lb")),
        ("120/240 V", Measure(120, 240, "V", either=True)),
        ("120 or 240 Volts", Measure(120, 240, "V", either=True)),
        ("120 V ± 10%", Measure(120, 120, "V", tolerance="10 %")),
        ("120 ±5 V", Measure(120, 120, "V", tolerance="5")),
        ("250 degrees F", Measure(250, 250, "°F")),
        ("250 deg. C", Measure(250, 250, "°C")),
        ("10 ft 6 in", Measure(126, 126, "in")),
        ("5' 6 1/2\"", Measure(66.5, 66.5, "in")),
    ],
)
def test_measures_are_read_as_sellers_write_them(text: str, measure: Measure) -> None:
    assert parse_measure(text) == measure


NO_MEASURES = [
    "",
    "about 5",
    "5 parsnips",
    "1/0 in",
    "20-10 V",
    "5 in x 3 in",
    "5 in 3 lb",
    "M10x1.25",
    '3/8"-16',
    "7/0",
]


@pytest.mark.parametrize("text", NO_MEASURES)
def test_what_is_no_measure_is_none(text: str) -> None:
    assert parse_measure(text) is None


@pytest.mark.parametrize(
    ("measure", "text"),
    [
        (Measure(5, 5, "in"), "5 in (12.7 cm)"),
        (Measure(0.25, 0.25, "in"), "0.25 in (0.635 cm)"),
        (Measure(12.7, 12.7, "cm"), "12.7 cm (5 in)"),
        (Measure(32, 212, "°F"), "32 to 212 °F (0 to 100 °C)"),
        (Measure(-40, -40, "°C"), "-40 °C (-40 °F)"),
        (Measure(120, 120, "V"), "120 V"),
        (Measure(3, 3, None), "3"),
        (Measure(0.5, 0.5, "gpm"), "0.5 gpm (1.893 L/min)"),
        (Measure(5.5, 5.5, "in"), "5.5 in (13.97 cm)"),
        (Measure(120, 240, "V", either=True), "120 or 240 V"),
        (Measure(120, 120, "V", tolerance="10 %"), "120 V ± 10 %"),
        (Measure(5, 5, "in", tolerance="0.1"), "5 ± 0.1 in (12.7 cm)"),
    ],
)
def test_both_systems_stand_side_by_side(measure: Measure, text: str) -> None:
    assert in_both_systems(measure) == text


UNITS = st.sampled_from([("in", "cm"), ("lb", "kg"), ("°F", "°C"), ("psi", "kPa"), ("gal", "L"), ("in", "mm")])


@given(st.floats(min_value=-500, max_value=5_000), UNITS)
def test_there_and_back_is_the_same(value: float, units: tuple[str, str]) -> None:
    there = Measure(value, value, units[0]).converted(units[1])
    assert there is not None
    back = there.converted(units[0])
    assert back is not None
    assert back.low == pytest.approx(value, abs=1e-6)


@given(st.floats(min_value=1e-4, max_value=1e7))
def test_a_number_keeps_six_digits_and_has_no_exponent(value: float) -> None:
    text = shown_number(value)
    assert "e" not in text
    assert float(text) == pytest.approx(value, rel=1e-5)


def test_units_of_different_things_do_not_convert() -> None:
    assert Measure(1, 1, "V").converted("in") is None
