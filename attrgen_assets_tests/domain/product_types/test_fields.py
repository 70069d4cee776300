"""Columns and fields."""

import polars as pl
import pytest

from attrgen_assets.domain.product_types.fields import (
    field_text,
    map_field,
    map_fields,
    missing_field_message,
    missing_fields,
    unmapped_columns,
)
from attrgen_assets.domain.product_types.model import Feed

FEED = Feed(
    path="x.csv",
    columns={"sku": ("sku", "product_id"), "title": ("title", "product_name"), "price": ("price",)},
)


@pytest.mark.parametrize("name", ["Product_Name", "PRODUCT NAME", "product-name", " productName ", "Product__ Name"])
def test_case_spaces_underscores_and_dashes_do_not_matter(name: str) -> None:
    assert map_fields(FEED, [f"in.{name}"]) == {"title": f"in.{name}"}


def test_the_first_listed_name_that_is_present_wins_in_any_order_of_columns() -> None:
    assert map_fields(FEED, ["in.product_name", "in.title", "in.Product_ID"]) == {
        "sku": "in.Product_ID",
        "title": "in.title",
    }


def test_of_columns_spelled_alike_the_one_written_as_in_the_config_wins() -> None:
    assert map_field(FEED, ["in.Title", "in.TITLE", "in.title"], "title") == ("in.title", "in.Title", "in.TITLE")
    assert map_field(FEED, ["in.TITLE", "in.Title"], "title") == ("in.TITLE", "in.Title")


def test_only_columns_of_the_feed_count_not_our_own() -> None:
    assert map_fields(FEED, ["sku", "source_file", "in.in.sku"]) == {}


def test_a_row_takes_the_first_of_the_columns_that_it_has() -> None:
    frame = pl.DataFrame(
        {"in.product_name": ["a", "b", None], "in.title": [None, "", None]},
        schema={"in.product_name": pl.String, "in.title": pl.String},
    )

    assert frame.select(field_text(FEED, frame.columns, "title")).to_series().to_list() == ["a", "b", None]
    assert frame.select(field_text(FEED, frame.columns, "price")).to_series().to_list() == [None]


def test_what_is_mapped_to_nothing_is_told() -> None:
    columns = ["in.SKU", "in.mrp", "in.Product Name"]

    assert unmapped_columns(FEED, columns) == ("mrp",)
    assert missing_fields(FEED, columns) == ("price",)


def test_a_missing_field_is_explained() -> None:
    assert missing_field_message(FEED, ["in.prod_id", "in.mrp"], "sku") == (
        "no column of the feed carries 'sku': looked for 'sku', 'product_id'; found 'prod_id', 'mrp'; "
        "nearest: 'prod_id'; name the column under `feed.columns.sku` in the config, or pass --map sku='prod_id'"
    )


def test_a_field_that_the_config_does_not_name_is_explained() -> None:
    message = missing_field_message(FEED, [f"in.c{index}" for index in range(40)], "color")

    assert "`feed.columns` does not name 'color'" in message
    assert "'c29' and 10 more" in message


def test_a_feed_without_columns_is_explained() -> None:
    assert "found none" in missing_field_message(FEED, [], "sku")
