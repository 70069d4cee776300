"""The shipped sample feeds against answers given by hand (config/gold/sample_labels.jsonl)."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.adapters.feeds import open_feed
from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.attributes.validate import Validator
from attrgen_assets.domain.tables import Status
from attrgen_assets.workflows.kernel import validated_batches
from attrgen_assets.workflows.read import iter_raw

CONFIG = Path(__file__).resolve().parents[2] / "config"
LABELS = [json.loads(line) for line in (CONFIG / "gold" / "sample_labels.jsonl").read_text("utf-8").splitlines()]


def documents(name: str) -> dict[str, dict[str, Any]]:
    config = load_product_type(CONFIG, name)
    plan = compile_plan(config)
    reader = open_feed(config.feed, feeds_dir=CONFIG / "feeds", mongo=None)
    raw = iter_raw(config, reader, batch_rows=1000, select=True)
    frame = pl.concat([result.documents for _, result in validated_batches(raw, plan, Validator(plan))])
    return {document["sku"]: document for document in frame.to_dicts()}


def verdict(document: dict[str, Any], name: str, label: Any) -> str:
    status, value = document[f"{name}.status"], document[name]
    if label is None:
        return "rightly silent" if status != Status.FOUND else "made up"
    if label == "NA":
        return "right" if status == Status.NOT_APPLICABLE else "missed" if status == Status.NOT_FOUND else "wrong"
    if status != Status.FOUND:
        return "missed"
    return "right" if (sorted(value) == sorted(label) if isinstance(value, list) else value == label) else "wrong"


@pytest.mark.parametrize("product_type", sorted({label["product_type"] for label in LABELS}))
def test_samples_come_out_as_labelled_by_hand(product_type: str) -> None:
    found = documents(product_type)
    labelled = [label for label in LABELS if label["product_type"] == product_type]
    counts: Counter[str] = Counter()
    misses = []
    for label in labelled:
        for name, value in label["attributes"].items():
            outcome = verdict(found[label["sku"]], name, value)
            counts[outcome] += 1
            if outcome in ("wrong", "missed", "made up"):
                misses.append((label["sku"], name, value, found[label["sku"]][name]))
    given = counts["right"] + counts["wrong"] + counts["made up"]
    stated = counts["right"] + counts["wrong"] + counts["missed"]
    assert counts["right"] / given >= 0.97, misses
    assert counts["right"] / stated >= 0.95, misses
