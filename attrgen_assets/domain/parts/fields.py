"""The primary fields of an appliance part: the names that a supplier's mapping may give values to.

`plausible` is the range that a value of the field can have at all for an appliance part, in the field's own unit: what
lies outside was written in another unit or is junk. The bounds are wide on purpose (a range hood's duct is 10 ft long,
a screw weighs a gram); they tell hundredths of an inch from inches, not a good part from a bad one.
"""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["text", "number", "text_list", "url", "url_list", "enum", "table"]

LIST_KINDS: Final = ("text_list", "url_list", "table")
"""Kinds of several values."""

URL_KINDS: Final = ("url", "url_list")
"""Kinds of addresses."""

PART_TYPES: Final = ("oem", "generic", "aftermarket", "refurbished", "universal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A primary field.

    unit: of a number, as `domain.units` spells it. plausible: least and greatest possible value, inclusive.
    values: of an enum. required: the field must be FOUND, or the record waits for a person.
    """

    name: str
    kind: Kind
    unit: str | None = None
    plausible: tuple[float, float] | None = None
    values: tuple[str, ...] = ()
    required: bool = False


def _price(name: str, *, required: bool = False) -> Field:
    return Field(name=name, kind="number", unit="USD", plausible=(0.01, 10_000.0), required=required)


def _inches(name: str) -> Field:
    return Field(name=name, kind="number", unit="in", plausible=(0.02, 120.0))


_FIELDS: Final = (
    Field(name="mpn", kind="text", required=True),
    Field(name="alternative_model_numbers", kind="text_list"),
    Field(name="manufacturer", kind="text", required=True),
    Field(name="part_type", kind="enum", values=PART_TYPES),
    Field(name="part_title", kind="text", required=True),
    Field(name="long_description", kind="text"),
    Field(name="primary_department", kind="text", required=True),
    Field(name="primary_category", kind="text", required=True),
    Field(name="sub_categories", kind="text_list"),
    Field(name="primary_image_url", kind="url"),
    Field(name="gallery_images", kind="url_list"),
    _price("msrp"),
    _price("high_avg_price"),
    _price("low_avg_price"),
    _price("current_selling_price", required=True),
    Field(name="weight_lbs", kind="number", unit="lb", plausible=(0.002, 400.0)),
    _inches("box_length_in"),
    _inches("box_width_in"),
    _inches("box_height_in"),
    _inches("product_length_in"),
    _inches("product_width_in"),
    _inches("product_height_in"),
    Field(name="upc_ean_gtin", kind="text"),
    Field(name="voltage", kind="number", unit="V", plausible=(0.5, 600.0)),
    Field(name="terminal_type", kind="text"),
    Field(name="compatible_models", kind="text_list"),
    Field(name="cross_reference_parts", kind="text_list"),
    Field(name="color", kind="text"),
    Field(name="material", kind="text"),
    Field(name="finish", kind="text"),
    Field(name="related_symptoms", kind="text_list"),
    Field(name="installation_suggestions", kind="text"),
    Field(name="specification_table", kind="table"),
    Field(name="manufacturer_url", kind="url"),
)

PART_FIELDS: Final = {field.name: field for field in _FIELDS}
"""All 34 by name, in the order in which a record shows them.

>>> len(PART_FIELDS), PART_FIELDS["weight_lbs"].unit
(34, 'lb')
"""
