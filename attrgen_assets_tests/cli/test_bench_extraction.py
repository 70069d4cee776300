"""The table of `attrgen bench extraction`, for data sets that lie in a folder."""

import json
from pathlib import Path

import pytest

from attrgen_assets.adapters.result_files import read_results
from attrgen_assets.adapters.word_vectors import PACKAGE
from attrgen_assets.cli import main
from attrgen_assets.cli.bench_extraction import bench_extraction, extraction_result, present_sets
from attrgen_assets.errors import FeedError
from attrgen_assets_tests.labelled import make_lines, make_normalised_lines, write_lines


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All files but one."""
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


def test_every_data_set_there_is_has_a_row(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = tmp_path / "extraction.json"
    assert main(["bench", "extraction", "--data-dir", str(folder), "--result", str(written)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    alone = "WDC PAVE extraction + normalisation, normalised labels alone"
    wdc = ["WDC PAVE extraction", "WDC PAVE extraction + normalisation", alone]
    assert [row["data"] for row in rows] == ["OA-Mine", *wdc]
    assert [row["train_rows"] + row["development_rows"] for row in rows] == [60, 90, 90, 90]
    assert all(0.8 < row["f1"] <= 1 for row in rows)
    assert len({row["data_hash"] for row in rows}) == 4
    (result,) = read_results(tmp_path)
    assert result.command == "attrgen bench extraction --data-dir DATA --seed 17 --result extraction.json"
    assert [row["f1"] for row in result.tables[0].rows] == [row["f1"] for row in rows]
    assert {row["words"] for row in rows} == {PACKAGE}
    assert result.versions[PACKAGE] == "1.0.0"
    assert [goal.at_least for goal in result.goals] == [0.76, 0.88, 0.913, 0.913]
    assert set(result.data_sha256) == {
        "oa-mine/train.jsonl", "wdc_normalized/train_large.jsonl", "wdc_with_all_attributes/train_large.jsonl",
    }  # fmt: skip


def test_a_data_set_that_there_is_not_cannot_be_asked_for(folder: Path) -> None:
    with pytest.raises(FeedError, match="no data set with 'AE-' in its name; there are OA-Mine, WDC PAVE extraction"):
        next(bench_extraction(folder, only=["AE-"]))


def test_one_data_set_can_be_asked_for(folder: Path) -> None:
    (row,) = bench_extraction(folder, only=["oa-mine"], seed=3)
    assert (row["data"], row["seed"]) == ("OA-Mine", 3)


def test_several_data_sets_can_be_asked_for(folder: Path) -> None:
    """A whole name means that one alone; a part of names, all of them."""
    assert list(present_sets(folder, ["WDC PAVE extraction", "oa"])) == ["OA-Mine", "WDC PAVE extraction"]
    assert len(present_sets(folder, ["wdc"])) == 3
    with pytest.raises(FeedError, match="'AE-'"):
        present_sets(folder, ["oa", "AE-"])


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"holds none of oa-mine/train\.jsonl"):
        next(bench_extraction(tmp_path))


@pytest.mark.parametrize(("tier", "name"), [("fast", "extraction.json"), ("accurate", "extraction_accurate.json")])
def test_a_result_file_of_another_name_is_refused_before_training(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], tier: str, name: str
) -> None:
    written = tmp_path / "x.json"
    assert main(["bench", "extraction", "--data-dir", str(folder), "--tier", tier, "--result", str(written)]) == 1
    found = capsys.readouterr()
    assert f"must be called {name}" in found.err
    assert not found.out  # no data set was measured
    assert not written.exists()


def test_what_an_earlier_run_measured_is_not_measured_again(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = bench_extraction(folder, only=["OA-Mine"], seed=3)
    kept = tmp_path / "rows.jsonl"
    kept.write_text(json.dumps({**row, "train_seconds": 12_345}) + "\n", encoding="utf-8")
    command = ["bench", "extraction", "--data-dir", str(folder), "--measured", str(kept), "--seed"]
    assert main([*command, "3", "--only", "WDC PAVE extraction"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["data"] for row in found] == ["OA-Mine", "WDC PAVE extraction"]
    assert found[0]["train_seconds"] == 12_345
    assert main([*command, "4", "--only", "OA-Mine"]) == 0  # another seed: measured
    assert json.loads(capsys.readouterr().out)["train_seconds"] < 12_345


def test_what_was_measured_without_classes_of_words_is_measured_again(folder: Path) -> None:
    (row,) = bench_extraction(folder, only=["OA-Mine"], seed=3)
    before = {**row, "words": "", "train_seconds": 12_345}
    (found,) = bench_extraction(folder, only=["OA-Mine"], seed=3, measured=[before])
    assert found["words"] == PACKAGE
    assert found["train_seconds"] < 12_345


def test_the_table_says_which_encoder_was_trained(folder: Path) -> None:
    (row,) = bench_extraction(folder, only=["OA-Mine"], seed=3)
    for rows, shown in (([row], False), ([{**row, "tier": "accurate", "encoder": "small"}], True)):
        (table,) = extraction_result(folder, rows, seed=3, command="x").tables
        assert ("encoder" in [column.name for column in table.columns]) is shown
        assert table.rows[0].get("encoder") == ("small" if shown else None)


@pytest.mark.parametrize("text", ["x", "[1]", '{"data": "OA-Mine"}'])
def test_lines_that_no_bench_printed_are_refused(folder: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "rows.jsonl").write_text(text, encoding="utf-8")
    assert main(["bench", "extraction", "--data-dir", str(folder), "--measured", str(tmp_path / "rows.jsonl")]) == 1
