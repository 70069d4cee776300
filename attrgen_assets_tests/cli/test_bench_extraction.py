"""The table of `attrgen bench extraction`, for data sets that lie in a folder."""

from pathlib import Path

import pytest

from attrgen_assets.cli.bench_extraction import bench_extraction
from attrgen_assets.errors import FeedError
from attrgen_assets_tests.labelled import make_lines, make_normalised_lines, write_lines


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three of the four data sets."""
    root = tmp_path_factory.mktemp("data")
    raw, normal = make_normalised_lines(90)
    files = {
        "oa-mine/train.jsonl": make_lines(60),
        "wdc_with_all_attributes/train_large.jsonl": raw,
        "wdc_normalized/train_large.jsonl": normal,
    }
    for name, lines in files.items():
        (root / name).parent.mkdir()
        write_lines(root / name, lines)
    return root


def test_every_data_set_there_is_has_a_row(folder: Path) -> None:
    rows = list(bench_extraction(folder))
    assert [row["data"] for row in rows] == ["OA-Mine", "WDC PAVE extraction", "WDC PAVE extraction + normalisation"]
    assert [row["train_rows"] + row["development_rows"] for row in rows] == [60, 90, 90]
    assert all(0.8 < row["f1"] <= 1 for row in rows)
    assert len({row["data_hash"] for row in rows}) == 3


def test_one_data_set_can_be_asked_for(folder: Path) -> None:
    (row,) = bench_extraction(folder, only="oa-mine", seed=3)
    assert (row["data"], row["seed"]) == ("OA-Mine", 3)


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"holds none of oa-mine/train\.jsonl"):
        next(bench_extraction(tmp_path))
