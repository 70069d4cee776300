from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.attributes.check import (
    Verdict,
    at_least,
    at_most,
    conservation,
    coverage_verdicts,
    failing_values,
)
from attrgen_assets.domain.attributes.summary import COVERAGE_SCHEMA
from attrgen_assets.domain.product_types.model import Gate
from attrgen_assets.domain.tables import QUARANTINED_SCHEMA
from attrgen_assets_tests.factories import NA, make_product_type, make_validated

GOOD: dict[str, Any] = {
    "sku": "S1",
    "title": "Red saree",
    "color": "Red",
    "fabric": "Cotton",
    "ornamentation": ["Zari", "Lace"],
    "blouse_fabric": NA,
    "length_m": 5.5,
    "reversible": False,
}


def failures_of(frame: pl.DataFrame) -> list[tuple[str, str, str | None]]:
    failures = failing_values(frame.lazy(), make_product_type())
    assert failures.total >= failures.examples.height
    return [(row["attribute"], row["problem"], row["value"]) for row in failures.examples.iter_rows(named=True)]


def test_a_table_that_keeps_its_promises_has_no_failures() -> None:
    failures = failing_values(make_validated([GOOD, {"sku": "S2"}]).lazy(), make_product_type())
    assert (failures.rows, failures.total, failures.examples.height) == (2, 0, 0)


def test_an_empty_table_has_no_failures() -> None:
    assert failing_values(make_validated().lazy(), make_product_type()).total == 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"color": "Chartreuse"}, ("color", "not a legal value", "Chartreuse")),
        ({"color": "red"}, ("color", "not a legal value", "red")),
        ({"color": NA}, ("color", "NOT_APPLICABLE is not a legal answer", None)),
        ({"ornamentation": ["Zari", "Glitter"]}, ("ornamentation", "not a legal value", "Zari, Glitter")),
        ({"ornamentation": ["Zari", "Zari"]}, ("ornamentation", "a value twice", "Zari, Zari")),
        ({"ornamentation": []}, ("ornamentation", "FOUND without a value", "")),
        ({"ornamentation": [None]}, ("ornamentation", "not a legal value", "")),
        ({"length_m": 4.49}, ("length_m", "outside the range", "4.49")),
        ({"length_m": 10.1}, ("length_m", "outside the range", "10.1")),
        ({"length_m": float("nan")}, ("length_m", "outside the range", "NaN")),
        ({"length_m": float("inf")}, ("length_m", "outside the range", "inf")),
        ({"title": "x" * 301}, ("title", "too long", "x" * 301)),
        ({"title": " "}, ("title", "an empty text", " ")),
    ],
)
def test_a_value_that_the_config_does_not_allow_fails(
    change: dict[str, Any], expected: tuple[str, str, str | None]
) -> None:
    assert failures_of(make_validated([GOOD, GOOD | {"sku": "S2"} | change])) == [expected]


@pytest.mark.parametrize("length_m", [4.5, 10.0])
def test_the_range_is_closed(length_m: float) -> None:
    assert failures_of(make_validated([GOOD | {"length_m": length_m}])) == []


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("color", None, "FOUND without a value"),
        ("color.status", "NOT_FOUND", "a value although not FOUND"),
        ("color.status", None, "no such status"),
        ("color.confidence", None, "FOUND without a confidence in 0-1"),
        ("color.confidence", 1.01, "FOUND without a confidence in 0-1"),
        ("color.confidence", float("nan"), "FOUND without a confidence in 0-1"),
        ("color.provenance", None, "FOUND without provenance"),
    ],
)
def test_value_status_confidence_and_provenance_must_agree(column: str, value: object, problem: str) -> None:
    frame = make_validated([GOOD])
    tampered = frame.with_columns(pl.Series(column, [value], dtype=frame.schema[column]))
    assert [found[:2] for found in failures_of(tampered)] == [("color", problem)]


def test_a_status_that_does_not_exist_fails() -> None:
    tampered = make_validated([GOOD]).with_columns(pl.lit("MAYBE").alias("color.status"))
    assert [found[:2] for found in failures_of(tampered)] == [("color", "no such status")]


def test_a_sku_may_stand_once() -> None:
    assert failures_of(make_validated([GOOD, GOOD, GOOD | {"sku": "S2"}])) == [("sku", "a SKU twice", "S1")] * 2


def test_values_of_other_column_types_are_compared_by_their_text() -> None:
    frame = make_validated([GOOD, GOOD | {"sku": "S2", "color": "Pink"}])
    categories = frame.with_columns(pl.col("color").cast(pl.Categorical))
    assert failures_of(categories) == [("color", "not a legal value", "Pink")]


def test_counts_are_of_all_and_examples_are_few() -> None:
    frame = make_validated([GOOD | {"sku": f"S{i}", "color": "Pink"} for i in range(30)])
    failures = failing_values(frame.lazy(), make_product_type(), examples=4)
    assert (failures.counts, failures.examples.height) == ({"color": 30}, 4)
    assert failures.examples["sku"].to_list() == ["S0", "S1", "S2", "S3"]
    assert failures.examples["allowed"][0] == "Red, Blue, Navy Blue, Green, Off White"


legal_or_not = st.sampled_from(["Red", "Blue", "Navy Blue", "navy", "Pink", "", "RED", None])


@given(st.lists(legal_or_not, max_size=20))
def test_enum_failures_agree_with_a_loop(colors: list[str | None]) -> None:
    config = make_product_type()
    legal = {value.value for value in config.attribute("color").values}  # type: ignore[union-attr]
    frame = make_validated([{"sku": f"S{i}", "color": color} for i, color in enumerate(colors)], config)
    expected = [f"S{i}" for i, color in enumerate(colors) if color is not None and color not in legal]
    assert failing_values(frame.lazy(), config).examples["sku"].to_list() == expected


def make_rows(*numbers: int, file: str = "saree.csv") -> pl.LazyFrame:
    schema = {"source_file": pl.String, "row_number": pl.UInt32}
    return pl.LazyFrame([(file, number) for number in numbers], schema=schema, orient="row")


def test_rows_are_conserved_when_each_goes_one_way() -> None:
    counted = conservation(make_rows(1, 2, 3), make_rows(1, 3), make_rows(2))
    assert counted.holds
    assert (counted.raw_rows, counted.validated_rows, counted.quarantined_rows) == (3, 2, 1)


def test_nothing_is_conserved_from_nothing() -> None:
    assert conservation(make_rows(), make_rows(), pl.LazyFrame(schema=QUARANTINED_SCHEMA)).holds


@pytest.mark.parametrize(
    ("validated", "quarantined", "astray"),
    [
        ([1], [2], [3]),  # lost
        ([1, 2, 3], [3], [3]),  # both ways
        ([1, 2, 2], [3], [2]),  # doubled, and one lost would make the sums agree
        ([1, 1], [3], [1, 2]),  # the sums agree
        ([1, 2, 3, 4], [], [4]),  # from nowhere
    ],
)
def test_rows_that_went_astray_are_named(validated: list[int], quarantined: list[int], astray: list[int]) -> None:
    counted = conservation(make_rows(1, 2, 3), make_rows(*validated), make_rows(*quarantined))
    assert not counted.holds
    assert counted.astray["row_number"].to_list() == astray


def test_rows_of_two_files_are_two_rows() -> None:
    raw = pl.concat([make_rows(1), make_rows(1, file="other.csv")])
    assert not conservation(raw, make_rows(1, 1), make_rows()).holds


def make_coverage(**fractions: float | None) -> pl.DataFrame:
    lines = [(name, True, 0, 0, 0, fraction) for name, fraction in fractions.items()]
    return pl.DataFrame(lines, schema=COVERAGE_SCHEMA, orient="row")


def test_coverage_is_held_against_both_limits_worst_first() -> None:
    gates = {name: Gate(warn=0.8, error=0.3) for name in ("color", "fabric", "neck", "weave")}
    verdicts = coverage_verdicts(make_coverage(color=0.8, fabric=0.29, neck=0.5, weave=None), gates)
    assert dict(zip(verdicts["attribute"], map(Verdict, verdicts["verdict"]), strict=True)) == {
        "fabric": Verdict.ERROR,
        "neck": Verdict.WARN,
        "color": Verdict.PASS,
        "weave": Verdict.PASS,
    }
    assert verdicts["attribute"][0] == "fabric"


@pytest.mark.parametrize(
    ("fraction", "verdict"),
    [(None, Verdict.PASS), (0.05, Verdict.PASS), (0.06, Verdict.WARN), (0.5, Verdict.WARN), (0.51, Verdict.ERROR)],
)
def test_a_quarantined_fraction_may_reach_its_limits(fraction: float | None, verdict: Verdict) -> None:
    assert at_most(fraction, Gate(warn=0.05, error=0.5)) is verdict


def test_a_gate_without_limits_lets_everything_pass() -> None:
    assert (at_most(1.0, Gate()), at_least(0.0, Gate())) == (Verdict.PASS, Verdict.PASS)
