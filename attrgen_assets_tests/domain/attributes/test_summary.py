from typing import Any

import polars as pl
import pytest

from attrgen_assets.domain.attributes.summary import coverage, overall_coverage, quarantine_reasons, top_refusals
from attrgen_assets.domain.tables import QUARANTINED_SCHEMA
from attrgen_assets_tests.factories import NA, make_product_type, make_validated


def make_refusal(**overrides: Any) -> dict[str, Any]:
    refusal = {
        "attribute": "color",
        "reason": "not_in_vocabulary",
        "text": "greyish",
        "nearest": ["Grey", "Green"],
        "field": "color",
    }
    return refusal | overrides


def make_quarantined(*rows: dict[str, Any]) -> pl.LazyFrame:
    base = {"entry_id": "e", "sku": "S", "source_file": "saree.csv", "row_number": 1, "reasons": [], "refusals": []}
    return pl.LazyFrame([base | {"fields": []} | row for row in rows], schema=QUARANTINED_SCHEMA)


def test_coverage_counts_each_status() -> None:
    rows: list[dict[str, Any]] = [
        {"sku": "1", "color": "Red", "blouse_fabric": NA},
        {"sku": "2", "color": "Blue", "blouse_fabric": NA},
        {"sku": "3", "blouse_fabric": NA},
        {"sku": "4", "color": "Red", "blouse_fabric": "Cotton"},
    ]
    table = coverage(make_validated(rows).lazy(), make_product_type())
    by_name = {row["attribute"]: row for row in table.iter_rows(named=True)}
    assert table["attribute"].to_list() == [attribute.name for attribute in make_product_type().attributes]
    assert by_name["color"] == {
        "attribute": "color",
        "required": True,
        "found": 3,
        "not_applicable": 0,
        "not_found": 1,
        "found_fraction": 0.75,
    }
    assert by_name["blouse_fabric"]["found_fraction"] == 1.0


def test_coverage_where_nothing_applies_is_full_and_of_nothing_is_unknown() -> None:
    config = make_product_type()
    everywhere_na = coverage(make_validated([{"sku": "1", "blouse_fabric": NA}]).lazy(), config)
    fractions = dict(zip(everywhere_na["attribute"], everywhere_na["found_fraction"], strict=True))
    assert (fractions["blouse_fabric"], fractions["blouse"]) == (1.0, 0.0)
    assert coverage(make_validated().lazy(), config)["found_fraction"].null_count() == len(config.attributes)


def test_overall_coverage_weighs_every_attribute_by_the_documents_it_applies_to() -> None:
    table = coverage(make_validated([{"sku": "1", "title": "T"}, {"sku": "2"}]).lazy(), make_product_type())
    # required: sku 2/2, title 1/2, color 0/2, fabric 0/2
    assert overall_coverage(table, required_only=True) == pytest.approx(3 / 8)
    assert overall_coverage(coverage(make_validated().lazy(), make_product_type()), required_only=False) is None


def test_top_refusals_are_counted_with_their_nearest_values() -> None:
    quarantined = make_quarantined(
        {"refusals": [make_refusal(), make_refusal(attribute="length_m", text="99 m")]},
        {"refusals": [make_refusal()]},
        {"refusals": [make_refusal(attribute=None, reason="duplicate_sku", text="S", nearest=[], field=None)]},
    )
    assert top_refusals(quarantined, limit=2).rows() == [
        ("color", "not_in_vocabulary", "greyish", "Grey, Green", 2),
        ("(row)", "duplicate_sku", "S", "", 1),
    ]


def test_refusals_of_kept_rows_are_counted_in_the_same_way() -> None:
    kept = make_validated([{"sku": "1", "refusals": [make_refusal()]}, {"sku": "2"}])
    assert top_refusals(kept.lazy(), limit=5)["rows"].to_list() == [1]
    assert top_refusals(make_validated().lazy(), limit=5).is_empty()


def test_quarantine_reasons_count_rows_not_refusals() -> None:
    quarantined = make_quarantined(
        {"reasons": ["not_in_vocabulary", "not_in_vocabulary"]},
        {"reasons": ["not_in_vocabulary", "ambiguous"]},
        {"reasons": ["missing_sku"]},
    )
    assert list(quarantine_reasons(quarantined).items()) == [
        ("not_in_vocabulary", 2),
        ("ambiguous", 1),
        ("missing_sku", 1),
    ]
