"""Distances against a slow calculation, and what counts as moved."""

from math import log, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.reporting.drift import chance_distance, drift, jensen_shannon_distance
from attrgen_assets.domain.reporting.profile import AttributeProfile, Count, Profile

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 50), min_size=1).filter(
    lambda c: sum(c.values()) > 0
)


def entropy(shares: list[float]) -> float:
    return -sum(share * log(share) / log(2) for share in shares if share)


def slow_distance(first: dict[str, int], second: dict[str, int]) -> float:
    """By the definition with entropies: H((p + q) / 2) - (H(p) + H(q)) / 2."""
    values = sorted(first.keys() | second.keys())
    p = [first.get(value, 0) / sum(first.values()) for value in values]
    q = [second.get(value, 0) / sum(second.values()) for value in values]
    middle = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
    return sqrt(max(0.0, entropy(middle) - (entropy(p) + entropy(q)) / 2))


@given(COUNTS, COUNTS)
def test_the_distance_is_what_its_definition_says(first: dict[str, int], second: dict[str, int]) -> None:
    found = jensen_shannon_distance(first, second)
    assert found is not None
    assert abs(found**2 - slow_distance(first, second) ** 2) < 1e-7
    assert 0 <= found <= 1
    assert found == jensen_shannon_distance(second, first)


@given(COUNTS, COUNTS, COUNTS)
def test_the_distance_is_a_metric(first: dict[str, int], second: dict[str, int], third: dict[str, int]) -> None:
    def apart(one: dict[str, int], other: dict[str, int]) -> float:
        return jensen_shannon_distance(one, other) or 0.0

    assert apart(first, third) <= apart(first, second) + apart(second, third) + 1e-6


@given(COUNTS, st.integers(1, 20))
def test_more_rows_in_the_same_shares_are_no_distance(counts: dict[str, int], times: int) -> None:
    assert (jensen_shannon_distance(counts, {name: rows * times for name, rows in counts.items()}) or 0) < 1e-6


@pytest.mark.parametrize(("first", "second"), [({}, {"a": 1}), ({"a": 0}, {"a": 1}), ({"a": 1}, {})])
def test_nothing_cannot_be_compared(first: dict[str, int], second: dict[str, int]) -> None:
    assert jensen_shannon_distance(first, second) is None


@pytest.mark.parametrize(("values", "rows", "others"), [(2, 300, 300), (5, 400, 400), (10, 300, 900), (20, 2000, 1000)])
def test_chance_rarely_exceeds_its_bound_and_is_not_far_below(values: int, rows: int, others: int) -> None:
    draw = np.random.default_rng(7)
    shares = draw.dirichlet(np.full(values, 20.0))
    distances = []
    for _ in range(2000):
        samples = [{str(i): int(n) for i, n in enumerate(draw.multinomial(size, shares))} for size in (rows, others)]
        distances.append(jensen_shannon_distance(*samples) or 0.0)
    bound = chance_distance(values, rows, others)
    assert np.mean(np.array(distances) > bound) <= 0.004  # one in a thousand, and what 2,000 draws may add to it
    assert max(distances) > 0.8 * bound


def attribute(name: str = "color", *, found: int = 100, absent: int = 0, **values: int) -> AttributeProfile:
    return AttributeProfile(
        name=name,
        required=False,
        statuses={"FOUND": found, "NOT_FOUND": absent},
        values=tuple(Count(name=value, rows=rows) for value, rows in values.items()),
    )


def profile(*attributes: AttributeProfile, **fields: Any) -> Profile:
    return Profile(**({"documents": 100, "quarantined": 0, "incomplete": 0, "attributes": attributes} | fields))


def test_a_run_like_the_one_before_has_not_moved() -> None:
    same = profile(attribute(Red=60, Blue=40))
    found = drift(same, same)
    assert (found.moved, found.largest_distance) == ((), 0.0)
    assert found.attributes[0].shifts == ()


def test_few_rows_may_differ_and_many_may_not() -> None:
    few = drift(profile(attribute(Red=6, Blue=4)), profile(attribute(Red=4, Blue=6)))
    many = drift(profile(attribute(Red=6000, Blue=4000)), profile(attribute(Red=4000, Blue=6000)))
    assert few.attributes[0].distance == many.attributes[0].distance
    assert (few.moved, many.moved) == ((), ("color",))


def test_shifts_name_what_moved_most_first() -> None:
    found = drift(profile(attribute(Red=50, Blue=30, Green=20)), profile(attribute(Red=10, Blue=30, Green=60)))
    shifts = [(shift.value, shift.then, shift.now) for shift in found.attributes[0].shifts]
    assert shifts == [("Green", 0.2, 0.6), ("Red", 0.5, 0.1)]


@pytest.mark.parametrize(
    ("then", "now", "moved"),
    [((100, 0), (80, 20), True), ((100, 0), (97, 3), False), ((5, 0), (4, 1), False), ((0, 0), (5, 5), False)],
    ids=["a fifth is gone", "three points", "too few rows to tell", "applied to nothing"],
)
def test_coverage_moves_by_more_than_chance(then: tuple[int, int], now: tuple[int, int], moved: bool) -> None:
    found = drift(
        profile(attribute(found=then[0], absent=then[1])), profile(attribute(found=now[0], absent=now[1]))
    ).attributes[0]
    assert found.coverage_moved is moved


def test_attributes_of_only_one_run_are_named() -> None:
    found = drift(profile(attribute("color"), attribute("weave")), profile(attribute("color"), attribute("neck")))
    assert (found.appeared, found.vanished) == (("neck",), ("weave",))
    assert [one.name for one in found.attributes] == ["color"]


def test_values_that_were_counted_together_are_compared_together() -> None:
    then = attribute(Red=50, Blue=50).model_copy(update={"other_values": 100})
    now = attribute(Red=50, Green=50).model_copy(update={"other_values": 100})
    found = drift(profile(then), profile(now)).attributes[0]
    assert found.distance == 0.0
