"""The gold set is well formed: known product types and attributes, legal values, both parts present (README.md)."""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.domain.product_types.model import Attribute, EnumAttribute, EnumListAttribute, NumberAttribute

FOLDER = Path(__file__).parent
CONFIG = FOLDER.parents[1] / "config"


def read_gold(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


GOLD = read_gold("listings_gold.jsonl")
GOLD_2 = read_gold("listings_gold_2.jsonl")
GOLD_3 = read_gold("listings_gold_3.jsonl")
GOLD_4 = read_gold("listings_gold_4.jsonl")
EVERY = GOLD + GOLD_2 + GOLD_3 + GOLD_4
PRODUCT_TYPES = ("kurta", "saree", "saree_blouse")
NOT_JUDGED = {"sku", "brand", "title", "mrp_inr", "price_inr"}
"""Columns copied as they are: nothing to read in a text."""
SILENT = ("NOT_STATED", "NA")


@cache  # loading takes longer than checking
def judged_attributes(product_type: str) -> dict[str, Attribute]:
    attributes = load_product_type(CONFIG, product_type).attributes
    return {attribute.name: attribute for attribute in attributes if attribute.name not in NOT_JUDGED}


def faults(attribute: Attribute, label: Any) -> list[str]:
    """What is wrong with one label; empty when it is well formed."""
    answers = [label] if isinstance(label, str) else label
    if not answers or (isinstance(label, str) and label not in SILENT):
        return [f"{attribute.name}: {label!r} is neither a list of answers nor one of {SILENT}"]
    found = []
    if any(answer == "NA" for answer in answers) and not attribute.na:
        found.append(f"{attribute.name}: NA is no legal answer")
    values = [answer for answer in answers if answer not in SILENT]
    if isinstance(attribute, NumberAttribute):
        outside = [value for value in values if not attribute.minimum <= float(value) <= attribute.maximum]
        return found + [f"{attribute.name}: {value!r} is out of range" for value in outside]
    if values and not isinstance(attribute, EnumAttribute | EnumListAttribute):
        return [*found, f"{attribute.name}: only enums and numbers have values here, found {values!r}"]
    listed = isinstance(attribute, EnumListAttribute)
    legal = (
        {value.value for value in attribute.values}
        if isinstance(attribute, EnumAttribute | EnumListAttribute)
        else set()
    )
    for value in values:
        if isinstance(value, list) != listed or not set(value if listed else [value]) <= legal:
            found.append(f"{attribute.name}: {value!r} is not legal")
    return found


def kind_of(label: Any) -> str:
    """The README's columns: stated, either (silence is right too), NA, not stated."""
    if label == "NA":
        return "NA"
    if label == "NOT_STATED":
        return "not stated"
    return "either" if "NOT_STATED" in label else "stated"


@pytest.mark.parametrize("product_type", PRODUCT_TYPES)
def test_every_label_is_a_legal_answer_of_a_known_attribute(product_type: str) -> None:
    attributes = judged_attributes(product_type)
    assert sum(listing["product_type"] == product_type for listing in GOLD) >= 20
    for listing in [listing for listing in EVERY if listing["product_type"] == product_type]:
        unknown = set(listing["labels"]) - set(attributes)
        assert not unknown, (listing["id"], unknown)
        wrong = [fault for name, label in listing["labels"].items() for fault in faults(attributes[name], label)]
        assert not wrong, (listing["id"], wrong)


def test_every_listing_is_labelled_once_and_no_text_is_kept() -> None:
    assert {listing["product_type"] for listing in GOLD} == set(PRODUCT_TYPES)
    assert {listing["product_type"] for listing in GOLD_2} == set(PRODUCT_TYPES)
    assert max(Counter((listing["file"], listing["id"]) for listing in EVERY).values()) == 1
    for listing in EVERY:
        assert list(listing) == ["file", "id", "product_type", "part", "labels"]
        assert len(listing["id"].split()) == 1


@pytest.mark.parametrize("product_type", PRODUCT_TYPES)
def test_both_parts_have_listings(product_type: str) -> None:
    parts = Counter(listing["part"] for listing in GOLD if listing["product_type"] == product_type)
    assert set(parts) == {"tune", "measure"}
    assert min(parts.values()) >= 8


def test_labels_keep_the_rules_across_attributes() -> None:
    for listing in EVERY:
        labels = listing["labels"]
        if labels.get("set_contents") == ["Kurta Only"]:
            assert (labels["bottom_fabric"], labels["dupatta_fabric"]) == ("NA", "NA"), listing["id"]
        if labels["pattern"] == ["Solid"]:
            assert labels["print_type"] == ["Solid", "NA"], listing["id"]
        if labels.get("blouse") == ["No Blouse"]:
            assert labels["blouse_fabric"] == "NA", listing["id"]


def test_the_readme_counts_what_is_there() -> None:
    counts: dict[str, Counter[str]] = {}
    for listing in GOLD:
        for name, label in listing["labels"].items():
            counts.setdefault(name, Counter())[kind_of(label)] += 1
    rows = {
        f"| {name} | {count['stated']} | {count['either']} | {count['NA']} | {count['not stated']} |"
        for name, count in counts.items()
    }
    written = set((FOLDER / "README.md").read_text("utf-8").splitlines())
    assert rows <= written, sorted(rows - written)


@pytest.mark.parametrize("product_type", PRODUCT_TYPES)
@pytest.mark.parametrize("gold", [GOLD_2, GOLD_3, GOLD_4], ids=["second", "third", "fourth"])
def test_later_sets_only_measure_and_label_every_attribute(gold: list[dict[str, Any]], product_type: str) -> None:
    listings = [listing for listing in gold if listing["product_type"] == product_type]
    for listing in listings:
        assert listing["part"] == "measure"
        assert set(listing["labels"]) == set(judged_attributes(product_type)), listing["id"]
    count = Counter(kind_of(label) for listing in listings for label in listing["labels"].values())
    row = [len(listings), count["stated"], count["either"], count["NA"], count["not stated"]]
    written = (FOLDER / "README.md").read_text("utf-8").splitlines()
    assert not listings or f"| {product_type} | {' | '.join(map(str, row))} |" in written
