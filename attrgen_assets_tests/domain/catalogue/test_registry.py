"""The registry: names told apart, aliases found, unknown ones guessed."""

import pytest
from pydantic import ValidationError

from attrgen_assets.domain.catalogue.registry import AttributeRegistry, AttributeSpec, attribute_name, guessed_category

POWER = AttributeSpec(
    name="wattage",
    display_name="Power",
    category="electrical",
    kind="number",
    unit="W",
    aliases=("Watts", "rated-power"),
)


@pytest.mark.parametrize("name", ["wattage", "POWER", " watts ", "Rated Power", "Power (W)", "watts (W)"])
def test_an_attribute_is_found_by_all_its_names(name: str) -> None:
    assert AttributeRegistry(attributes=(POWER,)).find(name) is POWER


def test_an_unknown_name_is_not_found_and_comes_last() -> None:
    registry = AttributeRegistry(attributes=(POWER,))
    assert registry.find("Power cord") is None
    assert (registry.rank("wattage"), registry.rank("power_cord")) == (0, 1)


def test_one_name_of_two_attributes_is_refused_and_all_are_named() -> None:
    other = AttributeSpec(name="watts", display_name="Rated power", category="electrical")
    with pytest.raises(ValidationError, match=r"'watts' is a name of both wattage and watts; 'rated power' is a name"):
        AttributeRegistry(attributes=(POWER, other))


@pytest.mark.parametrize(("kind", "unit"), [("text", "W"), ("number", "watts"), ("number", "parsnip")])
def test_a_unit_is_one_that_is_known_and_of_a_number(kind: str, unit: str) -> None:
    with pytest.raises(ValidationError, match="is not how a unit of a number is written"):
        AttributeSpec.model_validate({**POWER.model_dump(), "kind": kind, "unit": unit})


def test_a_name_of_nothing_still_is_a_name() -> None:
    assert attribute_name("¿?") == "unnamed"
    assert guessed_category("Replaces", None) == "compatibility"
