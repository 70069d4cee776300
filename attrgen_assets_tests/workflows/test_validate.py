from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from attrgen_assets.adapters.feeds import open_feed_file
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.attributes.validate import Validator
from attrgen_assets.domain.ports import Override
from attrgen_assets.domain.product_types.model import EnumAttribute
from attrgen_assets.workflows.generate import generate_attributes
from attrgen_assets.workflows.kernel import validated_batches
from attrgen_assets.workflows.match_memory import MatchMemory, dictionary_version
from attrgen_assets.workflows.read import iter_raw, read_products
from attrgen_assets.workflows.validate import ValidateReport, validate_attributes
from attrgen_assets_tests.factories import make_product_type
from attrgen_assets_tests.workflows.remembered import CacheInMemory, OverridesInMemory

FEED = """sku,title,color,fabric,description,price
A,Navy blue pure silk saree,,,has zari and lace,Rs 1699
B,Red saree,gren blue,cotten,,99
C,A saree,gingham,silk,,
A,Blue saree,blue,silk,,
,A saree,blue,silk,,
D,Red silk saree,red,,,10
"""


@pytest.fixture
def tables(tmp_path: Path) -> ParquetTables:
    (tmp_path / "feed.csv").write_text(FEED, encoding="utf-8")
    store = ParquetTables(tmp_path / "parquet")
    read_products(make_product_type(), reader=open_feed_file(tmp_path / "feed.csv"), tables=store, batch_rows=2)
    return store


def run(
    tables: ParquetTables,
    *,
    cache: CacheInMemory | None = None,
    overrides: tuple[Override, ...] = (),
    batch_rows: int = 100,
) -> ValidateReport:
    config = make_product_type()
    generate_attributes(config, tables=tables, batch_rows=batch_rows)
    return validate_attributes(
        config,
        tables=tables,
        overrides=OverridesInMemory(overrides),
        cache=cache or CacheInMemory(),
        batch_rows=batch_rows,
    )


def table(tables: ParquetTables, name: str) -> pl.DataFrame:
    return tables.scan(name, product_type="saree").collect()


def test_every_row_is_a_document_or_quarantined(tables: ParquetTables) -> None:
    report = run(tables)
    assert (report.rows, report.documents, report.quarantined) == (6, 3, 3)
    assert table(tables, "validated_attributes")["sku"].to_list() == ["A", "B", "D"]
    reasons = table(tables, "quarantined_products")["reasons"].to_list()
    assert reasons == [["not_in_vocabulary"], ["duplicate_sku"], ["missing_sku"]]


@pytest.mark.parametrize("batch_rows", [1, 4])
def test_the_size_of_batches_changes_no_table(tables: ParquetTables, batch_rows: int) -> None:
    run(tables)
    whole = {name: table(tables, name) for name in ("validated_attributes", "quarantined_products")}
    run(tables, batch_rows=batch_rows)
    for name, frame in whole.items():
        assert_frame_equal(table(tables, name), frame)


def test_candidates_carry_provenance_and_confidence(tables: ParquetTables) -> None:
    report = generate_attributes(make_product_type(), tables=tables, batch_rows=2)
    candidates = table(tables, "generated_attributes")
    assert (report.rows, report.candidates) == (6, candidates.height)
    assert sum(report.by_generator.values()) == candidates.height
    navy = candidates.filter(pl.col("row") == 0, pl.col("attribute") == "color").row(0, named=True)
    assert (navy["generator"], navy["field"], navy["raw"]) == ("lexicon", "title", "navy blue")
    assert 0 < navy["confidence"] <= 1


def test_a_second_run_knows_the_slow_matches(tables: ParquetTables) -> None:
    cache = CacheInMemory()
    first, second = run(tables, cache=cache), run(tables, cache=cache)
    assert first.cache_hits == 0 < first.cache_misses
    assert (second.cache_hits, second.cache_misses) == (first.cache_misses, 0)
    assert (first.cache_hit_fraction, second.cache_hit_fraction) == (0.0, 1.0)


def test_a_cache_that_is_down_or_holds_rubbish_changes_no_answer(tables: ParquetTables) -> None:
    cache = CacheInMemory()
    run(tables, cache=cache)
    expected = table(tables, "validated_attributes")
    run(tables, cache=CacheInMemory(down=True))
    assert_frame_equal(table(tables, "validated_attributes"), expected)
    rubbish = [b"", b"null", b"\xff", b"[]", b'{"codes": 5}', b'{"codes": [], "method": null}']
    cache.values = {key: rubbish[i % len(rubbish)] for i, key in enumerate(cache.values)}
    run(tables, cache=cache)
    assert_frame_equal(table(tables, "validated_attributes"), expected)


def test_a_changed_dictionary_forgets_what_was_matched_with_the_old_one() -> None:
    attribute = make_product_type().attribute("color")
    assert isinstance(attribute, EnumAttribute)
    fewer = attribute.model_copy(update={"values": attribute.values[1:]})
    stricter = attribute.model_copy(update={"matching": attribute.matching.model_copy(update={"threshold": 99.0})})
    renamed = attribute.model_copy(update={"description": "The main colour."})
    assert len({dictionary_version(a) for a in (attribute, fewer, stricter)}) == 3
    assert dictionary_version(renamed) == dictionary_version(attribute)


def test_a_correction_releases_a_quarantined_row(tables: ParquetTables) -> None:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    correction = Override(product_type="saree", sku="C", attribute="color", value="Blue", by="asha", at=at)
    report = run(tables, overrides=(correction,))
    assert (report.overrides, report.documents, report.quarantined) == (1, 4, 2)


def test_an_empty_feed_gives_empty_tables(tmp_path: Path) -> None:
    (tmp_path / "feed.csv").write_text("sku,title\n", encoding="utf-8")
    store = ParquetTables(tmp_path / "parquet")
    read_products(make_product_type(), reader=open_feed_file(tmp_path / "feed.csv"), tables=store, batch_rows=10)
    report = run(store)
    assert (report.rows, report.documents, report.quarantined, report.cache_hit_fraction) == (0, 0, 0, None)
    assert table(store, "validated_attributes").height == 0
    assert "color.status" in table(store, "validated_attributes").columns


def test_generating_ahead_in_threads_changes_no_answer(tmp_path: Path) -> None:
    (tmp_path / "feed.csv").write_text(FEED, encoding="utf-8")
    config, plan = make_product_type(), compile_plan(make_product_type())
    results = []
    for batch_rows in (1, 100):
        raw = iter_raw(config, open_feed_file(tmp_path / "feed.csv"), batch_rows=batch_rows, select=False)
        parts = [result.documents for _, result in validated_batches(raw, plan, Validator(plan))]
        results.append(pl.concat(parts))
    assert_frame_equal(results[0], results[1])


def test_an_error_in_a_thread_reaches_the_caller(tmp_path: Path) -> None:
    plan = compile_plan(make_product_type())
    broken = [pl.DataFrame({"in.title": [1]})]
    with pytest.raises(pl.exceptions.PolarsError):
        list(validated_batches(broken, plan, Validator(plan)))


def test_hits_are_counted_over_all_attributes() -> None:
    memory = MatchMemory(CacheInMemory())
    assert memory.hit_fraction is None
