"""`attrgen bench fusion`, as a user calls it."""

import json
from pathlib import Path

import pytest

from attrgen_assets.cli import bench_fusion
from attrgen_assets.cli.bench_fusion import fusion_result, present_sets, rows_of, seconds_of_synthetic
from attrgen_assets.errors import FeedError
from attrgen_assets_tests.workflows.test_bench_fusion import make_claims


def make_folder(path: Path) -> Path:
    claims, truth = make_claims()
    claims.write_csv(path / "flights_claims.csv")
    truth.write_csv(path / "flights_truth.csv")
    return path


def test_a_result_has_every_method_and_goal(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    scores = bench_fusion.bench_fusion(folder, seeds=(1, 2))
    result = fusion_result(folder, scores, synthetic=seconds_of_synthetic(500), command="attrgen bench fusion")
    assert set(result.data_sha256) == {"flights_claims.csv", "flights_truth.csv"}
    assert [goal.figure for goal in result.goals][:3] == [
        "flights, no truth",
        "flights, no truth, beside majority voting",
        "flights, truth of 10 %",
    ]
    assert result.goals[0].measured == scores["flights"][2].accuracy
    assert len(result.tables[0].rows) == len(rows_of(scores)) == 5
    assert json.loads(json.dumps(rows_of(scores)))[0]["data"] == "flights"


def test_a_folder_without_claims_is_told(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"flights_claims\.csv with flights_truth\.csv"):
        present_sets(tmp_path)
