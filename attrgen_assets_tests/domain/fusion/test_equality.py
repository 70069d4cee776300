"""What is equal: units, likeness, broader and narrower values, places; and how claims are weighed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import exp, log
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.fusion.fuse import Fusion, fuse_claims
from attrgen_assets.domain.fusion.hierarchy import Hierarchy
from attrgen_assets.domain.fusion.rules import FieldRule
from attrgen_assets.errors import FeedError

SILK = Hierarchy([("Pure Silk", "Silk"), ("Tussar Silk", "Pure Silk"), ("Art Silk", "Silk")])


def fused(*values: str, rule: FieldRule | None = None, **options: Any) -> Fusion:
    """The claims of one attribute of one object, each by a source of its own."""
    columns: dict[str, Any] = {name: options.pop(name) for name in ("confidence", "observed_at") if name in options}
    frame = pl.DataFrame({"object": "x", "attribute": "a", "source": [f"s{at}" for at in range(len(values))],
                          "value": list(values), **columns})  # fmt: skip
    return fuse_claims(frame, rules={"a": rule} if rule else None, **({"method": "majority"} | options))


def value(*values: str, **options: Any) -> str:
    return str(fused(*values, **options).values["value"][0])


@pytest.mark.parametrize(
    ("values", "count"),
    [
        (("5 kg", "11.02 lb", "5000 g"), 0),
        (("5 kg", "5 lb"), 1),
        (("5", "5 kg", "11 lb"), 0),  # without a unit it is in the one that the others use
        (("12 V", "12 v", "12"), 0),
        (("2 in", "5.08 cm", "9 cm"), 1),
    ],
)
def test_measures_are_compared_whatever_their_unit(values: tuple[str, ...], count: int) -> None:
    assert fused(*values).conflicts.height == count


def test_texts_and_lists_are_equal_where_they_are_alike_enough() -> None:
    near = FieldRule(similarity=0.85)
    assert value("Drain Pump Assembly", "Assembly, Drain Pump", "Door Seal", rule=near) != "Door Seal"
    assert fused("Drain Pump", "Drain Pumps", rule=near).conflicts.height == 0
    assert fused("Drain Pump", "Drain Pumps", rule=FieldRule()).conflicts.height == 1
    lists = FieldRule(kind="list", similarity=0.5)
    assert fused("M1; M2; M3", "m2; M1; M4", rule=lists).conflicts.height == 0
    assert fused("M1; M2; M3", "M4; M5", rule=lists).conflicts.height == 1


def test_a_kind_of_a_thing_does_not_contradict_it_and_is_chosen_where_it_is_supported() -> None:
    found = fused("Silk", "pure silk", "Silk", hierarchy=SILK)
    assert (found.values["value"][0], found.conflicts.height) == ("pure silk", 0)
    assert value("Silk", "Tussar Silk", "Silk", "Cotton", "Cotton", hierarchy=SILK) == "Tussar Silk"
    assert value(*["Silk"] * 5, "Pure Silk", hierarchy=SILK) == "Silk"


def test_of_two_kinds_nobody_knows_which_the_others_mean() -> None:
    found = fused("Silk", "Silk", "Art Silk", "Pure Silk", hierarchy=SILK)
    assert (found.values["value"][0], found.conflicts.height) == ("Silk", 1)


def test_a_hierarchy_in_a_circle_is_refused() -> None:
    with pytest.raises(FeedError, match="goes in a circle"):
        Hierarchy([("a", "b"), ("b", "c"), ("c", "A")])


def test_a_place_does_not_contradict_what_it_lies_in() -> None:
    place = FieldRule(kind="place")
    assert value("Paris", "France", "Paris, France", rule=place) == "Paris, France"
    assert fused("Paris, France", "Paris, Texas", rule=place).conflicts.height == 1


def test_a_claim_counts_as_much_as_it_is_sure() -> None:
    assert value("Red", "Blue", "Blue", confidence=["0.9", "0.3", "0.3"]) == "Red"
    assert value("Red", "Blue", "Blue", confidence=["0.9", None, "0.3"]) == "Blue"
    with pytest.raises(ValueError, match=r"no number from 0 to 1, such as '1\.5'"):
        value("Red", confidence=["1.5"])


def test_of_values_alike_the_one_that_was_said_last_wins() -> None:
    assert value("Blue", "Red", observed_at=["2026-01-01", "2026-02-01"]) == "Red"
    assert value("Blue", "Red", observed_at=["2026-02-01", "2026-01-01"]) == "Blue"
    assert value("Blue", "Red", "Blue", observed_at=["2026-01-01", "2026-02-01", "2026-01-01"]) == "Blue"


def test_who_disagrees_how_often_is_counted() -> None:
    rows = [
        (f"x{at}", "a", source, "1" if source != "odd" or at else "2")
        for at in range(3)
        for source in ("p", "q", "odd")
    ]
    found = fuse_claims(pl.DataFrame(rows, schema=["object", "attribute", "source", "value"], orient="row"))
    assert found.disagreements.rows() == [("odd", "a", 1, 3, pytest.approx(1 / 3))]


COLORS = st.lists(st.sampled_from(["Red", "Blue", "White", "red", "N/A"]), min_size=1, max_size=9)


@given(COLORS)
def test_majority_is_what_counting_by_hand_gives(values: Sequence[str]) -> None:
    votes = Counter(one.lower() for one in values if one != "N/A")
    chosen = value(*values, rule=FieldRule())
    if votes:
        best = max(votes.values())
        assert chosen.lower() in {one for one, count in votes.items() if count == best}
    else:
        assert chosen == "N/A"


def _by_hand(values: Sequence[tuple[int, int, str]], sources: int, rounds: int = 10) -> dict[int, dict[str, float]]:
    """`accu` written out slowly: who is right and what is right, in turn, for sources of one family."""
    items: dict[int, dict[str, set[int]]] = {}
    for thing, source, said in values:
        items.setdefault(thing, {}).setdefault(said, set()).add(source)
    contested = {thing: found for thing, found in items.items() if len(found) > 1}
    right = {
        (thing, source): len(who) / sum(map(len, found.values()))
        for thing, found in items.items()
        for who in found.values()
        for source in who
    }
    score: dict[int, dict[str, float]] = {}
    for _ in range(rounds):
        claims = [
            (source, right[thing, source])
            for thing, found in contested.items()
            for who in found.values()
            for source in who
        ]
        everybody = (sum(share for _, share in claims) + 4 * 0.8) / (len(claims) + 4)
        usual = (sum(share for _, share in claims) + 4 * everybody) / (len(claims) + 4)
        accuracy = {}
        for source in range(sources):
            mine = [share for who, share in claims if who == source]
            accuracy[source] = (sum(mine) + 20 * usual) / (len(mine) + 20)
        for thing, found in items.items():
            score[thing] = {said: sum(_vote(accuracy[one], found) for one in who) for said, who in found.items()}
            for said, who in found.items():
                for source in who:
                    without = dict(score[thing])
                    without[said] += _vote(usual, found) - _vote(accuracy[source], found)
                    right[thing, source] = exp(without[said]) / sum(map(exp, without.values()))
    return score


def _vote(accuracy: float, found: Mapping[str, object]) -> float:
    known = min(max(accuracy, 0.25), 0.75)
    return log((1 + 0.5 / max(len(found) - 1, 1)) * known / (1 - known))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.sampled_from("ABC")), min_size=1, max_size=20,
                unique_by=lambda one: one[:2]))  # fmt: skip
def test_accu_is_what_a_slow_calculation_gives_where_nobody_copies(said: list[tuple[int, int, str]]) -> None:
    rows = [(f"x{thing}", "a", f"s{source}", letter) for thing, source, letter in said]
    frame = pl.DataFrame(rows, schema=["object", "attribute", "source", "value"], orient="row")
    found = fuse_claims(frame, rules={"a": FieldRule()}, method="accu")
    score = _by_hand(said, 4)
    shared = Counter(frozenset((a[1], b[1])) for a in said for b in said if a[0] == b[0] and a[1] < b[1])
    if shared and max(shared.values()) > 2:  # so many common objects may tell of copying, which is another matter
        return
    for thing, chosen in found.values.select("object", "value").iter_rows():
        votes = score[int(thing[1:])]
        assert votes[chosen] >= max(votes.values()) - 1e-6
