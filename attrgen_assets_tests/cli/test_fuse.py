"""`attrgen fuse`, as a user calls it."""

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from attrgen_assets.cli.fuse import app
from attrgen_assets.errors import ConfigError, FeedError

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
    assert "claims.csv: row 4 is left out: no object" in result.stderr
    assert "claims.csv: row 6 is left out: no source" in result.stderr
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


def test_lines_that_are_no_lines_are_told_and_the_rest_is_fused(tmp_path: Path) -> None:
    result = run(tmp_path, CLAIMS + "x,color,d,Green,surplus\nshort,color\nx,color,e,Red\n")
    assert result.exit_code == 0, result.output
    assert "row 8 is left out: " in result.stderr
    assert "row 9 is left out: " in result.stderr
    assert "polars" not in result.stderr
    assert "truncate" not in result.stderr


def test_rules_and_a_hierarchy_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("fabric: {kind: text}\nweight: {kind: number, unit: kg}\n", encoding="utf-8")
    (tmp_path / "kinds.csv").write_text("child,parent\nPure Silk,Silk\n", encoding="utf-8")
    text = "object,attribute,source,value\nx,fabric,a,Silk\nx,fabric,b,Pure Silk\nx,weight,a,1 kg\nx,weight,b,1000 g\n"
    words = ("--fields", str(tmp_path / "rules.yaml"), "--hierarchy", str(tmp_path / "kinds.csv"))
    result = run(tmp_path, text, *words)
    assert result.exit_code == 0, result.output
    assert "2 values, 0 with conflicts" in result.stdout
    assert pl.read_csv(tmp_path / "fused.csv", infer_schema=False)["value"].to_list()[0] == "Pure Silk"


def test_every_fault_of_the_rules_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("color: {kind: colour}\nsize:\n  tolerance: 5\n", encoding="utf-8")
    result = run(tmp_path, CLAIMS, "--fields", str(tmp_path / "rules.yaml"))
    assert isinstance(result.exception, ConfigError)
    assert [(problem.line, problem.key) for problem in result.exception.problems] == [
        (1, "color.kind"), (3, "size.tolerance"),
    ]  # fmt: skip


def test_who_disagrees_and_whether_confidence_holds_is_printed(tmp_path: Path) -> None:
    lines = [f"x{at},color,{source},{'Red' if source != 'odd' or at % 3 else 'Blue'}" for at in range(40) for source in
             ("a", "b", "odd")]  # fmt: skip
    (tmp_path / "truth.csv").write_text(
        "object,attribute,value\n" + "".join(f"x{at},color,Red\n" for at in range(30)), encoding="utf-8"
    )
    text = "\n".join(["object,attribute,source,value", *lines]) + "\n"
    result = run(tmp_path, text, "--truth", str(tmp_path / "truth.csv"))
    assert result.exit_code == 0, result.output
    assert "odd                       color                            14     40  35.0%" in result.stdout
    assert "Brier score 0.0" in result.stdout
    assert "confidence      values   mean  right" in result.stdout
