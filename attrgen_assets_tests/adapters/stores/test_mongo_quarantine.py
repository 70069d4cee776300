"""Quarantine, corrections and reports in a real MongoDB."""

from datetime import timedelta
from typing import Any

import pytest

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.domain.ports import Document, Override, QuarantineReport
from attrgen_assets.errors import NotFoundError
from attrgen_assets_tests.factories import NOW

HOUR = timedelta(hours=1)


REFUSAL = {"attribute": "fabric", "reason": "not_in_vocabulary", "text": "$x.y", "nearest": ["Silk"], "field": None}


def make_entry(entry_id: str, **overrides: Any) -> Document:
    return {
        "entry_id": entry_id,
        "sku": f"sku-{entry_id}",
        "source": {"file": "saree.csv", "row_number": 3},
        "reasons": ["not_in_vocabulary"],
        "refusals": [
            {"attribute": "fabric", "reason": "not_in_vocabulary", "text": "$x.y", "nearest": [], "field": None}
        ],
        "fields": [{"column": "$price.a", "text": "$literal"}],
        "run_id": "run-1",
    } | overrides


def statuses(store: MongoStore, product_type: str = "saree") -> dict[str, str]:
    found = store.list_quarantine(product_type, statuses=("open", "released", "resolved"))
    return {entry["entry_id"]: entry["status"] for entry in found}


def test_an_entry_is_kept_as_it_is(mongo_store: MongoStore) -> None:
    entry = make_entry("a")
    assert mongo_store.replace_open("saree", [entry], seen_at=NOW) == QuarantineReport(open=1, new=1)
    assert mongo_store.get_quarantine("a") == entry | {
        "_id": "saree:a",
        "product_type": "saree",
        "status": "open",
        "first_seen": NOW,
        "last_seen": NOW,
        "history": [{"status": "open", "at": NOW, "by": None, "reason": "refused"}],
    }


def test_a_rerun_opens_nothing_twice(mongo_store: MongoStore) -> None:
    mongo_store.replace_open("saree", [make_entry("a")], seen_at=NOW)
    again = make_entry("a", refusals=[], run_id="run-2")
    assert mongo_store.replace_open("saree", [again], seen_at=NOW + HOUR) == QuarantineReport(open=1)
    entry = mongo_store.get_quarantine("a")
    assert (entry["first_seen"], entry["last_seen"]) == (NOW, NOW + HOUR)
    assert entry["refusals"] == []
    assert len(entry["history"]) == 1


def test_what_is_no_longer_refused_is_resolved_and_kept(mongo_store: MongoStore) -> None:
    mongo_store.replace_open("saree", [make_entry("a"), make_entry("b")], seen_at=NOW)
    mongo_store.replace_open("kurta", [make_entry("c")], seen_at=NOW)
    report = mongo_store.replace_open("saree", [make_entry("b")], seen_at=NOW)  # at the same time even
    assert report == QuarantineReport(open=1, resolved=1)
    assert statuses(mongo_store) == {"a": "resolved", "b": "open"}
    assert statuses(mongo_store, "kurta") == {"c": "open"}, "other types are left alone"
    history = mongo_store.get_quarantine("a")["history"]
    assert [change["status"] for change in history] == ["open", "resolved"]
    assert mongo_store.replace_open("saree", [make_entry("b")], seen_at=NOW) == QuarantineReport(open=1)


def test_a_resolved_entry_opens_again(mongo_store: MongoStore) -> None:
    mongo_store.replace_open("saree", [make_entry("a")], seen_at=NOW)
    mongo_store.replace_open("saree", [], seen_at=NOW + HOUR)
    mongo_store.replace_open("saree", [make_entry("a")], seen_at=NOW + 2 * HOUR)
    entry = mongo_store.get_quarantine("a")
    assert entry["first_seen"] == NOW
    assert [change["status"] for change in entry["history"]] == ["open", "resolved", "open"]


def test_a_released_entry_waits_for_the_next_run(mongo_store: MongoStore) -> None:
    mongo_store.replace_open("saree", [make_entry("a"), make_entry("b")], seen_at=NOW)
    for entry_id in ("a", "b"):
        released = mongo_store.release_quarantine(entry_id, by="anna@example.com", at=NOW + HOUR, reason="fixed")
        assert released["status"] == "released"
        assert released["history"][-1] == {
            "status": "released",
            "at": NOW + HOUR,
            "by": "anna@example.com",
            "reason": "fixed",
        }
    again = mongo_store.release_quarantine("a", by="anna@example.com", at=NOW + HOUR)
    assert len(again["history"]) == 2, "releasing twice is releasing once"
    report = mongo_store.replace_open("saree", [make_entry("b")], seen_at=NOW + 2 * HOUR)
    assert report == QuarantineReport(open=1, resolved=1)
    assert statuses(mongo_store) == {"a": "resolved", "b": "open"}


def test_many_entries_are_batches(mongo_store: MongoStore) -> None:
    entries = [make_entry(f"e{i:05d}") for i in range(2500)]
    assert mongo_store.replace_open("saree", iter(entries), seen_at=NOW) == QuarantineReport(open=2500, new=2500)
    assert mongo_store.replace_open("saree", entries[:300], seen_at=NOW + HOUR) == QuarantineReport(
        open=300, resolved=2200
    )


def test_lists_and_counts_choose(mongo_store: MongoStore) -> None:
    entries = [make_entry("a", reasons=["missing_sku"], sku=None), make_entry("b"), make_entry("c")]
    mongo_store.replace_open("saree", entries, seen_at=NOW)
    mongo_store.replace_open("kurta", [make_entry("d", reasons=["ambiguous", "missing_sku"])], seen_at=NOW)

    def ids(**choice: Any) -> list[str]:
        return [entry["entry_id"] for entry in mongo_store.list_quarantine(**choice)]

    assert ids() == ["d", "a", "b", "c"]
    assert ids(product_type="saree") == ["a", "b", "c"]
    assert ids(reason="missing_sku") == ["d", "a"]
    assert ids(sku="sku-b") == ["b"]
    assert ids(product_type="saree", limit=1, skip=1) == ["b"]
    assert ids(statuses=("resolved",)) == []
    assert mongo_store.count_quarantine() == {
        "kurta": {"ambiguous": 1, "missing_sku": 1},
        "saree": {"not_in_vocabulary": 2, "missing_sku": 1},
    }
    assert list(mongo_store.count_quarantine("saree")["saree"]) == ["not_in_vocabulary", "missing_sku"]
    with pytest.raises(NotFoundError, match="no quarantined row 'zzz'"):
        mongo_store.get_quarantine("zzz")
    with pytest.raises(NotFoundError):
        mongo_store.get_quarantine("a", product_type="kurta")


def test_entries_are_found_by_how_their_ids_begin(mongo_store: MongoStore) -> None:
    mongo_store.replace_open("saree", [make_entry("abc"), make_entry("abd"), make_entry("b.c")], seen_at=NOW)
    mongo_store.replace_open("kurta", [make_entry("abc")], seen_at=NOW)
    mongo_store.replace_open("saree", [make_entry("abd")], seen_at=NOW)

    def found(prefix: str, limit: int = 10) -> list[str]:
        return [entry["_id"] for entry in mongo_store.find_quarantine(prefix, limit=limit)]

    assert found("ab") == ["kurta:abc", "saree:abc", "saree:abd"]
    assert found("ab", limit=1) == ["kurta:abc"]
    assert found("abd") == ["saree:abd"]
    assert found("b.") == ["saree:b.c"], "a dot is a dot"
    assert found("bc") == found(".*") == []


def make_override(**overrides: Any) -> Override:
    defaults: dict[str, Any] = {
        "product_type": "saree",
        "sku": "$a.b",
        "attribute": "fabric",
        "value": "Silk",
        "by": "anna@example.com",
        "at": NOW,
        "reason": "seen in the shop",
    }
    return Override(**(defaults | overrides))


@pytest.mark.parametrize("value", ["Silk", "$set", None, True, 99.5, ["Zari", "Lace"], []], ids=str)
def test_a_correction_comes_back_as_it_was(mongo_store: MongoStore, value: Any) -> None:
    mongo_store.add_override(make_override(value=value))
    assert mongo_store.overrides("saree") == [make_override(value=value)]
    assert mongo_store.overrides("kurta") == []


def test_the_latest_correction_is_in_force_and_the_older_are_history(mongo_store: MongoStore) -> None:
    later = make_override(value="Cotton", at=NOW + HOUR, by="boris@example.com")
    other = make_override(attribute="color", value="Red")
    for override in (later, make_override(), other, make_override()):  # recorded late, and twice
        mongo_store.add_override(override)
    assert mongo_store.overrides("saree") == [other, later]
    history = mongo_store.override_history("saree", "$a.b")
    assert [(line["attribute"], line["value"], line["by"]) for line in history] == [
        ("color", "Red", "anna@example.com"),
        ("fabric", "Silk", "anna@example.com"),
        ("fabric", "Cotton", "boris@example.com"),
    ]


def test_a_correction_can_be_withdrawn_and_made_again(mongo_store: MongoStore) -> None:
    mongo_store.add_override(make_override())
    mongo_store.withdraw_override("saree", "$a.b", "fabric", by="boris@example.com", at=NOW + HOUR, reason="wrong")
    assert mongo_store.overrides("saree") == []
    with pytest.raises(NotFoundError, match="no correction of 'fabric' is in force"):
        mongo_store.withdraw_override("saree", "$a.b", "fabric", by="boris@example.com", at=NOW + HOUR)
    mongo_store.add_override(make_override(at=NOW + 2 * HOUR))
    assert len(mongo_store.overrides("saree")) == 1
    assert [line["withdrawn"] for line in mongo_store.override_history("saree", "$a.b")] == [False, True, False]


def test_reports_of_runs_are_newest_first_and_once_per_step(mongo_store: MongoStore) -> None:
    for number in range(3):
        report = {"run_id": f"r{number}", "product_type": "saree", "step": "store", "at": NOW + number * HOUR, "new": 1}
        mongo_store.write_run_report(report)
    mongo_store.write_run_report(report | {"new": 2})
    mongo_store.write_run_report(report | {"product_type": "kurta"})
    found = list(mongo_store.run_reports("saree", limit=2))
    assert [(report["run_id"], report["new"]) for report in found] == [("r2", 2), ("r1", 1)]
    assert len(list(mongo_store.run_reports())) == 4
