"""Labels in their two forms."""

import json
from typing import Any

import pytest

from attrgen_assets.domain.reporting.gold import GoldRow, checked_labels, entries_of, parse_gold
from attrgen_assets.errors import GoldError
from attrgen_assets_tests.factories import make_product_type, make_validated


def parse(*lines: Any) -> list[GoldRow]:
    return parse_gold([line if isinstance(line, str) else json.dumps(line) for line in lines], name="gold.jsonl")


def test_both_forms_say_the_same() -> None:
    simple = {"product_type": "saree", "sku": "A", "attributes": {"color": "Red", "weave": None, "pallu": "NA"}}
    several = {
        "product_type": "saree",
        "id": "A",
        "file": "f.csv",
        "part": "measure",
        "labels": {"color": ["Red"], "weave": "NOT_STATED", "pallu": "NA"},
    }
    assert parse(simple) == parse(several)
    assert parse(simple)[0].labels == {"color": ["Red"], "weave": "NOT_STATED", "pallu": "NA"}


def test_a_list_is_one_answer() -> None:
    (row,) = parse({"product_type": "saree", "sku": "A", "attributes": {"ornamentation": ["Zari", "Lace"]}})
    assert row.labels == {"ornamentation": [["Zari", "Lace"]]}


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "3",
        {"sku": "A", "attributes": {}},
        {"product_type": "saree"},
        {"product_type": "saree", "sku": "A"},
        {"product_type": "saree", "sku": 3, "attributes": {}},
        {"product_type": "saree", "sku": "A", "labels": []},
    ],
)
def test_what_is_no_label_is_named_by_its_line(line: Any) -> None:
    with pytest.raises(GoldError, match=r"gold\.jsonl:2: "):
        parse("", line)


def test_labels_of_another_type_are_left_out_and_unknown_attributes_are_refused() -> None:
    rows = parse(
        {"product_type": "kurta", "sku": "K", "attributes": {"neck": "Round"}},
        {"product_type": "saree", "sku": "A", "attributes": {"color": "Red"}},
    )
    assert [row.sku for row in checked_labels(rows, make_product_type())] == ["A"]
    wrong = parse({"product_type": "saree", "sku": "A", "attributes": {"colour": "Red"}})
    with pytest.raises(GoldError, match=r"saree does not have: colour; it has .*color"):
        checked_labels(wrong, make_product_type())


def test_entries_have_what_a_judge_needs() -> None:
    (row,) = make_validated([{"sku": "A", "color": "Red", "confidence": 0.5}]).iter_rows(named=True)
    entries = entries_of(row, make_product_type())
    assert entries["color"] == {"value": "Red", "status": "FOUND", "confidence": 0.5}
    assert entries["fabric"] == {"value": None, "status": "NOT_FOUND", "confidence": None}
