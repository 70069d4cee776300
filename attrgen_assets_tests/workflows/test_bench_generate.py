from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal
from rapidfuzz import fuzz, process

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.synthetic import synthetic_feed
from attrgen_assets.workflows.bench_generate import (
    BENCH_ATTRIBUTES,
    bench_type,
    measure_floor,
    measure_kernel,
    measure_row_by_row,
    measure_steps,
)

CONFIG = bench_type(load_product_type(Path(__file__).resolve().parents[2] / "config", "kurta"))


def extract_one(text: str, choices: object) -> tuple[str, float]:
    choice, score, _ = process.extractOne(text, choices, scorer=fuzz.WRatio)  # type: ignore[call-overload]
    return choice, score


def test_the_same_seed_gives_the_same_feed_whatever_the_batches() -> None:
    first, again = (pl.concat(synthetic_feed(CONFIG, rows=50, seed=3)) for _ in range(2))
    assert_frame_equal(first, again)
    assert not first.equals(pl.concat(synthetic_feed(CONFIG, rows=50, seed=4)))
    assert sum(batch.height for batch in synthetic_feed(CONFIG, rows=50, seed=3, batch_rows=20)) == 50


def test_titles_differ_and_descriptions_are_as_long_as_real_ones() -> None:
    feed = pl.concat(synthetic_feed(CONFIG, rows=500, seed=1))
    assert feed["in.title"].n_unique() == 500
    assert 150 < float(feed["in.description"].str.len_chars().mean() or 0) < 350  # type: ignore[arg-type]


def test_what_is_measured_is_the_whole_work(tmp_path: Path) -> None:
    tables = ParquetTables(tmp_path)
    with tables.writer("raw_products", product_type="kurta") as (writer,):
        for batch in synthetic_feed(CONFIG, rows=300, seed=1, batch_rows=100):
            writer.write(batch)
    assert measure_kernel(CONFIG, tables=tables, batch_rows=100).rows == 300
    assert measure_kernel(CONFIG, tables=tables, batch_rows=100, rows=200).rows == 200
    documents = tables.scan("validated_attributes", product_type="kurta").collect()
    assert set(BENCH_ATTRIBUTES) <= set(documents.columns)
    assert documents["fabric.status"].cast(pl.String).eq("FOUND").mean() > 0.9  # type: ignore[operator]


def test_the_row_by_row_code_does_the_same_work() -> None:
    batch = next(synthetic_feed(CONFIG, rows=60, seed=1))
    measured, same_answer_fraction = measure_row_by_row(compile_plan(CONFIG), batch, extract_one)
    assert measured.rows == 60
    assert same_answer_fraction > 0.9


def test_the_floor_is_measured_on_the_same_rows() -> None:
    floor = measure_floor(compile_plan(CONFIG), synthetic_feed(CONFIG, rows=60, seed=1, batch_rows=20))
    assert floor.rows == 60
    assert floor.rows_per_s > 0


def test_steps_are_measured_apart() -> None:
    generated, validated = measure_steps(CONFIG, synthetic_feed(CONFIG, rows=60, seed=1))
    assert generated.rows == validated.rows == 60
    assert generated.rows_per_s > 0
