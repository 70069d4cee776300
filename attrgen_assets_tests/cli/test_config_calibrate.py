"""`attrgen config calibrate`: from labels to a file that a config extends."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.cli.config import app
from attrgen_assets_tests.cli.calling import PROJECT
from attrgen_assets_tests.config_texts import SAREE, changed, make_config_dir

LABELS = PROJECT / "config" / "gold" / "sample_labels.jsonl"


def make_gold(path: Path) -> Path:
    """The labels of the sample sarees as a gold set."""
    lines = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    gold = [
        {
            "file": "saree.csv",
            "id": line["sku"],
            "product_type": "saree",
            "part": "tune",
            "labels": {
                name: "NOT_STATED" if value is None else value if value == "NA" else [value]
                for name, value in line["attributes"].items()
            },
        }
        for line in lines
        if line["product_type"] == "saree"
    ]
    path.write_text("\n".join(map(json.dumps, gold)), encoding="utf-8")
    return path


@pytest.mark.parametrize("to_file", [True, False], ids=["file", "stdout"])
def test_what_it_writes_can_be_extended(tmp_path: Path, to_file: bool) -> None:
    gold, output = make_gold(tmp_path / "gold.jsonl"), tmp_path / "out.yaml"
    words = ["calibrate", "--gold", str(gold), "--data-dir", str(PROJECT / "config" / "feeds")]
    result = CliRunner().invoke(app, [*words, "--output", str(output)] if to_file else words)
    assert result.exit_code == 0, result.output
    text = output.read_text(encoding="utf-8") if to_file else result.stdout
    files = {"common/trust.yaml": text, "product_types/saree.yaml": changed(SAREE, "[apparel]", "[apparel, trust]")}
    calibration = load_product_type(make_config_dir(tmp_path / "config", files), "saree").calibration
    assert calibration is not None
    assert calibration.attributes["fabric"].given >= 10
    assert calibration.attributes["fabric"].right <= calibration.attributes["fabric"].given
    assert all(0 < precision < 1 for _, precision in calibration.curve)


def test_nothing_to_count_is_said(tmp_path: Path) -> None:
    gold = make_gold(tmp_path / "gold.jsonl")
    words = ["calibrate", "--gold", str(gold), "--data-dir", str(PROJECT / "config" / "feeds"), "--part", "measure"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert "no value was given to a listing of part 'measure'" in " ".join(result.output.replace("│", " ").split())
