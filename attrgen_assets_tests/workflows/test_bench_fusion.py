"""The figures of fusion, on sources whose truth is known because it was made up."""

import polars as pl
import pytest

from attrgen_assets.workflows.bench_fusion import SHARES, UNREVIEWED, is_right, measure_fusion, synthetic_claims


def make_claims() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Forty objects; a and b are right, c, d and e say the same wrong thing of every fourth."""
    rows, truth = [], []
    for at in range(40):
        wrong = at % 4 == 0
        truth.append((f"o{at}", "color", f"shade {at}"))
        rows += [(f"o{at}", "color", source, f"shade {at}") for source in "ab"]
        rows += [(f"o{at}", "color", source, "grey" if wrong else f"shade {at}") for source in "cde"]
    schema = ["object", "attribute", "source", "value"]
    return pl.DataFrame(rows, schema=schema, orient="row"), pl.DataFrame(
        truth, schema=["object", "attribute", "value"], orient="row"
    )


def test_every_method_is_judged_on_what_it_was_not_told() -> None:
    claims, truth = make_claims()
    scores = measure_fusion(claims, truth, seeds=(1, 2, 3))
    assert [(one.method, one.reviewed) for one in scores] == [
        *((method, 0.0) for method in UNREVIEWED),
        *(("learned", share) for share in SHARES),
    ]
    by_method = {(one.method, one.reviewed): one for one in scores}
    assert by_method["majority", 0.0].accuracy == 0.75  # three of five are wrong of every fourth object
    assert by_method["majority", 0.0].judged == 40
    assert by_method["learned", 0.1].judged < 40
    assert by_method["majority", 0.0].spread is None
    assert all(0 <= one.brier <= 1 for one in scores)


def test_a_value_that_nobody_claims_is_not_right() -> None:
    claims, truth = make_claims()
    more = pl.concat([truth, pl.DataFrame({"object": ["none"], "attribute": ["color"], "value": ["red"]})])
    [majority, *_] = measure_fusion(claims, more, seeds=(1, 2))
    assert majority.accuracy == pytest.approx(30 / 41)


@pytest.mark.parametrize(
    ("value", "true", "tolerance", "right"),
    [
        ("7:10 a.m.", "7:10 a.m.", 0.0, True),
        ("7:10 am", "7:10 a.m.", 0.0, False),
        ("1009", "1000", 0.01, True),
        ("1011", "1000", 0.01, False),
        ("1009", "1000", 0.0, False),
        (None, "1000", 0.01, False),
        ("many", "1000", 0.01, False),
    ],
)
def test_what_counts_as_right(value: str | None, true: str, tolerance: float, right: bool) -> None:
    assert is_right(value, true, tolerance=tolerance) is right


def test_synthetic_claims_are_the_same_for_a_seed_and_said_once() -> None:
    claims = synthetic_claims(2000, seed=3)
    assert claims.equals(synthetic_claims(2000, seed=3))
    assert not claims.equals(synthetic_claims(2000, seed=4))
    assert claims.select("object", "attribute", "source").is_duplicated().sum() == 0
    assert claims.height == 2000
    assert claims["value"].null_count() == 0
