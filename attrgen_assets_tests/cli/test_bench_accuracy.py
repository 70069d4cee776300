"""`attrgen bench accuracy`, and the page that is written from its result file."""

import json
from pathlib import Path

import pytest

from attrgen_assets_tests.cli.calling import attrgen

CONFIG = """product_type: saree
title: Sarees
feed:
  path: feed.csv
  columns: {sku: [sku], title: [title]}
attributes:
  sku: {kind: text, required: true, sources: [{column: sku}]}
  color:
    kind: enum
    values: {Red: [], Blue: []}
    sources: [{lexicon: [title]}]
"""
GOLD = [("a", "tune", ["Red"]), ("b", "measure", ["Blue"]), ("c", "measure", "NOT_STATED"), ("d", "measure", ["Red"])]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config" / "product_types").mkdir(parents=True)
    (tmp_path / "config" / "product_types" / "saree.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "feed.csv").write_text("sku,title\na,Red saree\nb,Blue saree\nc,Red saree\nd,A saree\n", "utf-8")
    lines = [
        {"file": "feed.csv", "id": id_, "product_type": "saree", "part": part, "labels": {"color": label}}
        for id_, part, label in GOLD
    ]
    (tmp_path / "gold.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return tmp_path


def test_figures_by_part_and_their_result_file(folder: Path) -> None:
    words = ("--gold", "gold.jsonl", "--data-dir", ".", "--part", "all", "--seed", "s-1", "--result", "r/accuracy.json")
    done = attrgen("bench", "accuracy", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["all"] == {
        "precision": 0.6667,
        "recall": 0.6667,
        "made_up_fraction": 1.0,
        "right": 2,
        "made_up": 1,
        "missed": 1,
    }
    assert figures["parts"]["tune"]["all"]["precision"] == 1.0
    assert figures["parts"]["measure"]["calibration"]["given_with_at_least_0.9"] == 2
    assert figures["parts"]["measure"]["calibration"]["of_these_right"] == 0.5

    result = json.loads((folder / "r" / "accuracy.json").read_text(encoding="utf-8"))
    goals = {goal["figure"]: goal["measured"] for goal in result["goals"]}
    assert goals == {
        "precision": 0.5,
        "recall": 0.5,
        "unsupported values": 1.0,
        "right among values given with 0.9 or more": 0.5,
    }
    assert result["seed"] == "s-1"
    assert sorted(result["data_sha256"]) == ["feed.csv", "gold.jsonl"]
    assert "--data-dir DATA" in result["command"]

    done = attrgen("bench", "page", "--results", "r", "--output", "page.md", cwd=folder)
    assert done.returncode == 0, done.stderr
    page = (folder / "page.md").read_text(encoding="utf-8")
    assert "| precision | at least 97.0 % | 50.0 % | no |" in page
    assert "| measure | all | 3 | 2 | 2 | 50.0 % | 50.0 % | 1 | 100.0 % | 2 | 50.0 % |" in page


def test_a_result_file_of_another_name_is_refused(folder: Path) -> None:
    done = attrgen("bench", "accuracy", "--gold", "gold.jsonl", "--data-dir", ".", "--result", "x.json", cwd=folder)
    assert done.returncode == 1
    assert "must be called accuracy.json" in done.stderr
