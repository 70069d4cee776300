"""What is remembered of a run, against counting by hand."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.reporting.profile import (
    CONFIDENCE_BINS,
    TEXT_KEPT,
    VALUES_KEPT,
    AttributeProfile,
    Profile,
    profile_of,
)
from attrgen_assets_tests.factories import NA, make_product_type, make_quarantined, make_validated, make_values

ROW = st.fixed_dictionaries(
    {},
    optional={
        "color": st.sampled_from(["Red", "Blue", "Off White"]),
        "ornamentation": st.just(NA) | st.lists(st.sampled_from(["Zari", "Lace"]), min_size=1, unique=True),
        "reversible": st.booleans(),
        "title": st.text(max_size=3),
        "confidence": st.sampled_from([0.0, 0.35, 0.9, 0.95, 1.0]),
    },
)


def refusal(text: str, reason: str = "not_in_vocabulary", attribute: str | None = "color") -> dict[str, Any]:
    return {"attribute": attribute, "reason": reason, "text": text, "nearest": ["Red"], "field": "color"}


def profile(rows: list[dict[str, Any]], refused: list[dict[str, Any]] | None = None) -> Profile:
    lines = [{"sku": f"S{i}"} | row for i, row in enumerate(rows)]
    return profile_of(make_validated(lines).lazy(), make_quarantined(refused or ()).lazy(), make_product_type())


def named(found: Profile, name: str) -> AttributeProfile:
    return next(one for one in found.attributes if one.name == name)


@given(st.lists(ROW, max_size=12))
def test_counts_are_those_of_counting_row_by_row(rows: list[dict[str, Any]]) -> None:
    found = profile(rows)
    assert (found.documents, found.rows) == (len(rows), len(rows))
    color = named(found, "color")
    assert {count.name: count.rows for count in color.values} == Counter(row["color"] for row in rows if "color" in row)
    assert sum(color.statuses.values()) == len(rows)
    lists = [value for row in rows if row.get("ornamentation", NA) != NA for value in row["ornamentation"]]
    assert {count.name: count.rows for count in named(found, "ornamentation").values} == Counter(lists)
    told = {True: "true", False: "false"}
    booleans = Counter(told[row["reversible"]] for row in rows if "reversible" in row)
    assert {count.name: count.rows for count in named(found, "reversible").values} == booleans
    assert named(found, "title").values == ()
    for one in found.attributes:
        answered = sum(rows for status, rows in one.statuses.items() if status != "NOT_FOUND")
        assert sum(one.confidence) == sum(count.rows for count in one.generators) == answered


@pytest.mark.parametrize(
    ("confidence", "bin_"), [(0.0, 0), (0.05, 1), (0.35, 7), (0.9, 18), (0.94, 18), (0.95, 19), (1.0, 19)]
)
def test_confidence_is_counted_in_its_bin(confidence: float, bin_: int) -> None:
    counted = named(profile([{"color": "Red", "confidence": confidence}]), "color").confidence
    assert len(counted) == CONFIDENCE_BINS
    assert counted.index(1) == bin_


@pytest.mark.parametrize(
    ("value", "text"),
    [(1000.0, "1000"), (1999.99, "1000"), (999.0, "900"), (1.0, "1"), (5.5, "5"), (300_000.0, "300000")],
)
def test_a_number_counts_under_its_first_digit(value: float, text: str) -> None:
    (count,) = named(profile([{"price_inr": value}]), "price_inr").values
    assert count.name == text


def test_values_beyond_the_limit_are_counted_together() -> None:
    names = [f"v{i:03}" for i in range(VALUES_KEPT + 5)]
    config = make_product_type()
    fabric = config.attribute("fabric").model_copy(update={"values": make_values(*names)})
    changed = config.with_attributes(tuple(fabric if one.name == "fabric" else one for one in config.attributes))
    validated = make_validated([{"sku": name, "fabric": name} for name in names], changed)
    found = named(profile_of(validated.lazy(), make_quarantined().lazy(), changed), "fabric")
    assert (len(found.values), found.other_values) == (VALUES_KEPT, 5)


def test_refusals_of_documents_and_quarantine_are_counted_and_proposals_apart() -> None:
    found = profile(
        [{"refusals": [refusal("rde")]}, {"refusals": [refusal("rde"), refusal("reddish", "needs_review")]}],
        [
            {"entry_id": "e", "reasons": ["not_in_vocabulary"], "refusals": [refusal("rde")]},
            {"entry_id": "f", "reasons": ["missing_sku"], "refusals": [refusal("", "missing_sku", None)]},
        ],
    )
    texts = [(one.attribute, one.reason, one.text, one.rows) for one in found.refusals]
    assert texts == [("color", "not_in_vocabulary", "rde", 3), ("(row)", "missing_sku", "", 1)]
    assert [(one.text, one.nearest, one.rows) for one in found.proposals] == [("reddish", "Red", 1)]
    assert (found.refused_values, found.proposed_values) == (4, 1)
    reasons = {count.name: count.rows for count in found.quarantined_by_reason}
    assert reasons == {"missing_sku": 1, "not_in_vocabulary": 1}
    assert (found.documents, found.quarantined, found.incomplete) == (2, 2, 2)


def test_long_texts_are_cut() -> None:
    found = profile([{"refusals": [refusal(f"{letter}ज" * 500_000, "too_long")]} for letter in "abc"])
    assert [(one.rows, len(one.text or "")) for one in found.refusals] == [(1, TEXT_KEPT)] * 3


def test_a_run_without_rows_has_a_profile_too() -> None:
    found = profile([])
    assert (found.rows, found.coverage(required_only=False)) == (0, None)
    assert all(one.found_fraction is None for one in found.attributes)


def test_what_is_stored_comes_back_and_is_small() -> None:
    found = profile([{"color": "Red", "fabric": "Silk", "length_m": 5.5}])
    stored = found.model_dump(mode="json")
    assert Profile.model_validate(stored | {"of_a_later_release": 1}) == found
    assert len(json.dumps(stored)) < 10_000
    assert found.coverage(required_only=True) == pytest.approx(3 / 4)  # sku, color, fabric; no title
