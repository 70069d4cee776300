from pathlib import Path

import pytest

from attrgen_assets.adapters.feeds import open_feed_file
from attrgen_assets.domain.attributes.scoring import Verdict
from attrgen_assets.errors import FeedError
from attrgen_assets.workflows.bench_accuracy import AccuracyReport, GoldListing, measure_accuracy
from attrgen_assets_tests.factories import make_product_type

FEED = """article,sku,title,color
900,x1,Navy blue silk saree,
901,x2,Red saree,blue
902,x3,A saree,gingham
"""


def listing(article: str, **labels: object) -> GoldListing:
    return GoldListing(file="feed.csv", id=article, product_type="saree", part="tune", labels=labels)


def run(folder: Path, *gold: GoldListing) -> AccuracyReport:
    (folder / "feed.csv").write_text(FEED, encoding="utf-8")
    return measure_accuracy(make_product_type(), gold, reader=open_feed_file(folder / "feed.csv"), batch_rows=2)


def test_answers_are_judged_by_id_whatever_column_has_it(tmp_path: Path) -> None:
    gold = [listing("900", color=["Navy Blue"], fabric=["Silk"]), listing("901", color=["Red"], fabric="NOT_STATED")]
    report = run(tmp_path, *gold)
    assert (report.listings, report.absent) == (2, [])
    assert report.scores["color"].counts == {Verdict.RIGHT: 1, Verdict.WRONG: 1}
    assert report.scores["fabric"].counts == {Verdict.RIGHT: 1, Verdict.SILENT: 1}
    assert [(miss.id, miss.value) for miss in report.misses] == [("901", "Blue")]


def test_a_quarantined_listing_answers_nothing(tmp_path: Path) -> None:
    report = run(tmp_path, listing("902", color=["Red"]))
    assert (report.absent, report.scores["color"].counts) == (["902"], {Verdict.MISSED: 1})


def test_a_feed_without_the_ids_is_the_wrong_feed(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="right file"):
        run(tmp_path, listing("nowhere", color=["Red"]))
