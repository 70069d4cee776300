"""Parts from requests to stored documents, again and again, with people in between."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from attrgen_assets.adapters.part_rules import load_attribute_registry, load_part_rules
from attrgen_assets.domain.catalogue.record import remade_document
from attrgen_assets.domain.parts.record import PartRecord
from attrgen_assets.domain.ports import Document, Override
from attrgen_assets.errors import InvalidCorrection
from attrgen_assets.workflows.analyse_parts import analyse_parts
from attrgen_assets.workflows.correct_part import CorrectedPart, correct_part, withdraw_correction
from attrgen_assets.workflows.history import history
from attrgen_assets_tests.adapters.suppliers.asking import CONFIG_DIR
from attrgen_assets_tests.workflows.parts_pipeline import NOW, TYPE, Parts

PART = "WR55X10025"
AGAIN = timedelta(0)  # every run asks the suppliers


def remade(document: Document, record: PartRecord) -> Document:
    registry = load_attribute_registry(CONFIG_DIR)
    return remade_document(document, record, registry=registry, run_id="correction", at=NOW)


def correct(parts: Parts, field: str, text: str, *, by: str = "ann") -> CorrectedPart:
    return correct_part(
        PART,
        field,
        text,
        store=parts.store,
        rules=load_part_rules(CONFIG_DIR),
        remade=remade,
        by=by,
        reason="",
        now=NOW,
    )


def entry(parts: Parts, field: str) -> dict[str, Any]:
    found: dict[str, Any] = parts.document(PART)["attributes"][field]
    return found


def test_a_run_stores_one_document_per_part_and_another_run_changes_nothing(parts: Parts) -> None:
    parts.request(PART, "WR55X11152", "CHAIN1001", "NOSUCH1")
    first = parts.run()
    assert (first.records, first.new) == (2, 2)
    document = parts.document(PART)
    assert document["part"]["chain"] == ["WR55X11152", PART]
    assert document["config_version"] == first.config_version
    assert {row["name"] for row in document["specifications"]["rows"]} >= {"voltage", "material", "weight"}
    again = parts.run(refresh_after=AGAIN)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    (state,) = history(TYPE, PART, store=parts.store)
    assert (state.version, state.by, state.previous) == (1, "run", None)


def test_what_a_person_says_stays_through_every_run_and_comes_back_to_the_sources_when_withdrawn(parts: Parts) -> None:
    parts.request(PART)
    parts.run()
    was = entry(parts, "color")["value"]
    done = correct(parts, "color", "Green")
    assert (done.before.value, done.after.value, done.after.method) == (was, "Green", "reviewed")
    shown = {row["name"]: row["text"] for row in parts.document(PART)["specifications"]["rows"]}
    assert shown["color"] == "Green"
    parts.run(refresh_after=AGAIN)
    assert (entry(parts, "color")["value"], entry(parts, "color")["confidence"]) == ("Green", 1.0)
    assert parts.document(PART)["part"]["losing"]["color"][0]["value"] == was
    later = NOW + timedelta(seconds=1)
    withdraw_correction(PART, "color", store=parts.store, remade=remade, by="ann", reason="", now=later)
    assert parts.document(PART)["part"]["reviews"] == {"color": "the correction was taken back by ann"}
    parts.run(refresh_after=AGAIN)
    assert entry(parts, "color")["value"] == was
    assert parts.document(PART)["part"]["reviews"] == {}
    assert [state.by for state in history(TYPE, PART, store=parts.store)] == ["run", "ann", "run", "ann", "run"]


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        (
            "high_avg_price",
            "0.02",
            "low_avg_price, .*, would be above high_avg_price, 0.02; .* low_avg_price first",
        ),
        ("low_avg_price", "9999", "above high_avg_price, .* correct high_avg_price first"),
        ("mpn", "OTHER", "the part number is what the record is known by"),
    ],
)
def test_a_correction_that_breaks_a_rule_of_the_record_is_refused_and_not_kept(
    parts: Parts, field: str, text: str, message: str
) -> None:
    parts.request(PART)
    parts.run()
    before = parts.document(PART)
    with pytest.raises(InvalidCorrection, match=message):
        correct(parts, field, text)
    assert parts.store.overrides_of(TYPE, PART) == []
    assert parts.document(PART) == before


def test_a_text_tells_the_weight_that_a_person_gave(parts: Parts) -> None:
    parts.request(PART)
    parts.run()
    assert "Weight: 9 lb." not in parts.document(PART)["content"]["description"]
    correct(parts, "weight_lbs", "9 lb")
    assert "Weight: 9 lb." in parts.document(PART)["content"]["description"]
    correct(parts, "part_title", "A title of Ann's")
    assert parts.document(PART)["content"]["title"] == "A title of Ann's"


def test_a_person_who_corrects_between_two_steps_is_heard_by_the_text_as_well(parts: Parts) -> None:
    parts.request(PART)
    parts.run()
    parts.judge()
    said = Override(product_type=TYPE, sku=PART, attribute="weight_lbs", value=9.0, by="ann", at=NOW)
    parts.store.add_override(said)
    parts.catalogue()
    (row,) = parts.rows("catalog_records", "catalog_record")
    assert "Weight: 9 lb." in row["catalog_record"]
    parts.store.add_override(replace(said, value=8.0, at=NOW + timedelta(seconds=1)))
    parts.keep()
    assert "Weight: 8 lb." in parts.document(PART)["content"]["description"]


def test_a_supplier_that_is_down_empties_nothing(parts: Parts) -> None:
    parts.request(PART)
    parts.run()
    only = {
        name: found["value"]
        for name, found in parts.document(PART)["attributes"].items()
        if found["status"] == "FOUND" and found["provenance"]["field"] == "marcone"
    }
    assert only
    parts.run(faults="marcone.500=1", at=NOW + timedelta(minutes=1), refresh_after=AGAIN)
    document = parts.document(PART)
    assert {name: document["attributes"][name]["value"] for name in only} == only
    (line,) = (row for row in parts.rows("supplier_responses") if row["supplier"] == "marcone")
    assert line["reason"].endswith("; what it said before counts")


def test_what_only_a_supplier_said_that_is_down_for_long_stays_as_it_is_stored(parts: Parts) -> None:
    parts.request(PART)
    parts.run()
    before = parts.document(PART)["attributes"]
    late = NOW + timedelta(days=60)
    parts.ask(faults="marcone.500=1", at=late, refresh_after=AGAIN)
    parts.normalise(since=late - timedelta(days=30))
    parts.fuse()
    parts.judge()
    parts.catalogue()
    parts.keep()
    document = parts.document(PART)
    only = [
        name
        for name, found in before.items()
        if found["status"] == "FOUND" and found["provenance"]["field"] == "marcone"
    ]
    assert only
    assert [document["attributes"][name]["value"] for name in only] == [before[name]["value"] for name in only]
    assert set(document["part"]["notes"].values()) >= {"kept: marcone did not answer"}


def test_figures_are_those_of_the_last_run(parts: Parts) -> None:
    parts.request(PART, "CHAIN1003", "NOSUCH1")
    parts.run()
    found = analyse_parts(product_type=TYPE, tables=parts.tables)
    assert found.totals.records == 2
    assert {one.supplier: one.requests for one in found.suppliers} == dict.fromkeys(
        ("amazon", "encompass", "marcone", "reliable_parts"), 3
    )
    assert all(one.agreement is not None and one.agreement > 0.5 for one in found.suppliers)
    assert (found.cost.tokens, found.cost.cost) == (0, None)


def test_no_parts_are_no_documents(parts: Parts) -> None:
    parts.request()
    assert parts.run().records == 0
