"""Checks fail when they should: somebody has been at the tables, the feed is bad, the store has lost something."""

from collections.abc import Callable

import dagster as dg
import polars as pl
import pytest
from pymongo import MongoClient

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.defs.checks import CHECKS
from attrgen_assets.domain.ports import Document
from attrgen_assets_tests.defs.installation import QUIET, Installation, checks_of, metadata_of

ERROR, WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN


def tamper(shop: Installation, table: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Rewrite a stored table."""
    tables = ParquetTables(shop.root / "home" / "parquet")
    frame = change(tables.scan(table, product_type="saree").collect())
    with tables.writer(table, product_type="saree") as (writer,):
        writer.write(frame)


def check_again(shop: Installation, *names: str) -> dict[str, dg.AssetCheckEvaluation]:
    """Run those checks over the tables as they are now.

    With raw_products, which is read anew and changes nothing: checks alone cannot be run for a partition.
    """
    wanted = [key for check in CHECKS for key in check.check_keys if key.name in names]
    selection = dg.AssetSelection.assets("raw_products").without_checks() | dg.AssetSelection.checks(*wanted)
    job = dg.define_asset_job("again", selection=selection, executor_def=dg.in_process_executor)
    defs = dg.Definitions.merge(shop.defs, dg.Definitions(jobs=[job]))
    result = defs.resolve_job_def("again").execute_in_process(
        instance=shop.instance,
        partition_key="saree",
        raise_on_error=False,
        run_config=QUIET,
    )
    return dict(checks_of(result))


ILLEGAL = pl.col("color").cast(pl.String).replace("Red", "Chartreuse")


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (
            pl.col("color").cast(pl.String).replace("Red", "Chartreuse"),
            "| A1 | color | not a legal value | Chartreuse |",
        ),
        ((pl.col("length_m") * 10).alias("length_m"), "| A1 | length_m | outside the range | 55.0 |"),
        (pl.lit(None, dtype=pl.Float32).alias("color.confidence"), "| A1 | color | FOUND without a confidence"),
    ],
    ids=["vocabulary", "range", "confidence"],
)
def test_a_value_that_somebody_put_into_the_table_is_found(shop: Installation, change: pl.Expr, shown: str) -> None:
    shop.run("saree")
    tamper(shop, "validated_attributes", lambda frame: frame.with_columns(change))
    found = check_again(shop, "values_are_legal")["values_are_legal"]
    assert (found.passed, found.severity, found.blocking) == (False, ERROR, True)
    assert shown in str(found.metadata["failing_values_table"].value)
    assert "coverage_per_attribute" in found.metadata


def test_a_blocking_check_keeps_the_store_as_it_was(shop: Installation, mongo_store: MongoStore) -> None:
    shop.run("saree")
    before = mongo_store.content_hashes("saree")
    illegal = ILLEGAL, pl.lit("other").alias("content_hash")
    tamper(shop, "validated_attributes", lambda frame: frame.with_columns(illegal))
    selection = dg.AssetSelection.assets("stored_documents") | dg.AssetSelection.checks_for_assets(
        "validated_attributes"
    )
    job = dg.define_asset_job("store_again", selection=selection, executor_def=dg.in_process_executor)
    defs = dg.Definitions.merge(shop.defs, dg.Definitions(jobs=[job]))
    result = defs.resolve_job_def("store_again").execute_in_process(
        instance=shop.instance, partition_key="saree", raise_on_error=False, run_config=QUIET
    )
    assert not result.success
    assert "stored_documents" not in metadata_of(result)
    assert mongo_store.content_hashes("saree") == before


def test_a_row_that_is_in_no_table_is_named(shop: Installation) -> None:
    shop.run("saree")
    tamper(shop, "validated_attributes", lambda frame: frame.filter(pl.col("sku") != "A2"))
    found = check_again(shop, "rows_are_conserved")["rows_are_conserved"]
    assert (found.passed, found.severity, found.blocking) == (False, ERROR, True)
    assert "| saree.csv | 2 | 1 | 0 | 0 |" in str(found.metadata["rows_astray"].value)


@pytest.mark.parametrize(
    ("lengths", "passed", "severity"),
    [(("5 m", "5 m", ""), True, WARN), (("5 m", "", ""), False, WARN), (("", "", ""), False, ERROR)],
)
def test_coverage_below_its_gates(
    shop: Installation, lengths: tuple[str, ...], passed: bool, severity: dg.AssetCheckSeverity
) -> None:
    rows = "".join(f"A{i},Red saree,Red,{length}\n" for i, length in enumerate(lengths))
    shop.write_feed("saree", f"sku,title,color,length\n{rows}")
    result = shop.run("saree")
    found = checks_of(result)["coverage_is_sufficient"]
    assert (found.passed, found.severity, found.blocking) == (passed, severity, False)
    assert result.success  # a gate warns; it stops nothing
    assert passed or "length_m" in str(found.description)


@pytest.mark.parametrize(("bad_rows", "passed", "severity"), [(1, True, WARN), (2, False, WARN), (6, False, ERROR)])
def test_a_quarantine_above_its_gates(
    shop: Installation, bad_rows: int, passed: bool, severity: dg.AssetCheckSeverity
) -> None:
    rows = [f"A{i},Red saree,{'zzzz' if i < bad_rows else 'Red'},5 m" for i in range(bad_rows + 3)]
    shop.write_feed("saree", "\n".join(["sku,title,color,length", *rows]))
    found = checks_of(shop.run("saree"))["quarantine_is_small"]
    assert (found.passed, found.severity) == (passed, severity)
    assert found.description is not None
    assert f"{bad_rows} of {bad_rows + 3} rows" in found.description


def test_a_feed_that_nobody_has_touched_for_long(shop: Installation) -> None:
    shop.write_feed("saree", age_s=31 * 24 * 3600)
    found = checks_of(shop.run("saree"))["feed_is_fresh"]
    assert (found.passed, found.severity) == (False, WARN)
    assert found.description == "The newest feed file is 31.0 days old; 30 are allowed."


def test_freshness_without_a_limit_is_not_judged(shop: Installation) -> None:
    shop.write_type("saree", ("  max_feed_age_days: 30\n", ""))
    shop.write_feed("saree", age_s=10_000 * 24 * 3600)
    assert checks_of(shop.run("saree"))["feed_is_fresh"].passed


def test_a_document_that_is_missing_from_the_store(
    shop: Installation, mongo_client: MongoClient[Document], mongo_database_name: str
) -> None:
    shop.run("saree")
    mongo_client[mongo_database_name]["documents"].delete_one({"_id": "saree:A1"})
    found = check_again(shop, "documents_are_stored")["documents_are_stored"]
    assert (found.passed, found.severity) == (False, ERROR)
    assert "| A1 |" in str(found.metadata["not_stored"].value)


def test_results_are_kept_per_product_type(shop: Installation) -> None:
    shop.write_type("kurta")
    shop.write_feed("kurta", "sku,title,color,length\nK1,Red kurta,Red,\n")
    shop.run("saree")
    evaluations = checks_of(shop.run("kurta"))
    assert not evaluations["coverage_is_sufficient"].passed
    assert {evaluation.partition for evaluation in evaluations.values()} == {"kurta"}
