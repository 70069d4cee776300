"""Checks of records: each fault is found, and nothing else."""

from typing import Any

import polars as pl
import pytest

from attrgen_assets.domain.parts.check import (
    failures_frame,
    legal_value_failures,
    missing_failures,
    price_failures,
    supplier_success,
    suppliers_below,
    unsure_failures,
    url_failures,
)
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.record import FieldValue, PartRecord, PartRules
from attrgen_assets.domain.product_types.model import Gate
from attrgen_assets.domain.tables import Status

LEGAL: dict[str, Any] = {
    "mpn": "A1",
    "manufacturer": "GE",
    "part_title": "Knob",
    "primary_department": "Cooking",
    "primary_category": "Knobs",
    "part_type": "oem",
    "current_selling_price": 9.5,
    "low_avg_price": 8.0,
    "high_avg_price": 11.0,
    "weight_lbs": 0.2,
    "upc_ean_gtin": "4006381333931",
    "compatible_models": ["M1", "M2"],
    "primary_image_url": "https://images.example.com/a.jpg",
    "gallery_images": ["https://images.example.com/a.jpg"],
    "specification_table": [{"name": "Shaft", "value": "6 mm"}],
}


def make_record(*, confidence: float = 0.9, **changes: Any) -> PartRecord:
    fields = {name: FieldValue(status=Status.NOT_FOUND) for name in PART_FIELDS}
    for name, value in (LEGAL | changes).items():
        if value is not None:
            found = FieldValue(status=Status.FOUND, value=value, source="marcone", confidence=confidence)
            fields[name] = value if isinstance(value, FieldValue) else found
    return PartRecord(part_number="A1", mpn="A1", chain=("A1",), fields=fields)


def test_a_sound_record_passes_everything() -> None:
    record = make_record()
    checks = (legal_value_failures, url_failures, price_failures, missing_failures, unsure_failures(PartRules()))
    assert [one for check in checks for one in check(record)] == []


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("weight_lbs", 4_000.0, "out of range"),
        ("weight_lbs", "2 lb", "out of range"),
        ("voltage", True, "out of range"),
        ("part_type", "original", "not a legal value"),
        ("upc_ean_gtin", "4006381333932", "wrong length or check digit"),
        ("compatible_models", ["M1", "M1"], "not a list of texts, each once"),
        ("compatible_models", [], "not a list of texts, each once"),
        ("specification_table", [{"name": "Shaft"}], "not a table"),
        ("color", "  ", "no text"),
        ("color", FieldValue(status=Status.NOT_FOUND, value="Red"), "status and value disagree"),
        ("color", FieldValue(status=Status.FOUND, value="Red"), "FOUND without confidence or source"),
    ],
)
def test_a_value_that_is_not_legal_is_found(field: str, value: Any, problem: str) -> None:
    found = list(legal_value_failures(make_record(**{field: value})))
    assert [(one.field, one.problem) for one in found] == [(field, problem)]


@pytest.mark.parametrize("url", ["/a.jpg", "ftp://x.example.com/a", "https:///a.jpg", "https://a b/c", "https://[::1"])
def test_what_is_no_url_is_found_alone_and_in_lists(url: str) -> None:
    record = make_record(primary_image_url=url, gallery_images=["https://ok.example.com", url])
    assert [one.field for one in url_failures(record)] == ["primary_image_url", "gallery_images"]


def test_prices_are_above_zero_and_in_order() -> None:
    record = make_record(msrp=0.0, low_avg_price=12.0)
    assert [(one.field, one.problem) for one in price_failures(record)] == [
        ("msrp", "not above zero"),
        ("low_avg_price", "above high_avg_price, 11"),
    ]


def test_required_fields_are_found_and_sure() -> None:
    assert [one.field for one in missing_failures(make_record(manufacturer=None))] == ["manufacturer"]
    unsure = failures_frame(unsure_failures(PartRules(confidence_floor=0.95))(make_record()))
    required = [field.name for field in PART_FIELDS.values() if field.required]
    assert unsure["field"].to_list() == required
    assert unsure["allowed"].unique().to_list() == ["at least 0.95"]


def test_success_counts_a_no_as_an_answer_and_who_was_never_asked_as_none() -> None:
    outcomes = {"a": ["ok", "not_found", "failed", "ok"], "b": ["skipped", "skipped"], "c": ["failed", "skipped"]}
    rows = [
        (name, "" if name == "b" else "https://example.com", outcome, 0.1)
        for name, found in outcomes.items()
        for outcome in found
    ]
    table = pl.LazyFrame(rows, schema=["supplier", "place", "outcome", "elapsed_s"], orient="row")
    success = supplier_success(table)
    assert success["success_fraction"].to_list() == [0.75, None, 0.0]
    assert suppliers_below(success, Gate(warn=0.9, error=0.5)) == {"a": "warn", "c": "error"}
