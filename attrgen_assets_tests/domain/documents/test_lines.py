"""Lines of JSON say what documents say, in one spelling."""

import json
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from attrgen_assets.domain.documents.lines import document_lines, quarantine_lines
from attrgen_assets.domain.documents.rows import document_rows
from attrgen_assets.domain.tables import QUARANTINED_SCHEMA
from attrgen_assets_tests.factories import NA, make_product_type, make_validated

CONFIG = make_product_type()
REFUSAL = {"attribute": "color", "reason": "not_in_vocabulary", "text": 'a "b"', "nearest": ["Red"], "field": "color"}

rows = st.fixed_dictionaries(
    {"sku": st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)},
    optional={
        "title": st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9),
        "price_inr": st.floats(1, 500_000),
        "color": st.sampled_from(["Red", "Off White"]),
        "ornamentation": st.sampled_from([["Zari"], ["Zari", "Lace"], NA]),
        "reversible": st.booleans(),
        "refusals": st.just([REFUSAL]),
        "confidence": st.floats(0, 1, width=32),
        "source_file": st.sampled_from(["a.csv", "ü 'b'.csv"]),
    },
)


@given(st.lists(rows, max_size=6))
@settings(deadline=None)
def test_a_line_is_the_document_that_the_store_would_get(lines: list[dict[str, Any]]) -> None:
    validated = make_validated(lines, CONFIG)
    said = [json.loads(line) for line in document_lines(validated, CONFIG)]
    assert said == list(document_rows(validated, CONFIG))


def test_keys_come_in_the_order_of_the_document_and_the_config() -> None:
    validated = make_validated([{"sku": "A", "color": "Red"}], CONFIG)
    said = json.loads(document_lines(validated, CONFIG)[0])
    assert list(said) == [
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
    assert list(said["attributes"]) == [attribute.name for attribute in CONFIG.attributes]
    assert list(said["attributes"]["color"]) == ["value", "status", "confidence", "provenance"]


def test_a_line_is_one_line_and_its_text_is_not_escaped() -> None:
    line = document_lines(make_validated([{"sku": "A", "title": "साड़ी\n\x00\u2028 €"}], CONFIG), CONFIG)[0]
    assert "\n" not in line
    assert "साड़ी" in line
    assert '"confidence":0.98' in line


def test_a_quarantined_row_keeps_every_cell_that_it_has() -> None:
    row = {
        "entry_id": "abc",
        "sku": None,
        "source_file": "a.csv",
        "row_number": 7,
        "reasons": ["missing_sku"],
        "refusals": [REFUSAL],
        "fields": [{"column": "title", "text": "Red\nsaree"}, {"column": "", "text": ""}],
    }
    (line,) = quarantine_lines(pl.DataFrame([row], schema=QUARANTINED_SCHEMA))
    assert json.loads(line) == {
        "entry_id": "abc",
        "sku": None,
        "source": {"file": "a.csv", "row_number": 7},
        "reasons": ["missing_sku"],
        "refusals": [REFUSAL],
        "fields": {"title": "Red\nsaree", "": ""},
    }
