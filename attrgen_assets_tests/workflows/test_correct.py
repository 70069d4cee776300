"""People correct quarantined rows and let them go: against a real MongoDB, through the real kernel."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.domain.ports import Document
from attrgen_assets.errors import InvalidCorrection, NotFoundError
from attrgen_assets.workflows.correct import CorrectReport, correct_entry, find_entry
from attrgen_assets.workflows.release import ReleaseReport, release_entries
from attrgen_assets.workflows.store import StoreSummary
from attrgen_assets_tests.factories import make_product_type
from attrgen_assets_tests.workflows.pipeline import Row, run_pipeline

SAREE = make_product_type()
START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

SULK: Row = {"sku": "SULK", "title": "Red saree", "fabric": "zilqk", "color": "Red"}
NAMELESS: Row = {"sku": "", "title": "Blue cotton saree", "fabric": None, "color": None}
GOOD: Row = {"sku": "GOOD", "title": "Green silk saree", "fabric": None, "color": None}
AGAIN: Row = {"sku": "GOOD", "title": "Blue silk saree", "fabric": None, "color": None}
BROKEN: Row = "a quote is never closed"


class Desk:
    """A catalogue of one product type, and a clock that moves on with every act."""

    def __init__(self, store: MongoStore, tables: ParquetTables) -> None:
        self.store = store
        self.tables = tables
        self.now = START

    def run(self, *rows: Row, **options: Any) -> StoreSummary:
        self.now += timedelta(minutes=1)
        return run_pipeline(SAREE, rows, tables=self.tables, store=self.store, now=self.now, **options)

    def open(self) -> list[Document]:
        return sorted(self.store.list_quarantine("saree"), key=lambda entry: int(entry["source"]["row_number"]))

    def fix(self, entry: Document, **stated: str) -> CorrectReport:
        self.now += timedelta(minutes=1)
        return correct_entry(SAREE, entry, stated, desk=self.store, by="asha", now=self.now, reason="I saw it")

    def release(self, *entries: Document) -> ReleaseReport:
        self.now += timedelta(minutes=1)
        return release_entries(
            SAREE, entries, desk=self.store, tables=self.tables, run_id="release", by="asha", now=self.now
        )

    def document(self, sku: str) -> Document:
        return self.store.get_document(f"saree:{sku}")

    def status(self, entry: Document) -> str:
        return str(self.store.get_quarantine(entry["entry_id"])["status"])


@pytest.fixture
def desk(mongo_store: MongoStore, tmp_path: Path) -> Desk:
    return Desk(mongo_store, ParquetTables(tmp_path))


def test_a_corrected_row_is_a_document_at_once_and_the_next_run_agrees(desk: Desk) -> None:
    desk.run(SULK, GOOD)
    (entry,) = desk.open()
    report = desk.fix(entry, fabric="Silk")
    assert [(one.attribute, one.value, one.by, one.reason) for one in report.overrides] == [
        ("fabric", "Silk", "asha", "I saw it")
    ]
    assert desk.release(entry).released == {entry["entry_id"]: "SULK"}
    fabric = desk.document("SULK")["attributes"]["fabric"]
    assert (fabric["value"], fabric["provenance"]["generator"]) == ("Silk", "human")
    assert desk.document("SULK")["source"] == {"file": "feed.csv", "row_number": 1}
    summary = desk.run(SULK, GOOD)
    assert (summary.new, summary.changed, summary.unchanged) == (0, 0, 2)
    assert (desk.open(), desk.status(entry)) == ([], "resolved")


def test_a_correction_alone_takes_effect_on_the_next_run(desk: Desk) -> None:
    desk.run(SULK)
    desk.fix(desk.open()[0], fabric="Silk")
    assert desk.run(SULK).new == 1
    assert desk.document("SULK")["attributes"]["fabric"]["value"] == "Silk"


def test_what_is_still_refused_is_told_and_stays(desk: Desk) -> None:
    desk.run({"sku": "A", "title": "saree", "fabric": "zilqk", "color": "vlorp"})
    (entry,) = desk.open()
    desk.fix(entry, fabric="Silk")
    report = desk.release(entry)
    assert (report.released, [held.entry_id for held in report.held]) == ({}, [entry["entry_id"]])
    assert [(one["attribute"], one["text"]) for one in report.held[0].refusals] == [("color", "vlorp")]
    assert desk.status(entry) == "open"
    with pytest.raises(NotFoundError):
        desk.document("A")


def test_releasing_twice_does_nothing_the_second_time(desk: Desk) -> None:
    desk.run(SULK)
    (entry,) = desk.open()
    desk.fix(entry, fabric="Silk")
    desk.release(entry)
    before = desk.document("SULK")
    again = desk.release(find_entry(entry["entry_id"], desk=desk.store))
    assert (again.released, again.held, again.not_open) == ({}, (), (entry["entry_id"],))
    killed_before_the_entry_was_marked = desk.release(entry)
    assert killed_before_the_entry_was_marked.stored.unchanged == 1
    assert desk.document("SULK") == before


def test_a_release_that_changes_a_document_keeps_its_former_state(desk: Desk) -> None:
    desk.run({**GOOD, "sku": "SULK"})  # type: ignore[dict-item]
    desk.run(SULK)
    (entry,) = desk.open()
    desk.fix(entry, fabric="Cotton")
    assert desk.release(entry).stored.changed == 1
    assert desk.document("SULK")["version"] == 2
    assert desk.store.get_version("saree:SULK", 1)["attributes"]["fabric"]["value"] == "Silk"


def test_a_row_without_an_sku_is_given_one_and_keeps_it(desk: Desk) -> None:
    desk.run(NAMELESS, GOOD)
    (entry,) = desk.open()
    desk.fix(entry, sku="NEW-1", fabric="Pure Silk")
    assert desk.release(entry).released == {entry["entry_id"]: "NEW-1"}
    document = desk.document("NEW-1")
    assert document["attributes"]["sku"]["value"] == "NEW-1"
    assert document["attributes"]["fabric"]["value"] == "Pure Silk"
    assert document["attributes"]["color"]["value"] == "Blue"
    summary = desk.run({**GOOD, "sku": "BEFORE"}, NAMELESS, GOOD)  # type: ignore[dict-item]
    assert (summary.new, summary.changed, summary.unchanged) == (1, 0, 2)
    assert (desk.open(), desk.status(entry)) == ([], "resolved")


def test_rows_that_say_the_same_are_corrected_one_by_one(desk: Desk) -> None:
    desk.run(NAMELESS, NAMELESS)
    first, second = desk.open()
    desk.fix(second, sku="TWO")
    assert desk.release(first, second).released == {second["entry_id"]: "TWO"}
    for batch_rows in (1, 100):
        assert desk.run(NAMELESS, NAMELESS, batch_rows=batch_rows).unchanged == 1
        assert [entry["entry_id"] for entry in desk.open()] == [first["entry_id"]]
    desk.fix(first, sku="ONE")
    assert desk.run(NAMELESS, NAMELESS).new == 1
    assert desk.open() == []


def test_a_repeated_sku_is_cured_by_an_sku_of_its_own(desk: Desk) -> None:
    desk.run(GOOD, AGAIN)
    (entry,) = desk.open()
    with pytest.raises(InvalidCorrection, match="no SKU of its own"):
        desk.fix(entry, fabric="Silk")
    desk.fix(entry, sku="GOOD-2")
    desk.fix(entry, fabric="Art Silk")
    desk.release(entry)
    assert desk.document("GOOD-2")["attributes"]["fabric"]["value"] == "Art Silk"
    assert desk.document("GOOD")["attributes"]["fabric"]["value"] == "Silk"
    assert desk.run(GOOD, AGAIN).unchanged == 2


def test_an_sku_that_another_row_has_cannot_be_given(desk: Desk) -> None:
    desk.run(NAMELESS, GOOD, SULK, NAMELESS)
    nameless, sulk, other = desk.open()
    for sku in ("GOOD", "SULK"):
        with pytest.raises(InvalidCorrection, match=f"'{sku}' is the SKU of"):
            desk.fix(nameless, sku=sku)
    desk.fix(nameless, sku="NEW")
    with pytest.raises(InvalidCorrection, match="the SKU of the quarantined row"):
        desk.fix(other, sku="NEW")
    with pytest.raises(InvalidCorrection, match="has one of its own"):
        desk.fix(sulk, sku="NEWER")


def test_a_given_sku_that_the_feed_later_has_by_itself_holds_the_row_back(desk: Desk) -> None:
    desk.run(NAMELESS)
    (entry,) = desk.open()
    desk.fix(entry, sku="NEW")
    summary = desk.run(NAMELESS, {**GOOD, "sku": "NEW"})  # type: ignore[dict-item]
    assert (summary.documents, summary.quarantined_open) == (1, 1)
    assert desk.document("NEW")["attributes"]["color"]["value"] == "Green"
    assert desk.release(*desk.open()).released == {}


def test_a_row_that_could_not_be_read_is_corrected_in_the_feed(desk: Desk) -> None:
    desk.run(GOOD, BROKEN)
    (entry,) = desk.open()
    with pytest.raises(InvalidCorrection, match="correct it in feed"):
        desk.fix(entry, fabric="Silk")
    assert desk.release(entry).held[0].refusals[0]["reason"] == "unparseable_row"


def test_an_illegal_correction_records_nothing(desk: Desk) -> None:
    desk.run(SULK)
    with pytest.raises(InvalidCorrection, match="Silk"):
        desk.fix(desk.open()[0], fabric="Silkk", color="Red")
    assert desk.store.overrides("saree") == []


def test_a_row_takes_a_field_from_the_same_column_alone_and_among_others(desk: Desk) -> None:
    rows: tuple[Row, ...] = (
        {"sku": "A", "title": "Green silk saree"},
        {"sku": "B", "product_name": "Red saree", "fabric": "zilqk"},
    )
    desk.run(*rows)
    (entry,) = desk.open()
    desk.fix(entry, fabric="Silk")
    desk.release(entry)
    before = desk.document("B")
    assert desk.run(*rows).unchanged == 2
    assert desk.document("B") == before
    assert before["attributes"]["title"]["value"] == "Red saree"


def test_a_synonym_is_suggested_where_one_would_have_helped(desk: Desk) -> None:
    desk.run(SULK)
    assert '"Silk": ["zilqk"]' in desk.fix(desk.open()[0], fabric="Silk").synonyms


def test_a_beginning_of_an_id_is_enough_where_it_is_unique(desk: Desk) -> None:
    desk.run(*({"sku": f"S{number}", "title": "x", "fabric": "zilqk"} for number in range(40)))
    entries = desk.open()
    assert find_entry(entries[3]["entry_id"][:8].upper(), desk=desk.store) == entries[3]
    some = next(
        a["entry_id"][0] for a in entries for b in entries if a is not b and a["entry_id"][0] == b["entry_id"][0]
    )
    with pytest.raises(NotFoundError, match="several ids"):
        find_entry(some, desk=desk.store)


@pytest.mark.parametrize("prefix", ["", " ", "nosuchentry", ".*", "$where"])
def test_an_unknown_id_is_told(desk: Desk, prefix: str) -> None:
    desk.run(SULK)
    with pytest.raises(NotFoundError, match="no quarantined row"):
        find_entry(prefix, desk=desk.store)
