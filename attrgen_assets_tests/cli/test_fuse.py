"""`attrgen fuse`, as a user calls it."""

import re
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


def test_a_confidence_or_a_time_that_is_empty_is_one_that_is_not_given(tmp_path: Path) -> None:
    header = "object,attribute,source,value,confidence,observed_at\n"
    result = run(tmp_path, header + "x,color,a,Red,,\nx,color,b,Blue,0.1, \ny,color,a,Red,0.5,2026-01-01\n")
    assert result.exit_code == 0, result.output
    assert pl.read_csv(tmp_path / "fused.csv", infer_schema=False)["value"].to_list() == ["Red", "Red"]


@pytest.mark.parametrize("option", ["--claims", "--truth", "--fields", "--hierarchy", "--conflicts", "--decisions"])
@pytest.mark.parametrize("linked", [False, True])
def test_no_file_that_is_read_or_written_is_written_over(tmp_path: Path, option: str, linked: bool) -> None:
    given = {name: tmp_path / f"{name[2:]}.csv" for name in ("--claims", option)}
    for path in given.values():
        path.write_text("not to be read", encoding="utf-8")
    output = given[option]
    if linked:
        output = tmp_path / "link.csv"
        output.symlink_to(given[option])
    words = [word for name, path in given.items() for word in (name, str(path))]
    result = CliRunner().invoke(app, [*words, "--output", str(output)])
    assert result.exit_code == 2
    told = " ".join(result.stderr.replace("│", " ").split())
    assert ("is also --output" if option in ("--conflicts", "--decisions") else f"is also {option}") in told
    assert {path.read_text(encoding="utf-8") for path in given.values()} == {"not to be read"}


def test_a_folder_that_is_missing_is_told_before_anything_is_read(tmp_path: Path) -> None:
    result = run(tmp_path, "no claims at all", "--decisions", str(tmp_path / "none" / "why.csv"))
    assert result.exit_code == 2
    assert "there is no folder" in result.stderr


@pytest.mark.parametrize(
    ("rule", "key", "message"),
    [
        ("{kind: number, unit: zork}", "unit", "not a unit that is known"),
        ("{kind: number, unit: ''}", "unit", "not a unit that is known"),
        ("{unit: kg}", "unit", "units are of numbers, not of kind text"),
        ("{kind: text, strategy: median}", "strategy", "the median is of numbers, not of kind text"),
        ("{kind: text, strategy: priority}", "strategy", "priority needs the sources"),
    ],
)
def test_a_rule_that_cannot_be_right_is_refused_with_its_place(
    tmp_path: Path, rule: str, key: str, message: str
) -> None:
    (tmp_path / "rules.yaml").write_text(f"size: {{kind: number, unit: in}}\ncolor: {rule}\n", encoding="utf-8")
    result = run(tmp_path, CLAIMS, "--fields", str(tmp_path / "rules.yaml"))
    assert isinstance(result.exception, ConfigError)
    (problem,) = result.exception.problems
    assert (problem.line, problem.key) == (2, f"color.{key}")
    assert message in problem.message


def test_what_has_no_effect_is_told(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(
        "colour: {kind: text}\n"
        "color: {strategy: priority, source_priority: [b, bb], tolerance: 0.1}\n",
        encoding="utf-8",
    )  # fmt: skip
    result = run(tmp_path, CLAIMS, "--fields", str(tmp_path / "rules.yaml"))
    assert result.exit_code == 0, result.output
    assert [line for line in result.stderr.splitlines() if line.startswith("note: ")] == [
        "note: the rule of 'colour' has no effect: no claim is of it; did you mean 'color'? allowed: color",
        "note: color: source_priority: no claim is by 'bb'; did you mean 'b'? allowed: a, b, c",
        "note: color: tolerance has no effect on kind text with strategy priority",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("object,attribute,source,value\n", "there are no claims to fuse: the table has no line below its header"),
        ("object,attribute,source,value\n,a,b,c\n", r"all 1 lines are left out, the first .claims.csv: row 1"),
    ],
)  # fmt: skip
def test_a_file_without_claims_is_told_plainly(tmp_path: Path, text: str, message: str) -> None:
    result = run(tmp_path, text)
    assert isinstance(result.exception, FeedError)
    assert re.search(message, str(result.exception))
