"""Telling formats apart."""

import gzip
import json
from pathlib import Path

import polars as pl
import pytest

from attrgen_assets.adapters.feeds import Format, open_feed_file
from attrgen_assets.adapters.feeds.formats import guess_format
from attrgen_assets.errors import FeedError
from attrgen_assets_tests.adapters.feeds.reading import cells_of

ROWS = [{"sku": "S1", "title": "Silk, red"}, {"sku": "S2", "title": "Rs\n1699"}]
CELLS = [("S1", "Silk, red"), ("S2", "Rs\n1699")]


def write(path: Path, kind: str) -> None:
    frame = pl.DataFrame(ROWS)
    if kind == "csv":
        frame.write_csv(path)
    elif kind == "jsonl":
        frame.write_ndjson(path)
    elif kind == "json":
        path.write_text(json.dumps(ROWS))
    else:
        frame.write_parquet(path)


@pytest.mark.parametrize("kind", ["csv", "jsonl", "json", "parquet"])
@pytest.mark.parametrize("suffix", ["own", "", ".export"])
def test_every_format_gives_the_same_rows_also_without_its_suffix(kind: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / ("feed" + (f".{kind}" if suffix == "own" else suffix))
    write(path, kind)

    (frame,) = open_feed_file(path).read_batches(batch_rows=10)

    assert cells_of(frame) == CELLS
    assert frame["row_number"].to_list() == [1, 2]
    assert frame["source_file"].to_list() == [path.name] * 2


@pytest.mark.parametrize("kind", ["csv", "jsonl", "json", "parquet"])
def test_a_format_that_is_said_is_believed(kind: Format, tmp_path: Path) -> None:
    path = tmp_path / "feed.txt"
    write(path, kind)

    (frame,) = open_feed_file(path, format=kind).read_batches(batch_rows=10)

    assert cells_of(frame) == CELLS


def test_a_packed_file_is_an_error_that_says_how_to_unpack_it(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_bytes(gzip.compress(b"sku\nS1\n"))

    with pytest.raises(FeedError, match=r"the feed feed.csv is a gzip file: unpack it first \(gunzip\)"):
        list(open_feed_file(path).read_batches(batch_rows=10))


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("a.TSV", b"", "csv"),
        ("a.ndjson", b"", "jsonl"),
        ("a", b'  {"sku"', "jsonl"),
        ("a", b"", "csv"),
        ("a.csv", b"PAR1\x15\x00", "parquet"),
        ("a.csv", b"PAR1,PAR2\n", "csv"),
    ],
)
def test_suffix_and_first_bytes(name: str, head: bytes, expected: str) -> None:
    assert guess_format(name, head) == expected
