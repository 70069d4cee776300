"""`attrgen fuse`, as a user calls it."""

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from attrgen_assets.cli.fuse import app
from attrgen_assets.errors import FeedError

CLAIMS = """\
object,attribute,source,value
x,color,a,Red
x,color,b,red
x,color,c,Blue
,color,a,Red
y,,a,Red
z,color,,Red
z,color,b,Green
"""


def run(folder: Path, text: str, *words: str) -> Result:
    claims = folder / "claims.csv"
    claims.write_text(text, encoding="utf-8")
    return CliRunner().invoke(app, ["--claims", str(claims), "--output", str(folder / "fused.csv"), *words])


def test_lines_without_an_object_attribute_or_source_are_told_and_left_out(tmp_path: Path) -> None:
    result = run(tmp_path, CLAIMS)
    assert result.exit_code == 0, result.output
    assert "3 lines lack object or attribute or source and are left out: line 5, 6, 7" in result.stderr
    fused = pl.read_csv(tmp_path / "fused.csv", infer_schema=False)
    assert fused.select("object", "attribute", "value").rows() == [("x", "color", "Red"), ("z", "color", "Green")]
    assert fused.columns == ["object", "attribute", "value", "confidence", "method"]


def test_all_tables_are_written(tmp_path: Path) -> None:
    conflicts, decisions = tmp_path / "conflicts.csv", tmp_path / "decisions.csv"
    result = run(tmp_path, CLAIMS, "--conflicts", str(conflicts), "--decisions", str(decisions))
    assert result.exit_code == 0, result.output
    assert pl.read_csv(conflicts)["object"].to_list() == ["x"]
    assert pl.read_csv(decisions, infer_schema=False)["reason"].null_count() == 0


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path, "a,b\n1,2\n")
    assert isinstance(result.exception, FeedError)
    assert "no column object, attribute, source, value; found a, b" in str(result.exception)


@pytest.mark.parametrize("method", ["majority", "priority", "accu"])
def test_every_method_answers_every_object(tmp_path: Path, method: str) -> None:
    result = run(tmp_path, CLAIMS, "--method", method)
    assert result.exit_code == 0, result.output
    assert pl.read_csv(tmp_path / "fused.csv")["object"].to_list() == ["x", "z"]
