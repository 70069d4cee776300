"""From validated rows to documents, and the guard in front of the store."""

from typing import Any

import polars as pl
import pytest

from attrgen_assets.domain.documents.distinct import distinct_rows
from attrgen_assets.domain.documents.guard import DocumentGuard
from attrgen_assets.domain.documents.models import document_model
from attrgen_assets.domain.documents.rows import document_rows
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.errors import TerminalError
from attrgen_assets_tests.factories import NA, make_product_type, make_validated

FULL: dict[str, Any] = {
    "sku": "A-1",
    "title": "Red silk saree",
    "price_inr": 1699.0,
    "color": "Red",
    "ornamentation": ["Zari", "Lace"],
    "fabric": "Silk",
    "blouse_fabric": NA,
    "reversible": False,
}


def documents_of(*rows: dict[str, Any], config: ProductType | None = None) -> list[dict[str, Any]]:
    product_type = config or make_product_type()
    return list(document_rows(make_validated(rows, product_type), product_type))


def test_a_row_becomes_the_document_of_the_contract() -> None:
    (document,) = documents_of(FULL)
    assert list(document) == [
        "sku",
        "product_type",
        "attributes",
        "missing",
        "complete",
        "refusals",
        "config_version",
        "content_hash",
        "source",
    ]
    assert document["sku"] == "A-1"
    assert document["product_type"] == "saree"
    assert document["config_version"] == "c0ffee00"
    assert document["source"] == {"file": "saree.csv", "row_number": 1}
    assert document["complete"] is True
    assert document["missing"] == []
    assert list(document["attributes"]) == [attribute.name for attribute in make_product_type().attributes]
    assert document["attributes"]["ornamentation"] == {
        "value": ["Zari", "Lace"],
        "status": "FOUND",
        "confidence": 0.98,  # not 0.9800000190734863, which is what 32 bits make of it
        "provenance": {
            "generator": "column",
            "version": "1",
            "field": "ornamentation",
            "text": "['Zari', 'Lace']",
            "method": "exact",
        },
    }
    assert document["attributes"]["price_inr"]["value"] == 1699.0
    assert document["attributes"]["reversible"]["value"] is False
    assert document["attributes"]["blouse_fabric"]["status"] == "NOT_APPLICABLE"
    assert document["attributes"]["blouse_fabric"]["value"] is None
    assert document["attributes"]["length_m"] == {
        "value": None,
        "status": "NOT_FOUND",
        "confidence": None,
        "provenance": None,
    }


def test_rows_keep_their_order_and_their_own_values() -> None:
    rows = [
        {"sku": f"S{i}", "title": f"T{i % 3}", "color": ["Red", "Blue"][i % 2], "price_inr": float(i + 1)}
        for i in range(50)
    ]
    documents = documents_of(*rows)
    assert [document["sku"] for document in documents] == [row["sku"] for row in rows]
    for name in ("title", "color", "price_inr"):
        assert [document["attributes"][name]["value"] for document in documents] == [row[name] for row in rows]


def test_what_is_missing_is_listed() -> None:
    (document,) = documents_of({"sku": "A"})
    assert document["missing"] == ["title", "color", "fabric"]
    assert document["complete"] is False


def test_an_empty_table_has_no_documents() -> None:
    assert documents_of() == []


def test_the_whole_model_takes_what_the_guard_takes() -> None:
    config = make_product_type()
    model = document_model(config)
    for document in documents_of(FULL, {"sku": "B"}, config=config):
        assert model.model_validate(document).model_dump() == document


def broken(column: str, value: Any) -> pl.DataFrame:
    frame = make_validated([{"sku": "GOOD"} | FULL | {"sku": "GOOD"}, FULL])
    series = frame[column].to_list()
    series[1] = value
    return frame.with_columns(pl.Series(column, series, dtype=frame.schema[column], strict=False))


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("fabric", "Slik", ["attribute fabric.value: found 'Slik'", "'Cotton'", "'Pure Silk'"]),
        ("fabric", None, ["attribute fabric", "a value when FOUND, and only then"]),
        ("blouse_fabric", "Silk", ["attribute blouse_fabric", "a value when FOUND, and only then"]),
        ("ornamentation", ["Zari", "Glitter"], ["attribute ornamentation.value.1: found 'Glitter'", "'Sequinned'"]),
        ("ornamentation", ["Zari", "Zari"], ["each value once"]),
        ("ornamentation", [], ["attribute ornamentation.value: found []", "at least 1 item"]),
        ("price_inr", 0.5, ["attribute price_inr.value: found 0.5", "greater than or equal to 1"]),
        ("price_inr", 500_001.0, ["less than or equal to 500000"]),
        ("price_inr", float("nan"), ["attribute price_inr.value: found nan"]),
        ("price_inr", float("inf"), ["attribute price_inr.value: found inf"]),
        ("price_inr.confidence", 1.5, ["attribute price_inr.confidence: found 1.5", "less than or equal to 1"]),
        ("price_inr.confidence", None, ["confidence and provenance when FOUND"]),
        ("price_inr.provenance", None, ["confidence and provenance when FOUND"]),
        ("title", "x" * 301, ["attribute title.value", "at most 300 characters", "(303 characters)"]),
        ("title", "", ["attribute title.value: found ''", "at least 1 character"]),
        ("fabric.status", "NOT_APPLICABLE", ["attribute fabric.status: found 'NOT_APPLICABLE'", "'NOT_FOUND'"]),
        ("fabric.status", None, ["attribute fabric.status: found None"]),
        ("missing", ["fabric"], ["complete when nothing is missing"]),
        ("missing", ["reversible"], ["document.missing.0: found 'reversible'"]),
        ("complete", False, ["complete when nothing is missing"]),
        ("content_hash", "abc", ["document.content_hash: found 'abc'"]),
        ("content_hash", None, ["document.content_hash: found None"]),
        ("sku", "", ["attribute sku.value: found ''"]),
        ("row_number", 0, ["document.source.row_number: found 0"]),
        (
            "refusals",
            [{"attribute": "x", "reason": "because", "text": None, "nearest": None, "field": None}],
            ["document.refusals.0.reason: found 'because'", "'not_in_vocabulary'"],
        ),
    ],
)
def test_what_the_config_does_not_allow_is_an_error_that_names_it(column: str, value: Any, told: list[str]) -> None:
    frame = broken(column, value)
    with pytest.raises(TerminalError) as error:
        list(document_rows(frame, make_product_type()))
    for text in [f"document saree:{'' if column == 'sku' else 'A-1'}", *told]:
        assert text in str(error.value)


def test_missing_must_be_what_is_missing() -> None:
    frame = make_validated([{"sku": "A", "title": "T", "color": "Red"}])
    wrong = frame.with_columns(missing=pl.Series([["color", "fabric"]]))
    with pytest.raises(TerminalError, match=r"document saree:A: missing: found \['color', 'fabric'\]"):
        list(document_rows(wrong, make_product_type()))


def test_a_type_without_required_attributes_misses_nothing() -> None:
    base = make_product_type()
    config = base.with_attributes(tuple(a.model_copy(update={"required": False}) for a in base.attributes))
    (document,) = documents_of({"sku": "A"}, config=config)
    assert document["missing"] == []
    guard = DocumentGuard(config)
    with pytest.raises(TerminalError, match=r"document\.missing"):
        guard.check_envelope(document | {"missing": ["fabric"], "complete": False})


def test_long_values_are_cut_in_messages() -> None:
    frame = broken("fabric", "y" * 100_000)
    with pytest.raises(TerminalError) as error:
        list(document_rows(frame, make_product_type()))
    assert len(str(error.value)) < 2_000
    assert "(100002 characters)" in str(error.value)


def test_distinct_rows_put_a_frame_together_again() -> None:
    frame = pl.DataFrame({"a": [1.5, None, 1.5, None, 2.0], "b": [["x"], None, ["x"], [], None]})
    found = distinct_rows(frame, ["a", "b"])
    assert found.rows.height == 4
    assert found.first.to_list() == [0, 1, 3, 4]
    assert found.rows[found.codes].equals(frame)
