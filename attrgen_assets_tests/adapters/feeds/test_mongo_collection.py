"""A MongoDB collection as a feed, on a real server."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from bson import Decimal128, ObjectId
from pymongo import MongoClient

from attrgen_assets.adapters.feeds import open_feed
from attrgen_assets.domain.ports import Document
from attrgen_assets.errors import FeedError, StoreUnavailable
from attrgen_assets_tests.adapters.feeds.reading import cells_of, columns_of
from attrgen_assets_tests.factories import make_feed

FEED = make_feed(path=None, collection="feed")


def test_documents_are_rows_in_the_order_of_their_ids(
    mongo_client: MongoClient[Document], mongo_database_name: str, tmp_path: Path
) -> None:
    database = mongo_client[mongo_database_name]
    database["feed"].insert_many(
        [
            {"_id": 2, "sku": "S2", "tags": ["a", {"b": 1.5}], "price": Decimal128("10.50")},
            {"_id": 1, "sku": "S1", "made": datetime(2024, 5, 1, tzinfo=UTC), "none": None},
            {"_id": 3, "sku": ObjectId("0" * 24)},
        ]
    )
    reader = open_feed(FEED, feeds_dir=tmp_path, mongo=database)

    batches = list(reader.read_batches(batch_rows=2))

    frame = pl.concat(batches, how="diagonal")
    assert [batch.height for batch in batches] == [2, 1]
    assert frame["source_file"].unique().to_list() == ["mongodb:feed"]
    assert frame["row_number"].to_list() == [1, 2, 3]
    assert frame["in.sku"].to_list() == ["S1", "S2", "0" * 24]
    assert frame["in.tags"].to_list() == [None, '["a",{"b":1.5}]', None]
    assert frame["in.price"].to_list() == [None, "10.50", None]
    assert frame["in.made"][0].startswith("2024-05-01T00:00:00")
    assert reader.info().files == ("mongodb:feed",)


def test_a_missing_collection_is_an_error_with_the_nearest_names(
    mongo_client: MongoClient[Document], mongo_database_name: str, tmp_path: Path
) -> None:
    database = mongo_client[mongo_database_name]
    database["feeds"].insert_one({"sku": "S1"})

    with pytest.raises(FeedError, match=r"has no collection 'feed'; did you mean 'feeds'\?"):
        list(open_feed(FEED, feeds_dir=tmp_path, mongo=database).read_batches(batch_rows=10))


def test_an_empty_collection_has_no_rows(
    mongo_client: MongoClient[Document], mongo_database_name: str, tmp_path: Path
) -> None:
    database = mongo_client[mongo_database_name]
    database.create_collection("feed")

    assert list(open_feed(FEED, feeds_dir=tmp_path, mongo=database).read_batches(batch_rows=10)) == []


def test_a_server_that_does_not_answer_is_a_transient_error(tmp_path: Path) -> None:
    nowhere: MongoClient[Document] = MongoClient("mongodb://127.0.0.1:9", serverSelectionTimeoutMS=200)

    with nowhere, pytest.raises(StoreUnavailable, match="MongoDB does not answer while mongodb:feed is read"):
        list(open_feed(FEED, feeds_dir=tmp_path, mongo=nowhere["x"]).read_batches(batch_rows=10))


def test_keys_are_columns(mongo_client: MongoClient[Document], mongo_database_name: str, tmp_path: Path) -> None:
    database = mongo_client[mongo_database_name]
    database["feed"].insert_one({"_id": "a", "SKU $.": 'x"y'})

    (frame,) = open_feed(FEED, feeds_dir=tmp_path, mongo=database).read_batches(batch_rows=10)

    assert columns_of(frame) == ["_id", "SKU $."]
    assert cells_of(frame) == [("a", 'x"y')]
