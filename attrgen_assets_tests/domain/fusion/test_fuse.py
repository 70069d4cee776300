"""Fusion as a whole: properties that hold for any claims, a slow oracle, copies, reviews."""

from collections import Counter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attrgen_assets.domain.fusion.fuse import Method, fuse_claims
from attrgen_assets.domain.fusion.rules import FieldRule

Row = tuple[str, str, str, str]
ROWS = st.lists(
    st.tuples(
        st.sampled_from("xyz"), st.just("color"), st.sampled_from("abcdef"), st.sampled_from(["red", "blue", "teal"])
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda row: (row[0], row[2]),
)


def frame(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["object", "attribute", "source", "value"], orient="row")


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, shuffled=st.randoms(use_true_random=False), method=st.sampled_from(["majority", "accu", "priority"]))
def test_any_order_gives_the_same_and_nothing_is_lost(rows: list[Row], shuffled: object, method: Method) -> None:
    mixed = list(rows)
    shuffled.shuffle(mixed)  # type: ignore[attr-defined]
    values = fuse_claims(frame(rows), method=method).values
    assert values.equals(fuse_claims(frame(mixed), method=method).values)
    assert values["object"].to_list() == sorted({row[0] for row in rows})
    assert values["confidence"].is_between(0, 1).all()


@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_majority_is_what_counting_says(rows: list[Row]) -> None:
    values = fuse_claims(frame(rows), method="majority").values
    for name, value in values.select("object", "value").iter_rows():
        votes = Counter(row[3] for row in rows if row[0] == name)
        assert votes[value] == max(votes.values())


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, value=st.sampled_from(["red", "blue"]))
def test_an_agreeing_claim_never_lowers_a_value(rows: list[Row], value: str) -> None:
    before = fuse_claims(frame(rows), method="majority").values.row(0, named=True)
    more = [*rows, (str(before["object"]), "color", "new", str(before["value"]))]
    after = fuse_claims(frame(more), method="majority").values.row(0, named=True)
    assert after["value"] == before["value"]
    assert after["confidence"] >= before["confidence"]


def test_copies_do_not_outvote_sources_that_are_independent() -> None:
    rows: list[Row] = []
    for at in range(60):
        name = f"o{at:02}"
        good = [("a", f"v{at}"), ("b", f"v{at}" if at % 5 else "p"), ("c", f"v{at}" if at % 7 else "q")]
        wrong = f"w{at}" if at % 2 else f"v{at}"
        copies = [(f"copy{number}", wrong) for number in range(4)]
        rows += [(name, "size", source, value) for source, value in [*good, *copies]]
    values = fuse_claims(frame(rows), method="accu").values
    right = sum(value == f"v{int(name[1:])}" for name, value in values.select("object", "value").iter_rows())
    voted = fuse_claims(frame(rows), method="majority").values
    by_vote = sum(value == f"v{int(name[1:])}" for name, value in voted.select("object", "value").iter_rows())
    assert by_vote <= 32
    assert right >= 55


def test_reviews_tell_whom_to_believe() -> None:
    rows = [
        (f"o{at:02}", "size", s, f"{s}{at}" if s == "good" else f"bad{at}")
        for at in range(60)
        for s in ("b", "c", "good")
    ]
    truth = pl.DataFrame(
        {"object": [f"o{at:02}" for at in range(25)], "attribute": "size", "value": [f"good{at}" for at in range(25)]}
    )
    fusion = fuse_claims(frame(rows), truth=truth)
    assert fusion.values["value"].to_list() == [f"good{at}" for at in range(60)]
    assert fusion.calibration is not None
    assert fusion.calibration.right == 25
    again = fuse_claims(frame(rows), model=type(fusion.model).model_validate_json(fusion.model.model_dump_json()))
    assert again.values["value"].to_list() == fusion.values["value"].to_list()
    assert fusion.losers.height == 120


def test_equality_knows_the_kind() -> None:
    rows: list[Row] = [
        ("f", "at", "a", "19:33"),
        ("f", "at", "b", "7:33 p.m."),
        ("f", "at", "c", "7:40 p.m."),
        ("f", "at", "d", "Not Available"),
    ]
    assert fuse_claims(frame(rows), method="majority").conflicts["support"].to_list() == [pytest.approx(2 / 3)]
    silk = [("s", "m", "a", "Silk"), ("s", "m", "b", "Pure Silk")]
    assert fuse_claims(frame(silk)).conflicts["compatible"].to_list() == [True]


def test_learned_needs_reviews() -> None:
    with pytest.raises(ValueError, match="needs reviewed values"):
        fuse_claims(frame([("o", "a", "s", "v")]), method="learned")


def test_a_strategy_brings_its_own_confidence_and_losers() -> None:
    """Two resellers outvote the maker, whose word counts for this field."""
    rows = [("x", "voltage", "maker", "240"), ("x", "voltage", "one", "120"), ("x", "voltage", "two", "120")]
    rule = FieldRule(kind="number", strategy="priority", source_priority=("maker",))
    voted = fuse_claims(frame(rows), method="majority")
    preferred = fuse_claims(frame(rows), rules={"voltage": rule}, method="majority")
    assert voted.values["value"].to_list() == ["120"]
    assert preferred.values["value"].to_list() == ["240"]
    assert preferred.values["confidence"][0] == pytest.approx(1 - voted.values["confidence"][0])
    assert preferred.losers["source"].to_list() == ["one", "two"]
    assert preferred.conflicts["support"].to_list() == [pytest.approx(1 / 3)]
    assert preferred.conflicts["against"].to_list() == ["one; two"]


def test_the_median_is_chosen_with_its_own_cluster() -> None:
    rows = [
        ("x", "price", source, value) for source, value in zip("abcde", ["10", "10", "20", "21", "900"], strict=True)
    ]
    fused = fuse_claims(frame(rows), rules={"price": FieldRule(kind="number", strategy="median")}, method="majority")
    [value] = fused.values["value"].to_list()
    losers = set(fused.losers["source"].to_list())
    assert "e" in losers
    assert all(source not in losers for _, _, source, said in rows if said == value)
