"""Parquet files."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.adapters.feeds.parquet_file import read_parquet
from attrgen_assets.errors import FeedError
from attrgen_assets_tests.adapters.feeds.reading import cells_of, columns_of, read_bytes


def parquet(columns: dict[str, Any]) -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target, row_group_size=2)
    return target.getvalue()


@given(texts=st.lists(st.none() | st.text(st.characters(codec="utf-8"), max_size=6), max_size=7))
def test_texts_come_back(texts: list[str | None]) -> None:
    frame, _ = read_bytes(parquet({"a": pa.array(texts, pa.string())}), read_parquet)

    assert cells_of(frame) == [(text,) for text in texts]
    assert frame["row_number"].to_list() == list(range(1, len(texts) + 1))
    assert columns_of(frame) == ["a"]


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (pa.array([1699]), "1699"),
        (pa.array([1699.0]), "1699"),
        (pa.array([0.1]), "0.1"),
        (pa.array([True]), "true"),
        (pa.array([Decimal("1.50")]), "1.50"),
        (pa.array([date(2024, 5, 1)]), "2024-05-01"),
        (pa.array([datetime(2024, 5, 1, 10, tzinfo=UTC)]), "2024-05-01T10:00:00+00:00"),
        (pa.array([1714557600000000001], pa.timestamp("ns")), "2024-05-01T10:00:00"),
        (pa.array([["Cotton", "Silk, pure"]]), '["Cotton","Silk, pure"]'),
        (pa.array([{"a": None, "b": 1.0}]), '{"a":null,"b":1}'),
        (pa.array([b"abc"]), "abc"),
        (pa.array([b"\xff\x00"]), "ff00"),
        (pa.array(["x"]).dictionary_encode(), "x"),
        (pa.array([None], pa.null()), None),
        (pa.array([None], pa.string()), None),
    ],
)
def test_other_types_become_text(array: Any, text: str | None) -> None:
    assert cells_of(read_bytes(parquet({"a": array}), read_parquet)[0]) == [(text,)]


def test_bytes_that_are_no_parquet_are_an_error() -> None:
    with pytest.raises(FeedError, match=r"the feed feed.csv is not a Parquet file, or is damaged"):
        read_bytes(b"sku\nS1\n", read_parquet)


def test_a_damaged_file_is_an_error() -> None:
    whole = parquet({"a": [f"text number {index}" for index in range(2000)]})

    with pytest.raises(FeedError, match="is damaged"):
        read_bytes(whole[:40] + b"\xff" * 200 + whole[240:], read_parquet)


def test_text_that_only_claims_to_be_utf_8_is_an_error() -> None:
    lie = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff")])

    with pytest.raises(FeedError, match="is damaged"):
        read_bytes(parquet({"a": lie}), read_parquet)


def test_names_that_come_twice_are_made_unique() -> None:
    target = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([pa.array(["x"]), pa.array(["y"])], names=["a", "a"]), target)

    frame, notes = read_bytes(target.getvalue(), read_parquet)

    assert columns_of(frame) == ["a", "a_2"]
    assert notes == ["column 2 is called 'a' and is read as 'a_2'"]
