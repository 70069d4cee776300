"""Attributes that nobody has described, as lines that the registry takes."""

from pathlib import Path

import polars as pl

from attrgen_assets.adapters.part_rules import load_attribute_registry
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.domain.parts.tables import SPECIFICATIONS, SPECIFICATIONS_SCHEMA
from attrgen_assets.workflows.suggest_attributes import as_yaml, discovered_attributes

LINES = [
    ("A1", "bow_size", "Bow: size", "physical", "number", "in", "2 in (5.08 cm)", "marcone", True),
    ("A2", "bow_size", "Bow: size", "physical", "number", "in", "3 in (7.62 cm)", "amazon, marcone", True),
    ("A2", "odd", "Odd", "other", "text", None, "it's", "amazon", True),
    ("A2", "voltage", "Voltage", "electrical", "number", "V", "12 V", "amazon", False),
]


def tables(folder: Path) -> ParquetTables:
    found = ParquetTables(folder / "tables")
    names = ("mpn", "name", "display_name", "category", "kind", "unit", "text", "source", "discovered")
    rows = [dict(zip(names, line, strict=True)) | {"value": "", "confidence": 0.5} for line in LINES]
    with found.writer(SPECIFICATIONS, product_type="appliance_part") as (writer,):
        writer.write(pl.DataFrame(rows, schema=SPECIFICATIONS_SCHEMA))
    return found


def test_what_is_suggested_is_what_the_registry_takes(tmp_path: Path) -> None:
    found = discovered_attributes(product_type="appliance_part", tables=tables(tmp_path))
    assert [(one.name, one.parts, one.sources) for one in found] == [
        ("bow_size", 2, ("amazon", "marcone")), ("odd", 1, ("amazon",)),
    ]  # fmt: skip
    (tmp_path / "parts").mkdir()
    file = tmp_path / "parts" / "attribute_registry.yaml"
    file.write_text(f"attributes:\n{as_yaml(found)}\n", encoding="utf-8")
    bow, odd = load_attribute_registry(tmp_path).attributes
    assert (bow.display_name, bow.kind, bow.unit, odd.kind) == ("Bow: size", "number", "in", "text")


def test_rare_ones_can_be_left_out(tmp_path: Path) -> None:
    found = discovered_attributes(product_type="appliance_part", tables=tables(tmp_path), least_parts=2)
    assert [one.name for one in found] == ["bow_size"]
