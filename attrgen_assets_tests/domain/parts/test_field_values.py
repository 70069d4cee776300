"""What a person may say of a field."""

from typing import Any

import pytest

from attrgen_assets.domain.parts.field_values import field_value
from attrgen_assets.errors import InvalidCorrection


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("color", " Light  Gray ", "Light Gray"),
        ("weight_lbs", "1 kg", 2.204623),
        ("part_type", "OEM", "oem"),
        ("compatible_models", "M1; M2;M1", ["M1", "M2"]),
        ("gallery_images", "https://a.example.com/1.jpg", ["https://a.example.com/1.jpg"]),
        ("specification_table", "Shaft: 6 mm; Teeth: 12", [
            {"name": "Shaft", "value": "6 mm"}, {"name": "Teeth", "value": "12"},
        ]),
        ("upc_ean_gtin", "4006381 333931", "4006381333931"),
        ("terminal_type", "n/a", None),
    ],
)  # fmt: skip
def test_a_text_becomes_a_value_of_the_field_s_kind(field: str, text: str, value: Any) -> None:
    assert field_value(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("colour", "Red", "no field 'colour'.*color"),
        ("color", "  ", "nothing is said"),
        ("manufacturer", "NA", "every part has one"),
        ("mpn", "OTHER", "the part number is what the record is known by"),
        ("weight_lbs", "heavy", "weight_lbs: "),
        ("weight_lbs", "5 V", "no unit of weight_lbs"),
        ("box_length_in", "6000", "not within 0.02 to 120"),
        ("part_type", "original", "is none of oem, generic"),
        ("primary_image_url", "a.jpg", "primary_image_url: "),
        ("upc_ean_gtin", "4006381333932", "right check digit"),
        ("specification_table", "Shaft 6 mm", "lines are written `name: value"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_what_is_allowed(field: str, text: str, message: str) -> None:
    with pytest.raises(InvalidCorrection, match=message):
        field_value(field, text)
