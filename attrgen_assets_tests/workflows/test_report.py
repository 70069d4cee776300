"""Reports over real tables and a real store."""

from datetime import timedelta
from pathlib import Path

import pytest

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.domain.reporting.gold import GoldRow
from attrgen_assets.domain.reporting.report import TypeReport
from attrgen_assets.errors import NotFoundError
from attrgen_assets.workflows.report import last_runs, report_product_type
from attrgen_assets_tests.factories import NOW, make_product_type
from attrgen_assets_tests.workflows.pipeline import Row, run_pipeline

ROWS: tuple[Row, ...] = (
    {"sku": "A", "title": "Silk saree", "color": "Red", "fabric": "Silk"},
    {"sku": "B", "title": "Cotton saree", "color": "Blue", "fabric": "Cotton"},
    {"sku": "C", "title": "Odd saree", "color": "gingham", "fabric": "Cotton"},
)


class Place:
    """Tables and a store to run in, a day later each time."""

    def __init__(self, tables: ParquetTables, store: MongoStore) -> None:
        self.tables, self.store, self._runs = tables, store, 0

    def run(self, *rows: Row) -> None:
        now = NOW + timedelta(days=self._runs, seconds=self._runs)
        run_pipeline(make_product_type(), rows, tables=self.tables, store=self.store, now=now)
        self._runs += 1

    def report(self, *gold: GoldRow) -> TypeReport:
        return report_product_type(make_product_type(), tables=self.tables, reports=self.store, gold=gold)


@pytest.fixture
def place(tmp_path: Path, mongo_store: MongoStore) -> Place:
    return Place(ParquetTables(tmp_path / "parquet"), mongo_store)


def test_what_never_ran_cannot_be_reported_on(place: Place) -> None:
    with pytest.raises(NotFoundError, match="`attrgen run saree` makes one"):
        place.report()


def test_the_first_run_has_nothing_to_be_compared_with(place: Place) -> None:
    place.run(*ROWS)
    report = place.report()
    assert (report.run.profile.documents, report.run.profile.quarantined) == (2, 1)
    assert (report.run.at, report.run.config_version) == (NOW, "c0ffee00")
    assert (report.former, report.drift, report.gold) == (None, None, None)
    assert [line.refused.text for line in report.refusals] == ["gingham"]
    assert report.generators["column"] > 0


def test_the_last_two_runs_are_compared(place: Place) -> None:
    for rows in (ROWS[:1], ROWS, ROWS[:2]):
        place.run(*rows)
    report = place.report()
    assert report.former is not None
    assert report.drift is not None
    assert (report.former.profile.rows, report.run.profile.rows) == (3, 2)
    assert report.former.at < report.run.at
    assert report.drift.moved == ()


def test_reports_of_earlier_releases_are_passed_over(place: Place) -> None:
    place.store.write_run_report({"run_id": "old", "product_type": "saree", "step": "store", "at": NOW})
    assert last_runs("saree", reports=place.store) == []
    place.run(*ROWS)
    place.store.write_run_report({"run_id": "x", "product_type": "saree", "step": "other", "at": NOW, "profile": {}})
    assert len(last_runs("saree", reports=place.store)) == 1


def test_answers_are_held_against_labels(place: Place) -> None:
    place.run(*ROWS)
    gold = place.report(
        GoldRow("saree", "A", {"color": ["Red"], "blouse": "NOT_STATED"}),
        GoldRow("saree", "B", {"color": ["Green"]}),
        GoldRow("saree", "C", {"color": ["Red"]}),
        GoldRow("saree", "nowhere", {"color": ["Red"]}),
        GoldRow("kurta", "A", {"neck": ["Round"]}),
    ).gold
    assert gold is not None
    assert (gold.labelled, gold.without_document, gold.not_in_feed) == (3, 1, 1)
    assert (gold.total.precision, gold.total.recall) == (0.5, 1 / 3)
    assert [(miss.id, miss.verdict.value) for miss in gold.misses] == [("B", "wrong"), ("C", "missed")]
    assert (gold.calibration.count, gold.calibration.right) == (2, 1)


def test_labels_of_products_that_are_not_in_the_feed_say_nothing(place: Place) -> None:
    place.run(*ROWS)
    assert place.report(GoldRow("saree", "nowhere", {"color": ["Red"]})).gold is None
