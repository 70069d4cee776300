import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.units import conversion_factor, parse_quantity, unit_spellings


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Rs\n1699", 1699, "rs"),
        ("Rs. 899/-", 899, "rs"),
        ("₹1,00,000", 100_000, "₹"),
        ("5,5 m", 5.5, "m"),
        ('44"', 44, '"'),
        ("44”", 44, '"'),
        ("6.3mtr", 6.3, "mtr"),
        ("-5", -5, None),
        ("1,699.50", 1699.5, None),
    ],
)
def test_quantities_are_read_as_sellers_write_them(text: str, value: float, unit: str | None) -> None:
    quantity = parse_quantity(text)
    assert quantity is not None
    assert (quantity.value, quantity.unit) == (value, unit)


@pytest.mark.parametrize("text", ["", "abc", "5 to 6 m", "5 m 3 m", "Rs 5 m", "1e5", "5.5.5", "1,2,3"])
def test_what_is_no_single_quantity_is_refused(text: str) -> None:
    assert parse_quantity(text) is None


@given(st.floats(min_value=0, max_value=1e9, allow_nan=False).map(lambda x: round(x, 2)))
def test_grouping_by_thousands_does_not_change_a_number(number: float) -> None:
    quantity = parse_quantity(f"{number:,.2f}")
    assert quantity is not None
    assert math.isclose(quantity.value, number, abs_tol=0.005)


@given(st.text(max_size=30))
def test_any_text_is_a_quantity_or_none(text: str) -> None:
    quantity = parse_quantity(text)
    assert quantity is None or math.isfinite(quantity.value)


def test_units_convert_only_within_a_dimension() -> None:
    assert conversion_factor("inches", "m") == pytest.approx(0.0254)
    assert conversion_factor("yd", "in") == pytest.approx(36)
    assert conversion_factor("kg", "m") is None
    assert conversion_factor("rs", "INR") == 1.0
    assert conversion_factor("usd", "INR") is None
    assert conversion_factor("parsnip", "m") is None


def test_longer_spellings_are_looked_for_first() -> None:
    spellings = unit_spellings("m")
    assert spellings.index("mtr") < spellings.index("m")
    assert "kg" not in spellings
