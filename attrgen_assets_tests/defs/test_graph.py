"""The graph on real servers, from a feed to documents."""

from typing import Any

import polars as pl
import pytest
from pymongo import MongoClient

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.domain.ports import Document
from attrgen_assets_tests.defs.installation import FEED, Installation, checks_of, failure_of, metadata_of

ASSETS = {"raw_products", "generated_attributes", "validated_attributes", "quarantined_products", "stored_documents"}


def test_a_feed_becomes_documents_and_quarantined_rows(shop: Installation, mongo_store: MongoStore) -> None:
    result = shop.run("saree")
    assert result.success
    assert set(metadata_of(result)) == ASSETS
    assert sorted(mongo_store.content_hashes("saree")) == ["A1", "A2", "A3"]
    assert mongo_store.get_document("saree:A2")["attributes"]["color"]["value"] == "Navy Blue"
    assert [entry["sku"] for entry in mongo_store.list_quarantine("saree")] == ["A4"]
    assert all(check.passed for check in checks_of(result).values())
    assert len(checks_of(result)) == 6


def test_metadata_says_what_a_person_asks(shop: Installation) -> None:
    metadata = metadata_of(shop.run("saree"))
    raw, validated = metadata["raw_products"], metadata["validated_attributes"]
    assert raw["dagster/row_count"] == 4
    assert raw["feed_files"] == "- `saree.csv`"
    assert raw["preview"][0]["sku"] == "A1"
    assert validated["dagster/row_count"] == 3
    assert validated["coverage_of_required"] == 1.0
    coverage = {row["attribute"]: row["coverage"] for row in validated["coverage_per_attribute"]}
    assert coverage == {"sku": "100.0 %", "title": "100.0 %", "color": "100.0 %", "length_m": "66.7 %"}
    columns = {column.name: column for column in validated["dagster/column_schema"].columns}
    assert columns["color"].constraints.other == ["required", "Red, Navy Blue, Green"]
    assert columns["length_m"].constraints.other == ["4.5 to 10 m"]
    quarantined = metadata["quarantined_products"]
    assert quarantined["quarantined_by_reason"] == [{"reason": "not_in_vocabulary", "rows": 1}]
    assert quarantined["top_refusals"][0]["text"] == "zzzz"
    stored = metadata["stored_documents"]
    assert (stored["documents_new"], stored["quarantined_open"]) == (3, 1)
    assert stored["sample_document"]["_id"] == "saree:A1"


def test_a_stored_run_says_what_it_changed_against_the_run_before(shop: Installation) -> None:
    shop.write_feed("saree", FEED.replace("A4,Odd", "".join(f"B{i},Red saree,Red,5 m\n" for i in range(40)) + "A4,Odd"))
    first = metadata_of(shop.run("saree"))["stored_documents"]
    assert (first["coverage_of_required"], first["refused_values"], first["proposed_values"]) == (1.0, 1, 0)
    assert not [name for name in first if name.startswith("drift")]
    shop.write_feed("saree", FEED + "".join(f"B{i},Green saree,Green,\n" for i in range(40)))
    second = metadata_of(shop.run("saree"))["stored_documents"]
    assert second["attributes_moved"] == 2
    assert second["drift_largest_distance"] > 0.8
    assert second["compared_with_config_version"] == second["config_version"]
    lines = {line["attribute"]: line for line in second["drift_per_attribute"]}
    assert lines["color"]["moved"] == "values"
    assert lines["color"]["shares_of_values"].startswith("Green 2% to 95%, Red 95% to 2%")
    assert lines["length_m"]["moved"] == "coverage"
    assert (lines["length_m"]["coverage_then"], lines["length_m"]["coverage"]) == ("97.7 %", "4.7 %")


def test_running_again_writes_nothing_and_finds_its_matches_in_the_cache(shop: Installation) -> None:
    shop.run("saree")
    metadata = metadata_of(shop.run("saree"))
    stored = metadata["stored_documents"]
    assert (stored["documents_new"], stored["documents_changed"], stored["documents_unchanged"]) == (0, 0, 3)
    assert metadata["validated_attributes"]["cache_hit_rate"] == 1.0


def test_a_changed_row_keeps_its_former_state(shop: Installation, mongo_store: MongoStore) -> None:
    shop.run("saree")
    shop.write_feed("saree", FEED.replace("5.5 m", "5.6 m"))
    stored = metadata_of(shop.run("saree"))["stored_documents"]
    assert (stored["documents_new"], stored["documents_changed"], stored["documents_unchanged"]) == (0, 1, 2)
    assert mongo_store.get_version("saree:A1", 1)["attributes"]["length_m"]["value"] == 5.5


@pytest.mark.parametrize("feed", ["sku,title,color,length\n", ""], ids=["header only", "empty"])
def test_a_feed_without_rows_fills_all_tables(shop: Installation, feed: str) -> None:
    shop.write_feed("saree", feed)
    result = shop.run("saree")
    assert result.success
    assert set(metadata_of(result)) == ASSETS
    assert all(check.passed for check in checks_of(result).values())


def test_rows_that_are_all_refused_fill_all_tables(shop: Installation) -> None:
    shop.write_feed("saree", "sku,title,color,length\n,a,Red,5 m\n,b,Red,5 m\n")
    result = shop.run("saree")
    assert result.success
    assert metadata_of(result)["quarantined_products"]["dagster/row_count"] == 2
    assert metadata_of(result)["stored_documents"]["dagster/row_count"] == 0


def test_a_collection_is_a_feed_like_any_other(
    shop: Installation, mongo_client: MongoClient[Document], mongo_database_name: str
) -> None:
    rows = [{"sku": f"M{i}", "title": "Red saree", "color": "Red", "length": "5 m"} for i in range(3)]
    mongo_client[mongo_database_name]["incoming"].insert_many(rows)
    shop.write_type("saree", ("path: saree.csv", "collection: incoming"))
    result = shop.run("saree")
    assert result.success
    assert metadata_of(result)["stored_documents"]["documents_new"] == 3
    assert checks_of(result)["feed_is_fresh"].description == "Not judged: what is not a file has no age."


def test_one_type_that_fails_leaves_another_alone(shop: Installation) -> None:
    shop.write_type("kurta")
    assert not shop.run("kurta").success  # it has no feed
    assert shop.run("saree").success


def test_a_partition_without_a_config_fails_at_once_and_names_the_nearest(shop: Installation) -> None:
    message, metadata = failure_of(shop.run("sarre"), "raw_products")
    assert "did you mean 'saree'" in message
    assert metadata["error"] == "UnknownProductType"


class TestLastGoodConfig:
    def test_an_invalid_file_leaves_the_last_good_config_in_force(self, shop: Installation) -> None:
        version = metadata_of(shop.run("saree"))["raw_products"]["config_version"]
        shop.write_type("saree", ("kind: number", "kind: nmber"))
        result = shop.run("saree")
        assert result.success
        for asset in ASSETS:
            metadata = metadata_of(result)[asset]
            assert metadata["config_version"] == version
            assert "nmber" in metadata["config_is_last_good"]

    def test_an_invalid_file_that_never_was_valid_fails_at_once_with_all_problems(self, shop: Installation) -> None:
        shop.write_type("kurta", ("kind: number", "kind: nmber"), ("range: [4.5, 10]", "range: [10, 4.5]"))
        result = shop.run("kurta")
        message, metadata = failure_of(result, "raw_products")
        assert "kurta.yaml:14" in message
        assert metadata == {"error": "ConfigError", "trying_again_may_help": False}
        assert not any(event.is_step_up_for_retry for event in result.all_events)

    def test_all_steps_of_a_run_use_one_config(self, shop: Installation) -> None:
        versions = {entry["config_version"] for entry in metadata_of(shop.run("saree")).values()}
        assert len(versions) == 1


def test_feeds_of_other_encodings_and_any_text_go_through(shop: Installation, mongo_store: MongoStore) -> None:
    rows: list[dict[str, Any]] = [
        {"sku": "$a.b\"'", "title": "ساری سرخ 🥻", "color": "Red", "length": "5 m"},
        {"sku": "x" * 900, "title": "t" * 1999, "color": "Red", "length": "5 m"},
    ]
    shop.write_feed("saree", pl.DataFrame(rows).write_csv())
    assert shop.run("saree").success
    assert len(mongo_store.content_hashes("saree")) == 2
