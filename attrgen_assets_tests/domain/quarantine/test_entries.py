"""From quarantined rows to entries that wait for a person."""

from typing import Any

import pytest

from attrgen_assets.domain.ports import Document
from attrgen_assets.domain.quarantine.entries import LARGEST_ENTRY_CHARACTERS, quarantine_entries
from attrgen_assets_tests.factories import make_quarantined

REFUSAL: dict[str, Any] = {
    "attribute": "fabric",
    "reason": "ambiguous",
    "text": "x",
    "nearest": ["A"],
    "field": "title",
}


def entries_of(*rows: dict[str, Any]) -> list[Document]:
    return list(quarantine_entries(make_quarantined(rows), run_id="r"))


def test_rows_become_entries_in_order() -> None:
    rows = [{"entry_id": f"e{i}", "sku": f"S{i}", "row_number": i + 1, "refusals": [REFUSAL]} for i in range(3)]
    entries = entries_of(*rows)
    assert [entry["entry_id"] for entry in entries] == ["e0", "e1", "e2"]
    assert entries[2] == {
        "entry_id": "e2",
        "sku": "S2",
        "source": {"file": "saree.csv", "row_number": 3},
        "reasons": ["missing_sku"],
        "refusals": [REFUSAL],
        "fields": [{"column": "title", "text": "Red saree"}],
        "cut": None,
        "run_id": "r",
    }


def test_what_a_table_leaves_open_is_empty() -> None:
    (entry,) = entries_of({"entry_id": "e", "refusals": None, "fields": None, "reasons": None})
    assert entry["refusals"] == entry["fields"] == entry["reasons"] == []


@pytest.mark.parametrize("where", ["column", "text", "refusal"])
def test_a_monstrous_row_is_cut_and_says_so(where: str) -> None:
    monster = "🥻" * (LARGEST_ENTRY_CHARACTERS + 1)
    field = {"column": "c", "text": None} | ({where: monster} if where != "refusal" else {})
    refusal = REFUSAL | ({"text": monster} if where == "refusal" else {})
    (entry,) = entries_of({"entry_id": "e", "fields": [field], "refusals": [refusal]})
    assert entry["cut"] == len(monster)
    texts = [cell[key] or "" for cell in entry["fields"] for key in ("column", "text")] + [
        refusal["text"] for refusal in entry["refusals"]
    ]
    assert 0 < sum(map(len, texts)) <= LARGEST_ENTRY_CHARACTERS
    assert entry["refusals"][0]["nearest"] == ["A"]


def test_a_large_row_below_the_limit_stays_whole() -> None:
    text = "x" * (LARGEST_ENTRY_CHARACTERS - 100)
    (entry,) = entries_of({"entry_id": "e", "fields": [{"column": "c", "text": text}]})
    assert entry["fields"][0]["text"] == text
    assert entry["cut"] is None
